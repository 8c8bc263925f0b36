package outbox

import (
	"time"

	"repartee/optout"
	"repartee/sms"
)

const (
	// lookAgain is how often the gate is asked about a message of which it cannot
	// say when it may go: the facts about its phone may change.
	lookAgain = time.Hour
	// spread is the time over which phones whose messages wait for the same opening
	// get them, so that a night's worth does not leave in its first minute.
	spread = 30 * time.Minute
)

// heldUntil is when a held message is looked at again: soon after the gate would
// let it go, in the first half of what is left of its time, at a moment of its
// phone's own, so that the messages of a phone keep their order.
func heldUntil(d optout.Decision, m *sms.Outbound, now time.Time) time.Time {
	until := d.Until
	if until.IsZero() {
		until = now.Add(lookAgain)
	}
	left := m.Expires.Sub(until)
	if left <= 0 {
		return m.Expires
	}
	return until.Add(share(m.To, min(spread, left/2)))
}

// share is the same part of a span for the same phone, evenly over all.
func share(phone sms.MSISDN, span time.Duration) time.Duration {
	const golden = 0x9E3779B97F4A7C15 // 2⁶⁴ by the golden ratio: neighbours fall far apart
	return span / 1024 * time.Duration(uint64(phone)*golden>>54)
}
