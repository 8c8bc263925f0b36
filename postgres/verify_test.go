package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/inbox"
	"repartee/postgres"
	"repartee/postgres/pgtest"
	"repartee/sms"
)

const verifyPhone = sms.MSISDN(33612345678)

var verifyHash = postgres.PhoneHash([]byte("key of the tests"))

// verifyWorld is a small consistent database: one phone that texted twice, got
// a long answer, opted out and in again, is in a conversation with a timer, and
// has messages waiting; a second one that has opted out.
type verifyWorld struct {
	t    *testing.T
	url  string
	conn *pgx.Conn
	now  time.Time
	id   sms.ID // ids of the rows count from here
}

func newVerifyWorld(t *testing.T) *verifyWorld {
	t.Helper()
	w := &verifyWorld{t: t, url: pgtest.URL(t), now: time.Now().UTC().Truncate(time.Millisecond)}
	w.id = sms.FirstID(w.now.Add(-time.Hour))
	ctx := context.Background()
	require.NoError(t, postgres.EnsurePartitions(ctx, w.url, w.now))
	conn, err := pgx.Connect(ctx, w.url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(ctx)) })
	w.conn = conn
	w.seed()
	return w
}

// exec runs statements; {n} stands for the n-th id, {phone} and {other} for
// the phones.
func (w *verifyWorld) exec(sql string) {
	w.t.Helper()
	for n := range 40 {
		sql = strings.ReplaceAll(sql, fmt.Sprintf("{%d}", n), fmt.Sprint(int64(w.id)+int64(n)))
	}
	sql = strings.NewReplacer("{phone}", verifyPhone.String(), "{other}", (verifyPhone + 1).String(), "{deadline}", fmt.Sprint(w.now.Add(time.Hour).UnixMilli())).Replace(sql)
	_, err := w.conn.Exec(context.Background(), sql)
	require.NoError(w.t, err, sql)
}

func (w *verifyWorld) seed() {
	first := w.ledger(20, verifyPhone, "opt-out", nil)
	head := w.ledger(21, verifyPhone, "opt-in", first)
	other := w.ledger(22, verifyPhone+1, "opt-out", nil)
	w.exec(`
INSERT INTO nodes VALUES (0, 77, 1, {0}, {30}, pg_current_snapshot(), 0, 'live', 'here', now());
INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config) VALUES
 ({1}, {phone}, 36111, 1, 5, 1, now(), 0, 'PIZZA', 'turn', 1, 'neither', 'r', 1), ({2}, {phone}, 36111, 1, 5, 2, now(), 0, '2', 'turn', 2, 'neither', 'r', 1),
 ({3}, {phone}, 36111, 1, 5, 3, now(), 0, 'x', 'ignored', NULL, 'neither', 'r', 1), ({4}, {other}, 36111, 1, 5, 4, now(), 0, 'STOP', 'turn', 1, 'opt-out', 'r', 1);
INSERT INTO events (id, at, kind, msisdn, short_code, data) VALUES ({5}, now(), 'timer', {phone}, 36111, '{"turn": 3}');
INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, cause, node, stop_id, created_at, hold_until, expires, verdict, rule, config, text, coding, segments, parts, sent_at) VALUES
 ({10}, {phone}, 36111, 1, 1, 'reply', 'delivered', 1, {1}, NULL, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 2, '\x0101', now()),
 ({11}, {phone}, 36111, 1, 1, 'reply', 'sent', 2, {2}, NULL, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 2, '\x0100', now()),
 ({12}, {phone}, 36111, 1, 1, 'reply', 'undelivered', 2, {2}, NULL, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 2, '\x0102', now()),
 ({13}, {phone}, 36111, 1, 1, 'reply', 'sending', 2, {2}, 77, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 1, NULL, NULL),
 ({14}, {phone}, 36111, 1, 1, 'reply', 'sending', 2, {2}, 77, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 1, NULL, NULL),
 ({15}, {phone}, 36111, 1, 1, 'marketing', 'queued', NULL, NULL, NULL, 0, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 1, NULL, NULL),
 ({16}, {phone}, 36111, 1, 1, 'marketing', 'held', NULL, NULL, NULL, 0, now(), now(), now(), 'hold', 'r', 1, 't', 0, 1, NULL, NULL),
 ({17}, {other}, 36111, 1, 1, 'compliance', 'sent', 1, {4}, NULL, {4}, now(), NULL, now(), 'allow', 'r', 1, 't', 0, 1, NULL, now());
INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires, node) VALUES ({14}, {phone}, 36111, 1, 1, 0, now(), now(), 77),
 ({15}, {phone}, 36111, 1, 1, 1, now(), now(), NULL), ({16}, {phone}, 36111, 1, 1, 1, now(), now(), NULL);
INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at) VALUES ({6}, {phone}, 36111, 'p', 'f', 1, 'k', now());
INSERT INTO wakes VALUES (to_timestamp({deadline} / 1000.0 - 60), {phone}, 36111, 0), (now(), {phone}, 36111, 1), (now(), {phone}, 36111, 2);
INSERT INTO inputs (msisdn, short_code, kind, data, at) VALUES ({phone}, 36111, 'event', '{}', now());
INSERT INTO mo_sets (carrier, msisdn, short_code, kind, ref, total, parts, coding, first_at) VALUES (1, {phone}, 36111, 0, 1, 2, '{}', 0, now());
INSERT INTO receipts (id, carrier, smsc_id, state, received_at, next_try) VALUES ({7}, 1, 'a', 2, now(), now()), ({8}, 1, 'b', 2, now() - interval '25 hours', NULL);
INSERT INTO programs (name, brand, title, contact, country, languages, currency, time_zone, terms_url, consent, quiet_profile, quiet_holidays, per_day, per_week, per_month, survives_stop, staff, answers)
 VALUES ('p', 'P', '', 'c', 'FR', '{fr}', 'EUR', 'Europe/Paris', '', 'single', 'country', '', 0, 0, 0, '', '{}', '{}');
INSERT INTO offers (name, program, title, amount, opens, closes, valid_days, valid_until, total, per_phone, per_place, prefix, length, url, printed, issued)
 SELECT 'cup', id, '{}', 0, '', '', 0, '', 2, 1, 0, '', 8, '', '{}', 1 FROM programs;
INSERT INTO coupons (code, shown, offer, msisdn, short_code, talk, issued_at, ask) SELECT 'A', 'A', id, {phone}, 36111, {6}, now(), {23} FROM offers;
INSERT INTO points (program, msisdn, balance) SELECT id, {phone}, 5 FROM programs;
INSERT INTO point_entries (id, program, msisdn, short_code, talk, at, change, reason) SELECT {24}, id, {phone}, 36111, {6}, now(), 5, '' FROM programs;
INSERT INTO games (name, program, opens, closes, odds, per_phone, per_day, prizes, codes, folded, secret)
 SELECT 'g', id, '', '', 1, 0, 0, '[{"name": "pen", "count": 1}]', '{}', '{}', '' FROM programs;
INSERT INTO draws (id, game, msisdn, short_code, at, code, prize, claim, proof) SELECT {25}, id, {phone}, 36111, now(), '', 'pen', 'X', '' FROM games;
INSERT INTO consents (msisdn, program, state, since, stop_id, ledger_id) VALUES ({phone}, 1, 'single', now(), 0, {21}), ({other}, 1, 'opted-out', now(), {4}, {22})`)
	ctx := context.Background()
	talks := fmt.Sprintf(`[{"i": "%d", "x": %d, "d": [{"i": 0, "d": %d}]}]`, w.id+6, w.now.Add(2*time.Hour).UnixMilli(), w.now.Add(time.Hour).UnixMilli())
	_, err := w.conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, turn, talks, ledger_hash) VALUES ($1, 36111, 3, $2, $3)`, int64(verifyPhone), talks, head)
	require.NoError(w.t, err)
	_, err = w.conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, turn, stop_id, stopped, ledger_hash) VALUES ($1, 36111, 1, $2, true, $3)`, int64(verifyPhone+1), int64(w.id+4), other)
	require.NoError(w.t, err)
}

// ledger appends an entry and returns its hash.
func (w *verifyWorld) ledger(n int, phone sms.MSISDN, event string, prev []byte) []byte {
	entry, err := json.Marshal(map[string]any{"words": inbox.WordsHash("STOP <&> é", "salt"), "shown": "STOP <&> é", "message": w.id, "at": w.now, "carrier": int32(1), "rule": "r"})
	require.NoError(w.t, err)
	e := inbox.LedgerEntry{ID: w.id + sms.ID(n), Thread: sms.Thread{Phone: phone, Code: 36111}, Program: 1, Event: event, Scope: "program", Entry: entry, PrevHash: prev}
	e.Hash = inbox.LedgerHash(&e, verifyHash(phone))
	_, err = w.conn.Exec(context.Background(), `INSERT INTO consent_ledger (id, phone_hash, msisdn, short_code, program, event, scope, entry, words, prev_hash, row_hash)
VALUES ($1, $2, $3, 36111, 1, $4, 'program', $5, '{"text": "STOP <&> é", "salt": "salt"}', $6, $7)`, int64(e.ID), verifyHash(phone), int64(phone), event, string(entry), prev, e.Hash)
	require.NoError(w.t, err)
	return e.Hash
}

func (w *verifyWorld) verify() []postgres.CheckResult {
	w.t.Helper()
	results, err := postgres.Verify(context.Background(), postgres.VerifyOptions{URL: w.url, PhoneHash: verifyHash, Now: w.now, List: 2})
	require.NoError(w.t, err)
	return results
}

// broken returns the checks that fail, with their violations.
func (w *verifyWorld) broken() map[string]postgres.CheckResult {
	w.t.Helper()
	broken := map[string]postgres.CheckResult{}
	for _, r := range w.verify() {
		require.LessOrEqual(w.t, int64(len(r.Listed)), r.Violations)
		if r.Violations > 0 {
			broken[r.Name] = r
		}
	}
	return broken
}

func TestVerifyAcceptsWhatIsRight(t *testing.T) {
	t.Parallel()
	w := newVerifyWorld(t)
	require.Empty(t, w.broken())
	for _, r := range w.verify() {
		require.NotZero(t, r.Examined, "the check %q has nothing to look at in this test", r.Name)
	}
}

func TestVerifyFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	const ledgerOpen = `ALTER TABLE consent_ledger DISABLE TRIGGER ALL; `
	for name, c := range map[string]struct {
		sql    string
		checks string // the checks that must fail, and no other
		id     int    // of the violation listed first
	}{
		"a turn is missing":                   {`UPDATE inbound SET outcome = 'ignored', turn = NULL WHERE id = {1}`, "turns", 3},
		"a turn is there twice":               {`UPDATE inbound SET turn = 1 WHERE id = {2}`, "turns", 3},
		"a turn's timer is missing":           {`DELETE FROM events WHERE id = {5}`, "turns", 3},
		"a turn too many":                     {`UPDATE inbound SET outcome = 'turn', turn = 4 WHERE id = {3}`, "turns", 3},
		"a thread is missing":                 {`DELETE FROM threads WHERE msisdn = {other}`, "turns, ledger heads", 4},
		"a message is stored twice":           {`UPDATE inbound SET arrival = 1 WHERE id = {3}`, "arrivals", 3},
		"an answer to nothing":                {`UPDATE outbound SET cause = {3} + 99 WHERE id = {10}`, "causes", 10},
		"sending by a dead node":              {`UPDATE outbound SET node = 76 WHERE id = {13}`, "sending", 13},
		"sending by a stopped node":           {`UPDATE nodes SET state = 'stopped'`, "sending", 13},
		"sending below the low mark":          {`UPDATE nodes SET low = {14}`, "sending", 13},
		"queued, but not in the outbox":       {`DELETE FROM outbox WHERE id = {15}`, "outbox", 15},
		"in the outbox, but sent":             {`UPDATE outbound SET state = 'sent', sent_at = now() WHERE id = {16}`, "outbox", 16},
		"in the outbox, but not stored":       {`DELETE FROM outbound WHERE id = {15}`, "outbox", 15},
		"claimed, but queued":                 {`UPDATE outbound SET state = 'queued', node = NULL WHERE id = {14}`, "outbox", 14},
		"claimed by another":                  {`UPDATE outbox SET node = 78 WHERE id = {14}`, "outbox", 14},
		"not claimed, but sending":            {`UPDATE outbox SET node = NULL WHERE id = {14}`, "outbox", 14},
		"marketing of unknown outcome":        {`UPDATE outbound SET unknowns = 1 WHERE id = {15}`, "marketing", 15},
		"overtaken by a stop of the code":     {`UPDATE threads SET stop_id = {4} WHERE msisdn = {phone}`, "generation", 13},
		"overtaken by a stop of the program":  {`UPDATE consents SET stop_id = {4} WHERE msisdn = {phone}`, "generation", 13},
		"a reply that nobody asked for":       {`UPDATE outbound SET class = 'reply', cause = NULL WHERE id = {17}`, "stopped", 17},
		"marketing after a stop":              {`UPDATE outbound SET class = 'marketing' WHERE id = {17}`, "stopped", 17},
		"sent long after a stop":              {`UPDATE outbound SET class = 'reply', stop_id = 0, id = {0}, sent_at = now() + interval '1 hour' WHERE id = {17}`, "stopped", 0},
		"delivered with a segment open":       {`UPDATE outbound SET parts = '\x0100' WHERE id = {10}`, "parts", 10},
		"sent with all segments delivered":    {`UPDATE outbound SET parts = '\x0101' WHERE id = {11}`, "parts", 11},
		"sent without segments":               {`UPDATE outbound SET parts = NULL WHERE id = {11}`, "parts", 11},
		"undelivered without a failed one":    {`UPDATE outbound SET parts = '\x0100' WHERE id = {12}`, "parts", 12},
		"a receipt given up early":            {`UPDATE receipts SET next_try = NULL WHERE id = {7}`, "receipts", 7},
		"a receipt that waits too long":       {`UPDATE receipts SET next_try = now() + interval '3 hours' WHERE id = {7}`, "receipts", 7},
		"a conversation without its row":      {`DELETE FROM conversations`, "conversations", 6},
		"a conversation ended only there":     {`UPDATE conversations SET ended_at = now(), outcome = 'x'; INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at) SELECT {9}, msisdn, short_code, program, flow, version, begun_by, begun_at FROM conversations`, "conversations", 6},
		"a conversation that nothing wakes":   {`DELETE FROM wakes WHERE kind = 0`, "wakes", 3},
		"a conversation woken too late":       {`UPDATE wakes SET due = due + interval '2 hours' WHERE kind = 0`, "wakes", 3},
		"a long message that nothing wakes":   {`DELETE FROM wakes WHERE kind = 1`, "wakes", 3},
		"an input that nothing wakes":         {`DELETE FROM wakes WHERE kind = 2`, "inputs", 3},
		"a thread behind its ledger":          {`UPDATE threads SET ledger_hash = NULL WHERE msisdn = {phone}`, "ledger heads", 21},
		"an entry of the ledger was changed":  {ledgerOpen + `UPDATE consent_ledger SET entry = entry || '{"text": "go"}' WHERE id = {21}`, "ledger", 21},
		"an entry of the ledger was removed":  {ledgerOpen + `DELETE FROM consent_ledger WHERE id = {20}`, "ledger", 21},
		"the last entry was removed":          {ledgerOpen + `DELETE FROM consent_ledger WHERE id = {21}`, "ledger heads, consents", 20},
		"a consent without an entry":          {`UPDATE consents SET ledger_id = {29} WHERE msisdn = {phone}`, "consents", 29},
		"a consent that is more than said":    {`UPDATE consents SET state = 'double' WHERE msisdn = {phone}`, "consents", 21},
		"a coupon that was not counted":       {`UPDATE offers SET issued = 0`, "offers", 23},
		"points from nowhere":                 {`UPDATE points SET balance = 6`, "points", 24},
		"a prize won twice":                   {`INSERT INTO draws SELECT {26}, game, msisdn, short_code, at, code, prize, claim, proof FROM draws`, "prizes", 26},
		"words that were not written":         {ledgerOpen + `UPDATE consent_ledger SET words = words || '{"text": "go"}' WHERE id = {21}`, "ledger", 21},
		"an entry of the ledger moved phones": {ledgerOpen + `UPDATE consent_ledger SET msisdn = {other} + 1 WHERE id = {22}; UPDATE threads SET ledger_hash = NULL WHERE msisdn = {other}`, "ledger, ledger heads", 22},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newVerifyWorld(t)
			w.exec(dropChecks)
			w.exec(c.sql)
			broken := w.broken()
			names := strings.Split(c.checks, ", ")
			require.Len(t, broken, len(names), "%v", broken)
			for _, n := range names {
				require.Contains(t, broken, n)
				require.NotContains(t, fmt.Sprint(broken[n].Listed), verifyPhone.String()[:9], "a phone number is shown")
			}
			require.Equal(t, w.id+sms.ID(c.id), broken[names[0]].Listed[0].ID)
		})
	}
}

// dropChecks takes away the constraint that guards the rule of marketing: on
// the table and on each partition.
const dropChecks = `DO $$ DECLARE r record; BEGIN
FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE '%unknowns = 0%' AND coninhcount = 0 LOOP
  EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname);
END LOOP;
FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE '%unknowns = 0%' LOOP
  EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname);
END LOOP; END $$`
