package admin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"repartee/accounts"
)

// OIDC is the provider of OpenID Connect with which people may sign in.
type OIDC struct {
	Issuer, ClientID, ClientSecret string
}

// callbackPath is where the provider sends people back to.
const callbackPath = prefix + "/session/oidc/callback"

// providerWithin is how long the provider may take to answer.
const providerWithin = 10 * time.Second

// provider asks the issuer. What the issuer says of itself is read when it is
// needed first, so that the gateway starts without it.
type provider struct {
	OIDC
	redirect string
	clock    func() time.Time
	http     *http.Client

	asking singleflight.Group // many may wait for an issuer that does not answer, one asks
	found  atomic.Pointer[oidc.Provider]
}

func newProvider(o *Options) *provider {
	if o.OIDC == nil {
		return nil
	}
	return &provider{OIDC: *o.OIDC, redirect: o.URL + callbackPath, clock: o.Clock, http: &http.Client{Timeout: providerWithin}}
}

// discover returns what the issuer says of itself.
func (p *provider) discover() (*oidc.Provider, error) {
	if found := p.found.Load(); found != nil {
		return found, nil
	}
	_, err, _ := p.asking.Do("", func() (any, error) {
		ctx := oidc.ClientContext(context.Background(), p.http) // kept for the keys, which change
		found, err := oidc.NewProvider(ctx, p.Issuer)
		if err == nil {
			p.found.Store(found)
		}
		return nil, err
	})
	return p.found.Load(), err
}

func (p *provider) client(of *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: of.Endpoint(), RedirectURL: p.redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// attempt is one way to the provider and back, known by a secret that only the
// browser has. What the provider gets is derived from it, so that nothing is
// stored: an answer that was made for another browser does not fit.
type attempt accounts.Token

func (a attempt) derive(what string) string {
	sum := sha256.Sum256([]byte(what + " " + string(a)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (a attempt) state() string    { return a.derive("state") }
func (a attempt) nonce() string    { return a.derive("nonce") }
func (a attempt) verifier() string { return a.derive("verifier") } // of PKCE, RFC 7636

// begin is where the browser is sent.
func (p *provider) begin(a attempt) (string, error) {
	of, err := p.discover()
	if err != nil {
		return "", err
	}
	return p.client(of).AuthCodeURL(a.state(), oidc.Nonce(a.nonce()), oauth2.S256ChallengeOption(a.verifier())), nil
}

// claims are what the provider says of a person.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // true, or with some providers "true"
	Party    string `json:"azp"`
}

// verified reports whether the provider knows that the address is hers.
func (c *claims) verified() bool {
	return c.Email != "" && (c.Verified == true || c.Verified == "true")
}

var errToken = errors.New("the provider's token is not good")

// finish asks the provider who came back with a code.
func (p *provider) finish(ctx context.Context, a attempt, code string) (*claims, error) {
	of, err := p.discover()
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	answer, err := p.client(of).Exchange(ctx, code, oauth2.VerifierOption(a.verifier()))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("%w: its code was refused: %s", errToken, refused.ErrorCode)
	}
	if err != nil {
		return nil, err
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := of.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: p.clock}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	c := &claims{}
	if err := token.Claims(c); err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.nonce())) != 1:
		return nil, fmt.Errorf("%w: it was made for another sign-in", errToken)
	case c.Party != "" && c.Party != p.ClientID:
		return nil, fmt.Errorf("%w: it was made for another client", errToken)
	}
	return c, nil
}

// secure reports whether people come by HTTPS.
func (s *Server) secure() bool { return strings.HasPrefix(s.URL, "https://") }
