package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoShops has a flow of each of two programs.
const twoShops = `
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris}
  - {name: news, brand: News, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris}
carriers:
  - {name: sim, addr: "127.0.0.1:2775", system_id: shop, password: secret}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza}
keywords:
  - {short_code: "36111", word: HELLO, program: pizza, flow: hello}
  - {short_code: "36111", word: NEWS, program: news, flow: daily}
flows:
  - flow: hello
    title: Say hello
    class: transactional
    start: ask
    states:
      ask: {say: {en: "Hungry?", fr: "Faim ?"}, replies: [{is: yes, go: done}, {is: no, end: declined}]}
      done: {say: {en: "Good.", fr: "Bien."}, end: completed}
  - flow: daily
    start: a
    states: {a: {say: "News.", end: completed}}
`

const hello2 = `flow: hello
class: transactional
start: ask
states:
  ask: {say: {en: "Very hungry?", fr: "Très faim ?"}, replies: [{is: yes, go: done}, {is: no, end: declined}]}
  done: {say: {en: "Good.", fr: "Bien."}, end: completed}
tests: |
  == yes
  $ language en
  * start
  < Very hungry?
  > yes
  < Good.
`

// TestFlowLife: a draft is kept, checked, tested, published, gone back from.
func TestFlowLife(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	flows := c.want(http.StatusOK, "GET", "/flows", nil)["items"].([]any)
	require.Len(t, flows, 2)
	assert.Equal(t, "Say hello", flows[1].(obj)["title"])
	assert.Equal(t, []any{"pizza"}, flows[1].(obj)["programs"])

	res, shown := c.do("GET", "/flows/hello", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	etag := res.Header.Get("ETag")
	assert.Equal(t, false, shown["draft"])
	c.want(http.StatusPreconditionRequired, "PUT", "/flows/hello/draft", obj{"source": hello2})
	c.header = http.Header{"If-Match": {etag}}
	c.want(http.StatusUnprocessableEntity, "PUT", "/flows/hello/draft", obj{"source": strings.Replace(hello2, "flow: hello", "flow: other", 1)})
	c.want(http.StatusOK, "PUT", "/flows/hello/draft", obj{"source": hello2})
	stale := c.want(http.StatusPreconditionFailed, "PUT", "/flows/hello/draft", obj{"source": hello2 + "# mine\n"})
	assert.Contains(t, stale["detail"], "somebody else")
	c.header = nil
	assert.Equal(t, true, c.want(http.StatusOK, "GET", "/flows/hello", nil)["draft"])

	dry := c.want(http.StatusOK, "POST", "/flows/hello/publish", obj{"dry_run": true})
	assert.Equal(t, true, dry["changed"])
	assert.EqualValues(t, 2, c.want(http.StatusOK, "POST", "/flows/hello/publish", obj{})["version"])
	c.want(http.StatusConflict, "POST", "/flows/hello/publish", obj{})
	assert.EqualValues(t, 3, c.want(http.StatusOK, "POST", "/flows/hello/publish", obj{"version": 1})["version"])
	c.want(http.StatusNoContent, "PUT", "/flows/hello/pin", obj{"version": 2})
	c.want(http.StatusNotFound, "PUT", "/flows/hello/pin", obj{"version": 9})
	versions := c.want(http.StatusOK, "GET", "/flows/hello", nil)["versions"].([]any)
	require.Len(t, versions, 3)
	assert.Equal(t, true, versions[1].(obj)["pinned"])
	assert.Equal(t, "ann@example.com", versions[2].(obj)["published_by"])
	assert.Equal(t, hello2, c.want(http.StatusOK, "GET", "/flows/hello/versions/2", nil)["source"])
	c.want(http.StatusNotFound, "GET", "/flows/nothing", nil)

	c.header = http.Header{"If-None-Match": {"*"}}
	c.want(http.StatusPreconditionFailed, "PUT", "/flows/hello/draft", obj{"source": hello2})
	c.want(http.StatusOK, "PUT", "/flows/fresh/draft", obj{"source": "flow: fresh\nstart: a\n"}) // half written
	c.header = nil
	red := c.want(http.StatusUnprocessableEntity, "POST", "/flows/fresh/publish", obj{})
	assert.NotEmpty(t, red["errors"])
	entry := c.want(http.StatusOK, "GET", "/audit?object=flow+hello", nil)["items"].([]any)[0].(obj)
	assert.Equal(t, "pinned", entry["action"])
}

// TestRedTestsRefuse: a version whose golden conversations fail is not
// published.
func TestRedTestsRefuse(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	wrong := strings.Replace(hello2, "< Good.", "< Great.", 1)
	tested := c.want(http.StatusOK, "POST", "/flows/test", obj{"source": wrong})
	assert.EqualValues(t, 1, tested["played"])
	failure := tested["failures"].([]any)[0].(obj)
	assert.EqualValues(t, 13, failure["line"])
	res, _ := c.do("GET", "/flows/hello", nil)
	c.header = http.Header{"If-Match": {res.Header.Get("ETag")}}
	c.want(http.StatusOK, "PUT", "/flows/hello/draft", obj{"source": wrong})
	out := c.want(http.StatusUnprocessableEntity, "POST", "/flows/hello/publish", obj{})
	assert.Contains(t, out["errors"].([]any)[0].(obj)["message"], "golden conversation `yes`")
}

// TestDraftsAreChecked: problems with their places, the graph, the sizes of the
// texts, and a rehearsal.
func TestDraftsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	bad := c.want(http.StatusOK, "POST", "/flows/check", obj{"source": "flow: hello\nstart: a\nstates:\n  a: {say: Hi, go: b}\n"})
	assert.NotContains(t, bad, "flow")
	first := bad["problems"].([]any)[0].(obj)
	assert.EqualValues(t, 4, first["line"])
	assert.Equal(t, "error", first["severity"])
	good := c.want(http.StatusOK, "POST", "/flows/check", obj{"source": hello2})["flow"].(obj)
	assert.Equal(t, []any{"ask", "done"}, good["states"])
	assert.Contains(t, good["ways"], obj{"from": "ask", "by": "reply:1", "end": "declined"})
	assert.Len(t, good["texts"], 4)

	played := c.want(http.StatusOK, "POST", "/flows/play", obj{"source": hello2, "lines": []string{"$ language fr", "* start", "> hein", "> STOP", "what"}})
	moments := played["moments"].([]any)
	require.Len(t, moments, 5)
	question := moments[1].(obj)["said"].([]any)[0].(obj)
	assert.Equal(t, "Très faim ?", question["text"])
	assert.Equal(t, "transactional", question["class"])
	assert.NotEmpty(t, moments[1].(obj)["next"], "the flow's lifetime ends some time")
	stop := moments[3].(obj)["said"].([]any)[0].(obj)
	assert.Equal(t, "stop", stop["standard"])
	assert.NotEmpty(t, stop["text"])
	assert.Equal(t, "stopped", moments[3].(obj)["conversations"].([]any)[0].(obj)["outcome"])
	assert.NotEmpty(t, moments[4].(obj)["problem"])
	assert.Contains(t, played["script"], "* start\n< Très faim ?\n")
	again := c.want(http.StatusOK, "POST", "/flows/test", obj{"source": hello2 + "  == recorded\n  " + strings.ReplaceAll(played["script"].(string), "\n", "\n  ")})
	assert.Empty(t, again["failures"])
	c.want(http.StatusUnprocessableEntity, "POST", "/flows/play", obj{"source": "flow: hello\n", "lines": []string{}})
}

// TestFlowsOfOthers: rights that are narrowed to a program end at its flows.
func TestFlowsOfOthers(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	editor := r.invite(owner, "bob@example.com", "editor", "news")
	flows := editor.want(http.StatusOK, "GET", "/flows", nil)["items"].([]any)
	require.Len(t, flows, 1)
	assert.Equal(t, "daily", flows[0].(obj)["name"])
	editor.want(http.StatusForbidden, "GET", "/flows/hello", nil)
	editor.want(http.StatusForbidden, "PUT", "/flows/hello/draft", obj{"source": hello2})
	editor.want(http.StatusForbidden, "POST", "/flows/hello/publish", obj{})
	editor.want(http.StatusForbidden, "POST", "/flows/check", obj{"source": hello2, "program": "pizza"})
	editor.header = http.Header{"If-None-Match": {"*"}}
	editor.want(http.StatusOK, "PUT", "/flows/fresh/draft", obj{"source": "flow: fresh\nstart: a\nstates: {a: {say: Hi, end: completed}}\n"})
}
