package admin

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/sms"
)

// Simulators are the simulated carriers of a demo. Its methods are safe for
// concurrent use.
type Simulators interface {
	// Carriers lists them.
	Carriers() []SimulatedCarrier
	// Send lets a phone text a short code, and returns when the gateway has taken
	// the text. The error is for people.
	Send(ctx context.Context, carrier string, phone sms.MSISDN, code sms.ShortCode, text string) error
	// Transcript returns what a phone sent and received after the entry with the
	// number, oldest first.
	Transcript(ctx context.Context, carrier string, phone sms.MSISDN, after int64) ([]PhoneText, error)
}

// SimulatedCarrier is one of the demo's carriers.
type SimulatedCarrier struct {
	Carrier    string   `json:"carrier"`
	ShortCodes []string `json:"short_codes" doc:"that it serves"`
	Phones     []string `json:"phones" doc:"numbers of its country to begin with"`
}

// PhoneText is a text that a virtual phone sent or received.
type PhoneText struct {
	Number    int64     `json:"number" doc:"1, 2, 3 … on this phone, from the start of the demo"`
	At        time.Time `json:"at"`
	Received  bool      `json:"received" doc:"from the short code; else the phone sent it"`
	ShortCode string    `json:"short_code"`
	Text      string    `json:"text"`
	Segments  int       `json:"segments"`
	State     string    `json:"state,omitempty" enum:"waiting,acknowledged,rejected" doc:"of what the phone sent: whether the gateway has taken it"`
}

// errNoDemo refuses where there are real carriers alone.
var errNoDemo = huma.Error404NotFound("virtual phones need simulated carriers, and this gateway runs with real ones: start `repartee demo` for them")

// simulators returns the demo's carriers. A phone gets texts of every program.
func (s *Server) simulators(ctx context.Context) (Simulators, error) {
	if s.Simulators == nil {
		return nil, errNoDemo
	}
	return s.Simulators, whole(ctx)
}

func (s *Server) listSimulators(ctx context.Context, _ *nothing) (*answer[list[SimulatedCarrier]], error) {
	sims, err := s.simulators(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[SimulatedCarrier]]{list[SimulatedCarrier]{Items: sims.Carriers()}}, nil
}

// carrierOf finds a simulated carrier by its name.
func carrierOf(sims Simulators, name, location string) (SimulatedCarrier, error) {
	all := sims.Carriers()
	i := slices.IndexFunc(all, func(c SimulatedCarrier) bool { return c.Carrier == name })
	if i < 0 {
		return SimulatedCarrier{}, invalid(location, "no simulated carrier has this name: GET /phones lists them")
	}
	return all[i], nil
}

type textInput struct {
	PhonePath
	Body struct {
		Carrier   string `json:"carrier" example:"orange-sim"`
		ShortCode string `json:"short_code" example:"36111"`
		Text      string `json:"text" minLength:"1" maxLength:"1600"`
	}
}

func (s *Server) textFromPhone(ctx context.Context, in *textInput) (*nothing, error) {
	sims, err := s.simulators(ctx)
	if err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	c, err := carrierOf(sims, in.Body.Carrier, "body.carrier")
	if err != nil {
		return nil, err
	}
	code, err := sms.ParseShortCode(in.Body.ShortCode)
	if err != nil || !slices.Contains(c.ShortCodes, code.String()) {
		return nil, invalid("body.short_code", c.Carrier+" does not serve this short code: GET /phones lists those that it does")
	}
	if err := sims.Send(ctx, c.Carrier, phone, code, in.Body.Text); err != nil {
		return nil, huma.Error409Conflict(err.Error())
	}
	return &nothing{}, nil
}

type transcriptInput struct {
	PhonePath
	Carrier string `query:"carrier" required:"true" doc:"the simulated carrier that the phone is on"`
	After   int64  `query:"after" minimum:"0" doc:"only what came after the text with this number"`
}

func (s *Server) phoneTranscript(ctx context.Context, in *transcriptInput) (*answer[list[PhoneText]], error) {
	sims, err := s.simulators(ctx)
	if err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	c, err := carrierOf(sims, in.Carrier, "query.carrier")
	if err != nil {
		return nil, err
	}
	texts, err := sims.Transcript(ctx, c.Carrier, phone, in.After)
	if err != nil {
		return nil, err
	}
	for i := range texts {
		texts[i].At, texts[i].Text = texts[i].At.UTC(), words(ctx, texts[i].Text)
	}
	return &answer[list[PhoneText]]{list[PhoneText]{Items: append([]PhoneText{}, texts...)}}, nil
}
