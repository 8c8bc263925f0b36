package outbox

import (
	"context"
	"time"

	"repartee/optout"
	"repartee/sms"
)

// Store keeps the rows. Its methods are safe for concurrent use; each is one
// transaction, and a nil error means that it is committed. A method that
// returns an error has changed nothing or, when the connection was lost during
// the commit, may be called again: all are idempotent.
type Store interface {
	// Claim locks waiting rows of a carrier, asks rule about them, and writes the rulings.
	Claim(ctx context.Context, c Claim, rule func([]Candidate) []Ruling) error
	// Unclaim puts messages back whose claim may have been committed without
	// anybody knowing: those that are claimed by the node wait again. None of
	// them may be in a lane.
	Unclaim(ctx context.Context, node sms.ID, ids []sms.ID) error
	// Record writes outcomes, SMSC ids, returned messages and receipts, and reports
	// how many receipts found no message yet and were parked.
	Record(ctx context.Context, b *Record) (parked int, err error)
	// Unpark tries parked receipts again that are due; whole tells whether a
	// carrier reports one segment for all.
	Unpark(ctx context.Context, now time.Time, whole func(carrier int32) bool) (matched, waiting int, err error)
	// Sweep ends waiting messages whose time is over.
	Sweep(ctx context.Context, now time.Time) (expired int, err error)
	// Persons reads what the gate needs to know, for messages that no turn made.
	Persons(ctx context.Context, threads []sms.Thread) (map[sms.Thread]*Person, error)
	// Enqueue stores new messages, waiting or refused. Rows that exist stay as they are.
	Enqueue(ctx context.Context, ms []sms.Outbound) error
}

// Person is what the gate reads about a phone on a short code.
type Person struct {
	Carrier    int32 // that the phone last used, 0 for none
	Language   string
	LastMO     time.Time
	Stopped    bool
	StopID     sms.ID
	Suppressed string    // scope of a suppression of the whole phone, empty for none
	Paused     time.Time // end of a pause of marketing that receipts asked for
	Listed     []Listed
	Confirmed  []time.Time
	Country    string
	Region     string
	PostalCode string
	TimeZone   string
	Consents   map[int32]Consent // by program
}

// Listed is a suppression of one code or program.
type Listed struct {
	Scope string // program or code
	ID    int32
}

// Suppress adds an entry of the suppression list; until is the end of a pause.
func (p *Person) Suppress(scope string, id int32, until time.Time) {
	switch {
	case scope == optout.SuppressedUnreachable:
		p.Paused = until
	case scope == "program" || scope == "code":
		p.Listed = append(p.Listed, Listed{scope, id})
	case p.Suppressed == "" || p.Suppressed == optout.SuppressedMarketing:
		p.Suppressed = scope
	}
}

// SuppressedFor is the scope of the entry that applies to a message, empty for none.
func (p *Person) SuppressedFor(m *sms.Outbound) string {
	for _, l := range p.Listed {
		if l.Scope == "code" && l.ID == int32(m.Code) || l.Scope == "program" && l.ID == m.Program {
			return l.Scope
		}
	}
	return p.Suppressed
}

// Consent is a phone's standing with one program.
type Consent struct {
	State  string // none, pending, single, double, opted-out
	Since  time.Time
	StopID sms.ID
	Sent   []time.Time // recent marketing
}

// Cursor is a place in the queue of a carrier.
type Cursor struct {
	Prio int16
	Due  time.Time
	ID   sms.ID
}

// Claim asks for waiting rows.
type Claim struct {
	Carrier int32
	Node    sms.ID
	Now     time.Time
	Limit   int
	After   [2]Cursor // by priority
}

// Candidate is a row that may be taken.
type Candidate struct {
	Message   sms.Outbound
	Person    *Person
	AfterOpen bool      // the answer before it is still queued or being sent
	ClaimedAt time.Time // when it was claimed before; zero for never
	Cursor    Cursor
}

// Action is what becomes of a candidate.
type Action uint8

// The actions of a claim.
const (
	Skip   Action = iota // stays where it is
	Take                 // becomes sending, claimed by the node
	Hold                 // becomes held until Until
	Refuse               // the gate refuses it
	Cancel               // an opt-out came between
	Expire               // its time is over
)

// Ruling is the answer to a candidate, in the order of the candidates.
type Ruling struct {
	Action Action
	Until  time.Time
	Rule   string
	Permit optout.Permit // for Take
	Closes time.Time     // for Take: see [Permitted]
}

// Record is one transaction of the recorder. No message stands in it twice.
type Record struct {
	Node     sms.ID
	Now      time.Time
	Updates  []*Update
	Submits  []Submit
	Requeues []Requeue
	Receipts []ReceiptRow
}

// Update is the outcome of one message, all that is known merged.
type Update struct {
	To       sms.MSISDN
	ID       sms.ID
	State    sms.State
	SentAt   time.Time       // zero: keep
	DoneAt   time.Time       // zero: keep
	Error    int32           // command_status or network error; 0: keep
	Cause    optout.Delivery // why it did not reach the phone; empty when no receipt said so
	Attempts int16
	Unknowns int16
	Segments int16
	Claimed  bool // it has a row in the outbox, which goes
	Late     bool // the response came after its time-out: the row may be queued or unknown
}

// Submit is the SMSC's id of one segment.
type Submit struct {
	Carrier int32
	SMSCID  string
	To      sms.MSISDN
	ID      sms.ID
	Segment int16
}

// Requeue returns a message that is known not to have left, or an answer that
// shall be tried again, to the outbox.
type Requeue struct {
	Message   *sms.Outbound
	Due       time.Time
	ClaimedAt time.Time // zero: it was born in the lane and has no row in the outbox
}

// ReceiptRow is a receipt that could not be merged into an Update: its message
// has several segments or is not in memory.
type ReceiptRow struct {
	ID         sms.ID // of the receipt
	Carrier    int32
	SMSCID     string
	State      uint8
	Cause      optout.Delivery // what it says of the phone; empty for nothing final
	Whole      bool            // the carrier reports one segment for all
	Error      int32
	ReceivedAt time.Time
	To         sms.MSISDN // 0: to be looked up by SMSCID
	Message    sms.ID
	Segment    int16
}
