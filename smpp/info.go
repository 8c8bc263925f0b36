package smpp

import (
	"fmt"
	"time"
)

// State is where a session is.
type State uint8

// The states of a session.
const (
	Waiting    State = iota // for the next attempt to bind
	Connecting              // connecting, or waiting for bind_resp
	Bound
	Unbinding // bound, but on its way out
	Stopped   // for good
)

var stateNames = [...]string{"waiting", "connecting", "bound", "unbinding", "stopped"}

// String returns the state's name, as metrics and the admin UI use it.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// BindInfo is one session as it stands. The fields from ID to Proved are zero
// unless it is Bound or Unbinding.
type BindInfo struct {
	Carrier string
	Slot    int
	Role    Role
	State   State

	ID       int64
	Since    time.Time
	Used     int // slots of the window
	Unproved bool
	Proved   int64

	Window      int
	LastError   string    // why it is not bound, or ended last; empty if it never failed
	NextAttempt time.Time // to bind; zero unless Waiting
}
