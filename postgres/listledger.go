package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/contacts"
	"repartee/inbox"
	"repartee/sms"
)

const (
	// The chains of the list are written by commands, one after the other: they have no thread whose lock they could be under.
	sqlLockList = `SELECT pg_advisory_xact_lock(hashtext('suppressions')), clock_timestamp()`

	sqlListEnds = `SELECT k.phone_hash, l.row_hash FROM unnest($1::bytea[]) k(phone_hash),
LATERAL (SELECT c.row_hash FROM consent_ledger c WHERE c.phone_hash = k.phone_hash AND c.short_code = 0 ORDER BY c.id DESC LIMIT 1) l`

	sqlInsertListEntries = `INSERT INTO consent_ledger (id, phone_hash, msisdn, short_code, program, event, scope, entry, prev_hash, row_hash)
SELECT e.id, e.phone_hash, nullif(e.msisdn, 0), 0, nullif(e.program, 0), e.event, e.scope, e.entry::jsonb, e.prev_hash, e.row_hash
FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[])
  e(id, phone_hash, msisdn, program, event, scope, entry, prev_hash, row_hash)`
)

// listSlot makes the ids of the list's entries: no node has it before all others are taken.
const listSlot = sms.MaxNodeSlot

// listEvents are the events of entries by scope; all others are a refusal.
var listEvents = map[string]string{"marketing": "paused", "unreachable": "paused", "invalid": "paused"}

// listChange is who changed the suppression list, and why.
type listChange struct {
	actor, by, reason string
	lift              bool
	at                time.Time
}

// recordList writes an entry for each row of the suppression list that was
// added or lifted: a phone's chain without a short code, whether or not it has
// a thread. The phone may be known by its hash only.
func recordList(ctx context.Context, tx pgx.Tx, rows []contacts.Suppression, c listChange) error {
	if len(rows) == 0 {
		return nil
	}
	var now time.Time
	if err := tx.QueryRow(ctx, sqlLockList).Scan(nil, &now); err != nil {
		return err
	}
	ends, err := listEnds(ctx, tx, rows)
	if err != nil {
		return err
	}
	ids := sms.NewIDs(listSlot, 0)
	n := len(rows)
	id, phone, program := make([]int64, n), make([]pgtype.Int8, n), make([]int32, n)
	hashes, prev, row := make([][]byte, n), make([][]byte, n), make([][]byte, n)
	event, scope, entry := make([]string, n), make([]string, n), make([]string, n)
	for i := range rows {
		s := &rows[i]
		e, err := c.entry(s, ids.Next(now))
		if err != nil {
			return err
		}
		e.PrevHash = ends[string(s.Hash)]
		e.Hash = inbox.LedgerHash(e, s.Hash)
		ends[string(s.Hash)] = e.Hash
		id[i], hashes[i], phone[i], program[i] = int64(e.ID), s.Hash, pgtype.Int8{Int64: int64(s.Phone), Valid: s.Phone != 0}, e.Program
		event[i], scope[i], entry[i], prev[i], row[i] = e.Event, e.Scope, string(e.Entry), e.PrevHash, e.Hash
	}
	_, err = tx.Exec(ctx, sqlInsertListEntries, id, hashes, phone, program, event, scope, entry, prev, row)
	return err
}

// entry is the ledger entry of one row.
func (c listChange) entry(s *contacts.Suppression, id sms.ID) (*inbox.LedgerEntry, error) {
	facts := map[string]any{"at": c.at.UTC(), "actor": c.actor, "by": c.by, "reason": c.reason, "list": "added"}
	if c.reason == "" {
		facts["reason"] = s.Reason
	}
	e := &inbox.LedgerEntry{ID: id, Event: listEvents[s.Scope], Scope: s.Scope}
	switch {
	case c.lift:
		e.Event, facts["list"] = "resumed", "lifted"
	case e.Event == "":
		e.Event = "opt-out"
	}
	switch s.Scope {
	case "program":
		e.Program = s.ScopeID
	case "code":
		facts["short_code"] = s.ScopeID
	}
	var err error
	if e.Entry, err = json.Marshal(facts); err != nil {
		return nil, fmt.Errorf("an entry of the ledger: %w", err)
	}
	return e, nil
}

// listEnds tells where the chains of the phones end, by hash.
func listEnds(ctx context.Context, tx pgx.Tx, rows []contacts.Suppression) (map[string][]byte, error) {
	seen, hashes := map[string][]byte{}, [][]byte{}
	for i := range rows {
		if _, there := seen[string(rows[i].Hash)]; !there {
			seen[string(rows[i].Hash)] = nil
			hashes = append(hashes, rows[i].Hash)
		}
	}
	found, err := tx.Query(ctx, sqlListEnds, hashes)
	if err != nil {
		return nil, err
	}
	var hash, end []byte
	_, err = pgx.ForEachRow(found, []any{&hash, &end}, func() error {
		seen[string(hash)] = append([]byte(nil), end...)
		return nil
	})
	return seen, err
}
