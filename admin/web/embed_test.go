package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ask(h http.Handler, method, path string) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b := make([]byte, 10_000)
	n, _ := res.Body.Read(b)
	return string(b[:n])
}

// TestBuilt: files are served as they are, and pages get index.html.
func TestBuilt(t *testing.T) {
	t.Parallel()
	h := handler(fstest.MapFS{
		"index.html":       {Data: []byte("<title>UI</title>")},
		"scheme.js":        {Data: []byte("early()")},
		"assets/app-1a.js": {Data: []byte("app()")},
		".gitkeep":         {},
	})
	for path, want := range map[string]struct{ body, caching, kind string }{
		"/":                      {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/index.html":            {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/contacts/336.1":        {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/settings/people":       {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/.gitkeep":              {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/../../etc/passwd":      {"<title>UI</title>", "no-cache", "text/html; charset=utf-8"},
		"/scheme.js":             {"early()", "no-cache", "text/javascript; charset=utf-8"},
		"/assets/app-1a.js":      {"app()", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		"/x/../assets/app-1a.js": {"app()", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
	} {
		res := ask(h, http.MethodGet, path)
		assert.Equal(t, http.StatusOK, res.StatusCode, path)
		assert.Equal(t, want.body, body(t, res), path)
		assert.Equal(t, want.caching, res.Header.Get("Cache-Control"), path)
		assert.Equal(t, want.kind, res.Header.Get("Content-Type"), path)
	}
	assert.Equal(t, http.StatusNotFound, ask(h, http.MethodGet, "/assets/app-0.js").StatusCode)
	assert.Equal(t, http.StatusMethodNotAllowed, ask(h, http.MethodPost, "/").StatusCode)
	assert.Equal(t, http.StatusOK, ask(h, http.MethodHead, "/").StatusCode)
}

// TestCompressed: a browser that can gets scripts compressed.
func TestCompressed(t *testing.T) {
	t.Parallel()
	h := compressed(handler(fstest.MapFS{"assets/app-1a.js": {Data: bytes.Repeat([]byte("app();"), 1000)}}))
	r := httptest.NewRequest(http.MethodGet, "/assets/app-1a.js", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	assert.Equal(t, "gzip", w.Result().Header.Get("Content-Encoding"))
	assert.Contains(t, w.Result().Header.Get("Vary"), "Accept-Encoding")
	assert.Less(t, w.Body.Len(), 1000)
	unzipped, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	whole, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	assert.Len(t, whole, 6000)
}

// TestHeaders: no page of strangers frames the UI or runs a script in it.
func TestHeaders(t *testing.T) {
	t.Parallel()
	h := ask(handler(fstest.MapFS{}), http.MethodGet, "/").Header
	csp := h.Get("Content-Security-Policy")
	assert.Contains(t, csp, "script-src 'self';")
	assert.Contains(t, csp, "frame-ancestors 'none'")
	assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
}

// TestUnbuilt: without a build, each page says how to get one.
func TestUnbuilt(t *testing.T) {
	t.Parallel()
	h := handler(fstest.MapFS{".gitkeep": {}})
	for _, path := range []string{"/", "/signin"} {
		assert.Contains(t, body(t, ask(h, http.MethodGet, path)), "make ui build")
	}
	assert.Equal(t, http.StatusOK, ask(Handler(), http.MethodGet, "/").StatusCode)
}
