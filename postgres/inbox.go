package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/outbox"
	"repartee/sms"
)

const (
	sqlLockThreads = `SELECT t.msisdn, t.short_code, t.carrier, t.language, t.turn, t.last_mo, t.talks::text, t.wake_due, t.recent,
  t.stop_id, t.stopped, t.confirmed, t.answer_id, t.ref, t.ledger_hash, t.unreachable
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
JOIN threads t ON t.msisdn = k.msisdn AND t.short_code = k.short_code
FOR UPDATE OF t SKIP LOCKED`

	// In key order, so that two nodes that meet the same new phones wait for each other in one direction only.
	sqlMakeThreads = `INSERT INTO threads (msisdn, short_code)
SELECT k.msisdn, k.short_code FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
WHERE NOT EXISTS (SELECT 1 FROM threads t WHERE t.msisdn = k.msisdn AND t.short_code = k.short_code)
ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING msisdn, short_code`

	sqlContacts = `SELECT c.msisdn, c.first_name, c.last_name, c.language, c.country, c.region, c.postal_code, c.time_zone, c.fields, c.tags, c.orders
FROM unnest($1::bigint[]) k(msisdn) JOIN contacts c ON c.msisdn = k.msisdn`

	sqlConsents = `SELECT c.msisdn, c.program, c.state, c.since, c.stop_id, c.sent
FROM unnest($1::bigint[]) k(msisdn) JOIN consents c ON c.msisdn = k.msisdn`

	// Answers that wait keep later ones behind them.
	sqlWaiting = `SELECT o.msisdn, o.short_code FROM unnest($1::bigint[]) k(msisdn) JOIN outbox o ON o.msisdn = k.msisdn AND o.prio = 0`

	sqlSuppressed = `SELECT s.phone_hash, s.scope, s.scope_id, s.until FROM unnest($1::bytea[]) k(phone_hash) JOIN suppressions s ON s.phone_hash = k.phone_hash`

	sqlSets = `SELECT s.carrier, s.msisdn, s.short_code, s.kind, s.ref, s.total, s.parts, s.coding, s.first_at, s.done_at, s.inbound_id
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
JOIN mo_sets s ON s.msisdn = k.msisdn AND s.short_code = k.short_code`
)

// inboxTx implements [inbox.Tx].
type inboxTx struct {
	store *MessageStore
	conn  *pgxpool.Conn
	xid   string
	over  bool
}

// Begin implements [inbox.Store]: one round trip, and a second one when a
// phone is new.
func (s *MessageStore) Begin(ctx context.Context, keys []sms.Thread) (inbox.Tx, map[sms.Thread]*inbox.Thread, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, nil, judge("begin", err)
	}
	tx := &inboxTx{store: s, conn: conn}
	threads, err := tx.load(ctx, keys)
	if err != nil {
		tx.Rollback(ctx)
		return nil, nil, judge("load threads", err)
	}
	return tx, threads, nil
}

func (tx *inboxTx) load(ctx context.Context, keys []sms.Thread) (map[sms.Thread]*inbox.Thread, error) {
	phones, codes := make([]int64, len(keys)), make([]int32, len(keys))
	byPhone := make(map[sms.MSISDN][]*inbox.Thread, len(keys))
	for i, k := range keys {
		phones[i], codes[i] = int64(k.Phone), int32(k.Code)
	}
	threads := make(map[sms.Thread]*inbox.Thread, len(keys))
	add := func(t *inbox.Thread) {
		threads[t.Key] = t
		t.Contact.MSISDN = t.Key.Phone
		byPhone[t.Key.Phone] = append(byPhone[t.Key.Phone], t)
	}
	var fresh []*inbox.Thread
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(`SELECT pg_current_xact_id()::text`).QueryRow(func(row pgx.Row) error { return row.Scan(&tx.xid) })
	b.Queue(sqlLockThreads, phones, codes).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			t, err := scanThread(rows)
			if err != nil {
				return err
			}
			add(t)
		}
		return rows.Err()
	})
	b.Queue(sqlMakeThreads, phones, codes).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			t := &inbox.Thread{New: true}
			if err := rows.Scan((*int64)(&t.Key.Phone), (*int32)(&t.Key.Code)); err != nil {
				return err
			}
			add(t)
			fresh = append(fresh, t)
		}
		return rows.Err()
	})
	b.Queue(sqlContacts, phones).Query(func(rows pgx.Rows) error { return scanContacts(rows, byPhone) })
	b.Queue(sqlConsents, phones).Query(func(rows pgx.Rows) error { return scanConsents(rows, byPhone) })
	b.Queue(sqlWaiting, phones).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var k sms.Thread
			if err := rows.Scan((*int64)(&k.Phone), (*int32)(&k.Code)); err != nil {
				return err
			}
			if t := threads[k]; t != nil {
				t.Waiting = true
			}
		}
		return rows.Err()
	})
	if err := results(ctx, tx.conn, b); err != nil {
		return nil, err
	}
	return threads, tx.remembered(ctx, fresh)
}

// remembered gives new threads what is kept of a phone that was erased, or
// that speaks to another code: its suppressions, and where its ledger ends.
func (tx *inboxTx) remembered(ctx context.Context, fresh []*inbox.Thread) error {
	if len(fresh) == 0 {
		return nil
	}
	hashes, byHash := make([][]byte, 0, len(fresh)), map[string][]*inbox.Thread{}
	for _, t := range fresh {
		h := tx.store.hash(t.Key.Phone)
		hashes = append(hashes, h)
		byHash[string(h)] = append(byHash[string(h)], t)
	}
	rows, err := tx.conn.Query(ctx, sqlSuppressed, hashes)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		var scope string
		var id int32
		var until pgtype.Timestamptz
		if err := rows.Scan(&hash, &scope, &id, &until); err != nil {
			return err
		}
		for _, t := range byHash[string(hash)] {
			t.Listed(scope, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return tx.ledgerEnds(ctx, hashes, byHash)
}

func scanThread(rows pgx.Rows) (*inbox.Thread, error) {
	t := &inbox.Thread{}
	var carrier pgtype.Int4
	var language pgtype.Text
	var lastMO, wake pgtype.Timestamptz
	var answer pgtype.Int8
	var talks, recent []byte
	err := rows.Scan((*int64)(&t.Key.Phone), (*int32)(&t.Key.Code), &carrier, &language, &t.Turn, &lastMO, &talks, &wake, &recent,
		(*int64)(&t.StopID), &t.Stopped, &t.Confirmed, &answer, &t.Ref, &t.Ledger, &t.Unreachable)
	if err != nil {
		return nil, err
	}
	t.Carrier, t.Language, t.LastMO, t.WakeDue, t.Answer = carrier.Int32, language.String, lastMO.Time, wake.Time, sms.ID(answer.Int64)
	t.Recent = unpackRecent(recent)
	t.Talks, err = readTalks(talks)
	return t, err
}

func readTalks(doc []byte) (talks []dialogs.Talk, err error) {
	if len(doc) <= 2 { // nothing, or an empty list
		return nil, nil
	}
	if err := json.Unmarshal(doc, &talks); err != nil {
		return nil, &sms.PermanentError{Err: fmt.Errorf("the conversations of a thread cannot be read: %w", err)}
	}
	return talks, nil
}

// Talks reads the open conversations of a thread, front first, and locks
// nothing.
func (s *MessageStore) Talks(ctx context.Context, t sms.Thread) ([]dialogs.Talk, error) {
	var doc []byte
	err := s.pool.QueryRow(ctx, `SELECT talks::text FROM threads WHERE msisdn = $1 AND short_code = $2`, int64(t.Phone), int32(t.Code)).Scan(&doc)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, judge("read conversations", err)
	}
	return readTalks(doc)
}

func scanContacts(rows pgx.Rows, byPhone map[sms.MSISDN][]*inbox.Thread) error {
	for rows.Next() {
		var c dialogs.Contact
		var first, last, language, country, region, postal, zone pgtype.Text
		if err := rows.Scan((*int64)(&c.MSISDN), &first, &last, &language, &country, &region, &postal, &zone, &c.Fields, &c.Tags, &c.Orders); err != nil {
			return err
		}
		c.Language, c.Country, c.TimeZone = language.String, country.String, zone.String
		for name, v := range map[string]pgtype.Text{"first_name": first, "last_name": last, "postcode": postal} {
			if v.Valid {
				if c.Fields == nil {
					c.Fields = map[string]any{}
				}
				c.Fields[name] = v.String
			}
		}
		for _, t := range byPhone[c.MSISDN] {
			t.Contact, t.Region, t.PostalCode = c, region.String, postal.String
		}
	}
	return rows.Err()
}

func scanConsents(rows pgx.Rows, byPhone map[sms.MSISDN][]*inbox.Thread) error {
	for rows.Next() {
		var phone sms.MSISDN
		var program int32
		var c outbox.Consent
		if err := rows.Scan((*int64)(&phone), &program, &c.State, &c.Since, (*int64)(&c.StopID), &c.Sent); err != nil {
			return err
		}
		for _, t := range byPhone[phone] {
			if t.Consents == nil {
				t.Consents = map[int32]outbox.Consent{}
			}
			t.Consents[program] = c
		}
	}
	return rows.Err()
}

// Sets implements [inbox.Tx].
func (tx *inboxTx) Sets(ctx context.Context, threads []sms.Thread) ([]*inbox.PartSet, error) {
	phones, codes := keysOf(threads)
	rows, err := tx.conn.Query(ctx, sqlSets, phones, codes)
	if err != nil {
		return nil, judge("load parts", err)
	}
	sets, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*inbox.PartSet, error) {
		s := &inbox.PartSet{}
		var coding int16
		var done pgtype.Timestamptz
		var id pgtype.Int8
		err := row.Scan(&s.Carrier, (*int64)(&s.Thread.Phone), (*int32)(&s.Thread.Code), &s.Kind, &s.Ref, &s.Total, &s.Parts, &coding, &s.FirstAt, &done, &id)
		s.Coding, s.DoneAt, s.Inbound = uint8(coding), done.Time, sms.ID(id.Int64)
		return s, err
	})
	return sets, judge("load parts", err)
}

// Rollback implements [inbox.Tx].
func (tx *inboxTx) Rollback(ctx context.Context) {
	if tx.over {
		return
	}
	tx.over = true
	if !tx.conn.Conn().IsClosed() {
		rollback, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if _, err := tx.conn.Exec(rollback, `ROLLBACK`); err != nil {
			_ = tx.conn.Conn().Close(rollback) // it is in no state to be used again
		}
	}
	tx.conn.Release()
}

// Commit implements [inbox.Tx]: all writes and the COMMIT in one round trip.
func (tx *inboxTx) Commit(ctx context.Context, w *inbox.Writes) error {
	b := &pgx.Batch{}
	if err := tx.store.queueWrites(b, w); err != nil {
		return err
	}
	ended := ""
	b.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
		ended = tag.String()
		return nil
	})
	err := results(ctx, tx.conn, b)
	if err == nil && ended != "COMMIT" {
		err = fmt.Errorf("the transaction ended with %q", ended)
	}
	if err == nil {
		tx.over = true
		tx.conn.Release()
		return nil
	}
	if !lost(err) {
		return judge("commit", err)
	}
	tx.Rollback(ctx)
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	committed, unknown := tx.store.outcome(patient, tx.xid, witnessOf(w))
	switch {
	case unknown != nil:
		return judge("commit", unknown)
	case committed:
		return nil
	}
	return judge("commit", err)
}

// witnessOf picks the row that proves the commit of a batch. A batch without
// one only moved marks (duplicates, parts, timers that had nothing to do): it
// counts as not committed and is done again, which changes nothing twice.
func witnessOf(w *inbox.Writes) witness {
	switch {
	case len(w.Inbound) > 0:
		return witness{inbound: true, to: w.Inbound[0].From, id: w.Inbound[0].ID}
	case len(w.Events) > 0:
		return witness{id: w.Events[0].ID}
	}
	return witness{}
}

// commitPatience is how long the outcome of a lost COMMIT is asked for. Beyond
// it the messages are handled again: the twin check finds them if it was done.
const commitPatience = 10 * time.Minute

// WakesDue implements [inbox.Store].
func (s *MessageStore) WakesDue(ctx context.Context, now time.Time, limit int) ([]inbox.Wake, error) {
	rows, err := s.pool.Query(ctx, `SELECT due, msisdn, short_code, kind FROM wakes WHERE due <= $1 ORDER BY due LIMIT $2`, now, limit)
	if err != nil {
		return nil, judge("read timers", err)
	}
	wakes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w inbox.Wake, err error) {
		err = row.Scan(&w.Due, (*int64)(&w.Thread.Phone), (*int32)(&w.Thread.Code), &w.Kind)
		return w, err
	})
	return wakes, judge("read timers", err)
}

// LoadBinds implements [inbox.BindStore].
func (s *MessageStore) LoadBinds(ctx context.Context) ([]inbox.BindRow, error) {
	if _, err := s.pool.Exec(ctx, `DELETE FROM binds WHERE ended_at < now() - interval '7 days'`); err != nil {
		return nil, judge("read binds", err)
	}
	rows, err := s.pool.Query(ctx, `UPDATE binds SET ended_at = coalesce(ended_at, now()) RETURNING id, carrier, started_at, ended_at, proved`)
	if err != nil {
		return nil, judge("read binds", err)
	}
	binds, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r inbox.BindRow, err error) {
		err = row.Scan(&r.ID, &r.Carrier, &r.StartedAt, &r.EndedAt, &r.Proved)
		return r, err
	})
	return binds, judge("read binds", err)
}

// SaveBinds implements [inbox.BindStore].
func (s *MessageStore) SaveBinds(ctx context.Context, rows []inbox.BindRow) error {
	var ids, proved []int64
	var carriers []int32
	var started, ended []pgtype.Timestamptz
	for _, r := range rows {
		ids, carriers, proved = append(ids, r.ID), append(carriers, r.Carrier), append(proved, r.Proved)
		started, ended = append(started, at(r.StartedAt)), append(ended, at(r.EndedAt))
	}
	_, err := s.pool.Exec(ctx, `INSERT INTO binds (id, carrier, incarnation, started_at, ended_at, proved)
SELECT r.id, r.carrier, 0, r.started, r.ended, r.proved
FROM unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::bigint[]) r(id, carrier, started, ended, proved)
ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, proved = greatest(binds.proved, excluded.proved)`,
		ids, carriers, started, ended, proved)
	return judge("write binds", err)
}
