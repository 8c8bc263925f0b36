package smsc

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

const (
	maxEntries = 1000    // of a transcript
	maxPhones  = 100_000 // that come to be because an MT was for them
	maxSets    = 64      // long messages of one phone that lack a part
	maxRecent  = 8       // MTs that a repeated one is compared with
)

// Phone is a virtual handset: it sends MOs and shows what it received, long
// messages joined and decoded. Its methods are safe for concurrent use.
type Phone struct {
	server *Server
	number sms.MSISDN

	mu      sync.Mutex
	entries []Entry
	last    int64 // number of the newest entry
	read    int64 // number of the newest entry that Next has passed
	changed chan struct{}
	sets    map[setKey]map[uint8][]byte
	recent  []pdu.Message
	ref     uint16
}

// Entry is one line of a phone's transcript: a text sent or received.
type Entry struct {
	Number   int64         `json:"number"` // 1, 2, 3 … on this phone
	At       time.Time     `json:"at"`
	Received bool          `json:"received"` // an MT; else an MO
	Code     sms.ShortCode `json:"code"`
	Text     string        `json:"text"`
	Binary   bool          `json:"binary,omitempty"` // the octets are no text
	Parts    int           `json:"parts"`
	Account  string        `json:"account"`
	State    MOState       `json:"state,omitempty"` // of an MO
	Order    int64         `json:"order,omitempty"` // arrival of an MT's last part, or of an MO's acknowledgement (0: not yet)
}

// setKey tells the parts of one long message from those of others.
type setKey struct {
	code   sms.ShortCode
	method coding.Method
	ref    uint16
	total  uint8
	coding uint8
}

// Phone returns the phone with the number; it comes to be when first asked
// for, or when an MT for it arrives.
func (s *Server) Phone(number sms.MSISDN) *Phone { return s.phone(number, math.MaxInt) }

// phone returns the phone with the number, made unless there are so many; then
// nil.
func (s *Server) phone(number sms.MSISDN, limit int) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.phones[number]
	if p == nil && len(s.phones) < limit {
		p = newPhone(s, number)
		s.phones[number] = p
	}
	return p
}

func newPhone(s *Server, number sms.MSISDN) *Phone {
	return &Phone{server: s, number: number, changed: make(chan struct{}), sets: map[setKey]map[uint8][]byte{}}
}

// Phones returns the numbers of all phones, in no order.
func (s *Server) Phones() []sms.MSISDN {
	s.mu.Lock()
	defer s.mu.Unlock()
	numbers := make([]sms.MSISDN, 0, len(s.phones))
	for n := range s.phones {
		numbers = append(numbers, n)
	}
	return numbers
}

// Number returns the phone's number.
func (p *Phone) Number() sms.MSISDN { return p.number }

// Transcript returns the newest texts, sent and received, after the entry with
// the number (0: all that are kept).
func (p *Phone) Transcript(after int64) []Entry {
	entries, _ := p.since(after)
	return entries
}

// Await waits until the transcript has entries after the number, or one of
// them changed, and returns them; none when ctx ends first.
func (p *Phone) Await(ctx context.Context, after int64) []Entry {
	for {
		entries, changed := p.since(after)
		if len(entries) > 0 {
			return entries
		}
		select {
		case <-changed:
		case <-p.server.stop:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// Inbox returns the received texts, the oldest first.
func (p *Phone) Inbox() []Entry {
	var received []Entry
	for _, e := range p.Transcript(0) {
		if e.Received {
			received = append(received, e)
		}
	}
	return received
}

// Next waits for the next received text that neither Next nor Expect has
// returned or passed over.
func (p *Phone) Next(ctx context.Context) (Entry, error) {
	return p.next(ctx, "any text", func(*Entry) bool { return true })
}

// Expect waits for the next received text that contains want, and passes over
// those before it. Its error tells what came instead.
func (p *Phone) Expect(ctx context.Context, want string) (Entry, error) {
	return p.next(ctx, fmt.Sprintf("a text with %q", want), func(e *Entry) bool { return strings.Contains(e.Text, want) })
}

func (p *Phone) next(ctx context.Context, want string, match func(*Entry) bool) (Entry, error) {
	var passed []string
	for {
		p.mu.Lock()
		for _, e := range p.tail(p.read) {
			p.read = e.Number
			if e.Received && match(&e) {
				p.mu.Unlock()
				return e, nil
			}
			if e.Received {
				passed = append(passed, e.Text)
			}
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-p.server.stop:
			return Entry{}, ErrClosed
		case <-ctx.Done():
			return Entry{}, fmt.Errorf("%s did not come to the phone, only %q: %w", want, passed, ctx.Err())
		}
	}
}

func (p *Phone) since(number int64) ([]Entry, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Entry(nil), p.tail(number)...), p.changed
}

// tail returns the entries after the number; p.mu is held.
func (p *Phone) tail(number int64) []Entry {
	first := p.last - int64(len(p.entries)) + 1
	return p.entries[min(int64(len(p.entries)), max(0, number-first+1)):]
}

// add appends to the transcript and returns the number; p.mu is held.
func (p *Phone) add(e Entry) int64 {
	p.last++
	e.Number = p.last
	if len(p.entries) == maxEntries {
		p.entries = append(p.entries[:0:0], p.entries[maxEntries/2:]...)
	}
	p.entries = append(p.entries, e)
	p.announce()
	return e.Number
}

func (p *Phone) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// receive takes one accepted segment, and reports whether its octets are those
// of an earlier one.
func (p *Phone) receive(a *Account, m *pdu.Message, code sms.ShortCode, order int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	repeated := p.remember(m)
	octets, parts, complete := p.join(m, code)
	if !complete {
		return repeated
	}
	text, binary := coding.Decode(m.DataCoding, octets, a.options.Alphabet)
	p.add(Entry{
		At: now, Received: true, Code: code, Text: text, Binary: binary, Parts: parts,
		Account: a.options.SystemID, Order: order,
	})
	return repeated
}

func (p *Phone) remember(m *pdu.Message) bool {
	for i := range p.recent {
		if sameOctets(&p.recent[i], m) && p.recent[i].Source.Addr == m.Source.Addr {
			return true
		}
	}
	if len(p.recent) == maxRecent {
		p.recent = append(p.recent[:0], p.recent[1:]...)
	}
	p.recent = append(p.recent, *m)
	return false
}

// join returns the octets of a whole message, from one segment or with its
// last missing part, as a handset does. A handset forgets the oldest of too
// many incomplete ones; this one forgets all.
func (p *Phone) join(m *pdu.Message, code sms.ShortCode) (octets []byte, parts int, complete bool) {
	concat, text := coding.ConcatOf(m)
	if concat == nil || concat.Total == 1 {
		return text, 1, true
	}
	key := setKey{code: code, method: concat.Method, ref: concat.Ref, total: concat.Total, coding: m.DataCoding}
	set := p.sets[key]
	if set == nil {
		if len(p.sets) >= maxSets {
			clear(p.sets)
		}
		set = map[uint8][]byte{}
		p.sets[key] = set
	}
	set[concat.Part] = text
	if len(set) < int(concat.Total) {
		return nil, 0, false
	}
	delete(p.sets, key)
	all := make([][]byte, concat.Total)
	for i := range all {
		all[i] = set[uint8(i+1)]
	}
	return coding.Join(all), len(all), true
}
