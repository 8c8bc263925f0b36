package inbox

import (
	"sync"
	"time"

	"repartee/sms"
)

// rates counts the turns of each thread in the current minute, so that two
// machines that answer each other stop. It belongs to one shard's worker.
type rates struct {
	minute int64
	turns  map[sms.Thread]int
}

// over counts a turn and reports whether it is beyond the limit.
func (r *rates) over(t sms.Thread, limit int, now time.Time) bool {
	if m := now.Unix() / 60; m != r.minute || r.turns == nil {
		r.minute, r.turns = m, map[sms.Thread]int{}
	}
	r.turns[t]++
	return r.turns[t] > limit
}

// uncount takes turns back that were not committed: they will be counted again.
func (r *rates) uncount(ts []sms.Thread) {
	for _, t := range ts {
		if r.turns[t] > 0 {
			r.turns[t]--
		}
	}
}

// lateList remembers MOs whose acknowledgement left after the carrier's
// deliver_timeout: it may have sent them again whatever was proven.
type lateList struct {
	mu  sync.Mutex
	ids map[sms.ID]time.Time
}

func (l *lateList) add(id sms.ID, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ids == nil {
		l.ids = map[sms.ID]time.Time{}
	}
	if len(l.ids) >= 100_000 {
		for id, at := range l.ids {
			if now.Sub(at) > lapse {
				delete(l.ids, id)
			}
		}
	}
	l.ids[id] = now
}

// since returns when the MO was acknowledged, too late; false if it was in time.
func (l *lateList) since(id sms.ID) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, late := l.ids[id]
	return at, late
}

func (l *lateList) remove(id sms.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ids, id)
}
