package keywords

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const dayMinutes = 24 * 60

// window is when a keyword answers.
type window struct {
	from, until time.Time // zero is no limit
	days        [7]bool   // by time.Weekday
	open, end   int       // minutes since midnight, end exclusive
	zone        *time.Location
	limited     bool
}

// windowOf reads a keyword's window.
func windowOf(k *Keyword) (window, error) {
	w := window{days: [7]bool{true, true, true, true, true, true, true}, end: dayMinutes, zone: k.Zone}
	w.limited = !k.From.IsZero() || !k.Until.IsZero() || k.Days != "" || k.Hours != ""
	if !w.limited {
		return w, nil
	}
	if k.Zone == nil {
		return w, fmt.Errorf("a window needs a time zone")
	}
	w.from, w.until = wall(k.From, k.Zone), wall(k.Until, k.Zone)
	if !w.from.IsZero() && !w.until.IsZero() && !w.from.Before(w.until) {
		return w, fmt.Errorf("it never answers: until must be later than from")
	}
	if err := w.readDays(k.Days); err != nil {
		return w, err
	}
	return w, w.readHours(k.Hours)
}

// wall is the moment at which clocks in zone show what t shows.
func wall(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (w *window) readDays(s string) error {
	if s == "" {
		return nil
	}
	w.days = [7]bool{}
	for part := range strings.SplitSeq(strings.ToLower(s), ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			last = first
		}
		a, b := slices.Index(dayNames, strings.TrimSpace(first)), slices.Index(dayNames, strings.TrimSpace(last))
		if a < 0 || b < 0 {
			return fmt.Errorf("%q are no days: write them such as mon-fri or sat,sun", s)
		}
		for d := a; ; d = (d + 1) % 7 {
			w.days[d] = true
			if d == b {
				break
			}
		}
	}
	return nil
}

func (w *window) readHours(s string) error {
	if s == "" {
		return nil
	}
	first, last, ok := strings.Cut(s, "-")
	a, okA := clock(first)
	b, okB := clock(last)
	if !ok || !okA || !okB || a >= b {
		return fmt.Errorf("%q are no hours: write them such as 18:00-23:30, the first before the last", s)
	}
	w.open, w.end = a, b
	return nil
}

// clock reads "18:00" as minutes since midnight, up to 24:00.
func clock(s string) (int, bool) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	hours, err1 := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	total := hours*60 + minutes
	return total, ok && err1 == nil && err2 == nil && len(m) == 2 && hours >= 0 && minutes >= 0 && minutes < 60 && total <= dayMinutes
}

// has reports whether the keyword answers at t.
func (w *window) has(t time.Time) bool {
	if !w.limited {
		return true
	}
	if !w.from.IsZero() && t.Before(w.from) || !w.until.IsZero() && !t.Before(w.until) {
		return false
	}
	local := t.In(w.zone)
	minute := local.Hour()*60 + local.Minute()
	return w.days[local.Weekday()] && minute >= w.open && minute < w.end
}

// endless stands for the length of dates without a limit.
const endless = 100 * 365 * 24 * time.Hour

// breadth is how long the window is open in all: the narrowest wins.
func (w *window) breadth() float64 {
	dates := endless
	if !w.from.IsZero() && !w.until.IsZero() {
		dates = w.until.Sub(w.from)
	} else if w.limited && (!w.from.IsZero() || !w.until.IsZero()) {
		dates /= 2
	}
	days := 0
	for _, on := range w.days {
		if on {
			days++
		}
	}
	return dates.Minutes() * float64(days) / 7 * float64(w.end-w.open) / dayMinutes
}

// overlaps reports whether both may be open at one moment. Days and hours of
// different zones are taken to overlap.
func (w *window) overlaps(o *window) bool {
	if !w.until.IsZero() && !o.from.IsZero() && !o.from.Before(w.until) || !o.until.IsZero() && !w.from.IsZero() && !w.from.Before(o.until) {
		return false
	}
	if w.zone != o.zone && (w.zone == nil || o.zone == nil || w.zone.String() != o.zone.String()) {
		return true
	}
	shared := false
	for d := range w.days {
		shared = shared || w.days[d] && o.days[d]
	}
	return shared && w.open < o.end && o.open < w.end
}
