package smpp

import (
	"context"
	"sync"
	"time"
)

// turns lets the sessions of a carrier bind one after the other, and none
// before the hold that follows a refused password is over.
type turns struct {
	one chan struct{} // holds an element while it is somebody's turn

	mu     sync.Mutex
	held   time.Time
	failed map[FailureKind]bool // since the last good bind
}

func newTurns() *turns {
	return &turns{one: make(chan struct{}, 1), failed: map[FailureKind]bool{}}
}

// take waits for a turn; give returns it.
func (t *turns) take(ctx context.Context) error {
	for {
		select {
		case t.one <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wait := t.wait(time.Now())
		if wait <= 0 {
			return nil
		}
		t.give()
		if !sleep(ctx, wait) {
			return context.Cause(ctx)
		}
	}
}

func (t *turns) give() { <-t.one }

// hold lets nobody bind until then.
func (t *turns) hold(until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until.After(t.held) {
		t.held = until
	}
}

func (t *turns) wait(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held.Sub(now)
}

// first reports whether a failure is new: the same one is not said aloud
// again and again, nor by every session.
func (t *turns) first(kind FailureKind) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.failed[kind]
	t.failed[kind] = true
	return !known
}

// bound notes a good bind: whatever fails from now on is new.
func (t *turns) bound() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.failed)
}
