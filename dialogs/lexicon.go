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
	on        map[string]bool // before a date or a time: "on", "at"
	and       map[string]bool // between the lines of an order
	clock     map[string]int  // minutes after midnight
	oclock    [][]string
	half      [3][][]string // of the day: morning, evening, night
	flag      [2]string     // false, true
	monthName []string      // the last spelling of each
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
	written, lists := make(map[string][]string), make(map[string][]string)
	for line := range strings.Lines(file) {
		name, items, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for item := range strings.SplitSeq(items, ",") {
			written[name] = append(written[name], strings.TrimSpace(item))
			lists[name] = append(lists[name], fold.Text(item))
		}
	}
	x := &lexicon{language: language, more: lists["more"], next: set(lists["next"]), and: set(lists["and"]), on: set(lists["on"])}
	x.yes, x.yesPhrase = split(lists["yes"])
	x.no, x.noPhrase = split(lists["no"])
	x.yesPhrase = append(x.yesPhrase, phrases(lists["yes phrases"])...)
	x.noPhrase = append(x.noPhrase, phrases(lists["no phrases"])...)
	x.filler, x.fillers = split(lists["filler"])
	x.doubt, x.doubts = split(lists["doubt"])
	x.oclock = phrases(lists["oclock"])
	x.half = [3][][]string{phrases(lists["morning"]), phrases(lists["evening"]), phrases(lists["night"])}
	x.numbers, x.weekdays, x.months = index(written["numbers"], 0), index(written["weekdays"], 0), index(written["months"], 1)
	x.day, x.clock = map[string]int{}, map[string]int{}
	for n, name := range []string{"today", "tomorrow", "day after"} {
		assign(x.day, lists[name], n)
	}
	assign(x.clock, lists["noon"], 12*60)
	assign(x.clock, lists["midnight"], 0)
	for _, m := range written["months"] {
		spellings := strings.Split(m, "|")
		x.monthName = append(x.monthName, spellings[len(spellings)-1])
	}
	if len(x.more) > 0 {
		x.shownMore = strings.ToUpper(x.more[0])
	}
	if f := written["flag"]; len(f) == 2 {
		x.flag = [2]string{f[1], f[0]}
	}
	return x
}

func assign(values map[string]int, words []string, n int) {
	for _, w := range words {
		values[w] = n
	}
}

func set(items []string) map[string]bool {
	out := make(map[string]bool, len(items))
	for _, i := range items {
		out[i] = true
	}
	return out
}

// index numbers the items; "un|une" are spellings of one.
func index(items []string, first int) map[string]int {
	out := make(map[string]int, 2*len(items))
	for i, spellings := range items {
		for w := range strings.SplitSeq(spellings, "|") {
			out[fold.Text(w)] = i + first
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
	longestFirst(rest)
	return words, rest
}

// longestFirst lets "dank je wel" be tried before "dank je".
func longestFirst(list [][]string) {
	slices.SortStableFunc(list, func(a, b []string) int { return len(b) - len(a) })
}

func phrases(items []string) [][]string {
	out := make([][]string, len(items))
	for i, p := range items {
		out[i] = strings.Fields(p)
	}
	longestFirst(out)
	return out
}
