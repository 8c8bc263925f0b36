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
	// retryPause is how long the lane of a temporary refusal waits: the SMSC may
	// refuse one phone only, so that the carrier's pace knows nothing of it.
	retryPause = 500 * time.Millisecond
	// comeBack is when a message returned after that patience is due again.
	comeBack = 5 * time.Second
	// away is how long lanes wait for a bind before they go back to the outbox.
	away = 5 * time.Second
	// maxUnknown attempts of unknown outcome end an answer as unknown.
	maxUnknown = 3
	// maxUnknownConfirmation is the same for the confirmation of an opt-out.
	maxUnknownConfirmation = 2
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

	mu       sync.Mutex
	conf     *programs.Carrier
	link     *smpp.Carrier
	lanes    map[sms.Thread]*lane
	retry    fifo // lanes to be served first: begun messages
	answers  fifo
	bulk     fifo
	paused   fifo // after a temporary refusal, in the order in which they resume
	backs    recentThreads
	count    int // messages in lanes, and those reserved
	begun    int // of them handed over at least in part
	room     int
	spilled  bool // there was no room: all waits in the outbox until a claim came back short
	hungry   bool // the outbox may have more than could be claimed
	closing  bool
	halted   bool      // the carrier is paused
	claiming bool      // a claim is under way
	noBind   time.Time // since when the link has no bind, zero while it has one
	noRoom   time.Time // since when its windows are full, zero while there is room
	scratch  pdu.Message
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
	l.conf, l.link, l.halted = conf, link, conf.Paused
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
		now := l.ox.clock()
		resume := l.resume(now)
		wait, more := l.sendOne(now)
		l.mu.Unlock()
		if !more {
			return min(wait, resume)
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
	l.noBind, l.noRoom = time.Time{}, time.Time{}
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
		if m.refused = pdu.StatusSysErr; m.outstanding == 0 { // else its last completion ends it
			ln.pop(m)
			l.finish(ln, m, sms.Rejected, int32(pdu.StatusSysErr))
		}
	}
	return 0, true
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
	case m.partlySent(): // the rest follows: half a message is of use to nobody
		if m.closes.IsZero() || now.Before(m.closes) {
			return false
		}
		l.drop(ln, m, sms.Expired)
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
		if m.partlySent() {
			state = sms.Unknown
		}
	} else {
		ln.pop(m)
	}
	l.finish(ln, m, state, 0)
}

// giveBack returns a message to the outbox, and what is behind it with it, so
// that nothing overtakes it there. One of which the SMSC has a part did leave:
// it counts as an attempt of unknown outcome.
func (l *line) giveBack(ln *lane, m *message, due time.Time) {
	if ln.current == m {
		if m.outstanding > 0 {
			return // its completion decides
		}
		if m.partlySent() && !l.mayGoAgain(m) {
			l.finish(ln, m, sms.Unknown, 0)
			return
		}
		l.endCurrent(ln)
	} else {
		l.remove(ln, m)
	}
	l.goBack(ln, m, due)
	for queue := ln.queue(m.Class); len(*queue) > 0; {
		next := (*queue)[0]
		ln.pop(next)
		l.goBack(ln, next, due)
	}
	l.ready(ln)
}

// goBack sends a message that was taken out of its lane to the outbox.
func (l *line) goBack(ln *lane, m *message, due time.Time) {
	m.done = true
	ln.returning++
	if ln.reserved > 0 && m.Class.Answer() {
		ln.tainted = true
	}
	l.ox.recorder.requeue(m, due, func() { l.returned(ln, m) })
}

// returned is called when a message of the lane is back in the outbox.
func (l *line) returned(ln *lane, m *message) {
	l.mu.Lock()
	ln.returning--
	l.count--
	if m.Class.Answer() {
		l.backs.add(ln.key, l.ox.clock())
	}
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
	if l.halted {
		return nil
	}
	return l.link.Pick(reserve)
}

// sends reports whether messages can be submitted, now or when there is room.
func (l *line) sends() bool { return !l.halted && l.link.Up() }

// absent returns how long to wait for a bind; after [away] all lanes go back.
func (l *line) absent(now time.Time) time.Duration {
	if l.sends() {
		l.noBind = time.Time{}
		return l.full(now)
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

// full returns how long to wait for a slot of a window; after the carrier's
// slot time-out all lanes go back, and are claimed again when there is room.
func (l *line) full(now time.Time) time.Duration {
	limit := l.conf.Timeouts.Slot
	if limit <= 0 {
		return time.Second
	}
	if l.noRoom.IsZero() {
		l.noRoom = now
	}
	if left := limit - now.Sub(l.noRoom); left > 0 {
		return left
	}
	l.noRoom = time.Time{}
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
		l.begun++
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
