package inbox

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/programs"
	"repartee/smpp/pdu"
	"repartee/sms"
)

func TestAnswersAfterTheCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	block := make(chan struct{})
	w.store.refuse = func(*Writes) error { <-block; return nil }
	w.start()
	a := w.lines[0].send(one, "ECHO a")
	select {
	case <-a:
		assert.Fail(t, "answered before the commit")
	case <-time.After(20 * time.Millisecond):
	}
	close(block)
	w.answered(a, pdu.StatusOK)
	assert.Equal(t, []string{"A"}, w.store.handed)
	assert.Zero(t, w.store.reserved)
}

// A database that is away: the same batch again; nothing reserved is lost.
func TestTransientErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) { o.TurnsPerMinute = 4 })
	fails := 6
	w.store.refuse = func(*Writes) error {
		if fails--; fails >= 0 {
			return errAway
		}
		return nil
	}
	a, b := w.lines[0].send(one, "ECHO a"), w.lines[0].send(one, "ECHO b")
	w.queued(2)
	w.start()
	w.answered(a, pdu.StatusOK)
	w.answered(b, pdu.StatusOK)
	assert.Equal(t, []string{"turn ECHO a", "turn ECHO b"}, w.store.texts(33600000001), "attempts do not count as turns")
	assert.Equal(t, []string{"A", "B"}, w.store.handed)
	assert.Zero(t, w.store.reserved)
}

// Too old for another attempt: the SMSC is asked to send it again.
func TestAgeLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.refuse = func(*Writes) error { w.ahead.Store(int64(w.carrier.Timeouts.Deliver/2 + time.Second)); return errAway }
	w.start()
	w.answered(w.lines[0].send(one, "ECHO a"), pdu.StatusRXTAppn)
	assert.Zero(t, w.store.reserved)
}

func TestFenced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	queued := w.lines[0].send(one, "ECHO a")
	w.queued(1)
	w.fence.Store(true)
	w.start()
	w.answered(queued, pdu.StatusRXTAppn)
	w.answered(w.lines[0].send(one, "ECHO a"), pdu.StatusRXTAppn)
	assert.Empty(t, w.store.inbound)
}

// The answer to a commit was lost and the store cannot say: handled again, it
// is found by its arrival.
func TestUnknownCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	lost := false
	w.store.forget = func(*Writes) error {
		if lost = !lost; lost {
			return errAway
		}
		return nil
	}
	w.start()
	w.answered(w.lines[0].send(one, "ECHO a"), pdu.StatusOK)
	assert.Equal(t, []string{"turn ECHO a"}, w.store.texts(33600000001))
	assert.EqualValues(t, 1, w.store.threads[key(33600000001)].Turn)
}

// One MO that the database refuses is quarantined, all others have their turn
// in their order; its opt-out counts.
func TestPoison(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.refuse = func(x *Writes) error {
		for _, r := range x.Inbound {
			if r.From == 33600000002 {
				return permanent()
			}
		}
		return nil
	}
	var answers []chan pdu.Status
	for _, text := range []string{"ECHO 1", "ECHO 2", "ECHO 3", "ECHO 4"} {
		answers = append(answers, w.lines[0].send(one, text))
	}
	answers = append(answers, w.lines[0].send(two, "hello"), w.lines[0].send(two, "STOP"))
	for _, text := range []string{"ECHO 5", "ECHO 6"} {
		answers = append(answers, w.lines[0].send(one, text))
	}
	w.queued(8)
	w.start()
	for _, a := range answers {
		w.answered(a, pdu.StatusOK)
	}
	assert.Equal(t, []string{"1", "2", "3", "4", "5", "6"}, w.store.handed)
	require.Len(t, w.store.put, 2)
	assert.Nil(t, w.store.put[0].OptOut)
	assert.NotNil(t, w.store.put[1].OptOut)
	assert.Len(t, w.store.stops, 1)
	assert.Zero(t, w.store.reserved)
}

func TestQuarantineFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.refuse = func(*Writes) error { return permanent() }
	w.store.broken = func(*Quarantine) error { return errAway }
	w.start()
	w.answered(w.lines[0].send(one, "ECHO a"), pdu.StatusRXTAppn)
}

// A timer that the database refuses is put off, not tried five times a second.
func TestPoisonedTimer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.refuse = func(x *Writes) error {
		if len(x.WakesDone) > 0 {
			return permanent()
		}
		return nil
	}
	x := Wake{Due: w.now().Add(-time.Minute), Thread: key(33600000001)}
	w.store.wakes[x] = true
	w.start()
	w.eventually("put off", func() bool { return len(w.store.put) == 1 })
	assert.Equal(t, x, *w.store.put[0].Wake)
	assert.True(t, w.store.put[0].Again.After(w.now()))
}

// panics makes the decision about an opt-in or opt-out of the phone panic.
func (w *world) panics(phone sms.MSISDN, times int) {
	hash := func(m sms.MSISDN) []byte {
		if times--; m == phone && times >= 0 {
			panic("test")
		}
		return nil
	}
	w.hash.Store(&hash)
}

// A panic is that MO's alone: what its thread said before stays, what it wrote
// itself goes.
func TestPanic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.panics(33600000001, 1000)
	answers := []chan pdu.Status{
		w.lines[0].send(one, "ECHO a"), w.lines[0].send(one, "START"), w.lines[0].send(one, "ECHO b"), w.lines[0].send(two, "ECHO c"),
	}
	w.queued(4)
	w.start()
	for _, a := range answers {
		w.answered(a, pdu.StatusOK)
	}
	assert.Equal(t, []string{"turn ECHO a", "failed START", "turn ECHO b"}, w.store.texts(33600000001))
	assert.Equal(t, []string{"A", "B", "C"}, w.store.handed)
	assert.Len(t, w.store.outbound, 3)
	assert.Len(t, w.store.writes, 1)
	assert.EqualValues(t, 2, w.store.threads[key(33600000001)].Turn)
}

// An opt-out whose confirmation panics is carried out all the same, once.
func TestPanicOfAnOptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.panics(33600000001, 1)
	echo, stop := w.lines[0].send(one, "ECHO a"), w.lines[0].send(one, "STOP")
	w.queued(2)
	w.start()
	w.answered(echo, pdu.StatusOK)
	w.answered(stop, pdu.StatusOK)
	require.Len(t, w.store.stops, 1)
	th := w.store.threads[key(33600000001)]
	assert.True(t, th.Stopped)
	assert.Equal(t, th.StopID, w.store.stops[0].ID)
	assert.Equal(t, []string{"turn ECHO a", "failed STOP"}, w.store.texts(33600000001))
	assert.Empty(t, w.store.handed)
	assert.Equal(t, sms.Cancelled, w.store.outbound[0].State)
}

// Even a second panic ends in the quarantine, not with the process.
func TestPanicTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.panics(33600000001, 1000)
	echo, stop := w.lines[0].send(two, "ECHO a"), w.lines[0].send(one, "STOP")
	w.queued(2)
	w.start()
	w.answered(echo, pdu.StatusOK)
	w.answered(stop, pdu.StatusOK)
	require.Len(t, w.store.put, 1)
	assert.NotNil(t, w.store.put[0].OptOut)
	assert.Zero(t, w.store.reserved)
}

// A thread that somebody else holds delays its own MOs only, in their order.
func TestLockedThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.locked[key(33600000001)] = true
	w.start()
	first, second := w.lines[0].send(one, "ECHO a"), w.lines[0].send(one, "ECHO b")
	w.answered(w.lines[0].send(two, "ECHO c"), pdu.StatusOK)
	w.store.mu.Lock()
	delete(w.store.locked, key(33600000001))
	w.store.mu.Unlock()
	w.answered(first, pdu.StatusOK)
	w.answered(second, pdu.StatusOK)
	assert.Equal(t, []string{"C", "A", "B"}, w.store.handed)
}

// A locked thread in a batch that is halved: its second half does not overtake.
func TestLockedThreadInAHalvedBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	phone := key(33600000001)
	w.store.locked[phone] = true
	w.store.refuse = func(x *Writes) error {
		for _, r := range x.Inbound {
			if r.From == 33600000002 {
				delete(w.store.locked, phone) // somebody else is done with it
				return permanent()
			}
		}
		return nil
	}
	a, poison, b := w.lines[0].send(one, "ECHO a"), w.lines[0].send(two, "hello"), w.lines[0].send(one, "ECHO b")
	w.queued(3)
	w.start()
	w.answered(a, pdu.StatusOK)
	w.answered(poison, pdu.StatusOK)
	w.answered(b, pdu.StatusOK)
	assert.Equal(t, []string{"A", "B"}, w.store.handed)
}

// Beyond its share a bind's MOs are turned away at once; answers do not wait.
func TestBackPressure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	var answers []chan pdu.Status
	for range maxQueued + 1 {
		answers = append(answers, w.lines[0].send(one, "hello"))
	}
	w.answered(answers[maxQueued], pdu.StatusRXTAppn)
	assert.Equal(t, maxQueued, w.Queued())
}

func TestTurnLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) { o.TurnsPerMinute = 2 })
	var answers []chan pdu.Status
	for _, text := range []string{"ECHO 1", "ECHO 2", "ECHO 3", "STOP"} {
		answers = append(answers, w.lines[0].send(one, text))
	}
	w.queued(4)
	w.start()
	for _, a := range answers {
		w.answered(a, pdu.StatusOK)
	}
	assert.Equal(t, []string{"turn ECHO 1", "turn ECHO 2", "ignored ECHO 3", "turn STOP"}, w.store.texts(33600000001))
}

// Without room the answers of a thread are all born queued.
func TestBornQueued(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.store.full = true
	w.start()
	w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
	assert.Equal(t, sms.Queued, w.store.outbound[0].State)
	assert.Zero(t, w.store.outbound[0].Node)
}

// A conversation whose flow cannot be used any more delays nobody.
func TestBrokenFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) {
		o.LoadFlow = func(context.Context, *programs.Snapshot, string, int) (*dialogs.Flow, error) { return nil, permanent() }
	})
	k := key(33600000001)
	w.store.threads[k] = Thread{Key: k, Turn: 3, Talks: []dialogs.Talk{{ID: 5, Program: "pizza", Flow: "gone", Version: 1, State: "x"}}}
	a, b := w.lines[0].send(one, "hello"), w.lines[0].send(two, "ECHO b")
	w.queued(2)
	w.start()
	w.answered(a, pdu.StatusOK)
	w.answered(b, pdu.StatusOK)
	assert.Contains(t, w.store.handed, "B")
	assert.Equal(t, []string{"turn hello"}, w.store.texts(33600000001))
}

// STOP in the middle of a batch: what earlier turns wanted to say is dead, the
// confirmation and what follows START are not.
func TestStopAndStartInOneBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	release := make(chan func(), 1)
	w.store.hold = func(_ outbox.Stop, done func()) { release <- done }
	before, stop := w.lines[0].send(one, "ECHO before"), w.lines[0].send(one, "STOP")
	start, after := w.lines[0].send(one, "START"), w.lines[0].send(one, "ECHO after")
	w.queued(4)
	w.start()
	w.answered(before, pdu.StatusOK)
	w.answered(start, pdu.StatusOK)
	w.answered(after, pdu.StatusOK)
	select {
	case <-stop:
		assert.Fail(t, "the STOP was answered before it held at the wire")
	default:
	}
	(<-release)()
	w.answered(stop, pdu.StatusOK)
	require.Len(t, w.store.handed, 3)
	assert.Contains(t, w.store.handed[0], "unsubscribed")
	assert.Equal(t, "AFTER", w.store.handed[2])
	th := w.store.threads[key(33600000001)]
	assert.False(t, th.Stopped)
	var lifts []bool
	for _, s := range w.store.writes[0].Suppress {
		if s.Scope == "code" {
			lifts = append(lifts, s.Lift)
		}
	}
	assert.Equal(t, []bool{false, true}, lifts, "in the order in which they were said")
}

// Two machines that answer each other's confirmations: one a minute.
func TestConfirmationLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	for range 3 {
		w.answered(w.lines[0].send(one, "STOP"), pdu.StatusOK)
	}
	assert.Len(t, w.store.handed, 1)
	assert.Len(t, w.store.stops, 3)
}

// parts cuts a text in two segments with an 8-bit reference.
func parts(text string, ref byte) (all []pdu.Message) {
	half := len(text) / 2
	for i, part := range []string{text[:half], text[half:]} {
		all = append(all, pdu.Message{
			Source: pdu.Address{TON: 1, NPI: 1, Addr: one}, Dest: pdu.Address{Addr: "36111"}, ESMClass: pdu.ESMUDHI,
			UserData: append([]byte{5, 0, 3, ref, 2, byte(i + 1)}, part...),
		})
	}
	return all
}

func TestParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	p, q := parts("ECHO one", 1), parts("ECHO two", 1)
	for _, m := range []pdu.Message{p[1], p[1], p[0], p[0]} { // a part again, before and after the end
		w.answered(w.lines[0].sendRaw(m), pdu.StatusOK)
	}
	assert.Equal(t, []string{"turn ECHO one"}, w.store.texts(33600000001))
	w.answered(w.lines[0].sendRaw(q[1]), pdu.StatusOK) // the reference comes round again
	w.answered(w.lines[0].sendRaw(p[1]), pdu.StatusOK) // other octets: the set before is handed on
	w.answered(w.lines[0].sendRaw(p[0]), pdu.StatusOK)
	all := w.store.texts(33600000001)
	assert.Equal(t, []string{"turn ECHO one", "turn  two", "turn ECHO one"}, all)
}

// The first part of a STOP, and no more; and a panic on the whole.
func TestIncompleteOptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.panics(33600000001, 1)
	w.start()
	w.answered(w.lines[0].sendRaw(parts("STOP please, I beg you", 9)[0]), pdu.StatusOK)
	w.ahead.Store(int64(6 * time.Minute))
	w.eventually("handed on", func() bool { return len(w.store.stops) == 1 })
	w.eventually("the timer is done", func() bool { return len(w.store.wakes) == 0 })
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	assert.Equal(t, sms.OutcomeFailed, w.store.inbound[0].Outcome)
	assert.True(t, w.store.threads[key(33600000001)].Stopped)
	for _, s := range w.store.sets {
		assert.False(t, s.DoneAt.IsZero())
	}
}

// A timer goes once; one that comes too early sets the next.
func TestTimers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.answered(w.lines[0].send(one, "ASK"), pdu.StatusOK)
	k := key(33600000001)
	w.eventually("a timer", func() bool { return len(w.store.wakes) == 1 })
	w.store.mu.Lock()
	early := Wake{Due: w.now().Add(-time.Second), Thread: k}
	w.store.wakes[early] = true
	w.store.mu.Unlock()
	w.eventually("the early one is done", func() bool { return !w.store.wakes[early] })
	w.store.mu.Lock()
	require.Len(t, w.store.wakes, 1)
	require.Len(t, w.store.threads[k].Talks, 1)
	w.store.mu.Unlock()
	w.ahead.Store(int64(time.Hour + time.Second))
	w.eventually("timed out", func() bool { return len(w.store.wakes) == 0 && len(w.store.threads[k].Talks) == 0 })
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	turns := 0
	for _, x := range w.store.writes {
		turns += len(slices.DeleteFunc(slices.Clone(x.Events), func(e Event) bool { return e.Kind != "timer" }))
	}
	assert.Equal(t, 1, turns)
	assert.EqualValues(t, 2, w.store.threads[k].Turn)
}
