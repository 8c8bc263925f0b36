package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/inbox"
	"repartee/optout"
	"repartee/sms"
)

const (
	// What the rules count of the failures of phones, oldest first: the newest ones, and the first of the cause, since a moment.
	sqlFailures = `SELECT k.msisdn, f.at, f.cause FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) k(msisdn, cause, since),
LATERAL ((SELECT x.id, x.at, x.cause FROM failures x WHERE x.msisdn = k.msisdn AND x.at > k.since ORDER BY x.id DESC LIMIT 8)
  UNION (SELECT x.id, x.at, x.cause FROM failures x WHERE x.msisdn = k.msisdn AND x.at > k.since AND x.cause = k.cause ORDER BY x.id LIMIT 1)) f
ORDER BY f.at, f.id`

	// What speaks against a remedy: a delivery or a text since, or one that is in force. Asked only about phones that
	// have failed often enough: it looks into every partition.
	sqlAgainst = `SELECT k.msisdn, greatest((SELECT max(o.done_at) FROM outbound o WHERE o.msisdn = k.msisdn AND o.state = 'delivered'),
    (SELECT max(t.last_mo) FROM threads t WHERE t.msisdn = k.msisdn)),
  EXISTS (SELECT FROM suppressions s WHERE s.phone_hash = k.phone_hash AND s.scope = 'invalid'),
  EXISTS (SELECT FROM suppressions s WHERE s.phone_hash = k.phone_hash AND s.scope = 'unreachable' AND s.until > $3)
FROM unnest($1::bigint[], $2::bytea[]) k(msisdn, phone_hash)`
)

// failure is a message that did not reach its phone, just recorded.
type failure struct {
	thread  sms.Thread
	message sms.ID
	carrier int32
	cause   optout.Delivery
}

// failuresInto reads the rows that [telling] returns.
func failuresInto(all *[]failure) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var f failure
		_, err := pgx.ForEachRow(rows, []any{(*int64)(&f.thread.Phone), (*int32)(&f.thread.Code), (*int64)(&f.message), &f.carrier, (*string)(&f.cause)}, func() error {
			*all = append(*all, f)
			return nil
		})
		return err
	}
}

// remedy decides what failures ask for and tells the threads of the phones, in
// the transaction that recorded them.
func (s *MessageStore) remedy(ctx context.Context, tx pgx.Tx, failed []failure, now time.Time) error {
	if len(failed) == 0 {
		return nil
	}
	byPhone := map[sms.MSISDN]failure{} // the last of each
	for _, f := range failed {
		byPhone[f.thread.Phone] = f
	}
	remedies, err := remediesOf(ctx, tx, byPhone, nil, now)
	if err != nil || len(remedies) == 0 {
		return err
	}
	if remedies, err = s.confirmed(ctx, tx, byPhone, remedies, now); err != nil {
		return err
	}
	return tellRemedies(ctx, tx, byPhone, remedies, now)
}

// remediesOf judges the failures of phones since each was last known alive.
func remediesOf(ctx context.Context, tx pgx.Tx, failed map[sms.MSISDN]failure, alive map[sms.MSISDN]time.Time, now time.Time) (map[sms.MSISDN]optout.Remedy, error) {
	phones := numbersOf(failed)
	causes, since := make([]string, len(phones)), make([]time.Time, len(phones))
	for i, p := range phones {
		causes[i], since[i] = string(failed[sms.MSISDN(p)].cause), alive[sms.MSISDN(p)]
	}
	rows, err := tx.Query(ctx, sqlFailures, phones, causes, since)
	if err != nil {
		return nil, err
	}
	known := map[sms.MSISDN]*optout.Reachability{}
	var phone sms.MSISDN
	var f optout.Failure
	if _, err = pgx.ForEachRow(rows, []any{(*int64)(&phone), &f.At, (*string)(&f.Cause)}, func() error {
		if known[phone] == nil {
			known[phone] = &optout.Reachability{Alive: alive[phone]}
		}
		known[phone].Failures = append(known[phone].Failures, f)
		return nil
	}); err != nil {
		return nil, err
	}
	all := map[sms.MSISDN]optout.Remedy{}
	for phone, r := range known {
		if remedy := optout.Hygiene(*r, now); remedy.Action != optout.GoOn {
			all[phone] = remedy
		}
	}
	return all, nil
}

// confirmed decides once more about phones for which something is due, with
// what speaks against it: no pause is repeated while it lasts.
func (s *MessageStore) confirmed(ctx context.Context, tx pgx.Tx, failed map[sms.MSISDN]failure, due map[sms.MSISDN]optout.Remedy, now time.Time) (map[sms.MSISDN]optout.Remedy, error) {
	phones := numbersOf(due)
	hashes := make([][]byte, len(phones))
	for i, p := range phones {
		hashes[i] = s.hash(sms.MSISDN(p))
	}
	rows, err := tx.Query(ctx, sqlAgainst, phones, hashes, now)
	if err != nil {
		return nil, err
	}
	again, alive := map[sms.MSISDN]failure{}, map[sms.MSISDN]time.Time{}
	paused, invalid := map[sms.MSISDN]bool{}, map[sms.MSISDN]bool{}
	var phone sms.MSISDN
	var seen pgtype.Timestamptz
	var gone, rests bool
	if _, err = pgx.ForEachRow(rows, []any{(*int64)(&phone), &seen, &gone, &rests}, func() error {
		again[phone], alive[phone], invalid[phone], paused[phone] = failed[phone], seen.Time, gone, rests
		return nil
	}); err != nil {
		return nil, err
	}
	remedies, err := remediesOf(ctx, tx, again, alive, now)
	for phone, r := range remedies {
		if r.Action == optout.Pause && paused[phone] || r.Action != optout.OptOutSilent && invalid[phone] {
			delete(remedies, phone)
		}
	}
	return remedies, err
}

// tellRemedies gives the threads their input: a refusal concerns the code that
// it was given to, everything else all codes that the phone is known on.
func tellRemedies(ctx context.Context, tx pgx.Tx, failed map[sms.MSISDN]failure, remedies map[sms.MSISDN]optout.Remedy, now time.Time) error {
	all, err := threadsOf(ctx, tx, numbersOf(remedies))
	if err != nil {
		return err
	}
	var inputs []inbox.Input
	add := func(t sms.Thread) error {
		data := consentOf(remedies[t.Phone], failed[t.Phone], now)
		in, err := inbox.NewInput(t, "receipt:"+data.Event+":"+data.Scope, data, now)
		inputs = append(inputs, in)
		return err
	}
	for phone := range remedies {
		if err := add(failed[phone].thread); err != nil {
			return err
		}
	}
	for _, t := range all {
		if remedies[t.Phone].Action == optout.OptOutSilent || t == failed[t.Phone].thread {
			continue
		}
		if err := add(t); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	queueInputs(b, inputs)
	return tx.SendBatch(ctx, b).Close()
}

func consentOf(r optout.Remedy, f failure, now time.Time) inbox.ConsentData {
	c := inbox.ConsentData{
		Event: "opt-out", Actor: "receipt", Reason: r.Rule + ": " + r.Sentence, At: now,
		Source: fmt.Sprintf("receipt of message %s, carrier %d: %s", f.message, f.carrier, f.cause),
	}
	switch r.Action {
	case optout.Pause:
		c.Event, c.Scope, c.Until = "paused", optout.SuppressedUnreachable, r.Until
	case optout.Suppress:
		c.Event, c.Scope = "paused", optout.SuppressedInvalid
	}
	return c
}

// numbersOf lists the phones of a map as a parameter.
func numbersOf[V any](m map[sms.MSISDN]V) []int64 {
	all := make([]int64, 0, len(m))
	for phone := range m {
		all = append(all, int64(phone))
	}
	return all
}

// counted is the cause as it is kept; those that say nothing about a phone are not.
func counted(cause optout.Delivery) string {
	if cause.Counts() {
		return string(cause)
	}
	return ""
}
