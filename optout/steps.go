package optout

import (
	"slices"
	"strings"
	"unicode"

	"repartee/sms/fold"
)

// step is one rule of the classification.
type step struct {
	rule   string
	decide func(r reading) (Classification, bool)
}

// steps are tried in order; the first that knows decides. The numbers are those
// of the trade rules that docs/compliance.md explains. Step 5 stands before
// step 4: a text that begins with STOP is never taken back by a later "not".
var steps = [...]step{
	{"0: a reaction sent as text", reading.reaction},
	{"1: only stop signs", reading.stopSigns},
	{"2: the whole text is an opt-out word", reading.wholeWord},
	{"3: one line is an opt-out word", reading.wholeLine},
	{"5: begins with a strong opt-out word", reading.strongFirst},
	{"4: the opt-out word is negated", reading.negated},
	{"6: an opt-out word and filler words", reading.withFiller},
	{"7: ends with an opt-out word after polite words", reading.politeThenStop},
	{"8: STOP anywhere on an SMS+ code", reading.anywhere},
	{"9: a phrase that asks to be left alone", reading.intent},
	{"10: a misspelt opt-out word", reading.misspelt},
	{"11: begins with a help word", reading.help},
	{"12: an opt-in word", reading.optIn},
	{"13: yes to a pending opt-in", reading.confirms},
}

func optOut(by string, s Scope) (Classification, bool) {
	return Classification{Kind: OptOut, MatchedBy: by, Scope: s}, true
}

func (r reading) reaction() (out Classification, ok bool) {
	if len(r.tokens) == 0 || !r.has(0, reactionWord) && r.word(0) != "to" {
		return out, false
	}
	for _, p := range reactions[r.word(0)] {
		if n := p.pattern.match(r.tokens); n > 0 && quoted(fold.Rest(r.text, n)) {
			return Classification{MatchedBy: "reaction", Review: p.dislike}, true
		}
	}
	bare := r.word(0) == "to" && !unicode.IsLetter([]rune(strings.TrimSpace(r.text))[0])
	return Classification{MatchedBy: "reaction"}, bare && quoted(fold.Rest(r.text, 1)) // 👍 to "…"
}

// quoted reports whether a text begins with an opening quote.
func quoted(s string) bool {
	s = strings.TrimLeftFunc(s, func(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) })
	return s != "" && strings.ContainsRune("\"“”„«‹'‘’‚「『＂", []rune(s)[0])
}

func (r reading) stopSigns() (out Classification, ok bool) {
	if len(r.tokens) > 0 || r.ascii || !r.stopSign() {
		return out, false
	}
	only := strings.TrimFunc(fold.Letters(r.text), func(c rune) bool {
		return strings.ContainsRune(stopSigns, c) || unicode.IsSpace(c) || unicode.IsPunct(c)
	})
	if only != "" {
		return out, false
	}
	return optOut("emoji", Scope{})
}

func (r reading) wholeWord() (out Classification, ok bool) {
	if e, found := r.joined(0, len(r.tokens)); found && r.leaves(e) {
		return optOut("word", Scope{All: len(r.tokens) > 0 && r.has(len(r.tokens)-1, allWord) || r.normalised == "stopall"})
	}
	return out, false
}

func (r reading) wholeLine() (out Classification, ok bool) {
	if !r.lines {
		return out, false
	}
	for line := range strings.FieldsFuncSeq(r.text, lineEnd) {
		if e, found := known(strings.ReplaceAll(fold.Text(line), " ", "")); found && r.leaves(e) {
			return optOut("line", Scope{})
		}
	}
	return out, false
}

func (r reading) strongFirst() (out Classification, ok bool) {
	n := 0
	if len(r.tokens) > 1 {
		if e, found := r.joined(0, 2); found && e.mark&strong != 0 {
			n = 2
		}
	}
	if n == 0 && len(r.tokens) > 0 && r.has(0, strong) && !r.tied() {
		n = 1
	}
	if n == 0 {
		return out, false
	}
	s := r.scope(n)
	s.All = s.All || s.Program == "" && n == 2 && r.has(1, allWord)
	return optOut("word", s)
}

// negated finds "don't stop", "do not want you to stop" and "ne … pas" around
// an opt-out word.
func (r reading) negated() (out Classification, ok bool) {
	for i := range r.tokens {
		if !r.negatable(i) {
			continue
		}
		j := i - 1
		if r.at(j) == "to" {
			j--
			if r.at(j) == "you" {
				j--
			}
			if r.at(j) != "want" {
				j = i // no negation stands before "to stop"
			}
			j--
		}
		if j >= 0 && j < i && r.has(j, negator) || r.around(i) {
			return Classification{MatchedBy: "negation"}, true
		}
	}
	return out, false
}

func (r reading) withFiller() (out Classification, ok bool) {
	if len(r.tokens) == 0 || !r.leaves(r.tokens[0].entry) {
		return out, false
	}
	beside := filler | polite // please and thanks are both
	if r.has(0, weak|everyday) {
		beside = filler
	}
	for _, t := range r.tokens[1:] {
		if t.mark&beside != beside {
			return out, false
		}
	}
	return optOut("word", r.scope(1))
}

func (r reading) politeThenStop() (out Classification, ok bool) {
	n := len(r.tokens)
	if n < 2 {
		return out, false
	}
	last := n - 1
	if !r.leaves(r.tokens[last].entry) {
		e, found := r.joined(n-2, n)
		if last--; !found || !r.leaves(e) {
			return out, false
		}
	}
	for i := range last {
		if !r.has(i, polite) {
			return out, false
		}
	}
	return optOut("word", Scope{All: r.has(n-1, allWord)})
}

func (r reading) anywhere() (out Classification, ok bool) {
	if !r.SMSPlus {
		return out, false
	}
	for i := range r.tokens {
		if w := r.word(i); r.has(i, strong) && (w == "stop" || strings.HasPrefix(w, "arret")) {
			return optOut("contains", Scope{})
		}
	}
	return out, false
}

func (r reading) intent() (out Classification, ok bool) {
	for i := range r.tokens {
		var asks bool
		if r.has(i, intentWord) {
			asks = r.intends(i, intents[r.word(i)])
		}
		if asks || r.intends(i, intentPrefixes[r.word(i)[0]]) {
			return Classification{Kind: OptOut, MatchedBy: "intent", Review: true}, true
		}
	}
	return out, false
}

// intends reports whether one of the phrases stands at word i.
func (r reading) intends(i int, phrases []intention) bool {
	for _, p := range phrases {
		if !p.pattern[0].is(r.word(i)) || slices.Contains(p.notAfter, r.at(i-1)) || r.around(i) {
			continue
		}
		if p.pattern.match(r.tokens[i:]) > 0 {
			return true
		}
	}
	return false
}

func (r reading) misspelt() (out Classification, ok bool) {
	w := r.normalised
	if len(r.tokens) != 1 {
		if len(r.tokens) == 0 || len(w) > 2*longestWord || !r.letters() && len(r.tokens) > 2 {
			return out, false
		}
		w = strings.ReplaceAll(w, " ", "")
	}
	meant, known := typos[w]
	if !known && (len(r.tokens) == 1 || r.letters()) {
		meant, known = r.unfold(w)
	}
	if !known || !r.leaves(lexicon[meant]) {
		return out, false
	}
	return Classification{Kind: OptOut, MatchedBy: "typo", Review: true}, true
}

func (r reading) help() (out Classification, ok bool) {
	if len(r.tokens) == 0 {
		mark := strings.ContainsAny(r.text, "?？¿؟") && strings.TrimFunc(r.text, func(c rune) bool { return unicode.IsPunct(c) || unicode.IsSpace(c) }) == ""
		return Classification{Kind: Help, MatchedBy: "word"}, mark
	}
	if !r.has(0, helpWord) || len(r.tokens) > 1 && r.Dialog {
		return out, false
	}
	return Classification{Kind: Help, MatchedBy: "word", Scope: Scope{Program: r.program(1)}}, true
}

func (r reading) optIn() (out Classification, ok bool) {
	if len(r.tokens) == 0 || !r.has(0, optInWord) && r.tokens[0].optIn&r.languages == 0 {
		return out, false
	}
	program := r.program(1)
	oneMore := len(r.tokens) == 2 && r.has(0, optInWord) && r.word(0) != "subscribe" // "voltar amanhã" is none
	if len(r.tokens) > 1 && program == "" && !oneMore {
		return out, false
	}
	return Classification{Kind: OptIn, MatchedBy: "word", Scope: Scope{Program: program}}, true
}

func (r reading) confirms() (out Classification, ok bool) {
	if !r.OptInPending || len(r.tokens) != 1 || !r.has(0, answerWord) {
		return out, false
	}
	return Classification{Kind: OptIn, MatchedBy: "answer"}, true
}
