package control

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// events streams a phone's transcript as server-sent events: one "message" per
// text, its number as the id, so that a client that comes back goes on behind
// the last one it saw (Last-Event-ID, or after=).
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	p, err := h.phone(r)
	if err == nil && r.Header.Get("Last-Event-ID") != "" {
		r.URL.RawQuery = "after=" + r.Header.Get("Last-Event-ID")
	}
	var after int64
	if err == nil {
		after, _, err = window(r)
	}
	if err != nil {
		endpoint(func(*http.Request) (any, error) { return nil, err }).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	for flush.Flush() == nil {
		entries := p.Await(r.Context(), after)
		if len(entries) == 0 {
			return
		}
		for _, e := range entries {
			after = e.Number
			octets, err := json.Marshal(e)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\nevent: message\ndata: %s\n\n", e.Number, octets); err != nil {
				return
			}
		}
	}
}
