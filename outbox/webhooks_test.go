package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"

	"repartee/sms"
)

// hooks is a WebhookStore, a Caller and a clock.
type hooks struct {
	Webhooks
	mu      sync.Mutex
	now     time.Time
	tells   map[sms.ID]*Tell
	due     map[sms.ID]time.Time
	results []string
	called  int
	answer  func(n int) (string, error)
	down    error // of the store
}

func newHooks() *hooks {
	h := &hooks{now: noon, tells: map[sms.ID]*Tell{}, due: map[sms.ID]time.Time{}}
	hook := &Webhook{URL: "https://example.com", Timeout: time.Second, Tries: 3}
	h.Webhooks = Webhooks{
		Store: h, Caller: h, Clock: h.clock, Log: zap.NewNop(),
		Find: func(name string) *Webhook {
			if name == "stock" {
				return hook
			}
			return nil
		},
	}
	return h
}

func (h *hooks) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hooks) tell(id sms.ID, name string, send any) {
	h.tells[id] = &Tell{ID: id, At: h.now, Kind: "webhook", Program: "pizza", Data: map[string]any{"name": name, "key": fmt.Sprint(id), "send": send}}
	h.due[id] = h.now
}

// poll makes what is due after a while, and says how many calls that were.
func (h *hooks) poll(after time.Duration) int {
	h.mu.Lock()
	h.now = h.now.Add(after)
	before := h.called
	h.mu.Unlock()
	_ = h.Poll(context.Background()) // its error is that of the store: asserted by what happens next
	h.Wait()
	return h.called - before
}

func (h *hooks) ClaimCalls(_ context.Context, now, until time.Time, _ int) (calls []Tell, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, due := range h.due {
		if !due.After(now) {
			calls, h.due[id] = append(calls, *h.tells[id]), until
		}
	}
	return calls, nil
}

func (h *hooks) PutOffCall(_ context.Context, id sms.ID, tries int, due time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tells[id].Tries, h.due[id] = tries, due
	return nil
}

func (h *hooks) Called(_ context.Context, t *Tell, result string, data map[string]any, _ time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down != nil {
		return h.down
	}
	delete(h.due, t.ID)
	h.results = append(h.results, fmt.Sprintf("%s %s %v", t.text("key"), result, data))
	return nil
}

func (h *hooks) Call(_ context.Context, _ *Webhook, _ string, body []byte) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.called++
	answer, err := h.answer(h.called)
	return []byte(answer), err
}

var errBusy = errors.New("busy")

// A webhook that fails is called again with growing pauses, then given up.
func TestWebhookIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHooks()
	h.answer = func(n int) (string, error) {
		if n < 3 {
			return "", errBusy
		}
		return `{"stock":3}`, nil
	}
	h.tell(1, "stock", nil)
	assert.Equal(t, []int{1, 0, 1, 0, 1, 0}, []int{h.poll(0), h.poll(0), h.poll(time.Second), h.poll(time.Second), h.poll(time.Second), h.poll(time.Minute)})
	assert.Equal(t, []string{"1 ok map[stock:3]"}, h.results)
	h.answer = func(int) (string, error) { return "", errBusy }
	h.tell(2, "stock", nil)
	assert.Equal(t, []int{1, 1, 1, 0}, []int{h.poll(0), h.poll(time.Second), h.poll(2 * time.Second), h.poll(time.Hour)})
	assert.Equal(t, "2 failed map[]", h.results[1])
}

func TestWebhookThatCannotBeCalled(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]any{"nobody": nil, "stock": strings.Repeat("x", maxWebhook)} {
		h := newHooks()
		h.tell(1, name, send)
		assert.Zero(t, h.poll(0))
		assert.Equal(t, []string{"1 failed map[]"}, h.results, name)
	}
	for _, answer := range []string{"[1]", "<html>", strings.Repeat(" ", maxWebhook+1)} {
		h := newHooks()
		h.answer = func(int) (string, error) { return answer, nil }
		h.tell(1, "stock", nil)
		assert.Equal(t, 1, h.poll(0))
		assert.Equal(t, []string{"1 failed map[]"}, h.results)
	}
}

// The node dies, or the database is away, after the call: it is made again.
func TestWebhookIsCalledAtLeastOnce(t *testing.T) {
	t.Parallel()
	h := newHooks()
	h.answer = func(int) (string, error) { return "", nil }
	h.down = errBusy
	h.tell(1, "stock", nil)
	assert.Equal(t, 1, h.poll(0))
	assert.Empty(t, h.results)
	h.down = nil
	assert.Equal(t, []int{0, 1, 0}, []int{h.poll(time.Second), h.poll(maxTimeout + claimSlack), h.poll(time.Hour)})
	assert.Equal(t, []string{"1 ok map[]"}, h.results)
}

// After five failures in a row nothing is called for half a minute; then one
// call tries it, and its success lets all others pass.
func TestBreakerOpensAndCloses(t *testing.T) {
	t.Parallel()
	h := newHooks()
	h.answer = func(int) (string, error) { return "", errBusy }
	for id := range sms.ID(breakerFailures) {
		h.tell(id+1, "stock", nil)
	}
	assert.Equal(t, breakerFailures, h.poll(0))
	assert.Zero(t, h.poll(time.Second), "open")
	assert.Equal(t, 1, h.poll(breakerPause), "one tries")
	assert.Zero(t, h.poll(time.Second), "open again")
	h.answer = func(int) (string, error) { return `{}`, nil }
	h.tell(9, "stock", nil)
	assert.NotZero(t, h.poll(breakerPause))
	h.poll(breakerPause)
	h.poll(breakerPause)
	assert.Len(t, h.results, breakerFailures+1)
	for _, r := range h.results {
		assert.Contains(t, r, " ok ")
	}
}

// Whoever waits for a webhook that stays away gets an answer in time.
func TestOpenBreakerDoesNotKeepAConversationWaiting(t *testing.T) {
	t.Parallel()
	h := newHooks()
	h.answer = func(int) (string, error) { return "", errBusy }
	b := h.breaker("https://example.com")
	for range breakerFailures {
		b.note(false, h.now)
	}
	h.tell(1, "stock", nil)
	for range 12 {
		b.note(false, h.now)
		h.poll(breakerPause - time.Second)
	}
	assert.Equal(t, []string{"1 failed map[]"}, h.results)
	assert.Zero(t, h.called)
}
