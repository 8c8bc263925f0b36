package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/endpoints"
)

// oldSecretLives is how long the secret before a rotation stays good.
const oldSecretLives = 24 * time.Hour

// Endpoint is an address that is told what happens.
type Endpoint struct {
	ID             string           `json:"id"`
	Name           string           `json:"name"`
	URL            string           `json:"url"`
	Events         []endpoints.Type `json:"events"`
	Programs       []string         `json:"programs" doc:"empty: all"`
	IncludeText    bool             `json:"include_text" doc:"what people wrote and what they were sent is among the data"`
	Private        bool             `json:"private" doc:"it may stand in a private network"`
	CreatedBy      string           `json:"created_by"`
	CreatedAt      time.Time        `json:"created_at"`
	Disabled       bool             `json:"disabled"`
	DisabledAt     *time.Time       `json:"disabled_at,omitempty"`
	DisabledBy     string           `json:"disabled_by,omitempty" doc:"absent: the endpoint answered that it is gone (410)"`
	LastSuccessAt  *time.Time       `json:"last_success_at,omitempty" doc:"to ten seconds"`
	FailingSince   *time.Time       `json:"failing_since,omitempty" doc:"absent: the last request went well"`
	LastError      string           `json:"last_error,omitempty"`
	OldSecretUntil *time.Time       `json:"old_secret_until,omitempty" doc:"until then the secret before signs as well"`
	Secret         string           `json:"secret,omitempty" doc:"shown once; checks the signatures"`
}

func endpointOf(e *endpoints.Endpoint, now time.Time) Endpoint {
	out := Endpoint{
		ID: strconv.FormatInt(e.ID, 10), Name: e.Name, URL: e.URL, Events: e.Events, Programs: e.Programs, IncludeText: e.IncludeText, Private: e.Private,
		CreatedBy: e.CreatedBy, CreatedAt: e.CreatedAt.UTC(), Disabled: !e.DisabledAt.IsZero(), DisabledAt: optional(e.DisabledAt), DisabledBy: e.DisabledBy,
		LastSuccessAt: optional(e.LastSuccessAt), FailingSince: optional(e.FailingSince), LastError: e.LastError,
	}
	if now.Before(e.OldUntil) {
		out.OldSecretUntil = optional(e.OldUntil)
	}
	if out.Programs == nil {
		out.Programs = []string{}
	}
	return out
}

// reached reports whether the caller may look after an endpoint: one that is
// told of other programs too is not for somebody who is narrowed.
func reached(ctx context.Context, e *endpoints.Endpoint) bool {
	caller := visitOf(ctx).caller
	if len(e.Programs) == 0 {
		return caller.Within("")
	}
	return !slices.ContainsFunc(e.Programs, func(p string) bool { return !caller.Within(p) })
}

// mine refuses an endpoint that the caller does not reach.
func mine(ctx context.Context, e *endpoints.Endpoint) error {
	if !reached(ctx, e) {
		return huma.Error403Forbidden("this endpoint is told of programs that are not yours")
	}
	return nil
}

func (s *Server) listEndpoints(ctx context.Context, _ *nothing) (*answer[list[Endpoint]], error) {
	found, err := s.Endpoints.Endpoints(ctx)
	out := list[Endpoint]{Items: []Endpoint{}}
	for i := range found {
		if reached(ctx, &found[i]) {
			out.Items = append(out.Items, endpointOf(&found[i], s.Clock()))
		}
	}
	return &answer[list[Endpoint]]{out}, err
}

// maxEndpoints is how many there may be.
const maxEndpoints = 50

// NewEndpoint says what an endpoint shall be told.
type NewEndpoint struct {
	Name        string           `json:"name" minLength:"1" maxLength:"60" doc:"who listens, such as CRM"`
	URL         string           `json:"url" maxLength:"500" example:"https://crm.example.com/sms"`
	Events      []endpoints.Type `json:"events" minItems:"1" maxItems:"20" enum:"message.received,message.sent,message.delivered,message.failed,conversation.ended,consent.changed,order.placed,order.changed,coupon.redeemed"`
	Programs    []string         `json:"programs,omitempty" doc:"narrows the events to these programs; empty: all"`
	IncludeText bool             `json:"include_text,omitempty" doc:"what people wrote and what they were sent is told as well"`
	Private     bool             `json:"private,omitempty" doc:"it may stand in a private network, and be reached by http"`
}

// checkEndpoint refuses what cannot be. Before is the endpoint that is changed,
// empty for a new one.
func (s *Server) checkEndpoint(ctx context.Context, before, e *endpoints.Endpoint) error {
	slices.Sort(e.Events)
	e.Events = slices.Compact(e.Events)
	for _, p := range e.Programs {
		if s.Snapshot().Program(p) == nil {
			return invalid("body.programs", "there is no program "+p)
		}
	}
	if err := e.CheckURL(); err != nil {
		return invalid("body.url", err.Error())
	}
	if !reached(ctx, e) {
		return invalid("body.programs", "your rights are for some programs: choose among those")
	}
	if e.Private && (!before.Private || before.URL != e.URL) && !visitOf(ctx).caller.Within("") {
		return invalid("body.private", "what stands in the private network is all programs' business, and your rights are for some: ask somebody whose rights are not narrowed")
	}
	return nil
}

func (s *Server) addEndpoint(ctx context.Context, in *answer[NewEndpoint]) (*answer[Endpoint], error) {
	b := &in.Body
	e := &endpoints.Endpoint{
		Name: b.Name, URL: b.URL, Events: b.Events, Programs: b.Programs, IncludeText: b.IncludeText, Private: b.Private,
		Secret: endpoints.NewSecret(), CreatedBy: visitOf(ctx).name(), CreatedAt: s.Clock(),
	}
	if err := s.checkEndpoint(ctx, &endpoints.Endpoint{}, e); err != nil {
		return nil, err
	}
	all, err := s.Endpoints.Endpoints(ctx)
	if err == nil && len(all) >= maxEndpoints {
		err = huma.Error409Conflict("there are " + strconv.Itoa(maxEndpoints) + " endpoints: remove one that is not needed any more")
	}
	if err != nil {
		return nil, err
	}
	if e.ID, err = s.Endpoints.AddEndpoint(ctx, e); err != nil {
		return nil, err
	}
	out := endpointOf(e, s.Clock())
	if err := s.record(ctx, "made", "endpoint "+e.Name, onlyOne(e.Programs), nil, out); err != nil {
		return nil, err
	}
	out.Secret = e.Secret
	return &answer[Endpoint]{out}, nil
}

// EndpointPath is an endpoint in a path.
type EndpointPath struct {
	ID int64 `path:"id" minimum:"1"`
}

// endpoint finds an endpoint that the caller may look after.
func (s *Server) endpoint(ctx context.Context, id int64) (*endpoints.Endpoint, error) {
	e, err := s.Endpoints.Endpoint(ctx, id)
	if err != nil {
		return nil, err
	}
	return e, mine(ctx, e)
}

func (s *Server) showEndpoint(ctx context.Context, in *EndpointPath) (*answer[Endpoint], error) {
	e, err := s.endpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Endpoint]{endpointOf(e, s.Clock())}, nil
}

type endpointChange struct {
	EndpointPath
	Body struct {
		Name        *string           `json:"name,omitempty" minLength:"1" maxLength:"60"`
		URL         *string           `json:"url,omitempty" maxLength:"500"`
		Events      *[]endpoints.Type `json:"events,omitempty" minItems:"1" maxItems:"20" enum:"message.received,message.sent,message.delivered,message.failed,conversation.ended,consent.changed,order.placed,order.changed,coupon.redeemed"`
		Programs    *[]string         `json:"programs,omitempty"`
		IncludeText *bool             `json:"include_text,omitempty"`
		Private     *bool             `json:"private,omitempty"`
		Disabled    *bool             `json:"disabled,omitempty"`
	}
}

func (s *Server) changeEndpoint(ctx context.Context, in *endpointChange) (*answer[Endpoint], error) {
	return s.editEndpoint(ctx, in.ID, "changed", func(e *endpoints.Endpoint) error {
		before := *e
		in.apply(e, visitOf(ctx).name(), s.Clock())
		return s.checkEndpoint(ctx, &before, e)
	})
}

// editEndpoint changes an endpoint that the caller may look after, for the record.
func (s *Server) editEndpoint(ctx context.Context, id int64, action string, f func(*endpoints.Endpoint) error) (*answer[Endpoint], error) {
	var before, after Endpoint
	err := s.Endpoints.ChangeEndpoint(ctx, id, func(e *endpoints.Endpoint) error {
		if err := mine(ctx, e); err != nil {
			return err
		}
		before = endpointOf(e, s.Clock())
		err := f(e)
		after = endpointOf(e, s.Clock())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &answer[Endpoint]{after}, s.record(ctx, action, "endpoint "+after.Name, onlyOne(after.Programs), before, after)
}

func (c *endpointChange) apply(e *endpoints.Endpoint, by string, now time.Time) {
	b := &c.Body
	if b.Name != nil {
		e.Name = *b.Name
	}
	if b.URL != nil {
		e.URL = *b.URL
	}
	if b.Events != nil {
		e.Events = slices.Clone(*b.Events)
	}
	if b.Programs != nil {
		e.Programs = slices.Clone(*b.Programs)
	}
	if b.IncludeText != nil {
		e.IncludeText = *b.IncludeText
	}
	if b.Private != nil {
		e.Private = *b.Private
	}
	if b.Disabled == nil || *b.Disabled == !e.DisabledAt.IsZero() {
		return
	}
	e.DisabledAt, e.DisabledBy = time.Time{}, ""
	if *b.Disabled {
		e.DisabledAt, e.DisabledBy = now, by
		return
	}
	e.FailingSince, e.LastError = time.Time{}, ""
}

func (s *Server) removeEndpoint(ctx context.Context, in *EndpointPath) (*nothing, error) {
	e, err := s.endpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Endpoints.RemoveEndpoint(ctx, e.ID); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "removed", "endpoint "+e.Name, onlyOne(e.Programs), endpointOf(e, s.Clock()), nil)
}

// rotateSecret gives an endpoint another secret, which is shown once.
func (s *Server) rotateSecret(ctx context.Context, in *EndpointPath) (*answer[Endpoint], error) {
	secret := endpoints.NewSecret()
	out, err := s.editEndpoint(ctx, in.ID, "made another secret", func(e *endpoints.Endpoint) error {
		e.Rotate(secret, s.Clock().Add(oldSecretLives))
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Body.Secret = secret
	return out, nil
}
