package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
)

// Node is a running process's place in the database. While it holds the node
// lock it is the only one that sends; several nodes at a time come with a later
// release, whose leases take the lock's place.
type Node struct {
	url         string
	conn        *pgx.Conn
	Slot        int
	Incarnation sms.ID
	Horizon     sms.ID // above which this incarnation makes its ids
}

// nodeLock is the advisory lock that the one node holds.
const nodeLock = 0x72657002

// ErrNodeTaken says that another process serves this database.
var ErrNodeTaken = errors.New("another repartee process serves this database: stop it first (or wait a few seconds if it was just killed)")

// ErrReplaced says that another process has taken this node's place.
var ErrReplaced = errors.New("another process has taken over this node's work")

// JoinNode takes the node's place and brings the work of the one before to a
// defined state: connections that outlived it are ended first, so that nothing
// of it can still commit. It waits a short while for a predecessor that is
// just going.
func JoinNode(ctx context.Context, url, host string, now time.Time) (*Node, error) {
	n := &Node{url: url}
	for wait := 0; ; wait++ {
		err := n.lock(ctx)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrNodeTaken) || wait == 20 {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	if err := n.register(ctx, host, now); err != nil {
		n.Close(ctx)
		return nil, fmt.Errorf("join: %w", err)
	}
	return n, nil
}

// lock connects and takes the advisory lock.
func (n *Node) lock(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, n.url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, nodeLock).Scan(&mine); err != nil || !mine {
		_ = conn.Close(ctx)
		if err == nil {
			err = ErrNodeTaken
		}
		return err
	}
	n.conn = conn
	return nil
}

func (n *Node) register(ctx context.Context, host string, now time.Time) error {
	if err := n.endPredecessors(ctx); err != nil {
		return err
	}
	if err := n.conn.QueryRow(ctx, `SELECT coalesce(max(horizon), 0) FROM nodes WHERE slot = $1`, n.Slot).Scan((*int64)(&n.Horizon)); err != nil {
		return err
	}
	n.Incarnation = sms.NewIDs(n.Slot, n.Horizon).Next(now)
	n.Horizon = n.Incarnation
	return pgx.BeginFunc(ctx, n.conn, func(tx pgx.Tx) error {
		if err := n.recover(ctx, tx, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO nodes (slot, incarnation, beat, low, horizon, seen, config, state, host, started_at)
VALUES ($1, $2, 0, $2, $2, pg_current_snapshot(), 0, 'live', $3, $4)
ON CONFLICT (slot) DO UPDATE SET incarnation = excluded.incarnation, beat = 0, low = excluded.low, horizon = excluded.horizon, seen = excluded.seen,
  config = 0, state = 'live', host = excluded.host, started_at = excluded.started_at`, n.Slot, int64(n.Incarnation), host, now)
		return err
	})
}

// endPredecessors ends the database sessions of earlier incarnations and waits
// until they are gone: what they had under way is committed or rolled back then.
func (n *Node) endPredecessors(ctx context.Context) error {
	for {
		var left int
		err := n.conn.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE $1 AND pid <> pg_backend_pid()`, applicationPrefix+"%").Scan(&left)
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// recover gives the unfinished messages of dead incarnations a defined state
// (promise 6): answers go back to the queue, their attempt of unknown outcome
// counted; marketing ends as unknown, and so does an answer after three.
func (n *Node) recover(ctx context.Context, tx pgx.Tx, now time.Time) error {
	var low int64
	// Also of a node that stopped in order: its time may have been too short to write all outcomes.
	if err := tx.QueryRow(ctx, `SELECT coalesce(min(low), 0) FROM nodes`).Scan(&low); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `CREATE TEMPORARY TABLE unfinished ON COMMIT DROP AS
SELECT msisdn, id FROM outbound WHERE state = 'sending' AND id >= $1
UNION SELECT msisdn, id FROM outbox WHERE node IS NOT NULL`, low)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		// What an opt-out has overtaken goes nowhere any more: it was cancelled in its lane, or had left before.
		`UPDATE outbound o SET state = 'unknown', unknowns = CASE WHEN o.class = 'marketing' THEN o.unknowns ELSE o.unknowns + 1 END, node = NULL, done_at = now() FROM unfinished u, threads t
WHERE o.msisdn = u.msisdn AND o.id = u.id AND o.state = 'sending' AND t.msisdn = o.msisdn AND t.short_code = o.short_code
  AND o.stop_id < greatest(t.stop_id, (SELECT c.stop_id FROM consents c WHERE c.msisdn = o.msisdn AND c.program = o.program))`,
		`UPDATE outbound o SET state = CASE WHEN o.class = 'marketing' OR ` + lastAttempt + ` THEN 'unknown'::message_state ELSE 'queued' END,
  unknowns = CASE WHEN o.class = 'marketing' THEN o.unknowns ELSE o.unknowns + 1 END, node = NULL,
  done_at = CASE WHEN o.class = 'marketing' OR ` + lastAttempt + ` THEN now() END
FROM unfinished u WHERE o.msisdn = u.msisdn AND o.id = u.id AND o.state = 'sending'`,
		`DELETE FROM outbox x USING unfinished u, outbound o WHERE x.id = u.id AND o.msisdn = u.msisdn AND o.id = u.id AND o.state <> 'queued'`,
		`INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires, after_id)
SELECT o.id, o.msisdn, o.short_code, o.program, o.carrier, CASE WHEN o.class = 'marketing' THEN 1 ELSE 0 END, o.created_at, o.expires, o.after_id
FROM unfinished u JOIN outbound o ON o.msisdn = u.msisdn AND o.id = u.id WHERE o.state = 'queued'
ON CONFLICT (id) DO UPDATE SET node = NULL`,
		`UPDATE nodes SET state = 'dead' WHERE state = 'live'`,
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// lastAttempt tells that an answer is not tried again: after three attempts of
// unknown outcome, the confirmation of an opt-out after two.
const lastAttempt = `o.unknowns >= CASE WHEN o.cause = o.stop_id THEN 1 ELSE 2 END`

// Beat tells that the node lives. When the connection was lost it takes the
// lock again; [ErrReplaced] when somebody else has the place meanwhile.
func (n *Node) Beat(ctx context.Context, low, horizon sms.ID, config int64) error {
	if n.conn == nil || n.conn.IsClosed() {
		if err := n.lock(ctx); err != nil {
			if errors.Is(err, ErrNodeTaken) {
				return n.displaced(ctx)
			}
			return err
		}
	}
	tag, err := n.conn.Exec(ctx, `UPDATE nodes SET beat = beat + 1, low = $3, horizon = $4, config = $5, seen = pg_current_snapshot()
WHERE slot = $1 AND incarnation = $2 AND state = 'live'`, n.Slot, int64(n.Incarnation), int64(low), int64(horizon), config)
	switch {
	case err != nil:
		_ = n.conn.Close(ctx)
		return fmt.Errorf("beat: %w", err)
	case tag.RowsAffected() == 0:
		return ErrReplaced
	}
	return nil
}

// displaced says who holds the lock: [ErrReplaced] when another incarnation has
// registered; else it is this node's own session of before, which the server
// has not found dead yet, or somebody who is about to register.
func (n *Node) displaced(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, n.url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var mine bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM nodes WHERE slot = $1 AND incarnation = $2 AND state = 'live')`, n.Slot, int64(n.Incarnation)).Scan(&mine)
	switch {
	case err != nil:
		return fmt.Errorf("beat: %w", err)
	case !mine:
		return ErrReplaced
	}
	return errors.New("beat: the server still keeps the session that was lost")
}

// Leave marks the node stopped, so that its successor has nothing to wait for.
func (n *Node) Leave(ctx context.Context, horizon sms.ID) error {
	if n.conn == nil || n.conn.IsClosed() {
		return errors.New("the database is away: the next start finds this node dead")
	}
	_, err := n.conn.Exec(ctx, `UPDATE nodes SET state = 'stopped', horizon = $3 WHERE slot = $1 AND incarnation = $2`, n.Slot, int64(n.Incarnation), int64(horizon))
	n.Close(ctx)
	return err
}

// Close gives up the lock and the connection.
func (n *Node) Close(ctx context.Context) {
	if n.conn != nil {
		_ = n.conn.Close(context.WithoutCancel(ctx)) // the lock goes with the session in any case
	}
}

// Tidy forgets what has done its service: opt-outs that every node has carried
// out long ago, parts of long messages that are complete or handed on, receipts
// given up, tells performed.
func (s *MessageStore) Tidy(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM stops WHERE at < now() - interval '10 minutes'`)
	b.Queue(`DELETE FROM mo_sets WHERE done_at < now() - interval '1 day'`)
	b.Queue(`DELETE FROM receipts WHERE next_try IS NULL AND received_at < now() - interval '30 days'`)
	b.Queue(`DELETE FROM failures WHERE at < now() - interval '1 year'`)
	b.Queue(`DELETE FROM figures WHERE minute < now() - interval '35 days'`)
	b.Queue(`DELETE FROM handoffs WHERE opened_at < now() - interval '30 days'`)
	b.Queue(`DELETE FROM task_phones p USING tasks t WHERE t.id = p.task AND t.opened_at < now() - interval '30 days'`)
	b.Queue(`DELETE FROM tasks WHERE opened_at < now() - interval '30 days'`)
	return judge("tidy", s.pool.SendBatch(ctx, b).Close())
}

// Waiting is what the outbox holds for one carrier.
type Waiting struct {
	Carrier    int32
	Marketing  bool
	Due, Later int // to be sent as soon as possible; held until their time
}

// Waiting counts the rows of the outbox.
func (s *MessageStore) Waiting(ctx context.Context, now time.Time) ([]Waiting, error) {
	rows, err := s.pool.Query(ctx, `SELECT carrier, prio = 1, count(*) FILTER (WHERE due <= $1), count(*) FILTER (WHERE due > $1) FROM outbox GROUP BY 1, 2`, now)
	if err != nil {
		return nil, judge("count what waits", err)
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
	return waiting, judge("count what waits", err)
}
