package keywords

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"repartee/sms"
	"repartee/sms/fold"
)

// Match finds the keyword with which the text begins: the one of most words,
// then the one whose place the text names next, then the one with the narrowest
// window open at now. Only when no exact word is there, one typo is forgiven,
// and only when one keyword alone can be meant. It costs a few look-ups,
// whatever the number of keywords.
func (r *Router) Match(code sms.ShortCode, text string, now time.Time) (Route, bool) {
	t := r.codes[code]
	if t == nil || t.maxWords == 0 {
		return Route{}, false
	}
	folded := fold.Text(text)
	var room [8]int
	ends := wordEnds(folded, t.maxWords, room[:0])
	known := false
	for n := len(ends); n > 0; n-- {
		es := t.words[folded[:ends[n-1]]]
		if e := pick(es, folded[ends[n-1]:], now); e != nil {
			return e.route(text, n, folded[ends[n-1]:], false), true
		}
		known = known || len(es) > 0
	}
	if known { // a word of this code that does not answer now is no misspelt other one
		return Route{}, false
	}
	e, n := t.typo(folded, ends, now)
	if e == nil {
		return Route{}, false
	}
	return e.route(text, n, folded[ends[n-1]:], true), true
}

// wordEnds gives where each of the first words of a folded text ends.
func wordEnds(folded string, words int, ends []int) []int {
	for i := range len(folded) {
		if folded[i] == ' ' {
			if ends = append(ends, i); len(ends) == words {
				return ends
			}
		}
	}
	if folded != "" {
		ends = append(ends, len(folded))
	}
	return ends
}

// pick chooses among the keywords of one word those open now: one whose place
// follows, else one without a place, else the first.
func pick(es []*entry, rest string, now time.Time) *entry {
	var named, plain, first *entry
	for _, e := range es {
		if !e.window.has(now) {
			continue
		}
		switch {
		case e.place == "":
			plain = either(plain, e)
		case follows(rest, e.place):
			if named == nil || len(e.place) > len(named.place) {
				named = e
			}
		}
		first = either(first, e)
	}
	return either(named, either(plain, first))
}

func either(a, b *entry) *entry {
	if a != nil {
		return a
	}
	return b
}

// follows reports whether rest, " lyon please", begins with the words of place.
func follows(rest, place string) bool {
	after, ok := strings.CutPrefix(strings.TrimPrefix(rest, " "), place)
	return ok && rest != "" && (after == "" || after[0] == ' ')
}

// typo finds the one keyword that a misspelt beginning can mean, and of how many
// words of the text it was made.
func (t *table) typo(folded string, ends []int, now time.Time) (best *entry, words int) {
	for n := len(ends); n > 0; n-- {
		for _, word := range t.within(folded[:ends[n-1]]) {
			e := pick(t.words[word], folded[ends[n-1]:], now)
			switch {
			case e == nil:
			case best == nil:
				best, words = e, n
			case best.keyword != e.keyword:
				return nil, 0
			}
		}
	}
	return best, words
}

// route makes the answer for a text whose first n words are the keyword.
func (e *entry) route(text string, n int, rest string, typo bool) Route {
	if e.place != "" && follows(rest, e.place) {
		n += 1 + strings.Count(e.place, " ")
		rest = strings.TrimPrefix(rest, " ")[len(e.place):]
	}
	r := Route{Keyword: e.keyword, Alone: rest == "", Typo: typo, Rule: e.rule, Args: arguments(fold.Rest(text, n))}
	if typo {
		r.Rule += ", one letter off"
	}
	return r
}

// arguments trims what joins a keyword to its arguments: the punctuation that is
// attached to the word, and a lone sign after it ("PIZZA: 2", "PIZZA - 2").
func arguments(rest string) string {
	rest = strings.TrimSpace(strings.TrimLeftFunc(rest, unicode.IsPunct))
	if r, size := utf8.DecodeRuneInString(rest); unicode.IsPunct(r) && (size == len(rest) || rest[size] == ' ') {
		rest = strings.TrimSpace(rest[size:])
	}
	return rest
}
