package dialogs

import (
	"embed"
	"slices"
	"strings"

	"repartee/sms/fold"
)

//go:embed words/*.txt
var wordFiles embed.FS

// lexicon is what the engine knows of one language: the lists of a file in
// words/, folded.
type lexicon struct {
	language  string
	yes, no   map[string]bool
	yesPhrase [][]string
	noPhrase  [][]string
	filler    map[string]bool
	fillers   [][]string // of several words
	doubt     map[string]bool
	doubts    [][]string // of several words
	more      []string
	shownMore string
	numbers   map[string]int
	months    map[string]int
	weekdays  map[string]int
	day       map[string]int // today 0, tomorrow 1
	next      map[string]bool
	and       map[string]bool // between the lines of an order
	clock     map[string]int  // minutes after midnight
	flag      [2]string       // false, true
	monthName []string
}

// lexicons are read once; a flow in a language without a file has only the
// words that it defines itself.
var lexicons = readLexicons()

func readLexicons() map[string]*lexicon {
	out := make(map[string]*lexicon)
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		panic("dialogs: embedded words: " + err.Error())
	}
	for _, e := range entries {
		b, err := wordFiles.ReadFile("words/" + e.Name())
		if err != nil {
			panic("dialogs: embedded words: " + err.Error())
		}
		language := strings.TrimSuffix(e.Name(), ".txt")
		out[language] = newLexicon(language, string(b))
	}
	return out
}

func newLexicon(language, file string) *lexicon {
	lists := make(map[string][]string)
	for line := range strings.Lines(file) {
		name, items, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for item := range strings.SplitSeq(items, ",") {
			lists[name] = append(lists[name], fold.Text(item))
		}
	}
	x := &lexicon{language: language, more: lists["more"], next: set(lists["next"]), and: set(lists["and"]), day: map[string]int{}, clock: map[string]int{}}
	x.yes, x.yesPhrase = split(lists["yes"])
	x.no, x.noPhrase = split(lists["no"])
	x.yesPhrase = append(x.yesPhrase, phrases(lists["yes phrases"])...)
	x.noPhrase = append(x.noPhrase, phrases(lists["no phrases"])...)
	x.filler, x.fillers = split(lists["filler"])
	x.doubt, x.doubts = split(lists["doubt"])
	x.numbers, x.weekdays = index(lists["numbers"], 0), index(lists["weekdays"], 0)
	x.months = index(lists["short months"], 1)
	for m, i := range index(lists["months"], 1) {
		x.months[m] = i
	}
	for _, w := range lists["today"] {
		x.day[w] = 0
	}
	for _, w := range lists["tomorrow"] {
		x.day[w] = 1
	}
	for _, w := range lists["noon"] {
		x.clock[w] = 12 * 60
	}
	for _, w := range lists["midnight"] {
		x.clock[w] = 0
	}
	for _, m := range lists["short months"] {
		x.monthName = append(x.monthName, strings.ToUpper(m[:1])+m[1:])
	}
	if len(x.more) > 0 {
		x.shownMore = strings.ToUpper(x.more[0])
	}
	if f := lists["flag"]; len(f) == 2 {
		x.flag = [2]string{f[1], f[0]}
	}
	return x
}

func set(items []string) map[string]bool {
	out := make(map[string]bool, len(items))
	for _, i := range items {
		out[i] = true
	}
	return out
}

func index(items []string, first int) map[string]int {
	out := make(map[string]int, len(items))
	for i, w := range items {
		if _, ok := out[w]; !ok {
			out[w] = i + first
		}
	}
	return out
}

// split parts the items of one word from the phrases.
func split(items []string) (map[string]bool, [][]string) {
	words := make(map[string]bool, len(items))
	var rest [][]string
	for _, i := range items {
		if w := strings.Fields(i); len(w) > 1 {
			rest = append(rest, w)
		} else {
			words[i] = true
		}
	}
	return words, rest
}

func phrases(items []string) [][]string {
	out := make([][]string, len(items))
	for i, p := range items {
		out[i] = strings.Fields(p)
	}
	return out
}

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
