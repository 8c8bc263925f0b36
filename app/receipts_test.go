package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// The numbers in the names of these tests are those of docs/pitfalls.md.

// Two carriers that give out the same ids: each receipt finds the message that
// went through its carrier.
func TestPitfall03SameIDFromTwoCarriers(t *testing.T) {
	t.Parallel()
	one, other := newPeer(t), newPeer(t)
	w := bareWorld(t, smsc.Options{})
	w.apply(twoCarriers(one.addr, other.addr, "", ""))
	w.run()
	links := map[*peer]*peerLink{one: one.bound(w.context()), other: other.bound(w.context())}
	for n, p := range []*peer{one, other} {
		links[p].deliver(pdu.Message{Source: pdu.Address{Addr: fmt.Sprint(33600000001 + n)}, UserData: []byte("ECHO hello")})
		p.submits(w.context(), 1)
	}
	eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'sent'`)
	eventually(w, 2, `SELECT count(*)::int FROM submits WHERE smsc_id = '1'`)
	links[other].deliver(pdu.Message{ESMClass: pdu.ESMTypeReceipt, UserData: []byte("id:1 stat:UNDELIV")})
	links[one].deliver(pdu.Message{ESMClass: pdu.ESMTypeReceipt, UserData: []byte("id:1 stat:DELIVRD")})
	eventually(w, "delivered undelivered", `SELECT coalesce(string_agg(state::text, ' ' ORDER BY msisdn), '') FROM outbound WHERE state <> 'sent'`)
}

// A text is a text, whatever it says; what the SMSC marks as a receipt, a
// notification or an acknowledgement is never answered.
func TestPitfall07NobodyAnswersAReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	const text = "id:0000000007 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:STOP"
	p := w.phone(1)
	p.raw(smsc.Raw{Octets: []byte(text)})
	p.expect("Pizza Roma: sorry*")
	for n, class := range []uint8{0x04, 0x08, 0x10, 0x20, 0x44, 0x60} {
		octets := []byte(text)
		if class&pdu.ESMUDHI != 0 {
			octets = append([]byte{2, 0x70, 0}, octets...)
		}
		w.phone(int64(10 + n)).raw(smsc.Raw{ESMClass: class, Octets: octets})
	}
	p.text("ECHO after", "AFTER")
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM inbound`))
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM outbound`))
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM threads WHERE stopped`))
}

// Intermediate states end nothing, and nothing overwrites a final one.
func TestPitfall08StatesInAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(a *smsc.AccountOptions) { a.Receipts.Off = true })
	state := `SELECT state::text FROM outbound WHERE msisdn = $1`
	for n, c := range []struct {
		stats []string
		want  string
	}{
		{[]string{"ENROUTE", "ACCEPTD"}, "sent"},
		{[]string{"ENROUTE", "ACCEPTD", "UNDELIV"}, "undelivered"},
		{[]string{"DELIVRD", "ENROUTE"}, "delivered"},
		{[]string{"DELIVRD", "EXPIRED"}, "delivered"},
		{[]string{"SOMETHING", "REJECTD", "DELIVRD"}, "undelivered"},
	} {
		p := w.phone(int64(n))
		p.text("ECHO hello", "HELLO")
		eventually(w, "sent", state, p.Number())
		mts := w.smsc.MTs(0)
		for _, stat := range c.stats {
			w.receipt(mts[len(mts)-1].MessageID, stat)
		}
		assert.Equal(t, c.want, query[string](w, state, p.Number()), "%v", c.stats)
	}
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM receipts`))
}

// A receipt that goes to a name instead of a number is a receipt.
func TestPitfall12ReceiptToAName(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, "")
	l := p.bound(w.context())
	l.deliver(pdu.Message{UserData: []byte("ECHO hello")})
	p.submits(w.context(), 1)
	eventually(w, "sent", `SELECT state::text FROM outbound`)
	octets, err := pdu.AppendMessage(nil, pdu.DeliverSMID, &pdu.Message{
		Sequence: 9, Source: pdu.Address{Addr: ""}, Dest: pdu.Address{TON: 5, Addr: "ACME"}, ESMClass: pdu.ESMTypeReceipt, UserData: []byte("id:1 stat:DELIVRD"),
	})
	require.NoError(t, err)
	require.NoError(t, l.write(octets))
	require.Equal(t, pdu.StatusOK, l.answered(w.context(), 9).Status)
	assert.Equal(t, "delivered", query[string](w, `SELECT state::text FROM outbound`))
}

// A receipt that overtakes the submit_sm_resp by half a second, on another
// connection.
func TestPitfall04ReceiptBeforeItsResponse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", sessions: 2")
	account := w.smsc.Account("shop")
	require.NoError(t, account.WaitBound(w.context(), 2))
	require.NoError(t, account.SetFaults(smsc.Faults{ReceiptFirst: true, ReceiptElsewhere: true, Delay: 500 * time.Millisecond}))
	w.phone(1).text("ECHO "+long, strings.ToUpper(long))
	eventually(w, "delivered", `SELECT coalesce(max(state::text), '') FROM outbound`)
	eventually(w, 0, `SELECT count(*)::int FROM receipts`)
}

// receipt sends a hand-made receipt, and waits until it is acknowledged.
func (w *world) receipt(id, stat string) {
	w.t.Helper()
	text := fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:%s err:000 text:", id, stat)
	mo, err := w.phone(999).SendRaw(36111, smsc.MOOptions{}, smsc.Raw{ESMClass: pdu.ESMTypeReceipt, Octets: []byte(text)})
	require.NoError(w.t, err)
	require.NoError(w.t, mo.Wait(w.context()))
}

// Four parts whose responses come in reverse order: each receipt finds its
// part, and the parts together decide about the message.
func TestPitfall10ReceiptsOfPartsInAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(a *smsc.AccountOptions) { a.Receipts.Off = true })
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{Shuffle: 4}))
	four := strings.Repeat("0123456789", 47)
	var ids [2][]string
	for i, p := range []*phone{w.phone(1), w.phone(2)} {
		p.text("ECHO "+four, four)
		for _, mt := range w.smsc.MTs(0) {
			if mt.Phone == p.Number() {
				ids[i] = append(ids[i], mt.MessageID)
			}
		}
		require.Len(t, ids[i], 4)
	}
	eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'sent'`)
	state := `SELECT state::text FROM outbound WHERE msisdn = $1`
	for _, n := range []int{3, 0, 2} {
		w.receipt(ids[0][n], "DELIVRD")
		w.receipt(ids[1][n], "DELIVRD")
	}
	assert.Equal(t, "sent", query[string](w, state, 33600000001), "a part is missing")
	w.receipt(ids[0][1], "DELIVRD")
	w.receipt(ids[1][1], "UNDELIV")
	eventually(w, "delivered", state, 33600000001)
	eventually(w, "undelivered", state, 33600000002)
}

// Receipts for what the gateway does not know, or what was refused, are
// acknowledged: an error would only bring them back.
func TestPitfall11ReceiptsForUnknownAndRefusedMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.smsc.Account("shop").FailNext(1, pdu.StatusSubmitFail)
	p := w.phone(1)
	p.send("ECHO refused")
	p.text("ECHO taken", "TAKEN")
	refused := w.smsc.MTs(0)[0]
	require.Equal(t, pdu.StatusSubmitFail, refused.Status)
	w.receipt("4711", "UNDELIV")
	w.receipt("0", "REJECTD")
	eventually(w, "rejected delivered", `SELECT string_agg(state::text, ' ' ORDER BY id) FROM outbound`)
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM receipts`), "unmatched receipts are kept")
	assert.Len(t, p.Inbox(), 1)
	assert.Empty(t, w.phone(999).Inbox(), "nobody answers a receipt")
}
