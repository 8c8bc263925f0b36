package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"repartee/endpoints"
)

// eventSender implements [endpoints.Sender].
type eventSender struct{ clients guardedClients }

// newEventSender sets no limit for a host: the deliverer has one for each
// endpoint, and those of one host shall not wait for each other.
func newEventSender() *eventSender { return &eventSender{newGuardedClients(0)} }

// Send makes one request. Errors name no URL: it may hold a secret. Of the
// answer only its status counts.
func (s *eventSender) Send(ctx context.Context, url string, private bool, header map[string]string, body []byte) endpoints.Attempt {
	begun := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return endpoints.Attempt{Error: "the address cannot be used"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "repartee")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := s.clients.of(private).Do(req)
	a := endpoints.Attempt{Took: time.Since(begun)}
	switch {
	case errors.Is(err, errPrivate):
		a.Error = "it stands in a private network, which the endpoint does not allow"
	case errors.Is(err, context.DeadlineExceeded):
		a.Error = "no answer came in time"
	case err != nil:
		a.Error = "no answer came"
	default:
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // so that the connection can be used again
		_ = resp.Body.Close()
		a.Status, a.After = resp.StatusCode, retryAfter(resp.Header)
	}
	return a
}

// retryAfter reads how long an answer asks to wait, in seconds.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.ParseInt(h.Get("Retry-After"), 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// countEndpoints keeps the gauge of what endpoints have not been told.
func (g *Gateway) countEndpoints(ctx context.Context) {
	if n, err := g.endpoints.Waiting(ctx); err == nil { // the next count will do
		g.deliverer.Metrics.Waiting(n)
	}
}

// followEvents makes the triggers of events as the endpoints want them: an
// endpoint that was disabled or removed may have left some behind.
func (g *Gateway) followEvents(ctx context.Context) {
	if err := errors.Join(g.endpoints.Follow(ctx), g.endpoints.Tidy(ctx)); err != nil && ctx.Err() == nil {
		g.log.Warn("the events of endpoints could not be tidied up; that is done again in an hour", zap.Error(err))
	}
}
