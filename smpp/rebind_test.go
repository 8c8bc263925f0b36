package smpp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"repartee/smpp/pdu"
)

func TestPitfall66AlreadyBoundIsTemporary(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	for range 5 {
		l := p.accept()
		l.bind(pdu.StatusAlyBnd)
		l.gone()
	}
	eventually(t, func() bool { return strings.Contains(e.Binds()[0].LastError, "ESME_RALYBND") }, "the state names the refusal")
	p.bound()
	receive(t, e.bound)
}

func TestPitfall67OneConnection(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	for range 20 {
		l := p.bound()
		l.header(pdu.EnquireLinkID, pdu.StatusOK, 1)
		l.read(pdu.EnquireLinkRespID)
		l.header(pdu.UnbindID, pdu.StatusOK, 2) // the connection stays open on our side
		l.read(pdu.UnbindRespID)
		l.gone() // ours is closed before the next one comes
	}
	p.bound().alive()
	require.Empty(t, p.links)
	require.Len(t, e.ended, 20)
}

// bubble runs a test on pipes and in its own time: minutes pass at once.
func bubble(t *testing.T, test func(t *testing.T, p *peer)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, newPipe(t)) })
}

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }

func TestPitfall68AcceptAndClose(t *testing.T) {
	bubble(t, func(t *testing.T, p *peer) {
		cfg := testConfig(p)
		cfg.BackoffMin, cfg.BackoffMax = 0, 0 // the defaults
		e := start(t, p, cfg, Options{})
		go func() {
			for l := range p.links {
				l.bind(pdu.StatusOK)
				l.close()
			}
		}()
		pass(time.Minute)
		require.GreaterOrEqual(t, len(e.ended), 4)
		require.LessOrEqual(t, len(e.ended), 9)
		e.stop()
		require.NoError(t, <-e.done)
		e.done <- nil
		close(p.links)
	})
}

// A wrong password is tried by one session, once, then at the slowest pace by
// one session at a time; it is said loudly once.
func TestPitfall68WrongPassword(t *testing.T) {
	bubble(t, func(t *testing.T, p *peer) {
		core, logs := observer.New(zapcore.ErrorLevel)
		cfg := testConfig(p)
		cfg.Sessions, cfg.Mode = 2, Pair
		cfg.BackoffMin, cfg.BackoffMax = 0, 0
		e := start(t, p, cfg, Options{Log: zap.New(core)})
		binds := 0
		go func() {
			for l := range p.links {
				l.bind(pdu.StatusInvPaswd)
				binds++
			}
		}()
		synctest.Wait()
		require.Equal(t, 1, binds)
		pass(time.Minute - time.Second)
		synctest.Wait()
		require.Equal(t, 1, binds)
		pass(10 * time.Minute)
		synctest.Wait()
		require.LessOrEqual(t, binds, 11)
		require.GreaterOrEqual(t, binds, 8)
		require.Equal(t, 1, logs.Len(), "said once")
		require.Contains(t, logs.All()[0].ContextMap()["error"], "system_id or password")
		e.stop()
		require.NoError(t, <-e.done)
		e.done <- nil
		close(p.links)
	})
}

func TestBackoffResetsAfterAStableBind(t *testing.T) {
	t.Parallel()
	b := newBackoff(&Config{BackoffMin: time.Second, BackoffMax: time.Minute, BackoffStable: 30 * time.Second})
	for _, most := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		pause := b.pause(29 * time.Second)
		require.LessOrEqual(t, pause, most*time.Second)
		require.GreaterOrEqual(t, pause, most*time.Second/2)
	}
	require.LessOrEqual(t, b.pause(30*time.Second), time.Second)
	require.GreaterOrEqual(t, b.slowest(), time.Minute)
}

// failure starts a carrier against addr and returns how its first bind fails.
func failure(t *testing.T, cfg Config) *BindError {
	t.Helper()
	c := NewCarrier(cfg, nil, Options{})
	_, err := c.connectors[0].connect(t.Context())
	var bind *BindError
	require.ErrorAs(t, err, &bind)
	require.Greater(t, len(bind.Error()), 40, "says what to do")
	return bind
}

func TestBindFailuresAreToldApart(t *testing.T) {
	t.Parallel()
	refusing := func(status pdu.Status) func(*link) {
		return func(l *link) { l.bind(status) }
	}
	for name, c := range map[string]struct {
		kind   FailureKind
		script func(*link)
		tls    bool
	}{
		"wrong password":     {CredentialsRefused, refusing(pdu.StatusInvPaswd), false},
		"unknown system id":  {CredentialsRefused, refusing(pdu.StatusInvSysID), false},
		"bind failed":        {BindRefused, refusing(pdu.StatusBindFail), false},
		"already bound":      {AlreadyBound, refusing(pdu.StatusAlyBnd), false},
		"system error":       {BindDeferred, refusing(pdu.StatusSysErr), false},
		"vendor's own":       {BindDeferred, refusing(0x400), false},
		"late bind_resp":     {NoBindResponse, func(l *link) { l.readBind(); l.gone() }, false},
		"closed":             {ClosedBeforeBind, func(l *link) { l.readBind(); l.close() }, false},
		"nacked":             {BindRefused, func(l *link) { l.header(pdu.GenericNackID, pdu.StatusInvCmdID, l.readBind().Sequence) }, false},
		"nacked without why": {BindRefused, func(l *link) { l.header(pdu.GenericNackID, 0, l.readBind().Sequence) }, false},
		"no TLS there":       {TLSFailed, func(l *link) { l.write([]byte("SSH-2.0-OpenSSH_9.2\r\n")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			cfg := testConfig(p)
			cfg.BindTimeout = patience
			if c.kind == NoBindResponse {
				cfg.BindTimeout = 100 * time.Millisecond
			}
			if c.tls {
				cfg.TLS = &tls.Config{}
			}
			done := make(chan *BindError, 1)
			go func() { done <- failure(t, cfg) }()
			c.script(p.accept())
			require.Equal(t, c.kind.String(), receive(t, done).Kind.String())
		})
	}
}

func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	require.Equal(t, ConnectionRefused, failure(t, Config{Addr: "127.0.0.1:1"}).Kind) // nobody has this port
	require.Equal(t, Unreachable, failure(t, Config{Addr: "127.0.0.1:99999"}).Kind)
}

// An SMSC may ask something before it answers the bind.
func TestRequestsBeforeBindResp(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.accept()
	bind := l.readBind()
	require.Equal(t, "shop", bind.SystemID)
	require.Equal(t, testPassword, bind.Password)
	l.alive()
	l.deliver(6, "PIZZA")
	require.Equal(t, pdu.StatusInvBndSts, l.read(pdu.DeliverSMRespID).Status)
	outbind, err := pdu.AppendOutbind(nil, &pdu.Outbind{Sequence: 7})
	require.NoError(t, err)
	l.write(outbind)
	require.EqualValues(t, 7, l.read(pdu.GenericNackID).Sequence)
	l.bindResp(bind, pdu.StatusOK)
	receive(t, e.bound)
	require.Empty(t, e.deliveries)
}

// MOs that come right behind bind_resp, in the same segment, are not lost.
func TestDeliverBehindBindResp(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.accept()
	bind := l.readBind()
	octets := pdu.AppendResp(nil, bind.Command, pdu.StatusOK, bind.Sequence, "smsc")
	l.write(append(octets, deliverSM(t, pdu.DeliverSMID, 1, "PIZZA")...))
	d := receive(t, e.deliveries)
	require.Same(t, receive(t, e.bound), d.Bind)
	require.EqualValues(t, 1, d.Arrival)
}

// One role that is refused for good does not keep the other from binding.
func TestRefusedReceiverDoesNotHoldTheTransmitter(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Mode = Pair
	cfg.BackoffMax = time.Hour
	e := start(t, p, cfg, Options{})
	for bound := 0; bound < 3; {
		l := p.accept()
		b := l.readBind()
		if b.Command == pdu.BindReceiverID {
			l.bindResp(b, pdu.StatusBindFail)
			continue
		}
		l.bindResp(b, pdu.StatusOK)
		receive(t, e.bound)
		l.close()
		bound++
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, roots := selfSigned(t)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	p := &peer{t: t, addr: listener.Addr().String(), links: make(chan *link, 10)}
	accept := func() {
		if conn, err := listener.Accept(); err == nil {
			p.links <- newLink(t, conn)
		}
	}
	go accept()
	cfg := testConfig(p)
	cfg.TLS = &tls.Config{RootCAs: roots, ServerName: "smsc.example"}
	e := start(t, p, cfg, Options{})
	l := p.bound()
	b := receive(t, e.bound)
	e.submit(b, "hello")
	l.resp(l.submit().Sequence, pdu.StatusOK, "id")
	require.Equal(t, Accepted, e.outcomes.next(t).Kind)

	go func() {
		if conn, err := listener.Accept(); err == nil {
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	cfg.TLS = &tls.Config{ServerName: "smsc.example"}
	refused := failure(t, cfg)
	require.Equal(t, TLSFailed, refused.Kind)
	require.Contains(t, refused.Error(), "ca_file")
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"smsc.example"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// Pitfall 55: too long a password is a configuration error, never cut.
func TestConfigErrors(t *testing.T) {
	t.Parallel()
	good := Config{Name: "orange", Addr: "smsc.example:2775", SystemID: "shop", Password: testPassword}
	require.NoError(t, good.Validate())
	for want, change := range map[string]func(*Config){
		"password":  func(c *Config) { c.Password = "ninechars" },
		"system_id": func(c *Config) { c.SystemID = "sixteencharacter" },
		"host:port": func(c *Config) { c.Addr = "smsc.example" },
		"negative":  func(c *Config) { c.Window = -1 },
		"bind":      func(c *Config) { c.Mode = 9 },
	} {
		cfg := good
		change(&cfg)
		err := cfg.Validate()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "ninechars")
		require.Error(t, NewCarrier(cfg, nil, Options{}).Run(context.Background()))
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for mode := range Mode(len(modeNames)) {
		parsed, err := ParseMode(mode.String())
		require.NoError(t, err)
		require.Equal(t, mode, parsed)
	}
	_, err := ParseMode("both")
	require.ErrorContains(t, err, "transceiver, transmitter, receiver or pair")
	require.Equal(t, "trx tx rx", TRX.String()+" "+TX.String()+" "+RX.String())
	require.Equal(t, "late", Late.String())
	require.Equal(t, "temporary", Temporary.String())
}
