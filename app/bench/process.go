package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// stopWithin is how long a process may take to end in order.
const stopWithin = 20 * time.Second

// process is another repartee that runs.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
	err   error // of its end
}

// start runs a subcommand in the background; what it says goes to a file of
// the folder.
func start(ctx context.Context, exe, folder, name string, env []string, stdin io.Reader, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(folder, name+".log"), ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.cmd = exec.CommandContext(ctx, exe, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopWithin
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	go func() {
		p.err = errors.Join(p.cmd.Wait(), log.Close())
		close(p.ended)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop ends the process in order.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		return errors.Join(fmt.Errorf("%s does not end within %s", p.name, stopWithin), p.cmd.Process.Kill())
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w%s", p.name, p.err, p.said())
	}
	return nil
}

// finish waits for the end of a process that ends by itself.
func (p *process) finish() error {
	<-p.ended
	if p.err != nil {
		return fmt.Errorf("%s: %w%s", p.name, p.err, p.said())
	}
	return nil
}

// await polls ready until it holds, the process has ended, or ctx ends.
func (p *process) await(ctx context.Context, what string, ready func() error) error {
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s has ended: %w%s", p.name, errors.Join(p.err), p.said())
		case <-ctx.Done():
			return fmt.Errorf("%s: %s: %w", p.name, what, errors.Join(ctx.Err(), err))
		case <-poll.C:
		}
	}
}

// said returns the end of what the process wrote.
func (p *process) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return ""
	}
	return ":\n" + string(text[max(0, len(text)-1000):])
}
