package admin

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
)

// Me is who is signed in.
type Me struct {
	Name     string           `json:"name"`
	Email    string           `json:"email,omitempty" doc:"absent for a key"`
	Role     accounts.Role    `json:"role"`
	Rights   []accounts.Right `json:"rights"`
	Programs []string         `json:"programs" doc:"empty: all"`
	TOTP     bool             `json:"totp" doc:"a second factor is in use"`
	Version  string           `json:"version" doc:"of the gateway"`
	Demo     bool             `json:"demo,omitempty" doc:"the gateway runs with simulated carriers and has virtual phones"`
}

func (s *Server) me(c *accounts.Caller, u *accounts.User) Me {
	m := Me{Name: c.Name, Role: c.Role, Rights: c.Role.Rights(), Programs: c.Programs, Version: s.Version, Demo: s.Simulators != nil}
	if m.Programs == nil {
		m.Programs = []string{}
	}
	if u != nil {
		m.Name, m.Email, m.TOTP = u.Name, u.Email, u.TOTP != ""
	}
	return m
}

func (s *Server) whoAmI(ctx context.Context, _ *nothing) (*answer[Me], error) {
	v := visitOf(ctx)
	return &answer[Me]{s.me(v.caller, v.user)}, nil
}

// Credentials are what a person signs in with.
type Credentials struct {
	Email    string `json:"email" maxLength:"200"`
	Password string `json:"password" maxLength:"1000"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"of the second factor, or one of the recovery codes"`
}

// signedInAnswer is who is signed in, and her cookie.
type signedInAnswer struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

// signIn counts an attempt as failed before it looks, so that attempts at the
// same time do not escape the throttle.
func (s *Server) signIn(ctx context.Context, in *answer[Credentials]) (*signedInAnswer, error) {
	u, err := s.Accounts.UserByEmail(ctx, strings.TrimSpace(in.Body.Email))
	if errors.Is(err, accounts.ErrNotFound) {
		s.check(in.Body.Password, "")
		return nil, huma.Error401Unauthorized(accounts.ErrWrong.Error())
	}
	if err != nil {
		return nil, err
	}
	if err := s.attempt(ctx, u.ID); err != nil {
		return nil, err
	}
	if !s.check(in.Body.Password, u.Password) || !u.DisabledAt.IsZero() {
		return nil, errors.Join(s.record(ctx, "failed to sign in", "user "+u.Email, "", nil, nil), huma.Error401Unauthorized(accounts.ErrWrong.Error()))
	}
	err = s.Accounts.ChangeUser(ctx, u.ID, func(x *accounts.User) error {
		if x.TOTP != "" && !useCode(x, in.Body.Code, s.Clock()) {
			return secondFactor(wantedCode(in.Body.Code))
		}
		x.Failed = 0
		u = x
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, u, "signed in")
}

// attempt counts an attempt to sign in, unless it comes too soon.
func (s *Server) attempt(ctx context.Context, user int64) error {
	return s.Accounts.ChangeUser(ctx, user, func(u *accounts.User) error {
		now := s.Clock()
		if until := accounts.Throttle(u.Failed, u.FailedAt); now.Before(until) {
			return tooMany(until.Sub(now), accounts.ErrThrottled.Error())
		}
		u.Failed, u.FailedAt = u.Failed+1, now
		return nil
	})
}

// useCode reports whether a code is one of the user's, and uses it up.
func useCode(u *accounts.User, code string, now time.Time) bool {
	if step, ok := accounts.CheckTOTP(code, u.TOTP, u.TOTPStep, now); ok {
		u.TOTPStep = step
		return true
	}
	hash := accounts.Token(strings.ToLower(strings.TrimSpace(code))).Hash()
	i := slices.IndexFunc(u.Recovery, func(r []byte) bool { return subtle.ConstantTimeCompare(r, hash) == 1 })
	if i < 0 {
		return false
	}
	u.Recovery = slices.Delete(u.Recovery, i, i+1)
	return true
}

func wantedCode(given string) string {
	if given == "" {
		return "enter the code of your authenticator app"
	}
	return "this code is not good (any more): wait for the next one, or use a recovery code"
}

// begin signs a person in and tells who she is.
func (s *Server) begin(ctx context.Context, u *accounts.User, action string) (*signedInAnswer, error) {
	cookie, err := s.open(ctx, u, action)
	if err != nil {
		return nil, err
	}
	return &signedInAnswer{SetCookie: cookie, Body: s.me(u.Caller(), u)}, nil
}

// open begins a session.
func (s *Server) open(ctx context.Context, u *accounts.User, action string) (http.Cookie, error) {
	v := visitOf(ctx)
	v.user, v.caller = u, u.Caller()
	now, token := s.Clock(), accounts.NewToken("rs_")
	n := &accounts.Session{User: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(wholeSession), Address: v.address, Agent: v.agent}
	if err := s.Accounts.AddSession(ctx, token, n); err != nil {
		return http.Cookie{}, err
	}
	return s.cookie(string(token), wholeSession), s.record(ctx, action, "user "+u.Email, "", nil, nil)
}

// cookie carries a session. Lax keeps it from requests that other sites cause,
// but for following a link, which changes nothing.
func (s *Server) cookie(token string, lives time.Duration) http.Cookie {
	c := http.Cookie{
		Name: cookieName, Value: token, Path: "/", MaxAge: int(lives / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) signOut(ctx context.Context, _ *nothing) (*signedOut, error) {
	v := visitOf(ctx)
	if v.session == nil {
		return nil, errNoPerson
	}
	if err := s.Accounts.EndSession(ctx, v.user.ID, v.session.ID); err != nil {
		return nil, err
	}
	return &signedOut{s.cookie("", 0)}, s.record(ctx, "signed out", "user "+v.user.Email, "", nil, nil)
}

var errNoPerson = huma.Error403Forbidden("this is for people, not for keys: sign in")
