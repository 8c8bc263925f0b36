package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
	"repartee/views"
)

// Show returns a phone's standing with its ledger, oldest entry first. It finds
// what is kept of an erased phone too, by its hash.
func (s *ConsentStore) Show(ctx context.Context, phone sms.MSISDN) (st views.Standing, err error) {
	hash := s.hash(phone)
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if st.Programs, err = collect[views.ProgramStanding](ctx, tx, `SELECT coalesce(p.name, c.program::text), c.state, c.since
FROM consents c LEFT JOIN programs p ON p.id = c.program WHERE c.msisdn = $1 ORDER BY 1`, int64(phone)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT short_code FROM threads WHERE msisdn = $1 AND stopped ORDER BY 1`, int64(phone))
		if err != nil {
			return err
		}
		if st.Stops, err = pgx.CollectRows(rows, pgx.RowTo[sms.ShortCode]); err != nil {
			return err
		}
		if st.Listed, err = collect[views.Listed](ctx, tx, `SELECT scope, scope_id, since, until, reason FROM suppressions WHERE phone_hash = $1 ORDER BY 1, 2`, hash); err != nil {
			return err
		}
		st.Ledger, err = ledgerLines(ctx, tx, hash)
		return err
	})
	return st, judge("read consents", err)
}

func ledgerLines(ctx context.Context, tx pgx.Tx, hash []byte) ([]views.LedgerLine, error) {
	rows, err := tx.Query(ctx, `SELECT l.id, l.short_code, coalesce(p.name, l.program::text, ''), l.event, l.scope, coalesce(l.words->>'text', ''), l.entry
FROM consent_ledger l LEFT JOIN programs p ON p.id = l.program WHERE l.phone_hash = $1 ORDER BY l.id`, hash)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l views.LedgerLine, err error) {
		var facts []byte
		if err = row.Scan((*int64)(&l.ID), (*int32)(&l.Code), &l.Program, &l.Event, &l.Scope, &l.Text, &facts); err != nil {
			return l, err
		}
		return l, json.Unmarshal(facts, &l.Facts)
	})
}

// collect reads rows into structs, column by column.
func collect[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}
