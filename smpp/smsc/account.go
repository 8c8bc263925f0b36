package smsc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// ErrQueueFull is returned for an MO beyond [AccountOptions.Queue].
var ErrQueueFull = errors.New("the account's queue is full: wait until its binds have taken some of it")

// Account is one customer of the SMSC: its binds, what waits for them, and how
// the SMSC treats them. Its methods are safe for concurrent use.
type Account struct {
	server  *Server
	options AccountOptions
	dirty   atomic.Bool // something may be ready for a bind

	mu            sync.Mutex
	sessions      []*session
	next          int // session whose turn it is
	changed       chan struct{}
	faults        Faults
	faultsChanged chan struct{}
	failures      []failure
	bucket        bucket
	fates         fates
	lastID        uint64

	ready      queue[*delivery] // may go now
	lanes      map[sms.MSISDN]lane
	backlog    int // queued, waiting, or without an answer
	unanswered int
	count      Counters
}

// Counters say what an account has done since its server began. All only grow,
// but the two gauges at the end.
type Counters struct {
	Binds        int64 `json:"binds"`
	BindsRefused int64 `json:"binds_refused"`

	Submitted int64    `json:"submitted"` // submit_sm and data_sm read
	Accepted  int64    `json:"accepted"`
	Refused   Refusals `json:"refused"`   // refused submits by status
	Identical int64    `json:"identical"` // accepted ones with the octets of an earlier one to the same phone

	MOs          int64 `json:"mos"`          // MO parts given to the account
	Receipts     int64 `json:"receipts"`     // receipts and intermediate notifications made
	Acknowledged int64 `json:"acknowledged"` // deliver_sm_resp 0, receipts included
	Temporary    int64 `json:"temporary"`    // answered with a temporary error and sent again
	TimedOut     int64 `json:"timed_out"`    // not answered in time and sent again
	Cut          int64 `json:"cut"`          // not answered when the bind ended and sent again
	Rejected     int64 `json:"rejected"`     // answered with a permanent error and given up
	Repeated     int64 `json:"repeated"`     // sent again although acknowledged (Faults.DuplicateMO)
	Unmatched    int64 `json:"unmatched"`    // responses to nothing that waits: late, or wrong

	Backlog    int64 `json:"backlog"`    // gauge: queued or without an answer
	Unanswered int64 `json:"unanswered"` // gauge: without an answer
}

// Refusals count refused submits by status.
type Refusals map[pdu.Status]int64

// MarshalJSON names the statuses, such as {"ESME_RTHROTTLED": 12}.
func (r Refusals) MarshalJSON() ([]byte, error) {
	named := make(map[string]int64, len(r))
	for status, n := range r {
		named[StatusName(status)] = n
	}
	return json.Marshal(named)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (r *Refusals) UnmarshalJSON(octets []byte) error {
	var named map[string]int64
	if err := json.Unmarshal(octets, &named); err != nil {
		return err
	}
	*r = Refusals{}
	for name, n := range named {
		status, err := pdu.ParseStatus(name)
		if err != nil {
			return err
		}
		(*r)[status] = n
	}
	return nil
}

// StatusName returns what [pdu.ParseStatus] reads: the standard's name, or the
// number of a status that has none.
func StatusName(status pdu.Status) string {
	name, _, _ := strings.Cut(status.String(), " ")
	if known, err := pdu.ParseStatus(name); err != nil || known != status {
		return fmt.Sprintf("0x%08X", uint32(status))
	}
	return name
}

func newAccount(server *Server, o AccountOptions, seed uint64) *Account {
	o = o.withDefaults()
	a := &Account{
		server: server, options: o, lastID: firstID,
		changed: make(chan struct{}), faultsChanged: make(chan struct{}),
		fates: newFates(o.Receipts.States, seed),
		lanes: map[sms.MSISDN]lane{},
	}
	a.count.Refused = Refusals{}
	server.schedule.every(max(o.DeliverTimeout/4, tick), a.sweep)
	return a
}

// SystemID returns the name under which ESMEs bind.
func (a *Account) SystemID() string { return a.options.SystemID }

// Codes returns the short codes of the account.
func (a *Account) Codes() []sms.ShortCode { return slices.Clone(a.options.Codes) }

// Counters returns what the account has done so far.
func (a *Account) Counters() Counters {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.count
	c.Refused = maps.Clone(c.Refused)
	c.Backlog, c.Unanswered = int64(a.backlog), int64(a.unanswered)
	return c
}

// Binds returns the binds that stand, the oldest first.
func (a *Account) Binds() []BindInfo {
	a.mu.Lock()
	defer a.mu.Unlock()
	binds := make([]BindInfo, len(a.sessions))
	for i, s := range a.sessions {
		binds[i] = BindInfo{ID: s.id, Role: s.role, Remote: s.conn.RemoteAddr().String(), Since: s.since, Unanswered: len(s.pending)}
	}
	return binds
}

// WaitBound waits until at least n binds of the account stand.
func (a *Account) WaitBound(ctx context.Context, n int) error {
	return a.waitBinds(ctx, func(have int) bool { return have >= n }, fmt.Sprintf("%d binds", n))
}

// WaitUnbound waits until no bind of the account stands.
func (a *Account) WaitUnbound(ctx context.Context) error {
	return a.waitBinds(ctx, func(have int) bool { return have == 0 }, "no bind")
}

func (a *Account) waitBinds(ctx context.Context, enough func(int) bool, want string) error {
	for {
		a.mu.Lock()
		have, changed := len(a.sessions), a.changed
		a.mu.Unlock()
		if enough(have) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("account %s: %d binds stand, %s awaited: %w", a.options.SystemID, have, want, ctx.Err())
		}
	}
}

func (a *Account) serves(code sms.ShortCode) bool { return slices.Contains(a.options.Codes, code) }

// bound returns the sessions that stand.
func (a *Account) bound() []*session {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sessions)
}

// deaf reports whether reading has stopped, and a channel that is closed when
// the answer may have changed.
func (a *Account) deaf() (bool, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.faults.Deaf, a.faultsChanged
}

// leave takes a session that is over out of the account. What it left
// unanswered goes to the others, before what never went out.
func (a *Account) leave(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.receiving = false
	a.sessions = slices.DeleteFunc(a.sessions, func(o *session) bool { return o == s })
	sequences := slices.Sorted(maps.Keys(s.pending))
	for _, sequence := range slices.Backward(sequences) {
		a.ready.pushFront(a.takeBack(s, sequence))
		a.count.Cut++
	}
	a.dirty.Store(true)
	a.bindsChanged()
}
