package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"repartee/optout"
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
