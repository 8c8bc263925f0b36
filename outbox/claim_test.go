package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// Answers that follow each other leave as soon as the one before them has.
func TestFollowersDoNotWaitForTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, window(1))
	var ms []Permitted
	for i := range 4 {
		m := w.message(1, sms.Reply, string(rune('a'+i)))
		if i > 0 {
			m.AfterID = ms[i-1].ID
		}
		ms = append(ms, m)
	}
	w.queued(ms...)
	for i := range ms {
		w.peer.next(string(rune('a'+i))).respond(pdu.StatusOK, smscID(i))
	}
	w.store.state(t, ms[3].ID, sms.Sent)
	w.idle()
}

// Marketing is not claimed in stock: with the node it would end as unknown.
func TestClaimsOnlyWhatCanLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, throughput(40), window(64))
	var ms []Permitted
	for i := range sms.MSISDN(60) {
		ms = append(ms, w.message(33600000000+i, sms.Marketing, "m"))
	}
	w.queued(ms...)
	w.peer.next("m")
	w.store.mu.Lock()
	sending := 0
	for _, r := range w.store.rows {
		if r.State == sms.Sending {
			sending++
		}
	}
	w.store.mu.Unlock()
	assert.LessOrEqual(t, sending, len(w.peer.submits)+1+10, "250 ms of 40 a second, beside those at the SMSC")
	w.fence.Store(true)
}

// Once answers spilled into the outbox, later ones follow until it is empty.
func TestSpilledAnswersKeepTheirTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, throughput(1), window(1))
	l := w.line(1)
	w.answers(1, "a")
	first := w.peer.next("a")
	for phone := range sms.MSISDN(minRoom - 1) {
		require.True(t, w.Reserve(1, thread(100+phone), 1))
	}
	assert.False(t, w.Reserve(1, thread(2), 1), "full")
	for phone := range sms.MSISDN(minRoom - 1) {
		w.Release(1, thread(100+phone), 1)
	}
	l.mu.Lock()
	assert.True(t, l.spilled)
	l.mu.Unlock()
	first.respond(pdu.StatusOK, "1")
	w.eventually("the outbox is empty", func() bool {
		if !w.Reserve(1, thread(3), 1) {
			return false
		}
		w.Release(1, thread(3), 1)
		return true
	})
	w.idle()
}

// The store could not lock a consents row: the message stays in the outbox.
func TestSkippedByTheStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.message(33600000001, sms.Marketing, "m")
	w.store.stolen[m.To] = true
	w.queued(m)
	w.store.until(t, "looked at twice", func() bool { return w.store.claims > 2 })
	w.peer.none()
	w.store.mu.Lock()
	assert.Equal(t, sms.Queued, w.store.rows[m.ID].State)
	delete(w.store.stolen, m.To)
	w.store.mu.Unlock()
	w.pass(time.Second) // the next reading from the beginning
	w.peer.next("m").respond(pdu.StatusOK, "1")
	w.store.state(t, m.ID, sms.Sent)
	w.idle()
}

func TestRulings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClaimer(w.Outbox, w.line(1))
	now := w.now()
	candidate := func(change func(*Candidate)) Candidate {
		x := Candidate{Message: w.message(33600000001, sms.Marketing, "m").Outbound, Person: person(now)}
		change(&x)
		return x
	}
	reply := func(x *Candidate) { x.Message.Class = sms.Reply }
	for name, tc := range map[string]struct {
		cs   []Candidate
		want []Action
	}{
		"expired":     {[]Candidate{candidate(func(x *Candidate) { x.Message.Expires = now })}, []Action{Expire}},
		"stopped":     {[]Candidate{candidate(func(x *Candidate) { x.Person.StopID = x.Message.ID })}, []Action{Cancel}},
		"no consent":  {[]Candidate{candidate(func(x *Candidate) { x.Person.Consents = nil })}, []Action{Refuse}},
		"behind":      {[]Candidate{candidate(func(x *Candidate) { reply(x); x.AfterOpen = true })}, []Action{Skip}},
		"one a claim": {[]Candidate{candidate(func(*Candidate) {}), candidate(func(*Candidate) {})}, []Action{Take, Skip}},
		"unknown zone": {[]Candidate{candidate(func(x *Candidate) {
			x.Message.To = 999123456789
			x.Message.Expires = now.Add(48 * time.Hour)
		})}, []Action{Hold}},
	} {
		var got []Action
		rulings := c.rule(tc.cs, now)
		for _, r := range rulings {
			got = append(got, r.Action)
		}
		assert.Equal(t, tc.want, got, name)
		if tc.want[0] == Hold {
			assert.WithinRange(t, rulings[0].Until, now.Add(lookAgain), now.Add(lookAgain+spread))
		}
	}
	first := candidate(reply)
	second := candidate(func(x *Candidate) { reply(x); x.AfterOpen, x.Message.AfterID = true, first.Message.ID })
	assert.Equal(t, Take, c.rule([]Candidate{first, second}, now)[1].Action, "together they keep their order in the lane")
}

// What is claimed and cannot leave goes back, once its permit is over; the
// attempt is no loop: it waits for room first.
func TestClaimedGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, window(4))
	var held []*submit
	for i := range sms.MSISDN(3) {
		w.answers(10+i, "a")
		held = append(held, w.peer.next("a"))
	}
	m := w.message(33600000001, sms.Marketing, "m")
	w.queued(m) // one slot is free, and kept for answers
	w.store.state(t, m.ID, sms.Sending)
	w.pass(optout.PermitLife)
	w.store.until(t, "back in the outbox", func() bool { return w.store.requeued == 1 })
	for _, s := range held {
		s.respond(pdu.StatusOK, "1")
	}
	w.peer.next("m").respond(pdu.StatusOK, "2")
	w.store.state(t, m.ID, sms.Sent)
	w.idle()
}
