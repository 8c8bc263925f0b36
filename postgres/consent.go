package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"repartee/inbox"
	"repartee/sms"
)

const (
	// Where the chains of phones end, erased entries included.
	sqlLedgerEnds = `SELECT k.phone_hash, l.short_code, l.row_hash FROM unnest($1::bytea[]) k(phone_hash),
LATERAL (SELECT DISTINCT ON (short_code) short_code, row_hash FROM consent_ledger c WHERE c.phone_hash = k.phone_hash ORDER BY short_code, id DESC) l`

	sqlInsertReview = `INSERT INTO reviews (id, msisdn, short_code, kind, rule, before, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
)

// ledgerEnds tells new threads the hash that their next entry must follow.
func (tx *inboxTx) ledgerEnds(ctx context.Context, hashes [][]byte, byHash map[string][]*inbox.Thread) error {
	rows, err := tx.conn.Query(ctx, sqlLedgerEnds, hashes)
	if err != nil {
		return err
	}
	var phone, end []byte
	var code sms.ShortCode
	_, err = pgx.ForEachRow(rows, []any{&phone, (*int32)(&code), &end}, func() error {
		for _, t := range byHash[string(phone)] {
			if t.Key.Code == code {
				t.Ledger = append([]byte(nil), end...)
			}
		}
		return nil
	})
	return err
}

// queueReviews puts readings into the tray.
func queueReviews(b *pgx.Batch, rs []inbox.Review) error {
	for _, r := range rs {
		before, err := json.Marshal(r.Before)
		if err != nil {
			return &sms.PermanentError{Err: fmt.Errorf("what stood before a review: %w", err)}
		}
		m := r.Message
		b.Queue(sqlInsertReview, int64(m.ID), int64(m.From), int32(m.Code), r.Kind, m.Rule, string(before), m.ReceivedAt)
	}
	return nil
}

// jsonOrNull is a JSON parameter; nothing is NULL.
func jsonOrNull(doc []byte) *string {
	if len(doc) == 0 {
		return nil
	}
	s := string(doc)
	return &s
}
