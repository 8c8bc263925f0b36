package admin

import (
	"context"
	"strconv"
	"time"
)

// Order is an order of a phone.
type Order struct {
	Program   string     `json:"program"`
	Number    int        `json:"number"`
	ShortCode string     `json:"short_code"`
	MSISDN    string     `json:"msisdn"`
	Place     string     `json:"place,omitempty"`
	Address   string     `json:"address,omitempty" doc:"absent: it is picked up"`
	WantedAt  *time.Time `json:"wanted_at,omitempty"`
	Note      string     `json:"note,omitempty"`
	Lines     string     `json:"lines" example:"2 Reine grande, 1 Coca"`
	Total     string     `json:"total" example:"31.00 EUR"`
	State     string     `json:"state" enum:"placed,accepted,refused,ready,leaving,done"`
	PlacedAt  time.Time  `json:"placed_at"`
}

type ordersInput struct {
	Program string `query:"program"`
	All     bool   `query:"all" doc:"those that are finished too"`
}

func (s *Server) listOrders(ctx context.Context, in *ordersInput) (*answer[list[Order]], error) {
	found, err := s.Orders.Orders(ctx, in.Program, in.All)
	out := list[Order]{Items: []Order{}}
	for _, o := range found {
		if !visitOf(ctx).caller.Within(o.Program) {
			continue
		}
		out.Items = append(out.Items, Order{
			Program: o.Program, Number: o.Number, ShortCode: o.Thread.Code.String(), MSISDN: shown(ctx, o.Thread.Phone), Place: o.Place, Address: words(ctx, o.Address),
			WantedAt: o.WantedAt, Note: words(ctx, o.Note), Lines: o.Lines, Total: o.Total.String(), State: o.State, PlacedAt: o.PlacedAt.UTC(),
		})
	}
	return &answer[list[Order]]{out}, err
}

type orderInput struct {
	Program string `path:"program"`
	Number  int    `path:"number" minimum:"1"`
	State   string `path:"state" enum:"accepted,refused,ready,leaving,done"`
	Body    struct {
		Minutes int    `json:"minutes,omitempty" minimum:"1" maximum:"1440" doc:"of an accepted one: until it is ready"`
		Reason  string `json:"reason,omitempty" maxLength:"100" doc:"of a refused one"`
	}
}

func (s *Server) changeOrder(ctx context.Context, in *orderInput) (*nothing, error) {
	if _, err := s.program(ctx, in.Program); err != nil {
		return nil, err
	}
	data := map[string]any{}
	if in.Body.Minutes > 0 {
		data["minutes"] = in.Body.Minutes
	}
	if in.Body.Reason != "" {
		data["reason"] = in.Body.Reason
	}
	if err := s.Orders.Change(ctx, in.Program, in.Number, in.State, visitOf(ctx).name(), data, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, in.State, "order "+in.Program+" "+strconv.Itoa(in.Number), in.Program, nil, data)
}

// Coupon is what a till wants to redeem.
type Coupon struct {
	Code  string `json:"code" minLength:"1" maxLength:"40"`
	Place string `json:"place,omitempty" doc:"where the till stands"`
}

// Redeemed is a coupon that was good.
type Redeemed struct {
	Offer   string `json:"offer"`
	Program string `json:"program"`
	Title   string `json:"title"`
	Amount  string `json:"amount" example:"2.50 EUR"`
	Variant string `json:"variant,omitempty"`
	Place   string `json:"place,omitempty" doc:"that it was issued for"`
}

// redeemCoupon answers 409 for one that was used or is too old.
func (s *Server) redeemCoupon(ctx context.Context, in *answer[Coupon]) (*answer[Redeemed], error) {
	r, err := s.Orders.Redeem(ctx, visitOf(ctx).caller.Programs, in.Body.Code, visitOf(ctx).name(), in.Body.Place, s.Clock())
	if err != nil {
		return nil, err
	}
	return &answer[Redeemed]{Redeemed{r.Offer, r.Program, r.Title, r.Amount.String(), r.Variant, r.Place}}, nil
}
