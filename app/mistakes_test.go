package app

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// TestLogSaysWhatToDo makes each mistake that shows only while the gateway
// runs: it goes on, and the log says what to change.
func TestLogSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world, shop string) string // of the configuration
		then   func(w *world)                     // once the gateway runs
		want   []string
	}{
		"a wrong password": {
			change: replaced("password: secret", "password: guess"),
			want:   []string{`"error"`, "sim", "the SMSC refused system_id or password: correct them", "ESME_RINVPASWD"},
		},
		"a wrong system_id": {
			change: replaced("system_id: shop", "system_id: shoe"),
			want:   []string{`"error"`, "the SMSC refused system_id or password: correct them", "ESME_RINVSYSID"},
		},
		"a bind that the account may not have": {
			change: func(w *world, shop string) string {
				require.NoError(w.t, w.smsc.Account("shop").SetFaults(smsc.Faults{RefuseBinds: pdu.StatusBindFail}))
				return shop
			},
			want: []string{`"error"`, "ask the carrier whether the account allows this bind mode", "ESME_RBINDFAIL"},
		},
		"nobody listens": {
			change: func(w *world, shop string) string { return strings.Replace(shop, w.smsc.Addr(), "127.0.0.1:1", 1) },
			want:   []string{"the SMSC refused the connection: check host and port"},
		},
		"no such host": {
			change: func(w *world, shop string) string {
				return strings.Replace(shop, w.smsc.Addr(), "smsc.invalid:2775", 1)
			},
			want: []string{"the SMSC cannot be reached: check addr, name service"},
		},
		"another protocol": {
			change: func(w *world, shop string) string {
				return strings.Replace(strings.Replace(shop, w.smsc.Addr(), webServer(w.t), 1), "password: secret", "password: secret, timeouts: {bind: 500ms}", 1)
			},
			want: []string{"check that this is an SMPP port"},
		},
		"a peer that says nothing": {
			change: func(w *world, shop string) string {
				return strings.Replace(strings.Replace(shop, w.smsc.Addr(), silent(w.t), 1), "password: secret", "password: secret, timeouts: {bind: 200ms}", 1)
			},
			want: []string{"no bind_resp in time: check that this is an SMPP port"},
		},
		"more sessions than the account has": {
			change: replaced("password: secret", "password: secret, sessions: 2"),
			want:   []string{"another client uses this account or it has fewer sessions than configured", "ESME_RALYBND"},
		},
		"a text to a code that nobody configured": {
			then: func(w *world) {
				_, err := w.phone(1).Send(38000, "hello")
				require.NoError(w.t, err)
			},
			want: []string{"38000", "add it to short_codes and run repartee apply"},
		},
		"a code without keywords": {
			change: func(_ *world, shop string) string { return shop[:strings.Index(shop, "keywords:")] },
			then: func(w *world) {
				w.phone(1).text("PIZZA", "Pizza Roma: sorry*")
				eventually(w, 1, `SELECT count(*)::int FROM inbound WHERE outcome = 'turn' AND rule LIKE 'unknown%'`)
			},
			want: []string{"36111", "no keywords", "add keywords with repartee apply"},
		},
		"nothing configured": {
			change: func(*world, string) string { return "" },
			want:   []string{"no carrier is configured", "run repartee apply"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := shopAccount()
			account.MaxBinds, account.Codes = 1, append(account.Codes, 38000)
			w := bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{account}})
			logs := w.watched()
			conf := shop(w.smsc.Addr(), "")
			if c.change != nil {
				conf = c.change(w, conf)
			}
			if conf != "" {
				w.apply(conf)
			}
			w.run()
			if c.then != nil {
				c.then(w)
			}
			w.awaitLog(logs, c.want...)
		})
	}
}

// replaced changes a configuration by words.
func replaced(old, by string) func(*world, string) string {
	return func(_ *world, shop string) string { return strings.Replace(shop, old, by, 1) }
}

// webServer is something else than an SMSC at a port.
func webServer(t *testing.T) (addr string) {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// silent is a port that accepts and says nothing.
func silent(t *testing.T) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, ln.Close()) })
	return ln.Addr().String()
}

// What is wrong before anything was sent shows at /readyz as well.
func TestReadinessSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, smsc.Options{})
	w.run()
	require.Contains(t, w.readiness(), "none configured: run repartee apply")
	w.apply(shop(w.smsc.Addr(), ", backoff: {min: 20ms, max: 50ms}"))
	require.NoError(t, w.smsc.Account("shop").WaitBound(w.context(), 1))
	require.Eventually(t, func() bool { return strings.Contains(w.readiness(), `"ready":true`) }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, w.smsc.Account("shop").SetFaults(smsc.Faults{RefuseBinds: pdu.StatusAlyBnd}))
	w.smsc.Account("shop").Drop()
	require.Eventually(t, func() bool { return strings.Contains(w.readiness(), "0 of 1 bound") }, 10*time.Second, 20*time.Millisecond)
	require.Contains(t, w.readiness(), `"ready":false`)
}

func (w *world) readiness() string {
	answer := httptest.NewRecorder()
	w.gw.readyz(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return answer.Body.String()
}
