package postgres

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
)

// referralLength is that of the code that a phone gives to its friends.
const referralLength = 6

const (
	sqlReferralCodes = `SELECT a.n, r.shown FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY a(program, msisdn, n) JOIN referral_codes r USING (program, msisdn)`

	// A code that is taken, and a phone that has one, give no row.
	sqlMakeReferralCodes = `INSERT INTO referral_codes (code, shown, program, msisdn)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) ON CONFLICT DO NOTHING`

	sqlReferrers = `SELECT a.n, r.code, r.msisdn, EXISTS (SELECT FROM referrals f WHERE f.program = a.program AND f.msisdn = a.msisdn)
FROM unnest($1::text[], $2::int[], $3::bigint[]) WITH ORDINALITY a(code, program, msisdn, n)
JOIN referral_codes r ON r.code = a.code AND r.program = a.program`

	// A phone comes by one code only, whoever asks at the same time.
	sqlRefer = `INSERT INTO referrals (program, msisdn, code, ask, at)
SELECT *, $5 FROM unnest($1::int[], $2::bigint[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING RETURNING ask`

	sqlUnrefer = `DELETE FROM referrals WHERE ask = ANY ($1::bigint[])`
)

// refer answers asks "refer": for the code of one's own, or by that of a friend.
func refer(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	own, by := parted(asks, func(a *inbox.Ask) bool { return a.Data["by"] == nil })
	answers := make([]dialogs.Answer, len(asks))
	if err := own.answer(answers, func(asks []inbox.Ask) ([]dialogs.Answer, error) { return ownCodes(ctx, tx, asks) }); err != nil {
		return nil, err
	}
	return answers, by.answer(answers, func(asks []inbox.Ask) ([]dialogs.Answer, error) { return referredBy(ctx, tx, now, asks) })
}

// ownCodes gives phones their codes; they are made when first asked for.
func ownCodes(ctx context.Context, tx *inboxTx, asks []inbox.Ask) ([]dialogs.Answer, error) {
	programs, phones := param(asks, askProgram), param(asks, askPhone)
	for {
		codes, err := found(ctx, tx, asks, func(code *string) []any { return []any{code} }, sqlReferralCodes, programs, phones)
		if err != nil {
			return nil, err
		}
		answers := make([]dialogs.Answer, len(asks))
		var missing []inbox.Ask
		for i, code := range codes {
			if code == nil {
				missing = append(missing, asks[i])
				continue
			}
			answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"code": *code}}
		}
		if len(missing) == 0 {
			return answers, nil
		}
		shown := param(missing, func(*inbox.Ask) string { return newCode("", referralLength) })
		if err := tx.lock(ctx, sqlMakeReferralCodes, folded(shown), shown, param(missing, askProgram), param(missing, askPhone)); err != nil {
			return nil, err
		}
	}
}

// referrer is whose code a friend has typed.
type referrer struct {
	code  string
	phone int64
	again bool // the friend came before
}

func referrerFields(r *referrer) []any { return []any{&r.code, &r.phone, &r.again} }

func referredBy(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	programs, phones := param(asks, askProgram), param(asks, askPhone)
	referrers, err := found(ctx, tx, asks, referrerFields, sqlReferrers, folded(says(asks, "by")), programs, phones)
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	var friends []inbox.Ask
	var codes []string
	for i, r := range referrers {
		switch {
		case r == nil:
			answers[i].Result = "unknown"
		case r.phone == phones[i]:
			answers[i].Result = "own"
		case r.again:
			answers[i].Result = "again"
		default:
			friends, codes = append(friends, asks[i]), append(codes, r.code)
		}
	}
	rows, err := tx.conn.Query(ctx, sqlRefer, param(friends, askProgram), param(friends, askPhone), codes, param(friends, askID), now)
	if err != nil {
		return nil, err
	}
	made, err := idsOf(rows)
	if err != nil {
		return nil, err
	}
	for i, r := range referrers {
		switch {
		case answers[i].Result != "":
		case made[askID(&asks[i])]:
			answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"msisdn": nameOf(int(r.phone))}}
		default:
			answers[i].Result = "again"
		}
	}
	return answers, nil
}

func unrefer(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnrefer, param(asks, askID))
}
