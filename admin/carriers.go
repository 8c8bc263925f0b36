package admin

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"repartee/programs"
	"repartee/views"
)

// Carrier is a carrier as it is at this moment.
type Carrier struct {
	Name       string  `json:"name"`
	Addr       string  `json:"addr"`
	SystemID   string  `json:"system_id"`
	Throughput float64 `json:"throughput" doc:"configured; segments a second, 0: no limit"`
	Pace       float64 `json:"pace" doc:"in force"`
	Paused     bool    `json:"paused" doc:"texts of phones are taken, nothing is submitted"`
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
		Name: c.Name, Addr: c.Addr, SystemID: c.SystemID, Throughput: c.Throughput, Pace: c.Pace, Paused: c.Paused, Bound: c.Bound, Binds: []Bind{}, Lanes: c.Lanes,
		Submitted: c.Submitted, Delivered: c.Delivered, Unanswered: c.Unanswered, Responses: counts(c.Responses),
	}
	for _, b := range c.Binds {
		out.Binds = append(out.Binds, Bind{b.Role, b.Slot, b.State, optional(b.Since), b.Window, b.Used, b.LastError, optional(b.Next)})
	}
	return out
}

// PDU is one that a session read or wrote. What it says is not shown.
type PDU struct {
	At        time.Time `json:"at"`
	Direction string    `json:"direction" enum:"in,out" doc:"out: the gateway wrote it"`
	Role      string    `json:"role" enum:"trx,tx,rx"`
	Slot      int       `json:"slot"`
	Command   string    `json:"command" example:"submit_sm"`
	Status    string    `json:"status,omitempty" doc:"of a response"`
	Sequence  uint32    `json:"sequence"`
	Length    int       `json:"length" doc:"octets"`
	From      string    `json:"from,omitempty" doc:"phone numbers are masked"`
	To        string    `json:"to,omitempty"`
	MessageID string    `json:"message_id,omitempty"`
	ESMClass  uint8     `json:"esm_class,omitempty"`
	Coding    uint8     `json:"data_coding,omitempty"`
	UserData  int       `json:"user_data,omitempty" doc:"octets of text and user data header"`
}

// showTraffic shows the newest PDUs of a carrier's sessions.
func (s *Server) showTraffic(ctx context.Context, in *CarrierPath) (*answer[list[PDU]], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	found, err := s.Links.Traffic(in.Name)
	if err != nil {
		return nil, err
	}
	out := list[PDU]{Items: []PDU{}}
	for _, p := range found {
		direction := "in"
		if p.Out {
			direction = "out"
		}
		out.Items = append(out.Items, PDU{
			p.At.UTC(), direction, p.Role, p.Slot, p.Command, p.Status, p.Sequence, p.Length, p.From, p.To, p.MessageID, p.ESMClass, p.Coding, p.UserData,
		})
	}
	return &answer[list[PDU]]{out}, nil
}

// CarrierPath is the name of a carrier in a path.
type CarrierPath struct {
	Name string `path:"name"`
}

// pauseCarrier halts what is submitted to a carrier, resumeCarrier lets it go
// on. Both are edits of its object.
func (s *Server) pauseCarrier(ctx context.Context, in *CarrierPath) (*nothing, error) {
	return s.setPaused(ctx, in.Name, true)
}

func (s *Server) resumeCarrier(ctx context.Context, in *CarrierPath) (*nothing, error) {
	return s.setPaused(ctx, in.Name, false)
}

func (s *Server) setPaused(ctx context.Context, name string, paused bool) (*nothing, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	err := s.atVersion(ctx, func(shop *programs.Shop, store programs.Store) error {
		doc, err := document(shop, "carriers", name)
		if err == nil && doc == nil {
			err = &views.NotFoundError{Text: "there is no carrier " + name}
		}
		if err != nil {
			return err
		}
		keys := map[string]json.RawMessage{}
		if err := json.Unmarshal(doc, &keys); err != nil {
			return err
		}
		keys["paused"] = json.RawMessage(strconv.FormatBool(paused))
		body, err := json.Marshal(keys)
		if err != nil {
			return err
		}
		edit, problems := programs.ReadObject(shop, "carriers", name, body)
		if problems.Failed() {
			return editProblem(edit, problems)
		}
		_, err = programs.Apply(ctx, store, edit.Wanted, programs.Wish{By: visitOf(ctx).name()})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, map[bool]string{true: "paused", false: "resumed"}[paused], "carrier "+name, "", nil, nil)
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
