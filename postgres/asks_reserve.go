package postgres

import (
	"context"
	"slices"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
)

const (
	// A reservation holds its item for a day.
	sqlReservable = `SELECT a.n, u.last, coalesce(c.items, '[]'),
  (SELECT count(*) FROM reservations r WHERE r.program = a.program AND r.item = a.item AND r.place = a.place AND r.at > $4::timestamptz - interval '1 day')
FROM unnest($1::int[], $2::text[], $3::text[]) WITH ORDINALITY a(program, item, place, n)
JOIN numbers u ON u.program = a.program AND u.kind = 'reservation' LEFT JOIN catalogues c ON c.program = a.program`

	sqlReserve = `WITH o AS (SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::text[])
    o(id, program, number, msisdn, short_code, talk, item, place)),
made AS (INSERT INTO reservations (id, program, number, msisdn, short_code, talk, item, place, at) SELECT *, $9 FROM o)
UPDATE numbers u SET last = m.last FROM (SELECT program, max(number) AS last FROM o GROUP BY program) m WHERE u.program = m.program AND u.kind = 'reservation'`

	sqlUnreserve = `DELETE FROM reservations WHERE id = ANY ($1::bigint[])`
)

// reservable is what a reservation is judged by.
type reservable struct {
	last  int
	items []programs.Item
	taken int
}

// shelf is where something is reserved.
type shelf struct {
	program     int32
	item, place string
}

// reserve answers asks "reserve".
func reserve(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	if err := tx.lock(ctx, sqlLockNumbers, param(asks, askProgram), "reservation"); err != nil {
		return nil, err
	}
	shops, err := found(ctx, tx, asks, func(r *reservable) []any { return []any{&r.last, &r.items, &r.taken} }, sqlReservable,
		param(asks, askProgram), says(asks, "item"), param(asks, placeOf), now)
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	last, taken := map[int32]int{}, map[shelf]int{}
	var made []inbox.Ask
	var numbers []int
	for i, r := range shops {
		a := &asks[i]
		at := shelf{a.Program, said(a, "item"), placeOf(a)}
		if !r.left(at.item, taken[at]) {
			answers[i] = dialogs.Answer{Result: "refused", Data: map[string]any{"reason": "sold_out"}}
			continue
		}
		taken[at]++
		last[a.Program] = max(last[a.Program], r.last) + 1
		made, numbers = append(made, *a), append(numbers, last[a.Program])
		answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"number": last[a.Program]}}
	}
	if len(made) == 0 {
		return answers, nil
	}
	return answers, tx.lock(ctx, sqlReserve, param(made, askID), param(made, askProgram), numbers, param(made, askPhone), param(made, askCode),
		param(made, askTalk), says(made, "item"), param(made, placeOf), now)
}

// left reports whether one more of an item can be reserved when `more` were in
// the same round; there is none of what the catalogue does not have.
func (r *reservable) left(item string, more int) bool {
	at := slices.IndexFunc(r.items, func(it programs.Item) bool { return it.Name == item })
	if at < 0 || r.items[at].SoldOut {
		return false
	}
	stock := r.items[at].Stock
	return stock == 0 || r.taken+more < stock
}

func unreserve(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnreserve, param(asks, askID))
}
