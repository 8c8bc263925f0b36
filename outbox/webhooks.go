package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/sms"
)

const (
	// maxWebhook is the most JSON that goes to a webhook, or comes from it.
	maxWebhook = 8 << 10
	// callSlots is how many webhooks are called at the same time.
	callSlots = 32
	// callLife is how long the answer to a call is of use.
	callLife = 5 * time.Minute
	// callPause is the pause after the first failure; it doubles.
	callPause = time.Second
	// claimSlack is how much longer than the call may last nobody else makes it.
	claimSlack = 30 * time.Second
)

// Webhook is another system that conversations ask.
type Webhook struct {
	URL     string
	Secret  string        // signs the body
	Timeout time.Duration // of one call
	Tries   int           // calls in all
	Private bool          // it may stand in a private network
}

// Caller makes one call and returns the JSON that came back. A
// [sms.PermanentError] says that another call would fare no better.
type Caller interface {
	Call(ctx context.Context, hook *Webhook, key string, body []byte) (answer []byte, err error)
}

// WebhookStore keeps the calls to make.
type WebhookStore interface {
	// ClaimCalls returns due calls, oldest first, which nobody else makes until then.
	ClaimCalls(ctx context.Context, now, until time.Time, limit int) ([]Tell, error)
	// PutOffCall makes a call due again.
	PutOffCall(ctx context.Context, tell sms.ID, tries int, due time.Time) error
	// Called marks a call as made and tells the conversation its result.
	Called(ctx context.Context, tell *Tell, result string, data map[string]any, now time.Time) error
}

// Webhooks calls webhooks after the commit that wants it, at least once. All
// fields are required. Its methods are safe for concurrent use.
type Webhooks struct {
	Store  WebhookStore
	Caller Caller
	Find   func(name string) *Webhook // nil for none
	Clock  func() time.Time
	Log    *zap.Logger

	mu       sync.Mutex
	breakers map[string]*breaker // by URL
	calling  int
	calls    sync.WaitGroup
}

// Poll begins the calls that are due, as many as there is room for.
func (w *Webhooks) Poll(ctx context.Context) error {
	w.mu.Lock()
	room := callSlots - w.calling
	w.mu.Unlock()
	if room == 0 {
		return nil
	}
	now := w.Clock()
	tells, err := w.Store.ClaimCalls(ctx, now, now.Add(maxTimeout+claimSlack), room)
	w.mu.Lock()
	w.calling += len(tells)
	w.mu.Unlock()
	for i := range tells {
		w.calls.Go(func() {
			w.perform(ctx, &tells[i])
			w.mu.Lock()
			w.calling--
			w.mu.Unlock()
		})
	}
	return err
}

// maxTimeout bounds the time-out of one call.
const maxTimeout = 30 * time.Second

// Wait returns when no call is under way.
func (w *Webhooks) Wait() { w.calls.Wait() }

// perform makes a call, and books its answer, its failure or its next try.
func (w *Webhooks) perform(ctx context.Context, t *Tell) {
	hook := w.Find(t.text("name"))
	body, err := json.Marshal(map[string]any{"webhook": t.text("name"), "program": t.Program, "conversation": t.Talk, "data": t.Data["send"]})
	if hook == nil || err != nil || len(body) > maxWebhook {
		w.Log.Error("a flow calls a webhook that is not configured, or sends more than 8 KB", zap.String("webhook", t.text("name")), zap.String("program", t.Program))
		w.book(w.Store.Called(ctx, t, "failed", nil, w.Clock()))
		return
	}
	b := w.breaker(hook.URL)
	if until, open := b.open(w.Clock()); open {
		w.again(ctx, t, t.Tries, until)
		return
	}
	limited, cancel := context.WithTimeout(ctx, min(hook.Timeout, maxTimeout))
	answer, err := w.Caller.Call(limited, hook, t.text("key"), body)
	cancel()
	if ctx.Err() != nil {
		return // shutting down: the call is made again
	}
	var data map[string]any
	if err == nil {
		data, err = read(answer)
	}
	b.note(err == nil || sms.Permanent(err), w.Clock())
	switch tries := t.Tries + 1; {
	case err == nil:
		w.book(w.Store.Called(ctx, t, "ok", data, w.Clock()))
	case sms.Permanent(err) || tries >= hook.Tries:
		w.Log.Warn("a webhook failed for good", zap.String("webhook", t.text("name")), zap.Int("tries", tries), zap.Error(err))
		w.book(w.Store.Called(ctx, t, "failed", nil, w.Clock()))
	default:
		w.again(ctx, t, tries, w.Clock().Add(callPause<<(tries-1)))
	}
}

// again puts a call off, unless its answer would come too late.
func (w *Webhooks) again(ctx context.Context, t *Tell, tries int, due time.Time) {
	if due.Sub(t.At) > callLife {
		w.book(w.Store.Called(ctx, t, "failed", nil, w.Clock()))
		return
	}
	w.book(w.Store.PutOffCall(ctx, t.ID, tries, due))
}

// book says what could not be written: the call will be made again.
func (w *Webhooks) book(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		w.Log.Warn("the outcome of a webhook could not be written; it is called again", zap.Error(err))
	}
}

// read reads what a webhook answered: nothing, or one object.
func read(answer []byte) (data map[string]any, err error) {
	if len(answer) == 0 {
		return nil, nil
	}
	if len(answer) > maxWebhook {
		return nil, &sms.PermanentError{Err: errors.New("the answer has more than 8 KB")}
	}
	if err := json.Unmarshal(answer, &data); err != nil {
		return nil, &sms.PermanentError{Err: errors.New("the answer is no JSON object")}
	}
	return data, nil
}

func (w *Webhooks) breaker(url string) *breaker {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.breakers == nil {
		w.breakers = map[string]*breaker{}
	}
	b := w.breakers[url]
	if b == nil {
		b = &breaker{}
		w.breakers[url] = b
	}
	return b
}
