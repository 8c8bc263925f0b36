package app

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// lock holds a table, so that nothing that needs it goes on, until release.
func (w *world) lock(table string) (release func()) {
	w.t.Helper()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.context(), `BEGIN; LOCK TABLE `+table+` IN ACCESS EXCLUSIVE MODE`)
	require.NoError(w.t, err)
	return func() { require.NoError(w.t, conn.Close(context.Background())) }
}

// An MO with the sequence number of an outstanding submit_sm is an MO.
func TestPitfall59OneNumberInBothDirections(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, "")
	p.judged(func(m *pdu.Message) (pdu.Status, bool) { return pdu.StatusOK, string(m.UserData) == "FIRST" })
	l := p.bound(w.context())
	l.deliver(pdu.Message{Sequence: 100, UserData: []byte("ECHO first")})
	first := p.submits(w.context(), 1)[0]
	l.deliver(pdu.Message{Sequence: first.Sequence, Source: pdu.Address{Addr: "33600000002"}, UserData: []byte("ECHO second")})
	require.Equal(t, pdu.DeliverSMRespID, l.answered(w.context(), first.Sequence).Command)
	assert.Equal(t, "SECOND", string(p.submits(w.context(), 2)[1].UserData))
	require.NoError(t, l.write(pdu.AppendResp(nil, pdu.SubmitSMID, pdu.StatusOK, first.Sequence, "first")))
	eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'sent'`)
}

// enquire asks every 100 ms with enquire_link until stop, and returns the
// longest time that an answer took.
func (l *peerLink) enquire(stop <-chan struct{}) <-chan time.Duration {
	longest := make(chan time.Duration, 1)
	go func() {
		var worst time.Duration
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for n := uint32(0x10000000); ; n++ {
			asked := time.Now()
			if l.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, n)) != nil {
				worst = time.Hour
			}
			for answered := false; !answered && worst < time.Hour; {
				select {
				case f := <-l.answers:
					answered = f.Command == pdu.EnquireLinkRespID && f.Sequence == n
				case <-time.After(20 * time.Second):
					worst = time.Hour
				}
			}
			worst = max(worst, time.Since(asked))
			select {
			case <-stop:
				longest <- worst
				return
			case <-tick.C:
			}
		}
	}()
	return longest
}

// Under full load, with MOs that nobody can handle, enquire_link is answered
// within a second.
func TestPitfall63EnquireLinkUnderLoad(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, ", window: 1")
	p.judged(func(*pdu.Message) (pdu.Status, bool) { return 0, true }) // no answers either
	l := p.bound(w.context())
	release := w.lock("inbound")
	stop := make(chan struct{})
	worst := l.enquire(stop)
	var flood []byte
	for n := range uint32(20_000) {
		flood = append(flood, encodeMO(t, pdu.Message{
			Sequence: n + 1, Source: pdu.Address{Addr: fmt.Sprint(33610000000 + int(n)%1000)}, UserData: []byte("ECHO hello"),
		})...)
	}
	require.NoError(t, l.write(flood))
	release()
	eventually(w, true, `SELECT count(*) > 1000 FROM inbound`)
	close(stop)
	require.Less(t, <-worst, 5*time.Second)
}

// While the inbox waits for the database the responses of the SMSC are taken
// all the same: nothing times out, nothing is sent twice.
func TestPitfall74ResponsesBehindASlowHandler(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", window: 5, timeouts: {response: 500ms}")
	load, err := w.smsc.StartLoad(smsc.LoadOptions{
		FirstPhone: 33610000000, Phones: 100, Texts: []string{"ECHO #{n}"}, Turns: 600, Outstanding: 100, Numbered: true,
	})
	require.NoError(t, err)
	for range 2 {
		eventually(w, true, `SELECT count(*) > 50 FROM inbound`)
		release := w.lock("inbound")
		held := time.NewTimer(1200 * time.Millisecond) // more than two time-outs
		<-held.C
		release()
	}
	r, err := load.Wait(w.context())
	require.NoError(t, err)
	assert.Zero(t, r.Lost)
	assert.Zero(t, r.Duplicates)
	eventually(w, 600, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
	assert.Zero(t, query[int](w, `SELECT sum(unknowns)::int FROM outbound`))
}

// Responses that always come after their time-out: an answer may arrive
// twice, since the second was on its way when the first was confirmed, but no
// oftener, and it ends as sent.
func TestPitfall74ResponsesBeyondTheirTimeout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", timeouts: {response: 300ms}")
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{Delay: 450 * time.Millisecond}))
	const phones = 4 // less than the time-outs in a row that end a bind
	for n := range int64(phones) {
		w.phone(n).send("ECHO hello")
	}
	eventually(w, phones, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
	for n := range int64(phones) {
		assert.LessOrEqual(t, len(w.phone(n).Inbox()), 2)
	}
	assert.LessOrEqual(t, query[int](w, `SELECT max(unknowns)::int FROM outbound`), 1)
}

// What is worth another attempt is tried again, what is not ends the message.
func TestPitfall77TemporaryAndFinalRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", temporary: [ESME_RSUBMITFAIL], permanent: [\"0x00000400\"]")
	for status, want := range map[pdu.Status]string{
		pdu.StatusThrottled: "delivered", pdu.StatusMsgQFul: "delivered", pdu.StatusRXTAppn: "delivered", pdu.StatusSysErr: "delivered",
		pdu.StatusSubmitFail: "delivered", // as configured
		pdu.StatusInvDstAdr:  "rejected", pdu.StatusInvSrcAdr: "rejected", pdu.StatusInvMsgLen: "rejected", 0x400: "rejected",
	} {
		w.smsc.Account("shop").FailNext(1, status)
		p := w.phone(int64(status))
		p.send("ECHO hello")
		eventually(w, want, `SELECT coalesce(max(state::text), '') FROM outbound WHERE msisdn = $1`, p.Number())
	}
}

// An SMSC that takes 10 a second, without anything in the configuration that
// says so: few refusals, nothing lost, order per phone kept.
func TestPitfall78ThrottledCarrier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	account := w.smsc.Account("shop")
	require.NoError(t, account.SetFaults(smsc.Faults{Throttle: 10}))
	load, err := w.smsc.StartLoad(smsc.LoadOptions{
		FirstPhone: 33610000000, Phones: 20, Texts: []string{"ECHO #{n}"}, Turns: 200, Outstanding: 200, PerPhone: 10, Numbered: true,
		Timeout: time.Minute,
	})
	require.NoError(t, err)
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := load.Wait(patient)
	require.NoError(t, err)
	assert.EqualValues(t, 200, r.Turns)
	assert.Zero(t, r.Duplicates)
	assert.Zero(t, r.OutOfOrder)
	c := account.Counters()
	assert.Less(t, 10*c.Refused[pdu.StatusThrottled], c.Submitted, "%d of %d refused", c.Refused[pdu.StatusThrottled], c.Submitted)
	eventually(w, 200, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
}

// The contract of a carrier holds over all its sessions together, at the
// start, and after a cut.
func TestPitfall79RateOfTheCarrier(t *testing.T) {
	t.Parallel()
	const rate = 50
	w := newWorld(t, fmt.Sprintf(", throughput: %d, sessions: 2, backoff: {min: 10ms, max: 20ms}", rate))
	account := w.smsc.Account("shop")
	require.NoError(t, account.WaitBound(w.context(), 2))
	for n := range int64(3 * rate) {
		w.phone(n).send("ECHO hello")
		if n == rate {
			eventually(w, true, `SELECT count(*) > 10 FROM outbound WHERE state IN ('sent', 'delivered')`)
			account.Drop()
		}
	}
	eventually(w, 3*rate, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
	mts := w.smsc.MTs(0)
	for i, from := 0, 0; i < len(mts); i++ {
		for mts[i].At.Sub(mts[from].At) >= time.Second {
			from++
		}
		// What the gateway spaced exactly arrives with the network's jitter.
		require.LessOrEqual(t, i-from+1, rate+rate/10)
	}
}

// twoCarriers is the shop with a second carrier for its code.
func twoCarriers(first, second, extra1, extra2 string) string {
	text := strings.Replace(shop(first, extra1), "programs:\n", fmt.Sprintf(`  - {name: other, addr: "%s", system_id: other, password: secret%s}
programs:
`, second, extra2), 1)
	return strings.Replace(text, "carriers: [sim]", "carriers: [sim, other]", 1)
}

// The database is away for ten seconds under load: every enquire_link is
// answered within a second, the binds stand, MOs are left to the SMSC, nothing
// is submitted, and afterwards every MO has its one turn and its answer.
func TestPitfall80DatabaseAway(t *testing.T) {
	t.Parallel()
	server := pgtest.Server(t)
	peer := newPeer(t)
	w := bareWorld(t, smsc.Options{})
	w.url = server.URL()
	w.apply(twoCarriers(w.smsc.Addr(), peer.addr, "", ""))
	w.start()
	l := peer.bound(w.context())
	load, err := w.smsc.StartLoad(smsc.LoadOptions{
		FirstPhone: 33610000000, Phones: 5000, Texts: []string{"ECHO #{n}"}, Turns: 3000, Rate: 200, Numbered: true, Timeout: time.Minute,
	})
	require.NoError(t, err)
	stop := make(chan struct{})
	worst := l.enquire(stop)
	eventually(w, true, `SELECT count(*) > 100 FROM inbound`)
	server.Stop(true)
	require.Eventually(t, w.gw.fence.Up, 5*time.Second, 10*time.Millisecond)
	account := w.smsc.Account("shop")
	before := account.Counters()
	away := time.NewTimer(8 * time.Second) // 10 s with the two of the fence
	<-away.C
	after := account.Counters()
	assert.Equal(t, before.Submitted, after.Submitted, "nothing is submitted without the database")
	assert.Greater(t, after.Temporary, before.Temporary, "MOs are left to the SMSC")
	assert.Equal(t, before.Binds, after.Binds)
	server.Start()
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := load.Wait(patient)
	require.NoError(t, err)
	close(stop)
	assert.Less(t, <-worst, 5*time.Second)
	assert.EqualValues(t, 3000, r.Turns)
	assert.Zero(t, r.Rejected)
	assert.Zero(t, r.OutOfOrder)
	assert.Equal(t, 3000, query[int](w, `SELECT count(*)::int FROM inbound WHERE outcome = 'turn'`))
	assert.LessOrEqual(t, r.Duplicates, query[int64](w, `SELECT sum(unknowns)::bigint FROM outbound`), "only what was outstanding may come twice")
}

// The acknowledgement waits for the commit, also when the connection under the
// transaction is killed: the MO is handled once, and acknowledged then.
func TestPitfall81AcknowledgedAfterTheCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	release := w.lock("inbound")
	p := w.phone(1)
	mo := p.send("ECHO hello")
	eventually(w, true, `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	require.Empty(t, mo.Order(), "acknowledged without a commit")
	killed := query[int](w, `SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	require.Positive(t, killed)
	require.Empty(t, mo.Order())
	release()
	require.NoError(t, mo.Wait(w.context()))
	p.expect("HELLO")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM inbound`))
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM outbound`))
}

// The receiver of a pair is cut while the transmitter lives: everybody who
// looks can see it, MTs go on, and the receiver comes back.
func TestPitfall82ReceiverGone(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, ", bind: pair")
	receiver, transmitter := p.bound(w.context()), p.bound(w.context())
	if receiver.role == pdu.BindTransmitterID {
		receiver, transmitter = transmitter, receiver
	}
	receiver.deliver(pdu.Message{UserData: []byte("ECHO one")})
	p.submits(w.context(), 1)
	bound := func() int { n, _ := w.gw.links.up(); return n }
	require.Equal(t, 1, bound())
	release := p.holdBinds()
	require.NoError(t, receiver.conn.Close())
	require.Eventually(t, func() bool { return bound() == 0 }, 5*time.Second, 5*time.Millisecond, "a pair is up only when both are")
	text := w.metrics()
	assert.Contains(t, text, `repartee_smpp_bound{carrier="sim",role="rx",slot="0"} 0`)
	assert.Contains(t, text, `repartee_smpp_bound{carrier="sim",role="tx",slot="0"} 1`)
	require.NoError(t, w.gw.outbox.Enqueue(w.context(), []sms.Outbound{{
		ID: w.gw.ids.Next(time.Now()), To: 33600000001, Code: 36111, Program: w.gw.snap.Load().Program("pizza").ID,
		Class: sms.Transactional, Expires: time.Now().Add(time.Hour), Text: "still here",
	}}))
	p.submits(w.context(), 2)
	release()
	p.bound(w.context()).deliver(pdu.Message{UserData: []byte("ECHO two")})
	assert.Equal(t, "TWO", string(p.submits(w.context(), 3)[2].UserData))
}
