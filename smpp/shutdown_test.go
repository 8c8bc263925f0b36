package smpp

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// drain starts Drain and returns its result.
func (e *esme) drain(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() { done <- e.Drain(ctx) }()
	return done
}

func (e *esme) stopped() {
	e.t.Helper()
	require.NoError(e.t, receive(e.t, e.done))
	e.done <- nil
}

// unbind in the middle of load: what is under way gets its responses and
// answers, nothing else is sent, and the session comes back.
func TestPitfall69UnbindFromTheSMSC(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.bound()
	b := receive(t, e.bound)
	for range 10 {
		e.submit(b, "hello")
	}
	l.deliver(90, "PIZZA")
	d := receive(t, e.deliveries)
	l.header(pdu.UnbindID, pdu.StatusOK, 91)
	var sequences []uint32
	for range 10 {
		sequences = append(sequences, l.submit().Sequence)
	}
	require.EqualValues(t, 91, l.read(pdu.UnbindRespID).Sequence)
	_, err := b.Submit(message("hello"), e.outcomes)
	require.ErrorIs(t, err, ErrOver)
	require.Nil(t, e.Pick(0))
	require.False(t, e.Up())
	require.Equal(t, Unbinding, e.Binds()[0].State)
	for _, sequence := range sequences {
		l.resp(sequence, pdu.StatusOK, "id")
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
	}
	require.Empty(t, e.ended, "an answer is still owed")
	require.True(t, d.Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	l.gone()
	require.ErrorIs(t, receive(t, e.ended), ErrUnbound)
	p.bound()
	receive(t, e.bound)
}

func TestUnbindFromTheSMSCIsBounded(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.ResponseTimeout = 30 * time.Millisecond })
	l.deliver(1, "PIZZA") // never answered above
	receive(t, e.deliveries)
	l.header(pdu.UnbindID, pdu.StatusOK, 91)
	l.read(pdu.UnbindRespID)
	l.gone()
	require.ErrorIs(t, receive(t, e.ended), ErrUnbound)
	require.True(t, b.Over())
}

func TestPitfall70DrainUnderLoad(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.bound()
	b := receive(t, e.bound)
	for range 10 {
		e.submit(b, "hello")
	}
	var sequences []uint32
	for range 10 {
		sequences = append(sequences, l.submit().Sequence)
	}
	l.deliver(50, "PIZZA")
	d := receive(t, e.deliveries)
	drained := e.drain(t.Context())
	eventually(t, func() bool { return e.Pick(0) == nil }, "draining")
	eventually(t, func() bool { _, err := b.Submit(message("hello"), e.outcomes); return err == ErrDraining }, "no new submits")
	l.deliver(51, "STOP") // neither queued nor answered
	l.alive()
	for _, sequence := range sequences {
		l.resp(sequence, pdu.StatusOK, "id")
	}
	l.alive() // no unbind while an answer is owed
	require.True(t, d.Answer(pdu.StatusOK))
	require.EqualValues(t, 50, l.read(pdu.DeliverSMRespID).Sequence)
	unbind := l.read(pdu.UnbindID)
	require.Empty(t, drained)
	l.header(pdu.UnbindRespID, pdu.StatusOK, unbind.Sequence)
	l.gone()
	require.NoError(t, receive(t, drained))
	e.stopped()
	require.Len(t, e.outcomes, 10)
	for range 10 {
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
	}
	require.ErrorIs(t, receive(t, e.ended), ErrDrained)
	require.EqualValues(t, 1, b.Proved(), "unbind_resp proves all answers")
	require.Empty(t, e.deliveries)
	require.Empty(t, p.links, "it does not come back")
	require.Equal(t, Stopped, e.Binds()[0].State)
}

// Cloudhopper: "unbind unanswered". Responses and answers that never come
// hold up nothing either.
func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.DrainTimeout, cfg.ResponseTimeout = 30*time.Millisecond, 60*time.Millisecond
	e := start(t, p, cfg, Options{})
	l := p.bound()
	b := receive(t, e.bound)
	l.deliver(1, "PIZZA")
	receive(t, e.deliveries)
	e.submit(b, "hello")
	l.submit()
	drained := e.drain(t.Context())
	l.read(pdu.UnbindID)
	require.NoError(t, receive(t, drained))
	require.ErrorIs(t, receive(t, e.ended), errNoUnbindResp)
	e.stopped()
}

func TestDrainWhoseTimeIsUp(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	e.submit(b, "hello")
	l.submit()
	ctx, cancel := context.WithCancel(t.Context())
	drained := e.drain(ctx)
	cancel()
	require.ErrorIs(t, receive(t, drained), context.Canceled)
	require.Equal(t, Cut, e.outcomes.next(t).Kind)
	e.stopped()
}

// Cloudhopper: "several closes in a row".
func TestSeveralClosesInARow(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	var drains sync.WaitGroup
	for range 5 {
		drains.Go(func() { _ = e.Drain(t.Context()) })
	}
	unbind := l.read(pdu.UnbindID)
	e.stop()
	l.header(pdu.UnbindRespID, pdu.StatusOK, unbind.Sequence)
	e.stop()
	l.gone()
	drains.Wait()
	e.stopped()
	require.NoError(t, e.Drain(t.Context()))
	require.Len(t, e.ended, 1)
	require.ErrorContains(t, e.Run(t.Context()), "runs once")
}

// A carrier that waits for its next attempt, hangs in the middle of a bind, or
// was never started, drains at once.
func TestDrainUnbound(t *testing.T) {
	t.Parallel()
	never := NewCarrier(Config{}, nil, Options{})
	require.NoError(t, never.Drain(t.Context()))

	p := newPeer(t)
	cfg := testConfig(p)
	cfg.BackoffMin, cfg.BackoffMax = time.Hour, time.Hour
	waiting := start(t, p, cfg, Options{})
	p.accept().bind(pdu.StatusAlyBnd)
	eventually(t, func() bool { return waiting.Binds()[0].State == Waiting }, "the pause")
	require.NoError(t, waiting.Drain(t.Context()))
	waiting.stopped()

	binding := start(t, p, testConfig(p), Options{})
	p.accept().readBind()
	require.NoError(t, binding.Drain(t.Context()))
	binding.stopped()
}

func TestStopClosesAtOnce(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	e.submit(b, "hello")
	l.submit()
	e.stop()
	require.NoError(t, receive(t, e.done))
	e.done <- nil
	require.Equal(t, Cut, e.outcomes.next(t).Kind)
	require.ErrorIs(t, receive(t, e.ended), context.Canceled)
	l.gone()
}

func TestStates(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	counts := newCounts()
	e := start(t, p, testConfig(p), Options{Observer: counts, NewBindID: func() int64 { return 77 }})
	p.accept().bind(pdu.StatusSysErr)
	l := p.bound()
	b := receive(t, e.bound)
	require.EqualValues(t, 77, b.ID())
	require.Same(t, e.Carrier, b.Carrier())
	require.Zero(t, b.Slot())
	require.WithinDuration(t, time.Now(), b.Since(), time.Minute)
	drained := e.drain(t.Context())
	l.header(pdu.UnbindRespID, pdu.StatusOK, l.read(pdu.UnbindID).Sequence)
	require.NoError(t, receive(t, drained))
	counts.mu.Lock()
	defer counts.mu.Unlock()
	require.Equal(t, []State{Connecting, Waiting, Connecting, Bound, Unbinding, Stopped}, counts.states)
}
