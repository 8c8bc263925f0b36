package dialogs

import "slices"

// yesNo is `is: yes` and `is: no`.
type yesNo struct{ want bool }

func (yesNo) kind() kind { return kindFlag }

func (m yesNo) match(h *hearing, l level) (match, bool) {
	ok := false
	switch l {
	case exact:
		ok = m.exact(h)
	case loose:
		ok = m.loose(h)
	}
	return match{value: m.want}, ok
}

// sides are the words and phrases of the answer in a language, and the words
// of the other answer.
func (m yesNo) sides(x *lexicon) (mine map[string]bool, phrases [][]string, other map[string]bool) {
	if m.want {
		return x.yes, x.yesPhrase, x.no
	}
	return x.no, x.noPhrase, x.yes
}

func (m yesNo) exact(h *hearing) bool {
	if h.thumb != 0 {
		return (h.thumb > 0) == m.want
	}
	for _, x := range h.langs {
		yes, no := anyPhrase(x.yesPhrase, h.core, h.words), anyPhrase(x.noPhrase, h.core, h.words)
		if yes || no {
			return yes && m.want || no && !m.want
		}
	}
	words := h.meant()
	if len(words) == 0 || len(words) > 5 || len(words) > 1 && len(words[0]) == 1 {
		return false // "n°2" is not no, "o 1" is not oui
	}
	return m.first(h, words)
}

// first reports whether the first word answers and nothing behind it takes
// that back: "ja klar" and "yes no problem", not "ok non" or "si pero luego".
func (m yesNo) first(h *hearing, words []string) bool {
	said, all := false, h.words[slices.Index(h.words, words[0])+1:]
	for _, x := range h.langs {
		mine, phrases, other := m.sides(x)
		switch {
		case !mine[words[0]]:
		case anyPhrase(phrases, words[1:], all):
			return true
		case slices.ContainsFunc(words, func(w string) bool { return other[w] }):
			return false
		default:
			said = true
		}
	}
	return said && !m.doubtful(h.langs, words[1:])
}

// doubtful looks for doubt behind the answer; beside "no" the other words for
// no are none.
func (m yesNo) doubtful(langs []*lexicon, words []string) bool {
	for i, w := range words {
		doubt, no := false, false
		for _, x := range langs {
			doubt = doubt || x.doubt[w] || slices.ContainsFunc(x.doubts, func(p []string) bool { return hasPrefix(words[i:], p) })
			no = no || x.no[w]
		}
		if doubt && (m.want || !no) {
			return true
		}
	}
	return false
}

func anyPhrase(list [][]string, core, words []string) bool {
	for _, p := range list {
		if slices.Equal(core, p) || slices.Equal(words, p) {
			return true
		}
	}
	return false
}

func (m yesNo) loose(h *hearing) bool {
	words := h.meant()
	if m.want && h.doubt || !m.want && m.doubtful(h.langs, words) {
		return false
	}
	said, denied := false, false
	for _, x := range h.langs {
		mine, _, other := m.sides(x)
		said = said || occurs(words, mine)
		denied = denied || occurs(words, other)
	}
	return said && !denied
}

// occurs reports whether one of the words is in the list, or a long one nearly.
func occurs(words []string, list map[string]bool) bool {
	for _, w := range words {
		if len(w) > 1 && list[w] {
			return true
		}
		if len(w) < 5 {
			continue
		}
		for want := range list {
			if oneEdit(w, want) {
				return true
			}
		}
	}
	return false
}
