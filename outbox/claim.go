package outbox

import (
	"context"
	"fmt"
	"sync/atomic"
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
	// claimLimit bounds one claim with all its statements.
	claimLimit = 10 * time.Second
)

// claimer takes waiting rows of one carrier into its lanes, only as many as
// can leave now (marketing that is claimed and then lost with the node ends as
// unknown).
type claimer struct {
	ox     *Outbox
	line   *line
	wake   chan struct{}
	cursor [2]Cursor   // by priority
	fresh  time.Time   // when the queue was last read from its beginning
	passed atomic.Bool // an answer was passed over that follows one under way
	again  atomic.Bool // and now it may be its turn
	doubt  []sms.ID    // candidates of claims that failed, perhaps after their commit
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
		told := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.wake:
			told = true
		}
		for c.claim(ctx, told) {
		}
	}
}

// claim takes one batch and reports whether it is worth looking again at once.
// told says that somebody knows of rows: then it comes again when there is room.
func (c *claimer) claim(ctx context.Context, told bool) (again bool) {
	if ctx.Err() != nil || c.ox.fenced() || c.ox.recorder.doubtful.Load() {
		return false // a message that the recorder is about to return once more must not be taken between
	}
	limit := c.line.claimable(told)
	if limit == 0 {
		return false
	}
	now := c.ox.clock()
	if c.again.Swap(false) || now.Sub(c.fresh) >= time.Second {
		c.cursor, c.fresh = [2]Cursor{}, now
	}
	var cs []Candidate
	var rulings []Ruling
	err := c.ask(ctx, Claim{Carrier: c.line.id, Node: c.ox.Node, Now: now, Limit: limit, After: c.cursor}, func(found []Candidate) []Ruling {
		cs, rulings = found, c.rule(found, now)
		return rulings
	})
	if err != nil {
		c.doubt = append(c.doubt, ids(cs)...)
		c.line.unclaim(limit)
		if ctx.Err() == nil {
			c.ox.log.Warn("waiting messages could not be claimed", zap.Int32("carrier", c.line.id), zap.Error(err))
		}
		c.cursor = [2]Cursor{}
		return false
	}
	for i := range cs {
		c.cursor[cs[i].Cursor.Prio] = cs[i].Cursor
	}
	var taken []Permitted
	for i, r := range rulings { // the store may have skipped some
		if r.Action == Take {
			taken = append(taken, c.permitted(&cs[i], r, now))
		}
	}
	c.ox.Metrics.claimed(len(cs), len(taken))
	c.line.take(taken, limit, len(cs) == limit)
	c.line.poke()
	return len(cs) == limit
}

// ask claims rows. A claim of which nobody knows whether it was committed is
// taken back first: its rows would be this node's, and in none of its lanes.
// The end of the work does not interrupt it, for the same reason.
func (c *claimer) ask(ctx context.Context, claim Claim, rule func([]Candidate) []Ruling) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimLimit)
	defer cancel()
	if len(c.doubt) > 0 {
		if err := c.ox.Store.Unclaim(limited, c.ox.Node, c.doubt); err != nil {
			return err
		}
		c.doubt = nil
	}
	return c.ox.Store.Claim(limited, claim, rule)
}

func ids(cs []Candidate) []sms.ID {
	all := make([]sms.ID, len(cs))
	for i := range cs {
		all[i] = cs[i].Message.ID
	}
	return all
}

func (c *claimer) permitted(cand *Candidate, r Ruling, now time.Time) Permitted {
	p := Permitted{Outbound: cand.Message, Permit: r.Permit, Closes: r.Closes, ClaimedAt: now}
	p.State, p.Node, p.Carrier = sms.Sending, c.ox.Node, c.line.id
	return p
}

// rule asks the gate anew about each candidate (promise 4).
func (c *claimer) rule(cs []Candidate, now time.Time) []Ruling {
	snap := c.ox.Config()
	out := make([]Ruling, len(cs))
	inBatch := map[sms.ID]bool{}
	marketed := map[attempt]bool{}
	for i := range cs {
		m := &cs[i].Message
		a := attempt{m.To, m.Program}
		if m.Class == sms.Marketing && marketed[a] {
			continue // skipped: the next claim sees the attempt of this one
		}
		out[i] = c.ruling(snap, &cs[i], inBatch, now)
		if out[i].Action == Take {
			inBatch[m.ID], marketed[a] = true, m.Class == sms.Marketing
		}
	}
	return out
}

// attempt is what the frequency cap counts.
type attempt struct {
	to      sms.MSISDN
	program int32
}

func (c *claimer) ruling(snap *programs.Snapshot, cand *Candidate, inBatch map[sms.ID]bool, now time.Time) Ruling {
	m := &cand.Message
	switch {
	case !now.Before(m.Expires):
		return Ruling{Action: Expire, Rule: "expired"}
	case cand.AfterOpen && !inBatch[m.AfterID]:
		c.passed.Store(true)
		return Ruling{Action: Skip}
	case max(cand.Person.StopID, cand.Person.Consents[m.Program].StopID) > m.StopID:
		return Ruling{Action: Cancel, Rule: "stopped"}
	}
	d := Judge(snap, m, cand.Person, now)
	switch d.Verdict {
	case optout.Allow:
		return Ruling{Action: Take, Rule: d.Rule, Permit: d.Permit, Closes: d.Closes}
	case optout.Hold:
		return Ruling{Action: Hold, Until: heldUntil(d, m, now), Rule: d.Rule}
	}
	return Ruling{Action: Refuse, Rule: d.Rule}
}

// claimable reserves room in the lanes for a claim and returns for how many:
// what free windows and [claimAhead] of the pace can take, beside that which
// waits in the lanes already.
func (l *line) claimable(told bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing || !l.sends() {
		return 0
	}
	free := 0
	for _, b := range l.link.Binds() {
		free += max(b.Window-b.Used, 0)
	}
	waiting := l.count - l.begun
	n := min(free-waiting, maxClaim, l.room-l.count)
	if pace := l.link.Pace(); pace > 0 {
		ahead := max(1, int(pace*claimAhead.Seconds()))
		if left := ahead - waiting; 2*left < ahead { // a few at a time, not each alone
			n = 0
		} else {
			n = min(n, left)
		}
	}
	n = max(n, 0)
	l.count += n
	l.claiming = n > 0
	l.hungry = l.hungry || told // until a claim comes back short
	return n
}

func (l *line) up() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sends()
}

// unclaim gives the room of a claim back that failed.
func (l *line) unclaim(n int) {
	l.mu.Lock()
	l.count -= n
	l.claiming = false
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
	if !m.NotBefore.After(now) {
		Apply(m, Judge(snap, m, p, now))
		return nil
	}
	Apply(m, Judge(snap, m, p, m.NotBefore))
	if m.State == sms.Queued {
		m.State, m.HoldUntil, m.Verdict, m.Rule = sms.Held, m.NotBefore, optout.Hold.String(), ruleNotBefore
	}
	return nil
}

// ruleNotBefore holds what shall leave later; the gate judges it then.
const ruleNotBefore = "not before its time"

// Apply writes the gate's decision into a message that is about to be stored;
// an allowed one becomes queued.
func Apply(m *sms.Outbound, d optout.Decision) {
	m.Verdict, m.Rule = d.Verdict.String(), d.Rule
	switch d.Verdict {
	case optout.Allow:
		m.State = sms.Queued
	case optout.Hold:
		m.State, m.HoldUntil = sms.Held, heldUntil(d, m, m.CreatedAt)
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
		if l := o.line(x.ID); l != nil && l.up() {
			return x.ID
		}
	}
	return c.Carriers[0].ID
}
