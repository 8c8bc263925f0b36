package app

import (
	"sync/atomic"
	"time"
)

// testClock is a clock that runs, and that a test sets ahead.
type testClock struct{ ahead atomic.Int64 }

// clockAt returns a clock at a moment.
func clockAt(at time.Time) *testClock {
	c := &testClock{}
	c.pass(time.Until(at))
	return c
}

func (c *testClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// pass lets time pass at once.
func (c *testClock) pass(d time.Duration) { c.ahead.Add(int64(d)) }
