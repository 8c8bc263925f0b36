package smpp

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff is the pause between two attempts of one session to bind. It
// doubles with every failure, and with every bind that did not last: an SMSC
// that accepts and closes is as much a failure as one that refuses.
type backoff struct {
	min, max, stable time.Duration
	next             time.Duration
}

func newBackoff(cfg *Config) backoff {
	return backoff{min: cfg.BackoffMin, max: cfg.BackoffMax, stable: cfg.BackoffStable, next: cfg.BackoffMin}
}

// pause returns how long to wait after a bind that lasted so long (0: there
// was none). Half of it is jitter, so that the sessions of many clients do
// not come back at once.
func (b *backoff) pause(lasted time.Duration) time.Duration {
	if lasted >= b.stable {
		b.next = b.min
	}
	pause := b.next
	b.next = min(2*b.next, b.max)
	return pause/2 + rand.N(pause/2+1)
}

// slowest returns the pause after a permanent refusal. Its jitter only
// lengthens it.
func (b *backoff) slowest() time.Duration {
	b.next = b.max
	return b.max + rand.N(b.max/4+1)
}

// sleep waits for d; false means that ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
