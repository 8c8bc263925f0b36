package admin

import (
	"context"
	"time"

	"repartee/views"
)

// Carrier is a carrier as it is at this moment.
type Carrier struct {
	Name       string  `json:"name"`
	Addr       string  `json:"addr"`
	SystemID   string  `json:"system_id"`
	Throughput float64 `json:"throughput" doc:"configured; segments a second, 0: no limit"`
	Pace       float64 `json:"pace" doc:"in force"`
	Bound      bool    `json:"bound" doc:"every kind of bind that it is configured for stands"`
	Binds      []Bind  `json:"binds"`
	Lanes      int     `json:"lanes" doc:"messages that wait for room in the windows"`
	Submitted  int64   `json:"submitted" doc:"submit_sm since the program was started"`
	Delivered  int64   `json:"delivered" doc:"deliver_sm and data_sm since then, receipts too"`
	Unanswered int64   `json:"unanswered" doc:"submit_sm of unknown outcome"`
	Responses  []Tally `json:"responses" doc:"submit_sm_resp by the name of their status"`
}

// Bind is one session with an SMSC, or the attempt to have one.
type Bind struct {
	Role      string     `json:"role" enum:"trx,tx,rx"`
	Slot      int        `json:"slot"`
	State     string     `json:"state"`
	Since     *time.Time `json:"since,omitempty"`
	Window    int        `json:"window"`
	Used      int        `json:"used" doc:"of the window"`
	LastError string     `json:"last_error,omitempty" doc:"why it is not bound, or ended last"`
	Next      *time.Time `json:"next_attempt,omitempty"`
}

func (s *Server) listCarriers(ctx context.Context, _ *nothing) (*answer[list[Carrier]], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	out := list[Carrier]{Items: []Carrier{}}
	for _, c := range s.Links.Carriers() {
		out.Items = append(out.Items, carrier(&c))
	}
	return &answer[list[Carrier]]{out}, nil
}

func carrier(c *views.Carrier) Carrier {
	out := Carrier{
		Name: c.Name, Addr: c.Addr, SystemID: c.SystemID, Throughput: c.Throughput, Pace: c.Pace, Bound: c.Bound, Binds: []Bind{}, Lanes: c.Lanes,
		Submitted: c.Submitted, Delivered: c.Delivered, Unanswered: c.Unanswered, Responses: counts(c.Responses),
	}
	for _, b := range c.Binds {
		out.Binds = append(out.Binds, Bind{b.Role, b.Slot, b.State, optional(b.Since), b.Window, b.Used, b.LastError, optional(b.Next)})
	}
	return out
}

// CarrierPath is the name of a carrier in a path.
type CarrierPath struct {
	Name string `path:"name"`
}

// rebindCarrier drains a carrier and binds it anew.
func (s *Server) rebindCarrier(ctx context.Context, in *CarrierPath) (*nothing, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	if err := s.Links.Rebind(ctx, in.Name); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "bound anew", "carrier "+in.Name, "", nil, nil)
}
