package postgres

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
)

const (
	sqlLockCoupons = `SELECT FROM coupons WHERE code = ANY ($1::text[]) ORDER BY code FOR UPDATE`

	sqlCoupons = `SELECT a.n, c.code, o.title, o.amount, p.currency, c.used_at, coalesce(c.used_by, ''), coalesce(c.valid_until <= $3, false)
FROM unnest($1::text[], $2::int[]) WITH ORDINALITY a(code, program, n)
JOIN coupons c ON c.code = a.code JOIN offers o ON o.id = c.offer AND o.program = a.program JOIN programs p ON p.id = o.program`

	// The conversation that gave a coupon away is told that it was used.
	sqlRedeem = `WITH used AS (UPDATE coupons c SET used_at = $4, used_by = 'phone', used_place = r.place, used_ask = r.ask
  FROM unnest($1::text[], $2::text[], $3::bigint[]) r(code, place, ask) WHERE c.code = r.code RETURNING c.*)` + sqlTellRedeemed

	sqlTellRedeemed = `,
told AS (INSERT INTO inputs (msisdn, short_code, kind, key, data, at)
  SELECT msisdn, short_code, 'event', 'coupon:' || code, jsonb_build_object('Name', 'coupon.redeemed', 'Talk', talk::text,
    'Data', jsonb_build_object('code', shown, 'place', coalesce(used_place, ''))), used_at
  FROM used WHERE msisdn IS NOT NULL ON CONFLICT (msisdn, short_code, key) WHERE key <> '' DO NOTHING RETURNING msisdn, short_code, at)
INSERT INTO wakes (due, msisdn, short_code, kind) SELECT at, msisdn, short_code, 2 FROM told
ON CONFLICT (due, msisdn, short_code, kind) DO UPDATE SET kind = excluded.kind`

	sqlUnredeem = `WITH unused AS (UPDATE coupons SET used_at = NULL, used_by = NULL, used_place = NULL, used_ask = NULL
  WHERE used_ask = ANY ($1::bigint[]) RETURNING msisdn, short_code, code)
DELETE FROM inputs i USING unused u WHERE i.msisdn = u.msisdn AND i.short_code = u.short_code AND i.key = 'coupon:' || u.code`
)

// redeemable is a coupon as somebody finds it who wants to use it.
type redeemable struct {
	code     string
	title    programs.Texts
	amount   int64
	currency string
	usedAt   *time.Time
	usedBy   string
	expired  bool
}

func redeemableFields(c *redeemable) []any {
	return []any{&c.code, &c.title, &c.amount, &c.currency, &c.usedAt, &c.usedBy, &c.expired}
}

// redeem answers asks "redeem": a phone uses a coupon of its program.
func redeem(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	codes := folded(says(asks, "code"))
	if err := tx.lock(ctx, sqlLockCoupons, codes); err != nil {
		return nil, err
	}
	coupons, err := found(ctx, tx, asks, redeemableFields, sqlCoupons, codes, param(asks, askProgram), now)
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	used := map[string]bool{}
	var places []string
	var by []inbox.Ask
	for i, c := range coupons {
		result := c.judge(used)
		answers[i] = dialogs.Answer{Result: result, Data: c.told(result, asks[i].Language)}
		if result == "ok" {
			used[c.code] = true
			by, places = append(by, asks[i]), append(places, placeOf(&asks[i]))
		}
	}
	if len(by) == 0 {
		return answers, nil
	}
	return answers, tx.lock(ctx, sqlRedeem, folded(says(by, "code")), places, param(by, askID), now)
}

// judge says whether a coupon can be used; used are those that earlier asks of
// the round have used.
func (c *redeemable) judge(used map[string]bool) string {
	switch {
	case c == nil:
		return "unknown"
	case c.usedAt != nil || used[c.code]:
		return "used"
	case c.expired:
		return "expired"
	}
	return "ok"
}

func (c *redeemable) told(result, language string) map[string]any {
	if c == nil {
		return nil
	}
	data := map[string]any{"title": c.title.In(language)}
	if c.amount > 0 {
		data["amount"] = dialogs.Money{Cents: c.amount, Currency: c.currency}
	}
	if c.usedAt != nil {
		data["at"], data["reason"] = *c.usedAt, c.usedBy
	}
	if result != "ok" && data["reason"] == nil {
		data["reason"] = result
	}
	return data
}

func unredeem(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnredeem, param(asks, askID))
}
