package app

import (
	"testing"
	"time"

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
