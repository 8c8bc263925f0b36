package outbox

import (
	"time"

	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// completed takes the outcome of a segment; it is called by the bind's reader.
func (l *line) completed(s *segment, o smpp.Outcome) {
	l.mu.Lock()
	var idle []func()
	if o.Kind == smpp.Late {
		l.late(s, o)
	} else if s.seq == o.Sequence && s.state == written {
		idle = l.settle(s, o, l.ox.clock())
	}
	hungry := l.hungry
	l.hungry = false
	l.mu.Unlock()
	for _, f := range idle {
		f()
	}
	l.poke()
	if hungry {
		l.ox.waiting(l.id)
	}
}

// settle books the outcome of a segment and, when nothing is outstanding any
// more, decides what becomes of its message.
func (l *line) settle(s *segment, o smpp.Outcome, now time.Time) (idle []func()) {
	m, ln := s.m, s.m.lane
	m.outstanding--
	s.state = pending
	m.next = min(m.next, int(s.index))
	switch {
	case o.Kind == smpp.Accepted:
		s.state, s.smscID = accepted, l.canonical(o.MessageID)
		l.ox.recorder.accepted(l.id, m, s)
	case s.known:
		s.state = accepted
	case o.Kind == smpp.Refused:
		if l.link.Judge(o.Status) == smpp.Temporary {
			m.throttled, m.resumeAt = true, now.Add(retryPause)
		} else {
			m.refused = o.Status
		}
	case o.Kind == smpp.Cut, o.Kind == smpp.NoResponse:
		m.lost = m.lost || !o.WrittenAt.IsZero() // else it never left
	}
	if m.outstanding == 0 {
		l.resolve(ln, m, now)
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
	case m.throttled && (l.closing || now.Sub(m.firstTry) > patience):
		l.giveBack(ln, m, now.Add(comeBack))
	default:
		l.ready(ln)
	}
}

// unknown handles a message of which nobody knows whether it left (promise 6).
func (l *line) unknown(ln *lane, m *message) {
	if !l.mayGoAgain(m) || m.dead {
		l.finish(ln, m, sms.Unknown, 0)
		return
	}
	m.again()
	l.ox.recorder.attempted(m)
	l.ready(ln)
}

// mayGoAgain counts an attempt of unknown outcome and reports whether the
// message may be sent once more: answers a few times, marketing never.
func (l *line) mayGoAgain(m *message) bool {
	if !m.Class.Answer() {
		return false
	}
	m.Unknowns++
	if m.Cause != 0 && m.Cause == m.StopID { // the confirmation of an opt-out
		return m.Unknowns < maxUnknownConfirmation
	}
	return m.Unknowns < maxUnknown
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
	case s.state == pending:
		s.state, s.smscID = accepted, id
		l.ox.recorder.accepted(l.id, m, s)
		if m.outstanding == 0 {
			l.resolve(m.lane, m, l.ox.clock())
		}
	default: // written again meanwhile: both may arrive, either receipt counts
		s.known = true
		l.ox.recorder.alias(l.id, m, s.index, id)
	}
}

// finish records the end of a message's way through the lane.
func (l *line) finish(ln *lane, m *message, state sms.State, status int32) {
	m.done = true
	if ln.current == m {
		l.endCurrent(ln)
	}
	l.count--
	l.ox.recorder.finished(m, state, status, l.ox.clock())
	l.ready(ln)
	l.tidy(ln)
}
