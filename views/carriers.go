package views

import (
	"context"
	"time"
)

// Carrier is a carrier as it is at this moment, on this node.
type Carrier struct {
	Name       string
	Addr       string
	SystemID   string
	Throughput float64 // configured; segments a second, 0: no limit
	Pace       float64 // in force
	Paused     bool    // nothing is submitted
	Bound      bool    // every kind of bind that it is configured for stands
	Problem    string  // why it cannot be bound as it is configured
	Binds      []Bind
	Lanes      int // messages that wait for room in the windows
	Submitted  int64
	Delivered  int64 // deliver_sm and data_sm that came
	// Responses and Unanswered count submit_sm by how they ended since the
	// program was started: by name of the status, and without one.
	Responses  []Counted
	Unanswered int64
}

// Bind is one session with an SMSC, or the attempt to have one.
type Bind struct {
	Role      string // trx, tx, rx
	Slot      int
	State     string
	Since     time.Time
	Window    int
	Used      int    // of the window
	LastError string // why it is not bound, or ended last
	Next      time.Time
}

// PDU is one that a session of a carrier read or wrote, without what it says
// and with its phone masked.
type PDU struct {
	At        time.Time
	Out       bool // the gateway wrote it
	Role      string
	Slot      int
	Command   string
	Status    string
	Sequence  uint32
	Length    int
	From, To  string
	MessageID string
	ESMClass  uint8
	Coding    uint8
	UserData  int // octets
}

// Links is what binds to carriers. Its methods are safe for concurrent use.
type Links interface {
	Carriers() []Carrier
	// Traffic returns the newest PDUs of a carrier, the newest first.
	Traffic(name string) ([]PDU, error)
	// Rebind drains a carrier and binds it anew. A [NotFoundError] for a carrier
	// that is not there.
	Rebind(ctx context.Context, name string) error
}
