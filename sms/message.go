package sms

import "time"

// Thread names one phone on one short code: the unit of order and of locking.
type Thread struct {
	Phone MSISDN
	Code  ShortCode
}

// Outcomes of an inbound message.
const (
	OutcomeTurn    = "turn"    // it moved its thread by one turn
	OutcomeIgnored = "ignored" // kept, but answered by nothing: no phone, no such code, too many
	OutcomeFailed  = "failed"  // quarantined: it could not be handled; an opt-out in it is honoured all the same
)

// Inbound is an MO as it is stored: what came, and which rule did what with it.
type Inbound struct {
	ID         ID
	From       MSISDN // 0: the sender was no phone
	Code       ShortCode
	Carrier    int32
	Bind       int64
	Arrival    int64
	ReceivedAt time.Time
	Coding     uint8  // data_coding as it came
	Octets     []byte // kept when Text alone does not say what came
	Text       string
	Parts      int16
	Complete   bool // false: a long message whose missing parts never came
	Outcome    string
	Turn       int64  // number of the turn in its thread, from 1; 0 unless Outcome is turn
	Class      string // opt-out, help, opt-in or neither
	Route      string // where it went: a flow, a program's answer
	Rule       string // the rule that decided
	Review     bool   // a person should look at it
	Config     int64  // configuration version that decided
	Talk       ID     // conversation that took it, 0 for none
}

// Outbound is an MT as it is stored.
type Outbound struct {
	ID        ID
	To        MSISDN
	Code      ShortCode
	Carrier   int32
	Program   int32
	Class     Class
	State     State
	Turn      int64 // the turn that caused it, 0 for none
	N         int16 // its number within the turn
	Cause     ID    // the inbound message that it answers, 0 for none
	Talk      ID
	AfterID   ID // the answer of its thread before it, 0 for none
	Node      ID // incarnation of the node that sends it
	StopID    ID // newest opt-out that applied at its birth
	CreatedAt time.Time
	HoldUntil time.Time // zero unless held
	Expires   time.Time // never submitted at or after this
	Verdict   string    // allow, hold or refuse
	Rule      string    // the gate's rule
	Facts     []byte    // JSON: what the gate knew, nil when the rule says it all
	Config    int64
	Text      string
	Coding    uint8
	Segments  int16
	Ref       int16     // reference of a concatenated message
	NotBefore time.Time // wanted by who wrote it, zero: at once; known at its birth only
	DropQuiet bool      // refused, not held, when the hours are closed
	Overtaken bool      // it was held, and its conversation went on or ended without it; known when it is claimed
	Attempts  int16
	Unknowns  int16 // attempts whose outcome nobody knows
}

// Thread returns the thread that the message belongs to.
func (m *Outbound) Thread() Thread { return Thread{m.To, m.Code} }
