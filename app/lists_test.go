package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
	"repartee/views"
)

// TestListsOverTheAPI: what a gateway did is there to be looked at, and a
// carrier that is bound anew goes on.
func TestListsOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	call := w.api(accounts.Manager)
	p := w.phone(1)
	p.text("STOP", "*")

	_, out := call("GET", "/threads/36111/33600000001", "", "")
	said := out["messages"].(map[string]any)["items"].([]any)
	require.Len(t, said, 2)
	answer, stop := said[0].(map[string]any), said[1].(map[string]any)
	assert.Equal(t, "opt-out", stop["class"])
	assert.Equal(t, "compliance", answer["class"])
	assert.Equal(t, stop["id"], answer["cause"])
	assert.NotEmpty(t, answer["rule"])
	assert.Equal(t, true, out["stopped"])
	_, out = call("GET", "/threads", "", "")
	require.Len(t, out["items"], 1)

	_, out = call("GET", "/carriers", "", "")
	carrier := out["items"].([]any)[0].(map[string]any)
	assert.Equal(t, true, carrier["bound"])
	assert.GreaterOrEqual(t, carrier["delivered"], 1.0, "the text, and the receipt when it has come")
	assert.Equal(t, 1.0, carrier["submitted"])
	name := carrier["name"].(string)
	since := carrier["binds"].([]any)[0].(map[string]any)["since"]
	status, _ := call("POST", "/carriers/nobody/rebind", "", "{}")
	assert.Equal(t, http.StatusNotFound, status)
	status, out = call("POST", "/carriers/"+name+"/rebind", "", "{}")
	require.Equal(t, http.StatusNoContent, status, "%v", out)
	require.Eventually(t, func() bool {
		_, out = call("GET", "/carriers", "", "")
		return len(out["items"].([]any)) > 0 && out["items"].([]any)[0].(map[string]any)["bound"] == true
	}, 20*time.Second, 10*time.Millisecond)
	assert.NotEqual(t, since, out["items"].([]any)[0].(map[string]any)["binds"].([]any)[0].(map[string]any)["since"])
	w.apply(`carriers: [{name: broken, addr: "127.0.0.1:1", system_id: shop, password: secret, tls: {ca_file: /nowhere}}]`)
	require.Eventually(t, func() bool { // one that cannot be bound is not left out
		_, out = call("GET", "/home", "", "")
		first := out["carriers"].([]any)[0].(map[string]any)
		return first["name"] == "broken" && first["bound"] == false && strings.Contains(first["error"].(string), "ca_file")
	}, 20*time.Second, 10*time.Millisecond)
	_, out = call("GET", "/carriers", "", "")
	require.Len(t, out["items"], 2)
	q := w.phone(2)
	q.text("HELP", "*")

	require.Eventually(t, func() bool { // figures are added every few seconds
		_, out = call("GET", "/home", "", "")
		return out["hour"].(map[string]any)["mo"] == 2.0
	}, 20*time.Second, 50*time.Millisecond)
	assert.Equal(t, 1.0, out["hour"].(map[string]any)["opt_outs"])
}

// TestFiguresAreNotLost: what could not be added comes with the next, once.
func TestFiguresAreNotLost(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	mo := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "repartee_inbox_messages_total"}, []string{"outcome", "class"})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "repartee_inbox_refused_total"}, []string{"verdict", "reason"})
	responses := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "repartee_smpp_responses_total"}, []string{"carrier", "status"})
	registry.MustRegister(mo, refused, responses)
	var added []views.Figure
	var away error
	f := &figures{gather: func() ([]*dto.MetricFamily, error) { return registry.Gather() }, seen: map[[2]string]int64{}, add: func(_ context.Context, fresh []views.Figure) error {
		if away == nil {
			added = append(added, fresh...)
		}
		return away
	}}
	now := time.Date(2026, 11, 20, 12, 0, 30, 0, time.UTC)
	minute := now.Truncate(time.Minute)
	mo.WithLabelValues("turn", "neither").Add(2)
	mo.WithLabelValues("ignored", "neither").Add(1)
	require.NoError(t, f.flush(t.Context(), now))
	assert.Equal(t, []views.Figure{{Minute: minute, Name: "mo", Label: "neither", N: 3}}, added)
	require.NoError(t, f.flush(t.Context(), now))
	assert.Len(t, added, 1, "nothing is new")

	away = errors.New("the database is away")
	mo.WithLabelValues("turn", "opt-out").Add(4)
	require.Error(t, f.flush(t.Context(), now))
	away = nil
	refused.WithLabelValues("hold", "G20").Inc()
	refused.WithLabelValues("refuse", "G20").Inc()
	responses.WithLabelValues("orange", "ESME_ROK").Inc()
	responses.WithLabelValues("orange", "ESME_RTHROTTLED").Inc()
	require.NoError(t, f.flush(t.Context(), now.Add(time.Minute)))
	minute = minute.Add(time.Minute)
	assert.ElementsMatch(t, []views.Figure{
		{Minute: minute, Name: "mo", Label: "opt-out", N: 4},
		{Minute: minute, Name: "held", Label: "G20", N: 1},
		{Minute: minute, Name: "refused", Label: "G20", N: 1},
		{Minute: minute, Name: "response", Label: "orange ESME_RTHROTTLED", N: 1},
	}, added[1:])
}

// TestPausedCarrierTakesTextsAndSendsNothing: messages wait while it lasts.
func TestPausedCarrierTakesTextsAndSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	call := w.api(accounts.Manager)
	_, out := call("GET", "/carriers", "", "")
	name := out["items"].([]any)[0].(map[string]any)["name"].(string)
	state := func(paused bool) {
		require.Eventually(t, func() bool {
			_, out := call("GET", "/carriers", "", "")
			c := out["items"].([]any)[0].(map[string]any)
			return c["paused"] == paused && c["bound"] == true
		}, 20*time.Second, 10*time.Millisecond)
	}
	status, out := call("POST", "/carriers/"+name+"/pause", "", "")
	require.Equal(t, http.StatusNoContent, status, "%v", out)
	state(true)
	binds := query[int](w, `SELECT count(*)::int FROM binds`)
	p := w.phone(1)
	p.send("HELP")
	eventually(w, 1, `SELECT count(*)::int FROM outbound WHERE state IN ('sending', 'queued')`)
	_, out = call("GET", "/carriers/"+name+"/pdus", "", "")
	for _, x := range out["items"].([]any) {
		require.NotEqual(t, "submit_sm", x.(map[string]any)["command"])
	}
	require.Contains(t, out["items"].([]any)[0].(map[string]any)["command"], "deliver_sm_resp")
	status, _ = call("POST", "/carriers/"+name+"/resume", "", "")
	require.Equal(t, http.StatusNoContent, status)
	state(false)
	p.expect("*")
	require.Equal(t, binds, query[int](w, `SELECT count(*)::int FROM binds`), "its binds stood all the time")
	status, _ = call("POST", "/carriers/nobody/pause", "", "")
	require.Equal(t, http.StatusNotFound, status)
}
