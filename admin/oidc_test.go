package admin_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/admin"
)

// issuer is a provider of OpenID Connect.
type issuer struct {
	*httptest.Server
	t   testing.TB
	key *rsa.PrivateKey

	mu    sync.Mutex
	codes map[string]grant
}

// grant is what a code is good for, once.
type grant struct {
	challenge string
	claims    obj
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &issuer{t: t, key: key, codes: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.reply(w, http.StatusOK, obj{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.reply(w, http.StatusOK, obj{"keys": []obj{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *issuer) reply(w http.ResponseWriter, status int, doc obj) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	assert.NoError(p.t, json.NewEncoder(w).Encode(doc))
}

// token exchanges a code, once, for whoever began with its challenge.
func (p *issuer) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, good := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !good || g.challenge != b64(sum[:]) || id != "gateway" || secret != "hush" {
		p.reply(w, http.StatusBadRequest, obj{"error": "invalid_grant"})
		return
	}
	p.reply(w, http.StatusOK, obj{"access_token": "x", "token_type": "Bearer", "id_token": p.sign(g.claims)})
}

func (p *issuer) sign(claims obj) string {
	doc, err := json.Marshal(claims)
	assert.NoError(p.t, err)
	text := b64([]byte(`{"alg":"RS256","kid":"1","typ":"JWT"}`)) + "." + b64(doc)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	assert.NoError(p.t, err)
	return text + "." + b64(signature)
}

// providerRoom is a room with a provider.
func providerRoom(t *testing.T) (*room, *issuer) {
	p := newIssuer(t)
	return newRoom(t, func(o *admin.Options) {
		o.OIDC = &admin.OIDC{Issuer: p.URL, ClientID: "gateway", ClientSecret: "hush"}
	}), p
}

// away is a browser on its way to the provider.
type away struct {
	room   *room
	issuer *issuer
	cookie *http.Cookie
	asked  url.Values
}

// follow sends a request and follows nothing.
func (r *room) follow(path string, cookies ...*http.Cookie) *http.Response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "GET", r.url+"/api/v1"+path, nil)
	require.NoError(r.t, err)
	for _, c := range cookies {
		req.AddCookie(c)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(r.t, err)
	require.NoError(r.t, res.Body.Close())
	return res
}

func (r *room) setOut(p *issuer) *away {
	r.t.Helper()
	res := r.follow("/session/oidc")
	require.Equal(r.t, http.StatusSeeOther, res.StatusCode)
	to, err := res.Location()
	require.NoError(r.t, err)
	require.Equal(r.t, p.URL+"/authorize", strings.TrimSuffix(to.String(), "?"+to.RawQuery))
	require.Len(r.t, res.Cookies(), 1)
	return &away{room: r, issuer: p, cookie: res.Cookies()[0], asked: to.Query()}
}

// claims are those of a good token for somebody.
func (a *away) claims(email string) obj {
	return obj{
		"iss": a.issuer.URL, "aud": "gateway", "sub": "1", "nonce": a.asked.Get("nonce"), "email": email, "email_verified": true,
		"iat": a.room.now().Unix(), "exp": a.room.now().Add(time.Minute).Unix(),
	}
}

// back comes back with a code for these claims.
func (a *away) back(claims obj) *http.Response {
	a.issuer.mu.Lock()
	a.issuer.codes["code"] = grant{a.asked.Get("code_challenge"), claims}
	a.issuer.mu.Unlock()
	return a.arrive("code", a.asked.Get("state"))
}

func (a *away) arrive(code, state string) *http.Response {
	a.room.t.Helper()
	return a.room.follow("/session/oidc/callback?session_state=x&"+url.Values{"code": {code}, "state": {state}}.Encode(), a.cookie)
}

// signedInAs returns who the answer has signed in, nobody for "".
func (r *room) signedInAs(res *http.Response) string {
	r.t.Helper()
	require.Equal(r.t, http.StatusSeeOther, res.StatusCode)
	for _, c := range res.Cookies() {
		if c.Name == "repartee_session" {
			return (&client{room: r, http: http.DefaultClient, cookie: c.Name + "=" + c.Value}).want(http.StatusOK, "GET", "/session", nil)["email"].(string)
		}
	}
	return ""
}

// TestSignInWithTheProvider: whoever was invited comes in by what the provider
// knows of her, without a password; the attempt is bound to her browser.
func TestSignInWithTheProvider(t *testing.T) {
	t.Parallel()
	r, p := providerRoom(t)
	owner := r.owner()
	owner.want(http.StatusOK, "POST", "/users", obj{"email": "amy@example.com", "name": "Amy", "role": "agent"})
	assert.Equal(t, true, r.program("").want(http.StatusOK, "GET", "/setup", nil)["oidc"])

	a := r.setOut(p)
	assert.Equal(t, []string{"code", "gateway", "https://sms.example/api/v1/session/oidc/callback", "openid email", "S256"},
		[]string{a.asked.Get("response_type"), a.asked.Get("client_id"), a.asked.Get("redirect_uri"), a.asked.Get("scope"), a.asked.Get("code_challenge_method")})
	assert.True(t, a.cookie.HttpOnly && a.cookie.Secure && a.cookie.SameSite == http.SameSiteLaxMode && strings.HasPrefix(a.cookie.Name, "__Host-"))
	assert.NotContains(t, a.asked.Encode(), a.cookie.Value, "the provider does not see the secret")
	res := a.back(a.claims("Amy@Example.com"))
	assert.Equal(t, "/", res.Header.Get("Location"))
	assert.Equal(t, "amy@example.com", r.signedInAs(res))
	assert.Equal(t, "signed in with the provider", owner.want(http.StatusOK, "GET", "/audit?object=user%20amy@example.com", nil)["items"].([]any)[0].(obj)["action"])

	assert.Equal(t, "/signin#problem=invalid", a.arrive("code", a.asked.Get("state")).Header.Get("Location"), "a code is good once")
	other := r.setOut(p)
	assert.NotEqual(t, a.asked.Get("state"), other.asked.Get("state"))
	assert.NotEqual(t, a.asked.Get("nonce"), other.asked.Get("nonce"))
}

// TestTheProviderIsNotBelievedEverything: each check alone keeps out.
func TestTheProviderIsNotBelievedEverything(t *testing.T) {
	t.Parallel()
	r, p := providerRoom(t)
	owner := r.owner()
	owner.want(http.StatusOK, "POST", "/users", obj{"email": "amy@example.com", "name": "Amy", "role": "agent"})
	gone := owner.want(http.StatusOK, "POST", "/users", obj{"email": "gus@example.com", "name": "Gus", "role": "agent"})
	owner.want(http.StatusOK, "PATCH", "/users/"+gone["id"].(string), obj{"disabled": true})

	for name, c := range map[string]struct {
		problem string
		change  func(obj)
	}{
		"another nonce":         {"invalid", func(c obj) { c["nonce"] = "x" }},
		"no nonce":              {"invalid", func(c obj) { delete(c, "nonce") }},
		"another client":        {"invalid", func(c obj) { c["aud"] = "shop" }},
		"another party":         {"invalid", func(c obj) { c["azp"] = "shop" }},
		"another issuer":        {"invalid", func(c obj) { c["iss"] = "https://evil.example" }},
		"too old":               {"invalid", func(c obj) { c["exp"] = r.now().Add(-time.Minute).Unix() }},
		"an unverified address": {"unverified", func(c obj) { c["email_verified"] = false }},
		"nothing about it":      {"unverified", func(c obj) { delete(c, "email_verified") }},
		"no address":            {"unverified", func(c obj) { delete(c, "email") }},
		"nobody invited":        {"unknown", func(c obj) { c["email"] = "eve@example.com" }},
		"a disabled account":    {"disabled", func(c obj) { c["email"] = "gus@example.com" }},
	} {
		r.wait(time.Second) // strangers are held back
		a := r.setOut(p)
		claims := a.claims("amy@example.com")
		c.change(claims)
		res := a.back(claims)
		assert.Equal(t, "/signin#problem="+c.problem, res.Header.Get("Location"), name)
		assert.Empty(t, r.signedInAs(res), name)
	}
	failed := owner.want(http.StatusOK, "GET", "/audit?object=user%20eve@example.com", nil)["items"].([]any)
	require.Len(t, failed, 1)
	assert.Contains(t, failed[0].(obj)["after"].(obj)["reason"], "invited")

	r.wait(time.Minute)
	a, other := r.setOut(p), r.setOut(p)
	assert.Equal(t, "/signin#problem=stale", a.arrive("code", "x").Header.Get("Location"), "another state")
	assert.Equal(t, "/signin#problem=stale", a.arrive("code", other.asked.Get("state")).Header.Get("Location"), "the state of another browser")
	assert.Equal(t, "/signin#problem=stale", r.follow("/session/oidc/callback?code=code&state="+a.asked.Get("state")).Header.Get("Location"), "without the cookie")
	assert.Equal(t, "/signin#problem=refused", r.follow("/session/oidc/callback?error=access_denied&state="+a.asked.Get("state"), a.cookie).Header.Get("Location"))
	p.mu.Lock()
	p.codes["code"] = grant{other.asked.Get("code_challenge"), a.claims("amy@example.com")}
	p.mu.Unlock()
	assert.Equal(t, "/signin#problem=invalid", a.arrive("code", a.asked.Get("state")).Header.Get("Location"), "a code that was made for another browser")
	forged := newIssuer(t)
	p.key = forged.key
	assert.Equal(t, "/signin#problem=invalid", a.back(a.claims("amy@example.com")).Header.Get("Location"), "signed with another key")
}

// TestSilentProviderIsAskedOnce: those who wait for a provider that does not
// answer wait side by side.
func TestSilentProviderIsAskedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	answer := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		<-answer
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(silent.Close)
	r := newRoom(t, func(o *admin.Options) {
		o.OIDC = &admin.OIDC{Issuer: silent.URL, ClientID: "gateway", ClientSecret: "hush"}
	})
	var wait sync.WaitGroup
	var left atomic.Int64
	for range 5 {
		wait.Go(func() {
			left.Add(1)
			assert.Equal(t, "/signin#problem=away", r.follow("/session/oidc").Header.Get("Location"))
			left.Add(-1)
		})
	}
	assert.Eventually(t, func() bool { return asked.Load() == 1 && left.Load() == 5 }, 10*time.Second, 10*time.Millisecond)
	close(answer)
	wait.Wait()
	assert.Less(t, asked.Load(), int64(5), "not each behind the other")
}

// TestTheProviderMayBeAway, or not be there at all.
func TestTheProviderMayBeAway(t *testing.T) {
	t.Parallel()
	r, p := providerRoom(t)
	a := r.setOut(p)
	p.Close()
	assert.Equal(t, "/signin#problem=away", a.arrive("code", a.asked.Get("state")).Header.Get("Location"))

	plain := newRoom(t)
	assert.Equal(t, false, plain.program("").want(http.StatusOK, "GET", "/setup", nil)["oidc"])
	plain.program("").want(http.StatusNotFound, "GET", "/session/oidc", nil)
}
