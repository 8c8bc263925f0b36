package pdu_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
)

const day = 24 * time.Hour

func TestPitfall56ValidityPeriod(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0:                              "",
		-time.Hour:                     "000000000001000R",
		time.Millisecond:               "000000000001000R",
		1999 * time.Millisecond:        "000000000001000R",
		90 * time.Second:               "000000000130000R",
		15 * time.Minute:               "000000001500000R",
		day - time.Second:              "000000235959000R",
		48 * time.Hour:                 "000002000000000R",
		31 * day:                       "000031000000000R",
		32 * day:                       "000102000000000R",
		400 * day:                      "010105000000000R",
		99*365*day + 364*day:           "991204000000000R",
		100 * 365 * day:                "991231235959000R",
		time.Duration(1<<63 - 1):       "991231235959000R",
		-time.Duration(1<<63 - 1):      "000000000001000R",
		364*day + 23*time.Hour:         "001204230000000R",
		2*time.Hour + 10*time.Second/2: "000000020005000R",
	} {
		require.Equal(t, want, pdu.ValidityPeriod(d), "%s", d)
	}
}

func TestPitfall56ValidityPeriodIsReadBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(31*day/time.Second)).Draw(t, "seconds")) * time.Second
		text := pdu.ValidityPeriod(d)
		require.Len(t, text, 16)
		got, err := pdu.ParseTime(text, now)
		require.NoError(t, err)
		require.Equal(t, now.Add(d), got)
	})
}

// A night in which the clocks change: the relative form counts hours, the
// absolute one names its zone.
func TestPitfall56ChangeToSummerTime(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	before := time.Date(2026, 3, 29, 1, 30, 0, 0, paris)
	after, err := pdu.ParseTime(pdu.ValidityPeriod(2*time.Hour), before)
	require.NoError(t, err)
	require.Equal(t, 2*time.Hour, after.Sub(before))
	require.Equal(t, "04:30", after.Format("15:04"))

	require.Equal(t, "260329023000000+", pdu.AbsoluteTime(after))
	absolute, err := pdu.ParseTime(pdu.AbsoluteTime(after), before)
	require.NoError(t, err)
	require.True(t, absolute.Equal(after))
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"261122120000000+": "2026-11-22T12:00:00Z",
		"261122120000504+": "2026-11-22T11:00:00.5Z",
		"261122120000020-": "2026-11-22T17:00:00Z",
		"000001020304000R": "2026-11-23T14:03:04Z",
	} {
		got, err := pdu.ParseTime(text, now)
		require.NoError(t, err, text)
		require.Equal(t, want, got.UTC().Format(time.RFC3339Nano))
	}
	none, err := pdu.ParseTime("", now)
	require.NoError(t, err)
	require.True(t, none.IsZero())
	for _, text := range []string{
		"2026", "261322120000000+", "260230120000000+", "261122250000000+", "261122120000049+", "261122120000000X",
		"26112212000000 +", "26112212000000é", "2611221200000000+",
	} {
		_, err := pdu.ParseTime(text, now)
		require.ErrorContains(t, err, "YYMMDDhhmmsstnnp", text)
	}
}
