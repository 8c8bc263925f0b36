package endpoints

import (
	"context"
	"encoding/json"
	"time"
)

// Delivery is one event for one endpoint.
type Delivery struct {
	ID       int64
	Endpoint int64
	Event    string // its id, the webhook-id
	Type     Type
	At       time.Time       // when it happened
	Data     json.RawMessage // texts are among it if the endpoint wants them
	State    State
	QueuedAt time.Time
	Due      time.Time // of the next attempt, while pending
	Attempts int       // since it was queued
	LastAt   time.Time
	Status   int           // of the last answer, 0: none
	Took     time.Duration // of the last attempt
	Error    string
}

// Payload is the body of the request.
func (d *Delivery) Payload() ([]byte, error) {
	return json.Marshal(struct {
		Type      Type            `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{d.Type, d.At.UTC(), d.Data})
}

// Queue keeps what is to be delivered.
type Queue interface {
	// Distribute makes deliveries of up to so many events that have happened,
	// and returns of how many. Each event is distributed once, in whatever order
	// their transactions ended.
	Distribute(ctx context.Context, limit int, now time.Time) (int, error)
	// Targets returns the endpoints that are told, with their secrets.
	Targets(ctx context.Context) ([]Endpoint, error)
	// Claim returns due deliveries, at most so many for each endpoint, which
	// nobody else makes until then.
	Claim(ctx context.Context, room map[int64]int, now, until time.Time) ([]Delivery, error)
	// Mark books an attempt. An endpoint that is gone is disabled.
	Mark(ctx context.Context, d *Delivery, a Attempt, v Verdict) error
	// Waiting counts the deliveries that are not made yet.
	Waiting(ctx context.Context) (int64, error)
}

// Sender makes one request, follows no redirect, and reaches a private network
// only if it may.
type Sender interface {
	Send(ctx context.Context, url string, private bool, header map[string]string, body []byte) Attempt
}

// Filter picks deliveries of an endpoint from its log.
type Filter struct {
	Endpoint int64
	State    State // empty: all
	Type     Type  // empty: all
	Before   int64 // id; 0: from the newest
	Limit    int
}

// Store is for those who look after endpoints. Its methods are safe for
// concurrent use; what is not there is an error of views (NotFoundError).
type Store interface {
	Endpoints(ctx context.Context) ([]Endpoint, error)
	Endpoint(ctx context.Context, id int64) (*Endpoint, error)
	// AddEndpoint gives the new endpoint's id. It is told of what happens from then on.
	AddEndpoint(ctx context.Context, e *Endpoint) (int64, error)
	// ChangeEndpoint changes an endpoint under a lock; f may refuse.
	ChangeEndpoint(ctx context.Context, id int64, f func(*Endpoint) error) error
	// RemoveEndpoint removes an endpoint and its log.
	RemoveEndpoint(ctx context.Context, id int64) error

	// Deliveries is the log of an endpoint, newest first.
	Deliveries(ctx context.Context, f Filter) ([]Delivery, error)
	Delivery(ctx context.Context, endpoint, id int64) (*Delivery, error)
	// Replay queues a delivery again; its webhook-id stays.
	Replay(ctx context.Context, endpoint, id int64, now time.Time) error
	// ReplayFailed queues again what failed and happened since then.
	ReplayFailed(ctx context.Context, endpoint int64, since, now time.Time) (int64, error)
	// SendPing queues a test event and returns the delivery's id.
	SendPing(ctx context.Context, endpoint int64, now time.Time) (int64, error)
}
