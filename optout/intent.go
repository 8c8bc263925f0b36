package optout

import (
	"fmt"
	"slices"
	"strings"
)

// intention is a line of intents.csv: a phrase that asks to be left alone, and
// the words directly before it that make it something else ("bus stop …").
type intention struct {
	pattern  pattern
	notAfter []string
}

// pattern is a phrase of folded words, as intents.csv writes them.
type pattern []element

// element is one place of a pattern: one of some words, or a gap.
type element struct {
	words    []string // "text*" is the word "text" with any ending
	optional bool
	gap      bool
	end      bool // nothing may follow but please and thanks
}

// gapLength is how many characters a gap may span.
const gapLength = 25

// intents are the lines of intents.csv by their first word, and those that
// begin with a prefix by its first octet: a text without any costs no search.
var intents, intentPrefixes = loadIntents()

func loadIntents() (words map[string][]intention, prefixes [256][]intention) {
	words = make(map[string][]intention)
	for _, row := range table("intents.csv", "language", "pattern", "not_after", "tag", "source", "as_of") {
		p := intention{parsePattern(row["pattern"]), strings.Fields(row["not_after"])}
		for _, w := range p.pattern[0].words {
			if strings.HasSuffix(w, "*") {
				prefixes[w[0]] = append(prefixes[w[0]], p)
			} else {
				words[w] = append(words[w], p)
			}
		}
	}
	return words, prefixes
}

// parsePattern reads "(a|b) c? d* … e $".
func parsePattern(s string) pattern {
	var p pattern
	for _, f := range strings.Fields(s) {
		if f == "…" || f == "$" {
			p = append(p, element{gap: f == "…", end: f == "$"})
			continue
		}
		e := element{optional: strings.HasSuffix(f, "?")}
		f = strings.Trim(strings.TrimSuffix(f, "?"), "()")
		e.words = strings.Split(f, "|")
		p = append(p, e)
	}
	if len(p) == 0 || p[0].gap || p[0].optional || p[0].words[0] == "" {
		panic(fmt.Sprintf("optout: pattern %q must begin with a word", s))
	}
	return p
}

// match reports how many words from the front of tokens the pattern takes, 0
// when it does not match there.
func (p pattern) match(tokens []token) int {
	if len(p) == 0 {
		return 0
	}
	n, ok := p.from(tokens)
	if !ok {
		return 0
	}
	return n
}

func (p pattern) from(tokens []token) (n int, ok bool) {
	if len(p) == 0 {
		return 0, true
	}
	if p[0].gap {
		return p[1:].after(tokens)
	}
	if p[0].end {
		return 0, !slices.ContainsFunc(tokens, func(t token) bool { return t.mark&polite == 0 })
	}
	if len(tokens) > 0 && p[0].is(tokens[0].word) {
		if n, ok = p[1:].from(tokens[1:]); ok {
			return n + 1, true
		}
	}
	if p[0].optional {
		return p[1:].from(tokens)
	}
	return 0, false
}

// after matches the rest of a pattern behind a gap.
func (p pattern) after(tokens []token) (n int, ok bool) {
	length := 1 // the space behind the word before
	for i := range tokens {
		if length > gapLength {
			return 0, false
		}
		if n, ok = p.from(tokens[i:]); ok {
			return i + n, true
		}
		length += len(tokens[i].word) + 1
	}
	return 0, false
}

func (e element) is(token string) bool {
	for _, w := range e.words {
		if stem, prefix := strings.CutSuffix(w, "*"); token == stem || prefix && strings.HasPrefix(token, stem) {
			return true
		}
	}
	return false
}
