package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres"
)

// nodeLock is the advisory lock of the one node.
const nodeLock = 0x72657002

// A node that lost its connection finds its lock taken by its own session,
// which the server has not given up yet: it waits. Only when another
// incarnation has registered it has been replaced.
func TestBeatBesideALostSession(t *testing.T) {
	t.Parallel()
	w := newVerifyWorld(t)
	ctx := context.Background()
	node, err := postgres.JoinNode(ctx, w.url, "here", w.now)
	require.NoError(t, err)
	t.Cleanup(func() { node.Close(ctx) })
	require.NoError(t, node.Beat(ctx, node.Incarnation, node.Incarnation, 0))

	lingering, err := pgx.Connect(ctx, w.url)
	require.NoError(t, err)
	w.exec(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1919250434 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	_, err = lingering.Exec(ctx, `SELECT pg_advisory_lock($1)`, nodeLock)
	require.NoError(t, err)
	for range 2 { // the first one notices that the connection is lost
		err = node.Beat(ctx, node.Incarnation, node.Incarnation, 0)
		require.Error(t, err)
		require.NotErrorIs(t, err, postgres.ErrReplaced)
	}
	require.NoError(t, lingering.Close(ctx))
	require.Eventually(t, func() bool { return node.Beat(ctx, node.Incarnation, node.Incarnation, 0) == nil }, 10*time.Second, 10*time.Millisecond)
	w.exec(`UPDATE nodes SET incarnation = incarnation + 1`)
	require.ErrorIs(t, node.Beat(ctx, node.Incarnation, node.Incarnation, 0), postgres.ErrReplaced)
}

// The next start finds what a killed node was sending: answers wait again with
// their attempt counted; marketing, and what an opt-out has overtaken, ends as
// unknown.
func TestJoinRecoversWhatADeadNodeWasSending(t *testing.T) {
	t.Parallel()
	w := newVerifyWorld(t)
	ctx := context.Background()
	w.exec(`UPDATE outbox SET node = 77 WHERE id = {15}; UPDATE outbound SET state = 'sending', node = 77 WHERE id = {15};
UPDATE outbound SET unknowns = 2 WHERE id = {14}`)
	w.exec(`INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, cause, node, stop_id, created_at, expires, verdict, rule, config, text, coding, segments)
SELECT {18}, {other}, short_code, carrier, program, class, state, 1, {4}, node, stop_id, created_at, expires, verdict, rule, config, text, coding, segments FROM outbound WHERE id = {13}`)
	node, err := postgres.JoinNode(ctx, w.url, "here", w.now)
	require.NoError(t, err)
	t.Cleanup(func() { node.Close(ctx) })
	require.Equal(t, []string{"13 queued", "16 held"}, w.motion())
	rows, err := w.conn.Query(ctx, `SELECT id - $1 || ' ' || state || ' ' || unknowns FROM outbound WHERE id - $1 IN (13, 14, 15, 18) ORDER BY id`, int64(w.id))
	require.NoError(t, err)
	states, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{"13 queued 1", "14 unknown 3", "15 unknown 0", "18 unknown 1"}, states)
	require.Empty(t, w.broken())
}
