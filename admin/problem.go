package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"repartee/accounts"
	"repartee/sms"
	"repartee/views"
)

// problem makes of any error what the caller may know of it.
func (s *Server) problem(ctx context.Context, err error) error {
	var known huma.StatusError
	var permanent *sms.PermanentError
	var missing *views.NotFoundError
	var refused *views.RefusedError
	var value interface{ Unstorable() bool }
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, accounts.ErrNotFound):
		return huma.Error404NotFound(err.Error())
	case errors.As(err, &missing):
		return huma.Error404NotFound(err.Error())
	case errors.As(err, &refused):
		return huma.Error409Conflict(err.Error())
	case errors.As(err, &value) && value.Unstorable():
		return huma.Error422UnprocessableEntity("a value cannot be stored: leave NUL characters out of texts, and use smaller numbers")
	case errors.Is(err, accounts.ErrTaken), errors.Is(err, accounts.ErrLastOwner):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, context.Canceled):
		return huma.NewError(499, "the request was given up")
	}
	v := visitOf(ctx)
	s.Log.Error("a request failed", zap.String("request", v.id), zap.String("caller", v.name()), zap.Error(err))
	if errors.As(err, &permanent) {
		return huma.Error500InternalServerError("something is wrong with the gateway: its log knows more under request " + v.id)
	}
	return huma.ErrorWithHeaders(
		huma.Error503ServiceUnavailable("the database is away or too busy: try again in a moment (request "+v.id+")"),
		http.Header{"Retry-After": {"5"}},
	)
}

// refuse writes a problem where no operation is reached.
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.NewError(status, detail)) // the client is gone if it fails
}

// tooMany refuses for a while.
func tooMany(wait time.Duration, detail string) error {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	return huma.ErrorWithHeaders(huma.Error429TooManyRequests(detail), http.Header{"Retry-After": {strconv.Itoa(seconds)}})
}

// invalid is a problem with one field of the body.
func invalid(location, detail string) error {
	return huma.Error422UnprocessableEntity(detail, &huma.ErrorDetail{Location: location, Message: detail})
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, http.StatusNotFound, r.URL.Path+" is no route of this API: /api/docs lists them")
}

func (s *Server) foreign(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusForbidden, "a page of another site may not do this: open the gateway itself, or let a program send its key")
}

func (s *Server) notAllowed(w http.ResponseWriter, r *http.Request) {
	refuse(w, http.StatusMethodNotAllowed, r.URL.Path+" takes no "+r.Method+": /api/docs lists the routes")
}
