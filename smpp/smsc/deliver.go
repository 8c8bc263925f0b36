package smsc

import (
	"bytes"
	"encoding/binary"
	"time"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// delivery is one deliver_sm (or data_sm) on its way to an ESME: a part of an
// MO, or a receipt. It is guarded by its account.
type delivery struct {
	pdu     []byte // encoded once; each attempt puts its own sequence number in
	phone   sms.MSISDN
	parts   *int // parts of the message that are not settled yet; nil when it has one
	owner   owner
	ref     int64 // the owner's own
	receipt bool
	again   bool // sent again although acknowledged
	prefer  *session
	avoid   *session

	sentAt   time.Time
	attempts int
}

// owner is told once, without any lock held, how a delivery ended: status 0 is
// an acknowledgement, any other a permanent refusal. order is its place among
// the arrivals of the server.
type owner interface {
	settled(d *delivery, status pdu.Status, order int64)
}

// lane keeps the order of one phone's MOs: a message goes out when fewer than
// AccountOptions.Overlap before it are without an answer.
type lane struct {
	out     int // messages under way or waiting for their next attempt
	waiting [][]*delivery
}

// sequenceAt is where a PDU holds its sequence number.
const sequenceAt = 12

func (a *Account) deliverCommand() pdu.Command {
	if a.options.DataSM {
		return pdu.DataSMID
	}
	return pdu.DeliverSMID
}

// offer queues the parts of one MO behind the phone's earlier ones.
func (a *Account) offer(phone sms.MSISDN, parts ...*delivery) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.backlog+len(parts) > a.options.Queue {
		return ErrQueueFull
	}
	a.backlog += len(parts)
	a.count.MOs += int64(len(parts))
	if len(parts) > 1 {
		left := len(parts)
		for _, d := range parts {
			d.parts = &left
		}
	}
	for _, d := range parts {
		d.phone = phone
	}
	l := a.lanes[phone]
	l.waiting = append(l.waiting, parts)
	a.advance(phone, l)
	return nil
}

// offerReceipt queues a receipt; receipts keep no order but that of the queue.
func (a *Account) offerReceipt(d *delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.backlog++
	a.count.Receipts++
	a.ready.push(d)
	a.dirty.Store(true)
}

// advance makes ready what the lane allows; a.mu is held.
func (a *Account) advance(phone sms.MSISDN, l lane) {
	for len(l.waiting) > 0 && l.out < a.options.Overlap {
		for _, d := range l.waiting[0] {
			a.ready.push(d)
		}
		l.waiting = l.waiting[1:]
		l.out++
		a.dirty.Store(true)
	}
	if l.out == 0 {
		delete(a.lanes, phone)
		return
	}
	a.lanes[phone] = l
}

// pump gives what is ready to the binds, as far as the window allows.
func (a *Account) pump() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for a.ready.len() > 0 && a.unanswered < a.options.Window {
		s := a.choose(a.ready.peek())
		if s == nil {
			break
		}
		a.dispatch(s, a.ready.pop(), now)
	}
	for _, s := range a.sessions {
		if s.dirty {
			s.dirty = false
			signal(s.wake)
		}
	}
}

// choose returns the bind for a delivery: the one it prefers, else the next in
// turn, else nil.
func (a *Account) choose(d *delivery) *session {
	if d.prefer != nil && d.prefer.receiving {
		return d.prefer
	}
	var last *session
	for range a.sessions {
		a.next++
		s := a.sessions[a.next%len(a.sessions)]
		if s.receiving {
			if last = s; s != d.avoid {
				return s
			}
		}
	}
	return last
}

// dispatch makes one attempt; a.mu is held.
func (a *Account) dispatch(s *session, d *delivery, now time.Time) {
	s.mu.Lock()
	start := len(s.out)
	s.out = append(s.out, d.pdu...)
	sequence := s.advance()
	binary.BigEndian.PutUint32(s.out[start+sequenceAt:], sequence)
	s.mu.Unlock()
	d.sentAt = now
	d.attempts++
	s.pending[sequence] = d
	s.dirty = true
	a.unanswered++
}

// takeBack ends an attempt; a.mu is held.
func (a *Account) takeBack(s *session, sequence uint32) *delivery {
	d := s.pending[sequence]
	delete(s.pending, sequence)
	a.unanswered--
	a.dirty.Store(true)
	return d
}

// answered handles a deliver_sm_resp, data_sm_resp or generic_nack.
func (a *Account) answered(s *session, h pdu.Header) {
	order := a.server.order.Add(1)
	a.mu.Lock()
	if s.pending[h.Sequence] == nil {
		a.count.Unmatched++
		a.mu.Unlock()
		return
	}
	d := a.takeBack(s, h.Sequence)
	if temporary(h.Status) {
		a.count.Temporary++
		a.retry(d)
		a.mu.Unlock()
		return
	}
	a.settle(d, h.Status)
	a.mu.Unlock()
	if d.owner != nil {
		d.owner.settled(d, h.Status, order)
	}
}

// temporary reports whether an SMSC sends again after the status.
func temporary(status pdu.Status) bool {
	switch status {
	case pdu.StatusRXTAppn, pdu.StatusMsgQFul, pdu.StatusThrottled, pdu.StatusSysErr:
		return true
	}
	return false
}

// retry makes the delivery ready again after the account's pause. It keeps its
// place in its lane meanwhile.
func (a *Account) retry(d *delivery) {
	a.server.schedule.after(a.options.RetryAfter, func() {
		a.mu.Lock()
		a.ready.push(d)
		a.mu.Unlock()
		a.dirty.Store(true)
	})
}

// settle books the end of a delivery and lets its lane go on; a.mu is held.
func (a *Account) settle(d *delivery, status pdu.Status) {
	if status == pdu.StatusOK {
		a.count.Acknowledged++
	} else {
		a.count.Rejected++
	}
	if status == pdu.StatusOK && !d.receipt && !d.again && a.fates.random.IntN(100) < a.faults.DuplicateMO {
		a.count.Repeated++
		a.ready.pushFront(&delivery{pdu: bytes.Clone(d.pdu), phone: d.phone, parts: d.parts, again: true})
		return
	}
	a.backlog--
	if d.receipt {
		return
	}
	if d.parts != nil {
		if *d.parts--; *d.parts > 0 {
			return
		}
	}
	l := a.lanes[d.phone]
	l.out--
	a.advance(d.phone, l)
}

// sweep sends again what was not answered in time. It goes on for ever: the
// schedule ends with the server.
func (a *Account) sweep() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	deadline := time.Now().Add(-a.options.DeliverTimeout)
	for _, s := range a.sessions {
		for sequence, d := range s.pending {
			if d.sentAt.Before(deadline) {
				a.count.TimedOut++
				a.ready.pushFront(a.takeBack(s, sequence))
			}
		}
	}
	return true
}
