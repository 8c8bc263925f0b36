package dialogs

import (
	"slices"
	"time"
)

// rearm sets the timers of the new version of a state in which a conversation
// stays. What has elapsed counts: a timer that both versions have keeps its
// deadline, or has fired; the `after` of a new one counts from the arrival. A
// new reminder whose moment has passed is not sent.
func (t *turn) rearm(c *conv, from *Flow, was *state) error {
	armed, arrived := c.Timers, c.arrived(from, was)
	c.Timers = nil
	if i := slices.IndexFunc(armed, func(a TimerAt) bool { return a.Index == awayTimer }); i >= 0 {
		away := armed[i]
		away.Due = At(away.Due.Time().Add(c.st.person.within - was.person.within))
		c.Timers = append(c.Timers, away)
	}
	for _, anywhere := range []bool{false, true} {
		old := from.timers(was, anywhere)
		for i, x := range c.flow.timers(c.st, anywhere) {
			if j := slices.IndexFunc(old, x.sameMoment); j >= 0 {
				c.keepArmed(armed, TimerAt{Index: j, Anywhere: anywhere}, i)
				continue
			}
			if x.counts() && x.way == nil && !arrived.Add(x.after).After(c.now) {
				continue
			}
			if err := t.armOne(c, x, i, anywhere, arrived); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepArmed arms the timer i as the one of the old version was, if it was.
func (c *conv) keepArmed(armed []TimerAt, old TimerAt, i int) {
	for _, a := range armed {
		if a.Index == old.Index && a.Anywhere == old.Anywhere {
			a.Index = i
			c.Timers = append(c.Timers, a)
		}
	}
}

// arrived is when the conversation came into its state, as its timers tell;
// without one that does, when it asked its question.
func (c *conv) arrived(f *Flow, s *state) time.Time {
	var at time.Time
	for _, a := range c.Timers {
		timers := f.timers(s, a.Anywhere)
		if a.Index < 0 || a.Index >= len(timers) || !timers[a.Index].counts() {
			continue
		}
		if x := a.Due.Time().Add(-timers[a.Index].after); at.IsZero() || x.Before(at) {
			at = x
		}
	}
	switch {
	case !at.IsZero():
		return at
	case c.Asked != 0:
		return c.Asked.Time()
	}
	return c.now
}

// timers are those of the state, or of the flow's `anywhere`.
func (f *Flow) timers(s *state, anywhere bool) []*timer {
	if anywhere {
		return f.anywhere.timers
	}
	return s.timers
}

// counts reports whether the timer counts from the arrival in its state.
func (x *timer) counts() bool { return x.clock == nil && x.when == nil }

// sameMoment reports whether two timers are due at the same moment, however
// they go on from there.
func (x *timer) sameMoment(o *timer) bool {
	switch {
	case x.when != nil || o.when != nil:
		return x.when != nil && o.when != nil && x.when.src == o.when.src
	case x.clock != nil || o.clock != nil:
		return x.clock != nil && o.clock != nil && *x.clock == *o.clock
	}
	return x.after == o.after
}
