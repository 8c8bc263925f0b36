package outbox

import (
	"time"

	"repartee/sms"
)

// list names the ready list that a lane stands in. An entry of a list in which
// the lane stands no more is stale and skipped: so a lane moves to a better
// list without being searched for in the old one.
type list uint8

const (
	nowhere list = iota
	inBulk
	inAnswers
	inRetry
	inPaused
)

// place is the list that the lane belongs in now.
func (l *lane) place() list {
	switch {
	case l.head() == nil:
		return nowhere
	case l.current != nil && l.current.throttled:
		return inPaused
	case l.current != nil:
		return inRetry
	case len(l.answers) > 0:
		return inAnswers
	}
	return inBulk
}

func (l *line) list(name list) *fifo {
	switch name {
	case inRetry:
		return &l.retry
	case inAnswers:
		return &l.answers
	case inPaused:
		return &l.paused
	}
	return &l.bulk
}

// ready puts a lane into the list that it belongs in, when it has something to
// write: one that stands among marketing and has an answer now moves on.
func (l *line) ready(ln *lane) {
	place := ln.place()
	if place == nowhere || place <= ln.list && ln.list != inPaused || place == ln.list {
		return
	}
	ln.list = place
	l.list(place).push(ln)
}

// front takes the lane to serve next out of the ready lists.
func (l *line) front() *lane {
	for _, name := range [...]list{inRetry, inAnswers, inBulk} {
		for q := l.list(name); q.len() > 0; {
			ln := q.pop()
			if ln.list != name {
				continue
			}
			ln.list = nowhere
			if ln.head() != nil {
				return ln
			}
			l.tidy(ln)
		}
	}
	return nil
}

// back returns a lane that was taken out to the front of its list.
func (l *line) back(ln *lane) {
	ln.list = ln.place()
	l.list(ln.list).pushFront(ln)
}

// resume lets the lanes go on whose pause is over, and returns after how long
// the next one's is.
func (l *line) resume(now time.Time) time.Duration {
	for l.paused.len() > 0 {
		ln := l.paused.first()
		if m := ln.current; ln.list == inPaused && m != nil && m.throttled {
			if wait := m.resumeAt.Sub(now); wait > 0 && !l.closing {
				return wait
			}
			m.throttled = false
		}
		if l.paused.pop(); ln.list == inPaused {
			ln.list = nowhere
			l.ready(ln)
			l.tidy(ln)
		}
	}
	return time.Hour
}

// endCurrent makes room for the lane's next message.
func (l *line) endCurrent(ln *lane) {
	ln.current = nil
	l.begun--
}

// tidy forgets a lane that nothing refers to.
func (l *line) tidy(ln *lane) {
	if ln.empty() {
		ln.tainted = false
		if ln.list == nowhere {
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

// recentThreads remembers threads for [backsFor] to twice as long.
type recentThreads struct {
	young, old map[sms.Thread]struct{}
	turned     time.Time
}

// backsFor is how long after the return of an answer no turn of its thread
// gives answers straight to the lane: a turn that read the outbox before does
// not know that it waits there. No turn takes longer.
const backsFor = 10 * time.Second

func (r *recentThreads) turn(now time.Time) {
	if age := now.Sub(r.turned); age >= 2*backsFor {
		r.young, r.old, r.turned = nil, nil, now
	} else if age >= backsFor {
		r.young, r.old, r.turned = nil, r.young, now
	}
}

func (r *recentThreads) add(t sms.Thread, now time.Time) {
	r.turn(now)
	if r.young == nil {
		r.young = map[sms.Thread]struct{}{}
	}
	r.young[t] = struct{}{}
}

func (r *recentThreads) has(t sms.Thread, now time.Time) bool {
	r.turn(now)
	_, young := r.young[t]
	_, old := r.old[t]
	return young || old
}
