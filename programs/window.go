package programs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dayNames are the weekdays as files write them, Sunday first like
// [time.Weekday].
var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseMoment reads a wall clock time such as 2026-11-20T20:00 in a zone.
func ParseMoment(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a moment: write it such as 2026-11-20T20:00", s)
}

// ParseDays reads weekdays such as "mon-fri" or "mon,wed,sat-sun", in the
// order of the week from Monday.
func ParseDays(s string) ([]time.Weekday, error) {
	var on [7]bool
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(dayNames, strings.TrimSpace(first)), slices.Index(dayNames, strings.TrimSpace(last))
		if from < 0 || to < 0 {
			return nil, fmt.Errorf("%q are not weekdays: write them such as mon-fri or mon,wed,sat", s)
		}
		for d := from; ; d = (d + 1) % 7 {
			on[d] = true
			if d == to {
				break
			}
		}
	}
	var days []time.Weekday
	for i := range 7 {
		if d := (i + 1) % 7; on[d] {
			days = append(days, time.Weekday(d))
		}
	}
	return days, nil
}

// ParseHours reads a window of the day such as 08:00-14:30 as the durations
// since midnight at which it opens and closes; 24:00 is the day's end.
func ParseHours(s string) (open, end time.Duration, err error) {
	first, last, ok := strings.Cut(s, "-")
	open, okOpen := parseClock(strings.TrimSpace(first))
	end, okEnd := parseClock(strings.TrimSpace(last))
	if !ok || !okOpen || !okEnd || open >= end {
		return 0, 0, fmt.Errorf("%q are not hours: write them such as 08:00-20:00, the first before the last", s)
	}
	return open, end, nil
}

func parseClock(s string) (time.Duration, bool) {
	if s == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
}
