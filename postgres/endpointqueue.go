package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/endpoints"
)

// sqlDescribe says of events, by their types, which programs they concern and
// what is told of them. An event's row that is not there any more, such as that
// of an order whose turn was undone, is an event that did not happen. No texts:
// see sqlTexts.
var sqlDescribe = []string{
	`SELECT t.*, ARRAY[x.program] AS programs, x.data FROM taken t CROSS JOIN LATERAL (SELECT coalesce(c.program, p.name) AS program, jsonb_build_object(
    'id', i.id::text, 'msisdn', i.msisdn::text, 'short_code', i.short_code::text, 'program', coalesce(c.program, p.name), 'received_at', i.received_at,
    'outcome', i.outcome, 'class', i.class, 'conversation', nullif(i.talk, 0)::text) AS data
  FROM inbound i LEFT JOIN conversations c ON c.msisdn = i.msisdn AND c.id = i.talk LEFT JOIN short_codes s ON s.number = i.short_code LEFT JOIN programs p ON p.id = s.program
  WHERE i.msisdn = t.msisdn AND i.id = t.source LIMIT 1) x WHERE t.type = 'message.received'`,

	`SELECT t.*, ARRAY[x.program], x.data FROM taken t CROSS JOIN LATERAL (SELECT p.name AS program, jsonb_build_object(
    'id', o.id::text, 'msisdn', o.msisdn::text, 'short_code', o.short_code::text, 'program', p.name, 'class', o.class, 'state', t.detail,
    'reason', CASE WHEN t.detail = 'refused' THEN o.rule END, 'error', o.error, 'segments', o.segments, 'created_at', o.created_at, 'sent_at', o.sent_at, 'done_at', o.done_at,
    'conversation', nullif(o.talk, 0)::text, 'in_reply_to', nullif(o.cause, 0)::text) AS data
  FROM outbound o LEFT JOIN programs p ON p.id = o.program WHERE o.msisdn = t.msisdn AND o.id = t.source LIMIT 1) x
WHERE t.type IN ('message.sent', 'message.delivered', 'message.failed')`,

	`SELECT t.*, ARRAY[x.program], x.data FROM taken t CROSS JOIN LATERAL (SELECT c.program, jsonb_build_object(
    'id', c.id::text, 'msisdn', c.msisdn::text, 'short_code', c.short_code::text, 'program', c.program, 'flow', c.flow, 'version', c.version, 'begun_by', c.begun_by,
    'begun_at', c.begun_at, 'ended_at', c.ended_at, 'outcome', c.outcome, 'reason', c.reason) AS data
  FROM conversations c WHERE c.msisdn = t.msisdn AND c.id = t.source LIMIT 1) x WHERE t.type = 'conversation.ended'`,

	// A change that is not of one program concerns those of the code and those that know the phone.
	`SELECT t.*, x.programs, x.data FROM taken t CROSS JOIN LATERAL (SELECT CASE WHEN p.name IS NOT NULL THEN ARRAY[p.name::text] ELSE ARRAY(
      SELECT k.name::text FROM programs k WHERE k.id IN (SELECT s.program FROM short_codes s WHERE s.number = l.short_code)
        OR k.id IN (SELECT n.program FROM consents n WHERE n.msisdn = l.msisdn)) END AS programs,
    jsonb_build_object('id', l.id::text, 'msisdn', l.msisdn::text, 'short_code', nullif(l.short_code, 0)::text, 'program', p.name, 'event', l.event, 'scope', l.scope,
      'actor', l.entry ->> 'actor', 'message', l.entry ->> 'message') AS data
  FROM consent_ledger l LEFT JOIN programs p ON p.id = l.program WHERE l.id = t.source AND l.msisdn = t.msisdn) x WHERE t.type = 'consent.changed'`,

	`SELECT t.*, ARRAY[x.program], x.data FROM taken t CROSS JOIN LATERAL (SELECT p.name AS program, jsonb_build_object(
    'id', o.id::text, 'number', o.number, 'msisdn', o.msisdn::text, 'short_code', o.short_code::text, 'program', p.name, 'state', t.detail, 'place', nullif(o.place, ''),
    'delivery', o.address <> '', 'wanted_at', o.wanted_at, 'placed_at', o.placed_at, 'conversation', o.talk::text, 'total', round(o.total / 100.0, 2)::text, 'currency', o.currency,
    'lines', (SELECT jsonb_agg(jsonb_build_object('item', l -> 'item', 'quantity', l -> 'quantity', 'chosen', l -> 'chosen')) FROM jsonb_array_elements(o.lines) l)) AS data
  FROM orders o JOIN programs p ON p.id = o.program WHERE o.id = t.source) x WHERE t.type IN ('order.placed', 'order.changed')`,

	`SELECT t.*, ARRAY[x.program], x.data FROM taken t CROSS JOIN LATERAL (SELECT p.name AS program, jsonb_build_object(
    'code', c.shown, 'offer', o.name, 'program', p.name, 'msisdn', c.msisdn::text, 'short_code', c.short_code::text, 'conversation', c.talk::text,
    'amount', CASE WHEN o.amount > 0 THEN round(o.amount / 100.0, 2)::text END, 'currency', CASE WHEN o.amount > 0 THEN p.currency END, 'variant', nullif(c.variant, ''),
    'issued_at', c.issued_at, 'redeemed_at', c.used_at, 'redeemed_by', c.used_by, 'place', nullif(c.used_place, '')) AS data
  FROM coupons c JOIN offers o ON o.id = c.offer JOIN programs p ON p.id = o.program
  WHERE c.code = t.detail AND c.used_at IS NOT NULL AND coalesce(c.used_ask, 0) = t.source) x WHERE t.type = 'coupon.redeemed'`,
}

// sqlDistribute takes events out and makes a delivery of each for every
// endpoint that wants it. There is no cursor that could pass by what commits
// late: a row is taken when it becomes visible, once.
var sqlDistribute = `WITH taken AS (DELETE FROM endpoint_events WHERE n IN (SELECT n FROM endpoint_events ORDER BY n LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING *),
described AS (` + strings.Join(sqlDescribe, "\nUNION ALL\n") + `),
made AS (INSERT INTO endpoint_deliveries (endpoint, event, type, at, msisdn, source, data, queued_at, due)
  SELECT e.id, d.event, d.type, d.at, d.msisdn, d.source, jsonb_strip_nulls(d.data), $2, $2 FROM described d
  JOIN endpoints e ON e.disabled_at IS NULL AND d.type = ANY (e.events) AND (e.programs = '{}' OR e.programs && d.programs::text[]) ORDER BY d.n, e.id)
SELECT count(*) FROM taken`

// Distribute implements [endpoints.Queue].
func (s *EndpointStore) Distribute(ctx context.Context, limit int, now time.Time) (n int, err error) {
	err = s.pool.QueryRow(ctx, sqlDistribute, limit, now).Scan(&n)
	return n, judge("distribute events", err)
}

// Targets implements [endpoints.Queue].
func (s *EndpointStore) Targets(ctx context.Context) ([]endpoints.Endpoint, error) {
	return s.query(ctx, s.pool, ` WHERE disabled_at IS NULL`)
}

// sqlTexts is what people and programs wrote, read when it is sent, so that it
// is kept once and an erasure need not look for copies.
const sqlTexts = `CASE WHEN NOT e.include_text THEN '{}'::jsonb
WHEN d.type = 'message.received' THEN coalesce((SELECT jsonb_build_object('text', i.text) FROM inbound i WHERE i.msisdn = d.msisdn AND i.id = d.source), '{}')
WHEN d.type LIKE 'message.%' THEN coalesce((SELECT jsonb_build_object('text', o.text) FROM outbound o WHERE o.msisdn = d.msisdn AND o.id = d.source), '{}')
WHEN d.type LIKE 'order.%' THEN coalesce((SELECT jsonb_build_object('address', nullif(o.address, ''), 'note', nullif(o.note, '')) FROM orders o WHERE o.id = d.source), '{}')
ELSE '{}' END`

const sqlClaimDeliveries = `WITH due AS (SELECT x.id FROM unnest($1::bigint[], $2::int[]) r(endpoint, n), LATERAL (SELECT id FROM endpoint_deliveries
    WHERE endpoint = r.endpoint AND state = 'pending' AND due <= $3 ORDER BY due, id LIMIT r.n FOR UPDATE SKIP LOCKED) x),
claimed AS (UPDATE endpoint_deliveries c SET due = $4 FROM due WHERE c.id = due.id RETURNING c.*)
SELECT d.id, d.endpoint, 'evt_' || replace(d.event::text, '-', ''), d.type, d.at, d.data || jsonb_strip_nulls(` + sqlTexts + `), d.state, d.queued_at, d.due, d.attempts, d.last_at,
  coalesce(d.status, 0), coalesce(d.took_ms, 0), d.error FROM claimed d JOIN endpoints e ON e.id = d.endpoint ORDER BY d.id`

// Claim implements [endpoints.Queue].
func (s *EndpointStore) Claim(ctx context.Context, room map[int64]int, now, until time.Time) ([]endpoints.Delivery, error) {
	ids, free := make([]int64, 0, len(room)), make([]int32, 0, len(room))
	for id, n := range room {
		ids, free = append(ids, id), append(free, int32(n))
	}
	rows, err := s.pool.Query(ctx, sqlClaimDeliveries, ids, free, now, until)
	if err != nil {
		return nil, judge("claim deliveries", err)
	}
	list, err := pgx.CollectRows(rows, scanDelivery)
	return list, judge("claim deliveries", err)
}

const (
	sqlMark = `UPDATE endpoint_deliveries SET state = $2, due = coalesce($3, due), attempts = attempts + 1, last_at = $4, status = nullif($5, 0), took_ms = $6, error = $7 WHERE id = $1`

	// A success is noted to ten seconds, not each: the row of a busy endpoint would do nothing but change.
	sqlWell = `UPDATE endpoints SET last_success_at = $2, failing_since = NULL, last_error = ''
WHERE id = $1 AND (failing_since IS NOT NULL OR last_success_at IS NULL OR last_success_at < $2::timestamptz - interval '10 seconds')`

	sqlIll = `UPDATE endpoints SET failing_since = coalesce(failing_since, $2), last_error = $3 WHERE id = $1 AND (failing_since IS NULL OR last_error <> $3)`

	sqlEndpointGone = `UPDATE endpoints SET disabled_at = $2, disabled_by = '' WHERE id = $1 AND disabled_at IS NULL`
)

// Mark implements [endpoints.Queue].
func (s *EndpointStore) Mark(ctx context.Context, d *endpoints.Delivery, a endpoints.Attempt, v endpoints.Verdict) error {
	b := &pgx.Batch{}
	b.Queue(sqlMark, d.ID, v.State, at(v.Due), a.At, a.Status, a.Took.Milliseconds(), v.Error)
	if v.Error == "" {
		b.Queue(sqlWell, d.Endpoint, a.At)
	} else {
		b.Queue(sqlIll, d.Endpoint, a.At, v.Error)
	}
	if v.Disable {
		b.Queue(sqlEndpointGone, d.Endpoint, a.At)
	}
	return judge("book a delivery", s.pool.SendBatch(ctx, b).Close())
}

// Waiting implements [endpoints.Queue].
func (s *EndpointStore) Waiting(ctx context.Context) (n int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM endpoint_deliveries WHERE state = 'pending'`).Scan(&n)
	return n, judge("count deliveries", err)
}

// Tidy forgets deliveries that are two weeks old.
func (s *EndpointStore) Tidy(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM endpoint_deliveries WHERE at < now() - interval '14 days'`)
	return judge("tidy deliveries", err)
}
