package admin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/assert"
)

// operation finds what the document says of a request; nil for what is no
// operation.
func (r *room) operation(method, path string) *huma.Operation {
	var found *huma.Operation
	fewest := len(path) // of parameters: /flows/check is no /flows/{name}
	for template, item := range r.server.OpenAPI().Paths {
		op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}[method]
		if n := strings.Count(template, "{"); op != nil && n < fewest && fits(template, path) {
			found, fewest = op, n
		}
	}
	return found
}

// fits reports whether a path is one of a template.
func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// promised checks an answer against the document: its status is declared, and
// its body is of the schema.
func (r *room) promised(req *http.Request, res *http.Response, body []byte) {
	r.t.Helper()
	u, err := url.Parse(req.URL.String())
	if !assert.NoError(r.t, err) {
		return
	}
	op := r.operation(req.Method, u.EscapedPath())
	if op == nil {
		return
	}
	what := req.Method + " " + u.Path + " answers " + res.Status
	declared := op.Responses[strconv.Itoa(res.StatusCode)]
	if !assert.NotNil(r.t, declared, "%s, which %s does not declare: %s", what, op.OperationID, body) || len(body) == 0 {
		return
	}
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	media := declared.Content[kind]
	if !assert.NotNil(r.t, media, "%s with %s, which %s does not declare", what, kind, op.OperationID) || !strings.Contains(kind, "json") {
		return
	}
	var value any
	if !assert.NoError(r.t, json.Unmarshal(body, &value), "%s", what) {
		return
	}
	found := &huma.ValidateResult{}
	huma.Validate(r.server.OpenAPI().Components.Schemas, media.Schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, value, found)
	assert.Empty(r.t, found.Errors, "%s with what %s does not declare: %s", what, op.OperationID, body)
}
