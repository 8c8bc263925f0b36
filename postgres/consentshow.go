package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
)

// Standing is what is known of a phone's consent.
type Standing struct {
	Programs []ProgramStanding
	Stops    []sms.ShortCode // codes that the phone has stopped
	Listed   []Listed
	Ledger   []LedgerLine
}

// ProgramStanding is a phone's consent to one program.
type ProgramStanding struct {
	Program string
	State   string
	Since   time.Time
}

// Listed is an entry of the suppression list.
type Listed struct {
	Scope   string
	ScopeID int32
	Since   time.Time
	Until   *time.Time // end of a pause
	Reason  string
}

// LedgerLine is an entry of the ledger, as people read it.
type LedgerLine struct {
	ID      sms.ID
	Code    sms.ShortCode
	Program string
	Event   string
	Scope   string
	Text    string         // what the phone wrote
	Facts   map[string]any // shown, matched_by, actor, by, reason, message, rule, at
}

// Show returns a phone's standing with its ledger, oldest entry first. It finds
// what is kept of an erased phone too, by its hash.
func (s *ConsentStore) Show(ctx context.Context, phone sms.MSISDN) (st Standing, err error) {
	hash := s.hash(phone)
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if st.Programs, err = collect[ProgramStanding](ctx, tx, `SELECT coalesce(p.name, c.program::text), c.state, c.since
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
		if st.Listed, err = collect[Listed](ctx, tx, `SELECT scope, scope_id, since, until, reason FROM suppressions WHERE phone_hash = $1 ORDER BY 1, 2`, hash); err != nil {
			return err
		}
		st.Ledger, err = ledgerLines(ctx, tx, hash)
		return err
	})
	return st, judge("read consents", err)
}

func ledgerLines(ctx context.Context, tx pgx.Tx, hash []byte) ([]LedgerLine, error) {
	rows, err := tx.Query(ctx, `SELECT l.id, l.short_code, coalesce(p.name, l.program::text, ''), l.event, l.scope, coalesce(l.words->>'text', ''), l.entry
FROM consent_ledger l LEFT JOIN programs p ON p.id = l.program WHERE l.phone_hash = $1 ORDER BY l.id`, hash)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l LedgerLine, err error) {
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
