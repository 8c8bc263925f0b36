package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/sms"
	"repartee/views"
)

// JourneyStore tells the way of messages through the gateway. It is safe for
// concurrent use.
type JourneyStore struct{ pool *pgxpool.Pool }

var _ views.Journeys = (*JourneyStore)(nil)

// OpenJourneyStore connects to the database.
func OpenJourneyStore(ctx context.Context, url string) (*JourneyStore, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &JourneyStore{pool: pool}, nil
}

// Close ends the connections.
func (s *JourneyStore) Close() { s.pool.Close() }

const sqlIncoming = `SELECT i.id, i.received_at, i.short_code, coalesce(c.name, ''), coalesce(i.text, ''), i.parts, i.outcome, i.class,
  coalesce(i.route, ''), i.rule, i.copies, coalesce(t.flow, '')
FROM inbound i LEFT JOIN carriers c ON c.id = i.carrier LEFT JOIN conversations t ON t.msisdn = i.msisdn AND t.id = i.talk
WHERE i.msisdn = $1 ORDER BY i.id DESC LIMIT $2`

const sqlOutgoing = `SELECT o.id, coalesce(o.cause, 0), o.created_at, o.short_code, coalesce(c.name, ''), coalesce(p.name, ''), o.text, o.segments, o.class::text,
  o.verdict, o.rule, o.hold_until, o.state::text, o.sent_at, o.done_at, o.error, coalesce(t.flow, '')
FROM outbound o LEFT JOIN carriers c ON c.id = o.carrier LEFT JOIN programs p ON p.id = o.program
LEFT JOIN conversations t ON t.msisdn = o.msisdn AND t.id = o.talk
WHERE o.msisdn = $1 ORDER BY o.id DESC LIMIT $2`

// Journeys returns the newest texts from and to a phone, oldest first.
func (s *JourneyStore) Journeys(ctx context.Context, phone sms.MSISDN, limit int) (in []views.Incoming, out []views.Outgoing, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if in, err = collect[views.Incoming](ctx, tx, sqlIncoming, int64(phone), limit); err != nil {
			return err
		}
		out, err = collect[views.Outgoing](ctx, tx, sqlOutgoing, int64(phone), limit)
		return err
	})
	slices.Reverse(in)
	slices.Reverse(out)
	return in, out, judge("read the way of messages", err)
}
