package inbox

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/sms"
)

// Store keeps the rows. Errors that [sms.Permanent] knows are the rows' fault;
// all others mean that the database could not do it now.
type Store interface {
	// Begin opens a transaction and locks the threads, making those that are
	// missing. Threads that somebody else holds are absent from the answer.
	// After an error the transaction is over.
	Begin(ctx context.Context, threads []sms.Thread) (Tx, map[sms.Thread]*Thread, error)
	// Quarantine stores an MO that no batch can commit, and nothing else but
	// its opt-out; or it puts off such a timer.
	Quarantine(ctx context.Context, q *Quarantine) error
	// WakesDue returns wakes that are due, earliest first.
	WakesDue(ctx context.Context, now time.Time, limit int) ([]Wake, error)
}

// Tx is the transaction of a batch; it is used by one goroutine.
type Tx interface {
	// Sets reads the parts of long messages stored for the threads.
	Sets(ctx context.Context, threads []sms.Thread) ([]*PartSet, error)
	// Inputs reads what the threads have to deal with by now, in the order of
	// the ids.
	Inputs(ctx context.Context, now time.Time, threads []sms.Thread) ([]Input, error)
	// Tasks reads the open questions to staff phones, oldest first.
	Tasks(ctx context.Context, threads []sms.Thread) (map[sms.Thread][]dialogs.Task, error)
	// Answer answers asks of conversations, exactly once each, with one
	// statement per kind; the answers come in the order of the asks.
	Answer(ctx context.Context, now time.Time, asks []Ask) ([]dialogs.Answer, error)
	// Release gives back what answered asks took or gave.
	Release(ctx context.Context, now time.Time, asks []Ask) error
	// Commit writes everything and commits. When the answer to the COMMIT is
	// lost, it asks the database what became of it until it knows.
	Commit(ctx context.Context, w *Writes) error
	// Rollback gives up; it is harmless after Commit.
	Rollback(ctx context.Context)
}

// Thread is a locked thread row with the facts about its phone.
type Thread struct {
	Key      sms.Thread
	New      bool // made by this batch
	Carrier  int32
	Language string
	Turn     int64
	LastMO   time.Time
	Talks    []dialogs.Talk
	WakeDue  time.Time
	Recent   []Recent
	StopID   sms.ID
	Stopped  bool
	Answer   sms.ID
	Ref      int16
	Ledger   []byte // hash of the thread's newest ledger entry

	Confirmed   []time.Time
	Waiting     bool   // answers of the thread wait in the outbox
	Suppressed  string // scope of the list's entry; read for new threads only
	Unreachable string // scope of the entry that receipts brought; the phone's next text lifts it
	Contact     dialogs.Contact
	Region      string
	PostalCode  string
	Consents    map[int32]outbox.Consent
}

// Recent is one of the thread's last MOs: a candidate for a duplicate until
// its acknowledgement is proven (promise 2).
type Recent struct {
	Fingerprint int64
	ID          sms.ID
	Bind        int64
	Arrival     int64 // negative: it was acknowledged too late
}

// PartSet is what is there of a long MO.
type PartSet struct {
	Carrier int32
	Thread  sms.Thread
	Kind    int16 // coding.Method
	Ref     int32
	Total   int16
	Parts   [][]byte // by number from 0; nil: missing
	Coding  uint8
	FirstAt time.Time
	DoneAt  time.Time // zero while parts are missing
	Inbound sms.ID
}

// Wake is a moment at which a thread may have something to do.
type Wake struct {
	Due    time.Time
	Thread sms.Thread
	Kind   int16
}

// The kinds of wakes.
const (
	WakeTalks  int16 = 0
	WakeParts  int16 = 1
	WakeInputs int16 = 2
)

// Writes is all that a batch writes, in the order in which rows must be locked.
type Writes struct {
	Node        sms.ID
	Now         time.Time
	Inbound     []*sms.Inbound
	Copies      []Copy
	Threads     []*Thread
	Sets        []*PartSet
	Contacts    []ContactChange
	Consents    []ConsentChange
	Ledger      []LedgerEntry
	Reviews     []Review
	Suppress    []Suppression
	Stops       []outbox.Stop
	Outbound    []*sms.Outbound // those queued or held get a row in the outbox
	Begun       []Conversation
	Ended       []ConversationEnd
	Wakes       []Wake
	WakesDone   []Wake
	Inputs      []Input // for this or other threads
	InputsDone  []int64 // ids
	InputsLater []Input // put off until their At
	Handoffs    []Handoff
	Events      []Event
}

// Ask is a question of a step to the transaction. ID names what it makes: the
// row of a coupon, a vote, an order; Release finds it by that.
type Ask struct {
	ID      sms.ID
	Thread  sms.Thread
	Program int32
	*dialogs.Ask
}

// Input is something other than a text that a thread has to deal with, written
// by whoever knows of it and handled under the thread's lock, in order, once:
// it is deleted in the transaction of its effects. Store gives it its id. Two
// inputs of one thread with the same Key (not empty) are one.
type Input struct {
	ID     int64
	Thread sms.Thread
	Kind   InputKind
	Key    string
	Data   []byte // JSON
	At     time.Time
}

// InputKind says what an input is about.
type InputKind string

// The kinds of inputs.
const (
	InputStart     InputKind = "start"     // begin a flow: dialogs.Start
	InputEvent     InputKind = "event"     // dialogs.Event
	InputCalled    InputKind = "called"    // a webhook's answer: dialogs.Called
	InputPerson    InputKind = "person"    // a person's text: dialogs.Person
	InputPublished InputKind = "published" // dialogs.Published
	InputConsent   InputKind = "consent"   // an opt-out, opt-in, undo or pause that came another way
)

// Copy is a duplicate of a stored MO.
type Copy struct {
	From sms.MSISDN
	ID   sms.ID
}

// ContactChange writes fields of a contact; nil values clear them.
type ContactChange struct {
	Phone      sms.MSISDN
	Language   string // empty: keep
	Fields     map[string]any
	Tag, Untag []string
}

// ConsentChange is a phone's new standing with a program.
type ConsentChange struct {
	Phone   sms.MSISDN
	Program int32
	State   string
	Since   time.Time
	StopID  sms.ID // 0: keep
	Ledger  sms.ID
}

// LedgerEntry is one entry of a thread's chain (see docs/compliance.md).
type LedgerEntry struct {
	ID       sms.ID
	Thread   sms.Thread
	Program  int32 // 0: all of the code
	Event    string
	Scope    string
	Entry    []byte // JSON
	Words    []byte // JSON: what the phone wrote, with the salt of its hash in Entry; nil for nothing
	PrevHash []byte
	Hash     []byte
}

// Suppression names phone and scope; the store hashes the phone. Those of a
// batch are carried out in their order.
type Suppression struct {
	Phone   sms.MSISDN
	Scope   string
	ScopeID int32
	Since   time.Time
	Reason  string
	Until   time.Time // end of a pause; zero for never
	Lift    bool      // takes it away
}

// Conversation is a conversation that began.
type Conversation struct {
	ID      sms.ID
	Thread  sms.Thread
	Program string
	Flow    string
	Version int
	By      string
	At      time.Time
}

// ConversationEnd is how a conversation ended.
type ConversationEnd struct {
	ID      sms.ID
	Phone   sms.MSISDN
	At      time.Time
	Outcome string
	Reason  string
}

// Handoff is a conversation that waits for a person of a group, until it
// leaves the state with that number of entry.
type Handoff struct {
	Talk    sms.ID
	Thread  sms.Thread
	Program string
	Group   string
	Entry   int
	At      time.Time
}

// Event is something for others to act on or count after the commit.
type Event struct {
	ID      sms.ID
	At      time.Time
	Kind    string
	Thread  sms.Thread
	Program string
	Talk    sms.ID
	Data    map[string]any
	Tell    bool // to be performed; else only to be known
}

// Quarantine is an MO, or a timer, that cannot be handled.
type Quarantine struct {
	Wake     *Wake  // put off until Again, and nothing else; nil for an MO
	Input    *Input // likewise, the one input that is at fault; the Wake stays
	Again    time.Time
	Inbound  *sms.Inbound
	OptOut   *outbox.Stop // its opt-out, nil for none
	Suppress *Suppression
}
