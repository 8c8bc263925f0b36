package dialogs

import (
	"slices"
	"strconv"
	"strings"

	"repartee/sms/fold"
)

// level is how closely a text must fit.
type level uint8

const (
	exact level = iota // the whole text, filler aside
	loose              // within a longer text, or with one letter wrong
	open               // any text
)

// match is what a matcher took from a text.
type match struct {
	value  any
	option *option
}

// hearing is what matchers may know beside the text.
type hearing struct {
	*said
	c     *conv
	langs []*lexicon // the current language first
	// older restricts to answers that may reach an older question: yes, no,
	// words and labels, never a number, a date or free text.
	older bool
	// menu is the choice's visible options.
	menu func(*choice) []*option
	// bound evaluates a `min` or `max`.
	bound func(*expression) any
	// failed is the first error of menu and bound: the text cannot be judged.
	failed *error
}

func (h *hearing) note(err error) {
	if *h.failed == nil {
		*h.failed = err
	}
}

// matcher is one key of a reply.
type matcher interface {
	match(h *hearing, l level) (match, bool)
	// kind is the type of `answer`.
	kind() kind
}

// wordList is `words`.
type wordList struct{ phrases []phrase }

func (wordList) kind() kind { return kindText }

func (m wordList) match(h *hearing, l level) (match, bool) {
	for i := range m.phrases {
		p := &m.phrases[i]
		if l == exact && p.exact(h.said) || l == loose && !h.doubt && p.loose(h.said) {
			return match{value: p.written}, true
		}
	}
	return match{}, false
}

// choice is a numbered menu.
type choice struct {
	options []*option
	lookup  map[string]int // folded label or word → first option that has it
	guarded bool           // some option has an `if`
	from    *expression    // the list that the options come from, nil for fixed ones
	show    *text          // how its elements are shown
}

// option is one line of a menu.
type option struct {
	at     pos
	event  string
	value  string
	labels []string // by language index of the flow
	words  []phrase
	cond   *expression
	do     []*action
	say    *text
	way    *way
	// element is what an option of a list stands for.
	element any
}

func (m *choice) kind() kind {
	if m.from != nil {
		return kindAny
	}
	return kindText
}

func (m *choice) match(h *hearing, l level) (match, bool) {
	options := h.menu(m)
	switch l {
	case exact:
		if n, ok := menuNumber(h); ok && !h.older {
			if n >= 1 && n <= len(options) {
				return options[n-1].taken(), true
			}
			return match{}, false
		}
		return m.named(h, options)
	case loose:
		if h.doubt || m.from != nil && counts(h) {
			return match{}, false
		}
		return m.like(h, options)
	}
	return match{}, false
}

func (m *choice) named(h *hearing, options []*option) (match, bool) {
	if m.from != nil {
		return called(h, options)
	}
	i, ok := m.lookup[h.text]
	if !ok && h.coreTxt != "" {
		i, ok = m.lookup[h.coreTxt]
	}
	if !ok || !slices.Contains(options, m.options[i]) {
		return match{}, false
	}
	return match{m.options[i].value, m.options[i]}, true
}

func (m *choice) like(h *hearing, options []*option) (match, bool) {
	var found *option
	for _, o := range options {
		if !slices.ContainsFunc(o.words, func(p phrase) bool { return p.loose(h.said) }) {
			continue
		}
		if found != nil {
			return match{}, false
		}
		found = o
	}
	if found == nil {
		return match{}, false
	}
	return found.taken(), true
}

// menuNumber reads a text that is nothing but a number: "2", "2.", "n°2", "two".
func menuNumber(h *hearing) (int, bool) {
	words := h.meant()
	if len(words) == 2 && words[0] == "n" && digits(words[1]) {
		words = words[1:]
	}
	if len(words) == 1 && digits(words[0]) && len(words[0]) < 4 {
		n, err := strconv.Atoi(words[0])
		return n, err == nil
	}
	return spelled(h)
}

// spelled reads a text that is one number word, which may be an article too:
// "un svp".
func spelled(h *hearing) (int, bool) {
	for _, x := range h.langs {
		if n, ok := x.numbers[h.text]; ok {
			return n, true
		}
		if n, ok := x.numbers[h.coreTxt]; ok {
			return n, true
		}
	}
	if len(h.core) > 0 {
		return 0, false
	}
	found := map[int]bool{}
	for _, w := range h.words {
		if n, ok := numberNamed(h.langs, w); ok {
			found[n] = true
		}
	}
	for n := range found {
		return n, len(found) == 1
	}
	return 0, false
}

func numberNamed(langs []*lexicon, w string) (int, bool) {
	for _, x := range langs {
		if n, ok := x.numbers[w]; ok {
			return n, true
		}
	}
	return 0, false
}

// anything is `is: any`.
type anything struct{ max int }

func (anything) kind() kind { return kindText }

func (m anything) match(h *hearing, l level) (match, bool) {
	ok := l == open && !h.older && h.raw != "" && len([]rune(h.raw)) <= m.max
	return match{value: strings.ToValidUTF8(h.raw, "\uFFFD")}, ok
}

// starting is `starts` with another matcher for the rest of the text.
type starting struct {
	with []phrase
	rest []matcher
}

func (m starting) kind() kind { return m.rest[0].kind() }

func (m starting) match(h *hearing, l level) (match, bool) {
	if h.older {
		return match{}, false
	}
	for i := range m.with {
		if !hasPrefix(h.words, m.with[i].words) || len(h.words) == len(m.with[i].words) {
			continue
		}
		rest := *h
		rest.said = hear(after(h.raw, len(m.with[i].words)), h.langs)
		for _, r := range m.rest {
			if found, ok := r.match(&rest, l); ok {
				return found, true
			}
		}
	}
	return match{}, false
}

// after returns the text behind its first n words, as written.
func after(raw string, n int) string {
	fields := strings.Fields(raw)
	for i, f := range fields {
		n -= len(fold.Words(f))
		if n <= 0 {
			return strings.Join(fields[i+1:], " ")
		}
	}
	return ""
}
