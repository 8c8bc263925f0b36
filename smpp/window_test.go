package smpp

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

func TestPitfall71CutAfterSubmits(t *testing.T) {
	t.Parallel()
	const window = 4
	for n := range window + 1 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			e, l, b := connected(t, func(c *Config) { c.Window = window })
			for range n {
				e.submit(b, "hello")
			}
			for range n {
				l.submit()
			}
			l.close()
			receive(t, e.ended) // comes after the completions
			require.Len(t, e.outcomes, n)
			for range n {
				o := <-e.outcomes
				require.Equal(t, Cut, o.Kind)
				require.False(t, o.WrittenAt.IsZero())
			}
		})
	}
}

// Responses that had come when the link was cut still count.
func TestResponsesBeforeTheCutCount(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	var responses []byte
	for range 10 {
		e.submit(b, "hello")
		responses = pdu.AppendResp(responses, pdu.SubmitSMRespID, pdu.StatusOK, l.submit().Sequence, "id")
	}
	l.write(responses)
	l.close()
	receive(t, e.ended)
	for range 10 {
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
	}
}

// keeper is a Completer that counts its calls by kind.
type keeper struct {
	mu    sync.Mutex
	kinds []OutcomeKind
}

func (k *keeper) Complete(o Outcome) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kinds = append(k.kinds, o.Kind)
}

func (k *keeper) seen() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return fmt.Sprint(k.kinds)
}

// Cloudhopper: "response after the caller timed out".
func TestPitfall72ResponseAtItsTimeout(t *testing.T) {
	t.Parallel()
	const timeout = 20 * time.Millisecond
	e, l, b := connected(t, func(c *Config) { c.ResponseTimeout = timeout })
	responding := make(chan struct{})
	go func() {
		defer close(responding)
		for range 300 {
			f, err := l.next()
			if err != nil {
				return
			}
			// The peer's own clock: about when the other side gives up.
			at := timeout + time.Duration(rand.IntN(6000)-3000)*time.Microsecond
			time.AfterFunc(at, func() {
				_, _ = l.conn.Write(pdu.AppendResp(nil, pdu.SubmitSMRespID, pdu.StatusOK, f.Sequence, "id"))
			})
		}
	}()
	keepers := make([]keeper, 300)
	for i := range keepers {
		eventually(t, func() bool {
			_, err := b.Submit(message("hello"), &keepers[i])
			return err == nil || b.Over()
		}, "a slot")
	}
	<-responding
	for i := range keepers {
		eventually(t, func() bool {
			s := keepers[i].seen()
			return s == "[accepted]" || s == "[no-response late]" || b.Over() && (s == "[cut]" || s == "[no-response]" || s == "[]")
		}, "exactly one outcome, and a late one")
	}
	require.EqualValues(t, 0, e.Binds()[0].Used)
}

// No lock is held while anything waits: a full window, a silent peer, a cut,
// and then the stop.
func TestPitfall73FullWindowThenCutThenStop(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Window = 8
	e := start(t, p, cfg, Options{})
	l := p.bound()
	b := receive(t, e.bound)
	for range 8 {
		e.submit(b, "hello")
	}
	_, err := b.Submit(message("hello"), e.outcomes)
	require.ErrorIs(t, err, ErrNoRoom)
	require.Nil(t, e.Pick(0))
	l.close()
	receive(t, e.ended)
	require.Len(t, e.outcomes, 8)
	e.stop()
	_, err = b.Submit(message("hello"), e.outcomes)
	require.ErrorIs(t, err, ErrOver)
	require.False(t, b.Withdraw(1))
	require.NoError(t, receive(t, e.done))
	e.done <- nil
}

// Responses are handled whatever the MOs before them do, and never wait for
// their answers.
func TestPitfall74ResponsesBehindUnansweredMOs(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.Window = 8 })
	for range 8 {
		e.submit(b, "hello")
	}
	var octets []byte
	for i := range uint32(2000) {
		octets = append(octets, deliverSM(t, pdu.DeliverSMID, i, "PIZZA")...)
	}
	for range 8 {
		octets = pdu.AppendResp(octets, pdu.SubmitSMRespID, pdu.StatusOK, l.submit().Sequence, "id")
	}
	l.write(octets)
	for range 8 {
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
	}
	require.Len(t, e.deliveries, 2000)
}

func TestPitfall74LateResponse(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	counts := newCounts()
	cfg := testConfig(p)
	cfg.Window, cfg.ResponseTimeout = 1, 30*time.Millisecond
	e := start(t, p, cfg, Options{Observer: counts})
	l := p.bound()
	b := receive(t, e.bound)
	e.submit(b, "hello")
	m := l.submit()
	first := e.outcomes.next(t)
	require.Equal(t, NoResponse, first.Kind)
	require.NotNil(t, e.Pick(0), "the slot is free again")
	l.resp(m.Sequence, pdu.StatusOK, "late-id")
	late := e.outcomes.next(t)
	require.Equal(t, Late, late.Kind)
	require.Equal(t, "late-id", late.MessageID)
	require.Equal(t, first.WrittenAt, late.WrittenAt)
	l.resp(m.Sequence, pdu.StatusOK, "again")
	l.alive()
	require.Empty(t, e.outcomes)
	require.EqualValues(t, 1, counts.late.Load())
	require.EqualValues(t, 1, counts.unknown.Load())
	l.deliver(1, "PIZZA")
	require.True(t, receive(t, e.deliveries).Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	eventually(t, func() bool { return counts.answered.Load() == 1 }, "the count of answers")
	require.EqualValues(t, 1, counts.submitted.Load())
	require.EqualValues(t, 1, counts.responded.Load())
	require.EqualValues(t, 1, counts.unanswered.Load())
	require.EqualValues(t, 1, counts.delivered.Load())
}

func TestLateResponsesAreMatchedForAMinute(t *testing.T) {
	bubble(t, func(t *testing.T, p *peer) {
		cfg := testConfig(p)
		cfg.EnquireInterval = time.Hour
		e := start(t, p, cfg, Options{})
		l := p.bound()
		b := receive(t, e.bound)
		for range 2 {
			e.submit(b, "hello")
		}
		first, second := l.submit(), l.submit()
		pass(10*time.Second + 59*time.Second)
		l.resp(first.Sequence, pdu.StatusOK, "late")
		synctest.Wait()
		pass(2 * time.Second)
		l.resp(second.Sequence, pdu.StatusOK, "too late")
		synctest.Wait()
		require.Len(t, e.outcomes, 3)
		require.Equal(t, NoResponse, (<-e.outcomes).Kind)
		require.Equal(t, NoResponse, (<-e.outcomes).Kind)
		require.Equal(t, Late, (<-e.outcomes).Kind)
	})
}

func TestFiveTimeoutsInARowEndTheBind(t *testing.T) {
	bubble(t, func(t *testing.T, p *peer) {
		e := start(t, p, testConfig(p), Options{})
		l := p.bound()
		b := receive(t, e.bound)
		unanswered := func(n int) {
			for range n {
				e.submit(b, "hello")
				l.submit()
				require.Equal(t, NoResponse, e.outcomes.next(t).Kind)
				l.alive() // of enquire_link it has no reason to complain
			}
		}
		unanswered(4)
		e.submit(b, "hello")
		l.resp(l.submit().Sequence, pdu.StatusOK, "id") // begins the count again
		require.Equal(t, Accepted, e.outcomes.next(t).Kind)
		unanswered(4)
		e.submit(b, "hello")
		l.submit()
		require.Equal(t, NoResponse, e.outcomes.next(t).Kind)
		require.ErrorIs(t, receive(t, e.ended), ErrUnanswered)
		l.gone()
	})
}

func TestPitfall75MissingResponsesFreeTheirSlots(t *testing.T) {
	t.Parallel()
	const messages, window = 10_000, 64
	e, l, b := connected(t, func(c *Config) { c.Window, c.ResponseTimeout = window, 500*time.Millisecond })
	go func() {
		for i := range messages {
			f, err := l.next()
			if err != nil {
				return
			}
			if i%100 == 7 {
				continue
			}
			if _, err := l.conn.Write(pdu.AppendResp(nil, pdu.SubmitSMRespID, pdu.StatusOK, f.Sequence, "id")); err != nil {
				return
			}
		}
	}()
	freed := make(outcomes, messages)
	counted := map[OutcomeKind]int{}
	for sent := 0; sent < messages; {
		if _, err := b.Submit(message("hello"), freed); err == nil {
			sent++
			continue
		}
		counted[freed.next(t).Kind]++
	}
	for counted[Accepted]+counted[NoResponse] < messages {
		counted[freed.next(t).Kind]++
	}
	require.Equal(t, messages/100, counted[NoResponse])
	require.EqualValues(t, 0, e.Binds()[0].Used)
	for range window {
		e.submit(b, "hello")
	}
}

// Cloudhopper: "window size blocks the next send". Responses come in any
// order.
func TestPitfall76WindowIsKept(t *testing.T) {
	t.Parallel()
	const window, rounds = 16, 20
	e, l, b := connected(t, func(c *Config) { c.Window = window })
	go func() {
		for sent := 0; sent < window*rounds; {
			if _, err := b.Submit(message("hello"), e.outcomes); err == nil {
				sent++
			} else if b.Over() {
				return
			}
		}
	}()
	for range rounds {
		outstanding := make([]uint32, window)
		for i := range outstanding {
			outstanding[i] = l.submit().Sequence
		}
		l.quiet(2 * time.Millisecond) // one more would be one too many
		rand.Shuffle(window, func(i, k int) { outstanding[i], outstanding[k] = outstanding[k], outstanding[i] })
		var octets []byte
		for _, sequence := range outstanding {
			octets = pdu.AppendResp(octets, pdu.SubmitSMRespID, pdu.StatusOK, sequence, fmt.Sprint(sequence))
		}
		l.write(octets)
		for range window {
			o := e.outcomes.next(t)
			require.Equal(t, fmt.Sprint(o.Sequence), o.MessageID)
		}
	}
}

func TestPickLeavesTheReserveAndBalances(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Sessions, cfg.Window = 2, 8
	e := start(t, p, cfg, Options{})
	p.bound()
	p.bound()
	eventually(t, func() bool { return len(*e.transmitting.Load()) == 2 }, "both sessions")
	for range 12 {
		e.submit(e.Pick(0.25), "hello")
	}
	require.Nil(t, e.Pick(0.25))
	for range 4 {
		e.submit(e.Pick(0), "hello")
	}
	require.Nil(t, e.Pick(0))
	for _, info := range e.Binds() {
		require.Equal(t, 8, info.Used)
	}
}

// A PDU can be taken back until the writer gives it to the socket.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	p := newPipe(t) // a write waits for its reader
	e := start(t, p, testConfig(p), Options{})
	l := p.bound()
	b := receive(t, e.bound)
	first := e.submit(b, "first")
	eventually(t, func() bool { return b.taken(first) }, "the writer has the first")
	require.False(t, b.Withdraw(first))
	second, third := e.submit(b, "second"), e.submit(b, "third")
	require.True(t, b.Withdraw(second))
	require.False(t, b.Withdraw(second))
	require.EqualValues(t, 2, e.Binds()[0].Used)
	require.Equal(t, "first", string(l.submit().UserData))
	require.Equal(t, "third", string(l.submit().UserData))
	l.resp(second, pdu.StatusOK, "never was")
	l.resp(third, pdu.StatusOK, "id")
	require.Equal(t, third, e.outcomes.next(t).Sequence)
	require.Empty(t, e.outcomes)
}

// taken reports whether the writer has the request.
func (b *Bind) taken(sequence uint32) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.window.requests[sequence].position != 0
}

// What never reached the socket is told apart from what may have left.
func TestCutBeforeTheSocket(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.bound()
	b := receive(t, e.bound)
	first := e.submit(b, "first")
	eventually(t, func() bool { return b.taken(first) }, "the writer has the first")
	second := e.submit(b, "second")
	l.close()
	receive(t, e.ended)
	for range 2 {
		o := e.outcomes.next(t)
		require.Equal(t, Cut, o.Kind)
		require.Equal(t, o.Sequence == second, o.WrittenAt.IsZero())
	}
}
