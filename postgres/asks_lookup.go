package postgres

import (
	"context"
	"fmt"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// Places of the postcode that is asked for, however it is spaced.
const sqlLookupPlaces = `SELECT a.n, p.name, p.title, p.address, p.postcode, p.country, p.hours
FROM unnest($1::text[], $2::int[]) WITH ORDINALITY a(postcode, top, n)
CROSS JOIN LATERAL (SELECT * FROM places WHERE postcode <> '' AND upper(replace(postcode, ' ', '')) = upper(replace(a.postcode, ' ', ''))
  ORDER BY name LIMIT a.top) p
ORDER BY a.n, p.name`

// lookup answers asks "lookup" in places.
func lookup(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	postcodes, tops := make([]string, len(asks)), make([]int, len(asks))
	for i, a := range asks {
		if in := textOf(a.Data, "in"); in != "places" {
			return nil, &sms.PermanentError{Err: fmt.Errorf("a flow looks in %s, which nothing answers", in)}
		}
		postcodes[i] = textOf(a.Data, "for")
		tops[i], _ = a.Data["limit"].(int)
	}
	rows, err := tx.conn.Query(ctx, sqlLookupPlaces, postcodes, tops)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([][]any, len(asks))
	for rows.Next() {
		var n int
		var name, title, address, postcode, country, hours string
		if err := rows.Scan(&n, &name, &title, &address, &postcode, &country, &hours); err != nil {
			return nil, err
		}
		found[n-1] = append(found[n-1], map[string]any{
			"name": name, "title": title, "address": address, "postcode": postcode, "country": country, "hours": hours,
		})
	}
	answers := make([]dialogs.Answer, len(asks))
	for i, list := range found {
		answers[i] = dialogs.Answer{Result: "none"}
		if len(list) > 0 {
			answers[i] = dialogs.Answer{Result: "ok", Data: map[string]any{"list": list}}
		}
	}
	return answers, rows.Err()
}
