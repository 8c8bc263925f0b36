package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/outbox"
	"repartee/sms"
)

// OpenTells implements [outbox.TellStore].
func (s *MessageStore) OpenTells(ctx context.Context, limit int) ([]outbox.Tell, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, kind, short_code, program, talk, data FROM events WHERE done_at IS NULL ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, judge("read tells", err)
	}
	tells, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t outbox.Tell, err error) {
		var talk pgtype.Int8
		err = row.Scan((*int64)(&t.ID), &t.Kind, (*int32)(&t.Code), &t.Program, &talk, &t.Data)
		t.Talk = sms.ID(talk.Int64)
		return t, err
	})
	return tells, judge("read tells", err)
}

// Told implements [outbox.TellStore]: the messages exist if and only if the
// tell is marked as done.
func (s *MessageStore) Told(ctx context.Context, tell sms.ID, ms []sms.Outbound) error {
	rows := make([]*sms.Outbound, len(ms))
	for i := range ms {
		rows[i] = &ms[i]
	}
	slices.SortFunc(rows, func(a, b *sms.Outbound) int { return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.ID, b.ID)) })
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE events SET done_at = now() WHERE id = $1 AND done_at IS NULL`, int64(tell))
		if err != nil || tag.RowsAffected() == 0 { // somebody else was quicker
			return err
		}
		b := &pgx.Batch{}
		queueOutbound(b, rows)
		return tx.SendBatch(ctx, b).Close()
	})
	return judge("perform a tell", err)
}
