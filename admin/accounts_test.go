package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstOwner: the link of the first run makes the owner, once.
func TestFirstOwner(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.browser()
	assert.Equal(t, true, c.want(http.StatusOK, "GET", "/setup", nil)["needed"])
	link := r.link(0)
	setup := obj{"token": "rl_wrong", "email": "ann@example.com", "name": "Ann", "password": password}
	c.want(http.StatusForbidden, "POST", "/setup", setup)
	setup["token"], setup["password"] = link, "short"
	bad := c.want(http.StatusUnprocessableEntity, "POST", "/setup", setup)
	assert.Contains(t, bad["detail"], "at least 12")
	setup["password"] = password
	me := c.want(http.StatusOK, "POST", "/setup", setup)
	assert.Equal(t, "owner", me["role"])
	assert.Contains(t, me["rights"], "administer")
	assert.Equal(t, "ann@example.com", c.want(http.StatusOK, "GET", "/session", nil)["email"])
	assert.Equal(t, false, c.want(http.StatusOK, "GET", "/setup", nil)["needed"])
	setup["token"] = r.link(0)
	r.browser().want(http.StatusConflict, "POST", "/setup", setup)
}

// TestSignIn: the cookie, its life, and what attempts get that fail.
func TestSignIn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.owner()
	c := r.browser()
	c.want(http.StatusUnauthorized, "GET", "/session", nil)
	wrong := c.want(http.StatusUnauthorized, "POST", "/session", obj{"email": "ann@example.com", "password": "no"})
	unknown := c.want(http.StatusUnauthorized, "POST", "/session", obj{"email": "bob@example.com", "password": "no"})
	assert.Equal(t, wrong["detail"], unknown["detail"], "nobody learns who has an account")
	res, _ := c.do("POST", "/session", obj{"email": " ANN@example.com", "password": password})
	require.Equal(t, http.StatusOK, res.StatusCode)
	set := res.Header.Get("Set-Cookie")
	for _, flag := range []string{"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		assert.Contains(t, set, flag)
	}
	for range 5 {
		c.want(http.StatusOK, "GET", "/session", nil)
		r.wait(11 * time.Hour)
	}
	r.wait(2 * time.Hour)
	c.want(http.StatusUnauthorized, "GET", "/session", nil) // idle for too long
	c.want(http.StatusOK, "POST", "/session", obj{"email": "ann@example.com", "password": password})
	old := *c
	c.want(http.StatusNoContent, "DELETE", "/session", nil)
	old.want(http.StatusUnauthorized, "GET", "/session", nil)
}

// TestThrottledSignIn: who guesses waits, also with the right password.
func TestThrottledSignIn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.owner()
	c := r.browser()
	for range 5 {
		c.want(http.StatusUnauthorized, "POST", "/session", obj{"email": "ann@example.com", "password": "guess"})
	}
	res, _ := c.do("POST", "/session", obj{"email": "ann@example.com", "password": password})
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
	assert.NotEmpty(t, res.Header.Get("Retry-After"))
	r.wait(61 * time.Second)
	c.want(http.StatusOK, "POST", "/session", obj{"email": "ann@example.com", "password": password})
}

// TestSecondFactor: setting it up, using it, a code only once, recovery, and
// that a link for a new password does not get around it.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.owner()
	other := r.browser()
	other.want(http.StatusOK, "POST", "/session", obj{"email": "ann@example.com", "password": password})
	c.want(http.StatusConflict, "PUT", "/me/totp", obj{"code": "123456"})
	begun := c.want(http.StatusOK, "POST", "/me/totp", nil)
	assert.True(t, strings.HasPrefix(begun["qr"].(string), "data:image/png;base64,"))
	code := func() string {
		s, err := totp.GenerateCode(begun["secret"].(string), r.now())
		require.NoError(t, err)
		return s
	}
	c.want(http.StatusUnprocessableEntity, "PUT", "/me/totp", obj{"code": "000000"})
	codes := c.want(http.StatusOK, "PUT", "/me/totp", obj{"code": code()})["recovery_codes"].([]any)
	require.Len(t, codes, 10)
	c.want(http.StatusOK, "GET", "/session", nil)
	other.want(http.StatusUnauthorized, "GET", "/session", nil) // it began without the factor

	login := obj{"email": "ann@example.com", "password": password}
	asked := other.want(http.StatusUnauthorized, "POST", "/session", login)
	assert.Equal(t, "urn:repartee:second-factor", asked["type"])
	login["code"] = code()
	other.want(http.StatusUnauthorized, "POST", "/session", login) // it was used to set the factor up
	r.wait(30 * time.Second)
	login["code"] = code()
	other.want(http.StatusOK, "POST", "/session", login)
	login["code"] = codes[0]
	other.want(http.StatusOK, "POST", "/session", login)
	other.want(http.StatusUnauthorized, "POST", "/session", login) // used up

	users := c.want(http.StatusOK, "GET", "/users", nil)["items"].([]any)
	id := users[0].(obj)["id"].(string)
	link := c.want(http.StatusOK, "POST", "/users/"+id+"/link", nil)["link"].(string)
	require.True(t, strings.HasPrefix(link, "https://sms.example/link#"))
	_, token, _ := strings.Cut(link, "#")
	asked = r.browser().want(http.StatusUnauthorized, "POST", "/links", obj{"token": token, "password": "another long password"})
	assert.Equal(t, "urn:repartee:second-factor", asked["type"])

	c = r.browser()
	c.want(http.StatusOK, "POST", "/session", obj{"email": "ann@example.com", "password": "another long password", "code": codes[1]})
	c.want(http.StatusUnprocessableEntity, "DELETE", "/me/totp", obj{"password": password})
	assert.Equal(t, false, c.want(http.StatusOK, "DELETE", "/me/totp", obj{"password": "another long password"})["totp"])
}

// TestPeople: invitations, roles, the last owner, and an end at once.
func TestPeople(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	bob := r.invite(owner, "bob@example.com", "editor", "pizza")
	me := bob.want(http.StatusOK, "GET", "/session", nil)
	assert.Equal(t, []any{"pizza"}, me["programs"])
	bob.want(http.StatusForbidden, "GET", "/users", nil)
	owner.want(http.StatusConflict, "POST", "/users", obj{"email": "BOB@example.com", "name": "Bob", "role": "viewer"})
	owner.want(http.StatusUnprocessableEntity, "POST", "/users", obj{"email": "eve@example.com", "name": "Eve", "role": "owner", "programs": []string{"pizza"}})
	owner.want(http.StatusUnprocessableEntity, "POST", "/users", obj{"email": "eve@example.com", "name": "Eve", "role": "root"})

	users := owner.want(http.StatusOK, "GET", "/users", nil)["items"].([]any)
	ids := map[string]string{}
	for _, u := range users {
		ids[u.(obj)["email"].(string)] = u.(obj)["id"].(string)
	}
	last := owner.want(http.StatusConflict, "PATCH", "/users/"+ids["ann@example.com"], obj{"role": "viewer"})
	assert.Contains(t, last["detail"], "last owner")
	owner.want(http.StatusOK, "PATCH", "/users/"+ids["bob@example.com"], obj{"role": "manager"})
	assert.Equal(t, "manager", bob.want(http.StatusOK, "GET", "/session", nil)["role"])
	owner.want(http.StatusOK, "PATCH", "/users/"+ids["bob@example.com"], obj{"disabled": true})
	bob.want(http.StatusUnauthorized, "GET", "/session", nil)
	bob.want(http.StatusUnauthorized, "POST", "/session", obj{"email": "bob@example.com", "password": password})
	owner.want(http.StatusNotFound, "PATCH", "/users/4711", obj{"name": "x"})
}

// TestSessions: people see where they are signed in, and end it.
func TestSessions(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.owner()
	other := r.browser()
	other.want(http.StatusOK, "POST", "/session", obj{"email": "ann@example.com", "password": password})
	require.Len(t, c.want(http.StatusOK, "GET", "/me/sessions", nil)["items"], 2)
	c.want(http.StatusNoContent, "DELETE", "/me/sessions/all", nil)
	other.want(http.StatusUnauthorized, "GET", "/session", nil)
	left := c.want(http.StatusOK, "GET", "/me/sessions", nil)["items"].([]any)
	require.Len(t, left, 1)
	assert.Equal(t, true, left[0].(obj)["current"])

	c.want(http.StatusUnprocessableEntity, "PUT", "/me/password", obj{"old": "wrong", "new": "a whole new password"})
	before := *c
	c.want(http.StatusOK, "PUT", "/me/password", obj{"old": password, "new": "a whole new password"})
	before.want(http.StatusUnauthorized, "GET", "/session", nil) // the token is another one now
	c.want(http.StatusOK, "GET", "/session", nil)
}

// TestKeys: a key is shown once, has its role, ends and is revoked.
func TestKeys(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	owner.want(http.StatusUnprocessableEntity, "POST", "/keys", obj{"name": "old", "role": "agent", "expires_at": r.now().Add(-time.Hour)})
	made := owner.want(http.StatusOK, "POST", "/keys", obj{"name": "tills", "role": "agent", "expires_at": r.now().Add(time.Hour)})
	listed := owner.want(http.StatusOK, "GET", "/keys", nil)["items"].([]any)[0].(obj)
	assert.NotContains(t, listed, "key")
	till := r.program(made["key"].(string))
	me := till.want(http.StatusOK, "GET", "/session", nil)
	assert.Equal(t, "key:tills", me["name"])
	till.want(http.StatusForbidden, "GET", "/keys", nil)
	till.want(http.StatusForbidden, "PUT", "/me/password", obj{"old": "x", "new": "a whole new password"})
	r.wait(2 * time.Hour)
	till.want(http.StatusUnauthorized, "GET", "/session", nil)
	made = owner.want(http.StatusOK, "POST", "/keys", obj{"name": "crm", "role": "manager"})
	crm := r.program(made["key"].(string))
	crm.want(http.StatusOK, "GET", "/audit", nil)
	owner.want(http.StatusNoContent, "DELETE", "/keys/"+made["id"].(string), nil)
	crm.want(http.StatusUnauthorized, "GET", "/audit", nil)
}

// TestAudit: changes are there with who, what and from where, page by page.
func TestAudit(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	r.invite(owner, "bob@example.com", "viewer")
	first := owner.want(http.StatusOK, "GET", "/audit?limit=1", nil)
	require.Len(t, first["items"], 1)
	all := first["items"].([]any)
	for next := first["next"]; next != nil; {
		p := owner.want(http.StatusOK, "GET", "/audit?limit=1&cursor="+next.(string), nil)
		all, next = append(all, p["items"].([]any)...), p["next"]
	}
	var actions []string
	for _, e := range all {
		actions = append(actions, e.(obj)["caller"].(string)+" "+e.(obj)["action"].(string))
	}
	assert.Equal(t, []string{"bob@example.com chose a password", "ann@example.com invited", "ann@example.com became the first owner"}, actions)
	assert.Equal(t, "127.0.0.1", all[0].(obj)["address"])
	assert.Equal(t, "viewer", all[1].(obj)["after"].(obj)["role"])
	assert.NotContains(t, all[1].(obj)["after"], "link")
	owner.want(http.StatusUnprocessableEntity, "GET", "/audit?cursor=abc", nil)
}

// TestAuditIsNarrowed: who is narrowed reads what was changed of her programs
// alone, whoever changed it.
func TestAuditIsNarrowed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	owner := r.owner()
	for _, program := range []string{"pizza", "news"} {
		owner.want(http.StatusOK, "PUT", "/objects/keywords/36111%20"+program+"x", []obj{{"short_code": "36111", "word": program + "X", "program": program, "flow": "daily"}})
		owner.want(http.StatusOK, "POST", "/endpoints", obj{"name": program, "url": "https://crm.example/" + program, "events": []string{"order.placed"}, "programs": []string{program}})
	}
	var objects []any
	for _, e := range items(t, r.invite(owner, "max@example.com", "manager", "news").want(http.StatusOK, "GET", "/audit", nil)) {
		objects = append(objects, e["object"])
	}
	assert.Equal(t, []any{"endpoint news", "keyword 36111 newsx"}, objects)
}
