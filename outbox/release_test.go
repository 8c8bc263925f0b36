package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"repartee/optout"
	"repartee/programs"
	"repartee/sms"
)

// What waits for one opening leaves over half an hour, evenly by phones, and
// never after its own end.
func TestReleaseIsSpread(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 14, 22, 0, 0, 0, time.UTC)
	opens := now.Add(8 * time.Hour)
	var sixths [6]int
	for phone := range sms.MSISDN(6000) {
		m := &sms.Outbound{To: 33600000000 + phone, Expires: now.Add(24 * time.Hour)}
		at := heldUntil(optout.Decision{Until: opens}, m, now)
		assert.Equal(t, at, heldUntil(optout.Decision{Until: opens}, m, now.Add(time.Minute)), "the same each time")
		sixths[at.Sub(opens)/(5*time.Minute)]++
		m.Expires = opens.Add(10 * time.Minute)
		assert.WithinRange(t, heldUntil(optout.Decision{Until: opens}, m, now), opens, opens.Add(5*time.Minute))
	}
	for _, n := range sixths {
		assert.InDelta(t, 1000, n, 200)
	}
	late := &sms.Outbound{Expires: opens.Add(-time.Hour)}
	assert.Equal(t, late.Expires, heldUntil(optout.Decision{Until: opens}, late, now))
}

// At its release a message is judged by what holds then: its conversation, its
// program, and the caller's choice to drop it when the hours are closed.
func TestRelevanceAtRelease(t *testing.T) {
	t.Parallel()
	day, night := noon, noon.Add(12*time.Hour)
	for name, c := range map[string]struct {
		at     time.Time
		change func(m *sms.Outbound)
		want   string
	}{
		"by day":               {day, func(*sms.Outbound) {}, "allow "},
		"by night":             {night, func(*sms.Outbound) {}, "hold quiet_hours"},
		"by night, to drop":    {night, func(m *sms.Outbound) { m.DropQuiet = true }, "refuse quiet_hours"},
		"by day, to drop":      {day, func(m *sms.Outbound) { m.DropQuiet = true }, "allow "},
		"overtaken":            {day, func(m *sms.Outbound) { m.Overtaken = true }, "refuse overtaken"},
		"program gone":         {day, func(m *sms.Outbound) { m.Program = 99 }, "refuse overtaken"},
		"program gone, a STOP": {day, func(m *sms.Outbound) { m.Program, m.Class = 99, sms.Compliance }, "allow "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &sms.Outbound{ID: 1, To: 33600000001, Code: 36111, Program: 1, Class: sms.Marketing, CreatedAt: c.at, Expires: c.at.Add(48 * time.Hour)}
			c.change(m)
			snap := &programs.Snapshot{Programs: map[int32]*programs.Program{1: {ID: 1, Name: "pizza", Consent: "single"}}}
			p := &Person{Consents: map[int32]Consent{1: {State: "single"}, 99: {State: "single"}}}
			d := Judge(snap, m, p, c.at)
			assert.Equal(t, c.want, d.Verdict.String()+" "+d.Reason, d.Rule)
		})
	}
}
