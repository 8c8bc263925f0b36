package optout

import (
	"fmt"
	"strings"
)

// pattern is a phrase of folded words, as intents.csv writes them.
type pattern []element

// element is one place of a pattern: one of some words, or a gap.
type element struct {
	words    []string // "text*" is the word "text" with any ending
	optional bool
	gap      bool
}

// gapLength is how many characters a gap may span.
const gapLength = 25

// intents are the patterns by the first octet of their first word, so that a
// text without any costs one look per word.
var intents = loadIntents()

func loadIntents() (t [256][]pattern) {
	for _, row := range table("intents.csv", "language", "pattern", "tag", "source", "as_of") {
		p := parsePattern(row["pattern"])
		seen := [256]bool{}
		for _, w := range p[0].words {
			if c := w[0]; !seen[c] {
				seen[c] = true
				t[c] = append(t[c], p)
			}
		}
	}
	return t
}

// parsePattern reads "(a|b) c? d* … e".
func parsePattern(s string) pattern {
	var p pattern
	for _, f := range strings.Fields(s) {
		if f == "…" {
			p = append(p, element{gap: true})
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
func (p pattern) match(tokens []string) int {
	if len(p) == 0 {
		return 0
	}
	n, ok := p.from(tokens)
	if !ok {
		return 0
	}
	return n
}

func (p pattern) from(tokens []string) (n int, ok bool) {
	if len(p) == 0 {
		return 0, true
	}
	if p[0].gap {
		return p[1:].after(tokens)
	}
	if len(tokens) > 0 && p[0].is(tokens[0]) {
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
func (p pattern) after(tokens []string) (n int, ok bool) {
	length := 1 // the space behind the word before
	for i := range tokens {
		if length > gapLength {
			return 0, false
		}
		if n, ok = p.from(tokens[i:]); ok {
			return i + n, true
		}
		length += len(tokens[i]) + 1
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
