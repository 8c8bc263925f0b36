package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
)

// notice is what an endpoint was told.
type notice struct {
	ID   string
	Type string         `json:"type"`
	At   time.Time      `json:"timestamp"`
	Data map[string]any `json:"data"`
}

// listener is an integrator's endpoint. It keeps what was signed with its secret.
type listener struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	secret  string
	status  int
	notices []notice
}

func newListener(t *testing.T) *listener {
	l := &listener{t: t, status: http.StatusNoContent}
	l.server = httptest.NewServer(l)
	t.Cleanup(l.server.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(l.t, err)
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Contains(l.t, strings.Fields(r.Header.Get("Webhook-Signature")), signature(l.secret, r.Header, body))
	n := notice{ID: r.Header.Get("Webhook-Id")}
	assert.NoError(l.t, json.Unmarshal(body, &n))
	l.notices = append(l.notices, n)
	w.WriteHeader(l.status)
}

// signature is what a library of Standard Webhooks expects.
func signature(secret string, h http.Header, body []byte) string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + "." + string(body)))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// told waits until the endpoint was told of so many events of a type.
func (l *listener) told(event string, n int) []notice {
	l.t.Helper()
	var found []notice
	require.Eventually(l.t, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		found = nil
		for _, x := range l.notices {
			if x.Type == event {
				found = append(found, x)
			}
		}
		return len(found) >= n
	}, 20*time.Second, 10*time.Millisecond, "%s", event)
	return found
}

// listen makes an endpoint for a listener over the API.
func (w *world) listen(l *listener, body string) map[string]any {
	w.t.Helper()
	l.mu.Lock() // nothing is told before the secret is known
	defer l.mu.Unlock()
	status, e := w.api(accounts.Manager)("POST", "/endpoints", "", `{"name": "CRM", "url": "`+l.server.URL+`", "private": true, `+body+`}`)
	require.Equal(w.t, http.StatusOK, status, "%v", e)
	l.secret = e["secret"].(string)
	require.True(w.t, strings.HasPrefix(l.secret, "whsec_"))
	return e
}

// TestEndpointsAreTold: an endpoint hears of messages and conversations, signed,
// without texts unless it asks for them; the log knows.
func TestEndpointsAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	l, reader := newListener(t), newListener(t)
	e := w.listen(l, `"events": ["message.received", "message.sent", "conversation.ended"]`)
	w.listen(reader, `"events": ["message.received", "message.sent"], "include_text": true`)
	w.phone(1).text("ECHO hello", "HELLO")

	got := l.told("message.received", 1)[0]
	assert.Regexp(t, `^evt_[0-9a-f]{32}$`, got.ID)
	assert.WithinDuration(t, time.Now(), got.At, time.Minute)
	assert.Equal(t, "33600000001", got.Data["msisdn"])
	assert.Equal(t, "36111", got.Data["short_code"])
	assert.Equal(t, "pizza", got.Data["program"])
	assert.NotContains(t, got.Data, "text")
	assert.Equal(t, "completed", l.told("conversation.ended", 1)[0].Data["outcome"])
	assert.Equal(t, "sent", l.told("message.sent", 1)[0].Data["state"])
	assert.Equal(t, "ECHO hello", reader.told("message.received", 1)[0].Data["text"])
	assert.Equal(t, "HELLO", reader.told("message.sent", 1)[0].Data["text"])

	path := "/endpoints/" + e["id"].(string) + "/deliveries"
	call := w.api(accounts.Manager)
	var items []any
	require.Eventually(t, func() bool {
		_, out := call("GET", path+"?state=delivered", "", "")
		items = out["items"].([]any)
		return len(items) == 3
	}, 20*time.Second, 20*time.Millisecond)
	first := items[2].(map[string]any)
	assert.InDelta(t, 204, first["status"], 0)
	_, shown := call("GET", path+"/"+first["id"].(string), "", "")
	assert.Equal(t, "33600000001", shown["payload"].(map[string]any)["data"].(map[string]any)["msisdn"])

	_, health := call("GET", "/endpoints/"+e["id"].(string), "", "")
	assert.NotEmpty(t, health["last_success_at"])
	assert.NotContains(t, health, "secret")
}

// TestBadEndpointBesideAGoodOne: over the API, with the log, replays and a test.
func TestBadEndpointBesideAGoodOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	good, bad := newListener(t), newListener(t)
	bad.status = http.StatusInternalServerError
	w.listen(good, `"events": ["message.received"]`)
	b := w.listen(bad, `"events": ["message.received"]`)
	w.phone(1).text("ECHO hello", "HELLO")
	good.told("message.received", 1)
	first := bad.told("message.received", 1)[0]

	call := w.api(accounts.Manager)
	path := "/endpoints/" + b["id"].(string)
	var d map[string]any
	require.Eventually(t, func() bool {
		_, out := call("GET", path+"/deliveries?state=pending", "", "")
		d = out["items"].([]any)[0].(map[string]any)
		return d["status"] != nil
	}, 20*time.Second, 20*time.Millisecond)
	assert.Equal(t, "the endpoint answered with status 500", d["error"])
	assert.NotEmpty(t, d["next_at"])
	assert.Equal(t, first.ID, d["event"])
	_, health := call("GET", path, "", "")
	assert.NotEmpty(t, health["failing_since"])

	bad.mu.Lock()
	bad.status = http.StatusOK
	bad.mu.Unlock()
	status, out := call("POST", path+"/deliveries/"+d["id"].(string)+"/replay", "", "")
	require.Equal(t, http.StatusAccepted, status, "%v", out)
	assert.Equal(t, first.ID, bad.told("message.received", 2)[1].ID)

	status, out = call("POST", path+"/ping", "", "")
	require.Equal(t, http.StatusAccepted, status, "%v", out)
	assert.Equal(t, "CRM", bad.told("endpoint.ping", 1)[0].Data["name"])

	// Both secrets sign for a day.
	status, out = call("POST", path+"/secret", "", "")
	require.Equal(t, http.StatusOK, status)
	assert.NotEqual(t, bad.secret, out["secret"])
	assert.NotEmpty(t, out["old_secret_until"])
	status, _ = call("POST", path+"/ping", "", "") // checked with the old one
	require.Equal(t, http.StatusAccepted, status)
	bad.told("endpoint.ping", 2)

	bad.mu.Lock()
	bad.secret, bad.status = out["secret"].(string), http.StatusGone
	bad.mu.Unlock()
	status, _ = call("POST", path+"/ping", "", "")
	require.Equal(t, http.StatusAccepted, status)
	require.Eventually(t, func() bool {
		_, e := call("GET", path, "", "")
		return e["disabled"] == true
	}, 20*time.Second, 20*time.Millisecond)
	status, out = call("POST", path+"/ping", "", "")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, out["detail"], "enable it first")
	status, out = call("POST", path+"/replay", "", `{"since": "2026-01-01T00:00:00Z"}`)
	assert.Equal(t, http.StatusConflict, status, "%v", out)
	status, out = call("PATCH", path, "", `{"disabled": false}`)
	require.Equal(t, http.StatusOK, status, "%v", out)
	status, _ = call("DELETE", path, "", "")
	require.Equal(t, http.StatusNoContent, status)
}

// TestEventsSurviveAStop: what happened while the gateway was away from its
// endpoint is told by the next start.
func TestEventsSurviveAStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	l := newListener(t)
	l.status = http.StatusServiceUnavailable
	w.listen(l, `"events": ["message.received"]`)
	w.phone(1).text("ECHO hello", "HELLO")
	first := l.told("message.received", 1)[0]
	w.stop()
	l.mu.Lock()
	l.status = http.StatusOK
	l.mu.Unlock()
	w.start()
	assert.Equal(t, first, l.told("message.received", 2)[1])
	eventually(w, "delivered", `SELECT state FROM endpoint_deliveries`)
}

// TestEventsOfAProcessThatDied: what was delivered, but could not be booked, is
// delivered again with the same webhook-id.
func TestEventsOfAProcessThatDied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	l := newListener(t)
	w.listen(l, `"events": ["message.received"]`)
	w.exec(`ALTER TABLE endpoint_deliveries ADD CONSTRAINT no_marks CHECK (attempts = 0)`)
	w.phone(1).text("ECHO hello", "HELLO")
	first := l.told("message.received", 1)[0]
	w.stop()
	w.exec(`ALTER TABLE endpoint_deliveries DROP CONSTRAINT no_marks`)
	require.Equal(t, "pending", query[string](w, `SELECT state FROM endpoint_deliveries`))
	w.exec(`UPDATE endpoint_deliveries SET due = now()`) // its lease is over
	w.start()
	assert.Equal(t, first, l.told("message.received", 2)[1])
	eventually(w, "delivered", `SELECT state FROM endpoint_deliveries`)
}

// TestEventsStayOutOfPrivateNetworks: whatever leads there.
func TestEventsStayOutOfPrivateNetworks(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { assert.Fail(t, "called") }))
	defer inside.Close()
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	require.NoError(t, err)
	s := newEventSender()
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
		"10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]",
	} {
		a := s.Send(t.Context(), "http://"+host+":"+port+"/", false, nil, []byte(`{}`))
		assert.Zero(t, a.Status, host)
		assert.NotEmpty(t, a.Error, host)
		assert.NotContains(t, a.Error, host)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"} {
		a := s.Send(t.Context(), "http://"+host+":"+port+"/", false, nil, []byte(`{}`))
		assert.Contains(t, a.Error, "private network", host)
	}

	// A redirect is an answer, and not followed.
	redirect := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
	defer redirect.Close()
	a := s.Send(t.Context(), redirect.URL, true, nil, []byte(`{}`))
	assert.Equal(t, http.StatusTemporaryRedirect, a.Status)
}

// TestEventsDoNotWaitForLongAnswers: neither slow ones nor endless ones.
func TestEventsDoNotWaitForLongAnswers(t *testing.T) {
	t.Parallel()
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	s := newEventSender()
	a := s.Send(t.Context(), endless.URL, true, nil, nil)
	assert.Equal(t, http.StatusOK, a.Status)
	assert.Equal(t, 7*time.Second, a.After)

	silent := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-silent }))
	defer slow.Close()
	defer close(silent)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	assert.Equal(t, "no answer came in time", s.Send(ctx, slow.URL, true, nil, nil).Error)
	assert.Equal(t, "the address cannot be used", s.Send(t.Context(), "http://%zz", true, nil, nil).Error)
}
