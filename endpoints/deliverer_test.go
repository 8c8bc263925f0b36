package endpoints_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"repartee/endpoints"
)

// queue keeps deliveries in memory.
type queue struct {
	mu       sync.Mutex
	targets  []endpoints.Endpoint
	rows     []*endpoints.Delivery
	disabled []int64
	broken   error // of Mark
}

func (q *queue) add(endpoint int64, events ...string) {
	for _, e := range events {
		q.rows = append(q.rows, &endpoints.Delivery{
			ID: int64(len(q.rows) + 1), Endpoint: endpoint, Event: e, Type: endpoints.MessageReceived, Data: json.RawMessage(`{}`), State: endpoints.Pending, At: time.Now(), QueuedAt: time.Now(), Due: time.Now(),
		})
	}
}

func (q *queue) Distribute(context.Context, int, time.Time) (int, error) { return 0, nil }
func (q *queue) Waiting(context.Context) (int64, error)                  { return 0, nil }

func (q *queue) Targets(context.Context) ([]endpoints.Endpoint, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(q.targets), func(e endpoints.Endpoint) bool { return slices.Contains(q.disabled, e.ID) }), nil
}

func (q *queue) Claim(_ context.Context, room map[int64]int, now, until time.Time) (due []endpoints.Delivery, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range q.rows {
		if d.State == endpoints.Pending && !d.Due.After(now) && room[d.Endpoint] > 0 {
			room[d.Endpoint]--
			d.Due = until
			due = append(due, *d)
		}
	}
	return due, nil
}

func (q *queue) Mark(_ context.Context, d *endpoints.Delivery, _ endpoints.Attempt, v endpoints.Verdict) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken != nil {
		return q.broken
	}
	row := q.rows[d.ID-1]
	row.State, row.Due, row.Attempts = v.State, v.Due, row.Attempts+1
	if v.Disable {
		q.disabled = append(q.disabled, d.Endpoint)
	}
	return nil
}

func (q *queue) state(id int) endpoints.State {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rows[id-1].State
}

// sender answers by the endpoint's address.
type sender struct {
	mu    sync.Mutex
	sent  map[string][]string // address → webhook-ids
	reply func(ctx context.Context, url string) endpoints.Attempt
}

func (s *sender) Send(ctx context.Context, url string, _ bool, header map[string]string, _ []byte) endpoints.Attempt {
	s.mu.Lock()
	if s.sent == nil {
		s.sent = map[string][]string{}
	}
	s.sent[url] = append(s.sent[url], header["webhook-id"])
	s.mu.Unlock()
	return s.reply(ctx, url)
}

func (s *sender) to(url string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent[url])
}

// deliver runs a deliverer until the end of the test, in a bubble of time.
func deliver(q *queue, s *sender) (stop func()) {
	for i := range q.targets {
		q.targets[i].Secret = endpoints.NewSecret()
	}
	d := &endpoints.Deliverer{Queue: q, Sender: s, Clock: time.Now, Metrics: endpoints.NewMetrics(), Log: zap.NewNop()}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx, 250*time.Millisecond) }()
	return func() { cancel(); <-done }
}

// TestBadEndpointDelaysNoOther: one endpoint never answers and has much to be
// told; the other one is told at once.
func TestBadEndpointDelaysNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{targets: []endpoints.Endpoint{{ID: 1, URL: "bad"}, {ID: 2, URL: "good"}}}
		for range 100 {
			q.add(1, "evt_bad")
		}
		for range 30 {
			q.add(2, "evt_good")
		}
		s := &sender{reply: func(ctx context.Context, url string) endpoints.Attempt {
			if url == "good" {
				return endpoints.Attempt{Status: 200}
			}
			<-ctx.Done()
			return endpoints.Attempt{Error: "no answer came in time"}
		}}
		stop := deliver(q, s)
		time.Sleep(time.Second)
		assert.Len(t, s.to("good"), 30)
		assert.Len(t, s.to("bad"), 8, "its slots and no more")
		time.Sleep(15 * time.Second)
		assert.Len(t, s.to("bad"), 16)
		stop()
	})
}

// TestTriesUntilItGoesWell: the same webhook-id each time.
func TestTriesUntilItGoesWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{targets: []endpoints.Endpoint{{ID: 1, URL: "a"}}}
		q.add(1, "evt_1")
		var status atomic.Int32
		status.Store(500)
		s := &sender{reply: func(context.Context, string) endpoints.Attempt { return endpoints.Attempt{Status: int(status.Load())} }}
		stop := deliver(q, s)
		time.Sleep(3 * time.Second)
		assert.Len(t, s.to("a"), 1)
		time.Sleep(5 * time.Second)
		assert.Len(t, s.to("a"), 2)
		time.Sleep(5 * time.Minute)
		assert.Len(t, s.to("a"), 4)
		status.Store(200)
		time.Sleep(15 * time.Minute)
		assert.Equal(t, []string{"evt_1", "evt_1", "evt_1", "evt_1", "evt_1"}, s.to("a"))
		assert.Equal(t, endpoints.Delivered, q.state(1))
		stop()
	})
}

// TestKilledBetweenDeliveryAndMark: what could not be booked is sent again when
// its lease is over, with the same webhook-id.
func TestKilledBetweenDeliveryAndMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{targets: []endpoints.Endpoint{{ID: 1, URL: "a"}}, broken: errors.New("the database is away")}
		q.add(1, "evt_1")
		s := &sender{reply: func(context.Context, string) endpoints.Attempt { return endpoints.Attempt{Status: 200} }}
		stop := deliver(q, s)
		time.Sleep(time.Second)
		stop()
		assert.Equal(t, endpoints.Pending, q.state(1))
		q.broken = nil
		stop = deliver(q, s)
		time.Sleep(30 * time.Second)
		assert.Len(t, s.to("a"), 1, "somebody may still be at it")
		time.Sleep(time.Minute)
		assert.Equal(t, []string{"evt_1", "evt_1"}, s.to("a"))
		assert.Equal(t, endpoints.Delivered, q.state(1))
		stop()
	})
}

// TestGoneEndpointIsToldNothingMore: 410 disables.
func TestGoneEndpointIsToldNothingMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{targets: []endpoints.Endpoint{{ID: 1, URL: "a"}}}
		q.add(1, "evt_1")
		s := &sender{reply: func(context.Context, string) endpoints.Attempt { return endpoints.Attempt{Status: 410} }}
		stop := deliver(q, s)
		time.Sleep(time.Second)
		q.mu.Lock()
		q.add(1, "evt_2")
		q.mu.Unlock()
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"evt_1"}, s.to("a"))
		assert.Equal(t, endpoints.Failed, q.state(1))
		stop()
	})
}

// TestStopLetsRequestsEnd: for five seconds; one that takes longer is made again
// by the next start.
func TestStopLetsRequestsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{targets: []endpoints.Endpoint{{ID: 1, URL: "quick"}, {ID: 2, URL: "slow"}}}
		q.add(1, "evt_1")
		q.add(2, "evt_2")
		s := &sender{reply: func(ctx context.Context, url string) endpoints.Attempt {
			wait := 3 * time.Second
			if url == "slow" {
				wait = 10 * time.Second
			}
			select {
			case <-time.After(wait):
				return endpoints.Attempt{Status: 200}
			case <-ctx.Done():
				return endpoints.Attempt{Error: "no answer came"}
			}
		}}
		stop := deliver(q, s)
		time.Sleep(time.Second)
		begun := time.Now()
		stop()
		require.Equal(t, 5*time.Second, time.Since(begun))
		assert.Equal(t, endpoints.Delivered, q.state(1))
		assert.Equal(t, endpoints.Pending, q.state(2))
		assert.Equal(t, 0, q.rows[1].Attempts)
	})
}
