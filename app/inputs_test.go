package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// Anybody who can reach the database starts a conversation: it begins once,
// also when the gateway was down meanwhile and the start was given twice.
func TestStartFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	store := w.gw.store
	in, err := inbox.NewInput(sms.Thread{Phone: 33600000001, Code: 36111}, "order-7", inbox.StartData{Start: dialogs.Start{Flow: "order", By: "shop"}, Language: "fr"}, time.Now())
	require.NoError(t, err)
	require.NoError(t, store.PushInputs(w.context(), []inbox.Input{in, in}))
	p.expect("Taille ? *")
	p.text("grande", "Sûr ?")
	p.text("oui", "Commandé.")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM conversations WHERE begun_by = 'shop' AND outcome = 'completed'`))
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM inputs`))
	eventually(w, 3, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
}

// The gateway stops after the commit of a turn that wants a webhook called and
// staff told: the next one does both, once each.
func TestWhatATurnWantedIsDoneAfterARestart(t *testing.T) {
	t.Parallel()
	calls := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { calls <- r.Header.Get("Idempotency-Key") }))
	defer server.Close()
	w := newWorld(t, "")
	w.apply(`
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris, staff: {shop: ["33600000009"]}}
webhooks:
  - {name: stock, url: "` + server.URL + `", private: true}`)
	w.stop()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(t, err)
	defer conn.Close(w.context())
	_, err = conn.Exec(w.context(), `INSERT INTO threads (msisdn, short_code) VALUES (33600000001, 36111);
INSERT INTO events (id, at, kind, msisdn, short_code, program, talk, data) VALUES
 (1, now(), 'webhook', 33600000001, 36111, 'pizza', 5, '{"name": "stock", "key": "5.1.1", "send": {}}'),
 (2, now(), 'notify', 33600000001, 36111, 'pizza', 5, '{"staff": "shop", "text": "Somebody waits", "program": "pizza", "key": "5.1.2"}')`)
	require.NoError(t, err)
	w.start()
	w.phone(9).expect("Somebody waits")
	select {
	case key := <-calls:
		assert.Equal(t, "5.1.1", key)
	case <-w.context().Done():
		require.FailNow(t, "the webhook was not called")
	}
	eventually(w, 1, `SELECT count(*)::int FROM events WHERE kind = 'input' AND data->>'input' = 'called'`)
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM events WHERE done_at IS NULL`))
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM outbound`))
	assert.Empty(t, calls)
}
