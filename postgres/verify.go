package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/sms"
)

// CheckResult is what one check of [Verify] found.
type CheckResult struct {
	Name       string      `json:"name"`
	What       string      `json:"what"`       // the invariant, as one sentence
	Examined   int64       `json:"examined"`   // rows looked at
	Violations int64       `json:"violations"` // all of them
	Listed     []Violation `json:"listed"`     // the first ones, by id
}

// Violation is a row that should not be. It can be found by its id; the phone
// is masked.
type Violation struct {
	ID        sms.ID        `json:"id"` // of the row; of a thread, its newest inbound message
	Phone     string        `json:"phone,omitempty"`
	ShortCode sms.ShortCode `json:"short_code,omitempty"`
	Note      string        `json:"note"`
}

// VerifyOptions are what [Verify] needs.
type VerifyOptions struct {
	URL       string
	PhoneHash func(sms.MSISDN) []byte // see [PhoneHash]
	Now       time.Time
	List      int // violations listed per check
}

// stopGrace is how long after an opt-out messages of an older generation may
// still be under way on a live node: the second of the barrier and the ten of
// a permit, with some time for the recorder.
const stopGrace = 15 * time.Second

// Verify checks what must hold of the stored rows whatever happened
// (docs/message-path.md, "What to measure" 8). It reads one snapshot in a
// read-only transaction and hinders nobody; on a database in use it takes about
// as long as reading the message tables a few times. It returns the results of
// all checks, or an error when they could not be carried out.
func Verify(ctx context.Context, o VerifyOptions) (results []CheckResult, err error) {
	conn, err := pgx.Connect(ctx, o.URL)
	if err != nil {
		return nil, fmt.Errorf("verify: connect to the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// Partitions of today may have no statistics yet, and the planner would take them for empty.
		if _, err := tx.Exec(ctx, `SET LOCAL enable_nestloop = off; SET LOCAL timezone = 'UTC'; SET LOCAL jit = off`); err != nil {
			return err
		}
		results, err = verify(ctx, tx, &o)
		return err
	})
	return results, judge("verify", err)
}

func verify(ctx context.Context, tx pgx.Tx, o *VerifyOptions) ([]CheckResult, error) {
	var results []CheckResult
	for i := range checks {
		r, err := checks[i].run(ctx, tx, o)
		if err != nil {
			return results, fmt.Errorf("check %s: %w", checks[i].name, err)
		}
		results = append(results, r)
	}
	chains, err := verifyLedger(ctx, tx, o)
	return append(results, chains), err
}

// run carries out one check.
func (c *check) run(ctx context.Context, tx pgx.Tx, o *VerifyOptions) (CheckResult, error) {
	r := CheckResult{Name: c.name, What: c.what, Listed: []Violation{}}
	if err := tx.QueryRow(ctx, `SELECT `+c.examined).Scan(&r.Examined); err != nil {
		return r, err
	}
	// The parameters stand in a relation of their own, so that each check names those that it needs.
	sql := `WITH param AS MATERIALIZED (SELECT $1::timestamptz AS at, $2::bigint AS settled, $3::int AS list),
bad AS MATERIALIZED (` + c.bad + `)
SELECT count(*) OVER (), bad.id, bad.msisdn, bad.short_code, bad.note,
  CASE WHEN bad.id IS NULL THEN (SELECT max(i.id) FROM inbound i WHERE i.msisdn = bad.msisdn AND i.short_code = bad.short_code) END
FROM bad ORDER BY bad.id, bad.msisdn, bad.short_code LIMIT (SELECT list FROM param)`
	rows, err := tx.Query(ctx, sql, o.Now, int64(sms.FirstID(o.Now.Add(-stopGrace))), max(o.List, 1))
	if err != nil {
		return r, err
	}
	var id, phone, newest pgtype.Int8
	var code pgtype.Int4
	var note string
	_, err = pgx.ForEachRow(rows, []any{&r.Violations, &id, &phone, &code, &note, &newest}, func() error {
		if !id.Valid {
			id = newest
		}
		r.list(o, sms.ID(id.Int64), sms.MSISDN(phone.Int64), sms.ShortCode(code.Int32), note)
		return nil
	})
	return r, err
}

// list adds a violation to those that are shown.
func (r *CheckResult) list(o *VerifyOptions, id sms.ID, phone sms.MSISDN, code sms.ShortCode, note string) {
	if len(r.Listed) >= o.List {
		return
	}
	v := Violation{ID: id, ShortCode: code, Note: note}
	if phone != 0 {
		v.Phone = phone.Masked()
	}
	r.Listed = append(r.Listed, v)
}
