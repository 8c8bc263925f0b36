package inbox

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// patient bounds every wait of the tests.
const patient = 20 * time.Second

const shopText = `
carriers:
  - {name: peer, addr: "127.0.0.1:2775", system_id: shop}
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris}
  - {name: news, brand: Pizza News, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris}
short_codes:
  - {number: 36111, country: FR, carriers: [peer], program: pizza}
keywords:
  - {short_code: 36111, word: ECHO, program: pizza, flow: echo}
  - {short_code: 36111, word: NEWS, program: news, flow: echo}
  - {short_code: 36111, word: ASK, program: pizza, flow: ask}
  - {short_code: 36111, word: OFFER, program: pizza, flow: offer}
flows:
  - flow: offer
    start: say
    states:
      say: {say: "Two for one", end: completed}
  - flow: echo
    class: transactional
    start: say
    states:
      say: {say: "{{upper(args)}}", end: completed}
  - flow: ask
    class: transactional
    start: size
    states:
      size:
        say: "Size?"
        replies: [{words: [small], end: completed}]
        timeout: {after: 1h, end: abandoned}
`

// snapshot compiles the tests' shop.
func snapshot(t testing.TB) *programs.Snapshot { return compiled(t, shopText) }

func compiled(t testing.TB, text string) *programs.Snapshot {
	shop, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(text)})
	require.NoError(t, problems.Err())
	shop = programs.Merge(&programs.Shop{}, shop)
	for i, c := range shop.Carriers {
		c.ID = int32(i + 1)
	}
	for i, p := range shop.Programs {
		p.ID = int32(i + 1)
	}
	snap, problems := programs.Compile(shop, programs.DefaultRules(), &programs.Flows{})
	require.NoError(t, problems.Err())
	return snap
}

// memory is a Store, a BindStore and a Sender.
type memory struct {
	extras
	mu       sync.Mutex
	threads  map[sms.Thread]Thread
	locked   map[sms.Thread]bool // by somebody else
	sets     map[setKey]PartSet
	inbound  []sms.Inbound
	outbound []sms.Outbound
	writes   []*Writes
	wakes    map[Wake]bool
	put      []Quarantine
	begins   int
	refuse   func(w *Writes) error // before a commit
	forget   func(w *Writes) error // after it: its answer is lost
	broken   func(q *Quarantine) error

	reserved int
	handed   []string
	stops    []outbox.Stop
	hold     func(s outbox.Stop, done func()) // of Stop; nil calls done
	full     bool
}

func newMemory() *memory {
	return &memory{threads: map[sms.Thread]Thread{}, locked: map[sms.Thread]bool{}, sets: map[setKey]PartSet{}, wakes: map[Wake]bool{}}
}

type memoryTx struct{ *memory }

func (s *memory) Begin(_ context.Context, keys []sms.Thread) (Tx, map[sms.Thread]*Thread, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begins++
	threads := map[sms.Thread]*Thread{}
	for _, k := range keys {
		if s.locked[k] {
			continue
		}
		t, there := s.threads[k]
		t.Key, t.New = k, !there
		threads[k] = &t
	}
	return memoryTx{s}, threads, nil
}

func (tx memoryTx) Sets(_ context.Context, threads []sms.Thread) (found []*PartSet, _ error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for _, x := range tx.sets {
		if slices.Contains(threads, x.Thread) {
			x.Parts = slices.Clone(x.Parts)
			found = append(found, &x)
		}
	}
	return found, nil
}

func (tx memoryTx) Commit(_ context.Context, w *Writes) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.refuse != nil {
		if err := tx.refuse(w); err != nil {
			return err
		}
	}
	for _, t := range w.Threads {
		tx.threads[t.Key] = *t
	}
	for _, x := range w.Sets {
		tx.sets[x.key()] = *x
	}
	for _, r := range w.Inbound {
		tx.inbound = append(tx.inbound, *r)
	}
	for _, m := range w.Outbound {
		tx.outbound = append(tx.outbound, *m)
	}
	for _, x := range w.WakesDone {
		delete(tx.wakes, x)
	}
	for _, x := range w.Wakes {
		tx.wakes[x] = true
	}
	tx.written(w)
	tx.writes = append(tx.writes, w)
	if tx.forget != nil {
		return tx.forget(w)
	}
	return nil
}

func (tx memoryTx) Rollback(context.Context) {}

func (s *memory) Quarantine(_ context.Context, q *Quarantine) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		if err := s.broken(q); err != nil {
			return err
		}
	}
	s.put = append(s.put, *q)
	if q.Wake != nil {
		delete(s.wakes, *q.Wake)
	}
	if q.Input != nil {
		s.putOff(q.Input, q.Again)
	}
	return nil
}

func (s *memory) WakesDue(_ context.Context, now time.Time, _ int) (due []Wake, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range maps.Keys(s.wakes) {
		if !w.Due.After(now) {
			due = append(due, w)
		}
	}
	return due, nil
}

func (s *memory) LoadBinds(context.Context) ([]BindRow, error) { return nil, nil }
func (s *memory) SaveBinds(context.Context, []BindRow) error   { return nil }

func (s *memory) Reserve(_ int32, _ sms.Thread, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return false
	}
	s.reserved += n
	return true
}

func (s *memory) Release(_ int32, _ sms.Thread, n int) {
	s.mu.Lock()
	s.reserved -= n
	s.mu.Unlock()
}

func (s *memory) Hand(_ int32, _ sms.Thread, ms []outbox.Permitted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reserved -= len(ms)
	for _, m := range ms {
		s.handed = append(s.handed, m.Text)
	}
}

func (s *memory) Waiting(int32) {}

func (s *memory) Stop(x outbox.Stop, done func()) {
	s.mu.Lock()
	s.stops = append(s.stops, x)
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		hold(x, done)
		return
	}
	done()
}

// world is an inbox with one carrier, whose SMSC the test plays.
type world struct {
	testing.TB
	*Inbox
	store    *memory
	listener net.Listener
	link     *smpp.Carrier
	carrier  *programs.Carrier
	ahead    atomic.Int64
	fence    atomic.Bool
	hash     atomic.Pointer[func(sms.MSISDN) []byte]

	mu      sync.Mutex
	sources map[*smpp.Bind]*Source
	lines   []*wire
	bound   chan *wire
	mute    atomic.Bool // enquire_link is not answered: nothing is proven
}

// wire is a bind as its SMSC sees it.
type wire struct {
	w    *world
	conn net.Conn
	mu   sync.Mutex
	seq  uint32
	wait map[uint32]chan pdu.Status

	asked chan uint32 // sequence numbers of enquire_link that were not answered
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// newWorld makes an inbox with so many binds. It works once start is called:
// what is sent before makes one batch.
func newWorld(t testing.TB, binds int, options ...func(*Options)) *world {
	w := &world{TB: t, store: newMemory(), sources: map[*smpp.Bind]*Source{}, bound: make(chan *wire, 10)}
	var err error
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go w.accept()
	snap := snapshot(t)
	w.carrier = snap.Carriers[1]
	none := func(sms.MSISDN) []byte { return []byte("hash") }
	w.hash.Store(&none)
	o := Options{
		Store: w.store, Binds: w.store, Sender: w.store, IDs: sms.NewIDs(0, 0), Node: 7, Clock: w.now, Config: func() *programs.Snapshot { return snap },
		LoadFlow: func(context.Context, *programs.Snapshot, string, int) (*dialogs.Flow, error) { return nil, nil },
		Fenced:   w.fence.Load, PhoneHash: func(m sms.MSISDN) []byte { return (*w.hash.Load())(m) }, Shards: 1, WakeEach: 10 * time.Millisecond,
	}
	for _, f := range options {
		f(&o)
	}
	w.Inbox = New(o)
	w.link = smpp.NewCarrier(smpp.Config{
		Name: "peer", Addr: w.listener.Addr().String(), SystemID: "x", Sessions: binds, BackoffMin: 10 * time.Millisecond, BackoffMax: 50 * time.Millisecond,
		ProofDelay: 10 * time.Millisecond, EnquireTimeout: patient,
	}, w, smpp.Options{NewBindID: func() int64 { return int64(o.IDs.Next(time.Now())) }})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.link.Run(ctx) }()
	t.Cleanup(func() { stop(); w.listener.Close(); <-ended })
	for range binds {
		w.lines = append(w.lines, w.next())
	}
	return w
}

// next waits for another bind.
func (w *world) next() *wire {
	w.Helper()
	select {
	case x := <-w.bound:
		return x
	case <-time.After(patient):
		require.FailNow(w, "no bind came")
		return nil
	}
}

// start lets the inbox work until the end of the test.
func (w *world) start() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.Run(ctx) }()
	w.Cleanup(func() { stop(); <-ended })
}

func (w *world) Bound(b *smpp.Bind) {
	w.mu.Lock()
	w.sources[b] = w.Open(b, w.carrier)
	w.mu.Unlock()
}

func (w *world) Deliver(d *smpp.Delivery) {
	w.mu.Lock()
	src := w.sources[d.Bind]
	w.mu.Unlock()
	src.Deliver(d)
}

func (w *world) Ended(b *smpp.Bind, _ error) {
	w.mu.Lock()
	src := w.sources[b]
	w.mu.Unlock()
	src.Close()
}

func (w *world) accept() {
	for {
		conn, err := w.listener.Accept()
		if err != nil {
			return
		}
		x := &wire{w: w, conn: conn, wait: map[uint32]chan pdu.Status{}, asked: make(chan uint32, 100)}
		go x.serve()
	}
}

func (x *wire) serve() {
	r := pdu.NewReader(x.conn)
	for {
		f, err := r.Read()
		if err != nil {
			return
		}
		switch f.Command {
		case pdu.BindTransceiverID:
			b, _ := pdu.AppendBindResp(nil, &pdu.BindResp{Command: pdu.BindTransceiverRespID, Sequence: f.Sequence, SystemID: "peer"})
			x.conn.Write(b)
			x.w.bound <- x
		case pdu.EnquireLinkID:
			if x.w.mute.Load() {
				x.asked <- f.Sequence
			} else {
				x.conn.Write(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence))
			}
		case pdu.UnbindID:
			x.conn.Write(pdu.AppendHeader(nil, pdu.UnbindRespID, pdu.StatusOK, f.Sequence))
		case pdu.DeliverSMRespID:
			x.mu.Lock()
			x.wait[f.Sequence] <- f.Status
			x.mu.Unlock()
		}
	}
}

// send sends an MO; its answer comes on the channel.
func (x *wire) send(from, text string) chan pdu.Status {
	return x.sendRaw(pdu.Message{Source: pdu.Address{TON: 1, NPI: 1, Addr: from}, Dest: pdu.Address{Addr: "36111"}, UserData: []byte(text)})
}

func (x *wire) sendRaw(m pdu.Message) chan pdu.Status {
	x.w.Helper()
	answer := make(chan pdu.Status, 2)
	x.mu.Lock()
	x.seq++
	m.Sequence = x.seq
	x.wait[x.seq] = answer
	x.mu.Unlock()
	b, err := pdu.AppendMessage(nil, pdu.DeliverSMID, &m)
	require.NoError(x.w, err)
	_, err = x.conn.Write(b)
	require.NoError(x.w, err)
	return answer
}

// answered waits for the answer of an MO.
func (w *world) answered(c chan pdu.Status, want pdu.Status) {
	w.Helper()
	select {
	case got := <-c:
		require.Equal(w, want, got)
	case <-time.After(patient):
		require.FailNow(w, "an MO was not answered")
	}
}

func (w *world) eventually(what string, ok func() bool) {
	w.Helper()
	require.Eventually(w, func() bool {
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		return ok()
	}, patient, time.Millisecond, what)
}

// queued waits until so many items are queued.
func (w *world) queued(n int) {
	w.Helper()
	w.eventually("queued", func() bool { return w.Queued() == n })
}

// texts lists the outcomes of the stored MOs of a phone.
func (s *memory) texts(from sms.MSISDN) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.inbound {
		if r.From == from {
			all = append(all, r.Outcome+" "+r.Text)
		}
	}
	return all
}

var errAway = errors.New("the database is away")

func permanent() error { return &sms.PermanentError{Err: errors.New("refused")} }

const one, two = "33600000001", "33600000002"

func key(phone sms.MSISDN) sms.Thread { return sms.Thread{Phone: phone, Code: 36111} }
