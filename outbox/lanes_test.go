package outbox

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
	"repartee/smpp/pdu"
	"repartee/sms"
)

func TestOneOutstandingPerPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := w.answers(1, "a1", "a2")
	other := w.answers(2, "b1")
	first := w.peer.next("a1")
	w.peer.next("b1").respond(pdu.StatusOK, "3")
	w.store.state(t, other[0].ID, sms.Sent)
	w.peer.none() // a2 waits for the response to a1
	first.respond(pdu.StatusOK, "1")
	w.peer.next("a2").respond(pdu.StatusOK, "2")
	w.store.state(t, ms[0].ID, sms.Sent)
	w.store.state(t, ms[1].ID, sms.Sent)
	w.idle()
}

// An answer goes before marketing of its own phone that stands in line, and
// before that of others; marketing leaves a quarter of the window.
func TestAnswersOvertakeMarketing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, window(4))
	var all []Permitted
	for phone := range sms.MSISDN(6) {
		all = append(all, w.message(33600000001+phone, sms.Marketing, "m"))
	}
	w.queued(all...)
	held := []*submit{w.peer.next("m"), w.peer.next("m"), w.peer.next("m")}
	l := w.line(1)
	w.Waiting(1)
	w.eventually("a fourth is claimed and waits", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.count > l.begun
	})
	w.peer.none()
	waiting := sms.MSISDN(33600000004)
	w.answers(waiting, "answer")
	w.peer.next("answer").respond(pdu.StatusOK, "a")
	for len(held) > 0 {
		held[0].respond(pdu.StatusOK, "m")
		held = held[1:]
		if len(w.peer.submits) > 0 || len(held) == 0 {
			break
		}
	}
	for range 3 {
		held = append(held, w.peer.next("m"))
	}
	for _, s := range held {
		s.respond(pdu.StatusOK, "m")
	}
	for _, m := range all {
		w.store.state(t, m.ID, sms.Sent)
	}
	w.idle()
}

// A temporary refusal holds back its own phone only, and is not tried again at
// once (pitfall: a storm of refusals).
func TestTemporaryRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := w.answers(1, "a1", "a2")
	w.peer.next("a1").respond(pdu.StatusRXTAppn, "")
	l := w.line(1)
	w.eventually("it pauses", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.paused.len() == 1
	})
	w.answers(2, "b1")
	w.peer.next("b1").respond(pdu.StatusOK, "1")
	w.peer.none()
	w.pass(retryPause)
	w.peer.next("a1").respond(pdu.StatusOK, "2")
	w.peer.next("a2").respond(pdu.StatusOK, "3")
	w.store.state(t, ms[1].ID, sms.Sent)
	w.idle()
}

// After 30 s of temporary refusals the message goes back to the outbox, and
// what is behind it with it: nothing overtakes it.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := w.answers(1, "a1", "a2")
	s := w.peer.next("a1")
	w.ahead.Add(int64(patience + time.Second))
	s.respond(pdu.StatusRXTAppn, "")
	w.store.until(t, "both are back", func() bool { return w.store.rows[ms[0].ID].waits && w.store.rows[ms[1].ID].waits })
	w.idle()
	w.peer.none()
	w.pass(comeBack)
	w.peer.next("a1").respond(pdu.StatusOK, "1")
	w.peer.next("a2").respond(pdu.StatusOK, "2")
	w.store.state(t, ms[1].ID, sms.Sent)
	w.idle()
}

// The head's permit is over, that of the message behind it is not.
func TestOutdatedPermitKeepsTheOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, window(1))
	w.answers(2, "first")
	s := w.peer.next("first")
	require.True(t, w.Reserve(1, thread(1), 1))
	a1 := w.hand(1, "a1")
	w.ahead.Add(int64(optout.PermitLife - time.Second))
	a2 := w.answers(1, "a2")
	w.ahead.Add(int64(2 * time.Second))
	w.store.mu.Lock()
	w.store.rows[a2[0].ID].AfterID = a1[0].ID
	w.store.mu.Unlock()
	s.respond(pdu.StatusOK, "1")
	w.peer.next("a1").respond(pdu.StatusOK, "2")
	w.peer.next("a2").respond(pdu.StatusOK, "3")
	w.store.state(t, a2[0].ID, sms.Sent)
	w.idle()
}

// An answer that a turn hands over after an earlier one went back follows it.
func TestTaintedReservation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, window(2))
	w.answers(2, "first")
	w.answers(3, "second")
	s, second := w.peer.next("first"), w.peer.next("second")
	a1 := w.answers(1, "a1")
	require.True(t, w.Reserve(1, thread(1), 1)) // a turn begins
	w.ahead.Add(int64(optout.PermitLife))
	second.respond(pdu.StatusOK, "0")
	s.respond(pdu.StatusOK, "1") // a1 is looked at, and goes back
	again := w.peer.next("a1")
	a2 := w.hand(1, "a2") // the turn ends
	w.store.until(t, "the later one went back, too", func() bool { return w.store.rows[a2[0].ID].waits })
	again.respond(pdu.StatusOK, "2")
	w.peer.next("a2").respond(pdu.StatusOK, "3")
	w.store.state(t, a1[0].ID, sms.Sent)
	w.store.state(t, a2[0].ID, sms.Sent)
	w.idle()
	assert.False(t, w.Reserve(1, thread(1), 1), "a turn that began before the return may not know of it")
	w.pass(2 * backsFor)
	assert.True(t, w.Reserve(1, thread(1), 1))
	w.Release(1, thread(1), 1)
	w.idle()
}

func TestUnknownOutcomes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, response(30*time.Millisecond))
	answer := w.answers(1, "a")[0]
	for range 3 {
		w.peer.next("a")
	}
	w.store.state(t, answer.ID, sms.Unknown)
	bulk := w.message(33600000002, sms.Marketing, "m")
	w.queued(bulk)
	w.peer.next("m")
	w.store.state(t, bulk.ID, sms.Unknown)
	w.idle()
	w.peer.none()
	assert.EqualValues(t, 3, w.store.rows[answer.ID].Unknowns)
}

// The confirmation of an opt-out is sent again once.
func TestUnknownConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, response(30*time.Millisecond))
	m := w.message(1, sms.Compliance, "stopped")
	m.StopID = m.Cause
	require.True(t, w.Reserve(1, thread(1), 1))
	w.store.add(false, m)
	w.Hand(1, thread(1), []Permitted{m})
	w.peer.next("stopped")
	w.peer.next("stopped")
	w.store.state(t, m.ID, sms.Unknown)
	w.idle()
	w.peer.none()
}

func TestLateResponseTakesItBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, response(50*time.Millisecond))
	bulk := w.message(33600000002, sms.Marketing, "m")
	w.queued(bulk)
	s := w.peer.next("m")
	w.store.state(t, bulk.ID, sms.Unknown)
	s.respond(pdu.StatusOK, "late")
	w.store.state(t, bulk.ID, sms.Sent)
	w.idle()
}

// A late response finds its message on the way back to the outbox: the room
// that it took is given back all the same.
func TestLateResponseDuringTheReturn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, response(50*time.Millisecond))
	m := w.answers(1, "a")[0]
	s := w.peer.next("a")
	block := make(chan struct{})
	entered := make(chan struct{}, 100)
	w.store.mu.Lock()
	w.store.fail = func(*Record) error { entered <- struct{}{}; <-block; return nil }
	w.store.mu.Unlock()
	w.ahead.Add(int64(optout.PermitLife)) // the attempt of unknown outcome ends with a return
	<-entered                             // its record is being written; what comes now makes the next one
	l := w.line(1)
	w.eventually("on its way back", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.lanes[thread(1)] != nil && l.lanes[thread(1)].returning == 1
	})
	s.respond(pdu.StatusOK, "late")
	w.eventually("the response came", func() bool { _, ok := w.recorder.index.get(1, "late"); return ok })
	close(block)
	w.store.state(t, m.ID, sms.Sent)
	w.idle()
	w.peer.none()
}

// A cut before the octets reached the socket is no attempt; one after it is.
func TestCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.answers(1, "a")[0]
	w.peer.next("a")
	w.peer.cut()
	w.peer.next("a").respond(pdu.StatusOK, "1")
	w.store.state(t, m.ID, sms.Sent)
	assert.EqualValues(t, 1, w.store.rows[m.ID].Unknowns)
	w.idle()
}

// A carrier without a bind for 5 s gives its messages back; each absence
// counts from its own beginning.
func TestCarrierAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.line(1)
	absent := func(want bool) {
		t.Helper()
		w.eventually("absence", func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.noBind.IsZero() != want
		})
	}
	leave := func() {
		w.peer.away(true)
		require.True(t, w.Reserve(1, thread(1), 2))
		w.peer.cut()
		w.eventually("away", func() bool { return !w.link.Up() })
	}
	leave()
	w.hand(1, "a1", "a2")
	absent(true)
	w.peer.away(false)
	w.peer.next("a1").respond(pdu.StatusOK, "1")
	w.peer.next("a2").respond(pdu.StatusOK, "2")
	w.idle()
	w.ahead.Add(int64(away))
	leave()
	ms := w.hand(1, "b1", "b2")
	absent(true)
	w.store.mu.Lock()
	require.Equal(t, sms.Sending, w.store.rows[ms[0].ID].State, "a new absence begins anew")
	w.store.rows[ms[1].ID].AfterID = ms[0].ID
	w.store.mu.Unlock()
	w.pass(away)
	w.store.state(t, ms[1].ID, sms.Queued)
	w.idle()
	w.peer.away(false)
	w.peer.next("b1").respond(pdu.StatusOK, "3")
	w.peer.next("b2").respond(pdu.StatusOK, "4")
	w.store.state(t, ms[1].ID, sms.Sent)
}

func TestSegments(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 40)
	send := func(t *testing.T, w *world, class sms.Class) (Permitted, []*submit) {
		m := w.message(33600000001, class, long)
		m.Segments = 3
		if class.Answer() {
			require.True(t, w.Reserve(1, thread(m.To), 1))
			w.store.add(false, m)
			w.Hand(1, thread(m.To), []Permitted{m})
		} else {
			w.queued(m)
		}
		return m, []*submit{w.peer.next(long[:153]), w.peer.next(long[153:306]), w.peer.next(long[306:])}
	}
	t.Run("a refused one is sent again alone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		m, parts := send(t, w, sms.Reply)
		parts[0].respond(pdu.StatusOK, "1")
		parts[1].respond(pdu.StatusRXTAppn, "")
		parts[2].respond(pdu.StatusOK, "3")
		w.store.until(t, "two ids", func() bool { return len(w.store.submits) == 2 })
		w.pass(optout.PermitLife) // the rest of a message follows
		again := w.peer.next(long[153:306])
		assert.Equal(t, parts[1].UserData, again.UserData)
		again.respond(pdu.StatusOK, "2")
		w.store.state(t, m.ID, sms.Sent)
		w.idle()
	})
	t.Run("one refused for good", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		m, parts := send(t, w, sms.Reply)
		parts[1].respond(pdu.StatusInvDstAdr, "")
		parts[0].respond(pdu.StatusOK, "1")
		parts[2].respond(pdu.StatusOK, "3")
		w.store.state(t, m.ID, sms.Rejected)
		w.idle()
		w.peer.none()
	})
	t.Run("marketing of which a part has left does not go again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		m, parts := send(t, w, sms.Marketing)
		parts[0].respond(pdu.StatusOK, "1")
		parts[2].respond(pdu.StatusOK, "3")
		w.ahead.Add(int64(patience))
		parts[1].respond(pdu.StatusRXTAppn, "")
		w.store.state(t, m.ID, sms.Unknown)
		w.idle()
	})
	t.Run("a stop between them", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		m, parts := send(t, w, sms.Reply)
		stopped := make(chan struct{})
		w.Stop(Stop{ID: w.ids.Next(w.now()), Phone: m.To, Code: 36111, At: w.now()}, func() { close(stopped) })
		parts[0].respond(pdu.StatusOK, "1")
		parts[1].respond(pdu.StatusThrottled, "")
		parts[2].respond(pdu.StatusThrottled, "")
		<-stopped
		w.store.state(t, m.ID, sms.Unknown)
		w.idle()
		w.peer.none()
	})
}

// A drain gives back what waits, awaits what is outstanding, and leaves nothing.
func TestDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := w.answers(1, "a1", "a2")
	s := w.peer.next("a1")
	drained := make(chan struct{})
	go func() { defer close(drained); w.Drain(context.Background()) }()
	w.store.state(t, ms[1].ID, sms.Queued)
	assert.False(t, w.Reserve(1, thread(2), 1))
	s.respond(pdu.StatusOK, "1")
	<-drained
	w.store.state(t, ms[0].ID, sms.Sent)
	w.peer.none()
	w.idle()
}

func TestFencedSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.True(t, w.Reserve(1, thread(1), 1))
	w.fence.Store(true)
	w.hand(1, "a")
	assert.False(t, w.Reserve(1, thread(2), 1))
	assert.Zero(t, w.line(1).begun)
	w.peer.none()
	w.fence.Store(false)
	w.peer.next("a").respond(pdu.StatusOK, "1")
	w.idle()
}

// Expired messages never leave.
func TestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.True(t, w.Reserve(1, thread(1), 1))
	m := w.message(1, sms.Reply, "old")
	m.Expires = w.now()
	w.store.add(false, m)
	w.Hand(1, thread(1), []Permitted{m})
	w.store.state(t, m.ID, sms.Expired)
	w.idle()
	w.peer.none()
}
