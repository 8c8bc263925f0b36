package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/sms"
	"repartee/views"
)

// items are those of a list.
func items(t *testing.T, out obj) []obj {
	t.Helper()
	var all []obj
	list, ok := out["items"].([]any)
	require.True(t, ok, "%v", out)
	for _, x := range list {
		all = append(all, x.(obj))
	}
	return all
}

// texted puts texts of phones and answers to them into the database, the n-th
// of phone 3360000000n; every third says STOP.
func (r *room) texted(n int) {
	r.t.Helper()
	first := int64(sms.FirstID(time.Now().Add(-time.Minute)))
	for i := range n {
		phone, id := 33600000001+int64(i), first+int64(i)<<23
		class, text := "neither", fmt.Sprintf("PIZZA %d", i)
		if i%3 == 2 {
			class, text = "opt-out", "STOP"
		}
		r.exec(`INSERT INTO threads (msisdn, short_code, turn, last_mo, stopped, stop_id, talks) VALUES ($1, 36111, 1, now(), $2, $3, '[{"i":"7","p":"pizza","f":"order","v":2,"s":"size","b":1,"x":2,"n":1}]')`, phone, class == "opt-out", id)
		r.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config)
VALUES ($1, $2, 36111, 1, 5, 1, now(), 0, $3, 'turn', 1, $4, 'front: order/size>else order/size>again', 1)`, id, phone, text, class)
		r.exec(`INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, cause, stop_id, created_at, expires, verdict, rule, config, text, coding, segments, sent_at)
VALUES ($1, $2, 36111, 1, 1, 'reply', 'sent', 1, $3, 0, now(), now(), 'allow', 'G01', 1, 'Which size?', 0, 1, now())`, id+1, phone, id)
	}
}

// shop puts two shops in force.
func (r *room) shop() {
	r.t.Helper()
	r.apply(twoShops)
}

func TestMessagesAreListedAndFiltered(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	r.texted(7)

	page := owner.want(http.StatusOK, "GET", "/messages?limit=5", nil)
	all := items(t, page)
	require.Len(t, all, 5)
	for page["next"] != nil {
		page = owner.want(http.StatusOK, "GET", "/messages?limit=5&cursor="+page["next"].(string), nil)
		all = append(all, items(t, page)...)
	}
	require.Len(t, all, 14, "each once")
	for i := 1; i < len(all); i++ {
		assert.Greater(t, all[i-1]["id"], all[i]["id"])
	}
	assert.Equal(t, "out", all[0]["direction"])
	assert.Equal(t, "pizza", all[0]["program"])
	assert.Equal(t, all[1]["id"], all[0]["cause"])
	for query, want := range map[string]int{
		"direction=in": 7, "class=opt-out": 2, "status=sent": 7, "program=pizza": 7, "contains=izza": 5, "contains=%25": 0, "short_code=36222": 0,
		"msisdn=33600000002": 2, "msisdn=33600000002&direction=out": 1, "msisdn=33600000002&short_code=36111": 2,
		"from=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339): 0, "to=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339): 14,
	} {
		assert.Len(t, items(t, owner.want(http.StatusOK, "GET", "/messages?"+query, nil)), want, query)
	}
	for _, wrong := range []string{"status=lost", "msisdn=12", "short_code=x", "cursor=x", "limit=1000", "program=nobody", "from=soon"} {
		owner.want(http.StatusUnprocessableEntity, "GET", "/messages?"+wrong, nil)
	}

	viewer := r.invite(owner, "vic@example.com", "viewer")
	for _, m := range items(t, viewer.want(http.StatusOK, "GET", "/messages", nil)) {
		assert.Contains(t, m["msisdn"], "…")
		assert.Nil(t, m["text"])
	}
	for _, search := range []string{"msisdn=33600000002", "contains=pizza"} {
		viewer.want(http.StatusForbidden, "GET", "/messages?"+search, nil)
	}
	elsewhere := r.invite(owner, "sue@example.com", "agent", "news")
	assert.Empty(t, items(t, elsewhere.want(http.StatusOK, "GET", "/messages", nil)))
	assert.Len(t, items(t, r.invite(owner, "pat@example.com", "agent", "pizza").want(http.StatusOK, "GET", "/messages", nil)), 14)
}

func TestThreadsAreSearchedAndShown(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	r.texted(7)
	r.exec(`INSERT INTO contacts (msisdn, first_name, last_name) VALUES (33600000004, 'Zoé', 'O_Neil')`)

	page := owner.want(http.StatusOK, "GET", "/threads?limit=4", nil)
	all := append(items(t, page), items(t, owner.want(http.StatusOK, "GET", "/threads?limit=4&cursor="+page["next"].(string), nil))...)
	require.Len(t, all, 7)
	assert.Equal(t, "33600000007", all[0]["msisdn"])
	assert.Equal(t, "33600000001", all[6]["msisdn"])
	assert.Equal(t, "sent", all[0]["answer"])
	assert.Equal(t, true, all[1]["stopped"])
	assert.Equal(t, "size", all[0]["conversations"].([]any)[0].(obj)["state"])
	for search, want := range map[string]int{"3360": 7, "%2B33%206%2000%2000%2000%2004": 1, "44": 0, "zo%C3%A9": 1, "o_n": 1, "o%25n": 0, "0": 0} {
		assert.Len(t, items(t, owner.want(http.StatusOK, "GET", "/threads?search="+search, nil)), want, search)
	}
	assert.Empty(t, items(t, owner.want(http.StatusOK, "GET", "/threads?handed=true", nil)))

	shown := owner.want(http.StatusOK, "GET", "/threads/36111/33600000004", nil)
	assert.Equal(t, "Zoé O_Neil", shown["name"])
	require.Len(t, shown["messages"].(obj)["items"], 2)
	owner.want(http.StatusNotFound, "GET", "/threads/36111/33611111111", nil)
	owner.want(http.StatusUnprocessableEntity, "GET", "/threads/36111/phone", nil)

	// Who may not see phones opens a transcript by the name of a message.
	viewer := r.invite(owner, "vic@example.com", "viewer")
	hidden := items(t, viewer.want(http.StatusOK, "GET", "/threads", nil))[3]
	assert.Equal(t, "336…04", hidden["msisdn"])
	assert.Nil(t, hidden["name"])
	shown = viewer.want(http.StatusOK, "GET", "/threads/36111/"+hidden["ref"].(string), nil)
	assert.Equal(t, "336…04", shown["msisdn"])
	require.Len(t, shown["messages"].(obj)["items"], 2)
	viewer.want(http.StatusForbidden, "GET", "/threads/36111/33600000004", nil)
	viewer.want(http.StatusForbidden, "GET", "/threads?search=336", nil)
	viewer.want(http.StatusNotFound, "GET", "/threads/36112/"+hidden["ref"].(string), nil)
	stranger := r.invite(owner, "sue@example.com", "agent", "news")
	for _, ref := range []string{"33600000004", hidden["ref"].(string), "m1"} {
		stranger.want(http.StatusForbidden, "GET", "/threads/36111/"+ref, nil)
	}
}

func TestContactsAreKeptWithoutOverwriting(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(`contact_fields: [{name: shoe, type: number}, {name: nick}, {name: member, type: flag}, {name: born, type: date}]`)
	owner := r.owner()
	put := func(status int, header, value string, body obj) (string, obj) {
		t.Helper()
		owner.header = http.Header{header: {value}}
		res, out := owner.do("PUT", "/contacts/33612345678", body)
		owner.header = nil
		require.Equal(t, status, res.StatusCode, "%v", out)
		return res.Header.Get("ETag"), out
	}
	ann := obj{"first_name": "Ann", "language": "fr", "tags": []string{"vip", "vip", "club"}, "fields": obj{"shoe": 41, "note": nil}}
	owner.want(http.StatusPreconditionRequired, "PUT", "/contacts/33612345678", ann)
	etag, out := put(http.StatusOK, "If-None-Match", "*", ann)
	assert.Equal(t, []any{"club", "vip"}, out["tags"])
	assert.Equal(t, obj{"shoe": 41.0}, out["fields"])
	put(http.StatusPreconditionFailed, "If-None-Match", "*", ann)
	_, _ = put(http.StatusOK, "If-Match", etag, obj{"first_name": "Anna", "time_zone": "Europe/Paris"})
	put(http.StatusPreconditionFailed, "If-Match", etag, ann)
	put(http.StatusUnprocessableEntity, "If-Match", etag, obj{"time_zone": "Mars/Base"})
	put(http.StatusUnprocessableEntity, "If-Match", etag, obj{"time_zone": "Local"})
	put(http.StatusUnprocessableEntity, "If-Match", etag, obj{"language": "french"})
	for name, wrong := range map[string]any{"shoe": "big", "nick": 7, "member": "yes", "born": "1990-01-01", "unknown": "x"} {
		_, out := put(http.StatusUnprocessableEntity, "If-Match", etag, obj{"fields": obj{name: wrong}})
		assert.Equal(t, "body.fields."+name, out["errors"].([]any)[0].(obj)["location"])
	}
	assert.Equal(t, "Anna", owner.want(http.StatusOK, "GET", "/contacts/33612345678", nil)["first_name"])
	owner.want(http.StatusNotFound, "GET", "/contacts/33600000000", nil)

	for i := range 5 {
		r.exec(`INSERT INTO contacts (msisdn, last_name, tags) VALUES ($1, 'Martin', '{club}')`, 33700000000+i)
	}
	page := owner.want(http.StatusOK, "GET", "/contacts?limit=4", nil)
	assert.Len(t, append(items(t, page), items(t, owner.want(http.StatusOK, "GET", "/contacts?cursor="+page["next"].(string), nil))...), 6)
	for query, want := range map[string]int{"search=337": 5, "search=mart": 5, "search=ann": 1, "tag=club": 5, "search=33612345678": 1, "search=x": 0} {
		assert.Len(t, items(t, owner.want(http.StatusOK, "GET", "/contacts?"+query, nil)), want, query)
	}
	r.invite(owner, "sue@example.com", "manager", "news").want(http.StatusForbidden, "GET", "/contacts", nil)
}

func TestSuppressionsAreListed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	for i := range 7 {
		r.exec(`INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason) VALUES ($1, 'everywhere', 0, now() - make_interval(hours => $2), 'letter')`, []byte{byte(i)}, i/2)
	}
	owner.want(http.StatusOK, "POST", "/suppressions", obj{"msisdn": "33612345678", "scope": "everywhere", "reason": "a call"})
	var all []obj
	for cursor := ""; ; {
		page := owner.want(http.StatusOK, "GET", "/suppressions?limit=3&cursor="+cursor, nil)
		all = append(all, items(t, page)...)
		next, more := page["next"].(string)
		if !more {
			break
		}
		cursor = next
	}
	require.Len(t, all, 8, "each once")
	assert.Equal(t, "33612345678", all[0]["msisdn"], "the ledger knows whose it is")
	assert.Nil(t, all[7]["msisdn"])
	assert.Empty(t, items(t, owner.want(http.StatusOK, "GET", "/suppressions?scope=invalid", nil)))
	owner.want(http.StatusUnprocessableEntity, "GET", "/suppressions?cursor=x", nil)
}

func TestHomeAddsUpWhatHappened(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	minute := time.Now().UTC().Truncate(time.Minute)
	for _, f := range []struct {
		ago         time.Duration
		name, label string
		n           int
	}{
		{time.Minute, "mo", "neither", 90},
		{time.Minute, "mo", "opt-out", 10},
		{2 * time.Hour, "mo", "neither", 50},
		{time.Minute, "outcome", "sent", 95},
		{time.Minute, "outcome", "rejected", 6},
		{time.Minute, "receipt", "delivered", 80},
		{time.Minute, "refused", "G08", 3},
		{3 * time.Hour, "held", "G20", 4},
		{48 * time.Hour, "mo", "neither", 1000},
	} {
		r.exec(`INSERT INTO figures VALUES ($1, $2, $3, $4)`, minute.Add(-f.ago), f.name, f.label, f.n)
	}
	r.exec(`INSERT INTO reviews (id, msisdn, short_code, kind, rule, before, opened_at) VALUES (1, 33612345678, 36111, 'unclear', 'r', '{}', now())`)
	r.links.carriers.Store(&[]views.Carrier{{Name: "sim", Binds: []views.Bind{{LastError: "dial tcp 10.1.2.3:2775: connection refused"}}}})
	home := owner.want(http.StatusOK, "GET", "/home", nil)
	assert.Contains(t, home["carriers"].([]any)[0].(obj)["error"], "10.1.2.3")
	assert.Equal(t, obj{"mo": 100.0, "mt": 95.0, "opt_outs": 10.0, "delivered": 80.0, "failed": 6.0, "refused": []any{obj{"label": "G08", "n": 3.0}}, "held": []any{}}, home["hour"])
	assert.Equal(t, 150.0, home["day"].(obj)["mo"])
	assert.Len(t, home["minutes"], 60)
	assert.Equal(t, 1.0, home["waiting"].(obj)["reviews"])
	var kinds []string
	for _, w := range home["warnings"].([]any) {
		kinds = append(kinds, w.(obj)["kind"].(string))
	}
	assert.Equal(t, "mo-spike opt-outs rejected", strings.Join(kinds, " "))
	elsewhere := r.invite(owner, "sue@example.com", "viewer", "news").want(http.StatusOK, "GET", "/home", nil)
	assert.Equal(t, 0.0, elsewhere["waiting"].(obj)["reviews"], "those of others wait for others")
	assert.Equal(t, []any{obj{"name": "sim", "bound": false}}, elsewhere["carriers"])
}

func TestPassagesTellWhatAFlowDidNotUnderstand(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	const flow = "hello"
	id := int64(sms.FirstID(time.Now().Add(-time.Minute)))
	for i, text := range []string{"sixteen", "Sixteen ", "13"} {
		rule := "front: " + flow + []string{"/size>unknown", "/size>else"}[i%2]
		if i == 2 {
			rule = "front: " + flow + "/size>reply:0 other/size>else"
		}
		r.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config)
VALUES ($1, 33600000001, 36111, 1, 5, 1, now(), 0, $2, 'turn', 1, 'neither', $3, 1)`, id+int64(i)<<22, text, rule)
	}
	p := owner.want(http.StatusOK, "GET", "/flows/"+flow+"/passages", nil)
	assert.Equal(t, []any{obj{"state": "size", "by": "else", "count": 1.0}, obj{"state": "size", "by": "reply:0", "count": 1.0}, obj{"state": "size", "by": "unknown", "count": 1.0}}, p["ways"])
	puzzle := p["puzzles"].([]any)[0].(obj)
	assert.Equal(t, "Sixteen", puzzle["text"])
	assert.Equal(t, 2.0, puzzle["count"])
	assert.Equal(t, 3.0, p["texts"])
	viewer := r.invite(owner, "vic@example.com", "viewer")
	assert.Nil(t, viewer.want(http.StatusOK, "GET", "/flows/"+flow+"/passages", nil)["puzzles"].([]any)[0].(obj)["text"])
}

func TestShadowTellsADraftWhatPhonesSaid(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	first := int64(sms.FirstID(time.Now().Add(-time.Hour)))
	for n, said := range [][]string{{"HELLO", "yes"}, {"HELLO", "no"}, {"HELLO", "YES "}, {"what", "yes"}} {
		for i, text := range said {
			rule := "front: hello/ask>reply:0"
			if i == 0 && text == "HELLO" {
				rule = "keyword: hello>begin"
			}
			r.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config, talk)
VALUES ($1, $2, 36111, 1, 5, 1, now(), 0, $3, 'turn', 1, 'neither', $4, 1, $5)`, first+int64(10*n+i)<<22, 33600000001+int64(n), text, rule, 100+n)
		}
	}
	source := owner.want(http.StatusOK, "GET", "/flows/hello", nil)["source"].(string)
	run := owner.want(http.StatusOK, "POST", "/flows/hello/shadow", obj{"source": source})
	assert.Equal(t, 3.0, run["conversations"], "one was not seen to begin")
	assert.Equal(t, 0.0, run["changed"])
	draft := strings.ReplaceAll(source, "Good.", "Very good.")
	require.NotEqual(t, source, draft)
	run = owner.want(http.StatusOK, "POST", "/flows/hello/shadow", obj{"source": draft, "days": 2})
	assert.Equal(t, 2.0, run["changed"])
	assert.Equal(t, []any{obj{"state": "ask", "text": "YES ", "before": []any{"< Good."}, "after": []any{"< Very good."}, "count": 2.0}}, run["differences"])
	owner.want(http.StatusUnprocessableEntity, "POST", "/flows/hello/shadow", obj{"source": "flow: hello"})
	owner.want(http.StatusNotFound, "POST", "/flows/nothing/shadow", obj{"source": draft})
	editor := r.invite(owner, "vic@example.com", "editor")
	parrot := strings.ReplaceAll(source, `"Hungry?"`, `"{{upper(text)}}?"`)
	for _, s := range []string{draft, parrot} {
		run = editor.want(http.StatusOK, "POST", "/flows/hello/shadow", obj{"source": s})
		for _, d := range run["differences"].([]any) {
			assert.NotContains(t, d, "text")
			assert.Empty(t, d.(obj)["before"])
			assert.Empty(t, d.(obj)["after"], "no draft repeats what phones said")
		}
	}
}

func TestAuditPackRunsTheFlows(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.shop()
	owner := r.owner()
	r.exec(`INSERT INTO consent_ledger (id, phone_hash, short_code, program, event, scope, entry, row_hash) VALUES
 (1, 'a', 36111, 1, 'opt-in', 'program', '{"shown": "I agree", "at": "2026-11-01T12:00:00Z"}', ''), (2, 'b', 36111, 1, 'opt-in', 'program', '{"shown": "I agree", "at": "2026-11-02T12:00:00Z"}', '')`)
	pack := owner.want(http.StatusOK, "GET", "/programs/pizza/audit-pack", nil)
	assert.Equal(t, []any{obj{"event": "opt-in", "text": "I agree", "first": "2026-11-01T12:00:00Z", "last": "2026-11-02T12:00:00Z", "count": 2.0}}, pack["wording"])
	flow := pack["flows"].([]any)[0].(obj)
	assert.Equal(t, "hello", flow["name"])
	require.Len(t, flow["transcripts"], 2, "one in each language")
	french := flow["transcripts"].([]any)[1].(obj)
	var said []string
	for _, l := range french["lines"].([]any) {
		said = append(said, l.(obj)["text"].(string))
	}
	require.Len(t, said, 6, "%v", said)
	assert.Equal(t, []string{"HELLO", "Faim ?", "HELP"}, said[:3])
	assert.Contains(t, said[3], "0800 111 222")
	assert.Equal(t, "STOP", said[4])
	assert.Contains(t, said[5], "Pizza Roma")
	r.invite(owner, "nell@example.com", "manager", "news").want(http.StatusForbidden, "GET", "/programs/pizza/audit-pack", nil)
}
