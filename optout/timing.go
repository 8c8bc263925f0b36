package optout

import (
	"slices"
	"time"
)

// open reports whether every clock is open.
func (r recipient) open(t time.Time) bool {
	for _, c := range r.clocks {
		if !c.open(t) {
			return false
		}
	}
	return true
}

// closes returns when the first clock that is open at t closes.
func (r recipient) closes(t time.Time) time.Time {
	first := t.AddDate(0, 0, searchDays)
	for _, c := range r.clocks {
		first = earlier(first, c.closes(t))
	}
	return first
}

// settle finds the first moment at or after t when all clocks are open and no
// cap is reached, zero when none is found.
func (r recipient) settle(f Facts, t time.Time) time.Time {
	limit := t.AddDate(0, 1, searchDays) // a monthly promise may keep it for a month first
	for t.Before(limit) {
		at := capped(f, r, t)
		for _, c := range r.clocks {
			next, ok := c.next(t)
			if !ok {
				return time.Time{}
			}
			if next.After(at) {
				at = next
			}
		}
		if at.Equal(t) {
			if closes := r.closes(t).Add(-f.Guard); !t.Before(closes) {
				t = closes.Add(f.Guard) // what is left of this window is all guard
				continue
			}
			return t
		}
		t = at
	}
	return time.Time{}
}

// capped returns the first moment from t at which every frequency limit leaves
// room, counting what was sent so far.
func capped(f Facts, r recipient, t time.Time) time.Time {
	if len(f.Sent) == 0 {
		return t
	}
	limits := f.Frequency
	if limits == (Frequency{}) {
		limits = Frequency{PerHour: 1, PerDay: 3}
	}
	sent := slices.Clone(f.Sent)
	slices.SortFunc(sent, func(a, b time.Time) int { return b.Compare(a) }) // newest first
	at := t
	for _, l := range []struct {
		max  int
		span time.Duration
	}{{limits.PerHour, time.Hour}, {limits.PerDay, 24 * time.Hour}, {limits.PerWeek, 7 * 24 * time.Hour}, {r.cap, 24 * time.Hour}} {
		if l.max > 0 && len(sent) >= l.max {
			if free := sent[l.max-1].Add(l.span); free.After(at) {
				at = free
			}
		}
	}
	if limits.PerMonth > 0 && len(sent) >= limits.PerMonth {
		y, m, _ := at.In(r.zones[0]).Date()
		if !sent[limits.PerMonth-1].Before(time.Date(y, m, 1, 0, 0, 0, 0, r.zones[0])) {
			at = time.Date(y, m+1, 1, 0, 0, 0, 0, r.zones[0])
		}
	}
	return at
}

// localTimes are the recipient's clocks at t, for people who ask why.
func (r recipient) localTimes(t time.Time) []string {
	times := make([]string, len(r.zones))
	for i, z := range r.zones {
		times[i] = t.In(z).Format("Mon 2006-01-02 15:04:05 MST ") + z.String()
	}
	return times
}

// source names the hours that were judged and how the place was found.
func (r recipient) source() string {
	s := ""
	for _, c := range r.clocks {
		if quote := c.hours.Name + ": " + c.hours.Source; s == "" {
			s = quote
		} else if s != quote {
			s += "; " + quote
			break // two laws at most: number and record
		}
	}
	return s + "; time zone from " + r.origin
}
