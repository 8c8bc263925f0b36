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
	// Fallback is the flow that takes texts which nothing else does, with the
	// text as its arguments; empty for none.
	Fallback string
	// Route is what the keywords found in the text, nil for nothing. It may
	// be set for a [Start] too, to give language, place and program.
	Route *Route
	// NewID gives the id of a conversation that begins. A replay must give the
	// same ids.
	NewID func() sms.ID
	// PlaceOf finds a place by name; nil, or a nil answer, means none.
	PlaceOf func(name string) *Place
	// Subscribed reports whether the person has the consent that the program
	// needs for marketing; nil means no.
	Subscribed func(program string) bool
	// Tasks are the open questions to this phone, which is one of the staff,
	// oldest first.
	Tasks []Task
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
	// Staff are the groups of the code's programs that the phone belongs to.
	Staff []string
	// Orders counts the orders that were accepted from the phone.
	Orders int
	Fields map[string]any
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
	// Postcodes that the program serves; empty serves all.
	Postcodes []string
	// Catalogue is what can be ordered, in the order of the menu.
	Catalogue []Item
}

// Place is a shop, a poster, a table: where a keyword was read.
type Place struct {
	Name, Title, Address, Postcode, Country string
	// Hours as people read them; Open says whether the place is open now.
	Hours string
	Open  bool
}

// Item is one line of a catalogue.
type Item struct {
	Name string
	// Names by language, where the name differs; Words are other words for it.
	Names   map[string]string
	Words   []string
	Price   Money
	Options []ItemOption
}

// ItemOption is something to choose about an item: its size.
type ItemOption struct {
	Name    string
	Titles  map[string]string // by language; "" holds one for all
	Choices []ItemChoice
}

// ItemChoice is one way to have an item; Price is added to the item's.
type ItemChoice struct {
	Name  string
	Names map[string]string
	Words []string
	Price Money
}

// Task is an open question to a staff phone: a `notify` with `answers` whose
// conversation waits for the event of one of them.
type Task struct {
	ID sms.ID
	// Number is what the notice shows when the phone has several tasks.
	Number int
	// Flow, Version and Notice say which `notify` asked: Notice is the value
	// of the effect's "notice".
	Flow    string
	Version int
	Notice  string
	// Language in which the notice was written.
	Language string
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

// Person is a text that a person of the hand-off group sends to the phone. The
// first one takes the conversation. By is the person's name.
type Person struct {
	Talk sms.ID
	By   string
	Text string
}

// Called is what came back from a webhook: Key is that of the effect, Result
// "ok" or "failed".
type Called struct {
	Talk   sms.ID
	Key    string
	Result string
	Data   map[string]any
}

// Published says that the flow has a new version, and what is to become of
// conversations on older ones (docs/flows.md, "Versions").
type Published struct {
	Flow    string
	Version int
	// Policy is "finish", "move" or "end".
	Policy string
	// Moves gives the new state for an old one; states that are not named keep
	// their name.
	Moves map[string]string
	// End is the text by which conversations end.
	End string
}

func (Text) input()      {}
func (Timer) input()     {}
func (Start) input()     {}
func (Event) input()     {}
func (Person) input()    {}
func (Called) input()    {}
func (Published) input() {}

// Answer is what the caller found for an [Ask] of an earlier call of the same
// step, in the same order. Result is "ok" or one of the action's failing
// results; Data is saved under the action's `save`.
type Answer struct {
	Result string
	Data   map[string]any
}
