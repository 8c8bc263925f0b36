package keywords

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"repartee/sms"
	"repartee/sms/fold"
)

// entry is one spelling of one keyword.
type entry struct {
	keyword *Keyword
	index   int
	word    string // folded
	written string
	place   string // folded
	window  window
	breadth float64
	rule    string
}

// Router finds keywords. It is immutable and safe for concurrent use.
type Router struct {
	codes map[sms.ShortCode]*table
}

// table is the keywords of one code.
type table struct {
	words    map[string][]*entry // the narrowest window first
	near     map[string][]string // a word without one letter: the words that it may be
	maxWords int
	lengths  map[int]bool // in characters, of the words that tolerate a typo
}

// Compile builds the router. reserved says to which class a word belongs that
// no keyword may take, "" for none; nil reserves nothing. Problems come in the
// order of the keywords.
func Compile(ks []Keyword, reserved func(word string) string) (*Router, []Problem) {
	c := compiler{reserved: reserved, router: &Router{codes: make(map[sms.ShortCode]*table)}}
	own := slices.Clone(ks) // the router must not change with the caller's slice
	for i := range own {
		c.add(i, &own[i])
	}
	for _, code := range slices.Sorted(maps.Keys(c.router.codes)) {
		c.finish(c.router.codes[code])
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Index, b.Index) })
	return c.router, c.problems
}

type compiler struct {
	reserved func(string) string
	router   *Router
	problems []Problem
}

func (c *compiler) fail(index int, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{Index: index, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *compiler) warn(index int, hint, format string, args ...any) {
	c.fail(index, hint, format, args...)
	c.problems[len(c.problems)-1].Warning = true
}

// add checks one keyword by itself and enters its spellings.
func (c *compiler) add(index int, k *Keyword) {
	before := len(c.problems)
	w, err := windowOf(k)
	if err != nil {
		c.fail(index, "", "%v", err)
	}
	spellings := append([]string{k.Word}, k.Aliases...)
	entries := make([]*entry, 0, len(spellings))
	seen := make(map[string]bool, len(spellings))
	for i, written := range spellings {
		word := fold.Text(written)
		switch class := c.class(written); {
		case word == "":
			c.fail(index, "write it with letters or digits", "%q has no letter and no digit", written)
		case class != "":
			c.fail(index, "take another word", "%s is %s: a phone that sends it means that, whatever the keyword says", written, class)
		case seen[word]:
			c.warn(index, "leave it out", "the alias %s is the same word again: case, accents and punctuation do not count", written)
		default:
			seen[word] = true
			entries = append(entries, &entry{keyword: k, index: index, word: word, written: written, place: fold.Text(k.Place), window: w, breadth: w.breadth(), rule: ruleOf(k, i)})
		}
	}
	for _, p := range c.problems[before:] {
		if !p.Warning {
			return
		}
	}
	t := c.table(k.Code)
	for _, e := range entries {
		t.words[e.word] = append(t.words[e.word], e)
	}
}

func (c *compiler) class(word string) string {
	if c.reserved == nil {
		return ""
	}
	return c.reserved(word)
}

// ruleOf names spelling i of a keyword for people.
func ruleOf(k *Keyword, i int) string {
	rule := "keyword " + strings.ToUpper(k.Word)
	if i > 0 {
		rule += ", alias " + strings.ToUpper(k.Aliases[i-1])
	}
	if k.Place != "" {
		rule += ", place " + k.Place
	}
	return rule
}

func (c *compiler) table(code sms.ShortCode) *table {
	t := c.router.codes[code]
	if t == nil {
		t = &table{words: make(map[string][]*entry), near: make(map[string][]string), lengths: make(map[int]bool)}
		c.router.codes[code] = t
	}
	return t
}

// finish orders the keywords of a code, reports those that hide each other and
// makes the index of typos.
func (c *compiler) finish(t *table) {
	for _, word := range slices.Sorted(maps.Keys(t.words)) {
		es := c.withoutConflicts(t.words[word])
		slices.SortStableFunc(es, func(a, b *entry) int { return cmp.Compare(a.breadth, b.breadth) })
		c.reportPlaces(es)
		t.words[word] = es
		t.maxWords = max(t.maxWords, 1+strings.Count(word, " "))
		if n := utf8.RuneCountInString(word); n >= typoLetters {
			t.lengths[n] = true
			for _, less := range deletions(word) {
				t.near[less] = append(t.near[less], word)
			}
		}
	}
	c.reportNear(t)
}

// withoutConflicts leaves out entries that an earlier one of the same word and
// place makes ambiguous: both are open at one time and neither is narrower.
func (c *compiler) withoutConflicts(es []*entry) []*entry {
	var kept []*entry
	for _, e := range es {
		clash := false
		for _, o := range kept {
			if o.place != e.place || !o.window.overlaps(&e.window) {
				continue
			}
			if o.breadth == e.breadth {
				clash = true
				c.fail(e.index, "give one of them another word, a place or another time", "%s is also a word of %s at the same time", e.written, describe(o.keyword))
				break
			}
			if o.window.limited && e.window.limited {
				wide, narrow := o, e
				if o.breadth < e.breadth {
					wide, narrow = e, o
				}
				c.warn(wide.index, "", "%s is answered by %s while its narrower window is open", wide.written, describe(narrow.keyword))
			}
		}
		if !clash {
			kept = append(kept, e)
		}
	}
	return kept
}

// reportPlaces warns of keywords that only their places tell apart.
func (c *compiler) reportPlaces(es []*entry) {
	for i, e := range es {
		if e.place == "" {
			continue
		}
		for _, o := range es[:i] {
			if o.place == "" || o.place == e.place || !o.window.overlaps(&e.window) || unplaced(es) {
				continue
			}
			c.warn(e.index, "add the keyword without a place for texts that name none", "%s without a place in the text is answered for %s", e.written, o.keyword.Place)
			break
		}
	}
}

// unplaced reports whether a keyword without a place takes what names none.
func unplaced(es []*entry) bool {
	return slices.ContainsFunc(es, func(e *entry) bool { return e.place == "" })
}

// reportNear warns of words that are one letter apart: a typo between them
// stays unanswered, because either could be meant.
func (c *compiler) reportNear(t *table) {
	told := make(map[string]bool)
	for _, word := range slices.Sorted(maps.Keys(t.words)) {
		es := t.words[word]
		if utf8.RuneCountInString(word) < typoLetters || len(es) == 0 {
			continue
		}
		for _, other := range t.within(word) {
			os := t.words[other]
			if told[word] || other == word || len(os) == 0 || os[0].keyword == es[0].keyword || other < word {
				continue
			}
			told[word] = true
			c.warn(es[0].index, "", "%s and %s of %s are one letter apart: a typo that could mean either gets no answer", es[0].written, os[0].written, describe(os[0].keyword))
		}
	}
}

// describe names a keyword for people.
func describe(k *Keyword) string {
	s := "the keyword " + k.Word
	if k.Flow != "" {
		s += " (flow " + k.Flow + ")"
	}
	return s
}
