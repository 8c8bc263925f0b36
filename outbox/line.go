package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
)

const (
	// answersShare of each window is kept for answers.
	answersShare = 0.25
	// patience is how long a temporary refusal is tried again in the lane.
	patience = 30 * time.Second
	// comeBack is when a message returned after that patience is due again.
	comeBack = 5 * time.Second
	// away is how long lanes wait for a bind before they go back to the outbox.
	away = 5 * time.Second
	// maxUnknown attempts of unknown outcome end an answer as unknown.
	maxUnknown = 3
	// barrierPatience bounds the wait for submits written before an opt-out.
	barrierPatience = time.Second
	// laneSeconds of a carrier's pace may wait in memory, within the bounds below.
	laneSeconds      = 5
	minRoom, maxRoom = 256, 20_000
)

// line is a carrier's lanes and the one sender that serves them. No lock,
// queue or goroutine is shared between lines.
type line struct {
	ox   *Outbox
	id   int32
	wake chan struct{}

	mu      sync.Mutex
	conf    *programs.Carrier
	link    *smpp.Carrier
	lanes   map[sms.Thread]*lane
	retry   []*lane // to be served first: refused or lost segments
	answers fifo
	bulk    fifo
	count   int // messages in lanes, and those reserved
	room    int
	closing bool
	noBind  time.Time // since when the link has no bind, zero while it has one
	scratch pdu.Message
}

func newLine(ox *Outbox, conf *programs.Carrier, link *smpp.Carrier) *line {
	l := &line{ox: ox, id: conf.ID, wake: make(chan struct{}, 1), lanes: map[sms.Thread]*lane{}}
	l.configure(conf, link)
	return l
}

// configure puts another configuration and link in force.
func (l *line) configure(conf *programs.Carrier, link *smpp.Carrier) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conf, l.link = conf, link
	l.room = maxRoom
	if conf.Throughput > 0 {
		l.room = min(max(int(laneSeconds*conf.Throughput), minRoom), maxRoom)
	}
}

// poke wakes the sender: something may be possible now that was not before.
func (l *line) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run sends until ctx ends.
func (l *line) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(l.pump())
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// pump hands over all that pace and windows allow now, and returns after how
// long to look again when nothing wakes the line before.
func (l *line) pump() time.Duration {
	for {
		l.mu.Lock()
		wait, more := l.sendOne(l.ox.clock())
		l.mu.Unlock()
		if !more {
			return wait
		}
	}
}

// sendOne hands over one segment, or disposes of one message that must not go.
func (l *line) sendOne(now time.Time) (wait time.Duration, more bool) {
	const idle = time.Second
	if l.ox.fenced() {
		return 50 * time.Millisecond, false
	}
	ln := l.front()
	if ln == nil {
		return idle, false
	}
	m := ln.head()
	if m == nil || l.dispose(ln, m, now) {
		return 0, true
	}
	bind := l.bindFor(m)
	if bind == nil {
		l.back(ln)
		return min(idle, l.absent(now)), false
	}
	if wait := l.link.Take(now, 1); wait > 0 {
		l.back(ln)
		return wait, false
	}
	if err := l.handOver(ln, m, bind, now); err != nil {
		if errors.Is(err, smpp.ErrNoRoom) || errors.Is(err, smpp.ErrOver) || errors.Is(err, smpp.ErrDraining) {
			l.back(ln)
			return 10 * time.Millisecond, false
		}
		l.ox.log.Error("a message cannot be written as submit_sm", zap.Stringer("id", m.ID), zap.Error(err))
		ln.pop(m)
		l.finish(ln, m, sms.Rejected, int32(pdu.StatusSysErr))
	}
	return 0, true
}

// front takes the lane to serve next out of the ready lists.
func (l *line) front() *lane {
	for {
		var ln *lane
		switch {
		case len(l.retry) > 0:
			ln = l.retry[0]
			l.retry = l.retry[1:]
		case l.answers.len() > 0:
			ln = l.answers.pop()
		case l.bulk.len() > 0:
			ln = l.bulk.pop()
		default:
			return nil
		}
		ln.standing = false
		if ln.head() != nil {
			return ln
		}
		l.tidy(ln)
	}
}

// back returns a lane that was taken out to the front of its list.
func (l *line) back(ln *lane) {
	if ln.standing {
		return
	}
	ln.standing = true
	if !ln.isAnswer() { // must not stand before answers that come meanwhile
		l.bulk.pushFront(ln)
		return
	}
	l.retry = append(l.retry, nil)
	copy(l.retry[1:], l.retry)
	l.retry[0] = ln
}

// ready puts a lane into the list that it belongs in, when it has something to write.
func (l *line) ready(ln *lane) {
	if ln.standing || ln.head() == nil {
		return
	}
	ln.standing = true
	switch {
	case ln.current != nil:
		l.retry = append(l.retry, ln)
	case ln.isAnswer():
		l.answers.push(ln)
	default:
		l.bulk.push(ln)
	}
}

// dispose ends or returns a message that must not be written (promises 3 and 4).
func (l *line) dispose(ln *lane, m *message, now time.Time) bool {
	switch {
	case l.ox.stops.covers(&m.Outbound):
		l.drop(ln, m, sms.Cancelled)
	case !now.Before(m.Expires):
		l.drop(ln, m, sms.Expired)
	case l.closing:
		l.giveBack(ln, m, now)
	case !m.permit.Allows(m.ID, now):
		l.giveBack(ln, m, now) // the gate decides anew, with fresh facts
	default:
		return false
	}
	return true
}

// drop ends a message that has nothing outstanding before the wire.
func (l *line) drop(ln *lane, m *message, state sms.State) {
	if ln.current == m {
		if m.outstanding > 0 {
			m.dead = true
			return
		}
		for i := range m.segs {
			if m.segs[i].state == accepted { // part of it is with the SMSC
				state = sms.Unknown
			}
		}
	} else {
		ln.pop(m)
	}
	l.finish(ln, m, state, 0)
}

// giveBack returns a message to the outbox.
func (l *line) giveBack(ln *lane, m *message, due time.Time) {
	if ln.current == m {
		if m.outstanding > 0 {
			return // its completion decides
		}
		ln.current = nil
	} else {
		ln.pop(m)
	}
	m.done = true
	ln.returning++
	if ln.reserved > 0 {
		ln.tainted = true
	}
	l.ox.recorder.requeue(m, due, func() { l.returned(ln) })
	l.ready(ln)
}

// returned is called when a message of the lane is back in the outbox.
func (l *line) returned(ln *lane) {
	l.mu.Lock()
	ln.returning--
	l.count--
	l.tidy(ln)
	l.mu.Unlock()
	l.ox.waiting(l.id)
}

// bindFor returns a bind with room for the message's next segment.
func (l *line) bindFor(m *message) *smpp.Bind {
	if s := m.nextPending(); s != nil && m.lane.current == m {
		for i := range m.segs {
			if b := m.segs[i].bind; b != nil && m.segs[i].state == written && !b.Over() {
				return b // segments of a message go on one bind
			}
		}
	}
	reserve := 0.0
	if !m.Class.Answer() {
		reserve = answersShare
	}
	return l.link.Pick(reserve)
}

// absent returns how long to wait for a bind; after [away] all lanes go back.
func (l *line) absent(now time.Time) time.Duration {
	if l.link.Up() {
		l.noBind = time.Time{}
		return time.Second
	}
	if l.noBind.IsZero() {
		l.noBind = now
	}
	if left := away - now.Sub(l.noBind); left > 0 {
		return left
	}
	l.emptyLanes(now)
	return time.Second
}

// emptyLanes returns all that is not outstanding to the outbox.
func (l *line) emptyLanes(now time.Time) {
	for _, ln := range l.lanes {
		if m := ln.current; m != nil {
			l.giveBack(ln, m, now)
		}
		for len(ln.answers) > 0 {
			l.giveBack(ln, ln.answers[0], now)
		}
		for len(ln.bulk) > 0 {
			l.giveBack(ln, ln.bulk[0], now)
		}
	}
}

// handOver gives the next segment of m to the bind.
func (l *line) handOver(ln *lane, m *message, bind *smpp.Bind, now time.Time) error {
	if err := m.prepare(l); err != nil {
		return err
	}
	s := m.nextPending()
	l.fill(m, s, now)
	seq, err := bind.Submit(&l.scratch, s)
	if err != nil {
		return err
	}
	if ln.current == nil {
		ln.pop(m)
		ln.current = m
		if m.firstTry.IsZero() {
			m.firstTry = now
		}
	}
	if m.next == 0 {
		m.Attempts++
	}
	s.seq, s.bind, s.state = seq, bind, written
	m.outstanding++
	m.throttled = false
	l.ready(ln)
	return nil
}

// completed takes the outcome of a segment; it is called by the bind's reader.
func (l *line) completed(s *segment, o smpp.Outcome) {
	l.mu.Lock()
	var idle []func()
	if o.Kind == smpp.Late {
		l.late(s, o)
	} else if s.seq == o.Sequence && s.state == written {
		idle = l.settle(s, o)
	}
	l.mu.Unlock()
	for _, f := range idle {
		f()
	}
	l.poke()
}

// settle books the outcome of a segment and, when nothing is outstanding any
// more, decides what becomes of its message.
func (l *line) settle(s *segment, o smpp.Outcome) (idle []func()) {
	m, ln := s.m, s.m.lane
	m.outstanding--
	s.state = pending
	m.next = min(m.next, int(s.index))
	switch o.Kind {
	case smpp.Accepted:
		s.state, s.smscID = accepted, l.canonical(o.MessageID)
		l.ox.recorder.accepted(l.id, m, s)
	case smpp.Refused:
		if l.link.Judge(o.Status) == smpp.Temporary {
			m.throttled = true
		} else {
			m.refused = o.Status
		}
	default:
		m.lost = true
	}
	if m.outstanding == 0 {
		l.resolve(ln, m, o.At)
	} else {
		l.ready(ln)
	}
	if ln.current == nil || ln.current.outstanding == 0 {
		idle, ln.idle = ln.idle, nil
	}
	return idle
}

// resolve decides about a message with nothing outstanding.
func (l *line) resolve(ln *lane, m *message, now time.Time) {
	switch {
	case m.allAccepted():
		l.finish(ln, m, sms.Sent, 0)
	case m.refused != 0:
		l.finish(ln, m, sms.Rejected, int32(m.refused))
	case m.lost:
		l.unknown(ln, m)
	case m.dead:
		m.dead = false
		l.drop(ln, m, sms.Cancelled)
	case m.throttled && now.Sub(m.firstTry) > patience:
		l.giveBack(ln, m, now.Add(comeBack))
	default:
		l.ready(ln)
	}
}

// unknown handles a message of which nobody knows whether it left (promise 6).
func (l *line) unknown(ln *lane, m *message) {
	if !m.Class.Answer() {
		l.finish(ln, m, sms.Unknown, 0)
		return
	}
	m.Unknowns++
	if m.Unknowns >= maxUnknown || m.dead {
		l.finish(ln, m, sms.Unknown, 0)
		return
	}
	m.again()
	l.ox.recorder.attempted(m)
	l.ready(ln)
}

// late takes the response to a segment whose time-out had passed.
func (l *line) late(s *segment, o smpp.Outcome) {
	m := s.m
	if o.Status != pdu.StatusOK {
		return
	}
	id := l.canonical(o.MessageID)
	switch {
	case m.done:
		s.state, s.smscID = accepted, id
		l.ox.recorder.accepted(l.id, m, s)
		if m.allAccepted() {
			l.ox.recorder.late(m, o.At)
		}
	case s.state == pending && m.outstanding == 0:
		s.state, s.smscID = accepted, id
		l.ox.recorder.accepted(l.id, m, s)
		l.resolve(m.lane, m, o.At)
	default: // written again meanwhile: both may arrive, either receipt counts
		l.ox.recorder.alias(l.id, m, s.index, id)
	}
}

// finish records the end of a message's way through the lane.
func (l *line) finish(ln *lane, m *message, state sms.State, status int32) {
	m.done = true
	if ln.current == m {
		ln.current = nil
	}
	l.count--
	l.ox.recorder.finished(m, state, status, l.ox.clock())
	l.ready(ln)
	l.tidy(ln)
}

// tidy forgets a lane that nothing refers to.
func (l *line) tidy(ln *lane) {
	if ln.empty() {
		ln.tainted = false
		if !ln.standing {
			delete(l.lanes, ln.key)
		}
	}
}

// lane returns the thread's lane, a new one when there is none.
func (l *line) lane(t sms.Thread) *lane {
	ln := l.lanes[t]
	if ln == nil {
		ln = &lane{key: t, line: l}
		l.lanes[t] = ln
	}
	return ln
}
