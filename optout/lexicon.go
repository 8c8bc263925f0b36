package optout

import (
	"fmt"
	"strings"

	"repartee/sms/fold"
)

// mark says what a folded word is; a word may be several things.
type mark uint32

const (
	universal mark = 1 << iota // an opt-out word on every code
	strong                     // an opt-out word in front of anything
	weak                       // an opt-out word with filler words
	helpWord
	optInWord
	answerWord // an opt-in word after a double opt-in prompt
	filler
	polite
	negator
	blunt
	refusal
	allWord
	everyday     // strong, but also an ordinary word
	link         // ties an everyday opt-out word to something else
	ordinaryWord // the first word of a phrase that is no opt-out though it begins with one
	intentWord   // the first word of a line of intents.csv
	reactionWord // the first word of a reaction sent as text
	wrongWord    // the first word of a "wrong number" phrase
)

// entry is what the lexicon knows of a word. The language sets are bit sets of
// [languageBits]: a word that is an opt-out (or opt-in) word only there.
type entry struct {
	mark          mark
	optOut, optIn uint16
	spoken        uint16 // languages that list it, for whatever
}

// phrase is a phrase of more than one word, perhaps with a gap.
type phrase struct {
	pattern pattern
	dislike bool
}

// languageBits numbers the languages that have words of their own.
var languageBits = map[string]uint16{"en": 1, "fr": 2, "es": 4, "de": 8, "it": 16, "nl": 32, "pt": 64, "ru": 128, "sv": 256, "pl": 512, "ro": 1024, "zh": 2048}

// lexicon is all words by their folded form.
var lexicon, longestWord = loadWords()

// reactions, wrongNumbers and ordinaries are phrases by their first word.
var reactions, wrongNumbers, ordinaries = loadPhrases()

// typos maps known misspellings to the word meant; squeezed maps opt-out words
// without repeated letters to themselves.
var typos, squeezed = loadTypos()

func loadWords() (words map[string]entry, longest int) {
	words = make(map[string]entry)
	for _, row := range table("words.csv", "word", "kind", "strength", "language", "where", "tag", "source", "as_of") {
		key := strings.ReplaceAll(fold.Text(row["word"]), " ", "")
		longest = max(longest, len(key))
		e := words[key]
		e.add(row["kind"], row["strength"], row["language"], row["where"] == "language")
		words[key] = e
	}
	for _, row := range table("phrases.csv", "kind", "phrase", "language", "tag", "as_of") {
		m, ok := phraseMarks[row["kind"]]
		if !ok {
			panic(fmt.Sprintf("optout/data/phrases.csv: unknown kind %q", row["kind"]))
		}
		first, _, _ := strings.Cut(row["phrase"], " ")
		e := words[first]
		e.mark |= m
		words[first] = e
	}
	for w := range intents {
		e := words[w]
		e.mark |= intentWord
		words[w] = e
	}
	for w, e := range words { // whatever asks for help or to come back is lower ranked than a STOP after it
		if e.mark&(helpWord|optInWord|answerWord) != 0 {
			e.mark |= polite
			words[w] = e
		}
	}
	return words, longest
}

func (e *entry) add(kind, strength, language string, local bool) {
	bit, ok := languageBits[language]
	if !ok {
		panic(fmt.Sprintf("optout/data/words.csv: language %q has no bit", language))
	}
	e.spoken |= bit
	switch {
	case kind == "opt-out" && local:
		e.optOut |= bit
	case kind == "opt-out":
		e.mark |= universal | map[string]mark{"strong": strong, "everyday": strong | everyday, "weak": weak, "alone": 0}[strength]
	case kind == "help":
		e.mark |= helpWord
	case kind == "opt-in" && local:
		e.optIn |= bit
	case kind == "opt-in":
		e.mark |= optInWord
	case kind == "answer":
		e.mark |= answerWord
	default:
		panic(fmt.Sprintf("optout/data/words.csv: unknown kind %q", kind))
	}
}

// phraseMarks are the marks of the kinds of phrases.csv, for the first word.
var phraseMarks = map[string]mark{
	"filler": filler, "polite": polite, "both": filler | polite, "negator": negator, "blunt": blunt,
	"refusal": refusal, "all": allWord | filler,
	"link": link, "ordinary": ordinaryWord, "reaction": reactionWord, "dislike": reactionWord, "wrong": wrongWord,
}

func loadPhrases() (reactions, wrong, ordinary map[string][]phrase) {
	reactions, wrong, ordinary = make(map[string][]phrase), make(map[string][]phrase), make(map[string][]phrase)
	for _, row := range table("phrases.csv", "kind", "phrase") {
		p := phrase{pattern: parsePattern(row["phrase"]), dislike: row["kind"] == "dislike"}
		first, _, _ := strings.Cut(row["phrase"], " ")
		switch row["kind"] {
		case "reaction", "dislike":
			reactions[first] = append(reactions[first], p)
		case "wrong":
			wrong[first] = append(wrong[first], p)
		case "ordinary":
			ordinary[first] = append(ordinary[first], p)
		}
	}
	return reactions, wrong, ordinary
}

func loadTypos() (known, squeezable map[string]string) {
	known, squeezable = make(map[string]string), make(map[string]string)
	for _, row := range table("typos.csv", "typo", "word", "tag", "source", "as_of") {
		known[strings.ReplaceAll(fold.Text(row["typo"]), " ", "")] = fold.Text(row["word"])
	}
	for w, e := range lexicon {
		if e.mark&universal != 0 || e.optOut != 0 {
			squeezable[squeeze(w)] = w
		}
	}
	return known, squeezable
}

// squeeze collapses repeated letters: "stooop" to "stop".
func squeeze(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// languages gives the bit set of a program's languages ("fr", "fr-CA").
func languages(tags []string) (set uint16) {
	for _, t := range tags {
		if len(t) >= 2 {
			set |= languageBits[strings.ToLower(t[:2])]
		}
	}
	return set
}
