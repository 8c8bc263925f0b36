package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
	"repartee/views"
)

// Every table that names phones; those that come later are among them. The
// ledger is kept without the phone, and the stop lists of the nodes forget by
// themselves after 10 minutes.
const sqlPhoneTables = `SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'msisdn' AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`

// Erase deletes everything about a phone: contact, consents, conversations, texts.
// What stays is its keyed hash on the suppression list, which catches later
// imports, and its ledger without the number and the words.
func (s *ConsentStore) Erase(ctx context.Context, phone sms.MSISDN, by, reason string, now time.Time) (views.Erased, error) {
	gone := views.Erased{}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT FROM threads WHERE msisdn = $1 ORDER BY short_code FOR UPDATE`, int64(phone)); err != nil {
			return err
		}
		tables, err := phoneTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := eraseFrom(ctx, tx, table, phone, gone); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO erasures (phone_hash, at, by, reason) VALUES ($1, $2, $3, $4)`, s.hash(phone), now, by, reason)
		return err
	})
	return gone, judge("erase a contact", err)
}

func eraseFrom(ctx context.Context, tx pgx.Tx, table string, phone sms.MSISDN, gone views.Erased) error {
	sql := `DELETE FROM ` + pgx.Identifier{table}.Sanitize() + ` WHERE msisdn = $1`
	switch table {
	case "stops":
		return nil
	case "consent_ledger":
		sql = `UPDATE consent_ledger SET msisdn = NULL, words = NULL WHERE msisdn = $1`
	}
	tag, err := tx.Exec(ctx, sql, int64(phone))
	if err == nil && tag.RowsAffected() > 0 {
		gone[table] = tag.RowsAffected()
	}
	return err
}

func phoneTables(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, sqlPhoneTables)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Export returns everything that is stored under a phone, by table.
func (s *ConsentStore) Export(ctx context.Context, phone sms.MSISDN) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		tables, err := phoneTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var doc *string
			if err := tx.QueryRow(ctx, `SELECT json_agg(t)::text FROM `+pgx.Identifier{table}.Sanitize()+` t WHERE msisdn = $1`, int64(phone)).Scan(&doc); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			if doc != nil {
				all[table] = json.RawMessage(*doc)
			}
		}
		var doc *string
		if err := tx.QueryRow(ctx, `SELECT json_agg(t)::text FROM (SELECT scope, scope_id, since, until, reason FROM suppressions WHERE phone_hash = $1) t`, s.hash(phone)).Scan(&doc); err != nil {
			return err
		}
		if doc != nil {
			all["suppressions"] = json.RawMessage(*doc)
		}
		return nil
	})
	return all, judge("export a contact", err)
}
