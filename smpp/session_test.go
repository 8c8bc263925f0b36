package smpp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"repartee/smpp/pdu"
)

func TestPitfall59SequencesOfBothDirections(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	sequence := e.submit(b, "hello")
	l.submit()
	l.deliver(sequence, "PIZZA") // the same number, the other direction
	d := receive(t, e.deliveries)
	require.Empty(t, e.outcomes)
	require.True(t, d.Answer(pdu.StatusOK))
	require.Equal(t, sequence, l.read(pdu.DeliverSMRespID).Sequence)
	l.resp(sequence, pdu.StatusOK, "id")
	require.Equal(t, Accepted, e.outcomes.next(t).Kind)
}

// Cloudhopper: "odd sequence number".
func TestPitfall60SequenceWraps(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{firstSequence: 0x7FFFFFFD})
	l := p.bound()
	b := receive(t, e.bound)
	for _, want := range []uint32{0x7FFFFFFE, 0x7FFFFFFF, 1, 2} {
		require.Equal(t, want, e.submit(b, "hello"))
		require.Equal(t, want, l.submit().Sequence)
	}
	for _, sequence := range []uint32{0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF} {
		l.deliver(sequence, "PIZZA")
		require.True(t, receive(t, e.deliveries).Answer(pdu.StatusOK))
		require.Equal(t, sequence, l.read(pdu.DeliverSMRespID).Sequence)
	}
}

func TestPitfall60WrapSkipsOutstanding(t *testing.T) {
	t.Parallel()
	w := newWindow(8, maxSequence-1)
	w.requests[maxSequence] = request{}
	w.requests[1] = request{}
	require.EqualValues(t, 2, w.next())
}

func TestPitfall61OneCounterPerSession(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.EnquireInterval, c.ProofDelay = time.Millisecond, time.Millisecond })
	const messages = 2000
	go func() {
		for sent := 0; sent < messages; {
			if _, err := b.Submit(message("hello"), e.outcomes); err == nil {
				sent++
			} else {
				b.Probe() // no room: enquire_link races for the counter
			}
		}
	}()
	seen := map[uint32]bool{}
	for submits := 0; submits < messages; {
		f, err := l.next()
		require.NoError(t, err)
		require.False(t, seen[f.Sequence], "%s uses %d again", f.Command, f.Sequence)
		seen[f.Sequence] = true
		l.header(f.Command.Resp(), pdu.StatusOK, f.Sequence)
		if f.Command == pdu.SubmitSMID {
			submits++
		}
	}
	for range messages {
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
	}
}

func TestPitfall62EnquireLinkRespMirrorsSequence(t *testing.T) {
	t.Parallel()
	_, l, _ := connected(t, nil)
	l.header(pdu.EnquireLinkID, pdu.StatusOK, 0x1625d269)
	require.EqualValues(t, 0x1625d269, l.read(pdu.EnquireLinkRespID).Sequence)
}

// The queue of MOs is full and nothing is answered, the window is full and
// silent: enquire_link is answered all the same. So it is while the database
// is away (pitfall 80).
func TestPitfall63And80EnquireLinkUnderLoad(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	for range 64 {
		e.submit(b, "hello")
	}
	for i := range uint32(1000) {
		l.deliver(i, "PIZZA")
	}
	begun := time.Now()
	l.header(pdu.EnquireLinkID, pdu.StatusOK, 31)
	for range 64 {
		l.submit()
	}
	l.read(pdu.EnquireLinkRespID)
	require.Less(t, time.Since(begun), 5*time.Second)
	var refused int
	for range 1000 { // what the layer above does when its queue is full
		if receive(t, e.deliveries).Answer(pdu.StatusRXTAppn) {
			refused++
		}
	}
	for range refused {
		require.Equal(t, pdu.StatusRXTAppn, l.read(pdu.DeliverSMRespID).Status)
	}
	require.Equal(t, 1000, refused)
}

func TestPitfall64NoKeepAliveBeforeBind(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.EnquireInterval, cfg.EnquireTimeout = 5*time.Millisecond, 10*time.Second
	e := start(t, p, cfg, Options{})
	l := p.accept()
	bind := l.readBind()
	l.quiet(100 * time.Millisecond)
	require.Empty(t, e.bound)
	l.bindResp(bind, pdu.StatusOK)
	receive(t, e.bound)
	l.read(pdu.EnquireLinkID)
}

// Cloudhopper: "never a response".
func TestPitfall65SilentPeer(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.EnquireInterval, cfg.EnquireTimeout = 100*time.Millisecond, 300*time.Millisecond
	e := start(t, p, cfg, Options{})
	l := p.bound()
	e.submit(receive(t, e.bound), "hello")
	l.submit()
	l.read(pdu.EnquireLinkID)
	l.gone()
	require.ErrorIs(t, receive(t, e.ended), ErrSilent)
	o := e.outcomes.next(t)
	require.Equal(t, Cut, o.Kind)
	require.False(t, o.WrittenAt.IsZero())
	p.bound()
}

func TestPitfall65AnyPDUIsLife(t *testing.T) {
	bubble(t, func(t *testing.T, p *peer) {
		e := start(t, p, testConfig(p), Options{})
		l := p.bound()
		b := receive(t, e.bound)
		for i := range uint32(3) {
			l.reads(pdu.EnquireLinkID, time.Minute) // never answered
			l.deliver(i, "PIZZA")
			receive(t, e.deliveries)
		}
		require.False(t, b.Over())
		l.reads(pdu.EnquireLinkID, time.Minute)
		pass(11 * time.Second)
		require.True(t, b.Over())
		require.ErrorIs(t, receive(t, e.ended), ErrSilent)
	})
}

func TestPitfall65PeerStopsReading(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Window, cfg.WriteTimeout = 1000, 100*time.Millisecond
	e := start(t, p, cfg, Options{})
	p.bound() // and never reads again
	b := receive(t, e.bound)
	long := &pdu.Message{UserData: make([]byte, 60_000), InPayload: true}
	submitted := 0
	for !b.Over() {
		if _, err := b.Submit(long, e.outcomes); err == nil {
			submitted++
		}
	}
	require.ErrorContains(t, receive(t, e.ended), "writing")
	for range submitted {
		require.Equal(t, Cut, e.outcomes.next(t).Kind)
	}
	require.Positive(t, submitted)
}

// A peer that asks and asks and reads no answer costs bounded memory.
func TestDeafPeer(t *testing.T) {
	t.Parallel()
	for name, frame := range map[string][]byte{
		"enquire_link": pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 1),
		"deliver_sm":   deliverSM(t, pdu.DeliverSMID, 1, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipe(t) // no buffer takes the answers
			cfg := testConfig(p)
			cfg.WriteTimeout = patience
			e := startWith(t, p, cfg, Options{}, func(d *Delivery) { d.Answer(pdu.StatusOK) })
			l := p.bound()
			receive(t, e.bound)
			flood := bytes.Repeat(frame, 5000)
			for len(e.ended) == 0 {
				if _, err := l.conn.Write(flood); err != nil {
					break
				}
			}
			require.ErrorIs(t, receive(t, e.ended), ErrDeaf)
		})
	}
}

// Cloudhopper: "response type does not match request", "response nobody
// asked for".
func TestResponseThatMatchesNothing(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	counts := newCounts()
	e := start(t, p, testConfig(p), Options{Observer: counts})
	l := p.bound()
	b := receive(t, e.bound)
	sequence := e.submit(b, "hello")
	l.submit()
	l.header(pdu.DataSMRespID, pdu.StatusOK, sequence)
	l.resp(sequence+5, pdu.StatusOK, "nobody")
	l.header(pdu.UnbindRespID, pdu.StatusOK, sequence)
	l.alive()
	require.Empty(t, e.outcomes)
	require.EqualValues(t, 3, counts.unknown.Load())
	l.resp(sequence, pdu.StatusOK, "id")
	require.Equal(t, "id", e.outcomes.next(t).MessageID)
}

// Cloudhopper: "peer closes".
func TestPeerCloses(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	l.close()
	require.ErrorContains(t, receive(t, e.ended), "closed the connection")
	require.True(t, b.Over())
	_, err := b.Submit(message("hello"), e.outcomes)
	require.ErrorIs(t, err, ErrOver)
}

func TestAnswerBelongsToItsBind(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.bound()
	l.deliver(1, "PIZZA")
	d := receive(t, e.deliveries)
	l.close()
	receive(t, e.ended)
	again := p.bound()
	require.False(t, d.Answer(pdu.StatusOK))
	again.alive() // nothing of the old answer before it
}

// Answered only when the layer above says so, in the order it says.
func TestPitfall81AnsweredAfterCommit(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	l.deliver(1, "PIZZA")
	l.deliver(2, "STOP")
	first, second := receive(t, e.deliveries), receive(t, e.deliveries)
	l.alive() // the answer to this is the first thing that comes
	require.True(t, second.Answer(pdu.StatusOK))
	require.True(t, first.Answer(pdu.StatusRXTAppn))
	require.EqualValues(t, 2, l.read(pdu.DeliverSMRespID).Sequence)
	require.Equal(t, pdu.StatusRXTAppn, l.read(pdu.DeliverSMRespID).Status)
}

func TestPitfall82ReceiverGoneTransmitterAlive(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Mode = Pair
	cfg.BackoffMin, cfg.BackoffMax = time.Hour, time.Hour
	e := start(t, p, cfg, Options{})
	roles := map[Role]*link{}
	for range 2 {
		l := p.accept()
		if l.bind(pdu.StatusOK).Command == pdu.BindReceiverID {
			roles[RX] = l
		} else {
			roles[TX] = l
		}
		receive(t, e.bound)
	}
	eventually(t, func() bool { return e.Up() && e.Receiving() }, "both bound")
	roles[RX].close()
	receive(t, e.ended)
	eventually(t, func() bool { return !e.Receiving() }, "the receiver is seen to be gone")
	require.True(t, e.Up())
	var states []string
	eventually(t, func() bool {
		states = nil
		for _, info := range e.Binds() {
			states = append(states, fmt.Sprint(info.Role, " ", info.State))
		}
		return strings.Join(states, ", ") == "tx bound, rx waiting"
	}, "health per bind")
	rx := e.Binds()[1]
	require.NotEmpty(t, rx.LastError)
	require.False(t, rx.NextAttempt.IsZero())
	e.submit(e.Pick(0), "hello")
	roles[TX].submit()
}

func TestReceiverTakesNoSubmit(t *testing.T) {
	t.Parallel()
	e, _, b := connected(t, func(c *Config) { c.Mode = Receiver })
	_, err := b.Submit(message("hello"), e.outcomes)
	require.ErrorIs(t, err, ErrReceiver)
	require.Nil(t, e.Pick(0))
	require.False(t, e.Up())
}

func TestSubmitThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	m := message(strings.Repeat("x", 255))
	_, err := b.Submit(m, e.outcomes)
	var field *pdu.FieldError
	require.ErrorAs(t, err, &field)
	require.EqualValues(t, 0, e.Binds()[0].Used)
	e.submit(b, "hello")
	require.Equal(t, "hello", string(l.submit().UserData))
}

// Logs carry neither text nor number nor password.
func TestLogsArePrivate(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	core, logs := observer.New(zapcore.DebugLevel)
	e := start(t, p, testConfig(p), Options{Log: zap.New(core)})
	p.accept().bind(pdu.StatusSysErr)
	l := p.bound()
	b := receive(t, e.bound)
	e.submit(b, "confidential")
	l.resp(l.submit().Sequence, pdu.StatusInvDstAdr, "")
	whole := deliverSM(t, pdu.DeliverSMID, 21, "confidential")
	l.write(with(whole[:40]))
	l.read(pdu.DeliverSMRespID)
	l.write(deliverSM(t, pdu.SubmitSMID, 22, "confidential"))
	l.read(pdu.GenericNackID)
	l.close()
	receive(t, e.ended)
	p.bound()
	require.NotZero(t, logs.Len())
	for _, entry := range logs.All() {
		line := fmt.Sprint(entry.Message, entry.ContextMap())
		for _, secret := range []string{"confidential", testPhone, testPassword} {
			require.NotContains(t, line, secret)
		}
	}
}
