package optout

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"repartee/sms/fold"
)

// maxShort is the number of words up to which a text is read without a heap
// allocation of its own.
const maxShort = 16

// stopSigns are the emoji that mean STOP; thumbDown is looked at by a person.
const (
	stopSigns = "🛑🚫⛔"
	thumbDown = "👎"
)

// token is one folded word and what the lexicon knows of it.
type token struct {
	word string
	entry
}

// reading is a text under classification.
type reading struct {
	Context
	text       string
	normalised string
	tokens     []token
	languages  uint16
	ascii      bool
	lines      bool // more than one
}

func read(text string, c Context, room []token) reading {
	r := reading{Context: c, text: text, normalised: fold.Text(text), languages: languages(c.Languages), ascii: isASCII(text)}
	r.lines = strings.ContainsFunc(strings.TrimFunc(text, lineEnd), lineEnd)
	r.tokens = room
	for rest := r.normalised; rest != ""; {
		var w string
		w, rest, _ = strings.Cut(rest, " ")
		r.tokens = appendWord(r.tokens, w)
	}
	return r
}

// appendWord appends a word: as the Latin word that it only looks like, or,
// since Chinese writes no spaces, as its single characters.
func appendWord(tokens []token, w string) []token {
	e, known := lexicon[w]
	if known || w[0] < utf8.RuneSelf && isASCII(w) {
		return append(tokens, token{w, e})
	}
	if meant, ok := lookalike(w); ok {
		return append(tokens, token{meant, lexicon[meant]})
	}
	for w != "" {
		n := strings.IndexFunc(w, han)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(w)
		}
		if n < 0 {
			n = len(w)
		}
		tokens, w = append(tokens, token{w[:n], lexicon[w[:n]]}), w[n:]
	}
	return tokens
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lineEnd(c rune) bool {
	return c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == '\u0085' || c == '\u2028' || c == '\u2029'
}

// spoken returns the language of the first word that belongs to one language
// alone, English aside.
func (r reading) spoken() string {
	for _, t := range r.tokens {
		for name, bit := range languageBits {
			if t.spoken == bit && name != "en" {
				return name
			}
		}
	}
	return ""
}

// finish adds what is true of every text to the answer of a step.
func (r reading) finish(out Classification) Classification {
	out.Normalised = r.normalised
	if out.Kind != Neither {
		out.Language = r.spoken()
	}
	if out.MatchedBy != "reaction" && r.wrongNumber() {
		out.WrongNumber, out.Review = true, true
	}
	return out
}

func (r reading) word(i int) string { return r.tokens[i].word }

func (r reading) has(i int, m mark) bool { return r.tokens[i].mark&m != 0 }

// at is word for an index that may be outside.
func (r reading) at(i int) string {
	if i < 0 || i >= len(r.tokens) {
		return ""
	}
	return r.tokens[i].word
}

// leaves reports whether the word is an opt-out word here.
func (r reading) leaves(e entry) bool { return e.mark&universal != 0 || e.optOut&r.languages != 0 }

// joined looks up the words i to j written as one.
func (r reading) joined(i, j int) (e entry, ok bool) {
	if j-i == 1 {
		return r.tokens[i].entry, true
	}
	var buf [64]byte
	b := buf[:0]
	for ; i < j; i++ {
		if len(b)+len(r.word(i)) > min(longestWord, len(buf)) {
			return entry{}, false
		}
		b = append(b, r.word(i)...)
	}
	if e, ok = lexicon[string(b)]; ok || r.ascii {
		return e, ok
	}
	meant, ok := lookalike(string(b)) // "S Т O P"
	return lexicon[meant], ok
}

// tied reports whether the everyday opt-out word in front is about something
// else: "arret de bus", "baja temperatura". What names a program is not.
func (r reading) tied() bool {
	if !r.has(0, everyday) || len(r.tokens) < 2 || r.program(1) != "" || r.program(2) != "" {
		return false
	}
	if r.has(1, link) {
		return true
	}
	return r.has(0, ordinaryWord) && slices.ContainsFunc(ordinaries[r.word(0)], func(p phrase) bool { return p.pattern.match(r.tokens) > 0 })
}

// letters reports whether every word is a single character: "s t 0 p".
func (r reading) letters() bool {
	for i := range r.tokens {
		if utf8.RuneCountInString(r.word(i)) != 1 {
			return false
		}
	}
	return len(r.tokens) > 1
}

// scope reads what follows an opt-out word.
func (r reading) scope(from int) Scope {
	if p := r.program(from); p != "" {
		return Scope{Program: p}
	}
	for i := from; i < len(r.tokens); i++ {
		if r.has(i, allWord) {
			return Scope{All: true}
		}
	}
	return Scope{}
}

// program finds the one program that the words from an index name, filler aside.
func (r reading) program(from int) string {
	if len(r.Programs) == 0 || from >= len(r.tokens) {
		return ""
	}
	var plain, rest []string
	for i := from; i < len(r.tokens); i++ {
		plain = append(plain, r.word(i))
		if !r.has(i, filler) {
			rest = append(rest, r.word(i))
		}
	}
	for _, ws := range [][]string{plain, rest} {
		for _, sep := range []string{" ", ""} {
			if p := r.Programs[strings.Join(ws, sep)]; p != "" {
				return p
			}
		}
	}
	return ""
}

// negatable reports whether word i is an opt-out word that "not" can take back.
func (r reading) negatable(i int) bool {
	w := r.word(i)
	if r.leaves(r.tokens[i].entry) || strings.HasPrefix(w, "arrete") || strings.HasPrefix(w, "stoppe") {
		return true
	}
	return w == "opt" && (r.at(i+1) == "out" || r.at(i+2) == "out")
}

// around reports "ne … pas" around word i, a few words wide.
func (r reading) around(i int) bool {
	before, after := false, false
	for j := max(0, i-3); j < i; j++ {
		before = before || r.word(j) == "ne"
	}
	for j := i + 1; j <= i+3; j++ {
		after = after || r.at(j) == "pas" || r.at(j) == "jamais"
	}
	return before && after
}

// digits are letters written as digits.
var digits = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t")

// unfold finds the opt-out word that a word with digits for letters or with
// repeated letters means.
func (r reading) unfold(w string) (meant string, ok bool) {
	letters := 0
	for _, c := range w {
		if c < '0' || c > '9' {
			letters++
		}
	}
	if letters < 2 {
		return "", false
	}
	plain := digits.Replace(w)
	if _, ok = lexicon[plain]; ok && plain != w && len(plain) > 3 && r.leaves(lexicon[plain]) {
		return plain, true
	}
	if utf8.RuneCountInString(plain) <= 4 {
		return "", false
	}
	single := squeeze(plain)
	meant, ok = squeezed[single]
	return meant, ok && single != plain // "stopa" is a foot in Polish
}

// stopSign reports whether a stop sign stands in the text.
func (r reading) stopSign() bool { return strings.ContainsAny(r.text, stopSigns) }

// wrongNumber reports whether the person says that we have the wrong one.
func (r reading) wrongNumber() bool {
	for i := range r.tokens {
		if !r.has(i, wrongWord) {
			continue
		}
		for _, p := range wrongNumbers[r.word(i)] {
			if p.pattern.match(r.tokens[i:]) > 0 {
				return true
			}
		}
	}
	return false
}

// doubtful reports whether a text that is neither deserves a person's look.
func (r reading) doubtful() bool {
	n := len(r.tokens)
	switch {
	case !r.ascii && (r.stopSign() || n == 0 && strings.Contains(r.text, thumbDown)):
		return true
	case n == 0:
		return false
	case n == 1:
		return r.tokens[0].optOut != 0 && len(r.word(0)) > 1 || r.has(0, refusal) && !r.Dialog
	}
	last := r.leaves(r.tokens[n-1].entry) && !r.has(n-2, blunt|negator)
	return last || r.has(0, weak|everyday) || r.has(0, helpWord) && r.Dialog
}
