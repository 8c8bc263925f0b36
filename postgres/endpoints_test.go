package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/endpoints"
	"repartee/inbox"
	"repartee/outbox"
	"repartee/programs/secret"
	"repartee/sms"
)

func (r *rig) endpoints() *EndpointStore {
	r.Helper()
	sealer, err := secret.New([]byte("0123456789abcdef"))
	require.NoError(r, err)
	s, err := OpenEndpointStore(r.T.Context(), r.url, sealer)
	require.NoError(r, err)
	r.T.Cleanup(s.Close)
	return s
}

// listen makes an endpoint.
func (r *rig) listen(s *EndpointStore, change func(*endpoints.Endpoint), events ...endpoints.Type) int64 {
	r.Helper()
	e := &endpoints.Endpoint{Name: "CRM", URL: "https://crm.example", Events: events, Secret: endpoints.NewSecret(), CreatedBy: "ann", CreatedAt: r.now}
	if change != nil {
		change(e)
	}
	id, err := s.AddEndpoint(r.T.Context(), e)
	require.NoError(r, err)
	return id
}

// distribute makes deliveries of all that has happened, and returns what
// endpoints are told, as `endpoint type data`, oldest first.
func (r *rig) distribute(s *EndpointStore) []endpoints.Delivery {
	r.Helper()
	for {
		n, err := s.Distribute(r.T.Context(), 2, r.now)
		require.NoError(r, err)
		if n == 0 {
			break
		}
	}
	rows, err := s.pool.Query(r.T.Context(), sqlDeliveries+` ORDER BY d.id`)
	require.NoError(r, err)
	list, err := pgx.CollectRows(rows, scanDelivery)
	require.NoError(r, err)
	return list
}

// inbound stores a text as a turn does, and leaves the transaction open.
func (r *rig) inbound(phone sms.MSISDN, text string) (id sms.ID, commit func()) {
	r.Helper()
	tx, t := r.begin(thread(phone))
	t.Turn++
	m := &sms.Inbound{ID: r.id(), From: phone, Code: code, Carrier: 1, ReceivedAt: r.now, Text: text, Complete: true, Outcome: sms.OutcomeTurn, Turn: t.Turn, Class: "neither", Rule: "test"}
	return m.ID, func() {
		require.NoError(r, tx.Commit(r.T.Context(), &inbox.Writes{Node: r.node, Now: r.now, Inbound: []*sms.Inbound{m}, Threads: []*inbox.Thread{t}}))
	}
}

func triggers(r *rig) []string {
	return column(r, `SELECT replace(tgname, 'endpoint_events_', '') FROM pg_trigger WHERE tgname LIKE 'endpoint\_events\_%' ORDER BY 1`)
}

// The tables of the message path have triggers only for what an endpoint wants.
func TestEventsCostNothingUnlessAnEndpointWantsThem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	require.Empty(t, triggers(r))
	require.Empty(t, column(r, `SELECT proname FROM pg_proc WHERE proname LIKE 'endpoint\_events\_%' AND prosrc LIKE '%JOIN before%'
  AND NOT coalesce(proconfig, '{}') @> '{enable_hashjoin=on,enable_nestloop=off}'`), "a batch of a thousand would make a million comparisons")
	_, commit := r.inbound(1, "before")
	commit()
	id := r.listen(s, nil, endpoints.MessageReceived, endpoints.MessageDelivered)
	assert.Equal(t, []string{"inbound_insert", "outbound_update"}, triggers(r))
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now.Add(240*time.Hour)), "beside the triggers")
	_, commit = r.inbound(1, "after")
	commit()
	assert.Len(t, r.distribute(s), 1)

	sent := r.message(1, sms.Reply, sms.Sending)
	r.commit(sent)
	_, err := r.Record(t.Context(), &outbox.Record{Now: r.now, Updates: []*outbox.Update{{To: 1, ID: sent.ID, State: sms.Sent, SentAt: r.now, Segments: 1}}})
	require.NoError(t, err)
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM endpoint_events`), "nobody wants to know that it was sent")

	change := func(f func(*endpoints.Endpoint)) {
		require.NoError(t, s.ChangeEndpoint(t.Context(), id, func(e *endpoints.Endpoint) error { f(e); return nil }))
		require.NoError(t, s.Follow(t.Context()))
	}
	change(func(e *endpoints.Endpoint) {
		e.Events = []endpoints.Type{endpoints.MessageFailed, endpoints.OrderChanged}
	})
	assert.Equal(t, []string{"orders_update", "outbound_insert", "outbound_update"}, triggers(r))
	change(func(e *endpoints.Endpoint) { e.DisabledAt = r.now })
	assert.Empty(t, triggers(r))
	change(func(e *endpoints.Endpoint) { e.DisabledAt = time.Time{} })
	assert.Len(t, triggers(r), 3)
	require.NoError(t, s.RemoveEndpoint(t.Context(), id))
	require.NoError(t, s.Follow(t.Context()))
	assert.Empty(t, triggers(r))
	require.ErrorContains(t, s.RemoveEndpoint(t.Context(), id), "no such event endpoint")
}

// What commits late, with an id that others have passed by, is told as well,
// and nothing is told twice.
func TestEventsOfATransactionHeldOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	r.listen(s, nil, endpoints.MessageReceived)
	source := func(ds []endpoints.Delivery) (ids []string) {
		for _, d := range ds {
			var data struct{ ID string }
			require.NoError(t, json.Unmarshal(d.Data, &data))
			ids = append(ids, data.ID)
		}
		return ids
	}
	conn, err := pgx.Connect(t.Context(), r.url)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	late := r.id()
	_, err = conn.Exec(t.Context(), `BEGIN`)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, outcome, class, rule, config)
VALUES ($1, 3, 36111, 1, 1, 1, $2, 0, 'ignored', 'neither', 'test', 1)`, int64(late), r.now)
	require.NoError(t, err)
	early, commit := r.inbound(1, "quick")
	commit()
	assert.Equal(t, []string{early.String()}, source(r.distribute(s)))
	_, err = conn.Exec(t.Context(), `COMMIT`)
	require.NoError(t, err)
	assert.Equal(t, []string{early.String(), late.String()}, source(r.distribute(s)))
	assert.Len(t, r.distribute(s), 2)
}

// Several that distribute at the same time, while messages come in, tell each
// event once.
func TestEventsAreDistributedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	r.listen(s, nil, endpoints.MessageReceived)
	const all = 60
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Distribute(ctx, 3, r.now); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range all {
		_, commit := r.inbound(sms.MSISDN(i+1), "x")
		commit()
	}
	require.Eventually(t, func() bool { return one[int](r, `SELECT count(*)::int FROM endpoint_deliveries`) >= all }, 20*time.Second, 5*time.Millisecond)
	stop()
	wg.Wait()
	assert.Len(t, r.distribute(s), all)
	assert.Equal(t, all, one[int](r, `SELECT count(DISTINCT (event, source))::int FROM endpoint_deliveries`))
}

// An endpoint that is made while a transaction is long does not stop the
// messages: it waits in short attempts.
func TestMessagesGoOnWhileAnEndpointIsMade(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	_, commitLong := r.inbound(1, "x")
	r.exec(`BEGIN`)
	r.exec(`LOCK TABLE inbound IN ROW EXCLUSIVE MODE`)
	made := make(chan int64)
	go func() { made <- r.listen(s, nil, endpoints.MessageReceived) }()
	other, err := pgx.Connect(t.Context(), r.url)
	require.NoError(t, err)
	defer other.Close(context.Background())
	require.Eventually(t, func() bool {
		var waits bool
		require.NoError(t, other.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'inbound'::regclass)`).Scan(&waits))
		return waits
	}, 20*time.Second, time.Millisecond)
	begun := time.Now()
	commitLong() // takes the table behind the one that waits
	assert.Less(t, time.Since(begun), 5*time.Second)
	r.exec(`COMMIT`)
	assert.NotZero(t, <-made)
	assert.Equal(t, []string{"inbound_insert"}, triggers(r))
}

const endpointsText = menuText + `
short_codes: [{number: "36111", country: FR, carriers: [sim], program: roma}]
carriers: [{name: sim, addr: "127.0.0.1:1", system_id: shop, password: secret}]
offers: [{name: cup, program: roma, title: {fr: Un café, en: A coffee}, amount: 1.20, valid_days: 1}]
`

// Each kind of event is told, by whatever writes it, with data and without texts.
func TestEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	r := newAsking(t, endpointsText)
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now))
	s := r.endpoints()
	r.listen(s, nil, endpoints.Types()...)

	_, commit := r.inbound(phoneA, "Hello")
	commit()
	sent, failed, refused := r.message(phoneA, sms.Reply, sms.Sending), r.message(phoneB, sms.Reply, sms.Sending), r.message(phoneC, sms.Marketing, sms.Refused)
	sent.Program, failed.Program, refused.Program = r.program, r.program, r.program
	refused.Verdict, refused.Rule = "refuse", "G08"
	r.commit(sent, failed, refused)
	for _, u := range []*outbox.Update{
		{To: phoneA, ID: sent.ID, State: sms.Delivered, SentAt: r.now, DoneAt: r.now, Segments: 1},
		{To: phoneB, ID: failed.ID, State: sms.Rejected, DoneAt: r.now, Segments: 1, Error: 11},
	} {
		_, err := r.Record(t.Context(), &outbox.Record{Now: r.now, Updates: []*outbox.Update{u}})
		require.NoError(t, err)
	}
	tx, th := r.begin(thread(phoneA))
	talk := r.id()
	require.NoError(t, tx.Commit(t.Context(), &inbox.Writes{
		Node: r.node, Now: r.now, Threads: []*inbox.Thread{th},
		Begun: []inbox.Conversation{{ID: talk, Thread: thread(phoneA), Program: "roma", Flow: "order", Version: 2, By: "keyword", At: r.now}},
		Ended: []inbox.ConversationEnd{{ID: talk, Phone: phoneA, At: r.now, Outcome: "completed"}},
	}))
	r.stop(phoneB)
	code := r.alone(phoneA, "issue", map[string]any{"offer": "cup"}).Data["code"].(string)
	r.answer([]inbox.Ask{r.ask(phoneA, "redeem", map[string]any{"code": code})}, 0) // and given back
	shop := &OrderStore{r.pool}
	_, err := shop.Redeem(t.Context(), nil, code, "till 1", "lyon", r.now)
	require.NoError(t, err)
	r.answer([]inbox.Ask{r.ask(phoneB, "order", cartOf(1100, line("Reine", 1, 1100)))}, 0) // and given back
	require.Equal(t, "ok", r.alone(phoneA, "order", with(cartOf(1100, line("Reine", 1, 1100)), "note", "no onions")).Result)
	require.NoError(t, shop.Change(t.Context(), "roma", 2, "accepted", "lucie", nil, r.now))

	var told []string
	for _, d := range r.distribute(s) {
		var data map[string]any
		require.NoError(t, json.Unmarshal(d.Data, &data))
		if d.Type != endpoints.ConsentChanged { // the opt-out is from the whole code
			assert.Equal(t, "roma", data["program"], d.Type)
		}
		told = append(told, strings.Join([]string{string(d.Type), text(data["msisdn"]), text(data["state"]) + text(data["event"]) + text(data["outcome"]) + text(data["redeemed_by"])}, " "))
		assert.NotContains(t, string(d.Data), "Hello")
		assert.NotContains(t, string(d.Data), "onions")
	}
	assert.ElementsMatch(t, []string{
		"message.received 33600000001 turn", "message.received 33600000002 turn", "message.failed 33600000003 refused", "message.sent 33600000001 sent", "message.delivered 33600000001 delivered",
		"message.failed 33600000002 rejected", "conversation.ended 33600000001 completed", "consent.changed 33600000002 opt-out", "coupon.redeemed 33600000001 till 1",
		"order.placed 33600000001 placed", "order.changed 33600000001 accepted",
	}, told)

	// What people wrote is read when it is sent, if the endpoint wants it.
	require.NoError(t, s.ChangeEndpoint(t.Context(), 1, func(e *endpoints.Endpoint) error { e.IncludeText = true; return nil }))
	due, err := s.Claim(t.Context(), map[int64]int{1: 100}, r.now, r.now.Add(time.Minute))
	require.NoError(t, err)
	require.Len(t, due, len(told))
	var all strings.Builder
	for _, d := range due {
		all.Write(d.Data)
	}
	assert.Contains(t, all.String(), `"Hello"`)
	assert.Contains(t, all.String(), `"no onions"`)
	assert.Contains(t, all.String(), `"total": "11.00"`)
}

func text(v any) string { s, _ := v.(string); return s }

// An endpoint of some programs is told of those alone.
func TestEventsAreNarrowedToPrograms(t *testing.T) {
	t.Parallel()
	r := newAsking(t, endpointsText)
	require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now))
	s := r.endpoints()
	ours := r.listen(s, func(e *endpoints.Endpoint) { e.Programs = []string{"roma"} }, endpoints.MessageReceived, endpoints.ConsentChanged)
	r.listen(s, func(e *endpoints.Endpoint) { e.Programs = []string{"other"} }, endpoints.MessageReceived, endpoints.ConsentChanged)
	all := r.listen(s, nil, endpoints.ConsentChanged)
	r.stop(phoneA)
	var told []string
	for _, d := range r.distribute(s) {
		told = append(told, strconv.FormatInt(d.Endpoint, 10)+" "+string(d.Type))
	}
	o, a := strconv.FormatInt(ours, 10), strconv.FormatInt(all, 10)
	assert.ElementsMatch(t, []string{o + " message.received", o + " consent.changed", a + " consent.changed"}, told)
}

// Claimed deliveries are left alone until their lease is over; attempts make
// the endpoint's health; a replay keeps the webhook-id.
func TestDeliveriesAreClaimedMarkedAndReplayed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	id := r.listen(s, nil, endpoints.MessageReceived)
	for i := range 3 {
		_, commit := r.inbound(sms.MSISDN(i+1), "x")
		commit()
	}
	r.distribute(s)
	claim := func(now time.Time, room int) []endpoints.Delivery {
		due, err := s.Claim(t.Context(), map[int64]int{id: room}, now, now.Add(time.Minute))
		require.NoError(t, err)
		return due
	}
	first := claim(r.now, 2)
	require.Len(t, first, 2)
	require.Len(t, claim(r.now, 5), 1, "the others are under way")
	require.Empty(t, claim(r.now, 5))
	require.Len(t, claim(r.now.Add(time.Minute), 5), 3, "their lease is over")

	mark := func(d *endpoints.Delivery, at time.Time, v endpoints.Verdict) *endpoints.Endpoint {
		require.NoError(t, s.Mark(t.Context(), d, endpoints.Attempt{At: at, Status: 500, Took: 30 * time.Millisecond}, v))
		e, err := s.Endpoint(t.Context(), id)
		require.NoError(t, err)
		return e
	}
	e := mark(&first[0], r.now, endpoints.Verdict{State: endpoints.Pending, Due: r.now.Add(5 * time.Minute), Error: "status 500"})
	assert.WithinDuration(t, r.now, e.FailingSince, 0)
	e = mark(&first[1], r.now.Add(time.Minute), endpoints.Verdict{State: endpoints.Failed, Error: "no answer came"})
	assert.WithinDuration(t, r.now, e.FailingSince, 0)
	assert.Equal(t, "no answer came", e.LastError)
	require.Len(t, claim(r.now.Add(5*time.Minute), 5), 2, "the failed one is tried no more")

	n, err := s.ReplayFailed(t.Context(), id, r.now.Add(time.Hour), r.now)
	require.NoError(t, err)
	require.Zero(t, n, "it happened before")
	n, err = s.ReplayFailed(t.Context(), id, r.now.Add(-time.Hour), r.now)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	again := claim(r.now, 5)
	require.Len(t, again, 1)
	assert.Equal(t, first[1].Event, again[0].Event)
	assert.Zero(t, again[0].Attempts)

	e = mark(&again[0], r.now.Add(2*time.Minute), endpoints.Verdict{State: endpoints.Delivered})
	assert.True(t, e.FailingSince.IsZero())
	assert.WithinDuration(t, r.now.Add(2*time.Minute), e.LastSuccessAt, 0)
	require.NoError(t, s.Replay(t.Context(), id, again[0].ID, r.now))
	require.Len(t, claim(r.now, 5), 1)
	require.ErrorContains(t, s.Replay(t.Context(), id+1, again[0].ID, r.now), "no such delivery")

	log, err := s.Deliveries(t.Context(), endpoints.Filter{Endpoint: id, State: endpoints.Pending, Type: endpoints.MessageReceived, Limit: 2})
	require.NoError(t, err)
	require.Len(t, log, 2)
	assert.True(t, slices.IsSortedFunc(log, func(a, b endpoints.Delivery) int { return int(b.ID - a.ID) }))
	waiting, err := s.Waiting(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 3, waiting)

	e = mark(&first[0], r.now, endpoints.Verdict{State: endpoints.Failed, Disable: true, Error: "gone"})
	assert.False(t, e.DisabledAt.IsZero())
	targets, err := s.Targets(t.Context())
	require.NoError(t, err)
	assert.Empty(t, targets)
}

// Secrets are sealed in the database, and an erasure takes away what endpoints
// were to be told of a phone.
func TestEndpointsKeepNoSecretAndNoErasedPhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	id := r.listen(s, nil, endpoints.MessageReceived)
	e, err := s.Endpoint(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, s.ChangeEndpoint(t.Context(), id, func(x *endpoints.Endpoint) error { x.Rotate(endpoints.NewSecret(), r.now.Add(time.Hour)); return nil }))
	after, err := s.Endpoint(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, e.Secret, after.OldSecret)
	assert.NotEqual(t, e.Secret, after.Secret)
	assert.NotContains(t, one[string](r, `SELECT endpoints::text || encode(secret, 'escape') FROM endpoints`), e.Secret[6:])

	for _, phone := range []sms.MSISDN{1, 2} {
		_, commit := r.inbound(phone, "x")
		commit()
	}
	r.distribute(s)
	_, commit := r.inbound(1, "not distributed yet")
	commit()
	_, err = r.consents().Erase(t.Context(), 1, "ana", "asked for it", r.now)
	require.NoError(t, err)
	left := r.distribute(s)
	require.Len(t, left, 1)
	assert.Contains(t, string(left[0].Data), `"msisdn": "2"`)
}

// An endpoint whose secret cannot be opened any more holds up no other, and can
// be given another one.
func TestEndpointSealedWithAnotherKey(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.endpoints()
	lost, good := r.listen(s, nil, endpoints.MessageReceived), r.listen(s, nil, endpoints.MessageReceived)
	r.exec(`UPDATE endpoints SET secret = set_byte(secret, 1, get_byte(secret, 1) # 1) WHERE id = $1`, lost)
	targets, err := s.Targets(t.Context())
	require.NoError(t, err)
	require.Len(t, targets, 2)
	require.ErrorContains(t, s.ChangeEndpoint(t.Context(), lost, func(*endpoints.Endpoint) error { return nil }), "make another secret first")
	require.NoError(t, s.ChangeEndpoint(t.Context(), lost, func(e *endpoints.Endpoint) error { e.Rotate(endpoints.NewSecret(), r.now); return nil }))
	for _, id := range []int64{lost, good} {
		e, err := s.Endpoint(t.Context(), id)
		require.NoError(t, err)
		assert.NotEmpty(t, e.Secret)
	}
}
