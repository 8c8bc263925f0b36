package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/outbox"
	"repartee/sms"
)

const (
	// One statement per priority: a range of the index (carrier, prio, due, id), however many rows are due later.
	sqlClaimable = `SELECT id, msisdn, prio, due, after_id, program FROM outbox
WHERE carrier = $1 AND prio = $2 AND due <= $3 AND (due, id) > ($4, $5) AND node IS NULL
ORDER BY due, id LIMIT $6 FOR UPDATE SKIP LOCKED`

	// A held message is overtaken when the phone has written to its conversation since, or that came to no good end.
	sqlCandidates = `SELECT b.id, b.msisdn, b.short_code, b.program, b.class::text, b.turn, b.n, b.cause, b.talk, b.after_id, b.stop_id, b.created_at, b.expires, b.config,
  b.text, b.coding, b.segments, b.ref, b.attempts, b.unknowns, b.claimed_at, b.drop_quiet,
  b.state = 'held' AND b.talk IS NOT NULL AND (
    EXISTS (SELECT FROM conversations v WHERE v.msisdn = b.msisdn AND v.id = b.talk AND v.ended_at > b.created_at AND v.outcome <> 'completed')
    OR EXISTS (SELECT FROM inbound i WHERE i.msisdn = b.msisdn AND i.id > b.id AND i.talk = b.talk)),
  coalesce(a.state IN ('queued', 'sending', 'held'), false),
  t.carrier, t.language, t.last_mo, t.stopped, t.stop_id, t.confirmed, c.country, c.region, c.postal_code, c.time_zone
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) k(msisdn, id, after_id)
JOIN outbound b ON b.msisdn = k.msisdn AND b.id = k.id
LEFT JOIN threads t ON t.msisdn = b.msisdn AND t.short_code = b.short_code
LEFT JOIN contacts c ON c.msisdn = k.msisdn
LEFT JOIN outbound a ON a.msisdn = k.msisdn AND a.id = k.after_id`

	sqlClaimConsents = `SELECT c.msisdn, c.program, c.state, c.since, c.stop_id, c.sent FROM consents c
JOIN (SELECT DISTINCT k.msisdn FROM unnest($1::bigint[]) k(msisdn)) k ON k.msisdn = c.msisdn`

	// The frequency cap holds across nodes: whoever claims marketing for a phone holds its consents row.
	sqlLockConsents = `SELECT c.msisdn, c.program FROM consents c
JOIN unnest($1::bigint[], $2::int[]) k(msisdn, program) ON k.msisdn = c.msisdn AND k.program = c.program FOR UPDATE OF c SKIP LOCKED`

	sqlTaken = `UPDATE outbox SET node = $2 WHERE id = ANY($1::bigint[])`
	sqlHeld  = `UPDATE outbox o SET due = h.until FROM unnest($1::bigint[], $2::timestamptz[]) h(id, until) WHERE o.id = h.id`
	sqlGone  = `DELETE FROM outbox WHERE id = ANY($1::bigint[])`

	sqlRuled = `UPDATE outbound b SET state = r.state::message_state, node = nullif(r.node, 0), carrier = CASE WHEN r.node <> 0 THEN $7 ELSE b.carrier END,
  hold_until = CASE WHEN r.state = 'held' THEN r.until ELSE b.hold_until END, rule = r.rule,
  verdict = CASE r.state WHEN 'refused' THEN 'refuse' WHEN 'held' THEN 'hold' WHEN 'sending' THEN 'allow' ELSE b.verdict END,
  claimed_at = CASE WHEN r.state = 'sending' THEN $8::timestamptz ELSE b.claimed_at END,
  done_at = CASE WHEN r.state IN ('refused', 'cancelled', 'expired') THEN $8::timestamptz END
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[]) r(msisdn, id, state, until, rule, node)
WHERE b.msisdn = r.msisdn AND b.id = r.id AND b.state IN ('queued', 'held')`

	// A message that was claimed before and came back counts once.
	sqlCountSent = `UPDATE consents c SET sent = (SELECT array_agg(x ORDER BY x) FROM unnest(c.sent || $3::timestamptz) x
  WHERE x > $3::timestamptz - interval '32 days' AND x IS DISTINCT FROM k.before)
FROM unnest($1::bigint[], $2::int[], $4::timestamptz[]) k(msisdn, program, before) WHERE c.msisdn = k.msisdn AND c.program = k.program`
)

// Claim implements [outbox.Store].
func (s *MessageStore) Claim(ctx context.Context, c outbox.Claim, rule func([]outbox.Candidate) []outbox.Ruling) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		locked, err := s.claimable(ctx, tx, c)
		if err != nil || len(locked) == 0 {
			rule(nil)
			return err
		}
		candidates, err := s.candidates(ctx, tx, locked)
		if err != nil {
			return err
		}
		return s.ruled(ctx, tx, c, candidates, rule(candidates))
	})
	return judge("claim", err)
}

// Unclaim implements [outbox.Store]. It locks the rows first, and so waits for
// a claim whose connection was lost but whose COMMIT is still under way; the
// statement after the lock sees what became of it.
func (s *MessageStore) Unclaim(ctx context.Context, node sms.ID, messages []sms.ID) error {
	ids := make([]int64, len(messages))
	for i, id := range messages {
		ids[i] = int64(id)
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT FROM outbox WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`, ids); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `WITH back AS (UPDATE outbox SET node = NULL WHERE id = ANY($1::bigint[]) AND node = $2 RETURNING msisdn, id)
UPDATE outbound b SET state = 'queued', node = NULL FROM back WHERE b.msisdn = back.msisdn AND b.id = back.id AND b.state = 'sending'`, ids, int64(node))
		return err
	})
	return judge("take a claim back", err)
}

// claimed is a locked row of the outbox.
type claimed struct {
	id, after sms.ID
	to        sms.MSISDN
	cursor    outbox.Cursor
	program   int32
}

// attempt is what the frequency cap counts.
type attempt struct {
	to      sms.MSISDN
	program int32
}

func (s *MessageStore) claimable(ctx context.Context, tx pgx.Tx, c outbox.Claim) ([]claimed, error) {
	var all []claimed
	for prio, after := range c.After {
		if len(all) == c.Limit {
			break
		}
		rows, err := tx.Query(ctx, sqlClaimable, c.Carrier, prio, c.Now, afterDue(after), int64(after.ID), c.Limit-len(all))
		if err != nil {
			return nil, err
		}
		found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x claimed, err error) {
			var follows pgtype.Int8
			var program pgtype.Int4
			err = row.Scan((*int64)(&x.id), (*int64)(&x.to), &x.cursor.Prio, &x.cursor.Due, &follows, &program)
			x.after, x.cursor.ID, x.program = sms.ID(follows.Int64), x.id, program.Int32
			return x, err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// afterDue is the due time from which a cursor reads on.
func afterDue(c outbox.Cursor) pgtype.Timestamptz {
	if c.ID == 0 {
		return pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	}
	return at(c.Due)
}

// candidates reads the messages and the facts of locked rows: a statement
// after the locks, so that it sees what was committed before them.
func (s *MessageStore) candidates(ctx context.Context, tx pgx.Tx, locked []claimed) ([]outbox.Candidate, error) {
	phones, ids, after := make([]int64, len(locked)), make([]int64, len(locked)), make([]int64, len(locked))
	place := make(map[sms.ID]int, len(locked))
	for i, x := range locked {
		phones[i], ids[i], after[i] = int64(x.to), int64(x.id), int64(x.after)
		place[x.id] = i
	}
	mine, err := lockConsents(ctx, tx, locked)
	if err != nil {
		return nil, err
	}
	found := make([]outbox.Candidate, len(locked))
	byPhone := map[sms.MSISDN][]*outbox.Person{}
	rows, err := tx.Query(ctx, sqlCandidates, phones, ids, after)
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		c, err := scanCandidate(row)
		if err == nil {
			i := place[c.Message.ID]
			c.Cursor = locked[i].cursor
			found[i] = c
			byPhone[c.Message.To] = append(byPhone[c.Message.To], c.Person)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(c outbox.Candidate) bool { return c.Person == nil })
	if err := s.personFacts(ctx, tx, byPhone); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(c outbox.Candidate) bool { return !marketable(&c, mine) }), nil
}

// marketable prepares the facts of marketing: its own attempt of before does
// not count against it. False leaves it in the outbox: somebody else is
// counting an attempt of its program on its phone.
func marketable(c *outbox.Candidate, mine map[attempt]bool) bool {
	m := &c.Message
	consent, there := c.Person.Consents[m.Program]
	if m.Class != sms.Marketing || !there {
		return true
	}
	consent.Sent = slices.DeleteFunc(slices.Clone(consent.Sent), c.ClaimedAt.Equal)
	c.Person.Consents[m.Program] = consent
	return mine[attempt{m.To, m.Program}]
}

// lockConsents locks the consents that marketing among the rows needs, before
// they are read: the frequency cap holds over all claims.
func lockConsents(ctx context.Context, tx pgx.Tx, locked []claimed) (map[attempt]bool, error) {
	var phones []int64
	var programs []int32
	for _, x := range locked {
		if x.cursor.Prio == priority(sms.Marketing) {
			phones, programs = append(phones, int64(x.to)), append(programs, x.program)
		}
	}
	if len(phones) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, sqlLockConsents, phones, programs)
	if err != nil {
		return nil, err
	}
	mine := map[attempt]bool{}
	var a attempt
	_, err = pgx.ForEachRow(rows, []any{(*int64)(&a.to), &a.program}, func() error { mine[a] = true; return nil })
	return mine, err
}

func scanCandidate(row pgx.CollectableRow) (outbox.Candidate, error) {
	c := outbox.Candidate{Person: &outbox.Person{}}
	m, p := &c.Message, c.Person
	var program, carrier pgtype.Int4
	var turn, cause, talk, after, stop pgtype.Int8
	var coding int16
	var ref pgtype.Int2
	var class string
	var language, country, region, postal, zone pgtype.Text
	var last, before pgtype.Timestamptz
	var stopped pgtype.Bool
	err := row.Scan((*int64)(&m.ID), (*int64)(&m.To), (*int32)(&m.Code), &program, &class, &turn, &m.N, &cause, &talk, &after, (*int64)(&m.StopID),
		&m.CreatedAt, &m.Expires, &m.Config, &m.Text, &coding, &m.Segments, &ref, &m.Attempts, &m.Unknowns, &before, &m.DropQuiet, &m.Overtaken, &c.AfterOpen,
		&carrier, &language, &last, &stopped, &stop, &p.Confirmed, &country, &region, &postal, &zone)
	if err != nil {
		return c, err
	}
	m.Class, err = sms.ParseClass(class)
	m.Program, m.Turn, m.Cause, m.Talk, m.AfterID = program.Int32, turn.Int64, sms.ID(cause.Int64), sms.ID(talk.Int64), sms.ID(after.Int64)
	m.Coding, m.Ref, c.ClaimedAt = uint8(coding), ref.Int16, before.Time
	p.Carrier, p.Language, p.LastMO, p.Stopped, p.StopID = carrier.Int32, language.String, last.Time, stopped.Bool, sms.ID(stop.Int64)
	p.Country, p.Region, p.PostalCode, p.TimeZone = country.String, region.String, postal.String, zone.String
	return c, err
}

// personFacts adds consents and suppressions, which are by phone.
func (s *MessageStore) personFacts(ctx context.Context, tx pgx.Tx, byPhone map[sms.MSISDN][]*outbox.Person) error {
	phones, hashes, byHash := make([]int64, 0, len(byPhone)), make([][]byte, 0, len(byPhone)), map[string]sms.MSISDN{}
	for phone := range byPhone {
		h := s.hash(phone)
		phones, hashes = append(phones, int64(phone)), append(hashes, h)
		byHash[string(h)] = phone
	}
	rows, err := tx.Query(ctx, sqlClaimConsents, phones)
	if err != nil {
		return err
	}
	var phone sms.MSISDN
	var program int32
	var c outbox.Consent
	_, err = pgx.ForEachRow(rows, []any{(*int64)(&phone), &program, &c.State, &c.Since, (*int64)(&c.StopID), &c.Sent}, func() error {
		for _, p := range byPhone[phone] {
			if p.Consents == nil {
				p.Consents = map[int32]outbox.Consent{}
			}
			p.Consents[program] = c
		}
		c = outbox.Consent{}
		return nil
	})
	if err != nil {
		return err
	}
	if rows, err = tx.Query(ctx, sqlSuppressed, hashes); err != nil {
		return err
	}
	var hash []byte
	var scope string
	var id int32
	var until pgtype.Timestamptz
	_, err = pgx.ForEachRow(rows, []any{&hash, &scope, &id, &until}, func() error {
		for _, p := range byPhone[byHash[string(hash)]] {
			p.Suppress(scope, id, until.Time)
		}
		return nil
	})
	return err
}

// ruled writes what was decided about the candidates.
func (s *MessageStore) ruled(ctx context.Context, tx pgx.Tx, c outbox.Claim, cs []outbox.Candidate, rs []outbox.Ruling) error {
	if err := s.countMarketing(ctx, tx, c, cs, rs); err != nil {
		return err
	}
	var taken, held, gone, phones, ids, nodes []int64
	var until, allUntil []pgtype.Timestamptz
	var states, rules []string
	for i, r := range rs {
		m := &cs[i].Message
		state, node := sms.State(0), int64(0)
		switch r.Action {
		case outbox.Take:
			state, node, taken = sms.Sending, int64(c.Node), append(taken, int64(m.ID))
		case outbox.Hold:
			state, held, until = sms.Held, append(held, int64(m.ID)), append(until, at(r.Until))
		case outbox.Refuse:
			state, gone = sms.Refused, append(gone, int64(m.ID))
		case outbox.Cancel:
			state, gone = sms.Cancelled, append(gone, int64(m.ID))
		case outbox.Expire:
			state, gone = sms.Expired, append(gone, int64(m.ID))
		default:
			continue
		}
		phones, ids, nodes, states = append(phones, int64(m.To)), append(ids, int64(m.ID)), append(nodes, node), append(states, state.String())
		allUntil, rules = append(allUntil, at(r.Until)), append(rules, r.Rule)
	}
	b := &pgx.Batch{}
	if len(taken) > 0 {
		b.Queue(sqlTaken, taken, int64(c.Node))
	}
	if len(held) > 0 {
		b.Queue(sqlHeld, held, until)
	}
	if len(gone) > 0 {
		b.Queue(sqlGone, gone)
	}
	if len(ids) > 0 {
		b.Queue(sqlRuled, phones, ids, states, allUntil, rules, nodes, c.Carrier, c.Now)
	}
	return tx.SendBatch(ctx, b).Close()
}

// countMarketing writes the attempt into the consents of each marketing
// message that is taken; their rows are locked.
func (s *MessageStore) countMarketing(ctx context.Context, tx pgx.Tx, c outbox.Claim, cs []outbox.Candidate, rs []outbox.Ruling) error {
	var phones []int64
	var programs []int32
	var before []pgtype.Timestamptz
	for i, r := range rs {
		if m := &cs[i].Message; r.Action == outbox.Take && m.Class == sms.Marketing {
			phones, programs, before = append(phones, int64(m.To)), append(programs, m.Program), append(before, at(cs[i].ClaimedAt))
		}
	}
	if len(phones) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, sqlCountSent, phones, programs, c.Now, before)
	return err
}

// Sweep implements [outbox.Store].
func (s *MessageStore) Sweep(ctx context.Context, now time.Time) (int, error) {
	tag, err := s.pool.Exec(ctx, `WITH gone AS (DELETE FROM outbox WHERE id IN
  (SELECT id FROM outbox WHERE expires <= $1 AND node IS NULL ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED) RETURNING msisdn, id)
UPDATE outbound b SET state = 'expired', done_at = $1 FROM gone g WHERE b.msisdn = g.msisdn AND b.id = g.id AND b.state IN ('queued', 'held')`, now)
	return int(tag.RowsAffected()), judge("sweep", err)
}

// Persons implements [outbox.Store].
func (s *MessageStore) Persons(ctx context.Context, threads []sms.Thread) (map[sms.Thread]*outbox.Person, error) {
	phones, codes := make([]int64, len(threads)), make([]int32, len(threads))
	for i, t := range threads {
		phones[i], codes[i] = int64(t.Phone), int32(t.Code)
	}
	persons, byPhone := map[sms.Thread]*outbox.Person{}, map[sms.MSISDN][]*outbox.Person{}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT k.msisdn, k.short_code, t.carrier, t.language, t.last_mo, t.stopped, t.stop_id, t.confirmed,
  c.country, c.region, c.postal_code, c.time_zone
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
LEFT JOIN threads t ON t.msisdn = k.msisdn AND t.short_code = k.short_code LEFT JOIN contacts c ON c.msisdn = k.msisdn`, phones, codes)
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
			t, p, err := scanPerson(row)
			if persons[t] == nil {
				persons[t] = p
				byPhone[t.Phone] = append(byPhone[t.Phone], p)
			}
			return struct{}{}, err
		})
		if err != nil {
			return err
		}
		return s.personFacts(ctx, tx, byPhone)
	})
	return persons, judge("read persons", err)
}

func scanPerson(row pgx.CollectableRow) (t sms.Thread, p *outbox.Person, err error) {
	p = &outbox.Person{}
	var carrier pgtype.Int4
	var stop pgtype.Int8
	var stopped pgtype.Bool
	var last pgtype.Timestamptz
	var language, country, region, postal, zone pgtype.Text
	err = row.Scan((*int64)(&t.Phone), (*int32)(&t.Code), &carrier, &language, &last, &stopped, &stop, &p.Confirmed, &country, &region, &postal, &zone)
	p.Carrier, p.Language, p.LastMO, p.Stopped, p.StopID = carrier.Int32, language.String, last.Time, stopped.Bool, sms.ID(stop.Int64)
	p.Country, p.Region, p.PostalCode, p.TimeZone = country.String, region.String, postal.String, zone.String
	return t, p, err
}

// Enqueue implements [outbox.Store].
func (s *MessageStore) Enqueue(ctx context.Context, ms []sms.Outbound) error {
	rows := make([]*sms.Outbound, len(ms))
	for i := range ms {
		rows[i] = &ms[i]
	}
	slices.SortFunc(rows, func(a, b *sms.Outbound) int { return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.ID, b.ID)) })
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		missing, err := notStored(ctx, tx, rows)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		queueOutbound(b, missing)
		return tx.SendBatch(ctx, b).Close()
	})
	return judge("enqueue", err)
}

// notStored leaves out messages that an earlier call stored, whose answer was lost.
func notStored(ctx context.Context, tx pgx.Tx, ms []*sms.Outbound) ([]*sms.Outbound, error) {
	phones, ids := make([]int64, len(ms)), make([]int64, len(ms))
	for i, m := range ms {
		phones[i], ids[i] = int64(m.To), int64(m.ID)
	}
	rows, err := tx.Query(ctx, `SELECT b.id FROM unnest($1::bigint[], $2::bigint[]) k(msisdn, id) JOIN outbound b ON b.msisdn = k.msisdn AND b.id = k.id`, phones, ids)
	if err != nil {
		return nil, err
	}
	stored, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return slices.DeleteFunc(slices.Clone(ms), func(m *sms.Outbound) bool { return slices.Contains(stored, int64(m.ID)) }), err
}
