package outbox

import (
	"sync"
	"time"
)

const (
	// breakerFailures in a row open a breaker.
	breakerFailures = 5
	// breakerPause is how long nothing is tried then.
	breakerPause = 30 * time.Second
)

// breaker keeps calls from a system that does not answer: after some failures
// in a row it is open for a while, then lets one call through to see. It is
// safe for concurrent use.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // of an open one
}

// open reports whether nothing may be called now, and until when. A call that
// is let through by a breaker that was open keeps the next ones away until its
// outcome is noted, or for another while.
func (b *breaker) open(now time.Time) (until time.Time, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerFailures {
		return time.Time{}, false
	}
	if now.Before(b.until) {
		return b.until, true
	}
	b.until = now.Add(breakerPause)
	return time.Time{}, false
}

// note books the outcome of a call.
func (b *breaker) note(ok bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ok {
		b.failures = 0
		return
	}
	if b.failures++; b.failures >= breakerFailures {
		b.until = now.Add(breakerPause)
	}
}
