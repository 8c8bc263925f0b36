package dialogs

import (
	"time"

	"repartee/sms"
)

// Facts is all that [Step] may know. Nothing in it is changed by a step.
type Facts struct {
	// Now is the moment of the turn. Timers due at or before it are due.
	Now time.Time
	// Talks are the open conversations of the phone on the code, front first,
	// as the last step returned them.
	Talks []Talk
	// Flow finds a published flow; version 0 asks for the newest. Nil means
	// that there is no such flow.
	Flow func(name string, version int) *Flow
	// Contact is the person behind the phone.
	Contact Contact
	// Program is the short code's own program; its languages and time zone
	// apply where no conversation says otherwise.
	Program Program
	// ProgramOf finds another program of the code by name. Nil, or a nil
	// answer, means Program.
	ProgramOf func(name string) *Program
	// Language is the language of the thread: what the phone was last
	// answered in, empty for none yet.
	Language string
	// Code is the short code of the thread.
	Code sms.ShortCode
	// Route is what the keywords found in the text, nil for nothing. It may
	// be set for a [Start] too, to give language, place and program.
	Route *Route
	// NewID gives the id of a conversation that begins. A replay must give the
	// same ids.
	NewID func() sms.ID
	// Seed is the installation's secret for sticky splits.
	Seed string
	// Open says when the gate would let a message of the class pass: `at` or
	// a later moment. Nil means at any time.
	Open func(class sms.Class, at time.Time) time.Time

	// splits fixes the arm of a `split` by state, for golden conversations.
	splits map[string]int
}

// Contact is what is known of a person. Fields holds first_name, last_name,
// postcode and whatever else the operator declared; a value is a string,
// float64, int, bool, nil, []any or map[string]any.
type Contact struct {
	MSISDN   sms.MSISDN
	Language string
	Country  string
	TimeZone string
	Tags     []string
	Fields   map[string]any
}

// Program is the part of a program that a conversation can see. Languages has
// the default first; Zone nil means UTC.
type Program struct {
	Name      string
	Brand     string
	Contact   string
	Country   string
	Currency  string
	Languages []string
	Zone      *time.Location
}

// Route is what the keywords made of a text: the flow to start and what it is
// to be given.
type Route struct {
	Flow     string
	Keyword  string
	Program  string
	Language string
	Place    string
	// Args is the rest of the text after the keyword, as written.
	Args string
	// Alone says that the text is the keyword and nothing else.
	Alone bool
	// Typo says that the keyword was recognised with one edit; such a route
	// counts only after the front's loose matches.
	Typo   bool
	Inputs map[string]string
}

// Input is what a turn is about: a [Text], a [Timer], a [Start] or an [Event].
type Input interface{ input() }

// Text is a message of the phone, as written.
type Text string

// Timer handles everything that is due at Facts.Now: reminders, timeouts and
// lifetimes of all conversations, in order of their deadlines.
type Timer struct{}

// Start begins a conversation that the phone did not ask for by keyword: by
// the API, a campaign or another flow. By says who, for the record.
type Start struct {
	Flow   string
	Inputs map[string]any
	By     string
}

// Event is something that happened elsewhere: order.ready, a staff answer, a
// name posted to the API. Talk narrows it to one conversation, Flow to the
// conversations of one flow; both empty reach all open conversations.
type Event struct {
	Name string
	Data map[string]any
	Talk sms.ID
	Flow string
}

func (Text) input()  {}
func (Timer) input() {}
func (Start) input() {}
func (Event) input() {}

// Answer is what the caller found for an [Ask] of an earlier call of the same
// step, in the same order. Result is "ok" or one of the action's failing
// results; Data is saved under the action's `save`.
type Answer struct {
	Result string
	Data   map[string]any
}
