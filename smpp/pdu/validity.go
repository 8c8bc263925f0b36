package pdu

import (
	"fmt"
	"time"
)

// ValidityPeriod writes a duration as validity_period in the relative form
// (SMPP v3.4, 7.1.1.2), which knows no clock, no zone and no change to summer
// time. It rounds down to whole seconds: a message may be given up too early,
// never delivered too late.
//
// Zero is the empty field, the SMSC's own default. A negative duration (the
// message has expired already) is one second: it must not become the default,
// which is days. Days above 31 are written as years of 365 and months of 30
// days, as far as 99 years.
func ValidityPeriod(d time.Duration) string {
	if d == 0 {
		return ""
	}
	seconds := max(int64(d/time.Second), 1)
	days := seconds / (24 * 60 * 60)
	years := days / 365
	if years > 99 {
		return "991231235959000R"
	}
	days %= 365
	months := int64(0)
	if days > 31 {
		months, days = days/30, days%30
	}
	return fmt.Sprintf("%02d%02d%02d%02d%02d%02d000R", years, months, days,
		seconds/3600%24, seconds/60%60, seconds%60)
}

// AbsoluteTime writes a moment in the absolute form (SMPP v3.4, 7.1.1.1), in
// UTC and rounded down to tenths of a second.
func AbsoluteTime(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%s%d00+", t.Format("060102150405"), t.Nanosecond()/int(time.Second/10))
}

// ParseTime reads a schedule_delivery_time or validity_period of either form;
// now is what a relative one counts from. Empty is the zero time. A text that
// is neither is a [*FieldError].
func ParseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	n, ok := numbers(text)
	if !ok {
		return time.Time{}, errTime
	}
	fraction := n.tenths * int(time.Second/10)
	switch sign := text[timeLength-1]; sign {
	case 'R':
		clock := time.Duration(n.hour)*time.Hour + time.Duration(n.minute)*time.Minute + time.Duration(n.second)*time.Second
		return now.AddDate(n.year, n.month, n.day).Add(clock + time.Duration(fraction)), nil
	case '+', '-':
		offset := n.quarters * 15 * 60
		if sign == '-' {
			offset = -offset
		}
		t := time.Date(2000+n.year, time.Month(n.month), n.day, n.hour, n.minute, n.second, fraction, time.FixedZone("", offset))
		if !n.is(t) {
			return time.Time{}, errTime
		}
		return t, nil
	}
	return time.Time{}, errTime
}

var errTime = &FieldError{Field: "time", Reason: "is neither empty nor YYMMDDhhmmsstnnp with p one of + - R"}

// timeNumbers are the digits of a time.
type timeNumbers struct {
	year, month, day, hour, minute, second, tenths, quarters int
}

func numbers(text string) (n timeNumbers, ok bool) {
	if len(text) != timeLength {
		return n, false
	}
	for _, c := range text[:timeLength-1] {
		if c < '0' || c > '9' {
			return n, false
		}
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	return timeNumbers{two(0), two(2), two(4), two(6), two(8), two(10), int(text[12] - '0'), two(13)}, true
}

// is refuses what time.Date carries over, such as a 13th month, and zones
// beyond the standard's 12 hours.
func (n timeNumbers) is(t time.Time) bool {
	return int(t.Month()) == n.month && t.Day() == n.day &&
		t.Hour() == n.hour && t.Minute() == n.minute && t.Second() == n.second && n.quarters <= 48
}
