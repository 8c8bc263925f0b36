package smsc

import (
	"context"
	"fmt"
	"sync"
	"time"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// MT is one submit_sm (or data_sm) as it came: one segment.
type MT struct {
	Order     int64 // place among all arrivals of the server
	At        time.Time
	Account   string
	Bind      int64
	Status    pdu.Status // what it was answered
	MessageID string     // as written in the response; empty when refused
	Code      sms.ShortCode
	Phone     sms.MSISDN
	Message   pdu.Message // with its sequence number and octets
}

// capture keeps the newest MTs. It is safe for concurrent use.
type capture struct {
	keep int

	mu      sync.Mutex
	newest  queue[MT]
	changed chan struct{}
}

func newCapture(keep int) *capture {
	return &capture{keep: max(0, keep), changed: make(chan struct{})}
}

func (c *capture) add(mt MT) {
	if c.keep == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.newest.len() == c.keep {
		c.newest.pop()
	}
	c.newest.push(mt)
	close(c.changed)
	c.changed = make(chan struct{})
}

// after returns what came after the order, and a channel closed at the next.
func (c *capture) after(order int64) ([]MT, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var mts []MT
	for i := range c.newest.len() {
		if mt := c.newest.at(i); mt.Order > order {
			mts = append(mts, mt)
		}
	}
	return mts, c.changed
}

// MTs returns the kept MTs that arrived after the given order (0: all), in the
// order of arrival, refused ones included. Those of a load run are not kept.
func (s *Server) MTs(after int64) []MT {
	mts, _ := s.captured.after(after)
	return mts
}

// AwaitMT waits for the first MT after the given order that matches.
func (s *Server) AwaitMT(ctx context.Context, after int64, match func(*MT) bool) (MT, error) {
	for {
		mts, changed := s.captured.after(after)
		for i := range mts {
			if after = max(after, mts[i].Order); match(&mts[i]) {
				return mts[i], nil
			}
		}
		select {
		case <-changed:
		case <-s.stop:
			return MT{}, ErrClosed
		case <-ctx.Done():
			return MT{}, fmt.Errorf("no such MT came: %w", ctx.Err())
		}
	}
}

// arrived hands an MT to whom it concerns: the load run, or the records and
// the phone.
func (s *Server) arrived(a *Account, c *session, m *pdu.Message, v verdict, id string, order int64, now time.Time) {
	if l := s.load.Load(); l != nil && l.owns(v.phone) {
		if v.status == pdu.StatusOK {
			l.received(m, v.phone, now)
		}
		return
	}
	s.captured.add(MT{
		Order: order, At: now, Account: a.options.SystemID, Bind: c.id, Status: v.status, MessageID: id,
		Code: v.code, Phone: v.phone, Message: *m,
	})
	if v.status != pdu.StatusOK {
		return
	}
	limit := maxPhones
	if s.options.Keep < 0 {
		limit = 0 // counters only, but for phones that somebody asked for
	}
	if p := s.phone(v.phone, limit); p != nil && p.receive(a, m, v.code, order, now) {
		a.mu.Lock()
		a.count.Identical++
		a.mu.Unlock()
	}
}
