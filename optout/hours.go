package optout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hours is a profile of sending hours for marketing, in the local time of the
// recipient. It is immutable; get one from [ParseHours] or [CustomHours].
type Hours struct {
	// Name is the profile's name ("FR-strict", "FL") or "custom".
	Name string
	// Country is the ISO code of the country that it is made for; empty fits all.
	Country string
	// Source says where the hours come from, as Decision.Source quotes it.
	Source string

	week     [7][]span // by time.Weekday
	holidays holidayHours
	calendar string // of holidays.go; empty takes the recipient's
	cap      int    // marketing messages in 24 hours, 0 without a limit
}

// span is a part of a day in minutes since midnight: from inclusive, to
// exclusive.
type span struct{ from, to int }

// holidayHours says what a public holiday does to the day's hours.
type holidayHours struct {
	special bool // spans replace the day's own; none of them closes it
	spans   []span
}

const dayMinutes = 24 * 60

// profiles are the hours of hours.csv by name.
var profiles = loadProfiles()

func loadProfiles() map[string]*Hours {
	all := make(map[string]*Hours)
	for _, row := range table("hours.csv", "name", "country", "mon_fri", "sat", "sun", "holidays", "calendar", "cap", "tag", "source", "as_of") {
		h := &Hours{Name: row["name"], Country: row["country"], Source: row["source"], calendar: row["calendar"]}
		for d := time.Monday; d <= time.Friday; d++ {
			h.week[d] = mustSpans(row["mon_fri"])
		}
		h.week[time.Saturday], h.week[time.Sunday] = mustSpans(row["sat"]), mustSpans(row["sun"])
		h.holidays.special = row["holidays"] == "closed"
		if row["cap"] != "" {
			n, err := strconv.Atoi(row["cap"])
			if err != nil {
				panic(fmt.Sprintf("optout/data/hours.csv: %s: %v", h.Name, err))
			}
			h.cap = n
		}
		all[h.Name] = h
	}
	return all
}

func mustSpans(s string) []span {
	spans, err := parseSpans(s)
	if err != nil {
		panic(err)
	}
	return spans
}

// parseSpans reads "09:00-20:00", "09:00-12:00, 14:00-19:00" or "closed".
func parseSpans(s string) ([]span, error) {
	if s = strings.TrimSpace(s); s == "closed" {
		return nil, nil
	}
	var spans []span
	for part := range strings.SplitSeq(s, ",") {
		from, to, ok := strings.Cut(part, "-")
		a, err1 := parseClock(from)
		b, err2 := parseClock(to)
		if !ok || err1 != nil || err2 != nil || a >= b {
			return nil, fmt.Errorf("%q are no hours: write them as 09:00-20:00, or closed; hours over midnight are two parts (20:00-24:00 and, the next day, 00:00-02:00)", s)
		}
		if n := len(spans); n > 0 && a < spans[n-1].to {
			return nil, fmt.Errorf("%q: the parts of a day must follow each other", s)
		}
		spans = append(spans, span{a, b})
	}
	return spans, nil
}

// parseClock reads "9:00" or "24:00" as minutes since midnight.
func parseClock(s string) (int, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	hours, err1 := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	total := hours*60 + minutes
	if !ok || err1 != nil || err2 != nil || len(m) != 2 || hours < 0 || minutes < 0 || minutes > 59 || total > dayMinutes {
		return 0, fmt.Errorf("%q is no time of day: write it as 09:00", s)
	}
	return total, nil
}

// ParseHours reads quiet_hours of the apply file when it is one word: "country"
// gives nil, the strict default of the recipient's country or state; else the
// name of a profile (FR-charter, US, FL, GB …).
func ParseHours(name string) (*Hours, error) {
	switch name {
	case "", "country":
		return nil, nil
	case "FR":
		name = "FR-strict"
	}
	if h, ok := profiles[name]; ok {
		return h, nil
	}
	if h, ok := profiles[strings.TrimPrefix(name, "US-")]; ok && h.Country == "US" {
		return h, nil
	}
	return nil, fmt.Errorf("%q is no profile of sending hours: use country, or one of %s", name, strings.Join(HoursNames(), ", "))
}

// HoursNames lists the names that ParseHours knows.
func HoursNames() []string { return sorted(profiles) }

// CustomHours makes a profile of the apply file's form {days: {mon-sat:
// "09:00-20:00", sun: closed}, holidays: closed}. Days that are not named are
// closed; holidays are "closed" (the default), "open" (like any day) or hours of
// their own. The holidays are those of the recipient's country or state.
func CustomHours(days map[string]string, holidays string) (*Hours, error) {
	h := &Hours{Name: "custom", Source: "the program's quiet_hours"}
	var named [7]bool
	for _, key := range sorted(days) {
		spans, err := parseSpans(days[key])
		if err != nil {
			return nil, fmt.Errorf("quiet_hours, %s: %w", key, err)
		}
		ds, err := parseDays(key)
		if err != nil {
			return nil, fmt.Errorf("quiet_hours: %w", err)
		}
		for _, d := range ds {
			if named[d] {
				return nil, fmt.Errorf("quiet_hours: %s is named twice", strings.ToLower(d.String()[:3]))
			}
			named[d], h.week[d] = true, spans
		}
	}
	if !slices.Contains(named[:], true) {
		return nil, fmt.Errorf("quiet_hours: name the days, such as {days: {mon-sat: \"09:00-20:00\"}}")
	}
	if holidays == "open" {
		return h, nil
	}
	if holidays == "" {
		holidays = "closed"
	}
	spans, err := parseSpans(holidays)
	if err != nil {
		return nil, fmt.Errorf("quiet_hours, holidays: %w", err)
	}
	h.holidays = holidayHours{special: true, spans: spans}
	return h, nil
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// parseDays reads "mon", "mon-sat", "sat-mon" or "mon,wed".
func parseDays(s string) ([]time.Weekday, error) {
	var days []time.Weekday
	for part := range strings.SplitSeq(strings.ToLower(s), ",") {
		from, to, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			to = from
		}
		a, b := slices.Index(dayNames, from), slices.Index(dayNames, to)
		if a < 0 || b < 0 {
			return nil, fmt.Errorf("%q are no days: write mon, mon-sat or mon,wed", s)
		}
		for d := a; ; d = (d + 1) % 7 {
			days = append(days, time.Weekday(d))
			if d == b {
				break
			}
		}
	}
	return days, nil
}

// day gives the open parts of a local date, whose day may run over its month.
// ownCalendar is the recipient's.
func (h *Hours) day(y int, m time.Month, d int, ownCalendar string) []span {
	noon := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	y, m, d = noon.Date()
	cal := h.calendar
	if ownCalendar != "" && (cal == "" || strings.HasPrefix(ownCalendar, cal)) {
		cal = ownCalendar // the same country, closer to the recipient
	}
	if h.holidays.special && publicHoliday(cal, y, m, d) {
		return h.holidays.spans
	}
	return h.week[noon.Weekday()]
}

// clock is one profile in one zone: where and by which rule a window is judged.
type clock struct {
	hours    *Hours
	zone     *time.Location
	calendar string // the recipient's own holidays
}

// open reports whether t lies in an open part of its local day.
func (c clock) open(t time.Time) bool {
	local := t.In(c.zone)
	y, m, d := local.Date()
	minute := local.Hour()*60 + local.Minute()
	for _, s := range c.hours.day(y, m, d, c.calendar) {
		if minute >= s.from && minute < s.to {
			return true
		}
	}
	return false
}

// searchDays is how far ahead an opening is looked for.
const searchDays = 30

// next returns the first open moment at or after t, false when none comes
// within searchDays.
func (c clock) next(t time.Time) (time.Time, bool) {
	if c.open(t) {
		return t, true
	}
	y, m, d := t.In(c.zone).Date()
	for i := range searchDays {
		for _, s := range c.hours.day(y, m, d+i, c.calendar) {
			// A date in a zone, never 24 hours more: days have 23 or 25 hours at the change.
			if at := time.Date(y, m, d+i, 0, s.from, 0, 0, c.zone); !at.Before(t) && c.open(at) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// closes returns when the window that is open at t ends; windows that touch at
// midnight are one. After searchDays it stops looking.
func (c clock) closes(t time.Time) time.Time {
	limit := t.AddDate(0, 0, searchDays)
	for c.open(t) && t.Before(limit) {
		y, m, d := t.In(c.zone).Date()
		minute := t.In(c.zone).Hour()*60 + t.In(c.zone).Minute()
		for _, s := range c.hours.day(y, m, d, c.calendar) {
			if minute >= s.from && minute < s.to {
				t = time.Date(y, m, d, 0, s.to, 0, 0, c.zone)
				break
			}
		}
	}
	return t
}
