package app

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// Promise 9: whatever happens, no number, text or password gets into the log,
// debug level included, or into the metrics.
func TestNothingPrivateInLogAndMetrics(t *testing.T) {
	t.Parallel()
	const (
		number   = "33607700" // begins all numbers below
		text     = "Zanzibar"
		password = "Xylofon"
	)
	peer := newPeer(t)
	account := shopAccount()
	account.Password = password
	w := bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{account}})
	logs := w.watched()
	conf := strings.ReplaceAll(twoCarriers(w.smsc.Addr(), peer.addr, ", timeouts: {response: 300ms}", ""), "password: secret", "password: "+password)
	w.apply(conf)
	w.start()
	phone := func(n int64) *phone { return w.phone(7_700_000 + n) } // 33607700000 + n

	// Conversations, opt-outs, long and binary texts, texts that nobody takes.
	p := phone(1)
	p.text("ECHO "+text, strings.ToUpper(text))
	p.text("PIZZA", "Size?*")
	p.text(text, "*")
	p.text("STOP "+text, "*")
	p.text("START", "*")
	p.text(strings.Repeat(text+" ", 40), "*")
	_, err := phone(11).SendWith(36111, "STOP "+text+long, smsc.MOOptions{Order: []int{0}})
	require.NoError(t, err)
	phone(11).expect("*")
	phone(2).raw(smsc.Raw{DataCoding: 4, Octets: []byte(text)})
	_, err = phone(2).SendWith(36111, text, smsc.MOOptions{From: number + "x" + text})
	require.NoError(t, err)

	// Receipts of all kinds.
	for _, receipt := range []string{"id:" + text + " stat:DELIVRD text:" + text, "stat:" + text, text, "id:1 stat:" + text + " err:" + number} {
		phone(3).raw(smsc.Raw{ESMClass: pdu.ESMTypeReceipt, Octets: []byte(receipt)})
	}

	// Refusals, silence, a cut.
	acc := w.smsc.Account("shop")
	acc.FailNext(1, pdu.StatusInvDstAdr)
	acc.FailNext(1, 0x400)
	phone(4).send("ECHO " + text)
	phone(5).send("ECHO " + text)
	require.NoError(t, acc.SetFaults(smsc.Faults{Mute: true}))
	phone(6).text("ECHO "+text, "*")
	eventually(w, true, `SELECT max(unknowns) > 0 FROM outbound`)
	acc.Drop()
	require.NoError(t, acc.SetFaults(smsc.Faults{}))

	// Strange PDUs.
	l := peer.bound(w.context())
	require.NoError(t, l.write(encodeMO(t, pdu.Message{Sequence: 5, Source: pdu.Address{Addr: number + "00007"}, UserData: []byte("ECHO " + text)})))
	whole := encodeMO(t, pdu.Message{Sequence: 6, Source: pdu.Address{Addr: number + "00007"}, UserData: []byte(text + text)})
	cut := append([]byte{0, 0, 0, byte(len(whole) - 4)}, whole[4:len(whole)-4]...)
	require.NoError(t, l.write(cut))
	require.NoError(t, l.write(append(pdu.AppendHeader(nil, 0x999, 0, 7)[:16:16], []byte(number+text)...)))

	// A database that refuses, locks, and cuts connections.
	w.exec(`ALTER TABLE inbound ADD CONSTRAINT no_zanzibar CHECK (text NOT LIKE 'ECHO refused Zanzibar%')`)
	refused, err := phone(8).Send(36111, "ECHO refused "+text)
	require.NoError(t, err)
	require.NoError(t, refused.Wait(w.context()))
	release := w.lock("inbound")
	late := phone(9).send("ECHO late " + text)
	eventually(w, true, `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	w.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	release()
	require.NoError(t, late.Wait(w.context()))
	w.exec(`ALTER TABLE submits ADD CONSTRAINT no_phone CHECK (msisdn <> 33607700010)`)
	phone(10).text("ECHO "+text, "*")
	w.awaitLog(logs, "an outcome cannot be written", "no_phone")

	// A wrong password, and an address where nobody listens.
	wrong := strings.ReplaceAll(conf, "password: "+password, "password: "+password[:6]+"!")
	w.apply(strings.Replace(wrong, peer.addr, "127.0.0.1:1", 1))
	w.awaitLog(logs, "refused system_id or password")
	w.awaitLog(logs, "other", "the SMSC refused the connection")
	metrics := w.metrics()
	w.stop()

	all := logged(t, logs)
	for _, private := range []string{number, text, strings.ToUpper(text), password, password[:6], "5a616e7a69626172", "WmFuemliYXI"} {
		assert.NotContains(t, metrics, private)
		for line := range strings.Lines(all) {
			assert.NotContains(t, line, private)
		}
	}
	for _, happened := range []string{"quarantined", "waits for the database", "request refused with generic_nack", "message that cannot be read", "without a usable id"} {
		assert.Contains(t, all, happened, "the scenario shall include it")
	}
	assert.Greater(t, len(logs.All()), 10)
}
