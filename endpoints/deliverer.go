package endpoints

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// slots is how many requests an endpoint gets at the same time. They are its
	// own: one that is slow holds up no other.
	slots = 8
	// distributed is how many events become deliveries in one transaction.
	distributed = 500
	// attemptLimit bounds one request.
	attemptLimit = 15 * time.Second
	// lease is how long nobody else takes over a delivery that is under way.
	lease = time.Minute
	// markLimit bounds the booking of an attempt.
	markLimit = 5 * time.Second
	// grace is how long the requests under way may take when the deliverer stops.
	grace = 5 * time.Second
)

// Deliverer tells endpoints what happened. All fields but Fenced are
// required.
type Deliverer struct {
	Queue   Queue
	Sender  Sender
	Clock   func() time.Time
	Fenced  func() bool // while the database is away
	Metrics *Metrics
	Log     *zap.Logger

	mu    sync.Mutex
	busy  map[int64]int // requests under way by endpoint
	calls sync.WaitGroup
	freed chan struct{} // an endpoint that was busy has room again
}

// Run delivers until ctx ends, looking for work that often and whenever a busy
// endpoint has room again. It returns when no request is under way any more.
func (d *Deliverer) Run(ctx context.Context, each time.Duration) {
	calls, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, cut) })
	tick := time.NewTicker(each)
	defer tick.Stop()
	for ctx.Err() == nil {
		if d.Fenced == nil || !d.Fenced() {
			if err := d.Poll(ctx, calls); err != nil && ctx.Err() == nil {
				d.Log.Warn("event endpoints wait", zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-d.room():
		}
	}
	d.Wait()
}

// Wait returns when no request is under way.
func (d *Deliverer) Wait() { d.calls.Wait() }

func (d *Deliverer) room() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.freed == nil {
		d.freed = make(chan struct{}, 1)
	}
	return d.freed
}

// Poll distributes what has happened and begins the requests that are due, in
// the context calls.
func (d *Deliverer) Poll(ctx, calls context.Context) error {
	now := d.Clock()
	for n := distributed; n == distributed; {
		var err error
		if n, err = d.Queue.Distribute(ctx, distributed, now); err != nil {
			return err
		}
	}
	targets, err := d.Queue.Targets(ctx)
	if err != nil || len(targets) == 0 {
		return err
	}
	byID, room := map[int64]*Endpoint{}, map[int64]int{}
	d.mu.Lock()
	for i := range targets {
		byID[targets[i].ID] = &targets[i]
		if n := slots - d.busy[targets[i].ID]; n > 0 {
			room[targets[i].ID] = n
		}
	}
	d.mu.Unlock()
	due, err := d.Queue.Claim(ctx, room, now, now.Add(lease))
	if err != nil {
		return err
	}
	for i := range due {
		d.begin(calls, byID[due[i].Endpoint], &due[i])
	}
	return nil
}

// begin makes a request in a slot of its endpoint.
func (d *Deliverer) begin(ctx context.Context, e *Endpoint, x *Delivery) {
	d.mu.Lock()
	if d.busy == nil {
		d.busy = map[int64]int{}
	}
	d.busy[e.ID]++
	d.mu.Unlock()
	d.calls.Go(func() {
		d.deliver(ctx, e, x)
		d.mu.Lock()
		full := d.busy[e.ID] == slots
		if d.busy[e.ID]--; d.busy[e.ID] == 0 {
			delete(d.busy, e.ID)
		}
		d.mu.Unlock()
		if full {
			select {
			case d.room() <- struct{}{}:
			default: // it is known already
			}
		}
	})
}

// deliver makes one attempt and books it.
func (d *Deliverer) deliver(ctx context.Context, e *Endpoint, x *Delivery) {
	a := d.attempt(ctx, e, x)
	if ctx.Err() != nil {
		return // stopped: it is tried again
	}
	v := Judge(a, x.QueuedAt, x.Attempts+1, x.Type == Ping, rand.Float64())
	if x.Type != Ping {
		d.Metrics.tried(a, v)
	}
	if v.Disable {
		d.Log.Warn("an event endpoint answered that it is gone (410): it is disabled", zap.Int64("endpoint", e.ID))
	}
	limited, cancel := context.WithTimeout(ctx, markLimit)
	defer cancel()
	if err := d.Queue.Mark(limited, x, a, v); err != nil && !errors.Is(err, context.Canceled) {
		d.Log.Warn("an event was delivered or not, and that could not be written: it is sent again", zap.Int64("endpoint", e.ID), zap.Error(err))
	}
}

// attempt sends the event, signed.
func (d *Deliverer) attempt(ctx context.Context, e *Endpoint, x *Delivery) Attempt {
	now := d.Clock()
	body, err := x.Payload()
	if err != nil {
		return Attempt{At: now, Error: "the event cannot be written as JSON"}
	}
	signature, err := Sign(e.Secrets(now), x.Event, now, body)
	if err != nil {
		return Attempt{At: now, Error: err.Error()}
	}
	limited, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	a := d.Sender.Send(limited, e.URL, e.Private, map[string]string{
		"webhook-id": x.Event, "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature,
	}, body)
	a.At = now
	return a
}
