package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/optout"
	"repartee/outbox"
	"repartee/sms"
)

// push stores an input as commands do.
func (r *rig) push(t sms.Thread, key string, data any, at time.Time) {
	r.Helper()
	in, err := inbox.NewInput(t, key, data, at)
	require.NoError(r, err)
	require.NoError(r, r.PushInputs(r.T.Context(), []inbox.Input{in}))
}

// begin opens a transaction on a thread.
func (r *rig) begin(t sms.Thread) (inbox.Tx, *inbox.Thread) {
	r.Helper()
	tx, threads, err := r.Begin(r.T.Context(), []sms.Thread{t})
	require.NoError(r, err)
	r.T.Cleanup(func() { tx.Rollback(context.Background()) })
	return tx, threads[t]
}

// Inputs come in the order of their ids, the same key once, and those of later
// not at all; a batch that dies leaves them, one that commits takes them away
// together with the wakes it had.
func TestInputsAreHandledOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	key := thread(33600000001)
	r.push(key, "", dialogs.Event{Name: "first"}, r.now)
	r.push(key, "same", dialogs.Event{Name: "second"}, r.now)
	r.push(key, "same", dialogs.Event{Name: "third"}, r.now)
	r.push(key, "", dialogs.Event{Name: "later"}, r.now.Add(time.Hour))
	r.push(thread(33600000002), "same", dialogs.Event{Name: "other"}, r.now)
	wakes, err := r.WakesDue(ctx, r.now, 10)
	require.NoError(t, err)
	require.Len(t, wakes, 2, "one moment, one wake of a thread")

	read := func(tx inbox.Tx) (names []string, ids []int64) {
		t.Helper()
		list, err := tx.Inputs(ctx, r.now, []sms.Thread{key, key})
		require.NoError(t, err)
		for _, in := range list {
			assert.Equal(t, key, in.Thread)
			assert.Equal(t, inbox.InputEvent, in.Kind)
			names, ids = append(names, string(in.Data)), append(ids, in.ID)
		}
		return names, ids
	}
	tx, _ := r.begin(key)
	names, _ := read(tx)
	require.Len(t, names, 2)
	assert.Contains(t, names[0], "first")
	assert.Contains(t, names[1], "second")
	tx.Rollback(ctx) // the node dies

	tx, row := r.begin(key)
	_, ids := read(tx)
	next, err := inbox.NewInput(thread(33600000002), "", dialogs.Event{Name: "effect"}, r.now)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(ctx, &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}, InputsDone: ids[:1], Inputs: []inbox.Input{next},
		InputsLater: []inbox.Input{{ID: ids[1], Thread: key, At: r.now.Add(time.Minute)}},
		WakesDone:   []inbox.Wake{{Due: r.now, Thread: key, Kind: inbox.WakeInputs}},
	}))
	tx, _ = r.begin(key)
	names, _ = read(tx)
	assert.Empty(t, names)
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM inputs WHERE msisdn = 33600000001`))
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM inputs WHERE msisdn = 33600000002`))
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM wakes WHERE msisdn = 33600000001 AND kind = 2`))
}

// An input that comes with the very moment of a wake that is being handled is
// not forgotten with it.
func TestInputThatComesWhileAnotherIsHandled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	key := thread(33600000001)
	r.push(key, "", dialogs.Event{Name: "first"}, r.now)
	tx, row := r.begin(key)
	due, err := tx.Inputs(ctx, r.now, []sms.Thread{key})
	require.NoError(t, err)
	r.push(key, "", dialogs.Event{Name: "second"}, r.now)
	require.NoError(t, tx.Commit(ctx, &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}, InputsDone: []int64{due[0].ID}, WakesDone: []inbox.Wake{{Due: r.now, Thread: key, Kind: inbox.WakeInputs}},
	}))
	assert.Equal(t, 1, one[int](r, `SELECT count(*)::int FROM inputs`))
	wakes, err := r.WakesDue(ctx, r.now.Add(time.Millisecond), 10)
	require.NoError(t, err)
	assert.Len(t, wakes, 1)
}

// hosts opens a conversation that asks two phones something.
func (r *rig) hosts(phones ...sms.MSISDN) *outbox.Tell {
	r.Helper()
	consumer := thread(33600000001)
	talk := r.id()
	tx, row := r.begin(consumer)
	tell := inbox.Event{ID: r.id(), At: r.now, Kind: "notify", Thread: consumer, Program: "pizza", Talk: talk, Tell: true}
	require.NoError(r, tx.Commit(r.T.Context(), &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}, Events: []inbox.Event{tell},
		Begun: []inbox.Conversation{{ID: talk, Thread: consumer, Program: "pizza", Flow: "lunch", Version: 1, By: "test", At: r.now}},
	}))
	tells, err := r.OpenTells(r.T.Context(), 10)
	require.NoError(r, err)
	require.NotEmpty(r, tells)
	t := &tells[len(tells)-1]
	number, _, err := r.NewTask(r.T.Context(), []sms.Thread{thread(phones[0])})
	require.NoError(r, err)
	var ms []sms.Outbound
	for _, p := range phones {
		ms = append(ms, *r.message(p, sms.Transactional, sms.Queued))
	}
	require.NoError(r, r.Told(r.T.Context(), t, ms, &outbox.Task{Number: number, Group: "hosts", Flow: "lunch", Version: 1, Notice: "accepted.0", Language: "en"}))
	return t
}

func taskAsk(id sms.ID, by sms.MSISDN, task sms.ID) inbox.Ask {
	return inbox.Ask{ID: id, Thread: thread(by), Ask: &dialogs.Ask{Action: "task", Data: map[string]any{"task": task.String(), "event": "host.coming", "text": "yes"}}}
}

// Two of the staff answer at once, on two connections: one wins, the
// conversation hears it once, the other one is told. What is given back is as
// if it had not been.
func TestFirstAnswerClosesATask(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	const lucie, marc = 33600000011, 33600000012
	r.exec(`INSERT INTO contacts (msisdn, first_name) VALUES ($1, 'Lucie')`, lucie)
	tell := r.hosts(lucie, marc)
	open := func(phone sms.MSISDN) int {
		t.Helper()
		tx, _ := r.begin(thread(phone))
		defer tx.Rollback(ctx)
		tasks, err := tx.Tasks(ctx, []sms.Thread{thread(phone)})
		require.NoError(t, err)
		return len(tasks[thread(phone)])
	}
	assert.Equal(t, []int{1, 1}, []int{open(lucie), open(marc)})
	_, busy, err := r.NewTask(ctx, []sms.Thread{thread(lucie), thread(33600000099)})
	require.NoError(t, err)
	assert.Equal(t, map[sms.Thread]bool{thread(lucie): true}, busy)

	first, row := r.begin(thread(lucie))
	second, _ := r.begin(thread(marc))
	won, err := first.Answer(ctx, r.now, []inbox.Ask{taskAsk(r.id(), lucie, tell.ID), taskAsk(r.id(), lucie, tell.ID)})
	require.NoError(t, err)
	assert.Equal(t, []dialogs.Answer{{Result: "ok"}, {Result: "taken"}}, won)
	lost := make(chan []dialogs.Answer)
	go func() {
		a, err := second.Answer(ctx, r.now, []inbox.Ask{taskAsk(r.id(), marc, tell.ID)})
		assert.NoError(t, err)
		lost <- a
	}()
	require.NoError(t, first.Commit(ctx, &inbox.Writes{Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}}))
	assert.Equal(t, []dialogs.Answer{{Result: "taken"}}, <-lost)
	second.Rollback(ctx)
	assert.Equal(t, []int{0, 0}, []int{open(lucie), open(marc)})
	assert.JSONEq(t, fmt.Sprintf(`{"Name":"host.coming","Talk":"%d","Data":{"by":"Lucie","text":"yes"}}`, tell.Talk), one[string](r, `SELECT data::text FROM inputs`))
	tells, err := r.OpenTells(ctx, 10)
	require.NoError(t, err)
	require.Len(t, tells, 1)
	assert.Equal(t, "task-closed", tells[0].Kind)
	assert.Equal(t, fmt.Sprint(lucie), tells[0].Data["by"])
	phones, err := r.TaskPhones(ctx, tell.ID)
	require.NoError(t, err)
	assert.Len(t, phones, 2)
}

func TestTaskAnswerGivenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	const lucie = 33600000011
	tell := r.hosts(lucie)
	tx, row := r.begin(thread(lucie))
	ask := taskAsk(r.id(), lucie, tell.ID)
	_, err := tx.Answer(ctx, r.now, []inbox.Ask{ask})
	require.NoError(t, err)
	require.NoError(t, tx.Release(ctx, r.now, []inbox.Ask{ask}))
	require.NoError(t, tx.Commit(ctx, &inbox.Writes{Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}}))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM inputs`))
	assert.Equal(t, 1, one[int](r, `SELECT count(*)::int FROM tasks WHERE closed_at IS NULL`))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM events WHERE done_at IS NULL`))
}

// The asks of 500 threads take one statement.
func TestAsksOfABatchAreOneStatement(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const lucie = 33600000011
	tell := r.hosts(lucie)
	cfg, err := pgxpool.ParseConfig(r.url)
	require.NoError(t, err)
	var count tracer
	cfg.ConnConfig.Tracer = &count
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	store := &MessageStore{pool: pool, hash: r.hash}
	var keys []sms.Thread
	var asks []inbox.Ask
	for i := range 500 {
		phone := sms.MSISDN(33600001000 + i)
		keys, asks = append(keys, thread(phone)), append(asks, taskAsk(r.id(), phone, tell.ID))
	}
	tx, _, err := store.Begin(t.Context(), keys)
	require.NoError(t, err)
	defer tx.Rollback(context.Background())
	count.Store(0)
	answers, err := tx.Answer(t.Context(), r.now, asks)
	require.NoError(t, err)
	assert.EqualValues(t, 1, count.Load())
	require.Len(t, answers, 500)
	assert.Equal(t, "ok", answers[0].Result)
	assert.Equal(t, "taken", answers[499].Result)
}

// tracer counts statements.
type tracer struct{ atomic.Int64 }

func (c *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.Add(1)
	return ctx
}

func (c *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// An ask that no table answers is the conversation's fault, not the moment's.
func TestUnknownAsk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tx, _ := r.begin(thread(33600000001))
	_, err := tx.Answer(t.Context(), r.now, []inbox.Ask{{Ask: &dialogs.Ask{Action: "dance"}}})
	require.ErrorContains(t, err, "dance")
	assert.True(t, sms.Permanent(err))
}

// A message of an open conversation that failed for good is an event of it,
// once, also when its segments fail one after the other; one of an ended
// conversation is none.
func TestFailedMessageIsAnEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	consumer := thread(33600000001)
	talk, gone := r.id(), r.id()
	tx, row := r.begin(consumer)
	var ms []*sms.Outbound
	for _, of := range []sms.ID{talk, gone} {
		m := r.message(consumer.Phone, sms.Reply, sms.Sending)
		m.Talk = of
		ms = append(ms, m)
	}
	require.NoError(t, tx.Commit(t.Context(), &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}, Outbound: ms,
		Begun: []inbox.Conversation{{ID: talk, Thread: consumer, Program: "pizza", Flow: "lunch", Version: 1, By: "test", At: r.now}},
	}))
	for range 2 {
		var us []*outbox.Update
		for _, m := range ms {
			us = append(us, &outbox.Update{To: m.To, ID: m.ID, State: sms.Undelivered, SentAt: r.now, DoneAt: r.now, Error: 5})
		}
		_, err := r.Record(t.Context(), &outbox.Record{Node: r.node, Now: r.now, Updates: us})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{fmt.Sprintf(`event {"Name": "message.failed", "Talk": "%d"}`, talk)}, column(r, `SELECT kind || ' ' || data FROM inputs`))
	assert.Equal(t, 1, one[int](r, `SELECT count(*)::int FROM wakes WHERE kind = 2`))

	long := r.message(consumer.Phone, sms.Reply, sms.Sending)
	long.Talk, long.Segments = talk, 2
	r.commit(long)
	record := func(b *outbox.Record) {
		b.Node, b.Now = r.node, r.now
		_, err := r.Record(t.Context(), b)
		require.NoError(t, err)
	}
	record(&outbox.Record{
		Updates: []*outbox.Update{{To: long.To, ID: long.ID, State: sms.Sent, SentAt: r.now, Segments: 2}},
		Submits: []outbox.Submit{{Carrier: 1, SMSCID: "a", To: long.To, ID: long.ID}, {Carrier: 1, SMSCID: "b", To: long.To, ID: long.ID, Segment: 1}},
	})
	for i, segment := range []string{"a", "b"} {
		r.exec(`DELETE FROM inputs`) // they were handled
		record(&outbox.Record{Receipts: []outbox.ReceiptRow{{ID: r.id(), Carrier: 1, SMSCID: segment, State: 5, Cause: optout.Absent, ReceivedAt: r.now}}})
		assert.Equal(t, 1-i, one[int](r, `SELECT count(*)::int FROM inputs`), "inputs after the failure of segment %s", segment)
	}
	assert.Equal(t, "undelivered", r.state(long))
}

func column(r *rig, sql string) []string {
	r.Helper()
	rows, err := r.conn.Query(r.T.Context(), sql)
	require.NoError(r, err)
	l, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(r, err)
	return l
}

// A hand-off: the first person takes it, another one is told so, and the flow
// gets it back.
func TestHandoff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	consumer := thread(33600000001)
	talk := r.id()
	tx, row := r.begin(consumer)
	row.Talks = []dialogs.Talk{{ID: talk, Program: "pizza", Flow: "lunch", Version: 1, Entry: 3}}
	require.NoError(t, tx.Commit(ctx, &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row}, Outbound: []*sms.Outbound{r.message(consumer.Phone, sms.Reply, sms.Queued)},
		Begun:    []inbox.Conversation{{ID: talk, Thread: consumer, Program: "pizza", Flow: "lunch", Version: 1, By: "test", At: r.now}},
		Handoffs: []inbox.Handoff{{Talk: talk, Thread: consumer, Program: "pizza", Group: "shop", Entry: 3, At: r.now}},
		Contacts: []inbox.ContactChange{{Phone: consumer.Phone, Tag: []string{"vip", "new"}}, {Phone: consumer.Phone, Untag: []string{"new"}}},
	}))
	assert.Equal(t, "{vip}", one[string](r, `SELECT tags::text FROM contacts`))
	s, err := OpenHandoffStore(ctx, r.url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	for group, n := range map[string]int{"": 1, "shop": 1, "kitchen": 0} {
		all, err := s.List(ctx, group)
		require.NoError(t, err)
		assert.Len(t, all, n, group)
	}
	_, lines, err := s.Show(ctx, talk, 10)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	assert.Equal(t, "x", lines[0].Text)
	require.NoError(t, s.Say(ctx, talk, "lucie", "Hi!", r.now))
	require.ErrorContains(t, s.Say(ctx, talk, "marc", "Hello!", r.now), "lucie")
	r.exec(`UPDATE threads SET talks = replace(talks::text, '"n":3', '"n":4')::json`)
	require.ErrorContains(t, s.Done(ctx, talk, r.now), "waits for a person", "nobody came in time: the conversation went on")
	r.exec(`UPDATE threads SET talks = replace(talks::text, '"n":4', '"n":3')::json`)
	require.NoError(t, s.Done(ctx, talk, r.now))
	require.ErrorContains(t, s.Done(ctx, talk, r.now), "waits for a person")
	assert.Equal(t, []string{"person", "event"}, column(r, `SELECT kind FROM inputs ORDER BY id`))
}

// A call is claimed by one node, comes again when that one dies, and its
// answer becomes an input once.
func TestWebhookCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	consumer := thread(33600000001)
	tx, row := r.begin(consumer)
	require.NoError(t, tx.Commit(ctx, &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{row},
		Events: []inbox.Event{{ID: r.id(), At: r.now, Kind: "webhook", Thread: consumer, Program: "pizza", Talk: 5, Tell: true, Data: map[string]any{"key": "5.1.1", "send": map[string]any{"price": dialogs.Money{Cents: 1250, Currency: "EUR"}}}}},
	}))
	claim := func(now time.Time) []outbox.Tell {
		t.Helper()
		calls, err := r.ClaimCalls(ctx, now, now.Add(time.Minute), 10)
		require.NoError(t, err)
		return calls
	}
	calls := claim(r.now)
	require.Len(t, calls, 1)
	assert.Equal(t, map[string]any{"price": "12.50 EUR"}, calls[0].Data["send"])
	assert.Empty(t, claim(r.now))
	assert.Len(t, claim(r.now.Add(2*time.Minute)), 1, "its node died")
	require.NoError(t, r.PutOffCall(ctx, calls[0].ID, 1, r.now.Add(time.Second)))
	calls = claim(r.now.Add(time.Second))
	require.Len(t, calls, 1)
	assert.Equal(t, 1, calls[0].Tries)
	for range 2 {
		require.NoError(t, r.Called(ctx, &calls[0], "ok", map[string]any{"stock": 3}, r.now))
	}
	assert.Equal(t, []string{"called"}, column(r, `SELECT kind FROM inputs`))
	tells, err := r.OpenTells(ctx, 10)
	require.NoError(t, err)
	assert.Empty(t, tells)
	assert.Empty(t, claim(r.now.Add(time.Hour)))
}
