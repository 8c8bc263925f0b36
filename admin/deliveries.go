package admin

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/endpoints"
)

// EndpointDelivery is one event for one endpoint.
type EndpointDelivery struct {
	ID       string          `json:"id"`
	Event    string          `json:"event" doc:"the webhook-id: the same however often it is sent"`
	Type     endpoints.Type  `json:"type"`
	At       time.Time       `json:"at" doc:"when it happened"`
	State    endpoints.State `json:"state" enum:"pending,delivered,failed"`
	Attempts int             `json:"attempts" doc:"since it was queued, or queued again"`
	LastAt   *time.Time      `json:"last_at,omitempty"`
	NextAt   *time.Time      `json:"next_at,omitempty" doc:"of one that is pending"`
	Status   int             `json:"status,omitempty" doc:"of the last answer; absent: none came"`
	TookMS   int64           `json:"took_ms,omitempty"`
	Error    string          `json:"error,omitempty"`
	Payload  json.RawMessage `json:"payload,omitempty" doc:"the body of the request, without texts; only of one that is asked for"`
}

func deliveryOf(d *endpoints.Delivery) EndpointDelivery {
	out := EndpointDelivery{
		ID: strconv.FormatInt(d.ID, 10), Event: d.Event, Type: d.Type, At: d.At.UTC(), State: d.State, Attempts: d.Attempts, LastAt: optional(d.LastAt),
		Status: d.Status, TookMS: d.Took.Milliseconds(), Error: d.Error,
	}
	if d.State == endpoints.Pending {
		out.NextAt = optional(d.Due)
	}
	return out
}

type deliveriesInput struct {
	EndpointPath
	Page
	State endpoints.State `query:"state" enum:"pending,delivered,failed"`
	Type  endpoints.Type  `query:"type"`
}

func (s *Server) listDeliveries(ctx context.Context, in *deliveriesInput) (*answer[list[EndpointDelivery]], error) {
	if _, err := s.endpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	found, err := s.Endpoints.Deliveries(ctx, endpoints.Filter{Endpoint: in.ID, State: in.State, Type: in.Type, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	out := list[EndpointDelivery]{Items: []EndpointDelivery{}}
	for i := range found {
		if len(out.Items) == in.Limit {
			out.Next = out.Items[in.Limit-1].ID
			break
		}
		out.Items = append(out.Items, deliveryOf(&found[i]))
	}
	return &answer[list[EndpointDelivery]]{out}, nil
}

// DeliveryPath is a delivery in a path.
type DeliveryPath struct {
	EndpointPath
	Delivery int64 `path:"delivery" minimum:"1"`
}

func (s *Server) showDelivery(ctx context.Context, in *DeliveryPath) (*answer[EndpointDelivery], error) {
	if _, err := s.endpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	d, err := s.Endpoints.Delivery(ctx, in.ID, in.Delivery)
	if err != nil {
		return nil, err
	}
	out := deliveryOf(d)
	out.Payload, err = d.Payload()
	return &answer[EndpointDelivery]{out}, err
}

// told finds an endpoint that is told what happens at present.
func (s *Server) told(ctx context.Context, id int64) (*endpoints.Endpoint, error) {
	e, err := s.endpoint(ctx, id)
	if err == nil && !e.DisabledAt.IsZero() {
		err = huma.Error409Conflict("this endpoint is disabled: enable it first")
	}
	return e, err
}

func (s *Server) replayDelivery(ctx context.Context, in *DeliveryPath) (*nothing, error) {
	e, err := s.told(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Endpoints.Replay(ctx, in.ID, in.Delivery, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "sent again", "endpoint "+e.Name, onlyOne(e.Programs), nil, map[string]any{"delivery": strconv.FormatInt(in.Delivery, 10)})
}

type replayInput struct {
	EndpointPath
	Body struct {
		Since time.Time `json:"since" doc:"what failed and happened since then"`
	}
}

// Replayed counts what is sent again.
type Replayed struct {
	Deliveries int64 `json:"deliveries"`
}

func (s *Server) replayFailed(ctx context.Context, in *replayInput) (*answer[Replayed], error) {
	e, err := s.told(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	n, err := s.Endpoints.ReplayFailed(ctx, in.ID, in.Body.Since, s.Clock())
	if err != nil {
		return nil, err
	}
	out := Replayed{n}
	return &answer[Replayed]{out}, s.record(ctx, "sent again", "endpoint "+e.Name, onlyOne(e.Programs), nil, map[string]any{"since": in.Body.Since, "deliveries": n})
}

// Pinged is a test event.
type Pinged struct {
	Delivery string `json:"delivery" doc:"in the log it says how it went"`
}

func (s *Server) pingEndpoint(ctx context.Context, in *EndpointPath) (*answer[Pinged], error) {
	e, err := s.told(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	id, err := s.Endpoints.SendPing(ctx, e.ID, s.Clock())
	return &answer[Pinged]{Pinged{strconv.FormatInt(id, 10)}}, err
}
