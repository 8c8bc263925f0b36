package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock is a flock on a file. It belongs to the open file and goes with the
// process, however that ends; Go opens files close-on-exec, so no child keeps it.
type lock struct{ file *os.File }

// openLock opens the file without locking it.
func openLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	return &lock{f}, nil
}

// try takes the lock (syscall.LOCK_SH or LOCK_EX) if that needs no waiting.
func (l *lock) try(how int) (bool, error) {
	for {
		err := syscall.Flock(int(l.file.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return false, fmt.Errorf("lock %s: %w", l.file.Name(), err)
		}
	}
}

// take waits for the lock until ctx ends.
func (l *lock) take(ctx context.Context, how int) error {
	return poll(ctx, 20*time.Millisecond, func() (bool, error) { return l.try(how) })
}

func (l *lock) release() error {
	return syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
}

func (l *lock) close() error { return l.file.Close() }

// poll calls done at once and then every interval, until it says so, fails,
// or ctx ends.
func poll(ctx context.Context, interval time.Duration, done func() (bool, error)) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
