package smpp

import (
	"fmt"
	"time"

	"repartee/smpp/pdu"
)

// Completer is told what became of a submit_sm: exactly once, and once more
// with [Late] when a response still comes within a minute after [NoResponse].
// The calls of one bind never overlap; they must not block, since they hold
// up the responses behind them.
type Completer interface {
	Complete(o Outcome)
}

// OutcomeKind is how a submit_sm ended.
type OutcomeKind uint8

// The outcomes of a submit_sm.
const (
	// Accepted: the SMSC has the message; MessageID is its name there.
	Accepted OutcomeKind = iota + 1
	// Refused: a status other than 0, in a submit_sm_resp or a generic_nack.
	Refused
	// NoResponse: response_timeout passed. The SMSC may have the message.
	NoResponse
	// Cut: the bind ended first. The SMSC may have the message, unless
	// WrittenAt is zero: then it was never given to the socket.
	Cut
	// Late: a response after NoResponse; Status tells which.
	Late
)

var outcomeNames = [...]string{"", "accepted", "refused", "no-response", "cut", "late"}

// String returns the kind's name, as metrics use it.
func (k OutcomeKind) String() string {
	if int(k) < len(outcomeNames) {
		return outcomeNames[k]
	}
	return fmt.Sprintf("outcome(%d)", uint8(k))
}

// Outcome is what became of one submit_sm.
type Outcome struct {
	Sequence  uint32
	Kind      OutcomeKind
	Status    pdu.Status // of the response; 0 without one
	MessageID string     // as the SMSC wrote it
	WrittenAt time.Time  // when it was given to the socket; zero if it never was
	At        time.Time  // when the outcome was known
}
