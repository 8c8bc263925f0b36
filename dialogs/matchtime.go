package dialogs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// timeMatcher is `is: time`.
type timeMatcher struct{ min, max *expression }

func (timeMatcher) kind() kind { return kindClock }

// timeForm is a time once words such as "heures" and "Uhr" are an h.
var timeForm = regexp.MustCompile(`^(\d{1,2})(?:\s*(?:h|u|:|\.)\s*(\d{2})?)?\s*(am|pm|a\.m|p\.m|h|u)?\.?$`)

// half is the half of the day that a text names.
type half uint8

const (
	unnamed half = iota
	morning      // the order of [lexicon.half]
	evening
	night
	am
	pm
)

func (m timeMatcher) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	bare := strings.Join(withoutOn(h.core, h.langs), " ")
	for _, text := range []string{h.text, h.coreTxt, bare} {
		for _, x := range h.langs {
			if n, ok := x.clock[text]; ok {
				return match{value: Clock{n}}, within(Clock{n}, m.min, m.max, h)
			}
		}
	}
	text, named, hours := clockWords(h)
	g := timeForm.FindStringSubmatch(text)
	if g == nil {
		return match{}, false
	}
	hour, minute := atoi(g[1]), 0
	if g[2] != "" {
		minute = atoi(g[2])
	}
	switch strings.ReplaceAll(g[3], ".", "") {
	case "am":
		named = am
	case "pm":
		named = pm
	}
	bareHour := text == g[1] && named == unnamed && !hours
	if bareHour && hour < 13 && m.min == nil && m.max == nil {
		return match{}, false // "7" alone says nothing without bounds
	}
	return m.inBounds(h, hour, minute, named)
}

// clockSigns are no part of a time, nor is a point behind a word.
var clockSigns = strings.NewReplacer("-", " ", "!", " ", "?", " ", ",", " ", ". ", " ")

// clockWords brings a text to the form of timeForm: "um acht Uhr dreißig
// abends" names the evening, and hours says that it speaks of hours.
func clockWords(h *hearing) (text string, named half, hours bool) {
	words := strings.Fields(clockSigns.Replace(h.letters + " "))
	for _, x := range h.langs {
		for i, names := range x.half {
			if at, n := firstOf(words, names); n > 0 && len(words) > n {
				words, named = slices.Delete(words, at, at+n), half(i+1)
			}
		}
		if at, n := firstOf(words, x.oclock); n > 0 && len(words) > n {
			words, hours = slices.Replace(words, at, at+n, "h"), true
		}
	}
	words = withoutOn(withoutFiller(words, h.langs), h.langs)
	if len(words) > 0 && words[0] == "h" {
		words = words[1:]
	}
	for i, w := range words {
		if n, ok := numberNamed(h.langs, w); ok && w != "h" {
			words[i] = strconv.Itoa(n)
		}
	}
	return strings.TrimRight(strings.Join(words, " "), " ."), named, hours
}

// firstOf finds the first of the phrases that occurs in the words.
func firstOf(words []string, phrases [][]string) (at, n int) {
	for _, p := range phrases {
		if at := find(words, p); at >= 0 {
			return at, len(p)
		}
	}
	return 0, 0
}

func (m timeMatcher) inBounds(h *hearing, hour, minute int, named half) (match, bool) {
	if hour > 24 || minute > 59 || (named == am || named == pm) && hour > 12 {
		return match{}, false
	}
	c := Clock{named.hour(hour)*60 + minute}
	if within(c, m.min, m.max, h) {
		return match{value: c}, true
	}
	c.Minutes += 12 * 60
	return match{value: c}, named == unnamed && hour >= 1 && hour <= 11 && within(c, m.min, m.max, h)
}

// hour is what an hour means in its half of the day.
func (d half) hour(hour int) int {
	switch {
	case hour == 24, hour == 12 && (d == am || d == night):
		return 0
	case hour < 12 && (d == pm || d == evening || d == night && hour >= 6):
		return hour + 12
	}
	return hour
}
