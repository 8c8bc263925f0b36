package optout

// Kind is what an inbound text asks for, in the order of precedence.
type Kind uint8

// The kinds. Neither is a text for dialogs and keywords.
const (
	Neither Kind = iota
	OptOut
	Help
	OptIn
)

var kindNames = [...]string{"neither", "opt-out", "help", "opt-in"}

// String returns the kind as `repartee explain` writes it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "neither"
}

// Context is what Classify must know beside the text.
type Context struct {
	// Languages of the programs on the code ("fr", "en"): their own opt-out
	// words count too.
	Languages []string
	// Programs of the code by a word that names them, in the form of
	// [fold.Text]: "STOP PIZZA" then stops that program only.
	Programs map[string]string
	// Dialog says that a conversation waits for an answer.
	Dialog bool
	// OptInPending says that a double opt-in prompt is the newest question.
	OptInPending bool
	// SMSPlus says that the code is a French surcharged one, where STOP
	// anywhere in the text counts.
	SMSPlus bool
}

// Scope says what an opt-out, help or opt-in text is about.
type Scope struct {
	// Program is the one program that the text names; empty means all
	// programs of the code.
	Program string
	// All says that the text itself says "all" ("STOP ALL").
	All bool
}

// String returns "program NAME", "all" or "code".
func (s Scope) String() string {
	switch {
	case s.Program != "":
		return "program " + s.Program
	case s.All:
		return "all"
	}
	return "code"
}

// Classification is the answer of [Classify].
type Classification struct {
	Kind Kind
	// MatchedBy names the kind of evidence: "word", "emoji", "line", "contains",
	// "intent", "typo", "reaction", "negation", or "" for none.
	MatchedBy string
	Scope     Scope
	// Review asks a person to look: the reading is likely, not certain.
	Review bool
	// WrongNumber says that the person does not know the sender: pause
	// marketing, the number may belong to somebody new.
	WrongNumber bool
	// Language is the one in which the text speaks, when its words belong to one
	// alone and that is not English, which everybody uses ("ARRET": "fr"); else
	// empty. The answer is due in it.
	Language string
	// Normalised is the text as it was compared.
	Normalised string
	// Rule names the step that decided.
	Rule string
}

// Classify reads an inbound text. It never fails: what is no opt-out, help or
// opt-in text is [Neither], with Review set where a person should look.
func Classify(text string, c Context) Classification {
	var room [maxShort]token
	r := read(text, c, room[:0])
	for i := range steps {
		if out, ok := steps[i].decide(r); ok {
			out.Rule = steps[i].rule
			return r.finish(out)
		}
	}
	out := Classification{Rule: "14: no opt-out, help or opt-in text"}
	out.Review = r.doubtful()
	return r.finish(out)
}

// Reserved says to which class a word or phrase belongs that no keyword may
// take: "", "an opt-out word", "a help word" or "an opt-in word". Answers to a
// double opt-in prompt (YES) are free: they count only while it is open.
func Reserved(word string, languages []string) string {
	return reserved(word, Context{Languages: languages})
}

// ReservedAnswer is Reserved for reply words, menu labels and other answers
// inside a dialog, where HELP counts only alone.
func ReservedAnswer(word string, languages []string) string {
	return reserved(word, Context{Languages: languages, Dialog: true})
}

func reserved(word string, c Context) string {
	switch Classify(word, c).Kind {
	case OptOut:
		return "an opt-out word"
	case Help:
		return "a help word"
	case OptIn:
		return "an opt-in word"
	}
	return ""
}
