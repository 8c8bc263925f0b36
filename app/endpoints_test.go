package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
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
