package outbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"

	"repartee/optout"
	"repartee/smpp/pdu"
	"repartee/sms"
)

func newTestRecorder(s Store) *recorder {
	r := newRecorder(&Options{Store: s, IDs: sms.NewIDs(0, 0), Clock: time.Now, Log: zap.NewNop(), Metrics: NewMetrics()})
	r.wrote = func() {}
	return r
}

// flush writes what waits.
func flush(r *recorder) {
	if e := r.take(); e != nil {
		r.write(context.Background(), e)
	}
}

// A response and its receipt are one write; repeats change nothing.
func TestRecorderMerges(t *testing.T) {
	t.Parallel()
	store := newMemory()
	r := newTestRecorder(store)
	m := &message{Outbound: sms.Outbound{ID: 5, To: 1, Segments: 1, Attempts: 1}, claimed: true}
	r.alias(1, m, 0, "x")
	r.finished(m, sms.Sent, 0, noon)
	hit, found := r.index.get(1, "x")
	assert.True(t, found)
	assert.Equal(t, ref{to: 1, id: 5, segments: 1}, hit)
	r.add(func(e *entries) { e.update(1, 5).final(optout.Delivered, 0, noon.Add(time.Second)) })
	r.add(func(e *entries) { e.update(1, 5).final(optout.Absent, 9, noon.Add(time.Minute)) })
	rec := r.next.record(0, noon)
	assert.Len(t, rec.Updates, 1)
	assert.Equal(t, Update{
		To: 1, ID: 5, State: sms.Delivered, SentAt: noon, DoneAt: noon.Add(time.Second), Attempts: 1, Segments: 1, Claimed: true,
	}, *rec.Updates[0])
	flush(r)
	assert.Equal(t, 1, store.records)
	assert.Equal(t, sms.Delivered, store.rows[5].State)
}

// A receipt that overtakes the end of its message in the lane keeps its reason.
func TestRecorderKeepsTheCause(t *testing.T) {
	t.Parallel()
	r := newTestRecorder(newMemory())
	m := &message{Outbound: sms.Outbound{ID: 5, To: 1, Segments: 1, Attempts: 1}}
	r.add(func(e *entries) { e.update(1, 5).final(optout.Absent, 9, noon) })
	r.finished(m, sms.Sent, 0, noon)
	assert.Equal(t, Update{
		To: 1, ID: 5, State: sms.Undelivered, SentAt: noon, DoneAt: noon, Error: 9, Cause: optout.Absent, Attempts: 1, Segments: 1,
	}, *r.next.record(0, noon).Updates[0])
}

// A receipt came for an attempt that was given up: the message does not go again.
func TestRecorderDeliveredBeatsReturn(t *testing.T) {
	t.Parallel()
	store := newMemory()
	r := newTestRecorder(store)
	m := &message{Outbound: sms.Outbound{ID: 5, To: 1, Segments: 1, State: sms.Sending}, claimed: true}
	r.attempted(m)
	r.add(func(e *entries) { e.update(1, 5).final(optout.Delivered, 0, noon) })
	returned := false
	r.requeue(m, noon, func() { returned = true })
	flush(r)
	assert.True(t, returned)
	assert.Equal(t, sms.Delivered, store.rows[5].State)
	assert.False(t, store.rows[5].waits)
}

// A refused row is dropped alone, of whatever kind it is.
func TestRecorderHalves(t *testing.T) {
	t.Parallel()
	bad := &sms.PermanentError{Err: errors.New("refused")}
	for name, poisoned := range map[string]func(*Record) bool{
		"submit": func(b *Record) bool {
			for _, s := range b.Submits {
				if s.SMSCID == "poison" {
					return true
				}
			}
			return false
		},
		"update": func(b *Record) bool {
			for _, u := range b.Updates {
				if u.ID == 3 {
					return true
				}
			}
			return false
		},
		"receipt": func(b *Record) bool { return len(b.Receipts) > 0 },
		"all":     func(*Record) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newMemory()
			store.fail = func(b *Record) error {
				if poisoned(b) {
					return bad
				}
				return nil
			}
			r := newTestRecorder(store)
			for id := range sms.ID(5) {
				m := &message{Outbound: sms.Outbound{ID: id + 1, To: 1, Segments: 1}}
				r.alias(1, m, 0, map[bool]string{true: "poison", false: smscID(int(id))}[id == 2])
				r.finished(m, sms.Sent, 0, noon)
			}
			returned := 0
			r.requeue(&message{Outbound: sms.Outbound{ID: 9, To: 1, State: sms.Sending}}, noon, func() { returned++ })
			r.add(func(e *entries) { e.receipts = append(e.receipts, ReceiptRow{ID: 77}) })
			flush(r)
			assert.Equal(t, 1, returned)
			want := map[string][3]int{"submit": {6, 4, 1}, "update": {5, 5, 1}, "receipt": {6, 5, 0}, "all": {0, 0, 0}}[name]
			assert.Equal(t, want, [3]int{len(store.rows), len(store.submits), len(store.parked)})
		})
	}
}

// A database that is away costs nothing but time.
func TestRecorderWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fails := 2
	w.store.fail = func(*Record) error {
		if fails--; fails >= 0 {
			return errors.New("away")
		}
		return nil
	}
	m := w.answers(1, "a")[0]
	w.peer.next("a").respond(pdu.StatusOK, "1")
	w.store.state(t, m.ID, sms.Sent)
	w.idle()
}

func TestSubmitIndexForgetsTheOldest(t *testing.T) {
	t.Parallel()
	x := newSubmitIndex(2)
	for i, id := range []string{"a", "b", "b", "c"} {
		x.put(1, id, ref{id: sms.ID(i)})
	}
	_, found := x.get(1, "a")
	assert.False(t, found)
	r, found := x.get(1, "c")
	assert.True(t, found)
	assert.Equal(t, sms.ID(3), r.id)
	assert.LessOrEqual(t, len(x.refs), 2)
}

// A receipt finds its message in memory, or is parked with what it says; both
// are answered once they are written.
func TestReceiptsOverTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.answers(33600000001, "a")[0]
	s := w.peer.next("a")
	s.respond(pdu.StatusOK, "1")
	w.store.state(t, m.ID, sms.Sent)
	report := func(id, state string) {
		b, err := pdu.AppendMessage(nil, pdu.DeliverSMID, &pdu.Message{
			Sequence: 9, ESMClass: 0x04, Source: pdu.Address{Addr: s.to}, Dest: pdu.Address{Addr: "36111"},
			UserData: []byte("id:" + id + " sub:001 dlvrd:001 submit date:2611251100 done date:2611251100 stat:" + state + " err:000 text:"),
		})
		assert.NoError(t, err)
		_, err = s.conn.Write(b)
		assert.NoError(t, err)
	}
	report("1", "DELIVRD")
	w.store.state(t, m.ID, sms.Delivered)
	report("unknown", "UNDELIV")
	w.store.until(t, "parked", func() bool { return len(w.store.parked) == 1 })
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	got := w.store.parked[0]
	assert.Equal(t, optout.UnknownCause, got.Cause)
	assert.Equal(t, "unknown", got.SMSCID)
}
