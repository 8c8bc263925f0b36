package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

const long = "the quick brown fox jumps over the lazy dog and texts a very long order to the pizzeria with olives, " +
	"capers, anchovies, artichokes, more olives, a little oregano, no onions at all please, extra cheese on one half and {ham} on the other"

func TestLongTextsBothWays(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]coding.Method{"udh8": coding.UDH8, "udh16": coding.UDH16, "sar": coding.SAR, "payload": coding.Payload} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, ", segmentation: "+name)
			for i, text := range []string{long, strings.Repeat("Ça va 😀 très bien, ", 9)} {
				p := w.phone(int64(i))
				_, err := p.SendWith(36111, "ECHO "+text, smsc.MOOptions{Method: method})
				require.NoError(t, err)
				p.expect(strings.ToUpper(strings.TrimSpace(text)))
				assert.Len(t, p.Inbox(), 1)
			}
			eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
			assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM outbound`))
		})
	}
}

func TestPartsInAnyOrderOverAnyBind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", sessions: 3")
	require.NoError(t, w.smsc.Account("shop").WaitBound(w.context(), 3))
	p, other := w.phone(1), w.phone(2)
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 0, 1}, {0, 1, 1}} {
		_, err := p.SendWith(36111, "ECHO "+long, smsc.MOOptions{Order: order, Spread: true})
		require.NoError(t, err)
		_, err = other.SendWith(36111, "ECHO "+long, smsc.MOOptions{Order: order, Spread: true})
		require.NoError(t, err)
		p.expect(strings.ToUpper(long))
		other.expect(strings.ToUpper(long))
	}
	assert.Equal(t, 8, query[int](w, `SELECT count(*)::int FROM inbound WHERE parts = 2 AND complete`))
}

// A part that never comes: what is there is handed on, marked incomplete, and
// an opt-out in it counts (pitfall 22).
func TestMissingPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	_, err := p.SendWith(36111, "STOP "+long, smsc.MOOptions{Order: []int{0}})
	require.NoError(t, err)
	p.expect("Pizza Roma: you are unsubscribed*")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM inbound WHERE NOT complete AND class = 'opt-out'`))
}

// Parts survive a restart of the gateway between them.
func TestPartsAcrossARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.stop()
	w.partsWithin = time.Minute
	w.start()
	p := w.phone(1)
	raws := rawParts(t, "ECHO "+long)
	first, err := p.SendRaw(36111, smsc.MOOptions{}, raws[1])
	require.NoError(t, err)
	require.NoError(t, first.Wait(w.context()))
	w.stop()
	w.start()
	_, err = p.SendRaw(36111, smsc.MOOptions{}, raws[0])
	require.NoError(t, err)
	p.expect(strings.ToUpper(long))
}

func rawParts(t *testing.T, text string) []smsc.Raw {
	t.Helper()
	s, err := coding.Split(text, coding.SplitOptions{Zero: coding.GSM7, Method: coding.UDH8, Ref: 7})
	require.NoError(t, err)
	var raws []smsc.Raw
	for _, p := range s.Parts {
		raws = append(raws, smsc.Raw{DataCoding: s.DataCoding, ESMClass: pdu.ESMUDHI, Octets: p})
	}
	return raws
}

func TestReceiptsOfManyForms(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		carrier string
		account func(*smsc.AccountOptions)
		faults  smsc.Faults
		state   string
	}{
		"hex in the response, decimal in the receipt": {
			carrier: ", receipts: {response_id: hex, receipt_id: decimal}",
			account: func(a *smsc.AccountOptions) { a.Receipts.ResponseID, a.Receipts.ReceiptID = smsc.Hex, smsc.Decimal }, state: "delivered",
		},
		"TLV only":               {account: func(a *smsc.AccountOptions) { a.Receipts.Form = smsc.ReceiptTLV }, state: "delivered"},
		"before the response":    {faults: smsc.Faults{ReceiptFirst: true, Delay: 100 * time.Millisecond}, state: "delivered"},
		"on another bind":        {carrier: ", sessions: 2", faults: smsc.Faults{ReceiptElsewhere: true}, state: "delivered"},
		"undelivered":            {account: func(a *smsc.AccountOptions) { a.Receipts.States = map[string]int{"UNDELIV": 1} }, state: "undelivered"},
		"as data_sm":             {account: func(a *smsc.AccountOptions) { a.DataSM = true }, state: "delivered"},
		"over a pair":            {carrier: ", bind: pair", state: "delivered"},
		"none, by configuration": {carrier: ", receipts: {enabled: false}", state: "sent"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.account == nil {
				c.account = func(*smsc.AccountOptions) {}
			}
			w := newWorld(t, c.carrier, c.account)
			require.NoError(t, w.smsc.Account("shop").SetFaults(c.faults))
			w.phone(1).text("ECHO "+long, strings.ToUpper(long)) // two segments
			w.phone(2).text("ECHO short", "SHORT")
			eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = $1::message_state`, c.state)
			eventually(w, 0, `SELECT count(*)::int FROM receipts`)
		})
	}
}

// Throttling slows down and loses nothing; the order of a phone is kept.
func TestThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.smsc.Account("shop").FailNext(2, pdu.StatusThrottled)
	p := w.phone(1)
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		p.send("ECHO " + n)
	}
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		p.expect(n)
	}
	eventually(w, 6, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.smsc.Account("shop").FailNext(1, pdu.StatusInvDstAdr)
	p := w.phone(1)
	p.send("ECHO one")
	p.text("ECHO two", "TWO")
	eventually(w, "rejected", `SELECT state::text FROM outbound ORDER BY id LIMIT 1`)
	assert.Equal(t, int(pdu.StatusInvDstAdr), query[int](w, `SELECT error FROM outbound ORDER BY id LIMIT 1`))
}

// An answer whose outcome nobody knows is tried three times in all, then ends
// as unknown (promise 6).
func TestUnknownOutcomes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", timeouts: {response: 200ms}")
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{Mute: true}))
	p := w.phone(1)
	p.send("ECHO hello")
	eventually(w, "unknown", `SELECT coalesce(max(state::text), '') FROM outbound`)
	assert.Equal(t, 3, query[int](w, `SELECT unknowns::int FROM outbound`))
	require.Len(t, p.Inbox(), 3)
}

// A cut in the middle: the answer goes again after the rebind.
func TestCutAndRebind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", backoff: {min: 50ms}")
	account := w.smsc.Account("shop")
	require.NoError(t, account.SetFaults(smsc.Faults{Mute: true}))
	p := w.phone(1)
	p.send("ECHO hello")
	p.expect("HELLO")
	require.NoError(t, account.SetFaults(smsc.Faults{}))
	account.Drop()
	p.expect("HELLO")
	eventually(w, "delivered", `SELECT coalesce(max(state::text), '') FROM outbound`)
	assert.Equal(t, 1, query[int](w, `SELECT unknowns::int FROM outbound`))
}

// Texts that come while the carrier is away wait in the outbox, in order.
func TestAnswersWaitForTheirCarrier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", bind: pair, backoff: {min: 50ms, max: 200ms}")
	account := w.smsc.Account("shop")
	require.NoError(t, account.WaitBound(w.context(), 2))
	require.NoError(t, account.SetFaults(smsc.Faults{Throttle: 1, RefuseBinds: pdu.StatusAlyBnd}))
	p := w.phone(1)
	for _, n := range []string{"1", "2", "3", "4"} {
		require.NoError(t, p.send("ECHO "+n).Wait(w.context()))
	}
	account.Drop()
	require.NoError(t, account.WaitUnbound(w.context()))
	require.NoError(t, account.SetFaults(smsc.Faults{}))
	seen := map[string]bool{}
	for len(seen) < 4 {
		e, err := p.Next(w.context())
		require.NoError(t, err)
		seen[e.Text] = true
	}
	eventually(w, 4, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
	inOrder(t, p.Inbox())
}

// inOrder checks that first arrivals came in the order 1, 2, 3 …
func inOrder(t *testing.T, inbox []smsc.Entry) {
	t.Helper()
	var order []string
	seen := map[string]bool{}
	for _, e := range inbox {
		if !seen[e.Text] {
			seen[e.Text] = true
			order = append(order, e.Text)
		}
	}
	assert.IsIncreasing(t, order)
}

// An orderly stop under load loses nothing and sends nothing twice.
func TestShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", window: 50, sessions: 2")
	load, err := w.smsc.StartLoad(smsc.LoadOptions{
		Targets: []smsc.Target{{Account: "shop", Code: 36111}}, FirstPhone: 33610000000, Phones: 200, Texts: []string{"ECHO #{n}"},
		Turns: 4000, Outstanding: 200, Numbered: true,
	})
	require.NoError(t, err)
	for range 3 {
		eventually(w, true, `SELECT count(*) > 300 FROM inbound`)
		w.stop()
		w.start()
	}
	r, err := load.Wait(w.context())
	require.NoError(t, err)
	assert.Zero(t, r.Lost)
	assert.Zero(t, r.Duplicates)
	assert.Zero(t, r.OutOfOrder)
	assert.Equal(t, 4000, query[int](w, `SELECT count(*)::int FROM inbound WHERE outcome = 'turn'`))
	assert.Equal(t, 0, query[int](w, `SELECT sum(copies)::int FROM inbound`))
}

func TestConfigurationChangesApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	p.text("HALLO", "Pizza Roma*") // unknown
	w.apply(strings.Replace(shop(w.smsc.Addr(), ", window: 3"), "word: ECHO", "word: ECHO, aliases: [HALLO]", 1))
	require.Eventually(t, func() bool {
		p.send("HALLO you")
		e, err := p.Next(w.context())
		return err == nil && e.Text == "YOU"
	}, 20*time.Second, 200*time.Millisecond)
	assert.Equal(t, int64(2), w.smsc.Account("shop").Counters().Binds)
}

func TestTextsNobodyCanTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(a *smsc.AccountOptions) { a.Codes = append(a.Codes, 38000) })
	p := w.phone(1)
	mo, err := p.Send(38000, "hello")
	require.NoError(t, err)
	require.NoError(t, mo.Wait(w.context()))
	mo, err = p.SendWith(36111, "hello", smsc.MOOptions{From: "ACME"})
	require.NoError(t, err)
	require.NoError(t, mo.Wait(w.context()))
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM inbound WHERE outcome = 'ignored' AND rule = 'unknown-code'`))
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM inbound WHERE outcome = 'ignored' AND rule = 'no-phone'`))
	assert.Empty(t, p.Inbox())
}

// Marketing waits for the recipient's day, and is stopped while it waits.
func TestMarketingWaitsAndStops(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p, other := w.phone(1), w.phone(2)
	p.text("START", "Pizza Roma*")
	other.text("START", "Pizza Roma*")
	night := strings.Replace(shop(w.smsc.Addr(), ""), "brand: Pizza Roma,", `brand: Pizza Roma, quiet_hours: {days: {`+yesterday()+`: "09:00-09:01"}},`, 1)
	w.apply(night)
	eventually(w, true, `SELECT config = (SELECT version FROM config) FROM nodes`)
	program := w.gw.snap.Load().Program("pizza").ID
	send := func(to *phone) {
		now := time.Now()
		require.NoError(t, w.gw.outbox.Enqueue(context.Background(), []sms.Outbound{{
			ID: w.gw.ids.Next(now), To: to.Number(), Code: 36111, Program: program, Class: sms.Marketing, Expires: now.Add(240 * time.Hour), Text: "20% off",
		}}))
	}
	send(p)
	send(other)
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM outbound WHERE state = 'held' AND hold_until > now()`))
	other.text("STOP", "Pizza Roma: you are unsubscribed*")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM outbound WHERE state = 'cancelled'`))
	w.apply(strings.Replace(night, yesterday()+`: "09:00-09:01"`, `mon-sun: "00:00-24:00"`, 1))
	eventually(w, true, `SELECT config = (SELECT version FROM config) FROM nodes`)
	query[int](w, `WITH u AS (UPDATE outbox SET due = now() RETURNING 1) SELECT count(*)::int FROM u`)
	p.expect("20% off")
	assert.Len(t, other.Inbox(), 2)
	eventually(w, "delivered", `SELECT state::text FROM outbound WHERE class = 'marketing' AND state <> 'cancelled'`)
}

// yesterday is a day of the week on which nothing can be sent today.
func yesterday() string {
	return strings.ToLower(time.Now().AddDate(0, 0, -2).Weekday().String()[:3])
}

// A sender who never finishes what he begins does not make his thread grow
// without end: of too many unfinished texts the oldest is handed on as it is.
func TestUnfinishedTextsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.stop()
	w.partsWithin = time.Hour
	w.start()
	p := w.phone(1)
	const begun = 40
	for ref := range byte(begun) {
		mo, err := p.SendRaw(36111, smsc.MOOptions{}, smsc.Raw{ESMClass: pdu.ESMUDHI, Octets: append([]byte{5, 0, 3, ref, 2, 1}, "ECHO part"...)})
		require.NoError(t, err)
		require.NoError(t, mo.Wait(w.context()))
	}
	assert.Equal(t, 16, query[int](w, `SELECT count(*)::int FROM mo_sets WHERE done_at IS NULL`))
	assert.Equal(t, begun-16, query[int](w, `SELECT count(*)::int FROM inbound WHERE NOT complete`))
}

// A window that stays full for longer than the slot time-out sends what waits
// for it back to the outbox; nothing of it is lost.
func TestWaitForASlotEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", window: 1, timeouts: {slot: 200ms, response: 2s}")
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{Mute: true}))
	p, other := w.phone(1), w.phone(2)
	p.text("ECHO one", "ONE") // takes the only slot
	other.send("ECHO two")
	eventually(w, 1, `SELECT count(*)::int FROM outbound WHERE state = 'queued' AND text = 'TWO'`)
	assert.Empty(t, other.Inbox())
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{}))
	other.expect("TWO")
	eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
}
