package outbox

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/optout"
	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// patient bounds every wait of the tests.
const patient = 20 * time.Second

// noon is when marketing may go in France.
var noon = time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)

// peer is an SMSC that answers a submit_sm when the test says so.
type peer struct {
	t        testing.TB
	listener net.Listener
	submits  chan *submit

	mu     sync.Mutex
	conns  []net.Conn
	refuse bool
}

// submit is a submit_sm that the peer has and has not answered.
type submit struct {
	pdu.Message
	conn net.Conn
	text string
	to   string
}

func newPeer(t testing.TB) *peer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &peer{t: t, listener: l, submits: make(chan *submit, 10_000)}
	t.Cleanup(func() { l.Close(); p.cut() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			refused := p.refuse
			if !refused {
				p.conns = append(p.conns, conn)
			}
			p.mu.Unlock()
			if refused {
				conn.Close()
				continue
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *peer) serve(conn net.Conn) {
	r := pdu.NewReader(conn)
	for {
		f, err := r.Read()
		if err != nil {
			return
		}
		switch f.Command {
		case pdu.BindTransceiverID:
			b, err := pdu.AppendBindResp(nil, &pdu.BindResp{Command: pdu.BindTransceiverRespID, Sequence: f.Sequence, SystemID: "peer"})
			if err != nil {
				return
			}
			conn.Write(b)
		case pdu.SubmitSMID:
			m, err := pdu.DecodeMessage(f)
			if err != nil {
				return
			}
			octets := m.UserData
			if m.HasUDH() {
				_, octets = coding.ConcatOf(&m)
			}
			text, _ := coding.Decode(m.DataCoding, octets, coding.GSM7)
			p.submits <- &submit{Message: m, conn: conn, text: text, to: m.Dest.Addr}
		case pdu.EnquireLinkID, pdu.UnbindID:
			conn.Write(pdu.AppendHeader(nil, f.Command.Resp(), pdu.StatusOK, f.Sequence))
		}
	}
}

func (s *submit) respond(status pdu.Status, id string) {
	s.conn.Write(pdu.AppendResp(nil, pdu.SubmitSMRespID, status, s.Sequence, id))
}

// next waits for a submit_sm with the text.
func (p *peer) next(want string) *submit {
	p.t.Helper()
	select {
	case s := <-p.submits:
		require.Equal(p.t, want, s.text)
		return s
	case <-time.After(patient):
		require.FailNow(p.t, "no submit_sm came", want)
		return nil
	}
}

// none checks that nothing has come. What could come has been decided before.
func (p *peer) none() {
	p.t.Helper()
	select {
	case s := <-p.submits:
		require.FailNow(p.t, "a submit_sm came", s.text)
	default:
	}
}

func (p *peer) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *peer) away(yes bool) {
	p.mu.Lock()
	p.refuse = yes
	p.mu.Unlock()
}

// memory is a Store.
type memory struct {
	mu       sync.Mutex
	changed  chan struct{}
	rows     map[sms.ID]*row
	records  int
	submits  []Submit
	parked   []ReceiptRow
	fail     func(*Record) error
	claims   int
	requeued int
	stolen   map[sms.MSISDN]bool // whose consents row somebody else holds
}

// row is an outbound message and its place in the outbox.
type row struct {
	sms.Outbound
	waits bool
	due   time.Time
}

func newMemory() *memory {
	return &memory{changed: make(chan struct{}), rows: map[sms.ID]*row{}, stolen: map[sms.MSISDN]bool{}}
}

func (s *memory) touched() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits for a condition on the rows; it holds the lock while it looks.
func (s *memory) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patient)
	for {
		s.mu.Lock()
		changed, done := s.changed, ok()
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-limit:
			require.FailNow(t, "never: "+what)
		}
	}
}

func (s *memory) state(t testing.TB, id sms.ID, want sms.State) {
	t.Helper()
	s.until(t, want.String(), func() bool { return s.rows[id] != nil && s.rows[id].State == want })
}

func (s *memory) Claim(_ context.Context, c Claim, rule func([]Candidate) []Ruling) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims++
	var found []*row
	prio := func(r *row) int16 {
		if r.Class.Answer() {
			return 0
		}
		return 1
	}
	for _, r := range s.rows {
		after := c.After[prio(r)]
		beyond := after.ID == 0 || r.due.After(after.Due) || r.due.Equal(after.Due) && r.ID > after.ID
		if r.waits && r.Node == 0 && r.Carrier == c.Carrier && !r.due.After(c.Now) && beyond {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *row) int {
		return cmp.Or(cmp.Compare(prio(a), prio(b)), a.due.Compare(b.due), cmp.Compare(a.ID, b.ID))
	})
	found = found[:min(len(found), c.Limit)]
	cs := make([]Candidate, len(found))
	for i, r := range found {
		cs[i] = Candidate{Message: r.Outbound, Person: person(c.Now), Cursor: Cursor{Prio: prio(r), Due: r.due, ID: r.ID}}
		if a := s.rows[r.AfterID]; a != nil {
			cs[i].AfterOpen = a.State == sms.Queued || a.State == sms.Sending || a.State == sms.Held
		}
	}
	rs := rule(cs)
	for i, r := range found {
		if rs[i].Action == Take && r.Class == sms.Marketing && s.stolen[r.To] {
			rs[i].Action = Skip
		}
		switch rs[i].Action {
		case Take:
			r.State, r.Node = sms.Sending, c.Node
		case Cancel:
			r.State, r.waits = sms.Cancelled, false
		case Expire:
			r.State, r.waits = sms.Expired, false
		}
	}
	s.touched()
	return nil
}

func person(now time.Time) *Person {
	return &Person{LastMO: now, Consents: map[int32]Consent{1: {State: "single"}}}
}

func (s *memory) Unclaim(context.Context, sms.ID, []sms.ID) error { return nil }

func (s *memory) Record(_ context.Context, b *Record) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records++
	if s.fail != nil {
		if err := s.fail(b); err != nil {
			s.touched()
			return 0, err
		}
	}
	for _, u := range b.Updates {
		r := s.rows[u.ID]
		if r == nil {
			r = &row{Outbound: sms.Outbound{ID: u.ID, To: u.To, State: sms.Sending}}
			s.rows[u.ID] = r
		}
		if r.State == sms.Sending || r.State == sms.Sent && u.State != sms.Sending || u.Late && (r.State == sms.Queued || r.State == sms.Unknown) {
			r.State, r.Unknowns = u.State, max(r.Unknowns, u.Unknowns)
			r.waits = r.waits && !u.Late && !u.Claimed
		}
		if u.Claimed && u.State != sms.Sending {
			r.waits = false
		}
	}
	s.requeued += len(b.Requeues)
	for _, q := range b.Requeues {
		r := s.rows[q.Message.ID]
		if r == nil {
			r = &row{Outbound: *q.Message}
			s.rows[q.Message.ID] = r
		}
		if r.State == sms.Sending {
			r.State, r.Node, r.waits, r.due = sms.Queued, 0, true, q.Due
			r.Unknowns, r.Attempts = q.Message.Unknowns, q.Message.Attempts
		}
	}
	s.submits = append(s.submits, b.Submits...)
	s.parked = append(s.parked, b.Receipts...)
	s.touched()
	return len(b.Receipts), nil
}

func (s *memory) Unpark(context.Context, time.Time, func(int32) bool) (int, int, error) {
	return 0, 0, nil
}
func (s *memory) Sweep(context.Context, time.Time) (int, error) { return 0, nil }
func (s *memory) Persons(_ context.Context, ts []sms.Thread) (map[sms.Thread]*Person, error) {
	return map[sms.Thread]*Person{}, nil
}
func (s *memory) Enqueue(context.Context, []sms.Outbound) error { return nil }

// world is an outbox with one carrier, its SMSC and its rows.
type world struct {
	testing.TB
	*Outbox
	store *memory
	peer  *peer
	link  *smpp.Carrier
	ids   *sms.IDs
	ahead atomic.Int64 // the clock, before the real one
	begun time.Time
	fence atomic.Bool
	stop  context.CancelFunc
	ended chan struct{}
}

func (w *world) now() time.Time {
	return noon.Add(time.Since(w.begun) + time.Duration(w.ahead.Load()))
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.ahead.Add(int64(d))
	w.Poke(1)
	w.Waiting(1)
}

type option func(*smpp.Config)

func window(n int) option             { return func(c *smpp.Config) { c.Window = n } }
func response(d time.Duration) option { return func(c *smpp.Config) { c.ResponseTimeout = d } }
func throughput(n float64) option     { return func(c *smpp.Config) { c.Throughput = n } }
func sessions(n int) option           { return func(c *smpp.Config) { c.Sessions = n } }

// newWorld starts an outbox whose carrier is bound.
func newWorld(t testing.TB, options ...option) *world {
	w := &world{TB: t, store: newMemory(), peer: newPeer(t), begun: time.Now(), ids: sms.NewIDs(0, 0), ended: make(chan struct{})}
	cfg := smpp.Config{
		Name: "peer", Addr: w.peer.listener.Addr().String(), SystemID: "x", Window: 64, Throughput: 20_000,
		BackoffMin: 10 * time.Millisecond, BackoffMax: 50 * time.Millisecond,
	}
	for _, o := range options {
		o(&cfg)
	}
	conf := &programs.Carrier{ID: 1, Name: "peer", Alphabet: "gsm7", Segmentation: "udh8", Throughput: cfg.Throughput, Receipts: programs.Receipts{Enabled: true, Part: "all"}}
	snap := &programs.Snapshot{
		Version: 1, Carriers: map[int32]*programs.Carrier{1: conf},
		Programs: map[int32]*programs.Program{1: {ID: 1, Consent: "single", Country: "FR"}},
		Codes:    map[sms.ShortCode]*programs.Code{36111: {Number: 36111, Carriers: []*programs.Carrier{conf}}},
	}
	w.Outbox = New(Options{
		Store: w.store, IDs: w.ids, Node: 7, Clock: w.now, Config: func() *programs.Snapshot { return snap }, Fenced: w.fence.Load, PollEach: 10 * time.Millisecond,
	})
	w.link = smpp.NewCarrier(cfg, handler{w}, smpp.Options{})
	w.Attach(conf, w.link)
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	linked := make(chan struct{})
	go func() { defer close(linked); _ = w.link.Run(ctx) }()
	go func() { defer close(w.ended); _ = w.Run(ctx) }()
	t.Cleanup(func() { stop(); <-linked; <-w.ended })
	w.eventually("bound", w.link.Up)
	return w
}

// handler is the links' part of the application.
type handler struct{ w *world }

func (h handler) Bound(*smpp.Bind) { h.w.Poke(1); h.w.Waiting(1) }
func (h handler) Deliver(d *smpp.Delivery) {
	h.w.Receive(d, 1)
}
func (h handler) Ended(*smpp.Bind, error) { h.w.Poke(1) }

func (w *world) eventually(what string, ok func() bool) {
	w.Helper()
	require.Eventually(w, ok, patient, time.Millisecond, what)
}

// idle waits until nothing is in the lanes and all room is given back.
func (w *world) idle() {
	w.Helper()
	l := w.line(1)
	w.eventually("idle", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.count == 0 && l.begun == 0 && len(l.lanes) == 0
	})
}

func thread(phone sms.MSISDN) sms.Thread { return sms.Thread{Phone: phone, Code: 36111} }

// message makes an allowed message of a phone.
func (w *world) message(phone sms.MSISDN, class sms.Class, text string) Permitted {
	now := w.now()
	m := sms.Outbound{
		ID: w.ids.Next(now), To: phone, Code: 36111, Carrier: 1, Program: 1, Class: class, State: sms.Sending, Node: 7,
		CreatedAt: now, Expires: now.Add(15 * time.Minute), Text: text, Segments: 1, Ref: 1, Cause: 1,
	}
	return Permitted{Outbound: m, Permit: w.permit(&m, now)}
}

func (w *world) permit(m *sms.Outbound, now time.Time) optout.Permit {
	d := optout.Decide(optout.Facts{
		ID: m.ID, To: m.To, Code: m.Code, Class: m.Class, Answers: true, LastMO: now, Consent: "single", Needs: "single", Country: "FR", Expires: m.Expires,
	}, now)
	require.Equal(w, optout.Allow, d.Verdict, d.Rule)
	return d.Permit
}

// answers hands answers of one phone over, as a turn does.
func (w *world) answers(phone sms.MSISDN, texts ...string) []Permitted {
	w.Helper()
	require.True(w, w.Reserve(1, thread(phone), len(texts)))
	return w.hand(phone, texts...)
}

func (w *world) hand(phone sms.MSISDN, texts ...string) []Permitted {
	var ms []Permitted
	for _, text := range texts {
		ms = append(ms, w.message(phone, sms.Reply, text))
	}
	w.store.add(false, ms...)
	w.Hand(1, thread(phone), ms)
	return ms
}

// queued puts messages into the outbox.
func (w *world) queued(ms ...Permitted) {
	for i := range ms {
		ms[i].State, ms[i].Node = sms.Queued, 0
	}
	w.store.add(true, ms...)
	w.Waiting(1)
}

func (s *memory) add(waits bool, ms ...Permitted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range ms {
		s.rows[m.ID] = &row{Outbound: m.Outbound, waits: waits, due: m.CreatedAt}
	}
	s.touched()
}

func smscID(n int) string { return fmt.Sprintf("id-%d", n) }
