package admin

import (
	"html/template"
	"net/http"
)

// manual is the API as a page for people; it needs no script.
func (s *Server) manual(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	type row struct{ Route, Does, Right string }
	page := struct {
		Version string
		Rows    []row
	}{Version: s.Version}
	for _, r := range s.routes() {
		page.Rows = append(page.Rows, row{r.method + " " + prefix + r.path, r.summary, string(r.right)})
	}
	_ = manualPage.Execute(w, page) // the client is gone if it fails
}

var manualPage = template.Must(template.New("manual").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Repartee API</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}code{font-size:.9em}</style>
<h1>Repartee API</h1>
<p>Version {{.Version}}. The whole document, with every parameter and answer: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<p>Programs send <code>Authorization: Bearer rk_…</code>. Errors are <code>application/problem+json</code> (RFC 9457); their <code>detail</code> says what to do. Lists have <code>items</code> and, unless they are at their end, <code>next</code>: send it as <code>cursor</code>.</p>
<table><thead><tr><th scope="col">Route</th><th scope="col">What it does</th><th scope="col">Right</th></tr></thead><tbody>
{{range .Rows}}<tr><td><code>{{.Route}}</code></td><td>{{.Does}}</td><td>{{.Right}}</td></tr>
{{end}}</tbody></table></html>
`))
