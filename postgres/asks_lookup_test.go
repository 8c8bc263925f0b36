package postgres

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/inbox"
)

// A lookup finds the places of a postcode, as many as it wants, or none.
func TestLookupOfPlaces(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, name := range []string{"bastille", "nation"} {
		r.exec(`INSERT INTO places (name, title, address, postcode, country, hours, time_zone) VALUES ($1::text, $1::text, '', '75 012', 'FR', '', '')`, name)
	}
	ask := func(postcode string, limit int) inbox.Ask {
		return inbox.Ask{Ask: &dialogs.Ask{Action: "lookup", Data: map[string]any{"in": "places", "for": postcode, "limit": limit}}}
	}
	tx, _ := r.begin(thread(33600000001))
	answers, err := tx.Answer(t.Context(), r.now, []inbox.Ask{ask("75012", 1), ask("69001", 10), ask("75012", 10)})
	require.NoError(t, err)
	assert.Equal(t, "none", answers[1].Result)
	require.Len(t, answers[0].Data["list"], 1)
	require.Len(t, answers[2].Data["list"], 2)
	assert.Equal(t, "bastille", answers[0].Data["list"].([]any)[0].(map[string]any)["name"])
}
