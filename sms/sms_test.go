package sms_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/sms"
)

// However a carrier or a person writes a number, it is one phone (pitfall 58).
func TestOnePhoneInAllSpellings(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"33612345678", "+33612345678", "0033612345678", " +33 6 12 34 56 78 ", "+33-6.12 (34) 5678"} {
		m, err := sms.ParseMSISDN(s)
		require.NoError(t, err, s)
		assert.Equal(t, sms.MSISDN(33612345678), m, s)
	}
	m, err := sms.ParseMSISDNIn("0612345678", "33")
	require.NoError(t, err)
	assert.Equal(t, sms.MSISDN(33612345678), m)
}

func TestWhatIsNoPhone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "+", "ACME", "123", "0612345678", "1234567890123456", "+0612345678", "12a4567", "٣٣٦١٢٣٤٥"} {
		_, err := sms.ParseMSISDN(s)
		assert.Error(t, err, s)
	}
}

func TestMaskedHidesTheNumber(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "336…78", sms.MSISDN(33612345678).Masked())
	assert.Equal(t, "…", sms.MSISDN(12345).Masked())
	assert.Equal(t, "…", sms.MSISDN(-33612345678).Masked())
}

func TestShortCodes(t *testing.T) {
	t.Parallel()
	c, err := sms.ParseShortCode("36111")
	require.NoError(t, err)
	assert.Equal(t, "36111", c.String())
	for _, s := range []string{"", "12", "036111", "-36111", "1234567890", "36x11"} {
		_, err := sms.ParseShortCode(s)
		assert.Error(t, err, s)
	}
}

func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	for c := sms.Reply; c <= sms.Compliance; c++ {
		back, err := sms.ParseClass(c.String())
		require.NoError(t, err)
		assert.Equal(t, c, back)
	}
	for s := sms.Held; s <= sms.Unknown; s++ {
		back, err := sms.ParseState(s.String())
		require.NoError(t, err)
		assert.Equal(t, s, back)
	}
	_, err := sms.ParseClass("")
	require.Error(t, err)
	_, err = sms.ParseState("gone")
	require.Error(t, err)
}

// Ids of a node only grow, whatever the clock does, carry their slot, and those
// of a new incarnation are above the old one's.
func TestIDsGrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		slot := rapid.IntRange(0, sms.MaxNodeSlot).Draw(t, "slot")
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		ids := sms.NewIDs(slot, 0)
		var last sms.ID
		for _, step := range rapid.SliceOfN(rapid.IntRange(-5000, 5000), 1, 50).Draw(t, "steps") {
			now = now.Add(time.Duration(step) * time.Millisecond)
			for range rapid.IntRange(1, 6000).Draw(t, "burst") {
				id := ids.Next(now)
				if id <= last {
					t.Fatalf("%d after %d", id, last)
				}
				if got := int(id >> 12 & sms.MaxNodeSlot); got != slot {
					t.Fatalf("slot %d instead of %d", got, slot)
				}
				last = id
			}
		}
		if ids.Last() != last {
			t.Fatalf("Last is %d, not %d", ids.Last(), last)
		}
		if next := sms.NewIDs(slot, last).Next(now.Add(-time.Hour)); next <= last {
			t.Fatalf("a new incarnation begins at %d, below %d", next, last)
		}
	})
}

func TestIDsCarryTheirDay(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	ids := sms.NewIDs(sms.MaxNodeSlot, 0)
	assert.Less(t, ids.Next(day.Add(-time.Millisecond)), sms.FirstID(day))
	assert.GreaterOrEqual(t, ids.Next(day), sms.FirstID(day))
	assert.Equal(t, day, ids.Next(day).Time())
}

func TestIDsAreStringsInJSON(t *testing.T) {
	t.Parallel()
	octets, err := json.Marshal(map[string]sms.ID{"id": 118101002527178755})
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"118101002527178755"}`, string(octets))
	var back map[string]sms.ID
	require.NoError(t, json.Unmarshal(octets, &back))
	assert.Equal(t, sms.ID(118101002527178755), back["id"])
}

func TestPermanent(t *testing.T) {
	t.Parallel()
	cause := errors.New("constraint")
	err := fmt.Errorf("commit: %w", &sms.PermanentError{Err: cause})
	assert.True(t, sms.Permanent(err))
	assert.ErrorIs(t, err, cause)
	assert.False(t, sms.Permanent(cause))
}
