package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"repartee/accounts"
	"repartee/admin"
	"repartee/app/explain"
	"repartee/inbox"
	"repartee/postgres"
	"repartee/postgres/pgtest"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/sms"
	"repartee/views"
)

const password = "correct horse battery"

// room is the API over a database of its own.
type room struct {
	t        testing.TB
	server   *admin.Server
	url      string
	database string
	links    links
	accounts *postgres.AccountStore
	shops    *postgres.ConfigStore
	flows    programs.Flows
	sql      *pgxpool.Pool
	ahead    atomic.Int64 // how far the clock is ahead
}

func newRoom(t testing.TB, change ...func(*admin.Options)) *room {
	t.Helper()
	r := &room{t: t}
	sealer, err := secret.New(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	url := pgtest.URL(t)
	r.database = url
	r.accounts, err = postgres.OpenAccountStore(t.Context(), url, sealer)
	require.NoError(t, err)
	t.Cleanup(r.accounts.Close)
	shops, done, err := postgres.OpenConfigStore(t.Context(), url, sealer)
	require.NoError(t, err)
	t.Cleanup(done)
	r.shops = shops
	handoffs, err := postgres.OpenHandoffStore(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(handoffs.Close)
	consents, err := postgres.OpenConsentStore(t.Context(), url, func(sms.MSISDN) []byte { return make([]byte, 32) })
	require.NoError(t, err)
	t.Cleanup(consents.Close)
	orders, err := postgres.OpenOrderStore(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(orders.Close)
	events, err := postgres.OpenEndpointStore(t.Context(), url, sealer)
	require.NoError(t, err)
	t.Cleanup(events.Close)
	messages, err := postgres.OpenMessageStore(t.Context(), url, 1, 2, func(sms.MSISDN) []byte { return make([]byte, 32) })
	require.NoError(t, err)
	t.Cleanup(messages.Close)
	live, err := postgres.OpenLiveStore(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(live.Close)
	lists, err := postgres.OpenListStore(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(lists.Close)
	r.sql, err = pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(r.sql.Close)
	require.NoError(t, postgres.EnsurePartitions(t.Context(), url, time.Now()))
	log := zap.NewNop()
	if os.Getenv("REPARTEE_TEST_LOG") != "" {
		log = zap.NewExample()
	}
	options := admin.Options{Accounts: r.accounts, Config: r.shops, Messages: r, Inputs: r, Handoffs: handoffs, Reviews: consents, Orders: orders, Consents: consents, Explain: &explain.Gateway{Snapshot: r.snapshot, Store: messages}, Lists: lists, Endpoints: events, Links: &r.links, Live: live, Heartbeat: 50 * time.Millisecond, NewID: func() sms.ID { return 1 }, Snapshot: r.snapshot, Clock: r.now, Log: log, Version: "test", URL: "https://sms.example"}
	for _, f := range change {
		f(&options)
	}
	r.server = admin.New(options)
	s := httptest.NewUnstartedServer(r.server)
	s.Config.ReadTimeout = time.Second // which no stream may mind
	s.Start()
	t.Cleanup(s.Close)
	t.Cleanup(r.server.Drain)
	r.url = s.URL
	return r
}

// snapshot is the configuration in force.
func (r *room) snapshot() *programs.Snapshot {
	s, err := r.shops.LoadSnapshot(context.Background(), &r.flows)
	assert.NoError(r.t, err)
	return s
}

func (r *room) now() time.Time       { return time.Now().Add(time.Duration(r.ahead.Load())) }
func (r *room) wait(d time.Duration) { r.ahead.Add(int64(d)) }
func (r *room) browser() *client {
	jar, _ := cookiejar.New(nil)
	return &client{room: r, http: &http.Client{Jar: jar}}
}

func (r *room) program(key string) *client {
	return &client{room: r, http: http.DefaultClient, key: key}
}
func (r *room) link(user int64) string { return string(r.token(user)) }

func (r *room) token(user int64) accounts.Token {
	r.t.Helper()
	token := accounts.NewToken("rl_")
	require.NoError(r.t, r.accounts.AddLink(r.t.Context(), token, user, r.now().Add(time.Hour)))
	return token
}

// Enqueue implements [admin.Messages] where nothing is sent: app has the tests
// of sending, with a gateway.
func (r *room) Enqueue(_ context.Context, ms []sms.Outbound) error {
	for i := range ms {
		ms[i].Verdict = "allow"
	}
	return nil
}

// PushInputs implements [admin.Inputs] likewise.
func (r *room) PushInputs(context.Context, []inbox.Input) error { return nil }

// links are carriers that nothing binds to.
type links struct {
	carriers atomic.Pointer[[]views.Carrier] // none: nil
}

func (l *links) Carriers() []views.Carrier {
	if all := l.carriers.Load(); all != nil {
		return *all
	}
	return nil
}

func (*links) Traffic(name string) ([]views.PDU, error) {
	return nil, &views.NotFoundError{Text: "there is no carrier " + name}
}

func (*links) Rebind(_ context.Context, name string) error {
	return &views.NotFoundError{Text: "there is no carrier " + name}
}

// exec changes the database behind the API's back.
func (r *room) exec(sql string, args ...any) {
	r.t.Helper()
	_, err := r.sql.Exec(r.t.Context(), sql, args...)
	require.NoError(r.t, err)
}

// apply brings a shop file into the database.
func (r *room) apply(text string) {
	r.t.Helper()
	wanted, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(text)})
	require.NoError(r.t, problems.Err())
	_, err := programs.Apply(r.t.Context(), r.shops, wanted, programs.Wish{By: "test", Open: programs.Open{Policy: "finish"}})
	require.NoError(r.t, err)
}

// owner makes the first owner and signs her in.
func (r *room) owner() *client {
	r.t.Helper()
	c := r.browser()
	c.want(http.StatusOK, "POST", "/setup", obj{"token": r.link(0), "email": "Ann@Example.com", "name": "Ann", "password": password})
	return c
}

// invite lets the owner invite somebody, who signs in.
func (r *room) invite(owner *client, email, role string, programs ...string) *client {
	r.t.Helper()
	p := owner.want(http.StatusOK, "POST", "/users", obj{"email": email, "name": email, "role": role, "programs": programs})
	_, token, _ := strings.Cut(p["link"].(string), "#")
	c := r.browser()
	c.want(http.StatusOK, "POST", "/links", obj{"token": token, "password": password})
	return c
}

type obj = map[string]any

// client is a browser, or a program with its key.
type client struct {
	room   *room
	http   *http.Client
	key    string
	header http.Header
	cookie string // sent as it is, since the jar keeps a secure cookie from plain HTTP
}

// do sends a request and returns the answer's status, headers and JSON.
func (c *client) do(method, path string, body any) (*http.Response, obj) {
	t := c.room.t
	t.Helper()
	var in io.Reader
	if body != nil {
		doc, err := json.Marshal(body)
		require.NoError(t, err)
		in = bytes.NewReader(doc)
	}
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "/api/") {
		path = "/api/v1" + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.room.url+path, in)
	require.NoError(t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.cookie != "" {
		req.Header.Set("Cookie", c.cookie)
	}
	for name, values := range c.header { // canonical names
		req.Header[name] = values
	}
	res, err := c.http.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	for _, k := range res.Cookies() {
		c.cookie = k.Name + "=" + k.Value
	}
	if res.Header.Get("Content-Type") == "text/event-stream" { // which does not end
		return res, obj{}
	}
	doc, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	c.room.promised(req, res, doc)
	out := obj{}
	if len(doc) > 0 && strings.Contains(res.Header.Get("Content-Type"), "json") {
		require.NoError(t, json.Unmarshal(doc, &out), "%s", doc)
	}
	return res, out
}

// request makes a request as this caller.
func (c *client) request(method, path string) *http.Request {
	c.room.t.Helper()
	req, err := http.NewRequestWithContext(c.room.t.Context(), method, c.room.url+"/api/v1"+path, nil)
	require.NoError(c.room.t, err)
	req.Header.Set("Cookie", c.cookie)
	return req
}

// send sends a request that must have this status.
func (c *client) send(req *http.Request, status int) obj {
	c.room.t.Helper()
	res, err := http.DefaultClient.Do(req)
	require.NoError(c.room.t, err)
	defer func() { require.NoError(c.room.t, res.Body.Close()) }()
	doc, err := io.ReadAll(res.Body)
	require.NoError(c.room.t, err)
	require.Equal(c.room.t, status, res.StatusCode, "%s", doc)
	c.room.promised(req, res, doc)
	out := obj{}
	require.NoError(c.room.t, json.Unmarshal(doc, &out))
	return out
}

// want sends a request that must have this status.
func (c *client) want(status int, method, path string, body any) obj {
	c.room.t.Helper()
	res, out := c.do(method, path, body)
	require.Equal(c.room.t, status, res.StatusCode, "%s %s: %v", method, path, out)
	return out
}
