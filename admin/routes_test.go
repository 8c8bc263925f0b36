package admin_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
)

// TestEveryRouteNeedsItsRight walks all routes with every role, and as nobody.
func TestEveryRouteNeedsItsRight(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	callers := map[accounts.Role]*client{"": r.program("")}
	for _, role := range accounts.Roles() {
		k := owner.want(http.StatusOK, "POST", "/keys", obj{"name": string(role), "role": role})
		callers[role] = r.program(k["key"].(string))
	}
	walked := 0
	for path, item := range r.server.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			right := rightOf(t, op)
			if right == "" || right == "anyone" {
				continue
			}
			walked++
			r.wait(time.Second) // strangers are held back
			for role, c := range callers {
				res, out := c.do(method, strings.NewReplacer("{id}", "4711", "{name}", "nothing", "{version}", "1", "{conversation}", "4711", "{program}", "nobody", "{number}", "1", "{state}", "accepted", "{decision}", "keep", "{kind}", "places", "{key}", "nowhere", "{msisdn}", "33612345678", "{short_code}", "36111", "{ref}", "33612345678", "{delivery}", "1").Replace(path), obj{})
				switch {
				case role == "":
					assert.Equal(t, http.StatusUnauthorized, res.StatusCode, "%s %s as nobody: %v", method, path, out)
				case right != "signed-in" && !(&accounts.Caller{Role: role}).May(accounts.Right(right)):
					assert.Equal(t, http.StatusForbidden, res.StatusCode, "%s %s as %s: %v", method, path, role, out)
					assert.Contains(t, out["detail"], right)
				default:
					assert.NotEqual(t, http.StatusUnauthorized, res.StatusCode, "%s %s as %s: %v", method, path, role, out)
					assert.Less(t, res.StatusCode, 500, "%s %s as %s: %v", method, path, role, out)
				}
			}
		}
	}
	assert.Greater(t, walked, 15)
}

// rightOf reads the right of an operation from its description.
func rightOf(t *testing.T, op any) string {
	t.Helper()
	doc, err := json.Marshal(op)
	require.NoError(t, err)
	var o struct {
		Description string             `json:"description"`
		Security    []map[string][]any `json:"security"`
		OperationID string             `json:"operationId"`
	}
	require.NoError(t, json.Unmarshal(doc, &o))
	switch {
	case o.OperationID == "":
		return ""
	case strings.HasPrefix(o.Description, "For whoever"):
		return "signed-in"
	case len(o.Security) == 0:
		return "anyone"
	}
	return strings.TrimSuffix(strings.TrimPrefix(o.Description, "Needs the right `"), "`.")
}

// TestOtherSitesCannotAct: a page of another site may send a request with the
// person's cookie; it changes nothing.
func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	owner.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	assert.Contains(t, owner.want(http.StatusForbidden, "POST", "/keys", obj{"name": "mine", "role": "owner"})["detail"], "another site")
	owner.header = http.Header{"Origin": {"https://evil.example"}}
	owner.want(http.StatusForbidden, "POST", "/keys", obj{"name": "mine", "role": "owner"})
	owner.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	owner.want(http.StatusOK, "POST", "/keys", obj{"name": "mine", "role": "owner"})
}

// TestBadRequests: what is wrong is said, and where.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	out := owner.want(http.StatusUnprocessableEntity, "POST", "/keys", obj{"name": "", "role": "king", "colour": "red"})
	var places []string
	for _, e := range out["errors"].([]any) {
		places = append(places, e.(obj)["location"].(string))
	}
	assert.ElementsMatch(t, []string{"body.name", "body.role", "body.colour"}, places)
	assert.Contains(t, owner.want(http.StatusNotFound, "GET", "/nowhere", nil)["detail"], "/api/docs")
	owner.want(http.StatusMethodNotAllowed, "PATCH", "/keys", obj{})
	owner.want(http.StatusUnprocessableEntity, "GET", "/audit?limit=1000", nil)
	owner.want(http.StatusUnprocessableEntity, "GET", "/audit?colour=red", nil)
	owner.want(http.StatusRequestEntityTooLarge, "POST", "/keys", obj{"name": strings.Repeat("x", 2<<20), "role": "viewer"})
	res, _ := owner.do("GET", "/session", nil)
	assert.NotEmpty(t, res.Header.Get("X-Request-Id"))
	assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
}

// TestStrangersAreHeldBack: an address that nobody is signed in from.
func TestStrangersAreHeldBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner, stranger := r.owner(), r.browser()
	held := false
	for range 60 {
		res, _ := stranger.do("GET", "/setup", nil)
		held = held || res.StatusCode == http.StatusTooManyRequests
	}
	assert.True(t, held)
	owner.want(http.StatusOK, "GET", "/session", nil)
}

// TestDocument: the OpenAPI document and its manual need no account.
func TestDocument(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	doc := r.program("").want(http.StatusOK, "GET", "/api/openapi.json", nil)
	assert.Equal(t, "3.1.0", doc["openapi"])
	assert.Contains(t, doc["paths"], "/api/v1/session")
	res, _ := r.program("").do("GET", "/api/docs", nil)
	assert.Equal(t, http.StatusOK, res.StatusCode)
}
