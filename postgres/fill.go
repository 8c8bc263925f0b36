package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
)

// FillOptions say how much there shall be to look at.
type FillOptions struct {
	Code     sms.ShortCode
	First    sms.MSISDN // of the phones, which follow one another
	Contacts int        // each is a phone with a thread
	Messages int        // half of them texts of the phones, half answers
	Now      time.Time
}

// Fill puts messages of the last day and their people into a database, for
// measurements of lists: each phone wrote about as often, in turn.
func Fill(ctx context.Context, url string, o FillOptions) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	from := int64(sms.FirstID(o.Now.Add(-23 * time.Hour)))
	step := (int64(sms.FirstID(o.Now.Add(-time.Hour))) - from) / int64(max(1, o.Messages/2))
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{
			`INSERT INTO contacts (msisdn, first_name, last_name, language, created_at)
SELECT $1::bigint + n, (ARRAY['Anna', 'Bruno', 'Chloé', 'David', 'Emma'])[1 + n % 5], 'Family' || n % 5003, 'fr', now() FROM generate_series(0, $2::int - 1) n`,
			[]any{int64(o.First), o.Contacts},
		},
		{
			`INSERT INTO threads (msisdn, short_code, turn, last_mo) SELECT $1::bigint + n, $2::int, 1, now() FROM generate_series(0, $3::int - 1) n`,
			[]any{int64(o.First), int32(o.Code), o.Contacts},
		},
		{`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, route, rule, config)
SELECT $1::bigint + n * $2::bigint, $3::bigint + n % $4::int, $5::int, (SELECT min(id) FROM carriers), 1, 1, now(), 0, 'PIZZA ' || n, 'turn', 1, 'neither', 'order', 'keyword: order>begin', 1
FROM generate_series(0::bigint, $6::bigint - 1) n`, []any{from, step, int64(o.First), o.Contacts, int32(o.Code), o.Messages / 2}},
		{`INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, cause, stop_id, created_at, expires, verdict, rule, config, text, coding, segments, sent_at, done_at)
SELECT $1::bigint + n * $2::bigint + 1, $3::bigint + n % $4::int, $5::int, (SELECT min(id) FROM carriers), (SELECT min(id) FROM programs), 'reply',
  CASE WHEN n % 1000 = 0 THEN 'rejected'::message_state ELSE 'delivered' END, 1, $1::bigint + n * $2::bigint, 0, now(), now(), 'allow', 'reply', 1, 'Which size?', 0, 1, now(), now()
FROM generate_series(0::bigint, $6::bigint - 1) n`, []any{from, step, int64(o.First), o.Contacts, int32(o.Code), o.Messages / 2}},
		{`ANALYZE contacts, threads, inbound, outbound`, nil},
	} {
		if _, err := conn.Exec(ctx, s.sql, s.args...); err != nil {
			return judge("fill the lists", err)
		}
	}
	return nil
}
