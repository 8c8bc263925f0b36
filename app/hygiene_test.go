package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// market enqueues a marketing message to a phone and returns what the gate
// made of it in the end.
func (w *world) market(p *phone, program string) sms.ID {
	w.t.Helper()
	id := w.gw.ids.Next(time.Now())
	require.NoError(w.t, w.gw.outbox.Enqueue(w.context(), []sms.Outbound{{
		ID: id, To: p.Number(), Code: 36111, Class: sms.Marketing, Program: w.gw.snap.Load().Program(program).ID, Text: "Two for one", Expires: time.Now().Add(time.Hour),
	}}))
	return id
}

// reported sends the receipt of a phone's last message, in the carrier's words.
func (w *world) reported(p *phone, stat, code string) {
	w.t.Helper()
	mts := slices.DeleteFunc(w.smsc.MTs(0), func(m smsc.MT) bool { return m.Phone != p.Number() })
	text := fmt.Sprintf("id:%s sub:001 dlvrd:000 submit date:2611221200 done date:2611221201 stat:%s err:%s text:", mts[len(mts)-1].MessageID, stat, code)
	mo, err := w.phone(999).SendRaw(36111, smsc.MOOptions{}, smsc.Raw{ESMClass: pdu.ESMTypeReceipt, Octets: []byte(text)})
	require.NoError(w.t, err)
	require.NoError(w.t, mo.Wait(w.context()))
}

// The whole way of a receipt: a carrier that says "unsubscribed" stops the
// phone as STOP does, without a word; one that has said "absent" for a month
// pauses marketing, and the phone's next text ends the pause.
func TestReceiptsKeepListsClean(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", receipts: {codes: {612: unsubscribed, 613: absent}}", func(a *smsc.AccountOptions) { a.Receipts.Off = true })
	ana, bob := w.phone(1), w.phone(2)
	for _, p := range []*phone{ana, bob} {
		p.send("START")
		p.expect("Pizza Roma: *")
	}
	rule := `SELECT state::text || ' ' || rule FROM outbound WHERE id = $1`

	w.reported(bob, "UNDELIV", "612")
	eventually(w, true, `SELECT stopped FROM threads WHERE msisdn = $1`, bob.Number())
	assert.Equal(t, "refused G04 opted out", query[string](w, rule, w.market(bob, "pizza")))
	assert.Equal(t, "receipt", query[string](w, `SELECT entry->>'actor' FROM consent_ledger WHERE msisdn = $1 AND event = 'opt-out'`, bob.Number()))
	assert.Empty(t, bob.Inbox()[1:], "no confirmation")

	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(t, err)
	defer conn.Close(w.context())
	ana.text("ECHO hello", "HELLO")
	// A month without a word: four failures, and the texts of today are older.
	_, err = conn.Exec(w.context(), `INSERT INTO failures (msisdn, id, at, cause) SELECT $1::bigint, n, now() - n * interval '10 days', 'absent' FROM generate_series(1, 4) n`, ana.Number())
	require.NoError(t, err)
	_, err = conn.Exec(w.context(), `UPDATE threads SET last_mo = now() - interval '60 days' WHERE msisdn = $1`, ana.Number())
	require.NoError(t, err)
	w.reported(ana, "UNDELIV", "613")
	eventually(w, "unreachable", `SELECT unreachable FROM threads WHERE msisdn = $1`, ana.Number())
	id := w.market(ana, "pizza")
	assert.Equal(t, "refused G11 paused", query[string](w, rule, id))

	ana.text("ECHO here I am", "HERE I AM")
	assert.Empty(t, query[string](w, `SELECT unreachable FROM threads WHERE msisdn = $1`, ana.Number()))
	assert.Equal(t, "paused resumed", query[string](w, `SELECT string_agg(event, ' ' ORDER BY id) FROM consent_ledger WHERE msisdn = $1 AND scope = 'unreachable'`, ana.Number()))
	assert.NotContains(t, query[string](w, rule, w.market(ana, "pizza")), "G11")
	assert.True(t, query[bool](w, `SELECT stopped FROM threads WHERE msisdn = $1`, bob.Number()), "a pause that ends lifts no refusal")
}
