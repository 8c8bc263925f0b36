package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// A STOP purges the lanes; its answer waits for what is at the SMSC already.
func TestStopWaitsForWhatIsOutstanding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := w.answers(1, "a1", "a2")
	other := w.answers(2, "b1")
	s := w.peer.next("a1")
	w.peer.next("b1").respond(pdu.StatusOK, "b")
	stopped := make(chan struct{})
	id := w.ids.Next(w.now())
	w.Stop(Stop{ID: id, Phone: 1, Code: 36111, At: w.now()}, func() { close(stopped) })
	w.store.state(t, ms[1].ID, sms.Cancelled)
	select {
	case <-stopped:
		assert.Fail(t, "answered before the response")
	default:
	}
	s.respond(pdu.StatusOK, "a")
	<-stopped
	w.store.state(t, ms[0].ID, sms.Sent)
	w.store.state(t, other[0].ID, sms.Sent)

	confirmation := w.message(1, sms.Compliance, "stopped")
	confirmation.StopID = id
	assert.True(t, w.Reserve(1, thread(1), 1))
	w.store.add(false, confirmation)
	w.Hand(1, thread(1), []Permitted{confirmation})
	w.peer.next("stopped").respond(pdu.StatusOK, "c")
	w.store.state(t, confirmation.ID, sms.Sent)
	w.idle()
}

// It waits a second at most.
func TestStopDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.answers(1, "a1")[0]
	s := w.peer.next("a1")
	begun := time.Now()
	stopped := make(chan struct{})
	w.Stop(Stop{ID: w.ids.Next(w.now()), Phone: 1, At: w.now()}, func() { close(stopped) })
	<-stopped
	assert.InDelta(t, barrierPatience.Seconds(), time.Since(begun).Seconds(), 0.5)
	s.respond(pdu.StatusThrottled, "") // it is not tried again
	w.store.state(t, m.ID, sms.Cancelled)
	w.idle()
	w.peer.none()
}

// What comes into a lane after the STOP, decided before it, is cancelled there.
func TestStopOvertakesAClaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	older := w.message(1, sms.Reply, "older")
	program := w.message(2, sms.Reply, "program")
	stopped := make(chan struct{}, 2)
	w.Stop(Stop{ID: w.ids.Next(w.now()), Phone: 1, Code: 36111, At: w.now()}, func() { stopped <- struct{}{} })
	w.Stop(Stop{ID: w.ids.Next(w.now()), Phone: 2, Code: 36111, Program: 2, At: w.now()}, func() { stopped <- struct{}{} })
	<-stopped
	<-stopped
	w.queued(older, program)
	w.peer.next("program").respond(pdu.StatusOK, "1") // another program's STOP
	w.store.state(t, older.ID, sms.Cancelled)
	w.store.state(t, program.ID, sms.Sent)
	w.idle()
	w.peer.none()
}

// A refused message that pauses is cancelled at once, and does not hold back
// the confirmation.
func TestStopDuringAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.answers(1, "a1")[0]
	w.peer.next("a1").respond(pdu.StatusRXTAppn, "")
	l := w.line(1)
	w.eventually("it pauses", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.paused.len() == 1
	})
	id := w.ids.Next(w.now())
	stopped := make(chan struct{})
	w.Stop(Stop{ID: id, Phone: 1, Code: 36111, At: w.now()}, func() { close(stopped) })
	<-stopped
	w.store.state(t, m.ID, sms.Cancelled)
	c := w.message(1, sms.Compliance, "stopped")
	c.StopID = id
	assert.True(t, w.Reserve(1, thread(1), 1))
	w.store.add(false, c)
	w.Hand(1, thread(1), []Permitted{c})
	w.peer.next("stopped").respond(pdu.StatusOK, "1")
	w.pass(retryPause)
	w.idle()
}

func TestStopListForgets(t *testing.T) {
	t.Parallel()
	var l stopList
	at := noon
	l.add(Stop{ID: 5, Phone: 1, At: at})
	assert.True(t, l.covers(&sms.Outbound{To: 1, StopID: 4}))
	assert.False(t, l.covers(&sms.Outbound{To: 1, StopID: 5}))
	l.add(Stop{ID: 6, Phone: 2, At: at.Add(stopRetention - time.Second)})
	assert.True(t, l.covers(&sms.Outbound{To: 1}))
	l.add(Stop{ID: 7, Phone: 3, At: at.Add(stopRetention + 2*time.Minute)})
	assert.False(t, l.covers(&sms.Outbound{To: 1}))
	assert.Len(t, l.byPhone, 2)
}
