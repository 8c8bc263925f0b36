package inbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/outbox"
	"repartee/smpp/pdu"
	"repartee/sms"
)

const phone = sms.MSISDN(33600000001)

// turns is how many turns the phone has had.
func (w *world) turns() int64 {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	return w.store.threads[key(phone)].Turn
}

// proven waits until the acknowledgements of the newest bind are proven.
func (w *world) proven() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Eventually(w, func() bool {
		for b := range w.sources {
			if b.Unproved() && !b.Over() {
				return false
			}
		}
		return true
	}, patient, time.Millisecond)
}

// Every line of the table "Duplicates, exactly".
func TestTwins(t *testing.T) {
	t.Parallel()
	t.Run("proven: a person who texts again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.proven()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.proven()
		w.answered(w.lines[1].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 3, w.turns())
	})
	t.Run("open, same bind, young: a person", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 1)
		w.mute.Store(true)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 2, w.turns())
	})
	t.Run("open, same bind, old: a duplicate", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 1)
		w.mute.Store(true)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		th := w.store.threads[key(phone)]
		th.Recent[0].ID = sms.FirstID(time.Now().Add(-w.carrier.Timeouts.Deliver - time.Second))
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 1, w.turns())
	})
	t.Run("open, other bind: waits for the proof", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		w.mute.Store(true)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		again, behind := w.lines[1].send(one, "ECHO 1"), w.lines[1].send(one, "ECHO 2")
		asked := <-w.lines[0].asked // for the proof: the twin is being judged
		assert.EqualValues(t, 1, w.turns())
		w.lines[0].conn.Write(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, asked))
		w.answered(again, pdu.StatusOK)
		w.answered(behind, pdu.StatusOK)
		assert.EqualValues(t, 3, w.turns())
		assert.Equal(t, []string{"1", "1", "2"}, w.store.handed)
	})
	t.Run("open, other bind, which ends: a duplicate", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		w.mute.Store(true)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		again := w.lines[1].send(one, "ECHO 1")
		w.eventually("waits", func() bool { return w.Queued() > 0 })
		w.lines[0].conn.Close()
		w.answered(again, pdu.StatusOK)
		assert.EqualValues(t, 1, w.turns())
		assert.Len(t, w.store.writes[len(w.store.writes)-1].Copies, 1)
	})
	t.Run("doubtful: a duplicate, once, on any bind", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		w.mute.Store(true)
		w.start()
		w.boundSince(time.Now().Add(-2 * lapse)) // another bind has stood for long: that is no excuse
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.lines[0].conn.Close()
		fresh := w.next()
		w.mute.Store(false)
		w.answered(fresh.send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 1, w.turns())
		w.proven()
		w.answered(w.lines[1].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 2, w.turns(), "its answer was proven meanwhile")
	})
	t.Run("doubtful: lapses", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 1)
		w.mute.Store(true)
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.lines[0].conn.Close()
		fresh := w.next()
		w.boundSince(time.Now().Add(-2 * lapse))
		w.answered(fresh.send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 2, w.turns())
	})
	t.Run("answered too late: a duplicate though proven", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 1)
		w.store.forget = func(*Writes) error { w.ahead.Store(int64(w.carrier.Timeouts.Deliver + time.Second)); return nil }
		w.start()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		w.proven()
		w.ahead.Store(0)
		w.store.mu.Lock()
		fails := 1
		w.store.forget = nil
		w.store.refuse = func(*Writes) error {
			if fails--; fails >= 0 {
				return errAway // the attempt is not the deed: it is late until it is committed
			}
			return nil
		}
		w.store.mu.Unlock()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 1, w.turns())
		w.proven()
		w.answered(w.lines[0].send(one, "ECHO 1"), pdu.StatusOK)
		assert.EqualValues(t, 2, w.turns())
	})
	t.Run("the carrier's own number decides", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 1)
		w.carrier.MessageIDTag = 0x1400
		w.start()
		send := func(id string) {
			w.answered(w.lines[0].sendRaw(pdu.Message{
				Source: pdu.Address{TON: 1, NPI: 1, Addr: one}, Dest: pdu.Address{Addr: "36111"}, UserData: []byte("ECHO 1"),
				TLVs: []pdu.TLV{{Tag: 0x1400, Value: []byte(id)}},
			}), pdu.StatusOK)
			w.proven()
		}
		send("a")
		send("a")
		assert.EqualValues(t, 1, w.turns())
		send("b")
		assert.EqualValues(t, 2, w.turns())
	})
}

// boundSince moves the past of the carrier: bound since then, and binds that
// have ended did so then.
func (w *world) boundSince(at time.Time) {
	w.Helper()
	require.Eventually(w, func() bool { // the gateway's side of the last bind may lag behind
		w.binds.mu.Lock()
		defer w.binds.mu.Unlock()
		live := 0
		for _, s := range w.binds.byID {
			if s.live() {
				live++
			}
		}
		return live == len(w.lines)
	}, patient, time.Millisecond)
	w.binds.mu.Lock()
	defer w.binds.mu.Unlock()
	w.binds.since[1] = at
	for _, s := range w.binds.byID {
		if !s.row.EndedAt.IsZero() {
			s.row.EndedAt = at
		}
	}
}

// A duplicate of an opt-out is answered once it holds at the wire, again.
func TestDuplicateOptOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"STOP", "STOP NEWS"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2)
			w.mute.Store(true)
			w.start()
			w.answered(w.lines[0].send(one, text), pdu.StatusOK)
			w.lines[0].conn.Close()
			fresh := w.next()
			held := make(chan func(), 1)
			w.store.mu.Lock()
			w.store.hold = func(_ outbox.Stop, done func()) { held <- done }
			w.store.mu.Unlock()
			again := fresh.send(one, text)
			done := <-held
			assert.Empty(t, again)
			done()
			w.answered(again, pdu.StatusOK)
			assert.Len(t, w.store.handed, 1, "one confirmation")
			assert.Equal(t, w.store.stops[0].ID, w.store.stops[1].ID)
			assert.Equal(t, w.store.stops[0].Program, w.store.stops[1].Program)
		})
	}
}

// A person who said something else since, and refuses once more, is heard,
// although the first refusal may be without its acknowledgement.
func TestRefusalOnceMore(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"START", "ECHO 1"} {
		t.Run(between, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1)
			w.mute.Store(true)
			w.start()
			w.answered(w.lines[0].send(one, "STOP"), pdu.StatusOK)
			w.answered(w.lines[0].send(one, between), pdu.StatusOK)
			w.lines[0].conn.Close()
			w.answered(w.next().send(one, "STOP"), pdu.StatusOK)
			assert.EqualValues(t, 3, w.turns())
			require.Len(t, w.store.stops, 2)
			assert.Greater(t, w.store.stops[1].ID, w.store.stops[0].ID, "what came between is older now")
		})
	}
}

// Proven ones are forgotten first.
func TestRemember(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.binds.mu.Lock()
	w.binds.byID[5] = &bindState{row: BindRow{ID: 5, Proved: 3}}
	w.binds.mu.Unlock()
	th := &Thread{}
	for i := range int64(maxRecent) {
		w.remember(th, Recent{Fingerprint: i, Bind: 4 + i%2, Arrival: i})
	}
	w.remember(th, Recent{Fingerprint: 100})
	require.Len(t, th.Recent, maxRecent)
	var kept []int64
	for _, r := range th.Recent {
		kept = append(kept, r.Fingerprint)
	}
	assert.Equal(t, []int64{0, 2, 3, 4, 5, 6, 7, 100}, kept)
}
