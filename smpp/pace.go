package smpp

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How a carrier's pace reacts to the SMSC.
const (
	slowPause = time.Second            // nothing is sent after ESME_RTHROTTLED
	slowest   = rate.Limit(1)          // per second, however often we are refused
	unpaced   = rate.Limit(20_000)     // per second; above it an unlimited carrier is not paced
	firstPace = rate.Limit(100)        // per second, at which an unlimited carrier starts
	firstStep = 100 * time.Millisecond // between its steps up, until it was refused once
	step      = time.Second            // between steps up afterwards
	calmSteps = 10                     // above the refused pace before steps get longer
)

// pace is the throughput of a carrier, shared by its binds: a token bucket
// whose rate is the contract's, lowered when the SMSC refuses with
// ESME_RTHROTTLED or ESME_RMSGQFUL and raised again in steps while it accepts.
//
// Without a contract nobody knows what the SMSC can take. Then the pace starts
// low and doubles until the first refusal, which thus hits a few messages and
// not a whole window.
type pace struct {
	contract rate.Limit // rate.Inf without one
	changed  func(segments float64)

	mu        sync.Mutex
	limiter   *rate.Limiter
	limit     rate.Limit // rate.Inf: not paced
	refusedAt rate.Limit // the pace at which we were refused last; 0 is none
	until     time.Time  // nothing is sent before
	stepped   time.Time
	calm      int // steps above refusedAt
	recent    meter
}

func newPace(throughput float64, changed func(float64)) *pace {
	p := &pace{contract: rate.Limit(throughput), limit: rate.Limit(throughput), changed: changed}
	if throughput == 0 {
		p.contract, p.limit = rate.Inf, firstPace
	}
	p.limiter = rate.NewLimiter(bucket(p.limit))
	return p
}

// bucket returns rate and size of a token bucket that lets through at most
// limit in any second: a fiftieth of it at once, the rest evenly.
func bucket(limit rate.Limit) (rate.Limit, int) {
	burst := max(1, int(limit/50))
	if limit == rate.Inf {
		burst = 1
	}
	return limit - rate.Limit(burst-1), burst
}

// take takes the tokens of n segments, or none and returns when to ask again.
// More segments than the bucket holds leave together and are paid for
// afterwards.
func (p *pace) take(now time.Time, n int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := p.until.Sub(now); wait > 0 {
		return wait
	}
	if p.limit == rate.Inf {
		return 0
	}
	burst := p.limiter.Burst()
	first := min(n, burst)
	if short := float64(first) - p.limiter.TokensAt(now); short > 1e-9 {
		return time.Duration(short/float64(p.limiter.Limit())*float64(time.Second)) + time.Microsecond
	}
	for ; n > 0; n -= first {
		first = min(n, burst)
		p.limiter.ReserveN(now, first)
	}
	return 0
}

// accepted notes that the SMSC took a segment, and raises the pace if it is
// time to.
func (p *pace) accepted(now time.Time) {
	p.mu.Lock()
	p.recent.add(now)
	limit := p.limit
	if limit < p.contract && p.stepDue(now) {
		p.stepped = now
		p.set(now, p.raised())
	}
	changed := limit != p.limit
	limit = p.limit
	p.mu.Unlock()
	if changed {
		p.changed(perSecond(limit))
	}
}

func (p *pace) stepDue(now time.Time) bool {
	if p.refusedAt == 0 {
		return now.Sub(p.stepped) >= firstStep
	}
	return now.Sub(p.stepped) >= step
}

// raised returns the pace one step up: quickly to where we were refused, then
// feeling the way, then boldly.
func (p *pace) raised() rate.Limit {
	limit := p.limit
	switch {
	case p.refusedAt == 0:
		limit *= 2
	case limit < p.refusedAt:
		limit = min(limit+max(p.refusedAt/10, slowest/2), p.refusedAt)
	case p.calm < calmSteps:
		p.calm++
		limit *= 1.02
	default:
		limit *= 1.1
	}
	if p.contract == rate.Inf && limit > unpaced {
		limit = rate.Inf
	}
	return min(limit, p.contract)
}

// refused lowers the pace: to half of what was accepted in the last second, at
// most by a factor of 16 at once. What was written at the pace before says
// nothing new.
func (p *pace) refused(writtenAt, now time.Time) {
	p.mu.Lock()
	if writtenAt.Before(p.until) {
		p.mu.Unlock()
		return
	}
	limit := rate.Limit(p.recent.perSecond(now))
	if p.limit == rate.Inf {
		limit = max(limit, 10*slowest)
	} else {
		limit = min(max(limit, p.limit/8), p.limit)
	}
	p.refusedAt, p.calm = max(limit, slowest), 0
	p.until = now.Add(slowPause)
	p.stepped = p.until
	p.set(now, min(max(limit/2, slowest), p.contract))
	limit = p.limit
	p.mu.Unlock()
	p.changed(perSecond(limit))
}

// current returns the pace in segments per second, 0 for unlimited.
func (p *pace) current() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return perSecond(p.limit)
}

func (p *pace) set(now time.Time, limit rate.Limit) {
	p.limit = limit
	if limit >= p.contract {
		p.refusedAt, p.calm = 0, 0
	}
	if limit == rate.Inf {
		return
	}
	r, burst := bucket(limit)
	p.limiter.SetLimitAt(now, r)
	p.limiter.SetBurstAt(now, burst)
}

// perSecond returns the limit as observers want it, 0 for unlimited.
func perSecond(limit rate.Limit) float64 {
	if limit == rate.Inf {
		return 0
	}
	return float64(limit)
}

// meter measures events per second over the last second.
type meter struct {
	second   time.Time // start of the current one
	now, was int       // events in it, and in the one before
}

func (m *meter) roll(now time.Time) {
	switch age := now.Sub(m.second); {
	case age >= 2*time.Second:
		m.second, m.now, m.was = now, 0, 0
	case age >= time.Second:
		m.second, m.now, m.was = m.second.Add(time.Second), 0, m.now
	}
}

func (m *meter) add(now time.Time) {
	m.roll(now)
	m.now++
}

func (m *meter) perSecond(now time.Time) float64 {
	m.roll(now)
	left := 1 - now.Sub(m.second).Seconds()
	return float64(m.now) + float64(m.was)*max(left, 0)
}
