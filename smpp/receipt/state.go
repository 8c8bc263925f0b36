package receipt

import (
	"fmt"
	"strings"
)

// State is what became of a message, with the numbers of message_state (SMPP
// v3.4, 5.2.28).
type State uint8

// The states. The zero value is a receipt that says nothing.
const (
	None          State = 0
	Enroute       State = 1
	Delivered     State = 2
	Expired       State = 3
	Deleted       State = 4
	Undeliverable State = 5
	Accepted      State = 6 // read on behalf of the subscriber: says nothing about the phone
	Unknown       State = 7 // also a stat that is no word of the standard
	Rejected      State = 8
)

var stateNames = [...]string{"none", "enroute", "delivered", "expired", "deleted", "undeliverable", "accepted", "unknown", "rejected"}

// String returns the name in lower case.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Final reports whether nothing more can happen to the message. A state that
// is not final never overwrites one that is.
func (s State) Final() bool {
	switch s {
	case Delivered, Expired, Deleted, Undeliverable, Rejected:
		return true
	}
	return false
}

// stateOf reads a stat, in any case and also spelled out.
func stateOf(stat string) State {
	switch strings.ToUpper(stat) {
	case "":
		return None
	case "ENROUTE":
		return Enroute
	case "DELIVRD", "DELIVERED":
		return Delivered
	case "EXPIRED":
		return Expired
	case "DELETED":
		return Deleted
	case "UNDELIV", "UNDELIVERABLE":
		return Undeliverable
	case "ACCEPTD", "ACCEPTED":
		return Accepted
	case "REJECTD", "REJECTED":
		return Rejected
	}
	return Unknown
}
