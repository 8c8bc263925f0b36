package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/sms"
	"repartee/views"
)

// LiveStore shows what happens. It is safe for concurrent use.
type LiveStore struct{ pool *pgxpool.Pool }

var _ views.Live = (*LiveStore)(nil)

// OpenLiveStore connects to the database, by one connection that is made when
// somebody looks.
func OpenLiveStore(ctx context.Context, url string) (*LiveStore, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("REPARTEE_DATABASE_URL is not usable: %w", err)
	}
	cfg.MaxConns, cfg.MaxConnIdleTime = 1, time.Minute
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = "2s"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &LiveStore{pool: pool}, nil
}

// Close ends the connection.
func (s *LiveStore) Close() { s.pool.Close() }

const (
	deskFor     = 7 * 24 * time.Hour // how old a conversation, a text to review, an order may be whose row is looked at
	glanceLimit = 500                // rows of each kind that one look shows
)

// committed is true for the row of a table whose version a snapshot, $1, did
// not show yet. The transaction that wrote it is known by its lower 32 bits;
// recent ones are at most half a turn back.
func committed(alias string) string {
	return `NOT pg_visible_in_snapshot((s.top - ((s.top - ` + alias + `.xmin::text::bigint) & 4294967295))::text::xid8, $1::pg_snapshot)`
}

const sqlSnapshot = `, (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS top) s `

const sqlNewOutbound = `SELECT o.id, o.msisdn, o.short_code, coalesce(p.name, ''), coalesce(o.done_at, o.sent_at, o.created_at), o.state::text, o.text, o.class::text, coalesce(o.talk, 0)
FROM outbound o LEFT JOIN programs p ON p.id = o.program`

var (
	sqlLookInbound = `SELECT i.id, i.msisdn, i.short_code, coalesce(c.program, ''), i.received_at, i.outcome, coalesce(i.text, ''), i.class, coalesce(i.talk, 0)
FROM inbound i LEFT JOIN conversations c ON c.msisdn = i.msisdn AND c.id = i.talk` + sqlSnapshot + `
WHERE i.id > $2 AND i.msisdn > 0 AND ` + committed("i") + ` ORDER BY i.id LIMIT $3`

	sqlLookOutbound = sqlNewOutbound + sqlSnapshot + `WHERE o.id > $2 AND o.msisdn > 0 AND ` + committed("o") + ` ORDER BY o.id LIMIT $3`

	sqlLookFollowed = sqlNewOutbound + ` JOIN unnest($3::bigint[], $4::bigint[]) f(msisdn, id) ON f.msisdn = o.msisdn AND f.id = o.id` + sqlSnapshot + `
WHERE o.id <= $2 AND ` + committed("o") + ` ORDER BY o.id`

	sqlLookHandoffs = `SELECT h.talk, h.msisdn, h.short_code, h.program, coalesce(h.closed_at, h.taken_at, h.opened_at),
  CASE WHEN h.closed_at IS NOT NULL THEN 'closed' WHEN h.taken_by IS NOT NULL THEN 'taken' ELSE 'open' END, h.talk, h.staff, coalesce(h.taken_by, '')
FROM handoffs h` + sqlSnapshot + `WHERE h.talk > $2 AND h.msisdn > 0 AND ` + committed("h") + ` ORDER BY h.talk LIMIT $3`

	sqlLookReviews = `SELECT r.id, r.msisdn, r.short_code, coalesce(r.closed_at, r.opened_at), coalesce(r.decision, 'open'), coalesce(i.text, ''), coalesce(r.closed_by, '')
FROM reviews r LEFT JOIN inbound i ON i.msisdn = r.msisdn AND i.id = r.id` + sqlSnapshot + `
WHERE r.id > $2 AND r.msisdn > 0 AND ` + committed("r") + ` ORDER BY r.id LIMIT $3`

	sqlLookOrders = `SELECT o.id, o.msisdn, o.short_code, p.name, o.changed_at, o.state, o.talk, o.number, o.changed_by
FROM orders o JOIN programs p ON p.id = o.program` + sqlSnapshot + `WHERE o.id > $2 AND o.msisdn > 0 AND ` + committed("o") + ` ORDER BY o.id LIMIT $3`
)

// Look shows what was committed since an earlier look. Rows are found by their
// ids, which grow with time, and by who wrote them: a snapshot tells exactly
// what another did not show, and a row that commits late is not missed.
func (s *LiveStore) Look(ctx context.Context, mark string, followed []views.Followed, now time.Time) (views.Glance, error) {
	g := &glance{mark: mark}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`SELECT pg_current_snapshot()::text`).QueryRow(func(row pgx.Row) error { return row.Scan(&g.Mark) })
		if mark != "" {
			g.ask(b, followed, now)
		}
		return tx.SendBatch(ctx, b).Close()
	})
	slices.SortStableFunc(g.Events, func(x, y views.Event) int { return x.At.Compare(y.At) })
	return g.Glance, judge("look at what happens", err)
}

// glance collects what a look shows.
type glance struct {
	views.Glance
	mark string
}

func (g *glance) ask(b *pgx.Batch, followed []views.Followed, now time.Time) {
	young, desk := int64(sms.FirstID(now.Add(-views.LookBack))), int64(sms.FirstID(now.Add(-deskFor)))
	message := func(e *views.Event) []any {
		return []any{&e.Program, &e.At, &e.State, &e.Text, &e.Class, (*int64)(&e.Talk)}
	}
	g.queue(b, views.MessageIn, message, sqlLookInbound, young, glanceLimit+1)
	g.queue(b, views.MessageOut, message, sqlLookOutbound, young, glanceLimit+1)
	if len(followed) > 0 {
		phones, ids := make([]int64, len(followed)), make([]int64, len(followed))
		for i, f := range followed {
			phones[i], ids[i] = int64(f.Phone), int64(f.ID)
		}
		g.queue(b, views.MessageOut, message, sqlLookFollowed, young, phones, ids)
	}
	g.queue(b, views.HandoffOf, func(e *views.Event) []any {
		return []any{&e.Program, &e.At, &e.State, (*int64)(&e.Talk), &e.Group, &e.By}
	}, sqlLookHandoffs, desk, glanceLimit+1)
	g.queue(b, views.ReviewOf, func(e *views.Event) []any {
		return []any{&e.At, &e.State, &e.Text, &e.By}
	}, sqlLookReviews, desk, glanceLimit+1)
	g.queue(b, views.OrderOf, func(e *views.Event) []any {
		return []any{&e.Program, &e.At, &e.State, (*int64)(&e.Talk), &e.Number, &e.By}
	}, sqlLookOrders, desk, glanceLimit+1)
}

// queue asks for the events of a kind; columns are those after the thread.
func (g *glance) queue(b *pgx.Batch, kind views.Kind, columns func(*views.Event) []any, sql string, args ...any) {
	b.Queue(sql, append([]any{g.mark}, args...)...).Query(func(rows pgx.Rows) error {
		found := 0
		for rows.Next() {
			if found++; found > glanceLimit {
				g.More = true
				continue
			}
			e := views.Event{Kind: kind}
			if err := rows.Scan(append([]any{(*int64)(&e.ID), (*int64)(&e.Thread.Phone), (*int32)(&e.Thread.Code)}, columns(&e)...)...); err != nil {
				return err
			}
			g.Events = append(g.Events, e)
		}
		return rows.Err()
	})
}
