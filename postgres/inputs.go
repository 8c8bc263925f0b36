package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/inbox"
	"repartee/sms"
)

const (
	sqlInputs = `SELECT i.id, i.msisdn, i.short_code, i.kind, i.key, i.data::text, i.at
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
JOIN inputs i ON i.msisdn = k.msisdn AND i.short_code = k.short_code WHERE i.at <= $3 ORDER BY i.id`

	// The ids are in the order of the arrays. A wake that is there already is
	// touched: a batch that read the inputs before these came waits, before it
	// deletes the wake, until these can be seen (see sqlWakeAgain).
	sqlInsertInputs = `WITH made AS (INSERT INTO inputs (msisdn, short_code, kind, key, data, at)
  SELECT i.msisdn, i.short_code, i.kind, i.key, i.data::jsonb, i.at
  FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) WITH ORDINALITY i(msisdn, short_code, kind, key, data, at, n)
  ORDER BY n ON CONFLICT (msisdn, short_code, key) WHERE key <> '' DO NOTHING RETURNING msisdn, short_code, at)
INSERT INTO wakes (due, msisdn, short_code, kind) SELECT DISTINCT at, msisdn, short_code, 2 FROM made ORDER BY 2, 3, 1
ON CONFLICT (due, msisdn, short_code, kind) DO UPDATE SET kind = excluded.kind`

	// After the wakes that are done were deleted: what came meanwhile needs one.
	sqlWakeAgain = `INSERT INTO wakes (due, msisdn, short_code, kind)
SELECT DISTINCT $3::timestamptz + interval '1 microsecond', i.msisdn, i.short_code, 2
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code) JOIN inputs i ON i.msisdn = k.msisdn AND i.short_code = k.short_code
WHERE i.at <= $3 ON CONFLICT DO NOTHING`

	sqlDeleteInputs = `DELETE FROM inputs i USING unnest($1::bigint[]) d(id) WHERE i.id = d.id`

	sqlPutOffInputs = `WITH later AS (UPDATE inputs i SET at = l.at FROM unnest($1::bigint[], $2::timestamptz[]) l(id, at) WHERE i.id = l.id
  RETURNING i.msisdn, i.short_code, i.at)
INSERT INTO wakes (due, msisdn, short_code, kind) SELECT at, msisdn, short_code, 2 FROM later ON CONFLICT DO NOTHING`
)

// PushInputs stores inputs for their threads; those whose key is there already
// are left out. The gateway handles them as if they had come to it.
func (s *MessageStore) PushInputs(ctx context.Context, inputs []inbox.Input) error {
	b := &pgx.Batch{}
	queueInputs(b, inputs)
	return judge("push inputs", pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, b).Close() }))
}

// queueInputs inserts inputs and the wakes for them.
func queueInputs(b *pgx.Batch, inputs []inbox.Input) {
	n := len(inputs)
	if n == 0 {
		return
	}
	phone, code, due := make([]int64, n), make([]int32, n), make([]time.Time, n)
	kind, key, data := make([]string, n), make([]string, n), make([]string, n)
	for i, in := range inputs {
		phone[i], code[i], due[i], kind[i], key[i], data[i] = int64(in.Thread.Phone), int32(in.Thread.Code), in.At, string(in.Kind), in.Key, string(in.Data)
	}
	b.Queue(sqlInsertInputs, phone, code, kind, key, data, due)
}

// queueWakeAgain wakes threads once more whose wakes for inputs are done, where
// some came meanwhile.
func queueWakeAgain(b *pgx.Batch, done []inbox.Wake, now time.Time) {
	var threads []sms.Thread
	for _, w := range done {
		if w.Kind == inbox.WakeInputs {
			threads = append(threads, w.Thread)
		}
	}
	if len(threads) > 0 {
		phones, codes := keysOf(threads)
		b.Queue(sqlWakeAgain, phones, codes, now)
	}
}

// queueInputsDone deletes inputs that have been handled and puts others off.
func queueInputsDone(b *pgx.Batch, done []int64, later []inbox.Input) {
	if len(done) > 0 {
		b.Queue(sqlDeleteInputs, done)
	}
	if len(later) > 0 {
		ids, until := make([]int64, len(later)), make([]time.Time, len(later))
		for i, in := range later {
			ids[i], until[i] = in.ID, in.At
		}
		b.Queue(sqlPutOffInputs, ids, until)
	}
}

// Inputs implements [inbox.Tx]. What is not committed yet brings a wake of its own.
func (tx *inboxTx) Inputs(ctx context.Context, now time.Time, threads []sms.Thread) ([]inbox.Input, error) {
	phones, codes := keysOf(threads)
	rows, err := tx.conn.Query(ctx, sqlInputs, phones, codes, now)
	if err != nil {
		return nil, judge("load inputs", err)
	}
	inputs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (in inbox.Input, err error) {
		err = row.Scan(&in.ID, (*int64)(&in.Thread.Phone), (*int32)(&in.Thread.Code), (*string)(&in.Kind), &in.Key, &in.Data, &in.At)
		return in, err
	})
	return inputs, judge("load inputs", err)
}

// keysOf lists threads as parameters, each once.
func keysOf(threads []sms.Thread) (phones []int64, codes []int32) {
	seen := make(map[sms.Thread]bool, len(threads))
	for _, t := range threads {
		if !seen[t] {
			seen[t] = true
			phones, codes = append(phones, int64(t.Phone)), append(codes, int32(t.Code))
		}
	}
	return phones, codes
}
