package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/inbox"
	"repartee/outbox"
	"repartee/sms"
)

const (
	sqlInsertInbound = `INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, octets, text, parts, complete,
  outcome, turn, class, route, rule, review, config, talk)
SELECT r.id, r.msisdn, r.short_code, r.carrier, r.bind, r.arrival, r.received_at, r.coding, r.octets, r.text, r.parts, r.complete,
  r.outcome, nullif(r.turn, 0), r.class, nullif(r.route, ''), r.rule, r.review, r.config, nullif(r.talk, 0)
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::smallint[], $9::bytea[], $10::text[],
  $11::smallint[], $12::boolean[], $13::text[], $14::bigint[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::bigint[], $20::bigint[])
  r(id, msisdn, short_code, carrier, bind, arrival, received_at, coding, octets, text, parts, complete, outcome, turn, class, route, rule, review, config, talk)`

	sqlCopies = `UPDATE inbound i SET copies = least(i.copies + 1, 32767)
FROM unnest($1::bigint[], $2::bigint[]) c(msisdn, id) WHERE i.msisdn = c.msisdn AND i.id = c.id`

	sqlUpdateThreads = `WITH u AS (UPDATE threads t SET carrier = nullif(r.carrier, 0), language = nullif(r.language, ''), turn = r.turn, last_mo = r.last_mo,
  talks = r.talks::json, wake_due = r.wake_due, recent = r.recent, stop_id = r.stop_id, stopped = r.stopped, confirmed = r.confirmed::timestamptz[],
  answer_id = nullif(r.answer_id, 0), ref = r.ref, ledger_hash = r.ledger_hash, unreachable = r.unreachable
FROM unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[], $8::timestamptz[], $9::bytea[], $10::bigint[],
  $11::boolean[], $12::text[], $13::bigint[], $14::smallint[], $15::bytea[], $16::text[])
  r(msisdn, short_code, carrier, language, turn, last_mo, talks, wake_due, recent, stop_id, stopped, confirmed, answer_id, ref, ledger_hash, unreachable)
WHERE t.msisdn = r.msisdn AND t.short_code = r.short_code RETURNING 1)
SELECT expect((SELECT count(*) FROM u), $17, 'threads')`

	sqlInsertOutbound = `INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, n, cause, talk, after_id, node, stop_id, created_at,
  hold_until, expires, verdict, rule, facts, config, text, coding, segments, ref, drop_quiet, done_at)
SELECT r.id, r.msisdn, r.short_code, nullif(r.carrier, 0), nullif(r.program, 0), r.class::message_class, r.state::message_state, nullif(r.turn, 0), r.n, nullif(r.cause, 0),
  nullif(r.talk, 0), nullif(r.after_id, 0), nullif(r.node, 0), r.stop_id, r.created_at, r.hold_until, r.expires, r.verdict, r.rule, nullif(r.facts, '')::jsonb, r.config,
  r.text, r.coding, r.segments, r.ref, coalesce(r.drop_quiet, false), CASE WHEN r.state IN ('refused', 'cancelled') THEN r.created_at END
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[], $8::bigint[], $9::smallint[], $10::bigint[], $11::bigint[],
  $12::bigint[], $13::bigint[], $14::bigint[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::text[], $19::text[], $20::text[], $21::bigint[],
  $22::text[], $23::smallint[], $24::smallint[], $25::smallint[], $26::boolean[])
  r(id, msisdn, short_code, carrier, program, class, state, turn, n, cause, talk, after_id, node, stop_id, created_at, hold_until, expires, verdict, rule, facts,
  config, text, coding, segments, ref, drop_quiet)`

	sqlInsertOutbox = `INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires, after_id)
SELECT r.id, r.msisdn, r.short_code, nullif(r.program, 0), r.carrier, r.prio, r.due, r.expires, nullif(r.after_id, 0)
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::smallint[], $7::timestamptz[], $8::timestamptz[], $9::bigint[])
  r(id, msisdn, short_code, program, carrier, prio, due, expires, after_id)`

	// Cancels what waits for the phone in the scope of an opt-out; what a node has claimed is in its lanes and cancelled there.
	sqlCancelWaiting = `WITH gone AS (DELETE FROM outbox o USING unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[]) s(msisdn, short_code, program, id)
  WHERE o.msisdn = s.msisdn AND (s.short_code = 0 OR o.short_code = s.short_code) AND (s.program = 0 OR o.program = s.program) AND o.node IS NULL
  RETURNING o.msisdn, o.id)
UPDATE outbound b SET state = 'cancelled', done_at = $5 FROM gone g WHERE b.msisdn = g.msisdn AND b.id = g.id AND b.state IN ('queued', 'held')`

	sqlUpsertSets = `INSERT INTO mo_sets (carrier, msisdn, short_code, kind, ref, total, parts, coding, first_at, done_at, inbound_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11::bigint, 0))
ON CONFLICT (carrier, msisdn, short_code, kind, ref, total) DO UPDATE SET parts = excluded.parts, coding = excluded.coding, first_at = excluded.first_at,
  done_at = excluded.done_at, inbound_id = excluded.inbound_id`

	sqlUpsertContact = `INSERT INTO contacts (msisdn, first_name, last_name, language, postal_code, fields, tags)
VALUES ($1, $2::jsonb->>'first_name', $2::jsonb->>'last_name', coalesce($2::jsonb->>'language', nullif($3, '')), $2::jsonb->>'postcode', $2::jsonb - ARRAY['first_name','last_name','language','postcode'],
  ARRAY(SELECT DISTINCT x FROM unnest($4::text[]) x ORDER BY x))
ON CONFLICT (msisdn) DO UPDATE SET
  first_name = CASE WHEN $2::jsonb ? 'first_name' THEN excluded.first_name ELSE contacts.first_name END,
  last_name = CASE WHEN $2::jsonb ? 'last_name' THEN excluded.last_name ELSE contacts.last_name END,
  language = coalesce(excluded.language, contacts.language),
  postal_code = CASE WHEN $2::jsonb ? 'postcode' THEN excluded.postal_code ELSE contacts.postal_code END,
  fields = jsonb_strip_nulls(contacts.fields || excluded.fields),
  tags = ARRAY(SELECT DISTINCT x FROM unnest(contacts.tags || $4::text[]) x WHERE x <> ALL ($5::text[]) ORDER BY x), updated_at = now()`

	sqlUpsertConsent = `INSERT INTO consents (msisdn, program, state, since, stop_id, ledger_id) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (msisdn, program) DO UPDATE SET state = excluded.state, since = excluded.since, stop_id = greatest(consents.stop_id, excluded.stop_id), ledger_id = excluded.ledger_id`

	sqlInsertLedger = `INSERT INTO consent_ledger (id, phone_hash, msisdn, short_code, program, event, scope, entry, words, prev_hash, row_hash)
VALUES ($1, $2, $3, $4, nullif($5::int, 0), $6, $7, $8, $9, $10, $11)`

	sqlSuppress = `INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason, until) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (phone_hash, scope, scope_id) DO UPDATE SET since = excluded.since, reason = excluded.reason, until = excluded.until
WHERE suppressions.until < excluded.until`
	sqlUnsuppress = `DELETE FROM suppressions WHERE phone_hash = $1 AND scope = $2 AND scope_id = $3`

	sqlInsertStop = `INSERT INTO stops (id, msisdn, short_code, program, at) VALUES ($1, $2, $3, $4, $5)`

	sqlBegunConversations = `INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::timestamptz[])`
	sqlEndedConversations = `UPDATE conversations c SET ended_at = e.at, outcome = e.outcome, reason = nullif(e.reason, '')
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[]) e(id, msisdn, at, outcome, reason)
WHERE c.msisdn = e.msisdn AND c.id = e.id AND c.ended_at IS NULL`

	sqlInsertWakes = `INSERT INTO wakes (due, msisdn, short_code, kind)
SELECT * FROM unnest($1::timestamptz[], $2::bigint[], $3::int[], $4::smallint[]) ON CONFLICT DO NOTHING`
	sqlDeleteWakes = `DELETE FROM wakes w USING unnest($1::timestamptz[], $2::bigint[], $3::int[], $4::smallint[]) d(due, msisdn, short_code, kind)
WHERE w.due = d.due AND w.msisdn = d.msisdn AND w.short_code = d.short_code AND w.kind = d.kind`

	sqlInsertEvents = `INSERT INTO events (id, at, kind, msisdn, short_code, program, talk, data, done_at)
SELECT e.id, e.at, e.kind, e.msisdn, e.short_code, e.program, nullif(e.talk, 0), e.data::jsonb, CASE WHEN e.tell THEN NULL ELSE e.at END
FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::bigint[], $5::int[], $6::text[], $7::bigint[], $8::text[], $9::boolean[])
  e(id, at, kind, msisdn, short_code, program, talk, data, tell)`
)

// queueWrites queues all statements of a batch, in the order in which rows must
// be locked: threads (locked already), contacts, consents, outbox, outbound.
func (s *MessageStore) queueWrites(b *pgx.Batch, w *inbox.Writes) error {
	queueInbound(b, w.Inbound)
	queueCopies(b, w.Copies)
	if err := queueThreads(b, w.Threads); err != nil {
		return err
	}
	for _, p := range w.Sets {
		b.Queue(sqlUpsertSets, p.Carrier, int64(p.Thread.Phone), int32(p.Thread.Code), p.Kind, p.Ref, p.Total, p.Parts, int16(p.Coding), p.FirstAt, at(p.DoneAt), int64(p.Inbound))
	}
	for _, c := range w.Contacts {
		fields, err := json.Marshal(c.Fields)
		if err != nil {
			return &sms.PermanentError{Err: fmt.Errorf("fields of a contact: %w", err)}
		}
		if c.Fields == nil {
			fields = []byte("{}")
		}
		b.Queue(sqlUpsertContact, int64(c.Phone), string(fields), c.Language, texts(c.Tag), texts(c.Untag))
	}
	s.queueConsents(b, w)
	if err := queueReviews(b, w.Reviews); err != nil {
		return err
	}
	queueStops(b, w.Stops, w.Now)
	queueOutbound(b, w.Outbound)
	queueConversations(b, w)
	queueWakes(b, sqlDeleteWakes, w.WakesDone)
	queueWakes(b, sqlInsertWakes, w.Wakes)
	queueInputsDone(b, w.InputsDone, w.InputsLater)
	queueWakeAgain(b, w.WakesDone, w.Now)
	queueInputs(b, w.Inputs)
	queueHandoffs(b, w.Handoffs)
	return queueEvents(b, w.Events)
}

func queueInbound(b *pgx.Batch, rows []*sms.Inbound) {
	if len(rows) == 0 {
		return
	}
	n := len(rows)
	id, from, bind, arrival, turn, config, talk := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	code, carrier := make([]int32, n), make([]int32, n)
	received := make([]time.Time, n)
	coding, parts := make([]int16, n), make([]int16, n)
	octets := make([][]byte, n)
	text, outcome, class, route, rule := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	complete, review := make([]bool, n), make([]bool, n)
	for i, r := range rows {
		id[i], from[i], code[i], carrier[i], bind[i], arrival[i] = int64(r.ID), int64(r.From), int32(r.Code), r.Carrier, r.Bind, r.Arrival
		received[i], coding[i], octets[i], text[i], parts[i], complete[i] = r.ReceivedAt, int16(r.Coding), r.Octets, r.Text, max(r.Parts, 1), r.Complete
		outcome[i], turn[i], class[i], route[i], rule[i], review[i] = r.Outcome, r.Turn, r.Class, r.Route, r.Rule, r.Review
		config[i], talk[i] = r.Config, int64(r.Talk)
	}
	b.Queue(sqlInsertInbound, id, from, code, carrier, bind, arrival, received, coding, octets, text, parts, complete, outcome, turn, class, route, rule, review, config, talk)
}

func queueCopies(b *pgx.Batch, copies []inbox.Copy) {
	if len(copies) == 0 {
		return
	}
	from, id := make([]int64, len(copies)), make([]int64, len(copies))
	for i, c := range copies {
		from[i], id[i] = int64(c.From), int64(c.ID)
	}
	b.Queue(sqlCopies, from, id)
}

func queueThreads(b *pgx.Batch, threads []*inbox.Thread) error {
	if len(threads) == 0 {
		return nil
	}
	n := len(threads)
	phone, turn, stop, answer := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	code, carrier := make([]int32, n), make([]int32, n)
	language, talks, confirmed, unreachable := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	last, wake := make([]pgtype.Timestamptz, n), make([]pgtype.Timestamptz, n)
	recent, ledger := make([][]byte, n), make([][]byte, n)
	stopped := make([]bool, n)
	ref := make([]int16, n)
	for i, t := range threads {
		phone[i], code[i], carrier[i], language[i], turn[i], last[i] = int64(t.Key.Phone), int32(t.Key.Code), t.Carrier, t.Language, t.Turn, at(t.LastMO)
		wake[i], recent[i], stop[i], stopped[i], confirmed[i] = at(t.WakeDue), packRecent(t.Recent), int64(t.StopID), t.Stopped, timesLiteral(t.Confirmed)
		answer[i], ref[i], ledger[i], unreachable[i] = int64(t.Answer), t.Ref, t.Ledger, t.Unreachable
		talks[i] = "[]"
		if len(t.Talks) > 0 {
			doc, err := json.Marshal(t.Talks)
			if err != nil {
				return &sms.PermanentError{Err: fmt.Errorf("a conversation cannot be stored: %w", err)}
			}
			talks[i] = string(doc)
		}
	}
	b.Queue(sqlUpdateThreads, phone, code, carrier, language, turn, last, talks, wake, recent, stop, stopped, confirmed, answer, ref, ledger, unreachable, int64(n))
	return nil
}

func (s *MessageStore) queueConsents(b *pgx.Batch, w *inbox.Writes) {
	for _, c := range w.Consents {
		b.Queue(sqlUpsertConsent, int64(c.Phone), c.Program, c.State, c.Since, int64(c.StopID), int64(c.Ledger))
	}
	for _, e := range w.Ledger {
		b.Queue(sqlInsertLedger, int64(e.ID), s.hash(e.Thread.Phone), int64(e.Thread.Phone), int32(e.Thread.Code), e.Program, e.Event, e.Scope, string(e.Entry), jsonOrNull(e.Words), e.PrevHash, e.Hash)
	}
	for _, u := range w.Suppress {
		if u.Lift {
			b.Queue(sqlUnsuppress, s.hash(u.Phone), u.Scope, u.ScopeID)
			continue
		}
		b.Queue(sqlSuppress, s.hash(u.Phone), u.Scope, u.ScopeID, u.Since, u.Reason, at(u.Until))
	}
}

// queueStops cancels what waits and writes the stops, before new messages are
// inserted: those are of the new generation.
func queueStops(b *pgx.Batch, stops []outbox.Stop, now time.Time) {
	if len(stops) == 0 {
		return
	}
	n := len(stops)
	phone, id := make([]int64, n), make([]int64, n)
	code, program := make([]int32, n), make([]int32, n)
	for i, s := range stops {
		phone[i], code[i], program[i], id[i] = int64(s.Phone), int32(s.Code), s.Program, int64(s.ID)
		b.Queue(sqlInsertStop, id[i], phone[i], code[i], program[i], s.At)
	}
	b.Queue(sqlCancelWaiting, phone, code, program, id, now)
}

// queueOutbound inserts messages, and a row in the outbox for those that wait.
func queueOutbound(b *pgx.Batch, rows []*sms.Outbound) {
	if len(rows) == 0 {
		return
	}
	n := len(rows)
	id, to, turn, cause, talk, after, node, stop, config := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	code, carrier, program := make([]int32, n), make([]int32, n), make([]int32, n)
	class, state, verdict, rule, facts, text := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	number, coding, segments, ref := make([]int16, n), make([]int16, n), make([]int16, n), make([]int16, n)
	created, expires := make([]time.Time, n), make([]time.Time, n)
	hold := make([]pgtype.Timestamptz, n)
	var drop []bool // NULL for all as long as nobody asks for it
	var waiting []*sms.Outbound
	for i, m := range rows {
		id[i], to[i], code[i], carrier[i], program[i], class[i], state[i] = int64(m.ID), int64(m.To), int32(m.Code), m.Carrier, m.Program, m.Class.String(), m.State.String()
		turn[i], number[i], cause[i], talk[i], after[i], node[i], stop[i] = m.Turn, m.N, int64(m.Cause), int64(m.Talk), int64(m.AfterID), int64(m.Node), int64(m.StopID)
		created[i], hold[i], expires[i], verdict[i], rule[i], facts[i], config[i] = m.CreatedAt, at(m.HoldUntil), m.Expires, m.Verdict, m.Rule, string(m.Facts), m.Config
		text[i], coding[i], segments[i], ref[i] = m.Text, int16(m.Coding), m.Segments, m.Ref
		if m.DropQuiet {
			drop = append(append(drop, make([]bool, i-len(drop))...), true)
		}
		if m.State == sms.Queued || m.State == sms.Held {
			waiting = append(waiting, m)
		}
	}
	b.Queue(sqlInsertOutbound, id, to, code, carrier, program, class, state, turn, number, cause, talk, after, node, stop, created, hold, expires, verdict, rule, facts, config, text, coding, segments, ref, drop)
	queueWaiting(b, waiting)
}

// queueWaiting inserts rows into the outbox.
func queueWaiting(b *pgx.Batch, rows []*sms.Outbound) {
	if len(rows) == 0 {
		return
	}
	n := len(rows)
	id, to, after := make([]int64, n), make([]int64, n), make([]int64, n)
	code, carrier, program := make([]int32, n), make([]int32, n), make([]int32, n)
	prio := make([]int16, n)
	due, expires := make([]time.Time, n), make([]time.Time, n)
	for i, m := range rows {
		id[i], to[i], code[i], program[i], carrier[i], due[i], expires[i], after[i] = int64(m.ID), int64(m.To), int32(m.Code), m.Program, m.Carrier, m.CreatedAt, m.Expires, int64(m.AfterID)
		if m.State == sms.Held {
			due[i] = m.HoldUntil
		}
		prio[i] = priority(m.Class)
	}
	b.Queue(sqlInsertOutbox, id, to, code, program, carrier, prio, due, expires, after)
}

// priority is the outbox's: answers before marketing.
func priority(c sms.Class) int16 {
	if c.Answer() {
		return 0
	}
	return 1
}

func queueConversations(b *pgx.Batch, w *inbox.Writes) {
	if n := len(w.Begun); n > 0 {
		id, phone := make([]int64, n), make([]int64, n)
		code, version := make([]int32, n), make([]int32, n)
		program, flow, by := make([]string, n), make([]string, n), make([]string, n)
		begun := make([]time.Time, n)
		for i, c := range w.Begun {
			id[i], phone[i], code[i], program[i], flow[i], version[i], by[i], begun[i] = int64(c.ID), int64(c.Thread.Phone), int32(c.Thread.Code), c.Program, c.Flow, int32(c.Version), c.By, c.At
		}
		b.Queue(sqlBegunConversations, id, phone, code, program, flow, version, by, begun)
	}
	if n := len(w.Ended); n > 0 {
		id, phone := make([]int64, n), make([]int64, n)
		ended := make([]time.Time, n)
		outcomes, reason := make([]string, n), make([]string, n)
		for i, e := range w.Ended {
			id[i], phone[i], ended[i], outcomes[i], reason[i] = int64(e.ID), int64(e.Phone), e.At, e.Outcome, e.Reason
		}
		b.Queue(sqlEndedConversations, id, phone, ended, outcomes, reason)
	}
}

func queueWakes(b *pgx.Batch, sql string, wakes []inbox.Wake) {
	if len(wakes) == 0 {
		return
	}
	n := len(wakes)
	due, phone, code, kind := make([]time.Time, n), make([]int64, n), make([]int32, n), make([]int16, n)
	for i, w := range wakes {
		due[i], phone[i], code[i], kind[i] = w.Due, int64(w.Thread.Phone), int32(w.Thread.Code), w.Kind
	}
	b.Queue(sql, due, phone, code, kind)
}

func queueEvents(b *pgx.Batch, events []inbox.Event) error {
	if len(events) == 0 {
		return nil
	}
	n := len(events)
	id, phone, talk := make([]int64, n), make([]int64, n), make([]int64, n)
	when := make([]time.Time, n)
	kind, program, data := make([]string, n), make([]string, n), make([]string, n)
	code := make([]int32, n)
	tell := make([]bool, n)
	for i, e := range events {
		doc := []byte("{}")
		if e.Data != nil {
			var err error
			if doc, err = json.Marshal(e.Data); err != nil {
				return &sms.PermanentError{Err: fmt.Errorf("the data of an event: %w", err)}
			}
		}
		id[i], when[i], kind[i], phone[i], code[i], program[i], talk[i], data[i], tell[i] = int64(e.ID), e.At, e.Kind, int64(e.Thread.Phone), int32(e.Thread.Code), e.Program, int64(e.Talk), string(doc), e.Tell
	}
	b.Queue(sqlInsertEvents, id, when, kind, phone, code, program, talk, data, tell)
	return nil
}

// texts keeps an empty list from being NULL.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// queuePutOff moves a timer.
func queuePutOff(b *pgx.Batch, w *inbox.Wake, until time.Time) {
	again := *w
	again.Due = until
	queueWakes(b, sqlDeleteWakes, []inbox.Wake{*w})
	queueWakes(b, sqlInsertWakes, []inbox.Wake{again})
	if w.Kind == inbox.WakeTalks {
		b.Queue(`UPDATE threads SET wake_due = $3 WHERE msisdn = $1 AND short_code = $2 AND wake_due <= $4`, int64(w.Thread.Phone), int32(w.Thread.Code), until, w.Due)
	}
}

// Quarantine implements [inbox.Store]. It touches as little as it can: the
// inbound row, and for an opt-out the thread, the suppression and what waits.
func (s *MessageStore) Quarantine(ctx context.Context, q *inbox.Quarantine) error {
	r := q.Inbound
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	switch {
	case q.Wake != nil:
		queuePutOff(b, q.Wake, q.Again)
	case q.Input != nil:
		later := *q.Input
		later.At = q.Again
		queueInputsDone(b, nil, []inbox.Input{later})
	default:
		queueInbound(b, []*sms.Inbound{r})
	}
	if o := q.OptOut; o != nil {
		b.Queue(`INSERT INTO threads (msisdn, short_code, stop_id, stopped) VALUES ($1, $2, $3, true)
ON CONFLICT (msisdn, short_code) DO UPDATE SET stop_id = greatest(threads.stop_id, excluded.stop_id), stopped = true, talks = '[]'`,
			int64(o.Phone), int32(o.Code), int64(o.ID))
		b.Queue(`UPDATE conversations SET ended_at = $3, outcome = 'stopped' WHERE msisdn = $1 AND short_code = $2 AND ended_at IS NULL`, int64(o.Phone), int32(o.Code), o.At)
		b.Queue(`UPDATE consents SET state = 'opted-out', since = $2, stop_id = $3 WHERE msisdn = $1`, int64(o.Phone), o.At, int64(o.ID))
		b.Queue(sqlSuppress, s.hash(o.Phone), q.Suppress.Scope, q.Suppress.ScopeID, q.Suppress.Since, q.Suppress.Reason, at(q.Suppress.Until))
		queueStops(b, []outbox.Stop{*o}, o.At)
	}
	b.Queue(`COMMIT`)
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return judge("quarantine", err)
	}
	defer conn.Release()
	if err = results(ctx, conn, b); err != nil {
		_, _ = conn.Exec(ctx, `ROLLBACK`) // the error before is the one that counts
	}
	return judge("quarantine", err)
}
