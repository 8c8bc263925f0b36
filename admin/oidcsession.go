package admin

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"repartee/accounts"
)

// attemptFor is how long somebody may take to sign in at the provider.
const attemptFor = 10 * time.Minute

// setOut is a browser that is sent elsewhere.
type setOut struct {
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// attemptCookie binds an attempt to the browser. The browser takes its name, on
// HTTPS, from this host alone.
func (s *Server) attemptCookie(a attempt, lives time.Duration) http.Cookie {
	c := s.cookie(string(a), lives)
	c.Name = s.attemptName()
	return c
}

func (s *Server) attemptName() string {
	if s.secure() {
		return "__Host-repartee_oidc"
	}
	return "repartee_oidc"
}

var errNoOIDC = huma.Error404NotFound("no provider of OpenID Connect is configured: set REPARTEE_OIDC_ISSUER")

// goToProvider begins to sign somebody in.
func (s *Server) goToProvider(context.Context, *nothing) (*setOut, error) {
	if s.provider == nil {
		return nil, errNoOIDC
	}
	a := attempt(accounts.NewToken("ro_"))
	to, err := s.provider.begin(a)
	if err != nil {
		s.Log.Warn("the provider of OpenID Connect cannot be asked", zap.Error(err))
		return &setOut{Location: signInProblem("away")}, nil
	}
	return &setOut{to, []http.Cookie{s.attemptCookie(a, attemptFor)}}, nil
}

type callbackInput struct {
	Code   string `query:"code"`
	State  string `query:"state"`
	Error  string `query:"error" doc:"why the provider lets nobody in"`
	Cookie string `header:"Cookie" hidden:"true"`
}

// attempt is the one that the browser began; empty without one that the
// provider's answer fits.
func (in *callbackInput) attempt(name string) attempt {
	r := http.Request{Header: http.Header{"Cookie": {in.Cookie}}}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	a := attempt(c.Value)
	if subtle.ConstantTimeCompare([]byte(a.state()), []byte(in.State)) != 1 {
		return ""
	}
	return a
}

// signInProblem is the sign-in page, which says what is wrong.
func signInProblem(what string) string { return "/signin#problem=" + what }

// comeFromProvider signs in whom the provider knows by an e-mail address that
// has an account. The second factor is the provider's business.
func (s *Server) comeFromProvider(ctx context.Context, in *callbackInput) (*setOut, error) {
	if s.provider == nil {
		return nil, errNoOIDC
	}
	out := &setOut{SetCookie: []http.Cookie{s.attemptCookie("", 0)}}
	a := in.attempt(s.attemptName())
	switch {
	case a == "":
		out.Location = signInProblem("stale")
		return out, nil
	case in.Error != "" || in.Code == "":
		out.Location = signInProblem("refused")
		return out, nil
	}
	c, err := s.provider.finish(ctx, a, in.Code)
	switch {
	case errors.Is(err, errToken):
		out.Location = signInProblem("invalid")
		return out, s.refuseProvider(ctx, "", err.Error())
	case err != nil:
		s.Log.Warn("the provider of OpenID Connect cannot be asked", zap.Error(err))
		out.Location = signInProblem("away")
		return out, nil
	case !c.verified():
		out.Location = signInProblem("unverified")
		return out, s.refuseProvider(ctx, c.Email, "its e-mail address is not verified")
	}
	u, err := s.Accounts.UserByEmail(ctx, c.Email)
	switch {
	case errors.Is(err, accounts.ErrNotFound):
		out.Location = signInProblem("unknown")
		return out, s.refuseProvider(ctx, c.Email, "nobody with this e-mail address was invited")
	case err != nil:
		return nil, err
	case !u.DisabledAt.IsZero():
		out.Location = signInProblem("disabled")
		return out, s.refuseProvider(ctx, c.Email, "the account is disabled")
	}
	session, err := s.open(ctx, u, "signed in with the provider")
	out.Location, out.SetCookie = "/", append(out.SetCookie, session)
	return out, err
}

// refuseProvider records that somebody came from the provider and was not let
// in.
func (s *Server) refuseProvider(ctx context.Context, email, why string) error {
	object := "user " + email
	if email == "" {
		object = "session"
	}
	return s.record(ctx, "failed to sign in with the provider", object, "", nil, obj{"reason": why})
}

// redirecting sends the browser elsewhere. The provider may add parameters that
// are not known here.
func redirecting(add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.DefaultStatus, op.SkipValidateParams = http.StatusSeeOther, true
		add(api, op)
	}
}
