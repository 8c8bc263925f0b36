package inbox

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/dialogs"
	"repartee/sms"
)

const (
	// maxWakes is how many due timers are looked at together.
	maxWakes = 1000
	// busyShards is how many waiting items make timers wait: texts read before
	// a deadline win, also after an outage.
	busyShards = 1000
)

// wakeSet knows the wakes that are on their way through a shard, so that none
// goes twice. It is safe for concurrent use.
type wakeSet struct {
	mu       sync.Mutex
	inFlight map[Wake]bool
}

// begin reports whether the wake is not under way yet, and notes that it is.
func (s *wakeSet) begin(w Wake) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inFlight[w] {
		return false
	}
	if s.inFlight == nil {
		s.inFlight = map[Wake]bool{}
	}
	s.inFlight[w] = true
	return true
}

// forget lets a wake come again.
func (s *wakeSet) forget(w *Wake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inFlight, *w)
}

func (s *wakeSet) committed(done []Wake) {
	for i := range done {
		s.forget(&done[i])
	}
}

// watchWakes pushes due timers into the shards until ctx ends.
func (in *Inbox) watchWakes(ctx context.Context) {
	tick := time.NewTicker(in.WakeEach)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if in.fenced() || in.stopping.Load() || in.Queued() > busyShards {
			continue
		}
		now := in.clock()
		due, err := in.Store.WakesDue(ctx, now, maxWakes)
		if err != nil {
			if ctx.Err() == nil {
				in.log.Warn("timers wait for the database", zap.Error(err))
			}
			continue
		}
		for i := range due {
			if in.wakes.begin(due[i]) {
				in.shard(due[i].Thread.Phone).push(&item{thread: due[i].Thread, readAt: now, wake: &due[i]})
			}
		}
	}
}

// woken handles a timer under the lock of its thread: what is due is decided
// there, not by the wake.
func (b *batch) woken(it *item, t *Thread) {
	b.w.WakesDone = append(b.w.WakesDone, *it.wake)
	code := b.snap.Codes[t.Key.Code]
	if it.wake.Kind == WakeParts {
		if code != nil {
			b.partsDue(t)
		}
		return
	}
	if !t.WakeDue.After(it.wake.Due) {
		t.WakeDue = time.Time{}
	}
	b.touch(t)
	if code == nil || len(t.Talks) == 0 {
		return
	}
	tu := &turn{batch: b, t: t, code: code}
	next := nextDeadline(t.Talks)
	if next.After(b.now) {
		tu.wakeAt(next)
		return
	}
	t.Turn++
	tu.event("timer", "", t.Talks[0].ID, map[string]any{"turn": t.Turn}, false)
	tu.step(tu.facts(), dialogs.Timer{})
}

func nextDeadline(talks []dialogs.Talk) time.Time {
	var next time.Time
	for i := range talks {
		if d := talks[i].Deadline(); !d.IsZero() && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	return next
}

// wakeAt makes sure that the thread is woken at the moment, or earlier: an
// earlier wake finds nothing due and sets the next one.
func (tu *turn) wakeAt(due time.Time) {
	t := tu.t
	if due.IsZero() || (!t.WakeDue.IsZero() && !t.WakeDue.After(due)) {
		return
	}
	t.WakeDue = due
	tu.touch(t)
	tu.w.Wakes = append(tu.w.Wakes, Wake{Due: due, Thread: t.Key, Kind: WakeTalks})
}

// warnings says once an hour what an operator should mend.
type warnings struct {
	mu   sync.Mutex
	said map[sms.ShortCode]time.Time
}

// warnCode tells the operator of texts to a short code that nobody configured.
func (in *Inbox) warnCode(code sms.ShortCode) {
	now := in.clock()
	in.warned.mu.Lock()
	defer in.warned.mu.Unlock()
	if now.Sub(in.warned.said[code]) < time.Hour {
		return
	}
	if in.warned.said == nil || len(in.warned.said) > 1000 {
		in.warned.said = map[sms.ShortCode]time.Time{}
	}
	in.warned.said[code] = now
	in.log.Warn("texts come to a short code that is not configured; they are kept and not answered: add it to short_codes and run repartee apply", zap.Stringer("short_code", code))
}
