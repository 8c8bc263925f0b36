package app

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"repartee/postgres/pgtest"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// bareWorld is an SMSC and a database whose gateway the test configures and
// starts itself.
func bareWorld(t *testing.T, options smsc.Options) *world {
	t.Helper()
	w := &world{t: t, url: pgtest.URL(t), log: zap.NewNop(), clock: time.Now, partsWithin: partsWithin}
	if options.Accounts == nil {
		options.Accounts = []smsc.AccountOptions{shopAccount()}
	}
	server, err := smsc.Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	w.smsc = server
	return w
}

func shopAccount() smsc.AccountOptions {
	return smsc.AccountOptions{SystemID: "shop", Password: "secret", Codes: []sms.ShortCode{36111}}
}

// peerWorld is a gateway whose only carrier is a peer that the test scripts;
// the SMSC simulator stands by for nobody.
func peerWorld(t *testing.T, carrier string) (*world, *peer) {
	t.Helper()
	p := newPeer(t)
	w := bareWorld(t, smsc.Options{})
	w.apply(shop(p.addr, ", backoff: {min: 20ms, max: 100ms}"+carrier))
	w.run()
	return w, p
}

// watched makes the world's log one that the test can read, debug level
// included.
func (w *world) watched() *observer.ObservedLogs {
	core, logs := observer.New(zapcore.DebugLevel)
	w.log = zap.New(core)
	return logs
}

// logged returns all of a log, each entry with its fields as a line of JSON.
func logged(t *testing.T, logs *observer.ObservedLogs) string {
	t.Helper()
	var all strings.Builder
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "msg", LevelKey: "level", EncodeLevel: zapcore.LowercaseLevelEncoder})
	for _, e := range logs.All() {
		line, err := encoder.EncodeEntry(e.Entry, e.Context)
		require.NoError(t, err)
		all.WriteString(line.String() + "\n")
		line.Free()
	}
	return all.String()
}

// metrics returns what the gateway's /metrics would show.
func (w *world) metrics() string {
	w.t.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(w.gw.registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	return answer.Body.String()
}

// awaitLog waits until one line of the log, warning or worse, holds all of the
// words.
func (w *world) awaitLog(logs *observer.ObservedLogs, words ...string) {
	w.t.Helper()
	var text string
	said := func() bool {
		text = logged(w.t, logs)
		for line := range strings.Lines(text) {
			missing := func(word string) bool { return !strings.Contains(line, word) }
			if !slices.ContainsFunc(words, missing) && !strings.Contains(line, `"info"`) {
				return true
			}
		}
		return false
	}
	if !assert.Eventually(w.t, said, 20*time.Second, 20*time.Millisecond) {
		require.FailNow(w.t, "not in the log", "%q in\n%s", words, text)
	}
}
