package dialogs

import (
	"slices"
	"strings"

	"repartee/sms/fold"
)

// said is a text of a phone, prepared once for all matchers.
type said struct {
	raw     string
	letters string   // folded, punctuation kept
	words   []string // of letters and digits
	core    []string // words without filler
	text    string   // words joined
	coreTxt string   // core joined
	doubt   bool     // a negation or doubt word occurs
	thumb   int8     // 1 for a lone 👍 or ✅, -1 for a lone 👎 or ❌
}

// hear prepares a text for a flow that speaks these languages.
func hear(raw string, langs []*lexicon) *said {
	s := &said{raw: strings.TrimSpace(raw)}
	s.letters = fold.Letters(s.raw)
	s.words = fold.Fields(s.letters)
	s.text = strings.Join(s.words, " ")
	s.core = withoutFiller(s.words, langs)
	s.coreTxt = s.text
	if len(s.core) != len(s.words) {
		s.coreTxt = strings.Join(s.core, " ")
	}
	s.doubt = slices.ContainsFunc(langs, func(x *lexicon) bool { return x.doubtful(s.words) })
	if len(s.words) == 0 {
		s.thumb = thumb(s.letters)
	}
	return s
}

// meant is the text's words without filler, all of them when there are no
// others.
func (s *said) meant() []string {
	if len(s.core) == 0 {
		return s.words
	}
	return s.core
}

func thumb(s string) int8 {
	switch {
	case strings.ContainsAny(s, "👍✅") && !strings.ContainsAny(s, "👎❌"):
		return 1
	case strings.ContainsAny(s, "👎❌") && !strings.ContainsAny(s, "👍✅"):
		return -1
	}
	return 0
}

func (x *lexicon) doubtful(words []string) bool {
	for _, w := range words {
		if x.doubt[w] {
			return true
		}
	}
	return slices.ContainsFunc(x.doubts, func(p []string) bool { return find(words, p) >= 0 })
}

// withoutFiller drops greetings, thanks, articles and the like. It returns
// the same slice when there is none.
func withoutFiller(words []string, langs []*lexicon) []string {
	var out []string
	dropped := false
	for i := 0; i < len(words); {
		n := fillerAt(words[i:], langs)
		if n == 0 {
			if dropped {
				out = append(out, words[i])
			}
			i++
			continue
		}
		if !dropped {
			out, dropped = append(make([]string, 0, len(words)), words[:i]...), true
		}
		i += n
	}
	if !dropped {
		return words
	}
	return out
}

func fillerAt(words []string, langs []*lexicon) int {
	for _, x := range langs {
		for _, p := range x.fillers {
			if hasPrefix(words, p) {
				return len(p)
			}
		}
		if x.filler[words[0]] {
			return 1
		}
	}
	return 0
}

func hasPrefix(words, p []string) bool {
	return len(words) >= len(p) && slices.Equal(words[:len(p)], p)
}

// find returns where the phrase occurs in the words, -1 for nowhere.
func find(words, phrase []string) int {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if words[i] == phrase[0] && hasPrefix(words[i:], phrase) {
			return i
		}
	}
	return -1
}

// phrase is one answer that a flow accepts, as written and folded.
type phrase struct {
	written string
	words   []string
	text    string
	core    string // without filler; the text itself when it is all filler
}

func newPhrase(written string, langs []*lexicon) phrase {
	p := phrase{written: written, words: fold.Words(written)}
	p.text = strings.Join(p.words, " ")
	p.core = p.text
	if c := withoutFiller(p.words, langs); len(c) > 0 {
		p.core = strings.Join(c, " ")
	}
	return p
}

// exact reports whether the text is the phrase, filler aside.
func (p *phrase) exact(s *said) bool {
	if len(p.words) == 0 {
		return false
	}
	return s.text == p.text || s.coreTxt == p.core && s.coreTxt != ""
}

// loose reports whether the phrase occurs in the text, with at most one edit
// in one word of five letters or more.
func (p *phrase) loose(s *said) bool {
	if len(p.words) == 0 {
		return false
	}
	if len(p.text) > 1 && find(s.words, p.words) >= 0 {
		return true
	}
	for i := 0; i+len(p.words) <= len(s.words); i++ {
		if almost(s.words[i:i+len(p.words)], p.words) {
			return true
		}
	}
	return false
}

func almost(words, phrase []string) bool {
	edited := false
	for i, w := range words {
		if w == phrase[i] {
			continue
		}
		if edited || !oneEdit(w, phrase[i]) {
			return false
		}
		edited = true
	}
	return true
}

// oneEdit reports whether word is the wanted one with a single letter
// inserted, deleted, replaced, or two neighbours swapped. Words below five
// letters must be right.
func oneEdit(word, want string) bool {
	d := len(word) - len(want)
	if len(want) < 5 || d > 3 || d < -3 || digits(want) {
		return false
	}
	a, b := []rune(word), []rune(want)
	if len(b) < 5 || len(a) < len(b)-1 || len(a) > len(b)+1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) == len(b):
		if i == len(a) || slices.Equal(a[i+1:], b[i+1:]) {
			return true
		}
		return a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
	case len(a) < len(b):
		return slices.Equal(a[i:], b[i+1:])
	}
	return slices.Equal(a[i+1:], b[i:])
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
