package dialogs

import (
	"sync"
	"time"

	"repartee/sms"

	"github.com/looplab/fsm"
)

// Env is what a flow is checked against: the program that will run it.
type Env struct {
	// Languages of the program, default first.
	Languages []string
	// Reserved says what a word is reserved for ("an opt-out word"), empty for
	// a free word. Nil reserves none.
	Reserved func(word string) string
	// Country (ISO 3166-1), Currency (ISO 4217) and Zone of the program decide
	// how dates, phones, postcodes and money are read and written. Zone nil is
	// UTC.
	Country  string
	Currency string
	Zone     *time.Location
	// Version is the version that the flow will have; 0 is a draft.
	Version int
	// Staff are the program's groups that `notify` may name; nil allows any.
	Staff []string
	// Fields are the contact fields that the operator declared, with their
	// types (text, number, flag, date …).
	Fields map[string]string
	// Offers, Polls, Games, Webhooks and Programs are the names that actions
	// may use; nil allows any. An offer says how long its codes and URLs are.
	Offers   map[string]OfferSize
	Polls    []string
	Games    []string
	Webhooks []string
	Programs []string
	// Items are the names of the catalogue that expressions may write out; nil
	// allows any.
	Items []string
	// Flow finds what the check of `call` and `start` must know of another flow,
	// nil for one that is not there; a nil func allows any.
	Flow func(name string) *Signature
}

// OfferSize bounds what the code and the URL of a coupon take in a text.
type OfferSize struct{ Code, URL int }

// Signature is a flow as other flows see it.
type Signature struct {
	Inputs   map[string]string // name → type
	Required []string          // inputs without a default
	Outcomes []string          // of its own, those of the engine aside
	Returns  map[string]string // name → type
}

// Flow is a compiled flow. It is immutable and safe for concurrent use.
type Flow struct {
	Name    string
	Title   string
	Version int
	// Class of the messages that no text caused.
	Class sms.Class
	// Lifetime ends a conversation as "expired".
	Lifetime time.Duration
	// Languages are those that its texts are written in, default first.
	Languages []string
	// Tests are the golden conversations that the file carries, TestsLine the
	// line of the file where they begin.
	Tests     string
	TestsLine int

	start     *state
	states    []*state
	byName    map[string]*state
	anywhere  handlers
	failed    *state
	inputs    []inputSpec
	onKeyword onKeyword
	budget    int // segments of a message
	lexicons  []*lexicon
	hearing   [][]*lexicon // by language index: that one first
	labels    map[string]map[string][]string
	listed    map[string]*choice // saved names that hold an element of a list
	currency  string
	goesBack  bool            // some way is `back`: questions are remembered
	reads     map[string]bool // the names that some expression reads
	table     []fsm.EventDesc
	machines  sync.Pool
	notices   map[string]*action
	returns   []string
	needs     map[string][]string // by state
	sizes     []TextSize
	names     *expressions // for the conditions of golden conversations
}

// Inputs names what a starter gives, with the type of each; those with a
// default may be left out.
func (f *Flow) Inputs() (types map[string]string, required []string) {
	types = make(map[string]string, len(f.inputs))
	for _, in := range f.inputs {
		types[in.name] = in.kind.String()
		if in.required {
			required = append(required, in.name)
		}
	}
	return types, required
}

// InputSpec is a value that whoever starts a flow gives.
type InputSpec struct {
	Name, Type string
	Required   bool // it has no default
}

// InputSpecs lists the inputs in the order of the file.
func (f *Flow) InputSpecs() []InputSpec {
	specs := make([]InputSpec, len(f.inputs))
	for i, in := range f.inputs {
		specs[i] = InputSpec{in.name, in.kind.String(), in.required}
	}
	return specs
}

// TakesInput reports whether a value can be read as that input.
func (f *Flow) TakesInput(name string, value any) bool {
	for _, in := range f.inputs {
		if in.name == name {
			_, ok := in.kind.read(value, f.currency, time.UTC)
			return ok
		}
	}
	return false
}

// States lists the states in the order of the file.
func (f *Flow) States() []string {
	out := make([]string, len(f.states))
	for i, s := range f.states {
		out[i] = s.name
	}
	return out
}

// language is the index of a language of the flow, -1 for one it has not.
func (f *Flow) language(name string) int {
	for i, l := range f.Languages {
		if l == name {
			return i
		}
	}
	return -1
}

type onKeyword uint8

const (
	keywordInherit onKeyword = iota
	keywordSuspend
	keywordEnd
	keywordIgnore
)

type inputSpec struct {
	name     string
	at       pos
	kind     kind
	value    any // the default
	required bool
}

// state is one state of a flow, compiled.
type state struct {
	name      string
	at        pos
	class     sms.Class // 0: the flow's
	onKeyword onKeyword // 0: the flow's
	do        []*action
	say       *text
	handlers
	waits  bool
	way    *way
	branch []*arm
	split  []*arm
	choice *choice // the one choice of its replies
	person *person // `handoff`
	call   *call
	calls  bool // its `do` ends with a webhook, for whose answer it waits
	hasAny bool // a reply takes any text
}

// handlers are what a waiting state, or `anywhere`, reacts to.
type handlers struct {
	replies []*reply
	els     *elseRule
	timers  []*timer
	events  []*eventRule
}

// listens reports whether a text of the phone is for this state.
func (s *state) listens() bool { return s.asks() || s.waits && (s.person != nil || s.calls) }

// asks reports whether the state is a question that `back` may return to.
func (s *state) asks() bool { return s.waits && (len(s.replies) > 0 || s.els != nil) }

type reply struct {
	at       pos
	event    string
	matchers []matcher
	cond     *expression
	save     string
	do       []*action
	say      *text
	way      *way
	kind     kind // of `answer`
}

type elseRule struct {
	at    pos
	event string
	say   *text
	tries int
	way   *way
}

type timer struct {
	at    pos
	event string
	after time.Duration
	when  *expression // `at` E
	clock *Clock      // `at` HH:MM
	open  bool        // `hours: open`
	cond  *expression
	do    []*action
	say   *text
	way   *way
}

type eventRule struct {
	at    pos
	event string // of the table
	name  string // what is heard
	cond  *expression
	save  string
	do    []*action
	say   *text
	way   *way
}

// arm is one entry of branch or split.
type arm struct {
	at    pos
	cond  *expression
	share int
	way   *way
}

type wayKind uint8

const (
	wayState wayKind = iota
	wayEnd
	wayAgain
	wayBack
)

// way is a `go` or an `end`.
type way struct {
	at    pos
	kind  wayKind
	name  string
	event string
	to    *state
}

type actionKind uint8

const (
	actSet actionKind = iota
	actLanguage
	actTag
	actUntag
	actTrack
	actNotify
	actCart
	actSubscribe
	actUnsubscribe
	actStart
	actWebhook
	actAsk // one of askSpecs
)

var actionNames = [...]string{"set", "language", "tag", "untag", "track", "notify", "cart", "subscribe", "unsubscribe", "start", "webhook"}

// action is one entry of a `do`.
type action struct {
	at     pos
	kind   actionKind
	name   string   // language, event, staff group, program, flow, webhook
	names  []string // tags, or the saved names that are sent
	values []assignment
	say    *text
	cart   cartChange
	ask    *asking

	notice   string // of a `notify`: names it within the flow
	answers  []*staffAnswer
	to, when *expression // of a `start`
	save     string      // of a webhook, as its ways
	ok       *way
	failed   *way
}

type assignment struct {
	at      pos
	name    string
	contact bool
	value   *expression
}
