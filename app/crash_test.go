package app

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/postgres"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// verified checks all stored invariants.
func (w *world) verified() {
	w.t.Helper()
	key, err := w.config().Key()
	require.NoError(w.t, err)
	results, err := postgres.Verify(w.context(), postgres.VerifyOptions{URL: w.url, PhoneHash: postgres.PhoneHash(key), Now: w.clock(), List: 5})
	require.NoError(w.t, err)
	for _, r := range results {
		assert.Empty(w.t, r.Listed, r.What)
	}
}

// exec runs statements on the world's database.
func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(w.t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(w.context(), sql, args...)
	require.NoError(w.t, err)
}

// throughProxy makes the gateway reach the database through a proxy that loses
// a COMMIT.
func (w *world) throughProxy(marker string, late bool) *proxy {
	w.t.Helper()
	w.stop()
	direct := w.url
	p, through := newProxy(w.t, w.url, marker, late)
	w.url = through
	w.start()
	w.url = direct
	return p
}

// The connection is lost under the COMMIT of a batch (crash point I5, "outcome
// open"): the database is asked what became of it, and the MO is handled and
// answered once either way.
func TestLostCommitOfABatch(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"carried out": true, "never arrived": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			proxy := w.throughProxy("ECHO lost", late)
			p := w.phone(1)
			mo := p.send("ECHO lost and found")
			proxy.awaitLoss(w)
			require.NoError(t, mo.Wait(w.context()))
			assert.Equal(t, 1, mo.Attempts(), "the MO was not to be sent again")
			p.expect("LOST AND FOUND")
			p.text("ECHO next", "NEXT")
			eventually(w, 2, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
			assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM inbound`))
			assert.Len(t, p.Inbox(), 2)
			w.verified()
		})
	}
}

// The answer to the COMMIT of a claim is lost: the message is neither stuck as
// this node's nor sent twice.
func TestLostCommitOfAClaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	p.text("ECHO hello", "HELLO")
	proxy := w.throughProxy("a parcel has come", true)
	id := int64(sms.FirstID(time.Now()))
	w.exec(`INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, stop_id, created_at, expires, verdict, rule, config, text, coding, segments)
SELECT $1, msisdn, short_code, carrier, 1, 'transactional', 'queued', 0, now(), now() + interval '1 hour', 'allow', 'test', 1, 'a parcel has come', 0, 1 FROM threads`, id)
	w.exec(`INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires)
SELECT id, msisdn, short_code, program, carrier, 0, created_at, expires FROM outbound WHERE id = $1`, id)
	proxy.awaitLoss(w)
	p.expect("a parcel has come")
	eventually(w, "delivered", `SELECT state::text FROM outbound WHERE id = $1`, id)
	assert.Len(t, p.Inbox(), 2)
	w.verified()
}

// The acknowledgement may be lost with its bind (crash point I8): the SMSC
// sends the MO again, and that is no second turn. A person who texts the same
// again, once the acknowledgement is proven, gets one.
func TestTwinAfterALostAcknowledgement(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, "")
	p.judged(func(*pdu.Message) (pdu.Status, bool) { return pdu.StatusOK, true }) // a response would prove what was written before
	p.proofless.Store(true)
	l := p.bound(w.context())
	mo := pdu.Message{UserData: []byte("PIZZA")}
	l.answered(w.context(), l.deliver(mo))
	p.submits(w.context(), 1)
	require.NoError(t, l.conn.Close())
	p.judged(nil)
	p.proofless.Store(false)
	l = p.bound(w.context())
	require.Equal(t, pdu.StatusOK, l.answered(w.context(), l.deliver(mo)).Status)
	assert.Equal(t, 1, query[int](w, `SELECT copies::int FROM inbound`))
	assert.Equal(t, int64(1), query[int64](w, `SELECT turn FROM threads`))
	eventually(w, true, `SELECT coalesce(max(proved), 0) > 0 FROM binds`)
	require.Equal(t, pdu.StatusOK, l.answered(w.context(), l.deliver(mo)).Status)
	assert.Equal(t, int64(2), query[int64](w, `SELECT turn FROM threads`))
	w.verified()
}

// An MO that the database refuses is quarantined, its opt-out honoured; those
// in the same batch do not notice (promises 1 and 8).
func TestPoisonedMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	poisoned, harmless := w.phone(1), w.phone(2)
	poisoned.text("PIZZA", "Size? 1 small 2 large")
	w.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison' USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON inbound FOR EACH ROW WHEN (NEW.outcome = 'turn' AND NEW.text IN ('Stop', 'poison')) EXECUTE FUNCTION refuse()`)
	release := w.lock("threads") // so that all of them meet in a batch
	var mates []*phone
	bad := []*smsc.MO{poisoned.send("Stop"), harmless.send("poison")}
	for i := range 30 {
		mates = append(mates, w.phone(int64(10+i)))
		mates[i].send("ECHO fine")
	}
	require.Eventually(t, func() bool { return w.smsc.Account("shop").Counters().Unanswered == 32 }, 5*time.Second, time.Millisecond)
	release()
	for _, p := range mates {
		p.expect("FINE")
	}
	for _, mo := range bad {
		require.NoError(t, mo.Wait(w.context()))
	}
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM inbound WHERE outcome = 'failed' AND octets IS NOT NULL`))
	assert.Equal(t, "opt-out", query[string](w, `SELECT class FROM inbound WHERE outcome = 'failed' AND msisdn = $1`, int64(poisoned.Number())))
	assert.True(t, query[bool](w, `SELECT stopped FROM threads WHERE msisdn = $1`, int64(poisoned.Number())))
	assert.Equal(t, "stopped", query[string](w, `SELECT outcome FROM conversations WHERE msisdn = $1`, int64(poisoned.Number())))
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM suppressions`))
	w.verified()
}

// A thread that somebody holds makes its own MOs wait, in their order, and
// nobody else's. What waits too long is left to the SMSC, which sends it again.
func TestLockedThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	held := w.phone(1)
	held.text("ECHO hello", "HELLO")
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(t, err)
	_, err = conn.Exec(w.context(), `BEGIN; SELECT FROM threads FOR UPDATE`)
	require.NoError(t, err)
	first, second := held.send("ECHO first"), held.send("ECHO second")
	for i := range 30 {
		w.phone(int64(10+i)).text("ECHO fine", "FINE")
	}
	account := w.smsc.Account("shop")
	require.Eventually(t, func() bool { return account.Counters().Temporary > 0 }, 10*time.Second, 10*time.Millisecond)
	w.phone(50).text("ECHO fine", "FINE")
	assert.Zero(t, first.Order()+second.Order(), "answered without the thread")
	require.NoError(t, conn.Close(context.Background()))
	require.NoError(t, first.Wait(w.context()))
	require.NoError(t, second.Wait(w.context()))
	held.expect("FIRST")
	held.expect("SECOND")
	w.verified()
}
