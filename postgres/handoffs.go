package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
	"repartee/views"
)

// HandoffStore is for the people who answer conversations handed to them.
type HandoffStore struct{ pool *pgxpool.Pool }

var _ views.Handoffs = (*HandoffStore)(nil)

// OpenHandoffStore connects to the database.
func OpenHandoffStore(ctx context.Context, url string) (*HandoffStore, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &HandoffStore{pool: pool}, nil
}

// Close ends the connections.
func (s *HandoffStore) Close() { s.pool.Close() }

// A hand-off is over when it was handed back, and when its conversation has
// left the state that it was entered with.
const sqlHandoffs = `SELECT h.talk, h.msisdn, h.short_code, h.program, h.staff, h.opened_at, coalesce(h.taken_by, '')
FROM handoffs h JOIN threads t ON t.msisdn = h.msisdn AND t.short_code = h.short_code
WHERE h.closed_at IS NULL AND EXISTS (SELECT 1 FROM json_array_elements(t.talks) x WHERE (x->>'i')::bigint = h.talk AND (x->>'n')::int = h.entry)`

// List returns the open hand-offs, oldest first; of one group, or of all.
func (s *HandoffStore) List(ctx context.Context, group string) ([]views.Handoff, error) {
	rows, err := s.pool.Query(ctx, sqlHandoffs+` AND ($1 = '' OR h.staff = $1) ORDER BY h.opened_at, h.talk`, group)
	if err != nil {
		return nil, judge("read hand-offs", err)
	}
	list, err := pgx.CollectRows(rows, scanHandoff)
	return list, judge("read hand-offs", err)
}

func scanHandoff(row pgx.CollectableRow) (h views.Handoff, err error) {
	err = row.Scan((*int64)(&h.Talk), (*int64)(&h.Thread.Phone), (*int32)(&h.Thread.Code), &h.Program, &h.Group, &h.OpenedAt, &h.TakenBy)
	return h, err
}

// Show returns a hand-off with the newest texts of its thread, oldest first.
func (s *HandoffStore) Show(ctx context.Context, talk sms.ID, lines int) (views.Handoff, []views.Line, error) {
	h, err := find(ctx, s.pool, talk, "")
	if err != nil {
		return h, nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT at, phone, text FROM (
  SELECT received_at AS at, true AS phone, coalesce(text, '') AS text, id FROM inbound WHERE msisdn = $1 AND short_code = $2
  UNION ALL SELECT created_at, false, text, id FROM outbound WHERE msisdn = $1 AND short_code = $2 AND state <> 'refused'
  ORDER BY id DESC LIMIT $3) l ORDER BY id`, int64(h.Thread.Phone), int32(h.Thread.Code), lines)
	if err != nil {
		return h, nil, judge("read a thread", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[views.Line])
	return h, list, judge("read a thread", err)
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// find reads an open hand-off, and locks it when told how.
func find(ctx context.Context, q querier, talk sms.ID, lock string) (views.Handoff, error) {
	rows, err := q.Query(ctx, sqlHandoffs+` AND h.talk = $1 `+lock, int64(talk))
	if err != nil {
		return views.Handoff{}, judge("read a hand-off", err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, scanHandoff)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, &views.NotFoundError{Text: fmt.Sprintf("no conversation %s waits for a person", talk)}
	}
	return h, judge("read a hand-off", err)
}

// Say sends a text of a person to the phone. The first one takes the
// conversation; it is refused when somebody else has it.
func (s *HandoffStore) Say(ctx context.Context, talk sms.ID, by, text string, now time.Time) error {
	return s.change(ctx, talk, func(h views.Handoff, b *pgx.Batch) (inbox.Input, error) {
		if h.TakenBy != "" && h.TakenBy != by {
			return inbox.Input{}, &views.RefusedError{Text: fmt.Sprintf("%s answers conversation %s", h.TakenBy, talk)}
		}
		b.Queue(`UPDATE handoffs SET taken_by = $2, taken_at = coalesce(taken_at, $3) WHERE talk = $1 AND closed_at IS NULL`, int64(talk), by, now)
		return inbox.NewInput(h.Thread, "", dialogs.Person{Talk: talk, By: by, Text: text}, now)
	})
}

// Done hands a conversation back to its flow.
func (s *HandoffStore) Done(ctx context.Context, talk sms.ID, now time.Time) error {
	return s.change(ctx, talk, func(h views.Handoff, b *pgx.Batch) (inbox.Input, error) {
		b.Queue(`UPDATE handoffs SET closed_at = $2 WHERE talk = $1 AND closed_at IS NULL`, int64(talk), now)
		return inbox.NewInput(h.Thread, "", dialogs.Event{Name: "handoff.done", Talk: talk}, now)
	})
}

// change changes an open hand-off and tells the conversation, both or neither.
func (s *HandoffStore) change(ctx context.Context, talk sms.ID, f func(views.Handoff, *pgx.Batch) (inbox.Input, error)) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := find(ctx, tx, talk, "FOR UPDATE OF h")
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		in, err := f(h, b)
		if err != nil {
			return err
		}
		queueInputs(b, []inbox.Input{in})
		return judge("change a hand-off", tx.SendBatch(ctx, b).Close())
	})
}

// queueHandoffs notes conversations that wait for a person.
func queueHandoffs(b *pgx.Batch, list []inbox.Handoff) {
	for _, h := range list {
		b.Queue(`INSERT INTO handoffs (talk, msisdn, short_code, program, staff, entry, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			int64(h.Talk), int64(h.Thread.Phone), int32(h.Thread.Code), h.Program, h.Group, h.Entry, h.At)
	}
}
