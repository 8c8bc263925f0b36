package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/optout"
	"repartee/outbox"
	"repartee/sms"
)

const (
	// First final state wins; what comes late may find its message queued again or given up as unknown.
	sqlRecord = `UPDATE outbound o SET state = u.state::message_state, sent_at = coalesce(u.sent_at, o.sent_at, u.done_at), done_at = coalesce(u.done_at, o.done_at),
  error = coalesce(nullif(u.error, 0), o.error), attempts = greatest(o.attempts, u.attempts), unknowns = greatest(o.unknowns, u.unknowns),
  parts = CASE WHEN u.segments > 1 AND o.parts IS NULL AND u.state = 'sent' THEN decode(repeat('00', u.segments), 'hex') ELSE o.parts END
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::int[], $7::smallint[], $8::smallint[], $9::smallint[], $10::boolean[], $11::text[])
  u(msisdn, id, state, sent_at, done_at, error, attempts, unknowns, segments, late, cause)
WHERE o.msisdn = u.msisdn AND o.id = u.id
  AND (o.state = 'sending' OR o.state = 'sent' AND u.state <> 'sending' OR u.late AND o.state IN ('queued', 'unknown'))`

	sqlInsertSubmits = `INSERT INTO submits (carrier, smsc_id, msisdn, id, segment)
SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::smallint[])`

	// What an opt-out has overtaken meanwhile does not come back; its row in the outbox, if it was claimed, goes.
	sqlCancelOvertaken = `WITH gone AS (UPDATE outbound o SET state = 'cancelled', done_at = $3 FROM unnest($1::bigint[], $2::bigint[]) r(msisdn, id), threads t
  WHERE o.msisdn = r.msisdn AND o.id = r.id AND o.state = 'sending' AND t.msisdn = o.msisdn AND t.short_code = o.short_code
    AND o.stop_id < greatest(t.stop_id, (SELECT c.stop_id FROM consents c WHERE c.msisdn = o.msisdn AND c.program = o.program))
  RETURNING o.id)
DELETE FROM outbox x USING gone g WHERE x.id = g.id`

	sqlRequeue = `WITH back AS (UPDATE outbound o SET state = 'queued', node = NULL, attempts = r.attempts, unknowns = r.unknowns
  FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::smallint[], $6::timestamptz[], $7::timestamptz[]) r(msisdn, id, attempts, unknowns, prio, due, claimed_at)
  WHERE o.msisdn = r.msisdn AND o.id = r.id AND o.state = 'sending' AND o.claimed_at IS NOT DISTINCT FROM r.claimed_at
  RETURNING o.id, o.msisdn, o.short_code, o.program, o.carrier, r.prio, r.due, o.expires, o.after_id)
INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires, after_id) SELECT * FROM back
ON CONFLICT (id) DO UPDATE SET node = NULL, due = excluded.due`
	// A receipt was quicker than the return of a claimed message: it waits no more.
	sqlSettled = `DELETE FROM outbox x USING unnest($1::bigint[], $2::bigint[]) r(msisdn, id), outbound o
WHERE x.id = r.id AND x.node IS NOT NULL AND o.msisdn = r.msisdn AND o.id = r.id AND o.state IN ('sent', 'delivered', 'undelivered')`

	sqlFindSubmits = `SELECT k.n, f.msisdn, f.id, f.segment FROM unnest($1::int[], $2::int[], $3::text[]) k(n, carrier, smsc_id),
LATERAL (SELECT s.msisdn, s.id, s.segment FROM submits s WHERE s.smsc_id = k.smsc_id AND s.carrier = k.carrier ORDER BY s.id DESC LIMIT 1) f`

	sqlPark = `INSERT INTO receipts (id, carrier, smsc_id, state, error, received_at, cause, next_try)
SELECT r.id, r.carrier, r.smsc_id, r.state, nullif(r.error, 0), r.received_at, nullif(r.cause, ''), r.received_at + interval '1 second'
FROM unnest($1::bigint[], $2::int[], $3::text[], $4::smallint[], $5::int[], $6::timestamptz[], $7::text[]) r(id, carrier, smsc_id, state, error, received_at, cause)
ON CONFLICT DO NOTHING`

	// Segments of messages under way: an octet each, 1 delivered, 2 failed.
	sqlPartStates = `SELECT o.msisdn, o.id, o.segments, coalesce(o.parts, ''::bytea), o.state::text
FROM (SELECT DISTINCT k.msisdn, k.id FROM unnest($1::bigint[], $2::bigint[]) k(msisdn, id)) k
JOIN outbound o ON o.msisdn = k.msisdn AND o.id = k.id FOR UPDATE OF o`

	sqlPartsChanged = `UPDATE outbound o SET parts = CASE WHEN o.segments > 1 THEN u.parts END, state = u.state::message_state, sent_at = coalesce(o.sent_at, $7),
  done_at = CASE WHEN u.state IN ('delivered', 'undelivered') THEN $7 ELSE o.done_at END, error = coalesce(nullif(u.error, 0), o.error)
FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::text[], $5::int[], $8::text[]) u(msisdn, id, parts, state, error, cause)
WHERE o.msisdn = u.msisdn AND o.id = u.id AND o.state = ANY($6::message_state[])`
)

// sqlFailed follows an update that returned the messages which it changed: a
// conversation that is still open hears of its message that failed for good,
// once and not with each segment (the statement sees outbound as it was), and
// what the receipts say of the phones is kept and returned.
const sqlFailed = ` RETURNING o.msisdn, o.short_code, o.id, o.talk, o.state, o.carrier, o.done_at, u.cause),
pushed AS (INSERT INTO inputs (msisdn, short_code, kind, key, data, at)
  SELECT f.msisdn, f.short_code, 'event', 'message.failed:' || f.id, jsonb_build_object('Name', 'message.failed', 'Talk', f.talk::text), now()
  FROM changed f JOIN conversations c ON c.msisdn = f.msisdn AND c.id = f.talk AND c.ended_at IS NULL
  JOIN outbound was ON was.msisdn = f.msisdn AND was.id = f.id AND was.state NOT IN ('undelivered', 'rejected')
  WHERE f.state IN ('undelivered', 'rejected') ON CONFLICT DO NOTHING RETURNING msisdn, short_code, at),
woken AS (INSERT INTO wakes (due, msisdn, short_code, kind) SELECT at, msisdn, short_code, 2 FROM pushed ON CONFLICT DO NOTHING),
kept AS (INSERT INTO failures (msisdn, id, at, cause) SELECT c.msisdn, c.id, c.done_at, c.cause FROM changed c
  WHERE c.state = 'undelivered' AND c.cause <> '' ON CONFLICT DO NOTHING)
SELECT c.msisdn, c.short_code, c.id, coalesce(c.carrier, 0), c.cause FROM changed c WHERE c.state = 'undelivered' AND c.cause <> ''`

// fails reports whether any of the states is a failure, which is told.
func fails(states []string) bool {
	return slices.ContainsFunc(states, func(s string) bool { return s == "undelivered" || s == "rejected" })
}

// telling adds to an update that its failures are told.
func telling(update string) string { return "WITH changed AS (" + update + sqlFailed }

// Record implements [outbox.Store].
func (s *MessageStore) Record(ctx context.Context, r *outbox.Record) (parked int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var failed []failure
		b := &pgx.Batch{}
		queueUpdates(b, r, &failed)
		queueRequeues(b, r.Requeues, r.Now)
		queueSubmits(b, r.Submits)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		unmatched, err := s.match(ctx, tx, r.Receipts, r.Now, &failed)
		if err != nil {
			return err
		}
		if err = park(ctx, tx, unmatched); err != nil {
			return err
		}
		parked = len(unmatched)
		return s.remedy(ctx, tx, failed, r.Now)
	})
	return parked, judge("record", err)
}

// queueUpdates writes outcomes in key order, so that no two sides wait for
// each other, and takes finished messages out of the outbox. Failures of phones
// are added to those given.
func queueUpdates(b *pgx.Batch, r *outbox.Record, failed *[]failure) {
	rows := slices.Clone(r.Updates)
	slices.SortFunc(rows, func(x, y *outbox.Update) int { return cmp.Or(cmp.Compare(x.To, y.To), cmp.Compare(x.ID, y.ID)) })
	n := len(rows)
	if n == 0 {
		return
	}
	to, id := make([]int64, n), make([]int64, n)
	state := make([]string, n)
	sent, done := make([]pgtype.Timestamptz, n), make([]pgtype.Timestamptz, n)
	code := make([]int32, n)
	attempts, unknowns, segments := make([]int16, n), make([]int16, n), make([]int16, n)
	late := make([]bool, n)
	var causes []string // NULL for all when nothing failed
	var finished, lateIDs []int64
	for i, u := range rows {
		to[i], id[i], state[i], sent[i], done[i], code[i] = int64(u.To), int64(u.ID), u.State.String(), at(u.SentAt), at(u.DoneAt), u.Error
		attempts[i], unknowns[i], segments[i], late[i] = u.Attempts, u.Unknowns, u.Segments, u.Late
		if u.Late {
			lateIDs = append(lateIDs, id[i])
		} else if u.Claimed && u.State != sms.Sending {
			finished = append(finished, id[i])
		}
	}
	if len(finished) > 0 {
		b.Queue(sqlGone, finished)
	}
	if len(lateIDs) > 0 {
		b.Queue(`DELETE FROM outbox WHERE id = ANY($1::bigint[]) AND node IS NULL`, lateIDs)
	}
	if !fails(state) {
		b.Queue(sqlRecord, to, id, state, sent, done, code, attempts, unknowns, segments, late, causes)
		return
	}
	for _, u := range rows {
		causes = append(causes, counted(u.Cause))
	}
	b.Queue(telling(sqlRecord), to, id, state, sent, done, code, attempts, unknowns, segments, late, causes).Query(failuresInto(failed))
}

func queueRequeues(b *pgx.Batch, rows []outbox.Requeue, now time.Time) {
	n := len(rows)
	if n == 0 {
		return
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(x, y outbox.Requeue) int {
		return cmp.Or(cmp.Compare(x.Message.To, y.Message.To), cmp.Compare(x.Message.ID, y.Message.ID))
	})
	to, id := make([]int64, n), make([]int64, n)
	attempts, unknowns, prio := make([]int16, n), make([]int16, n), make([]int16, n)
	due := make([]time.Time, n)
	claimed := make([]pgtype.Timestamptz, n)
	for i, r := range rows {
		claimed[i] = at(r.ClaimedAt)
		to[i], id[i], attempts[i], unknowns[i], prio[i], due[i] = int64(r.Message.To), int64(r.Message.ID), r.Message.Attempts, r.Message.Unknowns, priority(r.Message.Class), r.Due
	}
	b.Queue(sqlCancelOvertaken, to, id, now)
	b.Queue(sqlRequeue, to, id, attempts, unknowns, prio, due, claimed)
	b.Queue(sqlSettled, to, id)
}

func queueSubmits(b *pgx.Batch, rows []outbox.Submit) {
	n := len(rows)
	if n == 0 {
		return
	}
	carrier := make([]int32, n)
	smsc := make([]string, n)
	to, id := make([]int64, n), make([]int64, n)
	segment := make([]int16, n)
	for i, r := range rows {
		carrier[i], smsc[i], to[i], id[i], segment[i] = r.Carrier, r.SMSCID, int64(r.To), int64(r.ID), r.Segment
	}
	b.Queue(sqlInsertSubmits, carrier, smsc, to, id, segment)
}

// match books receipts on their messages and returns those whose message is
// not known (yet).
func (s *MessageStore) match(ctx context.Context, tx pgx.Tx, rs []outbox.ReceiptRow, now time.Time, failed *[]failure) (unmatched []outbox.ReceiptRow, err error) {
	if len(rs) == 0 {
		return nil, nil
	}
	rs = slices.Clone(rs)
	var places, carriers []int32
	var ids []string
	for i, r := range rs {
		if r.To == 0 {
			places, carriers, ids = append(places, int32(i)), append(carriers, r.Carrier), append(ids, r.SMSCID)
		}
	}
	if len(ids) > 0 {
		rows, err := tx.Query(ctx, sqlFindSubmits, places, carriers, ids)
		if err != nil {
			return nil, err
		}
		var i int32
		var to, id int64
		var segment int16
		if _, err = pgx.ForEachRow(rows, []any{&i, &to, &id, &segment}, func() error {
			rs[i].To, rs[i].Message, rs[i].Segment = sms.MSISDN(to), sms.ID(id), segment
			return nil
		}); err != nil {
			return nil, err
		}
	}
	found := make([]outbox.ReceiptRow, 0, len(rs))
	for _, r := range rs {
		switch {
		case r.To == 0:
			unmatched = append(unmatched, r)
		case r.Cause != "":
			found = append(found, r)
		}
	}
	return unmatched, bookReceipts(ctx, tx, found, now, failed)
}

// partsRow is an outbound row whose segments are being reported on.
type partsRow struct {
	to       int64
	id       int64
	segments int16
	parts    []byte
	state    string
	code     int32
	cause    optout.Delivery
	changed  bool
}

func bookReceipts(ctx context.Context, tx pgx.Tx, rs []outbox.ReceiptRow, now time.Time, failed *[]failure) error {
	if len(rs) == 0 {
		return nil
	}
	phones, ids := make([]int64, len(rs)), make([]int64, len(rs))
	for i, r := range rs {
		phones[i], ids[i] = int64(r.To), int64(r.Message)
	}
	rows, err := tx.Query(ctx, sqlPartStates, phones, ids)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*partsRow, error) {
		p := &partsRow{}
		err := row.Scan(&p.to, &p.id, &p.segments, &p.parts, &p.state)
		return p, err
	})
	if err != nil {
		return err
	}
	byID := make(map[sms.ID]*partsRow, len(list))
	for _, p := range list {
		byID[sms.ID(p.id)] = p
	}
	for _, r := range rs {
		if p := byID[r.Message]; p != nil {
			p.book(r)
		}
	}
	return writeParts(ctx, tx, list, now, failed)
}

const (
	partDelivered = 1
	partFailed    = 2
)

// book marks a segment and, when that decides it, the message: delivered when
// all segments are, undelivered when one failed for good.
func (p *partsRow) book(r outbox.ReceiptRow) {
	for len(p.parts) < int(p.segments) {
		p.parts = append(p.parts, 0)
	}
	final := p.state == "delivered" || p.state == "undelivered"
	if int(r.Segment) >= len(p.parts) || p.parts[r.Segment] != 0 || final && p.segments == 1 {
		return
	}
	mark := byte(partFailed)
	if r.Cause == optout.Delivered {
		mark = partDelivered
	}
	p.changed = true
	p.parts[r.Segment] = mark
	if r.Whole {
		for i := range p.parts {
			p.parts[i] = mark
		}
	}
	switch {
	case final:
	case mark == partFailed:
		p.state, p.code, p.cause = "undelivered", r.Error, r.Cause
	case !slices.Contains(p.parts, 0) && !slices.Contains(p.parts, partFailed):
		p.state = "delivered"
	}
}

func writeParts(ctx context.Context, tx pgx.Tx, list []*partsRow, now time.Time, failed *[]failure) error {
	var to, id []int64
	var parts [][]byte
	var states, causes []string
	var codes []int32
	for _, p := range list {
		if p.changed {
			to, id, parts, states, codes, causes = append(to, p.to), append(id, p.id), append(parts, p.parts), append(states, p.state), append(codes, p.code), append(causes, counted(p.cause))
		}
	}
	if len(to) == 0 {
		return nil
	}
	args := []any{to, id, parts, states, codes, []string{"sending", "sent", "delivered", "undelivered", "unknown"}, now, causes}
	if !fails(states) {
		_, err := tx.Exec(ctx, sqlPartsChanged, args...)
		return err
	}
	rows, err := tx.Query(ctx, telling(sqlPartsChanged), args...)
	if err != nil {
		return err
	}
	return failuresInto(failed)(rows)
}

func park(ctx context.Context, tx pgx.Tx, rs []outbox.ReceiptRow) error {
	n := len(rs)
	if n == 0 {
		return nil
	}
	id := make([]int64, n)
	carrier, code := make([]int32, n), make([]int32, n)
	smsc, cause := make([]string, n), make([]string, n)
	state := make([]int16, n)
	received := make([]time.Time, n)
	for i, r := range rs {
		id[i], carrier[i], code[i], smsc[i], state[i], received[i] = int64(r.ID), r.Carrier, r.Error, r.SMSCID, int16(r.State), r.ReceivedAt
		cause[i] = string(r.Cause)
	}
	_, err := tx.Exec(ctx, sqlPark, id, carrier, smsc, state, code, received, cause)
	return err
}

// Unpark implements [outbox.Store].
func (s *MessageStore) Unpark(ctx context.Context, now time.Time, whole func(carrier int32) bool) (matched, waiting int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, carrier, smsc_id, state, coalesce(error, 0), received_at, coalesce(cause, '') FROM receipts
WHERE next_try <= $1 ORDER BY next_try LIMIT 1000 FOR UPDATE SKIP LOCKED`, now)
		if err != nil {
			return err
		}
		due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r outbox.ReceiptRow, err error) {
			var state int16
			err = row.Scan((*int64)(&r.ID), &r.Carrier, &r.SMSCID, &state, &r.Error, &r.ReceivedAt, (*string)(&r.Cause))
			r.State, r.Whole = uint8(state), whole(r.Carrier)
			return r, err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		var failed []failure
		unmatched, err := s.match(ctx, tx, due, now, &failed)
		if err != nil {
			return err
		}
		matched, waiting = len(due)-len(unmatched), len(unmatched)
		if err = settleParked(ctx, tx, due, unmatched, now); err != nil {
			return err
		}
		return s.remedy(ctx, tx, failed, now)
	})
	return matched, waiting, judge("parked receipts", err)
}

// settleParked removes the receipts that found their message and plans the
// next try of the others, with growing pauses, for 24 hours.
func settleParked(ctx context.Context, tx pgx.Tx, due, unmatched []outbox.ReceiptRow, now time.Time) error {
	still := map[sms.ID]bool{}
	var wait []int64
	for _, r := range unmatched {
		still[r.ID] = true
		wait = append(wait, int64(r.ID))
	}
	var gone []int64
	for _, r := range due {
		if !still[r.ID] {
			gone = append(gone, int64(r.ID))
		}
	}
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM receipts WHERE id = ANY($1::bigint[])`, gone)
	b.Queue(`UPDATE receipts SET tries = tries + 1, next_try = CASE WHEN received_at > $2::timestamptz - interval '24 hours'
  THEN $2::timestamptz + least(interval '1 hour', interval '1 second' * power(2, least(tries, 12))) END WHERE id = ANY($1::bigint[])`, wait, now)
	return tx.SendBatch(ctx, b).Close()
}
