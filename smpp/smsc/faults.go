package smsc

import (
	"fmt"
	"time"

	"repartee/smpp/pdu"
)

// Faults are the ways in which an account misbehaves until told otherwise.
// The zero value is a well-behaved carrier.
type Faults struct {
	Throttle         int           // submit_sm accepted per second; more get ESME_RTHROTTLED; 0: no limit
	QueueFull        bool          // every submit_sm gets ESME_RMSGQFUL
	Delay            time.Duration // before each submit_sm_resp
	Shuffle          int           // so many responses are collected and given in reverse order (after 50 ms what is there)
	Mute             bool          // submit_sm is accepted but never answered
	MuteLinks        bool          // enquire_link is never answered
	Deaf             bool          // nothing is read any more, but what has come already is handled
	RefuseBinds      pdu.Status    // every bind is answered with this
	DuplicateMO      int           // percent of the MOs that are sent again although they were acknowledged
	ReceiptFirst     bool          // the receipt goes before the submit_sm_resp
	ReceiptElsewhere bool          // the receipt goes over another bind than the submit_sm, if there is one
}

// Faults returns how the account misbehaves now.
func (a *Account) Faults() Faults {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.faults
}

// SetFaults replaces the account's misbehaviour at once, for the binds that
// stand as well.
func (a *Account) SetFaults(f Faults) error {
	if f.Throttle < 0 || f.Shuffle < 0 || f.Delay < 0 || f.DuplicateMO < 0 || f.DuplicateMO > 100 {
		return fmt.Errorf("faults: throttle, shuffle and delay cannot be negative, duplicate_mo is a percentage")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.Throttle != a.faults.Throttle {
		a.bucket = newBucket(f.Throttle)
	}
	a.faults = f
	close(a.faultsChanged)
	a.faultsChanged = make(chan struct{})
	return nil
}

// failure is a refusal that waits for the next submits.
type failure struct {
	left   int
	status pdu.Status
}

// FailNext refuses the next n submit_sm of the account with the status. Calls
// add up in their order.
func (a *Account) FailNext(n int, status pdu.Status) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > 0 {
		a.failures = append(a.failures, failure{left: n, status: status})
	}
}

// nextFailure takes one refusal; a.mu is held.
func (a *Account) nextFailure() (pdu.Status, bool) {
	if len(a.failures) == 0 {
		return 0, false
	}
	f := &a.failures[0]
	status := f.status
	if f.left--; f.left == 0 {
		a.failures = a.failures[1:]
	}
	return status, true
}

// Drop cuts all connections of the account without a word (RST) and returns
// how many there were.
func (a *Account) Drop() int {
	sessions := a.bound()
	for _, s := range sessions {
		s.reset()
	}
	return len(sessions)
}

// Unbind asks every bind of the account to end, as an SMSC does before
// maintenance, and returns how many there were. New binds are accepted.
func (a *Account) Unbind() int {
	sessions := a.bound()
	for _, s := range sessions {
		a.retire(s)
		s.send(pdu.AppendHeader(nil, pdu.UnbindID, pdu.StatusOK, s.nextSequence()))
		s.closeWithin(unbindTimeout)
	}
	return len(sessions)
}

// Garbage writes the octets as they are to every bind of the account and
// returns how many there were: noise, a PDU that no standard knows, half a PDU.
func (a *Account) Garbage(octets []byte) int {
	sessions := a.bound()
	for _, s := range sessions {
		s.send(octets)
	}
	return len(sessions)
}

// bucket lets n things pass per second, a twentieth of them at once.
type bucket struct {
	rate, size, level float64
	last              time.Time
}

func newBucket(rate int) bucket {
	size := max(1, float64(rate)/20)
	return bucket{rate: float64(rate), size: size, level: size, last: time.Now()}
}

func (b *bucket) take(now time.Time) bool {
	b.level = min(b.size, b.level+now.Sub(b.last).Seconds()*b.rate)
	b.last = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
