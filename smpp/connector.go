package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// connector holds one session of a carrier: it connects, binds, reads the
// bind until its end, pauses, and begins again. It has one connection at most,
// and closes it before it opens the next.
type connector struct {
	carrier *Carrier
	slot    int
	role    Role
	log     *zap.Logger
	backoff backoff

	mu   sync.Mutex
	info BindInfo
	bind *Bind // while bound
}

func newConnector(c *Carrier, slot int, role Role) *connector {
	return &connector{
		carrier: c,
		slot:    slot,
		role:    role,
		log:     c.log.With(zap.Int("slot", slot), zap.Stringer("role", role)),
		backoff: newBackoff(&c.cfg),
		info:    BindInfo{Carrier: c.cfg.Name, Slot: slot, Role: role, Window: c.cfg.Window},
	}
}

// run holds the session until connecting ends; what is bound lives on until
// ctx ends or the bind is drained.
func (k *connector) run(ctx, connecting context.Context) {
	for connecting.Err() == nil {
		pause, err := k.session(ctx, connecting)
		if connecting.Err() != nil {
			break
		}
		k.state(Waiting, err, time.Now().Add(pause))
		if !sleep(connecting, pause) {
			break
		}
	}
	k.state(Stopped, nil, time.Time{})
}

// session binds and lives through the bind. It returns how long to wait
// before the next one, and why there has to be one.
func (k *connector) session(ctx, connecting context.Context) (time.Duration, error) {
	b, err := k.connect(connecting)
	if err != nil {
		return k.failed(connecting, err), err
	}
	k.carrier.turns.bound()
	err = k.hold(ctx, b)
	lasted := time.Since(b.since)
	k.log.Info("bind ended", zap.Int64("bind", b.id), zap.Duration("lasted", lasted), zap.NamedError("cause", err))
	return k.backoff.pause(lasted), err
}

// hold lives through one bind.
func (k *connector) hold(ctx context.Context, b *Bind) error {
	release := context.AfterFunc(ctx, func() { b.end(context.Cause(ctx)) })
	defer release()
	k.mu.Lock()
	k.bind = b
	k.mu.Unlock()
	k.state(Bound, nil, time.Time{})
	k.log.Info("bound", zap.Int64("bind", b.id))
	k.carrier.handler.Bound(b)
	k.carrier.register(b)
	cause := b.live()
	k.carrier.handler.Ended(b, cause)
	k.mu.Lock()
	k.bind = nil
	k.mu.Unlock()
	return cause
}

// failed logs a bind that failed, loudly the first time, and returns the
// pause.
func (k *connector) failed(ctx context.Context, err error) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	var bind *BindError
	if !errors.As(err, &bind) {
		bind = &BindError{Kind: Unreachable, Err: err}
	}
	pause := k.backoff.pause(0)
	log := k.log.Warn
	if bind.Kind.permanent() {
		pause = k.backoff.slowest()
		log = k.log.Error
	}
	if bind.Kind == CredentialsRefused { // the account, hence all sessions
		k.carrier.turns.hold(time.Now().Add(pause))
	}
	if !k.carrier.turns.first(bind.Kind) {
		log = k.log.Debug
	}
	log("not bound", zap.Stringer("kind", bind.Kind), zap.Stringer("status", bind.Status), zap.Duration("again_in", pause), zap.Error(err))
	return pause
}

// connect makes a bound session, or returns a [*BindError]. The sessions of a
// carrier take turns, so that a wrong password is tried once and not once per
// session.
func (k *connector) connect(ctx context.Context) (*Bind, error) {
	if err := k.carrier.turns.take(ctx); err != nil {
		return nil, err
	}
	defer k.carrier.turns.give()
	k.state(Connecting, nil, time.Time{})
	conn, err := k.dial(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	b, err := k.handshake(conn)
	if !stop() {
		// The carrier stopped meanwhile and the connection is closed.
		return nil, context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close() // given up; there is nothing to do about an error
		return nil, err
	}
	return b, nil
}

// dial connects, with TLS if configured.
func (k *connector) dial(ctx context.Context) (net.Conn, error) {
	cfg := &k.carrier.cfg
	ctx, cancel := context.WithTimeout(ctx, cfg.BindTimeout)
	defer cancel()
	conn, err := k.carrier.opts.Dial(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, dialFailure(err)
	}
	if cfg.TLS == nil {
		return conn, nil
	}
	secure := tls.Client(conn, k.carrier.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, handshakeFailure(err)
	}
	return secure, nil
}

// handshake binds on a fresh connection. bind_timeout runs for the bind
// alone; no keep-alive runs before it is over.
func (k *connector) handshake(conn net.Conn) (*Bind, error) {
	request := k.carrier.cfg.bindRequest(k.role, k.carrier.opts.firstSequence)
	octets, err := pdu.AppendBind(nil, &request)
	if err != nil {
		return nil, &BindError{Kind: Misconfigured, Err: err}
	}
	if err := conn.SetDeadline(time.Now().Add(k.carrier.cfg.BindTimeout)); err != nil {
		return nil, &BindError{Kind: ClosedBeforeBind, Err: err}
	}
	k.carrier.trace.noteAll(k, octets, time.Now())
	if _, err := conn.Write(octets); err != nil {
		return nil, handshakeLost(err)
	}
	reader := pdu.NewReader(conn)
	status, err := k.awaitBindResp(conn, reader, &request)
	if err != nil {
		return nil, handshakeLost(err)
	}
	if status != pdu.StatusOK {
		return nil, refusal(status)
	}
	_ = conn.SetDeadline(time.Time{}) // a peer that answered and hung up was bound: the first read tells
	return newBind(k, conn, reader, request.Sequence), nil
}

// handshakeLost tells an SMSC that says nothing from one that hangs up, and
// from one that refuses our certificate: with TLS 1.3 that comes only after
// the handshake.
func handshakeLost(err error) error {
	var timeout net.Error
	var alert *net.OpError
	switch {
	case errors.As(err, &alert) && alert.Op == "remote error": // as crypto/tls reports an alert
		return &BindError{Kind: TLSFailed, Err: err}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &BindError{Kind: NoBindResponse, Err: err}
	}
	return &BindError{Kind: ClosedBeforeBind, Err: err}
}

// awaitBindResp reads up to the answer to the bind. Everything in it behind
// the header is optional and not needed. An SMSC that asks something first is
// answered.
func (k *connector) awaitBindResp(conn net.Conn, reader *pdu.Reader, request *pdu.Bind) (pdu.Status, error) {
	for {
		f, err := reader.Read()
		if err == nil {
			k.carrier.trace.note(k, false, f, time.Now())
		}
		switch {
		case err != nil:
			return 0, err
		case f.Command == pdu.GenericNackID && f.Sequence == request.Sequence && f.Status == pdu.StatusOK:
			return pdu.StatusBindFail, nil
		case f.Command == request.Command.Resp() || f.Command == pdu.GenericNackID && f.Sequence == request.Sequence:
			return f.Status, nil
		case f.Command.Response():
			continue
		}
		if _, err := conn.Write(early(f)); err != nil {
			return 0, err
		}
	}
}

// early answers a request that comes before bind_resp.
func early(f pdu.Frame) []byte {
	switch f.Command {
	case pdu.EnquireLinkID:
		return pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence)
	case pdu.DeliverSMID, pdu.DataSMID:
		return pdu.AppendResp(nil, f.Command, pdu.StatusInvBndSts, f.Sequence, "")
	}
	return pdu.AppendHeader(nil, pdu.GenericNackID, pdu.StatusInvBndSts, f.Sequence)
}

// state notes where the session is and tells the observer.
func (k *connector) state(s State, err error, next time.Time) {
	k.mu.Lock()
	k.info.State, k.info.NextAttempt = s, next
	if err != nil {
		k.info.LastError = err.Error()
	}
	k.mu.Unlock()
	k.announce()
}

// announce tells the observer how the session stands.
func (k *connector) announce() { k.carrier.opts.Observer.BindState(k.view()) }

// view returns the session as it stands.
func (k *connector) view() BindInfo {
	k.mu.Lock()
	defer k.mu.Unlock()
	info := k.info
	if k.bind == nil {
		return info
	}
	k.bind.describe(&info)
	return info
}
