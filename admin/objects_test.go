package admin_test

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/programs"
)

// TestObjects: a place is made, changed over what was seen, and deleted once
// nothing needs it; what is wrong is said at its key.
func TestObjects(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	bad := c.want(http.StatusUnprocessableEntity, "PUT", "/objects/places/lyon", obj{"name": "lyon", "title": "Lyon", "time_zone": "Moon/Base", "colour": "red"})
	places := map[string]bool{}
	for _, e := range bad["errors"].([]any) {
		places[e.(obj)["location"].(string)] = true
	}
	assert.Equal(t, map[string]bool{"body.time_zone": true, "body.colour": true}, places)
	c.want(http.StatusOK, "PUT", "/objects/places/lyon", obj{"name": "lyon", "title": "Lyon", "hours": "09:00-18:00"})
	res, shown := c.do("GET", "/objects/places/lyon", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	assert.Equal(t, "Lyon", shown["object"].(obj)["title"])
	etag := res.Header.Get("ETag")
	change := obj{"name": "lyon", "title": "Lyon Part-Dieu", "hours": "09:00-18:00"}
	c.want(http.StatusPreconditionRequired, "PUT", "/objects/places/lyon", change)
	c.header = http.Header{"If-Match": {etag}}
	changed := c.want(http.StatusOK, "PUT", "/objects/places/lyon", change)
	assert.Equal(t, "update", changed["plan"].([]any)[0].(obj)["op"])
	c.want(http.StatusPreconditionFailed, "PUT", "/objects/places/lyon", change)
	c.header = http.Header{"If-None-Match": {"*"}}
	c.want(http.StatusPreconditionFailed, "PUT", "/objects/places/lyon", change)

	c.header = nil
	keyword := []obj{{"short_code": "36111", "word": "LYON", "program": "pizza", "flow": "hello", "place": "lyon"}}
	c.want(http.StatusOK, "PUT", "/objects/keywords/36111%20lyon", keyword)
	reserved := c.want(http.StatusUnprocessableEntity, "PUT", "/objects/keywords/36111%20stop", []obj{{"short_code": "36111", "word": "STOP", "program": "pizza", "flow": "hello"}})
	assert.Equal(t, "body[0].word", reserved["errors"].([]any)[0].(obj)["location"])
	entry := c.want(http.StatusOK, "GET", "/audit?object=keyword+36111+lyon", nil)["items"].([]any)[0].(obj)
	assert.Equal(t, "created", entry["action"])
	res, _ = c.do("GET", "/objects/places/lyon", nil)
	c.header = http.Header{"If-Match": {res.Header.Get("ETag")}}
	inUse := c.want(http.StatusConflict, "DELETE", "/objects/places/lyon", nil)
	assert.Contains(t, inUse["errors"].([]any)[0].(obj)["message"], "lyon")
	res, _ = c.do("GET", "/objects/keywords/36111%20LYON", nil)
	word := *c
	word.header = http.Header{"If-Match": {res.Header.Get("ETag")}}
	word.want(http.StatusNoContent, "DELETE", "/objects/keywords/36111%20lyon?dry_run=true", nil)
	word.want(http.StatusNoContent, "DELETE", "/objects/keywords/36111%20lyon", nil)
	c.want(http.StatusNoContent, "DELETE", "/objects/places/lyon", nil)
	c.want(http.StatusNotFound, "GET", "/objects/places/lyon", nil)
	c.want(http.StatusUnprocessableEntity, "GET", "/objects/secrets", nil)
}

// TestObjectsKeepSecrets: a password is never shown, and stays when an edit does
// not name it.
func TestObjectsKeepSecrets(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	res, shown := c.do("GET", "/objects/carriers/sim", nil)
	object := shown["object"].(obj)
	assert.NotContains(t, object, "password")
	assert.Equal(t, []any{"password"}, shown["secrets"])
	object["window"] = 20
	c.header = http.Header{"If-Match": {res.Header.Get("ETag")}}
	c.want(http.StatusOK, "PUT", "/objects/carriers/sim", object)
	shop, err := r.shops.CurrentShop(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "secret", string(shop.Carriers[0].Password))
	assert.Equal(t, 20, shop.Carriers[0].Window)
}

// TestObjectsOfOthers: who edits one program changes its objects alone, and
// nothing of the way of messages.
func TestObjectsOfOthers(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	editor := r.invite(owner, "bob@example.com", "editor", "news")
	listed := editor.want(http.StatusOK, "GET", "/objects/keywords", nil)["items"].([]any)
	require.Len(t, listed, 1)
	assert.Equal(t, "36111 news", listed[0].(obj)["key"])
	editor.want(http.StatusNotFound, "GET", "/objects/keywords/36111%20hello", nil)
	editor.want(http.StatusOK, "PUT", "/objects/keywords/36111%20daily", []obj{{"short_code": "36111", "word": "DAILY", "program": "news", "flow": "daily"}})
	editor.want(http.StatusForbidden, "PUT", "/objects/keywords/36111%20roma", []obj{{"short_code": "36111", "word": "ROMA", "program": "pizza", "flow": "hello"}})
	editor.want(http.StatusForbidden, "PUT", "/objects/keywords/36111%20hello", []obj{{"short_code": "36111", "word": "HELLO", "program": "news", "flow": "daily"}})
	editor.want(http.StatusForbidden, "PUT", "/objects/places/lyon", obj{"name": "lyon", "title": "Lyon"})
	editor.want(http.StatusForbidden, "PUT", "/objects/programs/news", obj{"name": "news"})
	viewer := r.invite(owner, "eve@example.com", "viewer")
	viewer.want(http.StatusForbidden, "PUT", "/objects/places/lyon", obj{"name": "lyon", "title": "Lyon"})
}

// TestObjectsMaskPhones: who may not see phones does not see those of the staff.
func TestObjectsMaskPhones(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	res, shown := owner.do("GET", "/objects/programs/pizza", nil)
	program := shown["object"].(obj)
	program["staff"] = obj{"kitchen": []string{"33600000001"}}
	owner.header = http.Header{"If-Match": {res.Header.Get("ETag")}}
	owner.want(http.StatusOK, "PUT", "/objects/programs/pizza", program)
	owner.header = nil
	viewer := r.invite(owner, "eve@example.com", "viewer")
	for who, phone := range map[*client]string{owner: "33600000001", viewer: "336…01"} {
		object := who.want(http.StatusOK, "GET", "/objects/programs/pizza", nil)["object"].(obj)
		assert.Equal(t, obj{"kitchen": []any{phone}}, object["staff"])
		assert.Equal(t, program["brand"], object["brand"])
	}
	seen, _ := owner.do("GET", "/objects/programs/pizza", nil)
	masked, _ := viewer.do("GET", "/objects/programs/pizza", nil)
	assert.NotEqual(t, seen.Header.Get("ETag"), masked.Header.Get("ETag"), "by the hash of the whole object its numbers could be guessed")
}

// TestProblems: words that only an eye would find too alike are told, to those
// who may see them.
func TestProblems(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	before := owner.want(http.StatusOK, "GET", "/problems", nil)["items"].([]any)
	for _, word := range []string{"MONTAGNE", "MONTAGNES"} {
		owner.want(http.StatusOK, "PUT", "/objects/keywords/36111%20"+word, []obj{{"short_code": "36111", "word": word, "program": "pizza", "flow": "hello", "inputs": obj{}, "language": "fr", "aliases": []string{word + " BLANC"}}})
	}
	after := owner.want(http.StatusOK, "GET", "/problems", nil)["items"].([]any)
	require.Len(t, after, len(before)+2)
	assert.Equal(t, "keywords", after[0].(obj)["kind"])
	assert.Equal(t, "36111 montagne", after[0].(obj)["key"])
	assert.Equal(t, "warning", after[0].(obj)["severity"])
	assert.Contains(t, after[0].(obj)["text"], "one letter apart")
	editor := r.invite(owner, "bob@example.com", "editor", "news")
	assert.Empty(t, editor.want(http.StatusOK, "GET", "/problems", nil)["items"])
}

// TestSchemas: each kind has a schema, for forms.
func TestSchemas(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.owner()
	schema := c.want(http.StatusOK, "GET", "/schemas/places", nil)
	assert.Contains(t, schema["properties"], "title")
}

// TestSchemasOfTheUI: the forms of the UI are tested with the schemas as they are.
// REPARTEE_UPDATE=1 writes them anew.
func TestSchemasOfTheUI(t *testing.T) {
	t.Parallel()
	const file = "web/src/components/schema-form/schemas.fixture.json"
	all := map[string]any{}
	for _, kind := range programs.Kinds() {
		if kind != "flows" {
			all[kind] = programs.Schema(kind)
		}
	}
	now, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	if os.Getenv("REPARTEE_UPDATE") != "" {
		require.NoError(t, os.WriteFile(file, append(now, '\n'), 0o600))
	}
	was, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(now), string(was), "run the test with REPARTEE_UPDATE=1, and give new keys their labels in components/objects/labels.ts")
}

// TestRetention: how long messages are kept is a decision with limits, on the record.
func TestRetention(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	assert.Equal(t, 0.0, owner.want(http.StatusOK, "GET", "/settings/retention", nil)["keep_days"])
	owner.want(http.StatusUnprocessableEntity, "PUT", "/settings/retention", obj{"keep_days": 7})
	owner.want(http.StatusOK, "PUT", "/settings/retention", obj{"keep_days": 400})
	assert.Equal(t, 400.0, owner.want(http.StatusOK, "GET", "/settings/retention", nil)["keep_days"])
	entry := items(t, owner.want(http.StatusOK, "GET", "/audit?limit=1", nil))[0]
	assert.Equal(t, "retention", entry["object"])
	r.invite(owner, "nell@example.com", "manager", "news").want(http.StatusForbidden, "PUT", "/settings/retention", obj{"keep_days": 0})
}
