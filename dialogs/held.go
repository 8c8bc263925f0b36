package dialogs

import (
	"slices"
	"time"

	"repartee/sms"
)

// Held lets the `after` timers that a conversation armed at the moment now
// count from the moment when its message, which the gate holds, is released.
func Held(talks []Talk, talk sms.ID, flow func(name string, version int) *Flow, now, release time.Time) []Talk {
	i := slices.IndexFunc(talks, func(t Talk) bool { return t.ID == talk })
	if i < 0 {
		return talks
	}
	f := flow(talks[i].Flow, talks[i].Version)
	if f == nil || f.byName[talks[i].State] == nil {
		return talks
	}
	talks = slices.Clone(talks)
	c := &talks[i]
	c.Timers = slices.Clone(c.Timers)
	for j := range c.Timers {
		d := &c.Timers[j]
		timers := f.timers(f.byName[c.State], d.Anywhere)
		if d.Depth != len(c.Frames) || d.Index < 0 || d.Index >= len(timers) {
			continue
		}
		if x := timers[d.Index]; x.counts() && d.Due == At(now.Add(x.after)) {
			d.Due = At(release.Add(x.after))
		}
	}
	return talks
}
