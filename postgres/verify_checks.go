package postgres

// check is an invariant of the stored rows as a query for those that break it:
// columns id (null for a thread), msisdn, short_code, note. Each is set-based:
// a few passes over its tables, whatever their size. The relation param has
// the moment (at), the newest id of an opt-out that must have taken hold
// everywhere (settled), and how many rows are listed.
type check struct {
	name, what string
	examined   string // an expression: how many rows are looked at
	bad        string
}

// stopTime is the moment that an id carries (sms.ID), as SQL.
func stopTime(id string) string {
	return `(timestamptz '2026-01-01 00:00:00Z' + make_interval(secs => (` + id + ` >> 22) / 1000.0))`
}

var checks = []check{
	{
		name: "turns", what: "every turn of a thread is there exactly once, from 1 (or the first that is kept) to the thread's number, with its inbound message, timer or input",
		examined: `(SELECT count(*) FROM inbound WHERE outcome = 'turn') + (SELECT count(*) FROM events WHERE kind IN ('timer', 'input'))`,
		bad: `SELECT NULL::bigint AS id, msisdn, short_code,
  format('the thread is at turn %s; stored are %s turns, %s of them different, from %s to %s', coalesce(h.turn::text, 'nothing'), coalesce(s.n, 0), coalesce(s.d, 0), s.low, s.high) AS note
FROM (SELECT msisdn, short_code, count(*) AS n, count(DISTINCT turn) AS d, min(turn) AS low, max(turn) AS high
  FROM (SELECT msisdn, short_code, turn FROM inbound WHERE outcome = 'turn' AND id >= (SELECT forgotten FROM retention)
    UNION ALL SELECT msisdn, short_code, (data->>'turn')::bigint FROM events WHERE kind IN ('timer', 'input') AND id >= (SELECT forgotten FROM retention)) a GROUP BY msisdn, short_code) s
FULL JOIN threads h USING (msisdn, short_code) CROSS JOIN retention r
WHERE CASE r.forgotten WHEN 0 THEN h.turn IS DISTINCT FROM coalesce(s.n, 0) OR s.d <> s.n OR s.low <> 1 OR s.high <> s.n
  ELSE s.n > 0 AND (h.turn IS DISTINCT FROM s.high OR s.d <> s.n OR s.high - s.low + 1 <> s.n) END`,
	},
	{
		name: "inputs", what: "every input of a thread has a wake, else nobody would handle it",
		examined: `(SELECT count(*) FROM inputs)`,
		bad: `SELECT NULL::bigint AS id, msisdn, short_code, 'nothing wakes the thread for an input of kind ' || kind AS note FROM inputs i
WHERE NOT EXISTS (SELECT 1 FROM wakes w WHERE w.msisdn = i.msisdn AND w.short_code = i.short_code AND w.kind = 2)`,
	},
	{
		name: "arrivals", what: "no deliver_sm is stored twice",
		examined: `(SELECT count(*) FROM inbound WHERE bind <> 0)`,
		bad: `SELECT max(id) AS id, min(msisdn) AS msisdn, min(short_code) AS short_code, format('arrival %s of bind %s is stored %s times', arrival, bind, count(*)) AS note
FROM inbound WHERE bind <> 0 GROUP BY bind, arrival HAVING count(*) > 1`,
	},
	{
		name: "causes", what: "every answer to a message has that message",
		examined: `(SELECT count(*) FROM outbound WHERE cause IS NOT NULL)`,
		bad: `SELECT o.id, o.msisdn, o.short_code, 'answers message ' || o.cause || ', which is not stored' AS note
FROM outbound o LEFT JOIN inbound i ON i.msisdn = o.msisdn AND i.id = o.cause WHERE o.cause >= (SELECT forgotten FROM retention) AND i.id IS NULL`,
	},
	{
		name: "sending", what: "every message being sent belongs to the node that runs (or to the one that the next start will find dead), and that start would find it",
		examined: `(SELECT count(*) FROM outbound WHERE state = 'sending')`,
		bad: `SELECT o.id, o.msisdn, o.short_code, CASE WHEN n.incarnation IS NULL THEN 'being sent by node ' || o.node || ', which is no more'
    ELSE 'being sent, but below the node''s low mark ' || n.low || ' and without a row in the outbox: lost at the next crash' END AS note
FROM outbound o LEFT JOIN nodes n ON n.incarnation = o.node AND n.state = 'live' LEFT JOIN outbox x ON x.id = o.id
WHERE o.state = 'sending' AND (n.incarnation IS NULL OR o.id < n.low AND x.id IS NULL)`,
	},
	{
		name: "outbox", what: "the outbox holds what is queued, held or claimed, and nothing else",
		examined: `(SELECT count(*) FROM outbox)`,
		bad: `SELECT id, msisdn, coalesce(o.short_code, x.short_code) AS short_code, CASE
    WHEN x.carrier IS NULL THEN o.state || ', but not in the outbox: nobody will send it'
    WHEN o.state IS NULL THEN 'in the outbox, but no such message is stored'
    WHEN x.node IS NULL THEN 'waits in the outbox, but is ' || o.state
    ELSE 'claimed in the outbox by node ' || x.node || ', but is ' || o.state || coalesce(' by node ' || o.node, '') END AS note
FROM (SELECT id, msisdn, short_code, state, node FROM outbound WHERE state IN ('queued', 'held', 'sending') OR id IN (SELECT id FROM outbox)) o
FULL JOIN outbox x USING (id, msisdn)
WHERE CASE WHEN x.carrier IS NULL THEN o.state <> 'sending' WHEN o.state IS NULL THEN true
  WHEN x.node IS NULL THEN o.state NOT IN ('queued', 'held') ELSE o.state <> 'sending' OR o.node IS DISTINCT FROM x.node END`,
	},
	{
		name: "marketing", what: "no marketing is in motion after an attempt of unknown outcome",
		examined: `(SELECT count(*) FROM outbound WHERE class = 'marketing')`,
		bad: `SELECT id, msisdn, short_code, format('marketing in state %s after %s attempts of unknown outcome', state, unknowns) AS note
FROM outbound WHERE class = 'marketing' AND unknowns > 0 AND state IN ('held', 'queued', 'sending')`,
	},
	{
		name: "generation", what: "no message is in motion that an opt-out has overtaken",
		examined: `(SELECT count(*) FROM outbound WHERE state IN ('held', 'queued', 'sending'))`,
		bad: `SELECT o.id, o.msisdn, o.short_code, o.state || ', born under opt-out ' || o.stop_id || ', but ' || greatest(t.stop_id, c.stop_id) || ' applies' AS note
FROM outbound o LEFT JOIN threads t USING (msisdn, short_code) LEFT JOIN consents c ON c.msisdn = o.msisdn AND c.program = o.program
WHERE o.state IN ('held', 'queued', 'sending') AND greatest(t.stop_id, c.stop_id) > o.stop_id
  AND (greatest(t.stop_id, c.stop_id) < (SELECT settled FROM param) OR NOT EXISTS (SELECT 1 FROM nodes WHERE state = 'live'))`,
	},
	{
		// What the phone's own texts cause may be answered; 70 s is the time-out of a response and how long a late one counts.
		name: "stopped", what: "nothing was decided for a stopped phone after its opt-out but answers to its own texts, nor accepted by the SMSC later than the attempts of before",
		examined: `(SELECT count(*) FROM threads WHERE stopped) + (SELECT count(*) FROM consents WHERE state = 'opted-out')`,
		bad: `SELECT o.id, o.msisdn, o.short_code, o.class || ' in state ' || o.state || ' against opt-out ' || s.stop_id AS note
FROM (SELECT msisdn, short_code, NULL::int AS program, stop_id FROM threads WHERE stopped
  UNION ALL SELECT msisdn, NULL, program, stop_id FROM consents WHERE state = 'opted-out' AND stop_id > 0) s
JOIN outbound o ON o.msisdn = s.msisdn LEFT JOIN programs p ON p.id = o.program
WHERE (o.short_code = s.short_code OR o.program = s.program) AND CASE
  WHEN o.id > s.stop_id THEN o.state NOT IN ('refused', 'cancelled', 'expired')
    AND (o.class = 'marketing' OR o.class = 'reply' AND o.cause IS NULL OR o.class = 'transactional' AND coalesce(p.survives_stop, '') = '')
  ELSE o.stop_id < s.stop_id AND o.sent_at > ` + stopTime("s.stop_id") + ` + interval '70 seconds' END`,
	},
	{
		name: "parts", what: "the states of the segments agree with that of their message",
		examined: `(SELECT count(*) FROM outbound WHERE segments > 1)`,
		bad: `SELECT id, msisdn, short_code, format('%s with %s segments in the states %s', state, segments, coalesce(encode(parts, 'hex'), 'none')) AS note
FROM outbound WHERE CASE WHEN segments = 1 THEN parts IS NOT NULL
  WHEN state = 'delivered' THEN parts IS DISTINCT FROM decode(repeat('01', segments), 'hex')
  WHEN state = 'undelivered' THEN parts IS NULL OR position('\x02'::bytea IN parts) = 0
  WHEN state = 'sent' THEN parts IS NULL OR position('\x02'::bytea IN parts) > 0 OR parts = decode(repeat('01', segments), 'hex')
  WHEN state IN ('held', 'refused') THEN parts IS NOT NULL ELSE false END`,
	},
	{
		name: "receipts", what: "every parked receipt waits for its next try, or has been given up after a day",
		examined: `(SELECT count(*) FROM receipts)`,
		bad: `SELECT id, NULL::bigint AS msisdn, NULL::int AS short_code, CASE WHEN next_try IS NULL THEN 'given up before its day is over' ELSE 'waits too long for its next try' END AS note
FROM receipts WHERE CASE WHEN next_try IS NULL THEN received_at > (SELECT at - interval '24 hours' FROM param)
  ELSE next_try > (SELECT at + interval '61 minutes' FROM param) END`,
	},
	{
		name: "conversations", what: "the open conversations of the threads are those of the table",
		examined: `(SELECT count(*) FROM conversations WHERE ended_at IS NULL)`,
		bad: `SELECT id, msisdn, short_code, CASE WHEN o.flow IS NULL THEN 'open in the thread, but not among the conversations' ELSE 'open, but its thread does not know it' END AS note
FROM (SELECT msisdn, short_code, (k->>'i')::bigint AS id, true AS open FROM threads, jsonb_array_elements(talks::jsonb) k WHERE talks::text <> '[]') t
FULL JOIN (SELECT msisdn, short_code, id, flow FROM conversations WHERE ended_at IS NULL) o USING (msisdn, short_code, id)
WHERE t.open IS NULL OR o.flow IS NULL`,
	},
	{
		name: "wakes", what: "a thread with a deadline is woken at it, and incomplete long messages are looked at",
		examined: `(SELECT count(*) FROM threads WHERE talks::text <> '[]') + (SELECT count(*) FROM mo_sets WHERE done_at IS NULL)`,
		bad: `SELECT NULL::bigint AS id, d.msisdn, d.short_code,
  CASE d.kind WHEN 0 THEN 'a conversation has its deadline at ' || d.due || ', and nothing wakes the thread by then'
    ELSE 'a long message lacks parts, and nothing wakes the thread to hand it on' END AS note
FROM (SELECT t.msisdn, t.short_code, 0 AS kind, min(to_timestamp(least((k->>'x')::bigint, (m->>'d')::bigint) / 1000.0)) AS due
    FROM threads t CROSS JOIN jsonb_array_elements(t.talks::jsonb) k LEFT JOIN jsonb_array_elements(k->'d') m ON true WHERE t.talks::text <> '[]' GROUP BY 1, 2
  UNION ALL SELECT msisdn, short_code, 1, NULL FROM mo_sets WHERE done_at IS NULL GROUP BY 1, 2) d
LEFT JOIN (SELECT msisdn, short_code, kind, min(due) AS due FROM wakes GROUP BY 1, 2, 3) w USING (msisdn, short_code, kind)
WHERE w.due IS NULL AND (d.due IS NOT NULL OR d.kind = 1) OR w.due > d.due`,
	},
	{
		// A quarantined opt-out has no entry, and needs none: only what lets messages through has to be proven.
		name: "consents", what: "every consent, and every question for one, has the entry of the ledger that it follows from",
		examined: `(SELECT count(*) FROM consents WHERE state IN ('pending', 'single', 'double'))`,
		bad: `SELECT c.ledger_id AS id, c.msisdn, l.short_code, CASE WHEN l.id IS NULL THEN 'the consent ' || c.state || ' has no entry'
    WHEN l.msisdn IS DISTINCT FROM c.msisdn THEN 'the consent follows from an entry of another phone' ELSE 'the consent ' || c.state || ' does not follow from the entry ' || l.event END AS note
FROM consents c LEFT JOIN consent_ledger l ON l.id = c.ledger_id
WHERE c.state IN ('pending', 'single', 'double') AND (l.id IS NULL OR l.msisdn IS DISTINCT FROM c.msisdn OR l.program <> c.program OR l.event <> 'undone'
  AND l.event <> CASE c.state WHEN 'pending' THEN 'pending' WHEN 'single' THEN 'opt-in' ELSE 'confirmed' END)`,
	},
	{
		name: "ledger heads", what: "every thread knows the newest entry of its consent ledger",
		examined: `(SELECT count(*) FROM threads WHERE ledger_hash IS NOT NULL)`,
		bad: `SELECT l.id, msisdn, short_code, CASE WHEN l.id IS NULL THEN 'the thread has a ledger, but no entry is stored'
    WHEN t.turn IS NULL THEN 'an entry whose thread does not exist' ELSE 'the newest entry is not the one that the thread knows' END AS note
FROM (SELECT DISTINCT ON (msisdn, short_code) msisdn, short_code, id, row_hash FROM consent_ledger WHERE msisdn IS NOT NULL AND short_code <> 0 ORDER BY msisdn, short_code, id DESC) l
FULL JOIN threads t USING (msisdn, short_code) WHERE t.ledger_hash IS DISTINCT FROM l.row_hash
  AND NOT (l.id IS NULL AND EXISTS (SELECT 1 FROM consent_ledger e WHERE e.row_hash = t.ledger_hash AND e.msisdn IS NULL))`,
	},
	{
		// An erasure takes coupons of a phone away, but they count as issued.
		name: "offers", what: "no offer has given more coupons than it has and has counted",
		examined: `(SELECT count(*) FROM offers)`,
		bad: `SELECT c.id, NULL::bigint AS msisdn, NULL::int AS short_code, format('offer %s: %s coupons stored, %s counted, of %s', o.name, c.n, o.issued, o.total) AS note
FROM offers o CROSS JOIN LATERAL (SELECT count(*) AS n, max(ask) AS id FROM coupons WHERE offer = o.id AND ask IS NOT NULL) c WHERE c.n > o.issued OR o.total > 0 AND o.issued > o.total`,
	},
	{
		name: "points", what: "the balance of every card is the sum of its entries",
		examined: `(SELECT count(*) FROM points)`,
		bad: `SELECT e.id, msisdn, NULL::int AS short_code, format('the balance is %s, the entries make %s', coalesce(p.balance, 0), coalesce(e.sum, 0)) AS note
FROM points p FULL JOIN (SELECT program, msisdn, sum(change) AS sum, max(id) AS id FROM point_entries GROUP BY program, msisdn) e USING (program, msisdn)
WHERE coalesce(p.balance, 0) <> coalesce(e.sum, 0)`,
	},
	{
		name: "prizes", what: "no game has given more of a prize than it has",
		examined: `(SELECT count(*) FROM draws)`,
		bad: `SELECT d.id, NULL::bigint AS msisdn, NULL::int AS short_code, format('game %s: %s of %s are won, there are %s', g.name, d.n, d.prize, coalesce(p.count, 0)) AS note
FROM (SELECT game, prize, count(*) AS n, max(id) AS id FROM draws WHERE prize <> '' GROUP BY game, prize) d JOIN games g ON g.id = d.game
LEFT JOIN LATERAL (SELECT (x ->> 'count')::int AS count FROM jsonb_array_elements(g.prizes) x WHERE x ->> 'name' = d.prize) p ON true WHERE d.n > coalesce(p.count, 0)`,
	},
}
