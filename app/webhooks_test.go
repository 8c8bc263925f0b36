package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/outbox"
	"repartee/sms"
)

func TestWebhookCall(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.JSONEq(t, `{"n":1}`, string(body))
		assert.Equal(t, "5.1.1", r.Header.Get("Idempotency-Key"))
		assert.Equal(t, "sha256=cd8c1bfa87da5e5018df39e48d61d9a07e5046fc7b8999c01a96444861114adb", r.Header.Get("Repartee-Signature"))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(status)
		_, err = io.WriteString(w, `{"stock":3}`)
		assert.NoError(t, err)
	}))
	defer server.Close()
	c := newWebhookClient()
	hook := &outbox.Webhook{URL: server.URL, Secret: "s", Private: true}
	answer, err := c.Call(t.Context(), hook, "5.1.1", []byte(`{"n":1}`))
	require.NoError(t, err)
	assert.JSONEq(t, `{"stock":3}`, string(answer))
	for code, again := range map[int]bool{302: false, 400: false, 404: false, 408: true, 429: true, 500: true, 503: true} {
		status = code
		_, err := c.Call(t.Context(), hook, "5.1.1", []byte(`{"n":1}`))
		require.Error(t, err, code)
		assert.Equal(t, again, !sms.Permanent(err), code)
	}
}

// What stands in a private network is called only when its webhook says so,
// whatever name leads there.
func TestWebhookInAPrivateNetwork(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { assert.Fail(t, "called") }))
	defer server.Close()
	c := newWebhookClient()
	for _, url := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		_, err := c.Call(t.Context(), &outbox.Webhook{URL: url}, "k", nil)
		require.ErrorIs(t, err, errPrivate, url)
		assert.True(t, sms.Permanent(err))
	}
	for address, refused := range map[string]bool{
		"10.0.0.1:80": true, "192.168.1.1:80": true, "172.16.0.1:80": true, "169.254.169.254:80": true, "100.64.0.1:80": true, "0.0.0.0:80": true,
		"[::1]:80": true, "[fc00::1]:80": true, "[fe80::1]:80": true, "[::ffff:127.0.0.1]:80": true, "224.0.0.1:80": true,
		"93.184.216.34:443": false, "[2606:2800:220:1::1]:443": false,
	} {
		assert.Equal(t, refused, errors.Is(refusePrivate("tcp", address, nil), errPrivate), address)
	}
}

// A webhook that does not answer in time is called again later, and the error
// does not name its URL.
func TestWebhookThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := newWebhookClient().Call(ctx, &outbox.Webhook{URL: server.URL, Private: true}, "k", nil)
	require.Error(t, err)
	assert.False(t, sms.Permanent(err))
	assert.NotContains(t, err.Error(), server.URL)
}
