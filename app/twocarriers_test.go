package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/smsc"
	"repartee/sms"
)

// otherAccount is a second customer of the simulator, for the second carrier.
func otherAccount() smsc.AccountOptions {
	a := shopAccount()
	a.SystemID = "other"
	return a
}

// A carrier that takes 10 a second, or one that takes nothing, has more to
// send than it can: the other one's latency and the memory stay as they are,
// and what waits, waits in the outbox and leaves in order.
func TestSlowCarrierDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		carrier string
		faults  smsc.Faults
	}{
		"slow":   {carrier: ", throughput: 10"},
		"silent": {carrier: ", window: 5, timeouts: {response: 30s}", faults: smsc.Faults{Mute: true}},
		"away":   {carrier: ", window: 5, timeouts: {response: 30s}, backoff: {min: 50ms, max: 200ms}", faults: smsc.Faults{Mute: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{shopAccount(), otherAccount()}, Keep: 100})
			w.apply(twoCarriers(w.smsc.Addr(), w.smsc.Addr(), "", c.carrier))
			w.start()
			slow := w.smsc.Account("other")
			require.NoError(t, slow.WaitBound(w.context(), 1))
			require.NoError(t, slow.SetFaults(c.faults))
			const crowd = 1500
			for n := range int64(crowd) {
				mo, err := w.phone(n).SendWith(36111, "ECHO hello", smsc.MOOptions{Via: "other"})
				require.NoError(t, err)
				if n == crowd-1 {
					require.NoError(t, mo.Wait(w.context()))
				}
			}
			eventually(w, crowd, `SELECT count(*)::int FROM inbound WHERE outcome = 'turn'`)
			if name == "away" {
				require.NoError(t, slow.SetFaults(smsc.Faults{RefuseBinds: 0x05}))
				slow.Drop()
			}
			if name == "slow" {
				assert.Greater(t, query[int](w, `SELECT count(*)::int FROM outbox`), crowd/2, "what lanes have no room for waits in the outbox")
			}
			before := heap()
			load, err := w.smsc.StartLoad(smsc.LoadOptions{
				Targets: []smsc.Target{{Account: "shop", Code: 36111}}, FirstPhone: 33610000000, Phones: 2000,
				Texts: []string{"ECHO #{n}"}, Rate: 150, Duration: 3 * time.Second, Numbered: true,
			})
			require.NoError(t, err)
			r, err := load.Wait(w.context())
			require.NoError(t, err)
			assert.Zero(t, r.Lost)
			assert.Zero(t, r.Duplicates)
			assert.Less(t, r.Latency.P99, 10*time.Second, "the slow one alone has work for minutes")
			t.Logf("%s: p50 %s, p99 %s", name, r.Latency.P50, r.Latency.P99)
			assert.Less(t, heap(), before+16<<20)
		})
	}
}

// What cannot leave in time expires, the rest leaves in order once it can.
func TestBacklogOfACarrierExpiresOrLeavesInOrder(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{shopAccount(), otherAccount()}})
	w.apply(twoCarriers(w.smsc.Addr(), w.smsc.Addr(), "", ", throughput: 10, backoff: {min: 50ms, max: 200ms}"))
	w.start()
	slow := w.smsc.Account("other")
	require.NoError(t, slow.WaitBound(w.context(), 1))
	p := w.phone(1)
	send := func(text string) {
		mo, err := p.SendWith(36111, "ECHO "+text, smsc.MOOptions{Via: "other"})
		require.NoError(t, err)
		require.NoError(t, mo.Wait(w.context()))
	}
	send("0")
	p.expect("0")
	require.NoError(t, slow.SetFaults(smsc.Faults{RefuseBinds: 0x05}))
	slow.Drop()
	require.NoError(t, slow.WaitUnbound(w.context()))
	now := time.Now()
	program := w.gw.snap.Load().Program("pizza").ID
	for n, text := range []string{"1", "2", "too late", "3", "4"} {
		m := sms.Outbound{
			ID: w.gw.ids.Next(now), To: p.Number(), Code: 36111, Program: program, Class: sms.Transactional, Expires: now.Add(time.Hour), Text: text,
		}
		if n == 2 {
			m.Expires = now.Add(time.Second)
		}
		require.NoError(t, w.gw.outbox.Enqueue(context.Background(), []sms.Outbound{m}))
	}
	assert.Equal(t, 5, query[int](w, `SELECT count(*)::int FROM outbox`))
	eventually(w, 1, `SELECT count(*)::int FROM outbound WHERE state = 'expired'`)
	require.NoError(t, slow.SetFaults(smsc.Faults{}))
	for _, text := range []string{"1", "2", "3", "4"} {
		p.expect(text)
	}
	eventually(w, 0, `SELECT count(*)::int FROM outbox`)
}
