package optout_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/optout"
	"repartee/sms"
)

func TestHoursSheet(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "hours.csv") {
		to, err := strconv.ParseInt(row[1], 10, 64)
		require.NoError(t, err)
		now := at(t, row[4])
		f := facts(to, classOf[row[2]])
		if f.Class == sms.Reply {
			f.Answers, f.LastMO = true, now.Add(-3*time.Second)
		}
		for _, profile := range []string{row[3], "country"} {
			if profile == "country" && (row[3] == "FR-AL" || row[3] == "FR-charter" || row[3] == "FR-2024") {
				continue // not the default
			}
			f.Hours = hours(t, profile)
			if row[0] == "Q62" {
				f.Sent = []time.Time{now.Add(-9 * time.Hour), now.Add(-3 * time.Hour), now.Add(-20 * time.Hour)}
				row[6] = now.Add(4 * time.Hour).Format(time.RFC3339)
			}
			if row[0] == "Q43" && profile == "country" {
				continue
			}
			d := optout.Decide(f, now)
			if row[5] == "allowed" {
				assert.Equal(t, optout.Allow, d.Verdict, "%s %s: %s %s", row[0], profile, d.Rule, d.LocalTimes)
				continue
			}
			assert.Equal(t, optout.Hold, d.Verdict, "%s %s", row[0], profile)
			if row[6] == "" {
				assert.True(t, d.Until.IsZero(), "%s: %s", row[0], d.Until)
				assert.Equal(t, "unknown_zone", d.Reason)
				continue
			}
			assert.Equal(t, row[6], d.Until.UTC().Format(time.RFC3339), "%s %s: %s", row[0], profile, d.LocalTimes)
		}
	}
}

func TestHoursMore(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "hours_more.csv") {
		to, err := strconv.ParseInt(row[0], 10, 64)
		require.NoError(t, err)
		f := facts(to, sms.Marketing)
		f.Hours = hours(t, row[1])
		for _, kv := range strings.Fields(row[2]) {
			k, v, _ := strings.Cut(kv, "=")
			*map[string]*string{"country": &f.Country, "region": &f.Region, "postal": &f.PostalCode, "zone": &f.Zone, "quiet": &f.WhenQuiet}[k] = v
		}
		d := optout.Decide(f, at(t, row[3]))
		got := d.Verdict.String()
		if !d.Until.IsZero() {
			got += " " + d.Until.UTC().Format(time.RFC3339)
		}
		assert.Equal(t, row[4], got, "%s: %s %v", row[5], d.Source, d.LocalTimes)
	}
}

// phones of every profile and zone trick.
var phones = []int64{
	33612345678, 262692123456, 262639123456, 590690123456, 447400123456, 4915112345678, 34612345678, 393312345678, 32470123456, 41791234567,
	919876543210, 61491570156, 5511912345678, 18509260100, 14485550100, 13055550100, 14805550100, 19285550100, 15125550100, 19155550100, 12125550100,
	12705550100, 12195550100, 16015550100, 15045550100, 18015550100, 12155550100, 14015550100, 16055550100, 12055550100, 13105550100, 15145550100, 17095550100,
	15005550100, 18005550100, 12425550100, 819012345678, 79161234567, 5215512345678, 99912345678,
}

// TestHeldUntilIsOpen checks the whole calendar: what is held opens at Until and
// not a second before; what is allowed closes at Closes.
func TestHeldUntilIsOpen(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-01-01T00:00:00Z").Unix()
	names := append(optout.HoursNames(), "country")
	rapid.Check(t, func(t *rapid.T) {
		f := facts(rapid.SampledFrom(phones).Draw(t, "phone"), sms.Marketing)
		h, err := optout.ParseHours(rapid.SampledFrom(names).Draw(t, "profile"))
		require.NoError(t, err)
		f.Hours = h
		now := time.Unix(start+rapid.Int64Range(0, 3*366*86400).Draw(t, "second"), 0)
		d := optout.Decide(f, now)
		switch {
		case d.Verdict == optout.Allow:
			assert.True(t, d.Closes.After(now))
			assert.Equal(t, optout.Allow, optout.Decide(f, d.Closes.Add(-time.Second)).Verdict)
			assert.Equal(t, optout.Hold, optout.Decide(f, d.Closes).Verdict)
		case d.Until.IsZero():
			assert.True(t, d.Reason == "unknown_zone" || len(d.LocalTimes) > 5, "%s", d.LocalTimes)
		default:
			assert.True(t, d.Until.After(now))
			assert.Equal(t, optout.Allow, optout.Decide(f, d.Until).Verdict, "%s", d.Until)
			assert.Equal(t, optout.Hold, optout.Decide(f, d.Until.Add(-time.Second)).Verdict, "%s", d.Until)
		}
	})
}

// TestYearOfBoundaries walks a leap year of every profile in one zone of its
// own: each day's opening and closing second, DST days included.
func TestYearOfBoundaries(t *testing.T) {
	t.Parallel()
	home := map[string]struct {
		phone int64
		zone  string
	}{
		"FR": {33612345678, "Europe/Paris"}, "US": {12125550100, "America/New_York"}, "CA": {15145550100, "America/Toronto"}, "GB": {447400123456, "Europe/London"}, "DE": {4915112345678, "Europe/Berlin"},
		"ES": {34612345678, "Europe/Madrid"}, "IT": {393312345678, "Europe/Rome"}, "BE": {32470123456, "Europe/Brussels"}, "CH": {41791234567, "Europe/Zurich"}, "IN": {919876543210, "Asia/Kolkata"},
		"AU": {61491570156, "Australia/Sydney"}, "BR": {5511912345678, "America/Sao_Paulo"}, "": {819012345678, "Asia/Tokyo"},
	}
	spans := rowsByName(t)
	for _, name := range optout.HoursNames() {
		h := hours(t, name)
		f := facts(home[h.Country].phone, sms.Marketing)
		f.Hours, f.Zone = h, home[h.Country].zone
		if name == "other" {
			f.Hours = nil
		}
		zone, err := time.LoadLocation(f.Zone)
		require.NoError(t, err)
		open := 0
		for day := 1; day <= 366; day++ {
			noon := time.Date(2028, 1, day, 12, 0, 0, 0, zone)
			hoursOfDay := spans[name][min(2, map[time.Weekday]int{time.Saturday: 1, time.Sunday: 2}[noon.Weekday()])]
			if hoursOfDay == "closed" {
				assert.Equal(t, optout.Hold, optout.Decide(f, noon).Verdict, "%s %s", name, noon)
				continue
			}
			from, to, _ := strings.Cut(hoursOfDay, "-")
			opens, closes := onDay(t, noon, from), onDay(t, noon, to)
			if optout.Decide(f, opens).Verdict != optout.Allow { // a holiday
				assert.Equal(t, "closed", spans[name][3], "%s %s", name, noon)
				assert.Equal(t, optout.Hold, optout.Decide(f, closes.Add(-time.Second)).Verdict)
				continue
			}
			open++
			assert.Equal(t, []optout.Verdict{optout.Hold, optout.Allow, optout.Allow, optout.Hold}, []optout.Verdict{
				optout.Decide(f, opens.Add(-time.Second)).Verdict, optout.Decide(f, opens).Verdict,
				optout.Decide(f, closes.Add(-time.Second)).Verdict, optout.Decide(f, closes).Verdict,
			}, "%s %s", name, noon)
		}
		assert.Greater(t, open, 240, name)
	}
}

// rowsByName reads hours.csv: mon_fri, sat, sun, holidays.
func rowsByName(t *testing.T) map[string][4]string {
	all := make(map[string][4]string)
	for _, r := range rows(t, "../data/hours.csv") {
		all[r[0]] = [4]string(r[2:6])
	}
	return all
}

func onDay(t *testing.T, noon time.Time, clock string) time.Time {
	c, err := time.Parse("15:04", clock)
	require.NoError(t, err)
	return time.Date(noon.Year(), noon.Month(), noon.Day(), c.Hour(), c.Minute(), 0, 0, noon.Location())
}

func TestCustomHours(t *testing.T) {
	t.Parallel()
	h, err := optout.CustomHours(map[string]string{"mon-fri": "09:00-12:00, 14:00-20:00", "sat": "10:00-24:00", "sun": "00:00-02:00"}, "")
	require.NoError(t, err)
	f := facts(33612345678, sms.Marketing)
	f.Hours = h
	for now, want := range map[string]string{
		"2026-07-15T11:59:59+02:00": "allow",
		"2026-07-15T12:00:00+02:00": "hold 2026-07-15T14:00:00+02:00",
		"2026-07-14T12:00:00+02:00": "hold 2026-07-15T09:00:00+02:00",
		"2026-07-18T23:59:59+02:00": "allow",
		"2026-07-19T01:00:00+02:00": "allow",
		"2026-07-19T02:00:00+02:00": "hold 2026-07-20T09:00:00+02:00",
	} {
		d := optout.Decide(f, at(t, now))
		got := d.Verdict.String()
		if d.Verdict == optout.Hold {
			got += " " + d.Until.Format(time.RFC3339)
		}
		assert.Equal(t, want, got, now)
	}
	d := optout.Decide(f, at(t, "2026-07-18T23:00:00+02:00"))
	assert.Equal(t, "2026-07-19T02:00:00+02:00", d.Closes.Format(time.RFC3339), "windows that touch at midnight are one")

	for _, bad := range []struct {
		days     map[string]string
		holidays string
		want     string
	}{
		{nil, "", "name the days"},
		{map[string]string{"mo": "09:00-20:00"}, "", "are no days"},
		{map[string]string{"mon": "9-20"}, "", "are no hours"},
		{map[string]string{"mon": "20:00-09:00"}, "", "are no hours"},
		{map[string]string{"mon": "09:00-25:00"}, "", "are no hours"},
		{map[string]string{"mon": "09:00-12:00,11:00-13:00"}, "", "follow each other"},
		{map[string]string{"mon-fri": "09:00-20:00", "wed": "closed"}, "", "wed is named twice"},
		{map[string]string{"mon": "09:00-20:00"}, "maybe", "are no hours"},
	} {
		_, err := optout.CustomHours(bad.days, bad.holidays)
		assert.ErrorContains(t, err, bad.want)
	}
	_, err = optout.ParseHours("FR-lax")
	assert.ErrorContains(t, err, "FR-charter")
	_, err = optout.ParseHours("US-FL")
	assert.NoError(t, err)
}

func TestFrenchHolidays(t *testing.T) {
	t.Parallel()
	f := facts(33612345678, sms.Marketing)
	var closed []string
	for d := at(t, "2026-01-01T11:00:00Z"); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		if d.Weekday() != time.Sunday && optout.Decide(f, d).Verdict != optout.Allow {
			closed = append(closed, d.Format("2006-01-02"))
		}
	}
	want := strings.Fields(`2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14 2026-08-15 2026-11-11 2026-12-25
		2027-01-01 2027-03-29 2027-05-01 2027-05-06 2027-05-08 2027-05-17 2027-07-14 2027-11-01 2027-11-11 2027-12-25`)
	assert.True(t, slices.Equal(want, closed), "%v", closed) // 1 November 2026 and 15 August 2027 are Sundays
}
