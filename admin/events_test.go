package admin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/postgres"
	"repartee/sms"
	"repartee/views"
)

// told is an event as a stream tells it.
type told struct {
	id, name string
	data     obj
}

// listening is a stream of events that is open.
type listening struct {
	t      testing.TB
	res    *http.Response
	events chan told
}

// listen opens a stream. It returns when nothing that happens from then on can
// be missed.
func (c *client) listen(query string, header ...string) *listening {
	t := c.room.t
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", c.room.url+"/api/v1/events"+query, nil)
	require.NoError(t, err)
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	req.Header.Set("Cookie", c.cookie)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	l := &listening{t: t, res: res, events: make(chan told, 10_000)}
	go l.read()
	return l
}

// read takes a stream apart until it ends.
func (l *listening) read() {
	defer close(l.events)
	var e told
	lines := bufio.NewScanner(l.res.Body)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			_ = json.Unmarshal([]byte(value), &e.data)
		case "":
			if e.name != "" {
				l.events <- e
			}
			e = told{id: e.id}
		}
	}
	_ = l.res.Body.Close()
}

// next waits for the next event.
func (l *listening) next() told {
	l.t.Helper()
	select {
	case e, open := <-l.events:
		require.True(l.t, open, "the stream ended")
		return e
	case <-time.After(30 * time.Second):
		require.Fail(l.t, "nothing is told")
		return told{}
	}
}

// ends waits for the end of the stream.
func (l *listening) ends() {
	l.t.Helper()
	for {
		select {
		case _, open := <-l.events:
			if !open {
				return
			}
		case <-time.After(30 * time.Second):
			require.Fail(l.t, "the stream does not end")
		}
	}
}

// traffic writes rows as the message path does.
type traffic struct {
	*pgx.Conn
	t   testing.TB
	ids *sms.IDs
}

func (r *room) traffic() *traffic {
	r.t.Helper()
	require.NoError(r.t, postgres.EnsurePartitions(r.t.Context(), r.database, time.Now()))
	conn, err := pgx.Connect(r.t.Context(), r.database)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &traffic{Conn: conn, t: r.t, ids: sms.NewIDs(0, 0)}
}

func (w *traffic) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, err)
}

func (w *traffic) text(code int, text string) sms.ID {
	w.t.Helper()
	id := w.ids.Next(time.Now())
	w.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, class, rule, config)
VALUES ($1, 33612345678, $2, 1, 1, 1, now(), 0, $3, 'ignored', 'neither', 'test', 1)`, int64(id), code, text)
	return id
}

func (w *traffic) message(program, text string) sms.ID {
	w.t.Helper()
	id := w.ids.Next(time.Now())
	w.exec(`INSERT INTO outbound (id, msisdn, short_code, program, class, state, stop_id, created_at, expires, verdict, rule, config, text, coding, segments)
SELECT $1, 33612345678, 36111, id, 'reply', 'queued', 0, now(), now(), 'allow', 'test', 1, $3, 0, 1 FROM programs WHERE name = $2`, int64(id), program, text)
	return id
}

// TestEventsReachTheirListeners: each is told what her rights reach, as she may
// see it, in whatever order it was committed.
func TestEventsReachTheirListeners(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	games := r.invite(owner, "gus@example.com", "viewer", "games")
	w, other := r.traffic(), r.traffic()
	w.text(36111, "before anybody listens")
	all, narrowed, one := owner.listen(""), games.listen(""), owner.listen("?short_code=72000&msisdn=33612345678")

	tx, err := other.Begin(t.Context())
	require.NoError(t, err)
	late := other.text(36111, "slow")
	in := w.text(36111, "pizza <b>")
	first := all.next()
	assert.Equal(t, "message.in", first.name)
	assert.Equal(t, []any{in.String(), "36111", "33612345678", "pizza", "pizza <b>"},
		[]any{first.data["id"], first.data["short_code"], first.data["msisdn"], first.data["program"], first.data["text"]})
	require.NoError(t, tx.Commit(t.Context()))
	assert.Equal(t, late.String(), all.next().data["id"], "an id that is lower, and was committed later")

	out := w.message("pizza", "Which size?")
	assert.Equal(t, []any{"message.out", "queued"}, pick(all.next(), "state"))
	w.exec(`UPDATE outbound SET state = 'sent', sent_at = now() WHERE id = $1`, int64(out))
	assert.Equal(t, []any{"status", out.String(), "sent", nil}, pick(all.next(), "id", "state", "text"))
	w.exec(`UPDATE outbound SET attempts = 2 WHERE id = $1`, int64(out))
	w.exec(`INSERT INTO handoffs (talk, msisdn, short_code, program, staff, entry, opened_at) VALUES ($1, 33612345678, 36111, 'pizza', 'kitchen', 1, now())`, int64(in))
	assert.Equal(t, []any{"handoff", "open", "kitchen"}, pick(all.next(), "state", "group"))
	w.exec(`INSERT INTO reviews (id, msisdn, short_code, kind, rule, before, opened_at) VALUES ($1, 33612345678, 36111, 'unclear', 'test', '{}', now())`, int64(in))
	assert.Equal(t, []any{"review", "open", "pizza <b>"}, pick(all.next(), "state", "text"))
	w.exec(`INSERT INTO orders (id, program, number, msisdn, short_code, talk, place, address, note, lines, total, currency, state, placed_at, changed_at)
SELECT $1, id, 7, 33612345678, 36111, 1, 'roma', '', '', '[]', 100, 'EUR', 'placed', now(), now() FROM programs WHERE name = 'pizza'`, int64(in))
	assert.Equal(t, []any{"order", "placed", 7.0}, pick(all.next(), "state", "number"))
	r.links.carriers.Store(&[]views.Carrier{{Name: "sim", Binds: []views.Bind{{State: "bound"}, {State: "waiting"}}}})
	assert.Equal(t, []any{"carrier", "sim", "partly", 1.0, 2.0}, pick(all.next(), "carrier", "state", "bound", "sessions"))

	mine := w.text(72000, "play")
	assert.Equal(t, []any{"message.in", mine.String(), "336…78", nil}, pick(narrowed.next(), "id", "msisdn", "text"), "the first that the narrowed one is told")
	assert.Equal(t, mine.String(), one.next().data["id"])
	games.want(http.StatusForbidden, "GET", "/events?msisdn=33612345678", nil)
	games.want(http.StatusUnprocessableEntity, "GET", "/events?short_code=x", nil)
}

// pick is the name of an event with some of its data.
func pick(e told, keys ...string) []any {
	out := []any{e.name}
	for _, k := range keys {
		out = append(out, e.data[k])
	}
	return out
}

// TestListeningEnds with the session, the key, and the rights.
func TestListeningEnds(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	amy := r.invite(owner, "amy@example.com", "agent")
	bob := r.invite(owner, "bob@example.com", "agent")
	key := owner.want(http.StatusOK, "POST", "/keys", obj{"name": "crm", "role": "viewer"})
	hers, his, program := amy.listen(""), bob.listen(""), r.program(key["key"].(string)).listen("")

	w := r.traffic()
	w.text(36111, "hello")
	for _, l := range []*listening{hers, his, program} {
		assert.Equal(t, "message.in", l.next().name)
	}
	amy.want(http.StatusNoContent, "DELETE", "/session", nil)
	hers.ends()
	owner.want(http.StatusNoContent, "DELETE", "/keys/"+key["id"].(string), nil)
	program.ends()
	r.wait(13 * time.Hour)
	his.ends()
}

// TestListeningEndsWithTheGateway: no stream keeps it from stopping.
func TestListeningEndsWithTheGateway(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	l := owner.listen("")
	r.server.Drain()
	l.ends()
	owner.want(http.StatusServiceUnavailable, "GET", "/events", nil)
}

// TestEventsAreResumed: who comes back is told what she has missed; if that is
// not known any more, to load anew.
func TestEventsAreResumed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	w := r.traffic()
	l := owner.listen("")
	w.text(36111, "one")
	seen := l.next()
	w.text(36111, "two")
	missed := l.next()
	again := owner.listen("", "Last-Event-ID", seen.id)
	assert.Equal(t, missed, again.next())
	w.text(36111, "three")
	assert.Equal(t, "three", again.next().data["text"])
	assert.Equal(t, "reset", owner.listen("", "Last-Event-ID", "elsewhere-17").next().name)

	for range 7 {
		owner.listen("")
	}
	res, out := owner.do("GET", "/events", nil)
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode, "ten are open")
	assert.Contains(t, out["detail"], "10 streams")
}

// TestSlowListenersAreReset: what nobody takes is not kept, and more than can be
// told is not told.
func TestSlowListenersAreReset(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	w := r.traffic()
	l := owner.listen("")
	w.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, class, rule, config)
SELECT $1::bigint + n, 33612345678, 36111, 1, 1, 1, now(), 0, 'x', 'ignored', 'neither', 'test', 1 FROM generate_series(1, 600) n`, int64(w.ids.Next(time.Now())))
	for e := l.next(); e.name != "reset"; e = l.next() {
		assert.Equal(t, "message.in", e.name)
	}
	id := w.text(36111, "after")
	assert.Equal(t, id.String(), l.next().data["id"])
}
