package smpp

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"repartee/smpp/pdu"
)

const (
	traced      = 64  // PDUs that are kept, of all sessions of a carrier
	tracedBytes = 512 // of each
	// While nobody looks, no more than these are noted in a second: under load
	// the noting would cost more than the PDUs tell.
	tracedEach = 100
	// watchedFor is how long a look counts.
	watchedFor = 30 * time.Second
)

// TracedPDU is a PDU that a session of the carrier read or wrote, with what may
// be shown of it: no text, and no phone number in full.
type TracedPDU struct {
	At        time.Time
	Out       bool // the gateway wrote it
	Slot      int
	Role      Role
	Command   string
	Status    string // of a response
	Sequence  uint32
	Length    int    // octets
	From, To  string // of a message; phone numbers are masked
	MessageID string // of a submit_sm_resp
	ESMClass  uint8
	Coding    uint8
	UserData  int // octets of text and UDH
}

// trace keeps the newest PDUs of a carrier as they were, in memory only; they
// are decoded when somebody looks. It is safe for concurrent use.
type trace struct {
	second  atomic.Int64 // of the count
	count   atomic.Int64
	watched atomic.Int64 // until this second somebody looks

	mu   sync.Mutex
	next int // of ring
	ring [traced]tracedFrame
}

type tracedFrame struct {
	at     time.Time
	out    bool
	slot   int
	role   Role
	header pdu.Header
	body   []byte
}

// wants reports whether what is read or written now shall be noted.
func (t *trace) wants(now time.Time) bool {
	second := now.Unix()
	if t.second.Swap(second) != second {
		t.count.Store(0)
	}
	return t.count.Add(1) <= tracedEach || second < t.watched.Load()
}

func (t *trace) note(k *connector, out bool, f pdu.Frame, now time.Time) {
	if !t.wants(now) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(k, out, f, now)
}

func (t *trace) keep(k *connector, out bool, f pdu.Frame, now time.Time) {
	e := &t.ring[t.next%traced]
	t.next++
	e.at, e.out, e.slot, e.role, e.header = now, out, k.slot, k.role, f.Header
	e.body = e.body[:0]
	if decoded(f.Command) { // a bind has the password
		e.body = append(e.body, f.Body[:min(len(f.Body), tracedBytes)]...)
	}
}

// decoded are the commands of whose bodies something is shown.
func decoded(c pdu.Command) bool {
	return c == pdu.SubmitSMID || c == pdu.DeliverSMID || c == pdu.DataSMID || c == pdu.SubmitSMRespID
}

// noteAll keeps the frames that were written together.
func (t *trace) noteAll(k *connector, octets []byte, now time.Time) {
	if !t.wants(now) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range pdu.Frames(octets) {
		t.keep(k, true, f, now)
	}
}

// Traced returns the newest PDUs of the carrier's sessions, the newest first.
// Under load all of them are there only of the time after a first look.
func (c *Carrier) Traced() []TracedPDU {
	t := &c.trace
	t.watched.Store(time.Now().Add(watchedFor).Unix())
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]TracedPDU, 0, traced)
	for i := max(0, t.next-traced); i < t.next; i++ {
		all = append(all, t.ring[i%traced].shown())
	}
	slices.Reverse(all)
	return all
}

func (e *tracedFrame) shown() TracedPDU {
	h := e.header
	p := TracedPDU{At: e.at, Out: e.out, Slot: e.slot, Role: e.role, Command: h.Command.String(), Sequence: h.Sequence, Length: int(h.Length)}
	if h.Command.Response() {
		p.Status = h.Status.String()
	}
	f := pdu.Frame{Header: h, Body: e.body}
	if h.Command == pdu.SubmitSMRespID {
		p.MessageID, _ = pdu.DecodeSubmitResp(f)
	} else if decoded(h.Command) {
		if m, err := pdu.DecodeMessage(f); err == nil { // else its header is all
			p.From, p.To, p.ESMClass, p.Coding, p.UserData = masked(m.Source.Addr), masked(m.Dest.Addr), m.ESMClass, m.DataCoding, len(m.UserData)
		}
	}
	return p
}

// masked hides the middle of what may be a phone number; short codes are shown.
func masked(address string) string {
	if len(address) < 7 {
		return address
	}
	return address[:3] + "…" + address[len(address)-2:]
}
