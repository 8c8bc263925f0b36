package views

import (
	"context"
	"time"

	"repartee/sms"
)

// Kind says what an [Event] is about.
type Kind string

// The kinds of events.
const (
	MessageIn  Kind = "message.in"
	MessageOut Kind = "message.out"
	Status     Kind = "status" // a message to a phone has got another state
	HandoffOf  Kind = "handoff"
	ReviewOf   Kind = "review"
	OrderOf    Kind = "order"
	CarrierOf  Kind = "carrier"
)

// Event is something that has just happened.
type Event struct {
	Kind    Kind
	ID      sms.ID // of the message, the conversation handed over, the review, the order
	At      time.Time
	Thread  sms.Thread
	Program string // empty: that of the short code, for a carrier none
	State   string
	Text    string // what was written
	Class   string // of a message
	Talk    sms.ID // that it belongs to; 0 for none
	Group   string // that a conversation was handed to
	By      string // who did it
	Number  int    // of an order
	Carrier string
	Sessions
}

// Sessions are those of a carrier.
type Sessions struct{ Bound, All int }

// Followed is a message to a phone whose state is of interest though it is old.
type Followed struct {
	Phone sms.MSISDN
	ID    sms.ID
}

// Glance is what one look has shown.
type Glance struct {
	// Mark is what the next look begins at.
	Mark   string
	Events []Event // in the order of their ids, messages to phones as MessageOut
	// More happened than one look shows; it is left out.
	More bool
}

// LookBack is how long rows of messages are looked at; older ones must be
// followed.
const LookBack = time.Minute

// Live shows what happens. Its methods are safe for concurrent use.
type Live interface {
	// Look shows what was committed since the look that ended with the mark, in
	// whatever order ids were given out: texts and messages of [LookBack], new or
	// changed, older messages that are followed, and the desk of the last days. Without a
	// mark it shows nothing and gives one.
	Look(ctx context.Context, mark string, followed []Followed, now time.Time) (Glance, error)
}
