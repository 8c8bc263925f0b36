package views

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// Reach narrows a list to what somebody's rights reach; a nil one does not.
// Texts of phones belong to short codes, ours to programs.
type Reach struct {
	Codes    []sms.ShortCode
	Programs []int32
}

// Message is a text of a phone, or one to it.
type Message struct {
	ID       sms.ID
	Inbound  bool
	Thread   sms.Thread
	Carrier  int32 // 0: none yet
	Program  int32 // 0 for texts of phones
	At       time.Time
	Text     string
	Class    string // of a text of a phone: what it was read as
	State    string // of a text of a phone: its outcome
	Route    string // the flow of the keyword that matched
	Rule     string // which rule routed it; for one to a phone, the gate's
	Verdict  string
	Segments int
	Attempts int
	Error    *int
	Hold     *time.Time
	Sent     *time.Time
	Done     *time.Time
	Cause    sms.ID // the text that it answers, 0 for none
	Talk     sms.ID
	Review   bool
	Copies   int // how often the carrier sent it again
}

// MessageFilter says which messages are wanted; what is zero is any.
type MessageFilter struct {
	Reach    *Reach
	Thread   sms.Thread // its code or its phone may be zero
	Inbound  *bool
	State    string
	Class    string
	Program  int32
	Contains string
	From, To time.Time
	// Before is where the page before ended; 0 for the first.
	Before sms.ID
	Limit  int
}

// MessagePage is a part of the messages. Next is where it ended, 0 at the end.
// A page may hold less than was asked for, and even nothing, and yet have a
// next: only so many rows are looked at for it.
type MessagePage struct {
	Messages []Message // the newest first
	Next     sms.ID
}

// Talk is an open conversation.
type Talk struct {
	ID       sms.ID
	Program  string
	Flow     string
	Version  int
	State    string
	Started  time.Time
	Expires  time.Time
	Handed   bool   // a person is asked for
	TakenBy  string // who answers
	Language string
}

// ThreadItem is a phone on a short code with its newest text.
type ThreadItem struct {
	Last    Message // of the phone
	Answer  string  // the state of the newest message to it; empty: none yet
	Name    string  // of the contact
	Stopped bool
	Handed  bool
	Talks   []Talk
}

// ThreadFilter says which threads are wanted; what is zero is any.
type ThreadFilter struct {
	Reach  *Reach
	Code   sms.ShortCode
	Search string // first digits of phones, or how a name begins
	Handed bool   // only those that wait for a person
	Before sms.ID
	Limit  int
}

// ThreadPage is a part of the threads, as [MessagePage] is of the messages.
type ThreadPage struct {
	Threads []ThreadItem // that wrote last first
	Next    sms.ID
}

// ThreadHead is what stands above a transcript.
type ThreadHead struct {
	Thread   sms.Thread
	Carrier  int32
	Language string
	Name     string
	Stopped  bool
	Talks    []Talk
}

// Contact is a person.
type Contact struct {
	Phone     sms.MSISDN
	FirstName string
	LastName  string
	Language  string
	Country   string
	Region    string
	Postcode  string
	TimeZone  string
	Tags      []string
	Fields    map[string]any
	CreatedAt time.Time
	UpdatedAt time.Time
	LastMO    *time.Time // when the phone last wrote, on any code
	Codes     []sms.ShortCode
}

// ContactFilter says which contacts are wanted, ordered by their phones.
type ContactFilter struct {
	Search string // first digits of the phone, or how a name begins
	Tag    string
	After  sms.MSISDN
	Limit  int
}

// Suppressed is an entry of the suppression list with its phone, where that is
// known still.
type Suppressed struct {
	Hash    []byte
	Phone   sms.MSISDN // 0: erased, or imported without ever writing
	Scope   string
	ScopeID int32
	Since   time.Time
	Until   *time.Time
	Reason  string
}

// SuppressedAfter is the place of an entry in the list, the newest first.
type SuppressedAfter struct {
	Since   time.Time
	Hash    []byte
	Scope   string
	ScopeID int32
}

// WaitingFor counts what waits for people, and in the outbox.
type WaitingFor struct {
	Handoffs, Reviews, Orders int
	Due, Later                int // messages: as soon as possible; held until their time
}

// Passage counts how often texts of phones went a way of a flow.
type Passage struct {
	State, By string // "offer", "reply:0"
	Count     int
}

// Puzzle is a text that a state of a flow did not understand.
type Puzzle struct {
	State string
	Text  string
	Count int
	Last  time.Time
}

// Passages is how people go through a flow.
type Passages struct {
	Since   time.Time // the moment of the oldest text that was looked at
	Texts   int       // that concerned the flow
	Ways    []Passage
	Puzzles []Puzzle // the most frequent first
}

// Told is what a phone said in a conversation, oldest first.
type Told struct {
	Talk  sms.ID
	Texts []dialogs.Told
}

// Wording is what phones were shown when a consent changed, and how often.
type Wording struct {
	Event       string
	Text        string
	First, Last time.Time
	Count       int
}

// Lists reads what people scroll and search. Its methods look at a bounded
// number of rows, so that none takes the database for itself, and are safe for
// concurrent use.
type Lists interface {
	Messages(ctx context.Context, f MessageFilter) (MessagePage, error)
	Threads(ctx context.Context, f ThreadFilter) (ThreadPage, error)
	// Thread returns the head of a transcript; its messages are those of a
	// [MessageFilter]. A [NotFoundError] when the phone never wrote to the code
	// and was never written to.
	Thread(ctx context.Context, t sms.Thread) (ThreadHead, error)
	// Contacts returns one more than the limit when there are more.
	Contacts(ctx context.Context, f ContactFilter) ([]Contact, error)
	Contact(ctx context.Context, phone sms.MSISDN) (Contact, error)
	// Suppressed returns the list, the newest entry first.
	Suppressed(ctx context.Context, scope string, after *SuppressedAfter, limit int) ([]Suppressed, error)
	Waiting(ctx context.Context, reach *Reach, programs []string, now time.Time) (WaitingFor, error)
	// Figures returns what was counted from a moment on, in minutes, oldest first.
	Figures(ctx context.Context, from time.Time) ([]Figure, error)
	// Passages looks at the newest texts since a moment.
	Passages(ctx context.Context, flow string, since time.Time) (Passages, error)
	// Told returns the newest whole conversations of a flow since a moment, and
	// the moment back to which it looked.
	Told(ctx context.Context, flow string, since time.Time, limit int) ([]Told, time.Time, error)
	// Wordings returns what stands in the ledger of a program's consents, the
	// newest first.
	Wordings(ctx context.Context, program int32) ([]Wording, error)
}
