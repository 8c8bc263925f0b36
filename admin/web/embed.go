// Package web is the admin UI: a program for browsers, written in TypeScript
// (src), built by Vite into dist and carried in the binary. It reaches the
// gateway through the HTTP API alone, so this package imports nothing of the
// module. Where the UI was not built, a page says how to.
package web

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

//go:embed all:dist
var dist embed.FS

// Handler serves the built UI.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name above is wrong
	}
	return compressed(handler(built))
}

// compressed halves and more what browsers load; what the API says never is, so
// that no secret of it shows in the length of an answer.
var compressed = middleware.Compress(5, "text/html", "text/javascript", "text/css", "image/svg+xml", "application/manifest+json")

// policy lets the UI load what it was built of, and talk to its own gateway.
// The component library sets styles on elements; no script is inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// handler serves files of a build. Any other path is a page of the UI: the
// program in index.html knows which.
func handler(built fs.FS) http.Handler {
	index, err := fs.ReadFile(built, "index.html")
	if err != nil {
		index = []byte(unbuilt)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "pages are only read", http.StatusMethodNotAllowed)
			return
		}
		secure(w.Header())
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if content, err := fs.ReadFile(built, name); err == nil && visible(name) {
			w.Header().Set("Cache-Control", caching(name))
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
			return
		}
		if path.Ext(name) != "" && strings.HasPrefix(name, assets) {
			http.NotFound(w, r) // of a build before: index.html is no answer for a script
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(index))
	})
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// assets is the folder of the files whose names change with their content.
const assets = "assets/"

// visible keeps back what is not for browsers; index.html has the path / alone.
func visible(name string) bool {
	return name != "index.html" && !strings.HasPrefix(path.Base(name), ".")
}

func caching(name string) string {
	if strings.HasPrefix(name, assets) {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// unbuilt is the page of a binary without the UI.
const unbuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Repartee</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>Repartee</h1>
<p>The gateway runs, but this binary was built without its admin UI. With Node.js 20.19 or newer, run <code>make ui build</code> and start it again.</p>
<p>The HTTP API is there all the same: <a href="/api/docs">/api/docs</a>.</p></html>
`
