package outbox

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// model is what the SMSC saw, and what it must not see.
type model struct {
	mu      sync.Mutex
	seen    map[string][]string // accepted answers by phone, in order
	stopped map[string]bool     // texts of a generation whose opt-out has been answered
	broken  []string
	verdict []int // of the next submits; none: accepted
	cuts    int
}

// answer plays the SMSC: it accepts, refuses for now, or cuts all binds.
func (m *model) answer(w *world, s *submit, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped[s.text] {
		m.broken = append(m.broken, "after its STOP was answered: "+s.text)
	}
	verdict := 0
	if len(m.verdict) > 0 {
		verdict, m.verdict = m.verdict[0], m.verdict[1:]
	}
	switch verdict {
	case 8:
		s.respond(pdu.StatusRXTAppn, "")
	case 9:
		m.cuts++
		w.peer.cut()
	default:
		if s.text[0] == 'a' && !slices.Contains(m.seen[s.to], s.text) {
			m.seen[s.to] = append(m.seen[s.to], s.text)
		}
		s.respond(pdu.StatusOK, smscID(n))
	}
}

// Whatever happens in whatever order: the answers of a phone arrive in the
// order in which they were decided, nothing is submitted after its STOP was
// answered, and all room is given back.
func TestAnyInterleaving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		ops := rapid.SliceOfN(rapid.IntRange(0, 9), 5, 40).Draw(rt, "ops")
		phones := rapid.SliceOfN(rapid.IntRange(0, 2), len(ops), len(ops)).Draw(rt, "phones")
		m := &model{
			seen: map[string][]string{}, stopped: map[string]bool{},
			verdict: rapid.SliceOfN(rapid.IntRange(0, 9), 0, 30).Draw(rt, "verdicts"),
		}
		slots, binds := rapid.IntRange(1, 4).Draw(rt, "window"), rapid.IntRange(1, 2).Draw(rt, "sessions")
		if !t.Run("", func(t *testing.T) { interleave(t, m, ops, phones, slots, binds) }) {
			rt.FailNow()
		}
	})
}

func interleave(t *testing.T, m *model, ops, phones []int, slots, binds int) {
	w := newWorld(t, window(slots), sessions(binds))
	done := make(chan struct{})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		for n := 0; ; n++ {
			select {
			case s := <-w.peer.submits:
				m.answer(w, s, n)
			case <-done:
				return
			}
		}
	}()
	var stops sync.WaitGroup
	last, generation, born := map[sms.MSISDN]sms.ID{}, map[sms.MSISDN]sms.ID{}, map[sms.MSISDN][]string{}
	for i, op := range ops {
		phone := sms.MSISDN(33600000001 + phones[i])
		switch {
		case op < 5:
			text := fmt.Sprintf("a%03d-%d", i, phone)
			born[phone] = append(born[phone], text)
			last[phone] = w.turn(phone, text, last[phone], generation[phone])
		case op < 7:
			text := fmt.Sprintf("m%03d-%d", i, phone)
			born[phone] = append(born[phone], text)
			x := w.message(phone, sms.Marketing, text)
			x.StopID = generation[phone]
			w.queued(x)
		case op == 7:
			w.pass(time.Second)
		default:
			id, older := w.ids.Next(w.now()), slices.Clone(born[phone])
			generation[phone] = id
			w.store.cancel(phone, id)
			stops.Add(1)
			w.Stop(Stop{ID: id, Phone: phone, Code: 36111, At: w.now()}, func() {
				m.mu.Lock()
				for _, text := range older {
					m.stopped[text] = true
				}
				m.mu.Unlock()
				stops.Done()
			})
		}
	}
	stops.Wait()
	w.settle()
	close(done)
	<-answered
	m.mu.Lock()
	defer m.mu.Unlock()
	assert.Empty(t, m.broken)
	for phone, texts := range m.seen {
		assert.IsIncreasing(t, append(texts, "b"), phone)
	}
}

// turn is what the inbox does for one answer.
func (w *world) turn(phone sms.MSISDN, text string, after, generation sms.ID) sms.ID {
	waiting := w.store.waiting(phone)
	x := w.message(phone, sms.Reply, text)
	x.AfterID, x.StopID = after, generation
	if waiting || !w.Reserve(1, thread(phone), 1) {
		w.queued(x)
		return x.ID
	}
	w.store.add(false, x)
	w.Hand(1, thread(phone), []Permitted{x})
	return x.ID
}

// waiting reports whether an answer of the phone is in the outbox.
func (s *memory) waiting(phone sms.MSISDN) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.To == phone && r.waits && r.Class.Answer() {
			return true
		}
	}
	return false
}

// cancel is what the transaction of an opt-out does in the outbox.
func (s *memory) cancel(phone sms.MSISDN, stop sms.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.To == phone && r.waits && r.Node == 0 && r.StopID < stop {
			r.State, r.waits = sms.Cancelled, false
		}
	}
	s.touched()
}

// settle lets time pass until every message has its end.
func (w *world) settle() {
	w.Helper()
	limit := time.Now().Add(patient)
	for open := true; open; {
		w.pass(time.Second)
		w.store.mu.Lock()
		open = false
		for _, r := range w.store.rows {
			open = open || r.State == sms.Queued || r.State == sms.Sending
		}
		changed := w.store.changed
		w.store.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(5 * time.Millisecond):
		}
		require.True(w, time.Now().Before(limit), "some messages never end")
	}
	w.idle()
}
