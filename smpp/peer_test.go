package smpp

import (
	"context"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

// peer is a scripted SMSC: the test itself reads and writes its PDUs.
type peer struct {
	t     testing.TB
	addr  string
	links chan *link
	dial  func(context.Context, string, string) (net.Conn, error)
}

// newPeer listens on a real TCP socket.
func newPeer(t testing.TB) *peer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &peer{t: t, addr: listener.Addr().String(), links: make(chan *link, 1000)}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.links <- newLink(t, conn)
		}
	})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		accepting.Wait()
		for {
			select {
			case l := <-p.links:
				l.close()
			default:
				return
			}
		}
	})
	return p
}

// newPipe is a peer without a socket: what is written waits until the other
// side reads it, and in a synctest bubble time is the test's.
func newPipe(t testing.TB) *peer {
	p := &peer{t: t, addr: "pipe:1", links: make(chan *link, 1000)}
	p.dial = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		p.links <- newLink(t, far)
		return near, nil
	}
	return p
}

// accept returns the next connection.
func (p *peer) accept() *link {
	p.t.Helper()
	select {
	case l := <-p.links:
		return l
	case <-time.After(patience):
		require.FailNow(p.t, "no connection")
		return nil
	}
}

// bound accepts the next connection and binds it.
func (p *peer) bound() *link {
	p.t.Helper()
	l := p.accept()
	l.bind(pdu.StatusOK)
	return l
}

// link is the peer's side of one connection.
type link struct {
	t    testing.TB
	conn net.Conn
	r    *pdu.Reader
	once sync.Once
}

func newLink(t testing.TB, conn net.Conn) *link {
	l := &link{t: t, conn: conn, r: pdu.NewReader(conn)}
	t.Cleanup(l.close)
	return l
}

func (l *link) close() { l.once.Do(func() { _ = l.conn.Close() }) }

// next reads one PDU; the error is that of the connection.
func (l *link) next() (pdu.Frame, error) { return l.within(patience) }

func (l *link) within(limit time.Duration) (pdu.Frame, error) {
	if err := l.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return pdu.Frame{}, err
	}
	return l.r.Read()
}

// read reads one PDU of the command.
func (l *link) read(want pdu.Command) pdu.Frame {
	l.t.Helper()
	return l.reads(want, patience)
}

// reads reads one PDU of the command within a limit of its own.
func (l *link) reads(want pdu.Command, limit time.Duration) pdu.Frame {
	l.t.Helper()
	f, err := l.within(limit)
	require.NoError(l.t, err, "waiting for %s", want)
	require.Equal(l.t, want.String(), f.Command.String())
	return f
}

// submit reads one submit_sm.
func (l *link) submit() pdu.Message {
	l.t.Helper()
	m, err := pdu.DecodeMessage(l.read(pdu.SubmitSMID))
	require.NoError(l.t, err)
	return m
}

func (l *link) write(octets []byte) {
	l.t.Helper()
	_, err := l.conn.Write(octets)
	require.NoError(l.t, err)
}

func (l *link) header(cmd pdu.Command, status pdu.Status, sequence uint32) {
	l.t.Helper()
	l.write(pdu.AppendHeader(nil, cmd, status, sequence))
}

func (l *link) resp(sequence uint32, status pdu.Status, id string) {
	l.t.Helper()
	l.write(pdu.AppendResp(nil, pdu.SubmitSMRespID, status, sequence, id))
}

// bind reads the bind and answers it.
func (l *link) bind(status pdu.Status) pdu.Bind {
	l.t.Helper()
	b := l.readBind()
	l.bindResp(b, status)
	return b
}

func (l *link) readBind() pdu.Bind {
	l.t.Helper()
	f, err := l.next()
	require.NoError(l.t, err)
	b, err := pdu.DecodeBind(f)
	require.NoError(l.t, err)
	return b
}

func (l *link) bindResp(b pdu.Bind, status pdu.Status) {
	l.t.Helper()
	octets, err := pdu.AppendBindResp(nil, &pdu.BindResp{Command: b.Command.Resp(), Status: status, Sequence: b.Sequence, SystemID: "smsc"})
	require.NoError(l.t, err)
	l.write(octets)
}

// deliver sends an MO.
func (l *link) deliver(sequence uint32, text string) {
	l.t.Helper()
	l.write(deliverSM(l.t, pdu.DeliverSMID, sequence, text))
}

// gone waits until the other side has closed.
func (l *link) gone() {
	l.t.Helper()
	for {
		if _, err := l.next(); err != nil {
			require.NotErrorIs(l.t, err, os.ErrDeadlineExceeded, "the connection is still open")
			return
		}
	}
}

// quiet checks that nothing comes for a moment.
func (l *link) quiet(moment time.Duration) {
	l.t.Helper()
	require.NoError(l.t, l.conn.SetReadDeadline(time.Now().Add(moment)))
	f, err := l.r.Read()
	require.ErrorIs(l.t, err, os.ErrDeadlineExceeded, "got %s", f.Command)
}

// alive checks that the session still talks, and in step.
func (l *link) alive() {
	l.t.Helper()
	l.header(pdu.EnquireLinkID, pdu.StatusOK, 4711)
	f := l.read(pdu.EnquireLinkRespID)
	require.EqualValues(l.t, 4711, f.Sequence)
}

func deliverSM(t testing.TB, cmd pdu.Command, sequence uint32, text string) []byte {
	t.Helper()
	octets, err := pdu.AppendMessage(nil, cmd, &pdu.Message{
		Sequence: sequence,
		Source:   pdu.Address{TON: 1, NPI: 1, Addr: testPhone},
		Dest:     pdu.Address{Addr: "36111"},
		UserData: []byte(text),
	})
	require.NoError(t, err)
	return octets
}

const (
	testPhone    = "33612345678"
	testPassword = "sesame1"
)

func message(text string) *pdu.Message {
	return &pdu.Message{
		Source:             pdu.Address{Addr: "36111"},
		Dest:               pdu.Address{TON: 1, NPI: 1, Addr: testPhone},
		RegisteredDelivery: pdu.RegisteredFinal,
		UserData:           []byte(text),
	}
}

// upcalls is a Handler that keeps what it is told.
type upcalls struct {
	bound      chan *Bind
	deliveries chan *Delivery
	ended      chan error
	onDeliver  func(*Delivery) // instead of keeping it
}

var _ Handler = (*upcalls)(nil)

func (u *upcalls) Bound(b *Bind) { u.bound <- b }

func (u *upcalls) Deliver(d *Delivery) {
	if u.onDeliver != nil {
		u.onDeliver(d)
		return
	}
	u.deliveries <- d
}

func (u *upcalls) Ended(_ *Bind, cause error) { u.ended <- cause }

// outcomes is a Completer that keeps what it is told.
type outcomes chan Outcome

var _ Completer = outcomes(nil)

func (o outcomes) Complete(out Outcome) { o <- out }

func (o outcomes) next(t testing.TB) Outcome { return receive(t, o) }

func receive[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		panic("unreachable")
	}
}

// esme is a running carrier under test.
type esme struct {
	*Carrier
	*upcalls
	t        testing.TB
	outcomes outcomes
	stop     context.CancelFunc
	done     chan error
}

// defaults for tests: a bind comes back at once.
func testConfig(p *peer) Config {
	return Config{
		Name: "orange", Addr: p.addr, SystemID: "shop", Password: testPassword,
		Window: 64, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond,
	}
}

func start(t testing.TB, p *peer, cfg Config, opts Options) *esme {
	t.Helper()
	return startWith(t, p, cfg, opts, nil)
}

func startWith(t testing.TB, p *peer, cfg Config, opts Options, onDeliver func(*Delivery)) *esme {
	t.Helper()
	if p.dial != nil {
		opts.Dial = p.dial
	}
	u := &upcalls{bound: make(chan *Bind, 5000), deliveries: make(chan *Delivery, 5000), ended: make(chan error, 5000), onDeliver: onDeliver}
	ctx, stop := context.WithCancel(t.Context())
	e := &esme{Carrier: NewCarrier(cfg, u, opts), upcalls: u, t: t, outcomes: make(outcomes, 50_000), stop: stop, done: make(chan error, 1)}
	go func() { e.done <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-e.done:
			require.NoError(t, err)
		case <-time.After(patience):
			require.FailNow(t, "Run does not return")
		}
	})
	return e
}

// connected starts a carrier and binds its first session.
func connected(t testing.TB, cfg func(*Config)) (*esme, *link, *Bind) {
	t.Helper()
	p := newPeer(t)
	c := testConfig(p)
	if cfg != nil {
		cfg(&c)
	}
	e := start(t, p, c, Options{})
	l := p.bound()
	return e, l, receive(t, e.bound)
}

func (e *esme) submit(b *Bind, text string) uint32 {
	e.t.Helper()
	sequence, err := b.Submit(message(text), e.outcomes)
	require.NoError(e.t, err)
	return sequence
}

func eventually(t testing.TB, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, patience, time.Millisecond, what)
}
