package smsc_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// echoing is an ESME of package smpp that acknowledges each MO and echoes it.
// What it could not submit at once it keeps for the next bind, as a gateway's
// outbox does.
type echoing struct {
	carrier *smpp.Carrier

	mu      sync.Mutex
	waiting []pdu.Message
}

func (e *echoing) Bound(*smpp.Bind)        { e.drain() }
func (e *echoing) Ended(*smpp.Bind, error) {}

func (e *echoing) Deliver(d *smpp.Delivery) {
	d.Answer(pdu.StatusOK)
	m := &d.Message
	if m.Type() != 0 {
		return
	}
	e.mu.Lock()
	e.waiting = append(e.waiting, pdu.Message{
		Source: pdu.Address{Addr: m.Dest.Addr}, Dest: m.Source, RegisteredDelivery: 1,
		UserData: []byte("got #" + strings.TrimPrefix(string(m.UserData), "NUM ")),
	})
	e.mu.Unlock()
	e.drain()
}

// drain submits what waits, as far as there is room.
func (e *echoing) drain() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.waiting) > 0 {
		b := e.carrier.Pick(0)
		if b == nil {
			return
		}
		m := e.waiting[0]
		if _, err := b.Submit(&m, completed{e, m}); err != nil {
			return
		}
		e.waiting = e.waiting[1:]
	}
}

// completed sends a message again whose outcome nobody knows.
type completed struct {
	e *echoing
	m pdu.Message
}

func (c completed) Complete(o smpp.Outcome) {
	if o.Kind == smpp.Cut || o.Kind == smpp.Refused {
		c.e.mu.Lock()
		c.e.waiting = append(c.e.waiting, c.m)
		c.e.mu.Unlock()
	}
	if o.Kind != smpp.Cut { // after a cut Bound drains
		c.e.drain()
	}
}

// bindESME runs a carrier of package smpp until the test ends.
func bindESME(t *testing.T, s *smsc.Server, change func(*smpp.Config)) *smpp.Carrier {
	t.Helper()
	cfg := smpp.Config{
		Name: "sim", Addr: s.Addr(), SystemID: "shop", Password: "secret", Sessions: 2, Window: 100,
		BackoffMin: time.Millisecond, BackoffMax: 10 * time.Millisecond,
	}
	if change != nil {
		change(&cfg)
	}
	e := &echoing{}
	e.carrier = smpp.NewCarrier(cfg, e, smpp.Options{})
	run, stop := context.WithCancel(context.Background())
	finished := make(chan error, 1)
	go func() { finished <- e.carrier.Run(run) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-finished)
	})
	require.NoError(t, s.Account("shop").WaitBound(ctx(t), cfg.Sessions))
	return e.carrier
}

func TestNumberedLoadUnderCuts(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.Account("shop")
	bindESME(t, s, nil)
	l, err := s.StartLoad(smsc.LoadOptions{
		Texts: []string{"NUM {n}"}, Numbered: true, Phones: 500, Turns: 5000, Outstanding: 200,
	})
	require.NoError(t, err)
	for range 3 {
		at := l.Report().Acknowledged
		require.Eventually(t, func() bool { return l.Report().Acknowledged > at+200 }, limit, time.Millisecond)
		require.Positive(t, a.Drop())
		require.NoError(t, a.WaitBound(ctx(t), 1))
	}
	r, err := l.Wait(ctx(t))
	require.NoError(t, err)
	require.EqualValues(t, 5000, r.MOs)
	require.EqualValues(t, 5000, r.Acknowledged)
	require.EqualValues(t, 5000, r.Turns)
	require.Zero(t, r.MissingCount+r.Lost+r.Strange+r.Unacknowledged)
	c := a.Counters()
	require.Positive(t, c.Cut)
	require.EqualValues(t, 5000, c.MOs)
}

func TestTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	s, err := smsc.Start(smsc.Options{
		Accounts: []smsc.AccountOptions{shop()}, TLS: &tls.Config{Certificates: web.TLS.Certificates},
	})
	require.NoError(t, err)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	bindESME(t, s, func(c *smpp.Config) { c.TLS = &tls.Config{RootCAs: roots, ServerName: "example.com"} })
	_, err = s.Phone(phone).Send(code, "NUM 1")
	require.NoError(t, err)
	_, err = s.Phone(phone).Expect(ctx(t), "got #1")
	require.NoError(t, err)
}
