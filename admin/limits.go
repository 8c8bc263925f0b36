package admin

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The pace of one caller, and of one address that nobody is signed in from.
const (
	callerPace, callerBurst     = 100, 200 // requests a second, at once
	strangerPace, strangerBurst = 2, 30
)

// maxLimits is how many callers and addresses are remembered; all are forgotten
// beyond, which gives each a fresh burst.
const maxLimits = 10_000

// limits holds back who asks too often.
type limits struct {
	clock func() time.Time
	mu    sync.Mutex
	by    map[string]*rate.Limiter
}

func newLimits(clock func() time.Time) *limits {
	return &limits{clock: clock, by: map[string]*rate.Limiter{}}
}

// take counts a request and says how long it has to wait; 0: not at all.
func (l *limits) take(v *visit) time.Duration {
	who, pace, burst := v.name(), rate.Limit(callerPace), callerBurst
	if who == "" {
		who, pace, burst = v.address, strangerPace, strangerBurst
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[who] == nil {
		if len(l.by) >= maxLimits {
			clear(l.by)
		}
		l.by[who] = rate.NewLimiter(pace, burst)
	}
	now := l.clock()
	r := l.by[who].ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
