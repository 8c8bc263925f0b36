package outbox

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"repartee/optout"
	"repartee/programs"
	"repartee/sms"
)

const (
	// claimAhead is how much of a carrier's pace one claim may take.
	claimAhead = 250 * time.Millisecond
	// maxClaim bounds one claim.
	maxClaim = 500
)

// claimer takes waiting rows of one carrier into its lanes, only as many as
// can leave now (marketing that is claimed and then lost with the node ends as
// unknown).
type claimer struct {
	ox     *Outbox
	line   *line
	wake   chan struct{}
	cursor Cursor
	fresh  time.Time // when the queue was last read from its beginning
}

func newClaimer(ox *Outbox, l *line) *claimer {
	return &claimer{ox: ox, line: l, wake: make(chan struct{}, 1)}
}

func (c *claimer) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *claimer) run(ctx context.Context) {
	tick := time.NewTicker(c.ox.PollEach)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.wake:
		}
		for c.claim(ctx) {
		}
	}
}

// claim takes one batch and reports whether it is worth looking again at once.
func (c *claimer) claim(ctx context.Context) (again bool) {
	if ctx.Err() != nil || c.ox.fenced() {
		return false
	}
	limit := c.line.claimable()
	if limit == 0 {
		return false
	}
	now := c.ox.clock()
	if now.Sub(c.fresh) >= time.Second {
		c.cursor, c.fresh = Cursor{}, now
	}
	var taken []Permitted
	seen := 0
	err := c.ox.Store.Claim(ctx, Claim{Carrier: c.line.id, Node: c.ox.Node, Now: now, Limit: limit, After: c.cursor},
		func(cs []Candidate) []Ruling {
			seen, taken = len(cs), taken[:0]
			rulings := c.rule(cs, now)
			for i, r := range rulings {
				if r.Action == Take {
					taken = append(taken, c.permitted(&cs[i], r))
				}
			}
			if seen > 0 {
				c.cursor = cs[seen-1].Cursor
			}
			return rulings
		})
	c.line.unclaim(limit - len(taken))
	if err != nil {
		c.line.unclaim(len(taken))
		if ctx.Err() == nil {
			c.ox.log.Warn("waiting messages could not be claimed", zap.Int32("carrier", c.line.id), zap.Error(err))
		}
		c.cursor = Cursor{}
		return false
	}
	c.ox.Metrics.claimed(seen, len(taken))
	c.line.take(taken)
	c.line.poke()
	return seen == limit
}

func (c *claimer) permitted(cand *Candidate, r Ruling) Permitted {
	p := Permitted{Outbound: cand.Message, Permit: r.Permit, Closes: r.Closes}
	p.State, p.Node, p.Carrier = sms.Sending, c.ox.Node, c.line.id
	return p
}

// rule asks the gate anew about each candidate (promise 4).
func (c *claimer) rule(cs []Candidate, now time.Time) []Ruling {
	snap := c.ox.Config()
	out := make([]Ruling, len(cs))
	inBatch := map[sms.ID]bool{}
	for i := range cs {
		m := &cs[i].Message
		out[i] = c.ruling(snap, &cs[i], inBatch, now)
		if out[i].Action == Take {
			inBatch[m.ID] = true
		}
	}
	return out
}

func (c *claimer) ruling(snap *programs.Snapshot, cand *Candidate, inBatch map[sms.ID]bool, now time.Time) Ruling {
	m := &cand.Message
	switch {
	case !now.Before(m.Expires):
		return Ruling{Action: Expire, Rule: "expired"}
	case cand.AfterOpen && !inBatch[m.AfterID]:
		return Ruling{Action: Skip}
	case max(cand.Person.StopID, cand.Person.Consents[m.Program].StopID) > m.StopID:
		return Ruling{Action: Cancel, Rule: "stopped"}
	}
	d := Judge(snap, m, cand.Person, now)
	switch d.Verdict {
	case optout.Allow:
		return Ruling{Action: Take, Rule: d.Rule, Permit: d.Permit, Closes: d.Closes}
	case optout.Hold:
		if d.Until.IsZero() || !d.Until.Before(m.Expires) {
			return Ruling{Action: Expire, Rule: d.Rule}
		}
		return Ruling{Action: Hold, Until: d.Until, Rule: d.Rule}
	}
	return Ruling{Action: Refuse, Rule: d.Rule}
}

// claimable reserves room in the lanes for a claim and returns for how many.
func (l *line) claimable() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing || !l.link.Up() {
		return 0
	}
	free := 0
	for _, b := range l.link.Binds() {
		free += max(b.Window-b.Used, 0)
	}
	if l.conf.Throughput > 0 {
		free = max(free, 1)
		free = min(free, max(1, int(l.conf.Throughput*claimAhead.Seconds())))
	}
	n := max(min(free, maxClaim, l.room-l.count), 0)
	l.count += n
	return n
}

// unclaim gives room back that a claim did not use.
func (l *line) unclaim(n int) {
	l.mu.Lock()
	l.count -= n
	l.mu.Unlock()
}

// admit sets what [Outbox.Enqueue] decides about a message.
func (o *Outbox) admit(snap *programs.Snapshot, m *sms.Outbound, p *Person, now time.Time) error {
	m.Config, m.CreatedAt, m.StopID = snap.Version, now, p.StopID
	if c, ok := p.Consents[m.Program]; ok {
		m.StopID = max(m.StopID, c.StopID)
	}
	m.Carrier = o.carrierFor(snap, m.Code, p.Carrier)
	if m.Carrier == 0 {
		return &sms.PermanentError{Err: fmt.Errorf("short code %s has no carrier: add one with repartee apply", m.Code)}
	}
	coding, segments := Measure(snap.Carriers[m.Carrier], m.Text)
	if segments > MaxSegments {
		return &sms.PermanentError{Err: fmt.Errorf("the text needs %d segments, %d are allowed: shorten it", segments, MaxSegments)}
	}
	m.Coding, m.Segments = coding, segments
	Apply(m, Judge(snap, m, p, now))
	return nil
}

// Apply writes the gate's decision into a message that is about to be stored;
// an allowed one becomes queued.
func Apply(m *sms.Outbound, d optout.Decision) {
	m.Verdict, m.Rule = d.Verdict.String(), d.Rule
	switch d.Verdict {
	case optout.Allow:
		m.State = sms.Queued
	case optout.Hold:
		m.State, m.HoldUntil = sms.Held, d.Until
		if d.Until.IsZero() { // nobody can say when: it waits for facts until it expires
			m.HoldUntil = m.Expires
		}
	default:
		m.State = sms.Refused
	}
}

// carrierFor returns the carrier through which a message goes: the one that
// the phone last used, else the first of the code that is up, else its first.
func (o *Outbox) carrierFor(snap *programs.Snapshot, code sms.ShortCode, last int32) int32 {
	c := snap.Codes[code]
	if c == nil || len(c.Carriers) == 0 {
		return 0
	}
	for _, x := range c.Carriers {
		if x.ID == last {
			return last
		}
	}
	for _, x := range c.Carriers {
		if l := o.line(x.ID); l != nil && l.link.Up() {
			return x.ID
		}
	}
	return c.Carriers[0].ID
}
