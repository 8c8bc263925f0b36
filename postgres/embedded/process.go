package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a running server: our child, or one that we adopted.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) signal(sig syscall.Signal) error {
	err := syscall.Kill(p.pid, sig)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// maxLog is the size at which the server's log begins anew, keeping one before.
const maxLog = 10 << 20

// spawn runs the server on the data folder, its messages going to the log.
func (c *Cluster) spawn() (*process, error) {
	if info, err := os.Stat(c.logFile()); err == nil && info.Size() > maxLog {
		if err := os.Rename(c.logFile(), c.logFile()+".1"); err != nil {
			return nil, fmt.Errorf("rotate the server's log: %w", err)
		}
	}
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the server's log: %w", err)
	}
	defer log.Close()
	cmd := c.command(context.Background(), c.bin.postgres(), "-D", c.dataDir())
	cmd.Stdout, cmd.Stderr = log, log
	if c.opts.DieWithParent {
		dieWithParent(cmd.SysProcAttr)
	}
	return startProcess(cmd)
}

// startProcess starts cmd and waits for it from a thread that lives as long:
// the kernel takes the end of the starting thread for the end of the parent.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		// How it ended does not matter: the server's log tells, and whoever
		// needs a reason reads it there.
		_ = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return p, nil
}

// adoptProcess watches a server that is not our child.
func adoptProcess(pid int) *process {
	p := &process{pid: pid, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		// Never fails: the context does not end, and the check has no error.
		_ = poll(context.Background(), 100*time.Millisecond, func() (bool, error) {
			return gone(pid), nil
		})
	}()
	return p
}

// gone tells whether a process that is not our child has ended. Where nobody
// collects orphans (a container without an init) an ended one stays a zombie.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false // no /proc on this system, or the process ended just now
	}
	_, state, ok := bytes.Cut(stat, []byte(") "))
	return ok && bytes.HasPrefix(state, []byte("Z"))
}

// listens tells whether a process accepts connections on the socket.
func listens(socket string) bool {
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
