package dialogs

import (
	"regexp"
	"slices"
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
	isoDate   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	slashDate = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?$`)
	gluedDate = regexp.MustCompile(`^(\d{1,2})[-/.]?(\p{L}{3,})(?:[-/.]?(\d{4}|\d{2}))?$`) // 24dec, 24-dez-2026
	ordinal   = regexp.MustCompile(`^(?:l|d|dell|all)?(\d{1,2})(?:st|nd|rd|th|er|ere|e|ste|de|ro|o|a)?$`)
)

func (m dateMatcher) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	d, ok := namedDay(h)
	if !ok {
		d, ok = m.calendarDay(h)
	}
	return match{value: d}, ok && within(d, m.min, m.max, h)
}

// calendarDay reads a day of a month, which the day of the week may precede:
// then it must be the right one.
func (m dateMatcher) calendarDay(h *hearing) (Date, bool) {
	words := dateWords(h)
	weekday, n := -1, 0
	if len(words) > 1 {
		weekday, n = weekdayNamed(h.langs, words)
	}
	words = words[n:]
	d, ok := m.numeric(h, words)
	if !ok {
		d, ok = m.namedMonth(h, words)
	}
	return d, ok && (n == 0 || int(d.at(time.UTC).Weekday()) == weekday)
}

// dateWords are the words that can be of a date, with their points and
// strokes: "le lundi 24-dez." gives lundi, 24, dez.
func dateWords(h *hearing) []string {
	words := strings.Fields(strings.ReplaceAll(h.letters, ",", " "))
	for i, w := range words {
		words[i] = strings.TrimRight(w, ".!?°")
	}
	var out []string
	for _, w := range withoutOn(withoutFiller(words, h.langs), h.langs) {
		g := gluedDate.FindStringSubmatch(w)
		if g == nil {
			out = append(out, w)
			continue
		}
		if _, ok := monthNamed(h.langs, g[2]); !ok {
			out = append(out, w)
			continue
		}
		out = append(out, g[1], g[2])
		if g[3] != "" {
			out = append(out, g[3])
		}
	}
	return out
}

// withoutOn drops what may stand before a date or a time: "on", "le", "um".
func withoutOn(words []string, langs []*lexicon) []string {
	var out []string
	for _, w := range words {
		if !slices.ContainsFunc(langs, func(x *lexicon) bool { return x.on[w] }) {
			out = append(out, w)
		}
	}
	return out
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
	if month > 12 && day <= 12 { // can only be meant the other way
		day, month = month, day
	}
	return m.inYear(h, g[3], month, day)
}

// namedDay reads today, tomorrow and the names of the week.
func namedDay(h *hearing) (Date, bool) {
	bare := withoutOn(h.core, h.langs)
	for _, text := range []string{h.text, h.coreTxt, strings.Join(bare, " ")} {
		for _, x := range h.langs {
			if n, ok := x.day[text]; ok {
				return h.today().add(n), true
			}
		}
	}
	later := false
	rest := slices.DeleteFunc(slices.Clone(bare), func(w string) bool {
		next := slices.ContainsFunc(h.langs, func(x *lexicon) bool { return x.next[w] })
		later = later || next
		return next
	})
	if len(rest) == 0 {
		rest = h.words // "di" is a day in German, filler in Italian
	}
	weekday, n := weekdayNamed(h.langs, rest)
	if n == 0 || n != len(rest) {
		return Date{}, false
	}
	ahead := (weekday - int(h.c.now.Weekday()) + 7) % 7
	if later && ahead == 0 {
		ahead = 7
	}
	return h.today().add(ahead), true
}

// weekdayNamed finds a day of the week in front of the words, and how many of
// them it takes: "segunda-feira" is two, but for a hyphen.
func weekdayNamed(langs []*lexicon, words []string) (day, n int) {
	for n := min(2, len(words)); n > 0; n-- {
		name := strings.ReplaceAll(strings.Join(words[:n], " "), "-", " ")
		for _, x := range langs {
			if day, ok := x.weekdays[name]; ok {
				return day, n
			}
		}
	}
	return 0, 0
}

// namedMonth reads "12 mars", "March 12th", "12 mars 2027".
func (m dateMatcher) namedMonth(h *hearing, words []string) (Date, bool) {
	if len(words) < 2 || len(words) > 3 {
		return Date{}, false
	}
	year := ""
	if len(words) == 3 {
		year = words[2]
		if len(year) != 4 && len(year) != 2 || !digits(year) {
			return Date{}, false
		}
	}
	for _, pair := range [][2]string{{words[0], words[1]}, {words[1], words[0]}} {
		g := ordinal.FindStringSubmatch(strings.ReplaceAll(pair[0], ".", ""))
		month, ok := monthNamed(h.langs, pair[1])
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
