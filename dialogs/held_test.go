package dialogs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Timers count from the release of a message that the gate holds, but only
// those that count from it at all.
func TestHeldTimers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	release := now.Add(10 * time.Hour)
	clock := Clock{Minutes: 600}
	ask := &state{handlers: handlers{timers: []*timer{{after: time.Hour}, {clock: &clock}, {after: 2 * time.Hour}}}}
	f := &Flow{byName: map[string]*state{"ask": ask}, anywhere: handlers{timers: []*timer{{after: time.Hour}}}}
	before := []Talk{{ID: 1, Flow: "f", State: "ask"}, {ID: 2, Flow: "f", State: "ask", Timers: []TimerAt{
		{Index: 0, Due: At(now.Add(time.Hour))},
		{Index: 1, Due: At(now.Add(11 * time.Hour))},
		{Index: 2, Due: At(now.Add(time.Minute))}, // armed earlier
		{Index: 0, Anywhere: true, Due: At(now.Add(time.Hour))},
	}}}
	after := Held(before, 2, func(string, int) *Flow { return f }, now, release)
	var due []time.Duration
	for _, d := range after[1].Timers {
		due = append(due, d.Due.Time().Sub(now))
	}
	assert.Equal(t, []time.Duration{11 * time.Hour, 11 * time.Hour, time.Minute, 11 * time.Hour}, due)
	assert.Equal(t, At(now.Add(time.Hour)), before[1].Timers[0].Due, "what was given stays as it was")
	assert.Equal(t, before, Held(before, 3, func(string, int) *Flow { return f }, now, release))
	assert.Equal(t, before, Held(before, 2, func(string, int) *Flow { return nil }, now, release))
}
