package outbox

import (
	"slices"
	"sync"
	"time"

	"repartee/sms"
)

// stopRetention is how long an opt-out stays in the stop list: statements are
// limited to 5 s and permits to 10 s, so that no older decision survives it.
const stopRetention = 5 * time.Minute

// Stop is an opt-out that has been committed.
type Stop struct {
	ID      sms.ID
	Phone   sms.MSISDN
	Code    sms.ShortCode // 0: all codes
	Program int32         // 0: all programs of the code
	At      time.Time
}

func (s *Stop) covers(m *sms.Outbound) bool {
	return s.ID > m.StopID && s.Phone == m.To && (s.Code == 0 || s.Code == m.Code) && (s.Program == 0 || s.Program == m.Program)
}

// stopList holds the recent opt-outs. It is safe for concurrent use.
type stopList struct {
	mu      sync.Mutex
	byPhone map[sms.MSISDN][]Stop
	swept   time.Time
}

func (l *stopList) add(s Stop) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byPhone == nil {
		l.byPhone = map[sms.MSISDN][]Stop{}
	}
	l.byPhone[s.Phone] = append(l.byPhone[s.Phone], s)
	if s.At.Sub(l.swept) > time.Minute {
		l.swept = s.At
		l.sweep(s.At.Add(-stopRetention))
	}
}

func (l *stopList) sweep(before time.Time) {
	for phone, stops := range l.byPhone {
		kept := stops[:0]
		for _, s := range stops {
			if s.At.After(before) {
				kept = append(kept, s)
			}
		}
		if len(kept) == 0 {
			delete(l.byPhone, phone)
		} else {
			l.byPhone[phone] = kept
		}
	}
}

// covers reports whether an opt-out newer than the message's birth applies to it.
func (l *stopList) covers(m *sms.Outbound) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.byPhone[m.To] {
		if l.byPhone[m.To][i].covers(m) {
			return true
		}
	}
	return false
}

// Stop carries out a committed opt-out: messages of an older generation are
// withdrawn and cancelled, and done is called once none of those already
// written is unanswered, at the latest after a second (promise 3). done may be
// called before Stop returns, on the calling goroutine.
func (o *Outbox) Stop(s Stop, done func()) {
	o.stops.add(s)
	waiting := newBarrier(done)
	for _, l := range o.allLines() {
		l.stop(&s, waiting)
	}
	waiting.release()
}

// stop purges the lanes that the opt-out covers.
func (l *line) stop(s *Stop, b *barrier) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.Code != 0 {
		if ln := l.lanes[sms.Thread{Phone: s.Phone, Code: s.Code}]; ln != nil {
			l.purge(ln, s, b)
		}
		return
	}
	for key, ln := range l.lanes {
		if key.Phone == s.Phone {
			l.purge(ln, s, b)
		}
	}
}

func (l *line) purge(ln *lane, s *Stop, b *barrier) {
	for _, q := range [][]*message{ln.answers, ln.bulk} {
		for _, m := range append([]*message(nil), q...) {
			if s.covers(&m.Outbound) {
				l.remove(ln, m)
				l.finish(ln, m, sms.Cancelled, 0)
			}
		}
	}
	m := ln.current
	if m == nil || !s.covers(&m.Outbound) {
		return
	}
	for i := range m.segs {
		if g := &m.segs[i]; g.state == written && g.bind.Withdraw(g.seq) {
			g.state = pending
			m.outstanding--
		}
	}
	if m.dead = m.outstanding > 0; !m.dead {
		l.drop(ln, m, sms.Cancelled)
		return
	}
	ln.idle = append(ln.idle, b.add())
}

// remove takes a message out of the middle of a queue.
func (l *line) remove(ln *lane, m *message) {
	q := ln.queue(m.Class)
	if i := slices.Index(*q, m); i >= 0 {
		*q = append((*q)[:i:i], (*q)[i+1:]...)
	}
}

// barrier calls done once all that was added to it has been released, or
// after [barrierPatience].
type barrier struct {
	mu    sync.Mutex
	left  int
	done  func()
	timer *time.Timer
}

func newBarrier(done func()) *barrier { return &barrier{left: 1, done: done} }

func (b *barrier) add() (release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left++
	if b.timer == nil {
		b.timer = time.AfterFunc(barrierPatience, b.finish)
	}
	return b.release
}

func (b *barrier) release() {
	b.mu.Lock()
	b.left--
	last := b.left == 0
	b.mu.Unlock()
	if last {
		b.finish()
	}
}

func (b *barrier) finish() {
	b.mu.Lock()
	done := b.done
	b.done = nil
	if b.timer != nil {
		b.timer.Stop()
	}
	b.mu.Unlock()
	if done != nil {
		done()
	}
}
