package views

import (
	"context"
	"time"

	"repartee/sms"
)

// Incoming is a text of a phone (MO) as it is kept: what it was taken for, where
// it was led, and by which rule.
type Incoming struct {
	ID       sms.ID
	At       time.Time
	Code     sms.ShortCode
	Carrier  string
	Text     string
	Segments int
	Outcome  string // turn, ignored, failed
	Class    string // opt-out, help, opt-in, neither
	Route    string // a flow, help, start; empty: the conversation's own
	Rule     string
	Copies   int // how often the carrier sent it again
	Flow     string
}

// Outgoing is a text to a phone (MT) as it is kept: what the gate decided by
// which rule, and how far it has come.
type Outgoing struct {
	ID        sms.ID
	Cause     sms.ID // the text that it answers; 0: none
	At        time.Time
	Code      sms.ShortCode
	Carrier   string
	Program   string
	Text      string
	Segments  int
	Class     string
	Verdict   string // allow, hold, refuse
	Rule      string // of the gate; empty when it allows
	HoldUntil *time.Time
	State     string
	SentAt    *time.Time
	DoneAt    *time.Time // of the last receipt, or of what ended it otherwise
	Error     *int32     // the carrier's
	Flow      string
}

// Journeys is the way of messages through the gateway.
type Journeys interface {
	// Journeys returns the newest texts from and to a phone, oldest first.
	Journeys(ctx context.Context, phone sms.MSISDN, limit int) ([]Incoming, []Outgoing, error)
}
