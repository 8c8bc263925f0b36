package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
	"repartee/sms"
	"repartee/sms/fold"
)

// lookup answers asks "lookup" in places, items and orders.
func lookup(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	answers := make([]dialogs.Answer, len(asks))
	rest := asks
	for in, look := range map[string]func(context.Context, *inboxTx, time.Time, []inbox.Ask) ([][]any, error){
		"places": lookupPlaces, "items": lookupItems, "orders": lookupOrders,
	} {
		these, _ := parted(asks, func(a *inbox.Ask) bool { return said(a, "in") == in })
		err := these.answer(answers, func(asks []inbox.Ask) ([]dialogs.Answer, error) {
			lists, err := look(ctx, tx, now, asks)
			return listed(asks, lists), err
		})
		if err != nil {
			return nil, err
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(a inbox.Ask) bool { return said(&a, "in") == in })
	}
	if len(rest) > 0 {
		return nil, &sms.PermanentError{Err: fmt.Errorf("a flow looks in %s, which nothing answers", said(&rest[0], "in"))}
	}
	return answers, nil
}

// listed makes answers of what was found, as much as each ask wants.
func listed(asks []inbox.Ask, lists [][]any) []dialogs.Answer {
	answers := make([]dialogs.Answer, len(lists))
	for i, list := range lists {
		answers[i] = dialogs.Answer{Result: "none"}
		if len(list) > 0 {
			answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"list": list[:min(len(list), limitOf(&asks[i]))]}}
		}
	}
	return answers
}

func limitOf(a *inbox.Ask) int {
	if n, ok := a.Data["limit"].(int); ok {
		return n
	}
	return 10
}

// Postal codes of one area begin alike: places that share the most leading
// characters with the one asked for come first, then those whose number is
// nearest. At least two must be the same.
const sqlLookupPlaces = `WITH a AS (SELECT n, top, upper(regexp_replace(postcode, '[^[:alnum:]]', '', 'g')) AS code
  FROM unnest($1::text[], $2::int[]) WITH ORDINALITY a(postcode, top, n)),
p AS (SELECT *, upper(regexp_replace(postcode, '[^[:alnum:]]', '', 'g')) AS code FROM places WHERE postcode <> '')
SELECT a.n, f.name, f.title, f.address, f.postcode, f.country, f.hours, f.open, f.time_zone FROM a
CROSS JOIN LATERAL (SELECT p.*, (SELECT max(k) FROM generate_series(2, length(a.code)) k WHERE left(p.code, k) = left(a.code, k)) AS alike FROM p
  ORDER BY alike DESC NULLS LAST, abs(coalesce(substring(p.code from '^[0-9]+$'), '0')::bigint - coalesce(substring(a.code from '^[0-9]+$'), '0')::bigint), name LIMIT a.top) f
WHERE f.alike IS NOT NULL
ORDER BY a.n, f.alike DESC, abs(coalesce(substring(f.code from '^[0-9]+$'), '0')::bigint - coalesce(substring(a.code from '^[0-9]+$'), '0')::bigint), f.name`

func lookupPlaces(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([][]any, error) {
	rows, err := tx.conn.Query(ctx, sqlLookupPlaces, says(asks, "for"), param(asks, limitOf))
	if err != nil {
		return nil, err
	}
	lists := make([][]any, len(asks))
	var n int
	var p programs.Place
	_, err = pgx.ForEachRow(rows, []any{&n, &p.Name, &p.Title, &p.Address, &p.Postcode, &p.Country, &p.Hours, &p.Open, &p.TimeZone}, func() error {
		p.Zone, _ = time.LoadLocation(p.TimeZone) // checked by apply
		lists[n-1] = append(lists[n-1], map[string]any{
			"name": p.Name, "title": p.Title, "address": p.Address, "postcode": p.Postcode, "country": p.Country, "hours": p.Hours, "open": p.OpenAt(now),
		})
		p.Open = nil
		return nil
	})
	return lists, err
}

const sqlLookupItems = `SELECT a.n, c.items, p.currency FROM unnest($1::int[]) WITH ORDINALITY a(program, n) JOIN catalogues c USING (program) JOIN programs p ON p.id = a.program`

// stocked is the catalogue that an ask looks into.
type stocked struct {
	items    []programs.Item
	currency string
}

// lookupItems finds what can be had whose name, in any language, or other word
// has the words asked for in it.
func lookupItems(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) ([][]any, error) {
	shops, err := found(ctx, tx, asks, func(s *stocked) []any { return []any{&s.items, &s.currency} }, sqlLookupItems, param(asks, askProgram))
	if err != nil {
		return nil, err
	}
	lists := make([][]any, len(asks))
	for i, s := range shops {
		if s == nil {
			continue
		}
		for _, it := range s.items {
			if it.SoldOut || !it.Known(said(&asks[i], "for")) {
				continue
			}
			title := it.Names[asks[i].Language]
			if title == "" {
				title = it.Name
			}
			lists[i] = append(lists[i], map[string]any{
				"item": it.Name, "name": title, "title": title, "price": dialogs.Money{Cents: int64(it.Price), Currency: s.currency},
			})
		}
	}
	return lists, nil
}

const sqlLookupOrders = `SELECT a.n, o.number, o.state, o.total, o.currency, o.placed_at, (SELECT string_agg((l ->> 'quantity') || ' ' || (l ->> 'name'), ', ') FROM jsonb_array_elements(o.lines) l)
FROM unnest($1::int[], $2::bigint[], $3::text[], $4::int[]) WITH ORDINALITY a(program, msisdn, wanted, top, n)
CROSS JOIN LATERAL (SELECT * FROM orders o WHERE o.program = a.program AND o.msisdn = a.msisdn AND (a.wanted = '' OR a.wanted = o.number::text)
  ORDER BY o.placed_at DESC LIMIT a.top) o ORDER BY a.n, o.placed_at DESC`

// lookupOrders finds the phone's own orders, newest first: that of a number, or
// all when what is asked for is none.
func lookupOrders(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) ([][]any, error) {
	wanted := param(asks, func(a *inbox.Ask) string {
		number := fold.Text(said(a, "for"))
		if strings.Trim(number, "0123456789") != "" {
			return ""
		}
		return number
	})
	rows, err := tx.conn.Query(ctx, sqlLookupOrders, param(asks, askProgram), param(asks, askPhone), wanted, param(asks, limitOf))
	if err != nil {
		return nil, err
	}
	lists := make([][]any, len(asks))
	var n, number int
	var state, title string
	var total dialogs.Money
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&n, &number, &state, &total.Cents, &total.Currency, &at, &title}, func() error {
		lists[n-1] = append(lists[n-1], map[string]any{"number": number, "name": nameOf(number), "title": title, "price": total, "state": state, "at": at})
		return nil
	})
	return lists, err
}
