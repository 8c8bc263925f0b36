package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
)

// SetupState tells how people come in.
type SetupState struct {
	Needed bool `json:"needed" doc:"the first owner is missing"`
	OIDC   bool `json:"oidc" doc:"people may sign in with OpenID Connect"`
}

func (s *Server) setupNeeded(ctx context.Context, _ *nothing) (*answer[SetupState], error) {
	n, err := s.Accounts.Owners(ctx)
	return &answer[SetupState]{SetupState{Needed: n == 0, OIDC: s.provider != nil}}, err
}

// Setup makes the first owner.
type Setup struct {
	Token    string `json:"token" doc:"what stands behind # in the link"`
	Email    string `json:"email" format:"email" maxLength:"200"`
	Name     string `json:"name" minLength:"1" maxLength:"100"`
	Password string `json:"password" doc:"at least 12 characters"`
}

var errLink = huma.Error403Forbidden("this link is not good any more: it works once and for a limited time")

func (s *Server) setUp(ctx context.Context, in *answer[Setup]) (*signedInAnswer, error) {
	switch n, err := s.Accounts.Owners(ctx); {
	case err != nil:
		return nil, err
	case n > 0:
		return nil, huma.Error409Conflict("there is an owner already: sign in, or ask the owner for an invitation")
	}
	hash, err := s.hash(in.Body.Password, "body.password")
	if err != nil {
		return nil, err
	}
	switch user, err := s.Accounts.TakeLink(ctx, accounts.Token(in.Body.Token), s.Clock()); {
	case errors.Is(err, accounts.ErrNotFound), err == nil && user != 0:
		return nil, huma.Error403Forbidden("this link is not good any more: start the gateway again and it prints a new one")
	case err != nil:
		return nil, err
	}
	u := &accounts.User{Email: in.Body.Email, Name: in.Body.Name, Role: accounts.Owner, Password: hash, CreatedAt: s.Clock()}
	if u.ID, err = s.Accounts.AddUser(ctx, u); err != nil {
		return nil, err
	}
	if u, err = s.Accounts.User(ctx, u.ID); err != nil {
		return nil, err
	}
	return s.begin(ctx, u, "became the first owner")
}

// LinkUse is what a person chooses who follows a link.
type LinkUse struct {
	Token    string `json:"token" doc:"what stands behind # in the link"`
	Name     string `json:"name,omitempty" maxLength:"100"`
	Password string `json:"password" doc:"at least 12 characters"`
}

func (s *Server) takeUpLink(ctx context.Context, in *answer[LinkUse]) (*signedInAnswer, error) {
	hash, err := s.hash(in.Body.Password, "body.password")
	if err != nil {
		return nil, err
	}
	id, err := s.Accounts.TakeLink(ctx, accounts.Token(in.Body.Token), s.Clock())
	if errors.Is(err, accounts.ErrNotFound) || err == nil && id == 0 {
		return nil, errLink
	}
	if err != nil {
		return nil, err
	}
	var u accounts.User
	err = s.Accounts.ChangeUser(ctx, id, func(x *accounts.User) error {
		if !x.DisabledAt.IsZero() {
			return errLink
		}
		x.Password, x.Failed = hash, 0
		if in.Body.Name != "" {
			x.Name = in.Body.Name
		}
		u = *x
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.Accounts.EndSession(ctx, id, 0); err != nil {
		return nil, err
	}
	if u.TOTP != "" { // the link proves the mailbox, not the second factor
		return nil, secondFactor("the new password is set: sign in with it and your code")
	}
	return s.begin(ctx, &u, "chose a password")
}

// hash is what is stored of a password that somebody chose.
func (s *Server) hash(password, location string) (string, error) {
	s.hashings <- struct{}{}
	defer func() { <-s.hashings }()
	hash, err := accounts.HashPassword(password)
	if err != nil {
		return "", invalid(location, err.Error())
	}
	return hash, nil
}

// check compares a password with its hash.
func (s *Server) check(password, hash string) bool {
	s.hashings <- struct{}{}
	defer func() { <-s.hashings }()
	return accounts.CheckPassword(password, hash)
}

// secondFactor asks for a code beside the password.
func secondFactor(detail string) error {
	return &huma.ErrorModel{Type: "urn:repartee:second-factor", Title: "Second factor", Status: http.StatusUnauthorized, Detail: detail}
}
