package outbox

import (
	"time"

	"repartee/optout"
	"repartee/smpp"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// Permitted is a message that the gate allowed, on its way to a lane.
type Permitted struct {
	sms.Outbound
	Permit    optout.Permit
	Closes    time.Time // when the recipient's window closes: the SMSC shall not try after it; zero for never
	ClaimedAt time.Time // zero for one that comes from a turn
}

// segmentState is where one segment of a message in a lane stands.
type segmentState uint8

const (
	pending  segmentState = iota // to be written
	written                      // given to a bind, unanswered
	accepted                     // the SMSC has it
)

// segment is one submit_sm of a message; it receives the outcome.
type segment struct {
	m      *message
	index  int16
	state  segmentState
	seq    uint32
	bind   *smpp.Bind
	smscID string
	known  bool // a late response accepted an earlier attempt: it is not written a third time
}

// Complete implements [smpp.Completer].
func (s *segment) Complete(o smpp.Outcome) { s.m.lane.line.completed(s, o) }

// message is an MT in a lane. Its fields are guarded by the line's lock.
type message struct {
	sms.Outbound
	permit    optout.Permit
	closes    time.Time
	claimed   bool // it has a row in the outbox
	claimedAt time.Time
	lane      *lane
	parts     coding.Segments // made when the first segment is written
	segs      []segment
	one       [1]segment // segs of a message of one segment

	next        int // first segment that may be pending
	outstanding int // segments written and unanswered
	firstTry    time.Time
	lost        bool       // an attempt of unknown outcome is under way of being resolved
	refused     pdu.Status // final refusal of a segment
	throttled   bool       // a segment was refused for now
	resumeAt    time.Time  // when it is tried again
	dead        bool       // cancelled while segments were outstanding: never written again
	done        bool       // outcome recorded; only late responses matter
}

// prepare cuts the message into its segments, the same ones at every attempt.
func (m *message) prepare(l *line) error {
	if m.segs != nil {
		return nil
	}
	parts, err := l.split(m.Text, uint16(m.Ref))
	if err != nil {
		return err
	}
	m.parts = parts
	if len(parts.Parts) == 1 {
		m.segs = m.one[:]
	} else {
		m.segs = make([]segment, len(parts.Parts))
	}
	for i := range m.segs {
		m.segs[i] = segment{m: m, index: int16(i)}
	}
	return nil
}

// nextPending returns the first segment to be written, nil when there is none.
func (m *message) nextPending() *segment {
	for m.next < len(m.segs) {
		if m.segs[m.next].state == pending {
			return &m.segs[m.next]
		}
		m.next++
	}
	return nil
}

func (m *message) allAccepted() bool {
	for i := range m.segs {
		if m.segs[i].state != accepted {
			return false
		}
	}
	return true
}

// partlySent reports whether the SMSC has a segment of a message of several.
func (m *message) partlySent() bool {
	for i := range m.segs {
		if m.segs[i].state == accepted {
			return true
		}
	}
	return false
}

// again makes all segments that the SMSC is not known to have pending once more.
func (m *message) again() {
	for i := range m.segs {
		if m.segs[i].state != accepted {
			m.segs[i].state = pending
			m.segs[i].bind = nil
		}
	}
	m.next, m.lost, m.throttled = 0, false, false
}

// lane is a thread's MTs in memory: one outstanding at a time, answers first.
type lane struct {
	key       sms.Thread
	line      *line
	answers   []*message
	bulk      []*message
	current   *message // has segments outstanding, or is to be written again
	list      list     // of the line, in which it stands
	reserved  int      // answers that a turn under way will hand over
	returning int      // messages on their way back to the outbox
	tainted   bool     // something went back while an answer was reserved: what comes must follow it
	idle      []func() // called when nothing is outstanding
}

func (l *lane) empty() bool {
	return l.current == nil && len(l.answers) == 0 && len(l.bulk) == 0 && l.reserved == 0 && l.returning == 0
}

// head returns the message to be written next, nil when the lane must wait.
func (l *lane) head() *message {
	if m := l.current; m != nil {
		if m.nextPending() != nil && !m.lost && m.refused == 0 && !m.dead {
			return m
		}
		return nil
	}
	if len(l.answers) > 0 {
		return l.answers[0]
	}
	if len(l.bulk) > 0 {
		return l.bulk[0]
	}
	return nil
}

// queue is where messages of a class wait.
func (l *lane) queue(c sms.Class) *[]*message {
	if c.Answer() {
		return &l.answers
	}
	return &l.bulk
}

// pop takes m from the front of its queue.
func (l *lane) pop(m *message) {
	switch {
	case len(l.answers) > 0 && l.answers[0] == m:
		l.answers = dropFirst(l.answers)
	case len(l.bulk) > 0 && l.bulk[0] == m:
		l.bulk = dropFirst(l.bulk)
	}
}

func dropFirst(q []*message) []*message {
	q[0] = nil
	if len(q) == 1 {
		return q[:0]
	}
	return q[1:]
}
