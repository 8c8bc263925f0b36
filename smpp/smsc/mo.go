package smsc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// MOState is how far an MO has come.
type MOState string

// The states of an MO.
const (
	Waiting      MOState = "waiting"      // queued, or under way without an answer
	Acknowledged MOState = "acknowledged" // every part was answered with status 0
	Rejected     MOState = "rejected"     // a part was refused for good
)

// MOOptions say how a text travels; the zero value is what most phones do.
type MOOptions struct {
	Via    string        // account to send through; empty: the first that serves the code
	Coding Coding        // CodingAuto: the cheapest
	Method coding.Method // how a long text is split
	Split  int           // octets of text per part at most, even for a short text; 0: what fits
	Order  []int         // parts in the order in which they go, from 0: {2, 0, 1}; one may come twice or be left out
	Copies int           // how often the whole MO is sent once more
	Spread bool          // parts go over different binds; else all over one
	DataSM bool          // by data_sm
	From   string        // source_addr as written on the wire; empty: as the account writes numbers
}

// Raw is one MO PDU made by hand.
type Raw struct {
	DataCoding uint8
	ESMClass   uint8
	Octets     []byte // user data, with its UDH when ESMClass has bit 0x40
	Payload    bool   // in message_payload
	DataSM     bool
	TLVs       []pdu.TLV
}

// RejectedError says that the ESME refused an MO for good.
type RejectedError struct{ Status pdu.Status }

// Error names the status.
func (e *RejectedError) Error() string { return "the ESME refused the MO: " + e.Status.String() }

// MO is a text on its way from a phone. Its methods are safe for concurrent
// use.
type MO struct {
	phone  *Phone
	number int64 // of the transcript's entry
	done   chan struct{}

	mu       sync.Mutex
	left     int
	attempts int
	status   pdu.Status
	order    int64
}

// Send texts to a short code. It returns as soon as the MO is queued; an
// account without a bind keeps it until there is one.
func (p *Phone) Send(code sms.ShortCode, text string) (*MO, error) {
	return p.SendWith(code, text, MOOptions{})
}

// SendWith is Send with options.
func (p *Phone) SendWith(code sms.ShortCode, text string, o MOOptions) (*MO, error) {
	a, err := p.server.route(code, o.Via)
	if err != nil {
		return nil, err
	}
	parts, err := split(text, a.options.Alphabet, p.nextRef(), o)
	if err != nil {
		return nil, err
	}
	if parts, err = arrange(parts, o); err != nil {
		return nil, err
	}
	return p.send(a, code, text, parts, o)
}

// SendRaw sends PDUs made by hand, as the parts of one MO; of the options
// count Via, Order, Copies, Spread and From.
func (p *Phone) SendRaw(code sms.ShortCode, o MOOptions, raws ...Raw) (*MO, error) {
	a, err := p.server.route(code, o.Via)
	if err != nil {
		return nil, err
	}
	parts := make([]pdu.Message, len(raws))
	for i, r := range raws {
		parts[i] = pdu.Message{
			DataCoding: r.DataCoding, ESMClass: r.ESMClass, UserData: r.Octets, TLVs: r.TLVs,
			InPayload: r.Payload || r.DataSM, Data: r.DataSM,
		}
	}
	if parts, err = arrange(parts, o); err != nil {
		return nil, err
	}
	return p.send(a, code, "", parts, o)
}

// route returns the account that carries MOs to a code.
func (s *Server) route(code sms.ShortCode, via string) (*Account, error) {
	for _, a := range s.accounts {
		if a.serves(code) && (via == "" || via == a.options.SystemID) {
			return a, nil
		}
	}
	if via != "" {
		return nil, fmt.Errorf("account %q does not serve %s: add the code to its codes, or send via another account", via, code)
	}
	return nil, fmt.Errorf("no account serves %s: add the code to an account's codes", code)
}

// arrange puts the parts in the order asked for, as often as asked for.
func arrange(parts []pdu.Message, o MOOptions) ([]pdu.Message, error) {
	if o.Order != nil {
		ordered := make([]pdu.Message, 0, len(o.Order))
		for _, i := range o.Order {
			if i < 0 || i >= len(parts) {
				return nil, fmt.Errorf("part %d in the order: there are the parts 0 to %d", i, len(parts)-1)
			}
			ordered = append(ordered, parts[i])
		}
		parts = ordered
	}
	if len(parts) == 0 {
		return nil, errors.New("an MO without a part cannot be sent")
	}
	once := parts
	for range o.Copies {
		parts = append(parts[:len(parts):len(parts)], once...)
	}
	return parts, nil
}

func (p *Phone) send(a *Account, code sms.ShortCode, text string, parts []pdu.Message, o MOOptions) (*MO, error) {
	mo := &MO{phone: p, left: len(parts), done: make(chan struct{})}
	from := o.From
	if from == "" {
		from = a.options.PhonePrefix + p.number.String()
	}
	deliveries := make([]*delivery, len(parts))
	for i := range parts {
		octets, err := a.encodeMO(&parts[i], from, code)
		if err != nil {
			return nil, fmt.Errorf("part %d of the MO: %w", i, err)
		}
		deliveries[i] = &delivery{pdu: octets, owner: mo}
	}
	if len(parts) > 1 && !o.Spread {
		a.pin(deliveries)
	}
	if err := p.enqueue(a, mo, code, text, deliveries); err != nil {
		return nil, err
	}
	p.server.settle()
	return mo, nil
}

// enqueue queues the parts and writes the transcript's entry, which mo must
// know before it can be settled.
func (p *Phone) enqueue(a *Account, mo *MO, code sms.ShortCode, text string, parts []*delivery) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := a.offer(p.number, parts...); err != nil {
		return err
	}
	mo.number = p.add(Entry{
		At: time.Now(), Code: code, Text: text, Parts: len(parts), Account: a.options.SystemID, State: Waiting,
	})
	return nil
}

// The type of number and numbering plan of MOs (SMPP v3.4, 5.2.5 and 5.2.6).
const (
	tonInternational   = 1
	tonNetworkSpecific = 3
	npiISDN            = 1
)

func (a *Account) encodeMO(m *pdu.Message, from string, code sms.ShortCode) ([]byte, error) {
	m.Source = pdu.Address{TON: tonInternational, NPI: npiISDN, Addr: from}
	m.Dest = pdu.Address{TON: tonNetworkSpecific, Addr: code.String()}
	command := a.deliverCommand()
	if m.Data {
		command = pdu.DataSMID
	}
	return pdu.AppendMessage(nil, command, m)
}

// pin makes all parts prefer the bind whose turn it is.
func (a *Account) pin(parts []*delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.choose(parts[0])
	for _, d := range parts {
		d.prefer = s
	}
}

func (p *Phone) nextRef() uint16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ref++
	return p.ref
}

// settled implements owner.
func (m *MO) settled(d *delivery, status pdu.Status, order int64) {
	m.mu.Lock()
	m.left--
	m.attempts += d.attempts
	m.order = max(m.order, order)
	if m.status == pdu.StatusOK {
		m.status = status
	}
	left, state := m.left, Acknowledged
	if m.status != pdu.StatusOK {
		state = Rejected
	}
	m.mu.Unlock()
	if left > 0 {
		return
	}
	m.phone.settled(m, state, order)
	close(m.done)
}

// settled notes in the transcript what became of an MO.
func (p *Phone) settled(m *MO, state MOState, order int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if entries := p.tail(m.number - 1); len(entries) > 0 && entries[0].Number == m.number {
		entries[0].State, entries[0].Order = state, order
	}
	p.announce()
}

// Done is closed when every part is acknowledged, or refused for good.
func (m *MO) Done() <-chan struct{} { return m.done }

// Wait waits until every part is acknowledged with status 0. A permanent
// refusal is a [*RejectedError].
func (m *MO) Wait(ctx context.Context) error {
	select {
	case <-m.done:
	case <-m.phone.server.stop:
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("the MO is not acknowledged: %w", ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.status != pdu.StatusOK {
		return &RejectedError{Status: m.status}
	}
	return nil
}

// Attempts returns how many deliver_sm the settled parts took in all.
func (m *MO) Attempts() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.attempts
}

// Order returns the place of the last acknowledgement among all arrivals of
// the server: an MT with a larger one was read after it. 0 before the first.
func (m *MO) Order() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.order
}
