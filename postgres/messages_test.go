package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/inbox"
	"repartee/optout"
	"repartee/outbox"
	"repartee/postgres/pgtest"
	"repartee/sms"
)

// rig is a store of a node on a database of its own.
type rig struct {
	*testing.T
	*MessageStore
	url  string
	ids  *sms.IDs
	conn *pgx.Conn
	now  time.Time
	node sms.ID
}

func newRig(t *testing.T) *rig { t.Helper(); return newRigAt(t, pgtest.URL(t)) }

func newRigAt(t *testing.T, url string) *rig {
	t.Helper()
	r := &rig{T: t, url: url, now: time.Now().Truncate(time.Microsecond), ids: sms.NewIDs(0, 0), node: 7}
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now))
	var err error
	r.MessageStore, err = OpenMessageStore(t.Context(), r.url, r.node, 8, PhoneHash([]byte("key")))
	require.NoError(t, err)
	t.Cleanup(r.MessageStore.Close)
	r.conn, err = pgx.Connect(t.Context(), r.url)
	require.NoError(t, err)
	t.Cleanup(func() { r.conn.Close(context.Background()) })
	return r
}

func (r *rig) exec(sql string, args ...any) {
	r.Helper()
	_, err := r.conn.Exec(r.T.Context(), sql, args...)
	require.NoError(r, err)
}

func one[T any](r *rig, sql string, args ...any) (v T) {
	r.Helper()
	require.NoError(r, r.conn.QueryRow(r.T.Context(), sql, args...).Scan(&v))
	return v
}

func (r *rig) id() sms.ID { return r.ids.Next(r.now) }

const code = sms.ShortCode(36111)

func thread(phone sms.MSISDN) sms.Thread { return sms.Thread{Phone: phone, Code: code} }

// message is an answer being sent by the node.
func (r *rig) message(phone sms.MSISDN, class sms.Class, state sms.State) *sms.Outbound {
	m := &sms.Outbound{
		ID: r.id(), To: phone, Code: code, Carrier: 1, Program: 1, Class: class, State: state, CreatedAt: r.now, Expires: r.now.Add(time.Hour),
		Verdict: "allow", Rule: "test", Text: "x", Segments: 1,
	}
	if state == sms.Sending {
		m.Node = r.node
	}
	return m
}

// commit stores messages in a turn of their threads.
func (r *rig) commit(ms ...*sms.Outbound) {
	r.Helper()
	keys, seen := []sms.Thread{}, map[sms.Thread]bool{}
	for _, m := range ms {
		if !seen[m.Thread()] {
			seen[m.Thread()] = true
			keys = append(keys, m.Thread())
		}
	}
	tx, threads, err := r.Begin(r.T.Context(), keys)
	require.NoError(r, err)
	w := &inbox.Writes{Node: r.node, Now: r.now, Outbound: ms}
	for _, t := range threads {
		w.Threads = append(w.Threads, t)
	}
	require.NoError(r, tx.Commit(r.T.Context(), w))
}

func (r *rig) state(m *sms.Outbound) string {
	r.Helper()
	return one[string](r, `SELECT state::text FROM outbound WHERE id = $1`, int64(m.ID))
}

// claim takes what it may and returns what it saw.
func (r *rig) claim(limit int, after [2]outbox.Cursor, rule func(outbox.Candidate) outbox.Ruling) (seen []outbox.Candidate) {
	r.Helper()
	err := r.Claim(r.T.Context(), outbox.Claim{Carrier: 1, Node: r.node, Now: r.now, Limit: limit, After: after}, func(cs []outbox.Candidate) (rs []outbox.Ruling) {
		seen = cs
		for _, c := range cs {
			rs = append(rs, rule(c))
		}
		return rs
	})
	require.NoError(r, err)
	return seen
}

func take(outbox.Candidate) outbox.Ruling { return outbox.Ruling{Action: outbox.Take, Rule: "taken"} }
func skip(outbox.Candidate) outbox.Ruling { return outbox.Ruling{} }

func TestBeginLocks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.exec(`INSERT INTO threads (msisdn, short_code, turn, recent) VALUES (1, 36111, 5, $1), (2, 36111, 6, '')`, packRecent([]inbox.Recent{{Fingerprint: -1, ID: 2, Bind: 3, Arrival: -4}}))
	hash := PhoneHash([]byte("key"))
	r.exec(`INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason) VALUES ($1, 'everywhere', 0, now(), ''), ($2, 'code', 36111, now(), ''), ($3, 'code', 1, now(), '')`,
		hash(3), hash(4), hash(5))
	held, err := r.conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = held.Exec(t.Context(), `SELECT FROM threads WHERE msisdn = 2 FOR UPDATE`)
	require.NoError(t, err)
	tx, threads, err := r.Begin(t.Context(), []sms.Thread{thread(2), thread(1), thread(5), thread(4), thread(3)})
	require.NoError(t, err)
	assert.Len(t, threads, 4, "the one that somebody else holds is absent")
	assert.EqualValues(t, 5, threads[thread(1)].Turn)
	assert.Equal(t, []inbox.Recent{{Fingerprint: -1, ID: 2, Bind: 3, Arrival: -4}}, threads[thread(1)].Recent)
	assert.False(t, threads[thread(1)].New)
	assert.True(t, threads[thread(3)].New)
	assert.Equal(t, []string{"everywhere", "code", ""}, []string{threads[thread(3)].Suppressed, threads[thread(4)].Suppressed, threads[thread(5)].Suppressed})
	tx.Rollback(t.Context())
	tx.Rollback(t.Context())
	require.NoError(t, held.Rollback(t.Context()))
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM threads`), "a turn that is given up leaves no new thread")
}

// A row count that is not as expected, or a row that is refused, writes nothing.
func TestCommitAllOrNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, spoil := range []func(*inbox.Writes){
		func(w *inbox.Writes) { w.Threads = append(w.Threads, &inbox.Thread{Key: thread(99)}) },
		func(w *inbox.Writes) {
			w.Inbound = []*sms.Inbound{{ID: r.id(), From: 1, Outcome: "nonsense", Class: "neither", ReceivedAt: r.now}}
		},
		func(w *inbox.Writes) {
			w.Events = []inbox.Event{{ID: r.id(), At: r.now, Data: map[string]any{"x": func() {}}}}
		},
	} {
		tx, threads, err := r.Begin(t.Context(), []sms.Thread{thread(1)})
		require.NoError(t, err)
		w := &inbox.Writes{Now: r.now, Threads: []*inbox.Thread{threads[thread(1)]}, Outbound: []*sms.Outbound{r.message(1, sms.Reply, sms.Queued)}}
		spoil(w)
		err = tx.Commit(t.Context(), w)
		require.Error(t, err)
		assert.True(t, sms.Permanent(err), err)
		tx.Rollback(t.Context())
		assert.Zero(t, one[int](r, `SELECT (SELECT count(*) FROM threads) + (SELECT count(*) FROM outbound) + (SELECT count(*) FROM outbox)`))
	}
}

// A connection that dies before the COMMIT: the store says that nothing was written.
func TestCommitOnALostConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tx, threads, err := r.Begin(t.Context(), []sms.Thread{thread(1)})
	require.NoError(t, err)
	r.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`)
	err = tx.Commit(t.Context(), &inbox.Writes{Now: r.now, Threads: []*inbox.Thread{threads[thread(1)]}})
	require.Error(t, err)
	assert.False(t, sms.Permanent(err))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM threads`))
}

func TestJudge(t *testing.T) {
	t.Parallel()
	require.NoError(t, judge("x", nil))
	for state, permanent := range map[string]bool{
		"08006": false, "40001": false, "40P01": false, "53300": false, "57014": false, "57P01": false, "55P03": false, "25P02": false, "58030": false,
		"23505": true, "22021": true, "23514": true, "RP001": true,
	} {
		err := judge("x", fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: state, Detail: "Key (msisdn)=(336)", ConstraintName: "c"}))
		assert.Equal(t, permanent, sms.Permanent(err), state)
		assert.NotContains(t, err.Error(), "336")
	}
	assert.False(t, sms.Permanent(judge("x", context.DeadlineExceeded)))
}

// STOP and START of one batch leave what the last of them said.
func TestSuppressionsInTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := inbox.Suppression{Phone: 1, Scope: "code", ScopeID: int32(code), Since: r.now, Reason: "opt-out"}
	lift := s
	lift.Lift = true
	for want, order := range [][]inbox.Suppression{{s, lift}, {s, lift, s}} {
		tx, _, err := r.Begin(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, tx.Commit(t.Context(), &inbox.Writes{Suppress: order}))
		assert.Equal(t, want, one[int](r, `SELECT count(*)::int FROM suppressions`))
	}
}

func TestQuarantinePutsOffATimer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	due := r.now.Add(-time.Minute)
	r.exec(`INSERT INTO threads (msisdn, short_code, wake_due) VALUES (1, 36111, $1)`, due)
	r.exec(`INSERT INTO wakes VALUES ($1, 1, 36111, 0)`, due)
	wakes, err := r.WakesDue(t.Context(), r.now, 10)
	require.NoError(t, err)
	require.NoError(t, r.Quarantine(t.Context(), &inbox.Quarantine{Wake: &wakes[0], Again: r.now.Add(time.Hour)}))
	assert.True(t, one[bool](r, `SELECT count(*) = 1 AND min(due) = $1 FROM wakes`, r.now.Add(time.Hour)))
	assert.True(t, one[bool](r, `SELECT wake_due = $1 FROM threads`, r.now.Add(time.Hour)))
}

func TestClaim(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	late := r.message(5, sms.Reply, sms.Queued)
	late.CreatedAt = r.now.Add(time.Minute)
	first, bulk := r.message(1, sms.Reply, sms.Queued), r.message(2, sms.Marketing, sms.Queued)
	second := r.message(1, sms.Reply, sms.Queued)
	second.AfterID = first.ID
	other := r.message(3, sms.Reply, sms.Queued)
	other.Carrier = 2
	r.commit(bulk, first, second, other, late)
	ids := func(cs []outbox.Candidate) (all []sms.ID) {
		for _, c := range cs {
			all = append(all, c.Message.ID)
		}
		return all
	}
	cs := r.claim(10, [2]outbox.Cursor{}, skip)
	assert.Equal(t, []sms.ID{first.ID, second.ID, bulk.ID}, ids(cs), "answers first, what is due, of this carrier")
	assert.True(t, cs[1].AfterOpen)
	assert.False(t, cs[0].AfterOpen)
	assert.Equal(t, []sms.ID{first.ID}, ids(r.claim(1, [2]outbox.Cursor{}, skip)))
	assert.Equal(t, []sms.ID{second.ID, bulk.ID}, ids(r.claim(10, [2]outbox.Cursor{cs[0].Cursor}, skip)), "from the cursor")
	assert.Equal(t, []sms.ID{first.ID, second.ID}, ids(r.claim(10, [2]outbox.Cursor{1: cs[2].Cursor}, skip)), "a cursor in the marketing hides no answer")
	r.claim(1, [2]outbox.Cursor{}, take)
	assert.Equal(t, "sending", r.state(first))
	assert.Equal(t, int64(7), one[int64](r, `SELECT node FROM outbox WHERE id = $1`, int64(first.ID)))
	cs = r.claim(10, [2]outbox.Cursor{}, skip)
	assert.Equal(t, []sms.ID{second.ID, bulk.ID}, ids(cs), "claimed ones are gone")
	assert.True(t, cs[0].AfterOpen, "being sent")

	actions := map[sms.ID]outbox.Ruling{
		second.ID: {Action: outbox.Cancel, Rule: "stopped"},
		bulk.ID:   {Action: outbox.Hold, Rule: "quiet", Until: r.now.Add(time.Minute)},
	}
	r.claim(10, [2]outbox.Cursor{}, func(c outbox.Candidate) outbox.Ruling { return actions[c.Message.ID] })
	assert.Equal(t, []string{"cancelled", "held"}, []string{r.state(second), r.state(bulk)})
	r.now = r.now.Add(2 * time.Minute)
	r.claim(10, [2]outbox.Cursor{}, take)
	assert.Equal(t, []string{"sending", "sending"}, []string{r.state(bulk), r.state(late)})
	assert.Equal(t, "allow", one[string](r, `SELECT verdict FROM outbound WHERE id = $1`, int64(bulk.ID)))
}

// The attempts of marketing are counted once each, under the lock of the
// phone's consent.
func TestClaimCountsMarketing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.exec(`INSERT INTO consents (msisdn, program, state, since, ledger_id, sent) VALUES (1, 1, 'single', now(), 0, ARRAY[$1::timestamptz, $2::timestamptz]), (1, 2, 'single', now(), 0, '{}')`,
		r.now.Add(-40*24*time.Hour), r.now.Add(-time.Hour))
	m, n := r.message(1, sms.Marketing, sms.Queued), r.message(1, sms.Marketing, sms.Queued)
	n.Program = 2
	r.commit(m, n)
	held, err := r.conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = held.Exec(t.Context(), `SELECT FROM consents WHERE program = 1 FOR UPDATE`)
	require.NoError(t, err)
	cs := r.claim(10, [2]outbox.Cursor{}, take)
	require.Len(t, cs, 1, "somebody else counts an attempt of program 1")
	assert.Equal(t, n.ID, cs[0].Message.ID)
	require.NoError(t, held.Rollback(t.Context()))
	assert.Equal(t, "queued", r.state(m))

	first := r.now
	r.claim(10, [2]outbox.Cursor{}, take)
	count := func() int { return one[int](r, `SELECT cardinality(sent) FROM consents WHERE program = 1`) }
	assert.Equal(t, 2, count(), "the one of 40 days ago is forgotten")
	back := &outbox.Record{Node: r.node, Now: r.now, Requeues: []outbox.Requeue{{Message: m, Due: r.now, ClaimedAt: first}}}
	_, err = r.Record(t.Context(), back)
	require.NoError(t, err)
	r.now = r.now.Add(time.Second)
	cs = r.claim(10, [2]outbox.Cursor{}, take)
	require.Len(t, cs, 1)
	assert.Len(t, cs[0].Person.Consents[1].Sent, 1, "its own attempt does not count against it")
	assert.Equal(t, 2, count())
	_, err = r.Record(t.Context(), back) // the return is written twice: its answer had been lost
	require.NoError(t, err)
	assert.Equal(t, "sending", r.state(m), "it has been claimed again meanwhile")
}

func TestRecordRanks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.message(1, sms.Reply, sms.Sending)
	r.commit(m)
	record := func(state sms.State, change func(*outbox.Update)) string {
		t.Helper()
		u := &outbox.Update{To: m.To, ID: m.ID, State: state, Segments: 1}
		switch state {
		case sms.Sent:
			u.SentAt = r.now
		case sms.Sending:
		default:
			u.DoneAt = r.now
		}
		if change != nil {
			change(u)
		}
		_, err := r.Record(t.Context(), &outbox.Record{Now: r.now, Updates: []*outbox.Update{u}})
		require.NoError(t, err)
		return r.state(m)
	}
	assert.Equal(t, "sending", record(sms.Sending, func(u *outbox.Update) { u.Unknowns = 1 }))
	assert.Equal(t, "sent", record(sms.Sent, nil))
	assert.Equal(t, "sent", record(sms.Sending, nil), "an attempt noted late")
	assert.Equal(t, "delivered", record(sms.Delivered, nil))
	assert.Equal(t, "delivered", record(sms.Undelivered, nil), "the first final state stays")
	assert.Equal(t, "delivered", record(sms.Sent, func(u *outbox.Update) { u.Late = true }))
	assert.Equal(t, 1, one[int](r, `SELECT unknowns::int FROM outbound`))

	m = r.message(2, sms.Reply, sms.Sending)
	r.commit(m)
	_, err := r.Record(t.Context(), &outbox.Record{Now: r.now, Requeues: []outbox.Requeue{{Message: m, Due: r.now}}})
	require.NoError(t, err)
	assert.Equal(t, "queued", r.state(m))
	assert.Equal(t, 1, one[int](r, `SELECT count(*)::int FROM outbox`))
	assert.Equal(t, "sent", record(sms.Sent, func(u *outbox.Update) { u.Late = true }))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM outbox`), "a late response takes it out of the outbox")
}

// A claimed message was reported as delivered before its return was written.
func TestReturnAfterTheReceipt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.message(1, sms.Reply, sms.Queued)
	r.commit(m)
	r.claim(10, [2]outbox.Cursor{}, take)
	for _, b := range []*outbox.Record{
		{Updates: []*outbox.Update{{To: 1, ID: m.ID, State: sms.Delivered, DoneAt: r.now, Segments: 1}}},
		{Requeues: []outbox.Requeue{{Message: m, Due: r.now, ClaimedAt: r.now}}},
	} {
		b.Now = r.now
		_, err := r.Record(t.Context(), b)
		require.NoError(t, err)
	}
	assert.Equal(t, "delivered", r.state(m))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM outbox`))
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m, whole := r.message(1, sms.Reply, sms.Sending), r.message(2, sms.Reply, sms.Sending)
	m.Segments, whole.Segments = 2, 2
	r.commit(m, whole)
	record := func(b *outbox.Record) (parked int) {
		t.Helper()
		b.Now = r.now
		parked, err := r.Record(t.Context(), b)
		require.NoError(t, err)
		return parked
	}
	receipt := func(id string, delivered bool) outbox.ReceiptRow {
		cause := optout.Absent
		if delivered {
			cause = optout.Delivered
		}
		carrier := int32(1)
		if id == "w" {
			carrier = 2
		}
		return outbox.ReceiptRow{ID: r.id(), Carrier: carrier, SMSCID: id, State: 2, Cause: cause, ReceivedAt: r.now}
	}
	assert.Equal(t, 2, record(&outbox.Record{Receipts: []outbox.ReceiptRow{receipt("a", true), receipt("w", true)}}), "before their responses")
	record(&outbox.Record{
		Updates: []*outbox.Update{
			{To: 1, ID: m.ID, State: sms.Sent, SentAt: r.now, Segments: 2}, {To: 2, ID: whole.ID, State: sms.Sent, SentAt: r.now, Segments: 2},
		},
		Submits: []outbox.Submit{
			{Carrier: 1, SMSCID: "a", To: 1, ID: m.ID}, {Carrier: 1, SMSCID: "b", To: 1, ID: m.ID, Segment: 1}, {Carrier: 2, SMSCID: "w", To: 2, ID: whole.ID},
		},
	})
	wholeBy := func(carrier int32) bool { return carrier == 2 }
	matched, _, err := r.Unpark(t.Context(), r.now, wholeBy)
	require.NoError(t, err)
	assert.Equal(t, 0, matched, "not before a second")
	matched, waiting, err := r.Unpark(t.Context(), r.now.Add(time.Second), wholeBy)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 0}, []int{matched, waiting})
	assert.Equal(t, []string{"sent", "delivered"}, []string{r.state(m), r.state(whole)}, "one of two segments; one that speaks for all")
	record(&outbox.Record{Receipts: []outbox.ReceiptRow{receipt("a", false), receipt("b", true)}})
	assert.Equal(t, "delivered", r.state(m), "the first word about a segment stays")

	// An unknown id is tried again with growing pauses, for a day.
	record(&outbox.Record{Receipts: []outbox.ReceiptRow{receipt("nobody", true)}})
	at := r.now
	var pauses []time.Duration
	for range 4 {
		next := one[time.Time](r, `SELECT next_try FROM receipts`)
		pauses = append(pauses, next.Sub(at))
		at = next
		_, waiting, err := r.Unpark(t.Context(), at, wholeBy)
		require.NoError(t, err)
		assert.Equal(t, 1, waiting)
	}
	assert.Equal(t, []time.Duration{time.Second, time.Second, 2 * time.Second, 4 * time.Second}, pauses)
	_, _, err = r.Unpark(t.Context(), r.now.Add(25*time.Hour), wholeBy)
	require.NoError(t, err)
	assert.True(t, one[bool](r, `SELECT next_try IS NULL FROM receipts`), "given up, kept")
}

func TestEnqueueTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m, n := r.message(1, sms.Marketing, sms.Queued), r.message(2, sms.Marketing, sms.Queued)
	require.NoError(t, r.Enqueue(t.Context(), []sms.Outbound{*m}))
	r.claim(10, [2]outbox.Cursor{}, take)
	require.NoError(t, r.Enqueue(t.Context(), []sms.Outbound{*m, *n}), "its answer had been lost")
	assert.Equal(t, []string{"sending", "queued"}, []string{r.state(m), r.state(n)})
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM outbox`))
}

func TestSweep(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old, claimed, young := r.message(1, sms.Reply, sms.Queued), r.message(2, sms.Reply, sms.Queued), r.message(3, sms.Reply, sms.Queued)
	young.Expires = r.now.Add(2 * time.Hour)
	r.commit(claimed)
	r.claim(1, [2]outbox.Cursor{}, take)
	r.commit(old, young)
	n, err := r.Sweep(t.Context(), r.now.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.Equal(t, []string{"expired", "sending", "queued"}, []string{r.state(old), r.state(claimed), r.state(young)})
}

// A node died: answers go back, marketing does not, and nothing is tried without end.
func TestRecovery(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, state := range []string{"live", "stopped"} {
		node, err := JoinNode(t.Context(), r.url, "host", r.now)
		require.NoError(t, err)
		r.node, r.ids = node.Incarnation, sms.NewIDs(0, node.Incarnation)
		r.MessageStore.Close() // its sessions have been ended
		r.MessageStore, err = OpenMessageStore(t.Context(), r.url, r.node, 4, PhoneHash([]byte("key")))
		require.NoError(t, err)
		t.Cleanup(r.MessageStore.Close)
		born, thrice, confirmation := r.message(1, sms.Reply, sms.Sending), r.message(2, sms.Reply, sms.Sending), r.message(3, sms.Compliance, sms.Sending)
		thrice.AfterID = born.ID
		confirmation.Cause, confirmation.StopID = 77, 77
		answer, bulk, sent := r.message(4, sms.Reply, sms.Queued), r.message(5, sms.Marketing, sms.Queued), r.message(6, sms.Reply, sms.Queued)
		r.commit(born, thrice, confirmation, answer, bulk, sent)
		r.exec(`UPDATE outbound SET unknowns = CASE id WHEN $1 THEN 2 ELSE 1 END WHERE id IN ($1, $2)`, int64(thrice.ID), int64(confirmation.ID))
		r.claim(10, [2]outbox.Cursor{}, take)
		_, err = r.Record(t.Context(), &outbox.Record{Now: r.now, Updates: []*outbox.Update{{To: 6, ID: sent.ID, State: sms.Sent, SentAt: r.now, Segments: 1, Claimed: true}}})
		require.NoError(t, err)
		if state == "stopped" {
			require.NoError(t, node.Leave(t.Context(), r.ids.Last()))
		} else {
			node.Close(t.Context())
		}
		next, err := JoinNode(t.Context(), r.url, "host", r.now)
		require.NoError(t, err)
		assert.Greater(t, next.Incarnation, node.Incarnation)
		var states []string
		for _, m := range []*sms.Outbound{born, thrice, confirmation, answer, bulk, sent} {
			states = append(states, r.state(m))
		}
		assert.Equal(t, []string{"queued", "unknown", "unknown", "queued", "unknown", "sent"}, states, state)
		assert.Equal(t, 1, one[int](r, `SELECT unknowns::int FROM outbound WHERE id = $1`, int64(born.ID)))
		assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM outbox WHERE node IS NULL`))
		r.exec(`DELETE FROM outbox`)
		r.exec(`UPDATE outbound SET state = 'cancelled' WHERE state = 'queued'`)
		next.Close(t.Context())
	}
}

// Partitions are there before midnight, and go when they are old, also after a
// crash in the middle of it.
func TestPartitionsOverMidnight(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.commit(r.message(1, sms.Reply, sms.Sending))
	for range 3 { // the maker is away for a while: two days ahead are there
		r.now = r.now.Add(24 * time.Hour)
		if time.Until(r.now) < 60*time.Hour {
			r.commit(r.message(1, sms.Reply, sms.Sending))
		}
	}
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now))
	r.commit(r.message(1, sms.Reply, sms.Sending))
	assert.Equal(t, 4, one[int](r, `SELECT count(*)::int FROM outbound`))
	oldest := partitionName("submits", time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1))
	// A crash left its detaching half done.
	blocker, err := pgx.Connect(t.Context(), r.url)
	require.NoError(t, err)
	_, err = blocker.Exec(t.Context(), `BEGIN; SELECT FROM submits`)
	require.NoError(t, err)
	r.exec(`SET statement_timeout = 300`)
	_, err = r.conn.Exec(t.Context(), `ALTER TABLE submits DETACH PARTITION `+oldest+` CONCURRENTLY`)
	require.Error(t, err)
	r.exec(`SET statement_timeout = 0`)
	require.NoError(t, blocker.Close(t.Context()))
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now.Add(2*24*time.Hour)))
	assert.True(t, one[bool](r, `SELECT to_regclass($1) IS NULL`, oldest))
	assert.True(t, one[bool](r, `SELECT to_regclass($1) IS NOT NULL`, partitionName("outbound", time.Now().UTC().Truncate(24*time.Hour))))
}

// The statements of the message path find their rows by key, whatever the
// statistics say.
func TestPlansUseTheKeys(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for k, v := range hotSettings {
		r.exec(`SELECT set_config($1, $2, false)`, k, v)
	}
	parameter := regexp.MustCompile(`\$\d+`)
	for i, sql := range []string{
		sqlLockThreads, sqlMakeThreads, sqlContacts, sqlConsents, sqlWaiting, sqlSuppressed, sqlSets, sqlUpdateThreads, sqlCopies, sqlCancelWaiting,
		sqlEndedConversations, sqlDeleteWakes, sqlClaimable, sqlCandidates, sqlClaimConsents, sqlLockConsents, sqlTaken, sqlHeld, sqlGone, sqlRuled, sqlCountSent,
		sqlRecord, sqlRequeue, sqlCancelOvertaken, sqlSettled, sqlFindSubmits, sqlPartStates, sqlPartsChanged,
	} {
		n := 0
		for _, p := range parameter.FindAllString(sql, -1) {
			var k int
			_, err := fmt.Sscanf(p, "$%d", &k)
			require.NoError(t, err)
			n = max(n, k)
		}
		name := fmt.Sprintf("plan%d", i)
		r.exec(`PREPARE ` + name + ` AS ` + sql)
		rows, err := r.conn.Query(t.Context(), `EXPLAIN EXECUTE `+name+`(`+strings.TrimSuffix(strings.Repeat("NULL,", n), ",")+`)`)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		plan := strings.Join(lines, "\n")
		assert.NotContains(t, plan, "Seq Scan on", sql)
		for _, table := range []string{"threads", "outbound", "outbox", "mo_sets", "submits"} {
			for j, line := range lines {
				if strings.Contains(line, "Index") && regexp.MustCompile(` on `+table+`[_ ]?`).MatchString(line) && j+1 < len(lines) {
					assert.Contains(t, lines[j+1], "Index Cond", "a whole index is read: %s\n%s", sql, plan)
				}
			}
		}
	}
}

// Turns, outcomes and receipts stay on their pages. The server is the test's
// own: open transactions of others would keep old versions on the pages.
func TestUpdatesAreHOT(t *testing.T) {
	t.Parallel()
	r := newRigAt(t, pgtest.Server(t).URL())
	const phones, rounds = 250, 8
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		var ms []*sms.Outbound
		for phone := range sms.MSISDN(phones) {
			ms = append(ms, r.message(33600000000+phone, sms.Reply, sms.Sending))
		}
		r.commit(ms...)
		random.Shuffle(len(ms), func(i, j int) { ms[i], ms[j] = ms[j], ms[i] }) // responses come as they like
		var sent, delivered []*outbox.Update
		for _, m := range ms {
			sent = append(sent, &outbox.Update{To: m.To, ID: m.ID, State: sms.Sent, SentAt: r.now, Segments: 1})
			delivered = append(delivered, &outbox.Update{To: m.To, ID: m.ID, State: sms.Delivered, DoneAt: r.now, Segments: 1})
		}
		for i := 0; i < phones; i += 25 {
			for _, us := range [][]*outbox.Update{sent[i : i+25], delivered[i : i+25]} {
				_, err := r.Record(t.Context(), &outbox.Record{Now: r.now, Updates: us})
				require.NoError(t, err)
			}
		}
	}
	r.MessageStore.Close() // sessions tell their statistics when they end
	for _, table := range []string{"threads", partitionName("outbound", r.now.UTC())} {
		require.Eventually(t, func() bool {
			return one[bool](r, `SELECT n_tup_upd >= $2 FROM pg_stat_user_tables WHERE relname = $1`, table, phones*rounds)
		}, 10*time.Second, 20*time.Millisecond, table)
		share := one[float64](r, `SELECT n_tup_hot_upd::float8 / n_tup_upd FROM pg_stat_user_tables WHERE relname = $1`, table)
		assert.Greater(t, share, 0.95, table)
	}
}
