package admin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"repartee/accounts"
)

// cookieName is the cookie of a session.
const cookieName = "repartee_session"

const (
	idleSession  = 12 * time.Hour     // without a request
	wholeSession = 7 * 24 * time.Hour // in all
)

// visit is what is known about a request.
type visit struct {
	id      string
	address string // of the client
	agent   string
	caller  *accounts.Caller // nil: nobody
	user    *accounts.User   // nil for a key
	session *accounts.Session
	key     accounts.Token // empty for a person
}

type visitKey struct{}

// visitOf returns the visit of a request; outside of one, an empty visit.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

func (v *visit) name() string {
	if v.caller == nil {
		return ""
	}
	return v.caller.Name
}

// receive gives the request its id and the answer its headers, and survives
// what panics.
func (s *Server) receive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		v := &visit{id: string(accounts.NewToken("")[:12]), address: host, agent: r.UserAgent()}
		h := w.Header()
		h.Set("X-Request-Id", v.id)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.Log.Error("a request made the program fail", zap.String("request", v.id), zap.Any("panic", p), zap.Stack("stack"))
			refuse(w, http.StatusInternalServerError, "something is wrong with the gateway: its log knows more under request "+v.id)
		}()
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

// identify finds out who asks. A key or cookie that is not good (any more) makes
// a caller that is nobody; a key also an answer that says so.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		var err error
		if key, given := bearer(r); given {
			err = s.identifyKey(r.Context(), v, key)
		} else if c, missing := r.Cookie(cookieName); missing == nil {
			err = s.identifySession(r.Context(), v, accounts.Token(c.Value))
		}
		switch {
		case errors.Is(err, accounts.ErrNotFound):
			refuse(w, http.StatusUnauthorized, "this key is unknown, revoked or expired: an owner can make another")
		case r.Context().Err() != nil: // nobody waits for the answer
		case err != nil:
			s.Log.Warn("nobody can be identified", zap.String("request", v.id), zap.Error(err))
			w.Header().Set("Retry-After", "5")
			refuse(w, http.StatusServiceUnavailable, "the database is away: try again in a moment")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func bearer(r *http.Request) (accounts.Token, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return accounts.Token(strings.TrimSpace(token)), strings.EqualFold(scheme, "Bearer")
}

func (s *Server) identifyKey(ctx context.Context, v *visit, t accounts.Token) error {
	k, err := s.Accounts.KeyOf(ctx, t, s.Clock())
	if err != nil {
		return err
	}
	v.caller, v.key = k.Caller(), t
	return nil
}

func (s *Server) identifySession(ctx context.Context, v *visit, t accounts.Token) error {
	now := s.Clock()
	u, n, err := s.Accounts.SessionUser(ctx, t, now)
	if errors.Is(err, accounts.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if now.Sub(n.SeenAt) > idleSession {
		return s.Accounts.EndSession(ctx, u.ID, n.ID)
	}
	v.user, v.session, v.caller = u, n, u.Caller()
	return nil
}

// authorize lets an operation begin if its right is the caller's.
func (s *Server) authorize(ctx huma.Context, next func(huma.Context)) {
	right, _ := ctx.Operation().Metadata[rightKey].(accounts.Right)
	v := visitOf(ctx.Context())
	if wait := s.limits.take(v); wait > 0 {
		s.writeError(ctx, tooMany(wait, "too many requests: wait "+wait.Round(time.Second).String()))
		return
	}
	switch {
	case right == anyone:
	case v.caller == nil:
		s.writeError(ctx, huma.Error401Unauthorized("nobody is signed in: sign in, or send the key of a program as `Authorization: Bearer rk_…`"))
		return
	case right != signedIn && !v.caller.May(right):
		s.writeError(ctx, huma.Error403Forbidden("this needs the right "+string(right)+", which the role "+string(v.caller.Role)+" does not have"))
		return
	}
	next(ctx)
}

// writeError answers with a problem before an operation begins.
func (s *Server) writeError(ctx huma.Context, err error) {
	var withHeaders huma.HeadersError
	if errors.As(err, &withHeaders) {
		for name, values := range withHeaders.GetHeaders() {
			ctx.SetHeader(name, values[0])
		}
	}
	var e *huma.ErrorModel
	if !errors.As(err, &e) {
		e = &huma.ErrorModel{Status: http.StatusInternalServerError}
	}
	_ = huma.WriteErr(s.api, ctx, e.Status, e.Detail) // the client is gone if it fails
}
