package app

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"go.uber.org/zap"

	"repartee/outbox"
	"repartee/sms"
)

// maxAnswer is one octet more than an answer may have.
const maxAnswer = 8<<10 + 1

// webhookClient makes the calls of conversations.
type webhookClient struct{ clients guardedClients }

// webhookConns is how many connections a host gets.
const webhookConns = 16

func newWebhookClient() *webhookClient { return &webhookClient{newGuardedClients(webhookConns)} }

// Call implements [outbox.Caller].
func (c *webhookClient) Call(ctx context.Context, hook *outbox.Webhook, key string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return nil, &sms.PermanentError{Err: errors.New("the URL cannot be used")}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "repartee")
	req.Header.Set("Idempotency-Key", key)
	if hook.Secret != "" {
		mac := hmac.New(sha256.New, []byte(hook.Secret))
		_, _ = mac.Write(body) // a hash never fails
		req.Header.Set("Repartee-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	resp, err := c.clients.of(hook.Private).Do(req)
	switch {
	case errors.Is(err, errPrivate):
		return nil, &sms.PermanentError{Err: errPrivate}
	case err != nil:
		return nil, errors.New("no answer came") // the error names the URL, which may hold a secret
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, errors.New("the answer broke off")
	}
	return answer, judgeStatus(resp.StatusCode)
}

// judgeStatus says what the status of an answer means: another call may fare
// better when the server is busy, late or broken.
func judgeStatus(status int) error {
	err := fmt.Errorf("it answered with status %d", status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return err
	}
	return &sms.PermanentError{Err: err}
}

// webhook finds a webhook of the configuration in force.
func (g *Gateway) webhook(name string) *outbox.Webhook {
	w := g.snap.Load().Webhooks[name]
	if w == nil {
		return nil
	}
	return &outbox.Webhook{URL: w.URL, Secret: w.Secret, Timeout: w.Timeout, Tries: w.Tries, Private: w.Private}
}

// callWebhooks makes the calls that turns wrote down for after their commit.
func (g *Gateway) callWebhooks(ctx context.Context) {
	every(ctx, tellEach, func() {
		if g.fence.Up() {
			return
		}
		if err := g.webhooks.Poll(ctx); err != nil && ctx.Err() == nil {
			g.log.Warn("calls of webhooks wait", zap.Error(err))
		}
	})
	g.webhooks.Wait()
}
