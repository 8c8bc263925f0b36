package postgres

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
)

// maxPoints is more than any card holds; what would go beyond has failed.
const maxPoints = 1_000_000_000

const (
	// A card is made when it first changes.
	sqlMakeCards = `INSERT INTO points (program, msisdn, balance) SELECT DISTINCT program, msisdn, 0 FROM unnest($1::int[], $2::bigint[]) a(program, msisdn)
ORDER BY msisdn, program ON CONFLICT DO NOTHING`

	sqlLockCards = `SELECT FROM points p JOIN (SELECT DISTINCT program, msisdn FROM unnest($1::int[], $2::bigint[]) a(program, msisdn)) a USING (program, msisdn)
ORDER BY p.msisdn, p.program FOR UPDATE OF p`

	sqlCards = `SELECT a.n, p.balance FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY a(program, msisdn, n) JOIN points p USING (program, msisdn)`

	sqlEnterPoints = `WITH e AS (SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::text[])
    e(id, program, msisdn, short_code, talk, change, reason)),
made AS (INSERT INTO point_entries (id, program, msisdn, short_code, talk, at, change, reason)
  SELECT id, program, msisdn, short_code, talk, $8, change, reason FROM e)
UPDATE points p SET balance = balance + s.change FROM (SELECT program, msisdn, sum(change) AS change FROM e GROUP BY program, msisdn) s
WHERE p.program = s.program AND p.msisdn = s.msisdn`

	sqlTakeBackPoints = `WITH gone AS (DELETE FROM point_entries WHERE id = ANY ($1::bigint[]) RETURNING program, msisdn, change)
UPDATE points p SET balance = balance - s.change FROM (SELECT program, msisdn, sum(change) AS change FROM gone GROUP BY program, msisdn) s
WHERE p.program = s.program AND p.msisdn = s.msisdn`
)

// card is whose points an ask is about.
type card struct {
	program int32
	phone   int64
}

// points answers asks "points": it reads, adds or takes.
func points(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	var changing []inbox.Ask
	for i := range asks {
		if changes(&asks[i]) {
			changing = append(changing, asks[i])
		}
	}
	for _, sql := range []string{sqlMakeCards, sqlLockCards} {
		if len(changing) == 0 {
			break
		}
		if err := tx.lock(ctx, sql, param(changing, askProgram), param(changing, askPhone)); err != nil {
			return nil, err
		}
	}
	cards, err := found(ctx, tx, asks, func(balance *int64) []any { return []any{balance} }, sqlCards, param(asks, askProgram), param(asks, askPhone))
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	var entered []inbox.Ask
	var sums []int64
	balances := map[card]int64{}
	for i := range asks {
		key := card{asks[i].Program, askPhone(&asks[i])}
		if _, known := balances[key]; !known && cards[i] != nil {
			balances[key] = *cards[i]
		}
		by, sound := pointsBy(&asks[i])
		answers[i].Result = judgePoints(balances[key], by, sound)
		if answers[i].Result == "ok" && by != 0 {
			balances[key] += by
			entered, sums = append(entered, asks[i]), append(sums, by)
		}
		answers[i].Data = map[string]any{"balance": int(balances[key])}
	}
	if len(entered) == 0 {
		return answers, nil
	}
	return answers, tx.lock(ctx, sqlEnterPoints, param(entered, askID), param(entered, askProgram), param(entered, askPhone),
		param(entered, askCode), param(entered, askTalk), sums, says(entered, "for"), now)
}

func changes(a *inbox.Ask) bool { return a.Data["add"] != nil || a.Data["take"] != nil }

// pointsBy is the change that an ask wants; it is not sound when it is no whole
// number of points.
func pointsBy(a *inbox.Ask) (by int64, sound bool) {
	sign, v := int64(1), a.Data["add"]
	if v == nil {
		sign, v = -1, a.Data["take"]
	}
	if v == nil {
		return 0, true
	}
	n, whole := v.(int)
	return sign * int64(n), whole && n >= 0 && n <= maxPoints
}

func judgePoints(balance, by int64, sound bool) string {
	switch {
	case !sound || balance+by > maxPoints:
		return "failed"
	case balance+by < 0:
		return "short"
	}
	return "ok"
}

func takeBackPoints(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlTakeBackPoints, param(asks, askID))
}
