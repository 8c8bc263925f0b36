package dialogs

import (
	"time"

	"repartee/sms"
)

// Result is what a step decided. When Ask is set, nothing else counts: answer
// it inside the transaction and call Step again with the answer appended.
type Result struct {
	// Talks are the phone's open conversations after the turn, front first.
	Talks []Talk
	Begun []Begun
	Ended []Ended
	// Messages are to be sent in this order.
	Messages []Message
	// Effects are to be performed after the commit, at least once.
	Effects []Effect
	// Language is the thread's language from now on.
	Language string
	// Contact holds the fields of the contact to be written; nil for none.
	Contact map[string]any
	// Rule says which step of the list of precedence took the input:
	// "front", "older", "keyword", "loose", "keyword-typo", "any", "else",
	// "unknown", "timer", "start", "event".
	Rule string
	// Trace is the list of what happened, for people who ask why:
	// "flow/state>event" for each transition.
	Trace []string
	// Wake is the earliest deadline of all conversations, zero for none.
	Wake time.Time
	// Ask is nil in this version: the actions that ask are refused by the check.
	Ask *Ask

	// finals are the conversations that ended, as they were then: what a
	// golden conversation looks at.
	finals []Talk
}

// Begun is a conversation that this turn began.
type Begun struct {
	ID      sms.ID
	Program string
	Flow    string
	Version int
	By      string
}

// Ended is a conversation that this turn ended. Reason is for people: which
// limit, which error; it is empty for outcomes that the flow names.
type Ended struct {
	ID      sms.ID
	Outcome string
	Reason  string
}

// Message is a text to the phone, or (Standard set) the program's answer of
// that name: "unknown" or "sorry".
type Message struct {
	Text     string
	Language string
	// Class is Reply for an answer to the text being handled, else the class
	// of the state or the flow.
	Class    sms.Class
	Talk     sms.ID
	Program  string
	Standard string
}

// Effect is a tell. Action and its Data: "notify" {staff, text, language,
// program}, "track" {event, …}, "tag" and "untag" {tags}, "review" (nil: the
// conversation has given up on unmatched texts and a person should look). Key tells one effect of a conversation from another and is the
// same in a replay: the idempotency key.
type Effect struct {
	Action string
	Talk   sms.ID
	Key    string
	Data   map[string]any
}

// Ask is a question that only the caller's transaction can answer, exactly
// once. Action names it ("issue", "order" …), Data are its parameters.
type Ask struct {
	Action string
	Talk   sms.ID
	Data   map[string]any
}
