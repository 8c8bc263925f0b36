package postgres

import (
	"context"
	"strings"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
)

const (
	sqlLockOffers = `SELECT FROM offers WHERE name = ANY ($1::text[]) ORDER BY id FOR UPDATE`

	// What an offer has left for each ask, and the coupon that the phone holds
	// and has not used.
	sqlOffers = `SELECT a.n, o.id, o.title, o.prefix, o.length, o.url, o.total, o.issued, o.per_phone, o.per_place, p.time_zone,
  ` + sqlWithin + `,
  least(CASE WHEN o.valid_days > 0 THEN (date_trunc('day', $1::timestamptz AT TIME ZONE p.time_zone) + make_interval(days => o.valid_days + 1)) AT TIME ZONE p.time_zone END,
    nullif(o.valid_until, '')::timestamp AT TIME ZONE p.time_zone),
  (SELECT count(*) FROM coupons c WHERE c.msisdn = a.msisdn AND c.offer = o.id AND c.variant = a.variant),
  (SELECT count(*) FROM coupons c WHERE c.offer = o.id AND c.place = a.place AND a.place <> '' AND o.per_place > 0),
  coalesce(h.shown, ''), h.valid_until
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[]) WITH ORDINALITY a(offer, program, msisdn, variant, place, n)
JOIN offers o ON o.name = a.offer AND o.program = a.program JOIN programs p ON p.id = o.program
LEFT JOIN LATERAL (SELECT shown, valid_until FROM coupons c WHERE c.msisdn = a.msisdn AND c.offer = o.id AND c.variant = a.variant
  AND c.used_at IS NULL AND coalesce(c.valid_until > $1, true) ORDER BY c.issued_at DESC LIMIT 1) h ON true`

	// Whether $1, now, is between the moments of o, by the clock of its program p.
	sqlWithin = `coalesce($1 >= nullif(o.opens, '')::timestamp AT TIME ZONE p.time_zone, true) AND coalesce($1 < nullif(o.closes, '')::timestamp AT TIME ZONE p.time_zone, true)`

	// A code that is taken already gives no row: its ask gets another one.
	sqlIssue = `WITH made AS (INSERT INTO coupons (code, shown, offer, msisdn, short_code, talk, variant, place, sent, issued_at, valid_until, ask)
  SELECT code, shown, offer, msisdn, short_code, talk, variant, place, nullif(sent, '')::jsonb, $12, valid_until, ask
  FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::bigint[])
    u(code, shown, offer, msisdn, short_code, talk, variant, place, sent, valid_until, ask)
  ON CONFLICT (code) DO NOTHING RETURNING offer, ask),
counted AS (UPDATE offers o SET issued = issued + m.n FROM (SELECT offer, count(*)::int AS n FROM made GROUP BY offer) m WHERE o.id = m.offer)
SELECT ask FROM made`

	sqlUnissue = `WITH gone AS (DELETE FROM coupons WHERE ask = ANY ($1::bigint[]) RETURNING offer)
UPDATE offers o SET issued = issued - g.n FROM (SELECT offer, count(*)::int AS n FROM gone GROUP BY offer) g WHERE o.id = g.offer`
)

// offered is what an offer has for an ask.
type offered struct {
	id                                        int32
	title                                     programs.Texts
	prefix, url, zone                         string
	length, total, issued, perPhone, perPlace int
	open                                      bool
	until, heldUntil                          *time.Time
	mine, here                                int
	held                                      string // a coupon of the phone that is not used
}

func offeredFields(o *offered) []any {
	return []any{
		&o.id, &o.title, &o.prefix, &o.length, &o.url, &o.total, &o.issued, &o.perPhone, &o.perPlace, &o.zone,
		&o.open, &o.until, &o.mine, &o.here, &o.held, &o.heldUntil,
	}
}

// coupon is one that is being issued.
type coupon struct {
	ask   *inbox.Ask
	offer *offered
	shown string
}

// issue answers asks "issue".
func issue(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	names := says(asks, "offer")
	if err := tx.lock(ctx, sqlLockOffers, names); err != nil {
		return nil, err
	}
	offers, err := found(ctx, tx, asks, offeredFields, sqlOffers,
		now, names, param(asks, askProgram), param(asks, askPhone), says(asks, "for"), param(asks, placeOf))
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	var made []*coupon
	taken := takings{}
	for i, o := range offers {
		answers[i].Result = taken.judge(&asks[i], o)
		if answers[i].Result == "ok" && o.held == "" {
			made = append(made, &coupon{ask: &asks[i], offer: o})
		}
	}
	if err := tx.insertCoupons(ctx, now, made); err != nil {
		return nil, err
	}
	shown := map[*inbox.Ask]string{}
	for _, c := range made {
		shown[c.ask] = c.shown
	}
	for i, o := range offers {
		if answers[i].Result == "ok" {
			answers[i].Data = o.coupon(shown[&asks[i]], asks[i].Language)
		}
	}
	return answers, nil
}

// takings count what the asks of one round take from the same offers.
type takings map[taking]int

type taking struct {
	offer          int32
	phone          int64
	variant, place string
}

// judge says whether an ask may have a coupon, and counts it.
func (t takings) judge(a *inbox.Ask, o *offered) string {
	if o == nil || !o.open {
		return "closed"
	}
	if o.held != "" {
		return "ok"
	}
	all := taking{offer: o.id}
	own := taking{offer: o.id, phone: askPhone(a), variant: said(a, "for")}
	here := taking{offer: o.id, place: placeOf(a)}
	switch {
	case o.perPhone > 0 && o.mine+t[own] >= o.perPhone:
		return "limit"
	case o.total > 0 && o.issued+t[all] >= o.total, o.perPlace > 0 && here.place != "" && o.here+t[here] >= o.perPlace:
		return "empty"
	}
	t[all]++
	t[own]++
	if here.place != "" {
		t[here]++
	}
	return "ok"
}

// coupon is what a conversation is told: shown is the new code, empty for the
// one that the phone holds.
func (o *offered) coupon(shown, language string) map[string]any {
	until, again := o.until, shown == ""
	if again {
		shown, until = o.held, o.heldUntil
	}
	data := map[string]any{"code": shown, "title": o.title.In(language), "again": again}
	if o.url != "" {
		data["url"] = strings.ReplaceAll(o.url, "{code}", shown)
	}
	if until != nil {
		data["until"] = lastMoment(*until, o.zone)
	}
	return data
}

// lastMoment is how people say until when: a day when it ends then, else the
// moment.
func lastMoment(until time.Time, zone string) any {
	if loc, err := time.LoadLocation(zone); err == nil {
		until = until.In(loc)
	}
	if until.Hour() != 0 || until.Minute() != 0 {
		return until
	}
	y, m, d := until.AddDate(0, 0, -1).Date()
	return dialogs.Date{Year: y, Month: m, Day: d}
}

// insertCoupons stores coupons under codes of their own.
func (tx *inboxTx) insertCoupons(ctx context.Context, now time.Time, todo []*coupon) error {
	for len(todo) > 0 {
		n := len(todo)
		codes, shown, offers, untils := make([]string, n), make([]string, n), make([]int32, n), make([]*time.Time, n)
		asks, sent := make([]inbox.Ask, n), make([]string, n)
		for i, c := range todo {
			c.shown = newCode(c.offer.prefix, c.offer.length)
			codes[i], shown[i], offers[i], untils[i], asks[i] = foldCode(c.shown), c.shown, c.offer.id, c.offer.until, *c.ask
			var err error
			if sent[i], err = sentWith(c.ask); err != nil {
				return err
			}
		}
		rows, err := tx.conn.Query(ctx, sqlIssue, codes, shown, offers, param(asks, askPhone), param(asks, askCode), param(asks, askTalk),
			says(asks, "for"), param(asks, placeOf), sent, untils, param(asks, askID), now)
		if err != nil {
			return err
		}
		done, err := idsOf(rows)
		if err != nil {
			return err
		}
		todo = without(todo, done)
	}
	return nil
}

// without leaves out the coupons whose asks are done.
func without(todo []*coupon, done map[int64]bool) []*coupon {
	var left []*coupon
	for _, c := range todo {
		if !done[askID(c.ask)] {
			left = append(left, c)
		}
	}
	return left
}

// sentWith is what the conversation gives with the coupon, as JSON; "" for
// nothing.
func sentWith(a *inbox.Ask) (string, error) {
	send, _ := a.Data["send"].(map[string]any)
	if len(send) == 0 {
		return "", nil
	}
	doc, err := dialogs.Values(send).MarshalJSON()
	return string(doc), err
}

// unissue gives coupons back; the code that a phone held already stays.
func unissue(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnissue, param(asks, askID))
}
