package app

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
)

// TestFirstRunGivesALink: a gateway without an owner gives the link that makes
// one, and the API answers at its address.
func TestFirstRunGivesALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	res, err := http.Get(w.gw.url() + "/api/v1/setup")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusOK, res.StatusCode)

	var links []string
	w.gw.opts.Welcome = func(link string) { links = append(links, link) }
	require.NoError(t, w.gw.welcome(w.context()))
	require.NoError(t, w.gw.welcome(w.context()))
	require.Len(t, links, 2)
	become := func(link string) int {
		base, token, _ := strings.Cut(link, "/setup#")
		body := `{"token": "` + token + `", "email": "ann@example.com", "name": "Ann", "password": "correct horse battery"}`
		res, err := http.Post(base+"/api/v1/setup", "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	assert.Equal(t, http.StatusForbidden, become(links[0]), "a later start's link replaces it")
	assert.Equal(t, http.StatusOK, become(links[1]))
	require.NoError(t, w.gw.welcome(w.context()))
	assert.Len(t, links, 2, "there is an owner")
}

// api sends a request as a program with a new key of that role.
func (w *world) api(role accounts.Role) func(method, path, idempotency, body string) (int, map[string]any) {
	w.t.Helper()
	token := accounts.NewToken("rk_")
	_, err := w.gw.accounts.AddKey(w.context(), token, &accounts.Key{Name: "test", Hint: "rk_", Role: role, CreatedBy: "test", CreatedAt: time.Now()})
	require.NoError(w.t, err)
	return func(method, path, idempotency, body string) (int, map[string]any) {
		w.t.Helper()
		req, err := http.NewRequestWithContext(w.context(), method, w.gw.url()+"/api/v1"+path, strings.NewReader(body))
		require.NoError(w.t, err)
		req.Header.Set("Authorization", "Bearer "+string(token))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", idempotency)
		res, err := http.DefaultClient.Do(req)
		require.NoError(w.t, err)
		doc, err := io.ReadAll(res.Body)
		require.NoError(w.t, err)
		require.NoError(w.t, res.Body.Close())
		out := map[string]any{}
		if len(doc) > 0 {
			require.NoError(w.t, json.Unmarshal(doc, &out), "%s", doc)
		}
		return res.StatusCode, out
	}
}

// TestSendOverTheAPI: a message goes once however often it is asked for, the
// gate's verdict is the answer, and what is wrong is said.
func TestSendOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	call := w.api(accounts.Manager)
	p := w.phone(1)
	body := `{"short_code": "36111", "to": "+33600000001", "text": "Your table is ready.", "class": "transactional", "program": "pizza"}`
	status, first := call("POST", "/messages", "order-1", body)
	require.Equal(t, http.StatusAccepted, status, "%v", first)
	assert.Equal(t, "allow", first["verdict"])
	p.expect("Your table is ready.")
	_, again := call("POST", "/messages", "order-1", body)
	assert.Equal(t, first, again)
	status, _ = call("POST", "/messages", "order-1", strings.Replace(body, "table", "taxi", 1))
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM outbound`))

	_, refused := call("POST", "/messages", "", strings.Replace(body, "transactional", "marketing", 1))
	assert.Equal(t, "refuse", refused["verdict"])
	assert.Contains(t, refused["rule"], "G08")
	later := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	_, held := call("POST", "/messages", "", strings.Replace(body, `"program"`, `"not_before": "`+later+`", "program"`, 1))
	assert.Equal(t, "hold", held["verdict"])
	assert.Equal(t, later, held["hold_until"])

	for _, wrong := range [][3]string{
		{`"36111"`, `"99999"`, "body.short_code"},
		{`"+33600000001"`, `"12"`, "body.to"},
		{`"pizza"`, `"nobody"`, "body.program"},
		{`"Your table is ready."`, `"` + strings.Repeat("é€", 700) + `"`, "body.text"},
		{`"class"`, `"valid_for": "soon", "class"`, "body.valid_for"},
	} {
		status, out := call("POST", "/messages", "", strings.Replace(body, wrong[0], wrong[1], 1))
		require.Equal(t, http.StatusUnprocessableEntity, status, "%v", out)
		assert.Equal(t, wrong[2], out["errors"].([]any)[0].(map[string]any)["location"])
	}
	status, _ = w.api(accounts.Editor)("POST", "/messages", "", body)
	assert.Equal(t, http.StatusForbidden, status)
}

// TestStartOverTheAPI: a flow begins once, and an event reaches it.
func TestStartOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.apply(`
flows:
  - flow: table
    class: transactional
    inputs: {seats: number, name: {type: text, default: Ann}}
    start: wait
    states:
      wait: {say: "{{name}}, a table for {{seats}} soon.", events: [{event: table.ready, say: "Table {{event.number}}!", end: completed}]}
keywords:
  - {short_code: "36111", word: TABLE, program: pizza, flow: table, inputs: {seats: 2}}`)
	version := query[int64](w, `SELECT version FROM config`)
	require.Eventually(t, func() bool { return w.gw.version() == version }, 20*time.Second, 10*time.Millisecond)
	call := w.api(accounts.Manager)
	p := w.phone(1)
	status, out := call("POST", "/flows/table/start", "", `{"to": "33600000001", "inputs": {"seats": "many"}}`)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Equal(t, "body.inputs.seats", out["errors"].([]any)[0].(map[string]any)["location"])
	status, _ = call("POST", "/flows/table/start", "", `{"to": "33600000001", "inputs": {}}`)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	for range 2 {
		status, out = call("POST", "/flows/table/start", "guest-7", `{"to": "33600000001", "inputs": {"seats": 4}}`)
		require.Equal(t, http.StatusAccepted, status, "%v", out)
	}
	p.expect("Ann, a table for 4 soon.")
	status, out = call("POST", "/events", "", `{"event": "table.ready", "short_code": "36111", "to": "33600000001", "data": {"number": 12}}`)
	require.Equal(t, http.StatusAccepted, status, "%v", out)
	p.expect("Table 12!")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM conversations`))
	status, _ = call("POST", "/flows/nothing/start", "", `{"to": "33600000001"}`)
	assert.Equal(t, http.StatusNotFound, status)
}

// TestDeskOverTheAPI: a conversation is handed to a person, answered and handed
// back; a likely opt-out is undone.
func TestDeskOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.apply(`
flows:
  - flow: ask
    class: transactional
    start: more
    states:
      more: {say: "More?", replies: [{words: [agent], go: person}, {is: yes, end: completed}]}
      person: {handoff: {group: shop, within: 1h, away: more, done: more}}
keywords:
  - {short_code: "36111", word: ASK, program: pizza, flow: ask}`)
	version := query[int64](w, `SELECT version FROM config`)
	require.Eventually(t, func() bool { return w.gw.version() == version }, 20*time.Second, 10*time.Millisecond)
	agent := w.api(accounts.Agent)
	p := w.phone(1)
	p.text("ASK", "More?")
	p.send("agent")
	p.send("is it fresh?")
	eventually(w, 1, `SELECT count(*)::int FROM handoffs`)
	_, out := agent("GET", "/handoffs", "", "")
	require.Len(t, out["items"], 1)
	h := out["items"].([]any)[0].(map[string]any)
	assert.Equal(t, "33600000001", h["msisdn"])
	path := "/handoffs/" + h["conversation"].(string)
	status, out := agent("POST", path+"/answer", "", `{"text": "Made this morning."}`)
	require.Equal(t, http.StatusNoContent, status, "%v", out)
	p.expect("Made this morning.")
	status, out = w.api(accounts.Agent)("POST", path+"/return", "", "")
	require.Equal(t, http.StatusNoContent, status, "%v", out)
	p.expect("More?")
	status, _ = agent("POST", path+"/answer", "", `{"text": "Too late"}`)
	assert.Equal(t, http.StatusNotFound, status)
	status, _ = agent("GET", "/reviews", "", "")
	assert.Equal(t, http.StatusForbidden, status)

	p.send("please take me off your list")
	p.expect("*")
	manager := w.api(accounts.Manager)
	_, out = manager("GET", "/reviews", "", "")
	require.Len(t, out["items"], 1)
	review := out["items"].([]any)[0].(map[string]any)
	assert.Equal(t, "opt-out", review["kind"])
	status, _ = manager("POST", "/reviews/"+review["id"].(string)+"/undo", "", `{"reason": "she asked for the pizza list only"}`)
	require.Equal(t, http.StatusNoContent, status)
	status, _ = manager("POST", "/reviews/"+review["id"].(string)+"/keep", "", `{"reason": "once more"}`)
	assert.Equal(t, http.StatusConflict, status)
}
