package postgres

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/inbox"
	"repartee/sms"
)

// verifyLedger walks every chain of the consent ledger and computes each hash
// anew. It reads the entries as a stream, one chain after the other.
func verifyLedger(ctx context.Context, tx pgx.Tx, o *VerifyOptions) (CheckResult, error) {
	r := CheckResult{Name: "ledger", What: "the consent ledger is as it was written: each entry has its own hash and follows the one before it", Listed: []Violation{}}
	rows, err := tx.Query(ctx, `SELECT id, phone_hash, msisdn, short_code, program, event, scope, entry, words, prev_hash, row_hash
FROM consent_ledger ORDER BY phone_hash, short_code, id`)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	var before ledgerRow
	for rows.Next() {
		row, err := scanLedger(rows)
		if err != nil {
			return r, err
		}
		r.Examined++
		if note := row.broken(&before, o.PhoneHash); note != "" {
			r.Violations++
			r.list(o, row.ID, row.Thread.Phone, row.Thread.Code, note)
		}
		before = row
	}
	return r, rows.Err()
}

// ledgerRow is an entry with the hash under which it knows its phone.
type ledgerRow struct {
	inbox.LedgerEntry
	phoneHash []byte
	words     map[string]string // nil: erased, or none
	wordsHash string            // as the entry has it
}

func scanLedger(rows pgx.Rows) (l ledgerRow, err error) {
	var phone pgtype.Int8
	var program pgtype.Int4
	var entry map[string]any
	err = rows.Scan((*int64)(&l.ID), &l.phoneHash, &phone, (*int32)(&l.Thread.Code), &program, &l.Event, &l.Scope, jsonNumbers{&entry}, &l.words, &l.PrevHash, &l.Hash)
	if err != nil {
		return l, err
	}
	l.Thread.Phone, l.Program = sms.MSISDN(phone.Int64), program.Int32
	// The database keeps what the JSON says, not how it was written; it was written as encoding/json writes a map.
	l.Entry, err = json.Marshal(entry)
	l.wordsHash, _ = entry["words"].(string)
	return l, err
}

// jsonNumbers scans JSON without turning its numbers into floating point.
type jsonNumbers struct{ to any }

// ScanText implements [pgtype.TextScanner].
func (j jsonNumbers) ScanText(v pgtype.Text) error {
	d := json.NewDecoder(bytes.NewReader([]byte(v.String)))
	d.UseNumber()
	return d.Decode(j.to)
}

// broken says what is wrong with an entry, given the one before it in the
// ledger's order, which may be of another chain.
func (l *ledgerRow) broken(before *ledgerRow, hash func(sms.MSISDN) []byte) string {
	var prev []byte
	if bytes.Equal(before.phoneHash, l.phoneHash) && before.Thread.Code == l.Thread.Code {
		prev = before.Hash
	}
	switch {
	case !bytes.Equal(l.PrevHash, prev):
		return "does not follow the entry before it: one is missing, or was changed"
	case !bytes.Equal(inbox.LedgerHash(&l.LedgerEntry, l.phoneHash), l.Hash):
		return "is not as it was written: its hash is another"
	case l.words != nil && inbox.WordsHash(l.words["text"], l.words["salt"]) != l.wordsHash:
		return "the phone's words are not those that it was written with"
	case l.Thread.Phone > 0 && !bytes.Equal(hash(l.Thread.Phone), l.phoneHash):
		return "its phone is not the one that its hash names (or the secret key is not the one that it was written with)"
	}
	return ""
}
