package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/contacts"
	"repartee/inbox"
	"repartee/optout"
	"repartee/sms"
)

const (
	sqlAddSuppressions = `INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason, until)
SELECT DISTINCT ON (r.phone_hash, r.scope, r.scope_id) * FROM unnest($1::bytea[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::timestamptz[]) r(phone_hash, scope, scope_id, since, reason, until)
ORDER BY r.phone_hash, r.scope, r.scope_id, r.since ON CONFLICT DO NOTHING RETURNING phone_hash, scope, scope_id, reason`

	sqlThreadsOf = `SELECT t.msisdn, t.short_code FROM unnest($1::bigint[]) k(msisdn) JOIN threads t ON t.msisdn = k.msisdn ORDER BY 1, 2`
)

// Suppress puts entries on the suppression list and returns how many were new:
// each has an entry in the ledger. Threads that the phones have are stopped, or paused, by the gateway, with an
// entry in their ledger.
func (s *ConsentStore) Suppress(ctx context.Context, rows []contacts.Suppression, actor, by string, now time.Time) (int64, error) {
	n := len(rows)
	hashes, scopes, reasons := make([][]byte, n), make([]string, n), make([]string, n)
	ids, since, until := make([]int32, n), make([]time.Time, n), make([]pgtype.Timestamptz, n)
	byPhone := map[sms.MSISDN]*contacts.Suppression{}
	for i := range rows {
		r := &rows[i]
		hashes[i], scopes[i], ids[i], since[i], reasons[i] = r.Hash, r.Scope, r.ScopeID, r.Since, r.Reason
		until[i] = at(r.Until)
		if r.Phone != 0 {
			hashes[i], byPhone[r.Phone] = s.hash(r.Phone), r
		}
		if since[i].IsZero() {
			since[i] = now
		}
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		added, err := s.changed(ctx, tx, rows, sqlAddSuppressions, hashes, scopes, ids, since, reasons, until)
		if err != nil {
			return err
		}
		n = len(added)
		if err := recordList(ctx, tx, added, listChange{actor: actor, by: by, at: now}); err != nil {
			return err
		}
		return s.tell(ctx, tx, byPhone, actor, by, now)
	})
	return int64(n), judge("suppress", err)
}

// changed runs a statement that returns rows of the list; those of known phones
// get their number back.
func (s *ConsentStore) changed(ctx context.Context, tx pgx.Tx, known []contacts.Suppression, sql string, args ...any) ([]contacts.Suppression, error) {
	phones := make(map[string]sms.MSISDN, len(known))
	for _, k := range known {
		if k.Phone != 0 {
			phones[string(s.hash(k.Phone))] = k.Phone
		}
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r contacts.Suppression, err error) {
		err = row.Scan(&r.Hash, &r.Scope, &r.ScopeID, &r.Reason)
		r.Phone = phones[string(r.Hash)]
		return r, err
	})
}

// tell gives the threads of suppressed phones the news.
func (s *ConsentStore) tell(ctx context.Context, tx pgx.Tx, byPhone map[sms.MSISDN]*contacts.Suppression, actor, by string, now time.Time) error {
	phones := make([]int64, 0, len(byPhone))
	for phone := range byPhone {
		phones = append(phones, int64(phone))
	}
	threads, err := threadsOf(ctx, tx, phones)
	if err != nil {
		return err
	}
	var inputs []inbox.Input
	for _, t := range threads {
		r := byPhone[t.Phone]
		data := inbox.ConsentData{Event: "opt-out", Actor: actor, By: by, Reason: r.Reason}
		switch {
		case r.Scope == optout.SuppressedMarketing:
			data.Event = "paused"
		case r.Scope == optout.SuppressedUnreachable, r.Scope == optout.SuppressedInvalid:
			data.Event, data.Scope, data.Until, data.At = "paused", r.Scope, r.Until, now
		case r.Scope == "code" && r.ScopeID != int32(t.Code), r.Scope == "program":
			continue // the gate reads the list for those that wait
		}
		in, err := inbox.NewInput(t, "", data, now)
		if err != nil {
			return err
		}
		inputs = append(inputs, in)
	}
	b := &pgx.Batch{}
	queueInputs(b, inputs)
	return tx.SendBatch(ctx, b).Close()
}

func threadsOf(ctx context.Context, tx pgx.Tx, phones []int64) ([]sms.Thread, error) {
	rows, err := tx.Query(ctx, sqlThreadsOf, phones)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t sms.Thread, err error) {
		err = row.Scan((*int64)(&t.Phone), (*int32)(&t.Code))
		return t, err
	})
}

// Lift takes a phone off the suppression list. It gives no consent: marketing
// needs a new one.
func (s *ConsentStore) Lift(ctx context.Context, phone sms.MSISDN, by, reason string, now time.Time) (lifted int64, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := s.changed(ctx, tx, []contacts.Suppression{{Phone: phone}}, `DELETE FROM suppressions WHERE phone_hash = $1 RETURNING phone_hash, scope, scope_id, reason`, s.hash(phone))
		if err != nil {
			return err
		}
		lifted = int64(len(rows))
		if err := recordList(ctx, tx, rows, listChange{actor: "person", by: by, reason: reason, lift: true, at: now}); err != nil {
			return err
		}
		threads, err := threadsOf(ctx, tx, []int64{int64(phone)})
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, t := range threads {
			in, err := inbox.NewInput(t, "", inbox.ConsentData{Event: "lifted", Actor: "person", By: by, Reason: reason}, now)
			if err != nil {
				return err
			}
			queueInputs(b, []inbox.Input{in})
		}
		return tx.SendBatch(ctx, b).Close()
	})
	return lifted, judge("lift a suppression", err)
}

// Suppressions returns the whole list.
func (s *ConsentStore) Suppressions(ctx context.Context) ([]contacts.Suppression, error) {
	rows, err := s.pool.Query(ctx, `SELECT phone_hash, scope, scope_id, since, until, reason FROM suppressions ORDER BY since, phone_hash`)
	if err != nil {
		return nil, judge("read suppressions", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r contacts.Suppression, err error) {
		var until pgtype.Timestamptz
		err = row.Scan(&r.Hash, &r.Scope, &r.ScopeID, &r.Since, &until, &r.Reason)
		r.Until = until.Time
		return r, err
	})
	return list, judge("read suppressions", err)
}
