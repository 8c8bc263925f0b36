package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
	"repartee/sms/fold"
)

const (
	// The row of the last number is the lock of a program's orders.
	sqlLockNumbers = `INSERT INTO numbers (program, kind, last) SELECT DISTINCT program, $2, 0 FROM unnest($1::int[]) a(program) ORDER BY 1
ON CONFLICT (program, kind) DO UPDATE SET last = numbers.last`

	sqlOrdering = `SELECT a.n, u.last, coalesce(c.minimum, 0), coalesce(c.postcodes, '{}'), coalesce(c.url, ''), coalesce(c.items, '[]'),
  coalesce(l.open, '{}'), coalesce(l.time_zone, '')
FROM unnest($1::int[], $2::text[]) WITH ORDINALITY a(program, place, n)
JOIN numbers u ON u.program = a.program AND u.kind = 'order'
LEFT JOIN catalogues c ON c.program = a.program LEFT JOIN places l ON l.name = a.place`

	sqlOrder = `WITH o AS (SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::text[], $9::timestamptz[],
    $10::text[], $11::text[], $12::bigint[], $13::text[]) o(id, program, number, msisdn, short_code, talk, place, address, wanted_at, note, lines, total, currency)),
made AS (INSERT INTO orders (id, program, number, msisdn, short_code, talk, place, address, wanted_at, note, lines, total, currency, state, placed_at, changed_at)
  SELECT id, program, number, msisdn, short_code, talk, place, address, wanted_at, note, lines::jsonb -> 'lines', total, currency, 'placed', $14, $14 FROM o)
UPDATE numbers u SET last = m.last FROM (SELECT program, max(number) AS last FROM o GROUP BY program) m WHERE u.program = m.program AND u.kind = 'order'`

	// Its number is not given out again.
	sqlUnorder = `DELETE FROM orders WHERE id = ANY ($1::bigint[])`
)

// ordering is what an order is judged by.
type ordering struct {
	last      int
	minimum   int64
	postcodes []string
	url       string
	items     []programs.Item
	place     programs.Place
}

func orderingFields(o *ordering) []any {
	return []any{&o.last, &o.minimum, &o.postcodes, &o.url, &o.items, &o.place.Open, &o.place.TimeZone}
}

// order answers asks "order".
func order(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	if err := tx.lock(ctx, sqlLockNumbers, param(asks, askProgram), "order"); err != nil {
		return nil, err
	}
	shops, err := found(ctx, tx, asks, orderingFields, sqlOrdering, param(asks, askProgram), param(asks, placeOf))
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	last := map[int32]int{}
	var placed []inbox.Ask
	var numbers []int
	for i, o := range shops {
		a := &asks[i]
		total, _ := a.Data["total"].(dialogs.Money)
		if reason := o.refuses(a, now); reason != "" {
			answers[i] = dialogs.Answer{Result: "refused", Data: map[string]any{"reason": reason, "total": total}}
			continue
		}
		last[a.Program] = max(last[a.Program], o.last) + 1
		number := last[a.Program]
		placed, numbers = append(placed, *a), append(numbers, number)
		answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"number": number, "total": total}}
		if o.url != "" {
			answers[i].Data["url"] = strings.ReplaceAll(o.url, "{number}", nameOf(number))
		}
	}
	return answers, tx.insertOrders(ctx, now, placed, numbers)
}

// refuses says why an order is not taken: empty, closed, sold_out, minimum or
// area; "" when it is.
func (o *ordering) refuses(a *inbox.Ask, now time.Time) string {
	lines, _ := a.Data["lines"].([]any)
	total, _ := a.Data["total"].(dialogs.Money)
	wanted := now
	if t := wantedAt(a); t != nil {
		wanted = *t
	}
	o.place.Zone, _ = time.LoadLocation(o.place.TimeZone) // checked by apply
	switch {
	case len(lines) == 0:
		return "empty"
	case !o.place.OpenAt(wanted):
		return "closed"
	case slices.ContainsFunc(lines, o.soldOut):
		return "sold_out"
	case total.Cents < o.minimum:
		return "minimum"
	case said(a, "to") != "" && !o.delivers(said(a, "to")):
		return "area"
	}
	return ""
}

// soldOut reports whether a line is of something that cannot be had (any more).
func (o *ordering) soldOut(line any) bool {
	name := nameOf(line)
	at := slices.IndexFunc(o.items, func(it programs.Item) bool { return it.Name == name })
	return at < 0 || o.items[at].SoldOut
}

// delivers reports whether an address has one of the postcodes in it.
func (o *ordering) delivers(address string) bool {
	in := " " + fold.Text(address) + " "
	return len(o.postcodes) == 0 || slices.ContainsFunc(o.postcodes, func(p string) bool { return strings.Contains(in, " "+fold.Text(p)+" ") })
}

// wantedAt is when an order is wanted, nil for at once.
func wantedAt(a *inbox.Ask) *time.Time {
	if t, ok := a.Data["when"].(time.Time); ok {
		return &t
	}
	return nil
}

func (tx *inboxTx) insertOrders(ctx context.Context, now time.Time, asks []inbox.Ask, numbers []int) error {
	n := len(asks)
	if n == 0 {
		return nil
	}
	lines, totals, currencies := make([]string, n), make([]int64, n), make([]string, n)
	for i := range asks {
		doc, err := dialogs.Values{"lines": asks[i].Data["lines"]}.MarshalJSON()
		if err != nil {
			return err
		}
		total, _ := asks[i].Data["total"].(dialogs.Money)
		lines[i], totals[i], currencies[i] = string(doc), total.Cents, total.Currency
	}
	return tx.lock(ctx, sqlOrder, param(asks, askID), param(asks, askProgram), numbers, param(asks, askPhone), param(asks, askCode), param(asks, askTalk),
		param(asks, placeOf), says(asks, "to"), param(asks, wantedAt), says(asks, "note"), lines, totals, currencies, now)
}

func unorder(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnorder, param(asks, askID))
}

const (
	// Of the ten orders before this one: the lines that came most often, or the
	// last ones.
	sqlEarlierLines = `SELECT a.n, l.lines::text FROM unnest($1::int[], $2::bigint[], $3::text[]) WITH ORDINALITY a(program, msisdn, which, n)
CROSS JOIN LATERAL (SELECT lines FROM (SELECT lines, placed_at FROM orders o WHERE o.program = a.program AND o.msisdn = a.msisdn AND o.state <> 'refused'
    ORDER BY placed_at DESC LIMIT 10) x
  GROUP BY lines ORDER BY CASE WHEN a.which = 'usual' THEN count(*) END DESC NULLS LAST, max(placed_at) DESC LIMIT 1) l`
)

// load answers asks "load": the lines of an earlier order.
func load(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	earlier, err := found(ctx, tx, asks, func(lines *string) []any { return []any{lines} }, sqlEarlierLines,
		param(asks, askProgram), param(asks, askPhone), says(asks, "which"))
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	for i, lines := range earlier {
		if lines == nil {
			answers[i].Result = "none"
			continue
		}
		var data dialogs.Values
		if err := json.Unmarshal([]byte(`{"lines":`+*lines+`}`), &data); err != nil {
			return nil, err
		}
		answers[i] = dialogs.Answer{Result: "ok", Data: data}
	}
	return answers, nil
}
