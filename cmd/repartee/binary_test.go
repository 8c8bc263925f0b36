package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"repartee/postgres/embedded"

	"github.com/stretchr/testify/require"
)

// patience bounds each wait of a test on a process: the machine may be busy.
const patience = 2 * time.Minute

var (
	buildOnce sync.Once
	binary    string
	buildErr  error
)

// program builds the binary once, for tests of whole processes.
func program(t *testing.T) string {
	t.Helper()
	buildOnce.Do(func() {
		dir, err := os.MkdirTemp("", "repartee-bin-*")
		if err != nil {
			buildErr = err
			return
		}
		binary = filepath.Join(dir, "repartee")
		out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		// The user of the private server starts its keeper from here.
		buildErr = errors.Join(err, os.Chmod(dir, 0o755))
	})
	require.NoError(t, buildErr)
	return binary
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binary != "" {
		_ = os.RemoveAll(filepath.Dir(binary)) // a leftover below the temporary folder fails no test
	}
	os.Exit(code)
}

// dataFolder is one that the private server's user can enter; [testing.T.TempDir] is not.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "repartee-data-*")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// running is a process of the program.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	stderr strings.Builder
	seen   chan string // lines of standard output
	ended  chan error
}

// launch starts the program with a data folder; it is stopped when the test ends.
func launch(t *testing.T, data string, args ...string) *running {
	t.Helper()
	r := &running{t: t, cmd: exec.Command(program(t), args...), seen: make(chan string, 1000), ended: make(chan error, 1)}
	r.cmd.Env = append(os.Environ(), "REPARTEE_DATA_DIR="+data)
	r.cmd.Stderr = &r.stderr
	out, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			r.seen <- lines.Text()
		}
		close(r.seen)
		r.ended <- r.cmd.Wait()
	}()
	t.Cleanup(func() {
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill() // it may just have ended
			<-r.ended
		}
	})
	return r
}

// expect waits for a line that contains want and returns the lines up to it.
func (r *running) expect(want string) string {
	r.t.Helper()
	late := time.After(patience)
	var all strings.Builder
	for {
		select {
		case line, open := <-r.seen:
			all.WriteString(line + "\n")
			if strings.Contains(line, want) {
				return all.String()
			}
			if !open {
				<-r.ended // all of standard error is there then
				require.FailNow(r.t, "the program ended without "+want, "%s\n%s", all.String(), r.stderr.String())
			}
		case <-late:
			require.FailNow(r.t, "the program did not say "+want, all.String())
		}
	}
}

// stop asks the program to end and requires that it ends well.
func (r *running) stop(sig syscall.Signal) {
	r.t.Helper()
	require.NoError(r.t, r.cmd.Process.Signal(sig))
	for range r.seen { //nolint:revive // read to the end, so that the program can write
	}
	err := <-r.ended
	r.ended <- err
	require.NoError(r.t, err, r.stderr.String())
}

// removeServer deletes the private server of a folder.
func removeServer(t *testing.T, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(t, embedded.Remove(ctx, dir))
}
