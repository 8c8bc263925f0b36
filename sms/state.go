package sms

import "fmt"

// State is where an outbound message stands (docs/message-path.md).
type State uint8

// The states, in the order of the database type message_state.
const (
	Held State = iota + 1
	Queued
	Sending
	Sent
	Delivered
	Undelivered
	Rejected
	Refused
	Cancelled
	Expired
	Unknown
)

var stateNames = [...]string{"", "held", "queued", "sending", "sent", "delivered", "undelivered", "rejected", "refused", "cancelled", "expired", "unknown"}

// String returns the state as the database and the API write it.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// ParseState is the inverse of String.
func ParseState(s string) (State, error) {
	for i, n := range stateNames {
		if i > 0 && n == s {
			return State(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a message state", s)
}

// InMotion reports whether the message may still be submitted.
func (s State) InMotion() bool { return s == Held || s == Queued || s == Sending }
