package app

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

type assertCollect = assert.CollectT

func requireEqual[T comparable](c *assertCollect, want, got T) { assert.Equal(c, want, got) }

func TestConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	p.text("PIZZA", "Size? 1 small 2 large")
	p.text("2", "Sure?")
	p.text("yes", "Ordered.")
	p.text("echo hello there", "HELLO THERE")
	eventually(w, 4, `SELECT count(*)::int FROM outbound WHERE state = 'delivered'`)
	assert.Equal(t, int64(4), query[int64](w, `SELECT turn FROM threads`))
	assert.Equal(t, "completed", query[string](w, `SELECT outcome FROM conversations WHERE flow = 'order'`))
}

func TestStopHelpStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	p.text("PIZZA", "Size? 1 small 2 large")
	p.text("Stop!", "Pizza Roma: *")
	p.text("HELP", "Pizza Roma*")
	p.text("PIZZA", "Size? 1 small 2 large")
	p.text("START", "Pizza Roma*")
	assert.Equal(t, "stopped", query[string](w, `SELECT outcome FROM conversations ORDER BY id LIMIT 1`))
	assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM consent_ledger`))
}
