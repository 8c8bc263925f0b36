package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor time in /proc, the same on all architectures
// that Go runs on.
const tick = time.Second / 100

// procStat is what /proc/PID/stat tells (proc(5)).
type procStat struct {
	pid, parent   int
	own, children time.Duration // user and system; of ended children that were waited for
}

func readStat(pid int) (s procStat, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, fmt.Errorf("processor time can be measured on Linux only: %w", err)
	}
	// The second field, the name, may hold blanks and brackets.
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	if len(fields) < 15 {
		return s, fmt.Errorf("/proc/%d/stat is not understood", pid)
	}
	numbers := make([]int64, 15)
	for _, i := range []int{1, 11, 12, 13, 14} {
		if numbers[i], err = strconv.ParseInt(fields[i], 10, 64); err != nil {
			return s, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
	}
	return procStat{
		pid: pid, parent: int(numbers[1]),
		own: time.Duration(numbers[11]+numbers[12]) * tick, children: time.Duration(numbers[13]+numbers[14]) * tick,
	}, nil
}

// cpu returns the processor time of one process.
func cpu(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	return s.own, err
}

// familyCPU returns the processor time of a process, the children that it has,
// and those that it had.
func familyCPU(pid int) (time.Duration, error) {
	parent, err := readStat(pid)
	if err != nil {
		return 0, err
	}
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	sum := parent.own + parent.children
	for _, folder := range folders {
		child, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		s, err := readStat(child)
		if errors.Is(err, os.ErrNotExist) {
			continue // it has just ended
		}
		if err == nil && s.parent == pid {
			sum += s.own
		}
	}
	return sum, nil
}

// busy returns the processor time that the whole machine has used, also what
// its host gave to other machines.
func busy() (time.Duration, error) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("processor time can be measured on Linux only: %w", err)
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	var user, nice, system, idle, wait, hard, soft, stolen int64
	if _, err := fmt.Sscanf(line, "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &hard, &soft, &stolen); err != nil {
		return 0, fmt.Errorf("/proc/stat is not understood: %w", err)
	}
	return time.Duration(user+nice+system+hard+soft+stolen) * tick, nil
}

// memory reads a line of /proc/PID/status such as VmHWM, in octets.
func memory(pid int, name string) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory can be measured on Linux only: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		var kb int64
		if strings.HasPrefix(line, name+":") {
			_, err := fmt.Sscanf(line[len(name)+1:], "%d kB", &kb)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no %s", pid, name)
}
