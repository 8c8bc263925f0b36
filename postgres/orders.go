package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
	"repartee/views"
)

// OrderStore is for shops: what was ordered, what becomes of it, and the
// coupons that tills take. It is safe for concurrent use.
type OrderStore struct{ pool *pgxpool.Pool }

var _ views.Orders = (*OrderStore)(nil)

// OpenOrderStore connects to the database.
func OpenOrderStore(ctx context.Context, url string) (*OrderStore, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &OrderStore{pool: pool}, nil
}

// Close ends the connections.
func (s *OrderStore) Close() { s.pool.Close() }

// placed is an order with the conversation that it belongs to.
type placed struct {
	views.Order
	talk sms.ID
}

const sqlOrders = `SELECT p.name, o.number, o.msisdn, o.short_code, o.talk, o.place, o.address, o.wanted_at, o.note, o.total, o.currency, o.state, o.placed_at,
  (SELECT string_agg(concat_ws(' ', l ->> 'quantity', l ->> 'item', (SELECT string_agg(c.value, ' ') FROM jsonb_each_text(l -> 'chosen') c)), ', ') FROM jsonb_array_elements(o.lines) l)
FROM orders o JOIN programs p ON p.id = o.program WHERE ($1 = '' OR p.name = $1)`

func scanOrder(row pgx.CollectableRow) (o placed, err error) {
	err = row.Scan(&o.Program, &o.Number, (*int64)(&o.Thread.Phone), (*int32)(&o.Thread.Code), (*int64)(&o.talk), &o.Place, &o.Address, &o.WantedAt, &o.Note,
		&o.Total.Cents, &o.Total.Currency, &o.State, &o.PlacedAt, &o.Lines)
	return o, err
}

// Orders lists the orders of a program, or of all ("") that are not finished
// yet, oldest first; with all, the finished ones too.
func (s *OrderStore) Orders(ctx context.Context, program string, all bool) ([]views.Order, error) {
	rows, err := s.pool.Query(ctx, sqlOrders+` AND ($2 OR o.state NOT IN ('refused', 'done')) ORDER BY o.placed_at, o.id`, program, all)
	if err != nil {
		return nil, judge("read orders", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (views.Order, error) {
		o, err := scanOrder(row)
		return o.Order, err
	})
	return list, judge("read orders", err)
}

// orderSteps are the states that an order may be in before each one.
var orderSteps = map[string][]string{
	"accepted": {"placed"},
	"refused":  {"placed", "accepted"},
	"ready":    {"accepted"},
	"leaving":  {"accepted", "ready"},
	"done":     {"accepted", "ready", "leaving"},
}

// Change moves an order on and tells its conversation by the event order.STATE
// with the data: minutes of an accepted one, the reason of a refused one. Both
// happen or neither.
func (s *OrderStore) Change(ctx context.Context, program string, number int, state, by string, data map[string]any, now time.Time) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlOrders+` AND o.number = $2 FOR UPDATE OF o`, program, number)
		if err != nil {
			return judge("read an order", err)
		}
		o, err := pgx.CollectExactlyOneRow(rows, scanOrder)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return &views.NotFoundError{Text: fmt.Sprintf("program %s has no order %d", program, number)}
		case err != nil:
			return judge("read an order", err)
		case !slices.Contains(orderSteps[state], o.State):
			return &views.RefusedError{Text: fmt.Sprintf("order %d is %s: only one that is %s can become %s", number, o.State, strings.Join(orderSteps[state], " or "), state)}
		}
		in, err := inbox.NewInput(o.Thread, fmt.Sprintf("order:%s:%d:%s", program, number, state), dialogs.Event{Name: "order." + state, Talk: o.talk, Data: data}, now)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`UPDATE orders o SET state = $3, changed_at = $4, changed_by = $5 FROM programs p WHERE p.id = o.program AND p.name = $1 AND o.number = $2`, program, number, state, now, by)
		if state == "accepted" {
			b.Queue(`INSERT INTO contacts (msisdn, orders) VALUES ($1, 1) ON CONFLICT (msisdn) DO UPDATE SET orders = contacts.orders + 1`, int64(o.Thread.Phone))
		}
		queueInputs(b, []inbox.Input{in})
		return judge("change an order", tx.SendBatch(ctx, b).Close())
	})
}

const (
	sqlTillCoupon = `SELECT o.name, p.name, p.languages[1], o.title, o.amount, p.currency, c.variant, c.place, c.used_at, coalesce(c.used_by, ''), c.valid_until
FROM coupons c JOIN offers o ON o.id = c.offer JOIN programs p ON p.id = o.program WHERE c.code = $1 FOR UPDATE OF c`

	sqlTillRedeem = `WITH used AS (UPDATE coupons SET used_at = $2, used_by = $3, used_place = $4 WHERE code = $1 RETURNING *)` + sqlTellRedeemed
)

// Redeem uses a coupon at a till, once, and tells the conversation that gave it
// away. The error says why it is not good.
func (s *OrderStore) Redeem(ctx context.Context, programs []string, code, till, place string, now time.Time) (r views.Redeemed, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var language, usedBy string
		var c redeemable
		var until *time.Time
		err := tx.QueryRow(ctx, sqlTillCoupon, foldCode(code)).Scan(&r.Offer, &r.Program, &language, &c.title, &r.Amount.Cents, &r.Amount.Currency, &r.Variant, &r.Place, &c.usedAt, &usedBy, &until)
		switch {
		case errors.Is(err, pgx.ErrNoRows), err == nil && len(programs) > 0 && !slices.Contains(programs, r.Program):
			return &views.NotFoundError{Text: "there is no coupon " + code}
		case err != nil:
			return judge("read a coupon", err)
		case c.usedAt != nil:
			return &views.RefusedError{Text: fmt.Sprintf("coupon %s was used at %s by %s", code, c.usedAt.Format(time.RFC3339), usedBy)}
		case until != nil && !now.Before(*until):
			return &views.RefusedError{Text: fmt.Sprintf("coupon %s was good until %s", code, until.Format(time.RFC3339))}
		}
		r.Title = c.title.In(language)
		_, err = tx.Exec(ctx, sqlTillRedeem, foldCode(code), now, till, place)
		return judge("redeem a coupon", err)
	})
	return r, err
}
