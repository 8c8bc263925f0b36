package dialogs

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateMatcher is `is: date`.
type dateMatcher struct {
	min, max   *expression
	monthFirst bool // US programs write 11/20
}

func (dateMatcher) kind() kind { return kindDate }

var (
	isoDate   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	slashDate = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?$`)
	ordinal   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|er|e)?$`)
)

func (m dateMatcher) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	words := withoutFiller(strings.Fields(strings.ReplaceAll(h.letters, ",", " ")), h.langs)
	if len(words) > 0 {
		words[len(words)-1] = strings.TrimRight(words[len(words)-1], ".!?")
	}
	for _, read := range []func(*hearing, []string) (Date, bool){m.numeric, namedDay, m.namedMonth} {
		if d, ok := read(h, words); ok {
			return match{value: d}, within(d, m.min, m.max, h)
		}
	}
	return match{}, false
}

func (m dateMatcher) numeric(h *hearing, words []string) (Date, bool) {
	if len(words) != 1 {
		return Date{}, false
	}
	if g := isoDate.FindStringSubmatch(words[0]); g != nil {
		return calendar(atoi(g[1]), atoi(g[2]), atoi(g[3]))
	}
	g := slashDate.FindStringSubmatch(words[0])
	if g == nil {
		return Date{}, false
	}
	day, month := atoi(g[1]), atoi(g[2])
	if m.monthFirst {
		day, month = month, day
	}
	return m.inYear(h, g[3], month, day)
}

// namedDay reads today, tomorrow and the names of the week.
func namedDay(h *hearing, words []string) (Date, bool) {
	later := false
	var rest []string
	for _, w := range words {
		if isNext(h.langs, w) {
			later = true
		} else {
			rest = append(rest, w)
		}
	}
	text := strings.Join(rest, " ")
	for _, x := range h.langs {
		if n, ok := x.day[text]; ok && !later {
			return h.today().add(n), true
		}
		if n, ok := x.weekdays[text]; ok {
			ahead := (n - int(h.c.now.Weekday()) + 7) % 7
			if later && ahead == 0 {
				ahead = 7
			}
			return h.today().add(ahead), true
		}
	}
	return Date{}, false
}

func isNext(langs []*lexicon, w string) bool {
	for _, x := range langs {
		if x.next[w] {
			return true
		}
	}
	return false
}

// namedMonth reads "12 mars", "March 12th", "12 mars 2027".
func (m dateMatcher) namedMonth(h *hearing, words []string) (Date, bool) {
	if len(words) < 2 || len(words) > 3 {
		return Date{}, false
	}
	year := ""
	if len(words) == 3 {
		year = words[2]
		if len(year) != 4 || !digits(year) {
			return Date{}, false
		}
	}
	for _, pair := range [][2]string{{words[0], words[1]}, {words[1], words[0]}} {
		g := ordinal.FindStringSubmatch(pair[0])
		month, ok := monthNamed(h.langs, strings.TrimSuffix(pair[1], "."))
		if g != nil && ok {
			return m.inYear(h, year, month, atoi(g[1]))
		}
	}
	return Date{}, false
}

func monthNamed(langs []*lexicon, w string) (int, bool) {
	for _, x := range langs {
		if n, ok := x.months[w]; ok {
			return n, true
		}
	}
	return 0, false
}

// inYear completes a date without a year: the nearest one within the bounds,
// else the next one.
func (m dateMatcher) inYear(h *hearing, year string, month, day int) (Date, bool) {
	switch len(year) {
	case 4:
		return calendar(atoi(year), month, day)
	case 2:
		return calendar(2000+atoi(year), month, day)
	}
	today := h.today()
	if m.min != nil || m.max != nil {
		for _, y := range []int{today.Year, today.Year + 1, today.Year - 1} {
			if d, ok := calendar(y, month, day); ok && within(d, m.min, m.max, h) {
				return d, true
			}
		}
	}
	for y := today.Year; y < today.Year+5; y++ {
		if d, ok := calendar(y, month, day); ok && d.String() >= today.String() {
			return d, true
		}
	}
	return Date{}, false
}

func calendar(year, month, day int) (Date, bool) {
	d := Date{year, time.Month(month), day}
	return d, month >= 1 && month <= 12 && day >= 1 && d == d.add(0)
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// timeMatcher is `is: time`.
type timeMatcher struct{ min, max *expression }

func (timeMatcher) kind() kind { return kindClock }

var timeForm = regexp.MustCompile(`^(\d{1,2})(?:\s*(?:h|:|\.)\s*(\d{2})?)?\s*(am|pm|a\.m|p\.m|heures?|oclock)?\.?$`)

func (m timeMatcher) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	text := strings.Join(withoutFiller(strings.Fields(strings.TrimRight(h.letters, " .!?")), h.langs), " ")
	for _, x := range h.langs {
		if n, ok := x.clock[text]; ok {
			return match{value: Clock{n}}, within(Clock{n}, m.min, m.max, h)
		}
	}
	for _, word := range []string{"at ", "a ", "vers "} {
		text = strings.TrimPrefix(text, word)
	}
	g := timeForm.FindStringSubmatch(text)
	if g == nil {
		return match{}, false
	}
	hour, minute, half := atoi(g[1]), 0, strings.ReplaceAll(g[3], ".", "")
	if g[2] != "" {
		minute = atoi(g[2])
	}
	bare := g[2] == "" && !strings.ContainsAny(text, "h:") && half == ""
	if bare && m.min == nil && m.max == nil {
		return match{}, false // "7" alone says nothing without bounds
	}
	return m.inBounds(h, hour, minute, half)
}

func (m timeMatcher) inBounds(h *hearing, hour, minute int, half string) (match, bool) {
	switch {
	case hour > 24 || minute > 59 || half == "am" && hour > 12:
		return match{}, false
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12 || hour == 24:
		hour = 0
	}
	c := Clock{hour*60 + minute}
	if within(c, m.min, m.max, h) {
		return match{value: c}, true
	}
	c.Minutes += 12 * 60
	ok := (half == "" || half[0] != 'a' && half[0] != 'p') && hour >= 1 && hour <= 11 && within(c, m.min, m.max, h)
	return match{value: c}, ok
}
