package postgres_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/inbox"
	"repartee/outbox"
	"repartee/postgres"
	"repartee/postgres/pgtest"
	"repartee/sms"
)

// The server crashes under an open transaction and gives its number to others
// that commit. The batch must not take their outcome for its own: the MO would
// be acknowledged and never have been stored (promise 1).
func TestNumberOfALostTransactionIsUsedAgain(t *testing.T) {
	t.Parallel()
	server := pgtest.Server(t)
	ctx := context.Background()
	now := time.Now().UTC()
	require.NoError(t, postgres.EnsurePartitions(ctx, server.URL(), now))
	store, err := postgres.OpenMessageStore(ctx, server.URL(), 1, 4, verifyHash)
	require.NoError(t, err)
	t.Cleanup(store.Close)

	key := sms.Thread{Phone: verifyPhone, Code: 36111}
	id := sms.FirstID(now)
	before := currentXID(t, server.URL())
	tx, threads, err := store.Begin(ctx, []sms.Thread{key})
	require.NoError(t, err)
	server.Stop(true)
	server.Start()
	for currentXID(t, server.URL()) < before+100 {
	}
	threads[key].Turn = 1
	err = tx.Commit(ctx, &inbox.Writes{Node: 1, Now: now, Threads: []*inbox.Thread{threads[key]}, Inbound: []*sms.Inbound{{
		ID: id, From: key.Phone, Code: key.Code, Carrier: 1, Bind: 1, Arrival: 1, ReceivedAt: now, Text: "PIZZA", Parts: 1, Complete: true,
		Outcome: sms.OutcomeTurn, Turn: 1, Class: "neither", Rule: "r",
	}}})
	require.Error(t, err, "the batch is said to be committed, and is not")
	require.False(t, sms.Permanent(err), "%v", err)
}

// currentXID uses up a transaction's number and returns it.
func currentXID(t *testing.T, url string) int64 {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	var text string
	require.NoError(t, conn.QueryRow(ctx, `SELECT pg_current_xact_id()::text`).Scan(&text))
	xid, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return xid
}

// A claim whose COMMIT was carried out without anybody knowing is taken back;
// one that was not, or is another node's, stays as it is.
func TestUnclaim(t *testing.T) {
	t.Parallel()
	w := newVerifyWorld(t)
	store, err := postgres.OpenMessageStore(context.Background(), w.url, 77, 2, verifyHash)
	require.NoError(t, err)
	t.Cleanup(store.Close)
	ids := []sms.ID{w.id + 14, w.id + 15}
	require.NoError(t, store.Unclaim(context.Background(), 76, ids))
	require.Equal(t, []string{"14 sending 77", "15 queued", "16 held"}, w.motion())
	require.NoError(t, store.Unclaim(context.Background(), 77, ids))
	require.Equal(t, []string{"14 queued", "15 queued", "16 held"}, w.motion())
	require.Empty(t, w.broken())
}

// motion lists what is in the outbox, with the state of its message.
func (w *verifyWorld) motion() []string {
	w.t.Helper()
	rows, err := w.conn.Query(context.Background(), `SELECT x.id - $1 || ' ' || o.state || coalesce(' ' || x.node, '')
FROM outbox x JOIN outbound o USING (msisdn, id) ORDER BY x.id`, int64(w.id))
	require.NoError(w.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.t, err)
	return list
}

// A message that goes back to the outbox after an opt-out has overtaken it is
// cancelled instead.
func TestRequeueOfWhatAnOptOutHasOvertaken(t *testing.T) {
	t.Parallel()
	w := newVerifyWorld(t)
	store, err := postgres.OpenMessageStore(context.Background(), w.url, 77, 2, verifyHash)
	require.NoError(t, err)
	t.Cleanup(store.Close)
	w.exec(`UPDATE threads SET stop_id = {19} WHERE msisdn = {phone}`)
	var back []outbox.Requeue
	for _, n := range []sms.ID{13, 14} {
		back = append(back, outbox.Requeue{Message: &sms.Outbound{To: verifyPhone, Code: 36111, ID: w.id + n, Class: sms.Reply}, Due: w.now})
	}
	_, err = store.Record(context.Background(), &outbox.Record{Node: 77, Now: w.now, Requeues: back})
	require.NoError(t, err)
	require.Equal(t, []string{"15 queued", "16 held"}, w.motion())
}
