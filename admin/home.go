package admin

import (
	"context"
	"time"

	"repartee/views"
)

// Home tells how the gateway does.
type Home struct {
	At       time.Time      `json:"at"`
	Carriers []CarrierState `json:"carriers"`
	Minutes  []Minute       `json:"minutes" doc:"of the last hour, oldest first"`
	Hour     Totals         `json:"hour"`
	Day      Totals         `json:"day"`
	Waiting  Waiting        `json:"waiting"`
	Warnings []Unusual      `json:"warnings"`
}

// CarrierState tells whether a carrier is bound.
type CarrierState struct {
	Name  string `json:"name"`
	Bound bool   `json:"bound"`
	Error string `json:"error,omitempty" doc:"why a bind does not stand; not for those who are narrowed to programs"`
}

// Minute is what happened in a minute.
type Minute struct {
	At time.Time `json:"at"`
	MO int64     `json:"mo"`
	MT int64     `json:"mt"`
}

// Totals is what happened in a span of time.
type Totals struct {
	MO        int64   `json:"mo"`
	MT        int64   `json:"mt" doc:"that carriers took"`
	OptOuts   int64   `json:"opt_outs"`
	Delivered int64   `json:"delivered"`
	Failed    int64   `json:"failed" doc:"rejected by carriers, or not delivered"`
	Refused   []Tally `json:"refused" doc:"by the gate, by rule"`
	Held      []Tally `json:"held" doc:"by the gate, by rule"`
}

// Waiting counts what waits.
type Waiting struct {
	Handoffs int `json:"handoffs"`
	Reviews  int `json:"reviews"`
	Orders   int `json:"orders"`
	Due      int `json:"due" doc:"messages to be sent as soon as possible"`
	Later    int `json:"later" doc:"messages that are held until their time"`
}

// Unusual is a warning: n of a whole, or beside what is usual.
type Unusual struct {
	Kind string `json:"kind" enum:"mo-spike,mo-silence,opt-outs,undelivered,rejected"`
	N    int64  `json:"n"`
	Of   int64  `json:"of"`
}

const day = 24 * time.Hour

// showHome tells everybody how the gateway does; what waits for people within
// the caller's rights.
func (s *Server) showHome(ctx context.Context, _ *nothing) (*answer[Home], error) {
	now := s.Clock().UTC()
	figures, err := s.Lists.Figures(ctx, now.Add(-day))
	if err != nil {
		return nil, err
	}
	var names []string
	if caller := visitOf(ctx).caller; !caller.Within("") {
		names = some(caller.Programs)
	}
	w, err := s.Lists.Waiting(ctx, s.reach(ctx), names, now)
	if err != nil {
		return nil, err
	}
	out := Home{
		At: now, Carriers: []CarrierState{}, Minutes: minutes(figures, now), Hour: totals(figures, now.Add(-time.Hour)), Day: totals(figures, now.Add(-day)),
		Waiting: Waiting(w), Warnings: []Unusual{},
	}
	for _, c := range s.Links.Carriers() {
		state := CarrierState{Name: c.Name, Bound: c.Bound}
		if whole(ctx) == nil { // the trouble names addresses
			state.Error = troubleOf(&c)
		}
		out.Carriers = append(out.Carriers, state)
	}
	for _, x := range views.Warnings(figures, now) {
		out.Warnings = append(out.Warnings, Unusual(x))
	}
	return &answer[Home]{out}, nil
}

// troubleOf is why a carrier that is not bound is not.
func troubleOf(c *views.Carrier) string {
	if c.Bound {
		return ""
	}
	if c.Problem != "" {
		return c.Problem
	}
	for _, b := range c.Binds {
		if b.LastError != "" {
			return b.LastError
		}
	}
	return ""
}

// minutes are those of the last hour, also those in which nothing happened.
func minutes(figures []views.Figure, now time.Time) []Minute {
	first := now.Truncate(time.Minute).Add(-59 * time.Minute)
	out := make([]Minute, 60)
	for i := range out {
		out[i].At = first.Add(time.Duration(i) * time.Minute)
	}
	for _, f := range figures {
		i := int(f.Minute.Sub(first) / time.Minute)
		if f.Minute.Before(first) || i >= len(out) {
			continue
		}
		switch {
		case f.Name == views.FigureMO:
			out[i].MO += f.N
		case f.Name == views.FigureOutcome && f.Label == "sent":
			out[i].MT += f.N
		}
	}
	return out
}

func totals(figures []views.Figure, from time.Time) (t Totals) {
	var by []views.Counted
	t.MO, by = views.Sum(figures, views.FigureMO, from)
	t.OptOuts = views.CountOf(by, "opt-out")
	_, by = views.Sum(figures, views.FigureOutcome, from)
	t.MT, t.Failed = views.CountOf(by, "sent"), views.CountOf(by, "rejected")
	receipts, by := views.Sum(figures, views.FigureReceipt, from)
	t.Delivered = views.CountOf(by, "delivered")
	t.Failed += receipts - t.Delivered
	_, by = views.Sum(figures, views.FigureRefused, from)
	t.Refused = counts(by)
	_, by = views.Sum(figures, views.FigureHeld, from)
	t.Held = counts(by)
	return t
}

// Tally is how often something happened.
type Tally struct {
	Label string `json:"label"`
	N     int64  `json:"n"`
}

func counts(by []views.Counted) []Tally {
	out := make([]Tally, 0, len(by))
	for _, c := range by {
		out = append(out, Tally(c))
	}
	return out
}
