package dialogs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

const shadowed = `
flow: lunch
class: transactional
start: ask
states:
  ask: {say: "Hungry?", replies: [{is: yes, go: size}, {is: no, end: declined}], else: {say: "Yes or no?", tries: 3, end: failed}, timeout: {after: 10m, say: "Still there?"}}
  size: {say: "Which size?", replies: [{words: [BIG], end: completed}, {words: [SMALL], end: completed}]}
`

// What phones once said shows where a draft answers differently, once for each
// conversation.
func TestShadowFindsTheFirstDifference(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	run := func(draft string, gap time.Duration, said ...string) *dialogs.Divergence {
		t.Helper()
		play := func(source string) *dialogs.Rehearsal {
			f, problems := dialogs.Load("lunch.yaml", []byte(source), dialogs.Env{Languages: []string{"en"}})
			require.NotNil(t, f, "%v", problems)
			return f.Rehearse(dialogs.TestOptions{Program: dialogs.Program{Languages: []string{"en"}, Zone: time.UTC}})
		}
		var told []dialogs.Told
		for i, text := range said {
			told = append(told, dialogs.Told{At: noon.Add(time.Duration(i) * gap), Text: text})
		}
		return dialogs.Shadow(play(shadowed), play(draft), []string{"$ keyword LUNCH"}, told)
	}
	assert.Nil(t, run(shadowed, time.Minute, "lunch", "yes", "big"))
	other := strings.Replace(shadowed, "Which size?", "Big or small?", 1)
	d := run(other, time.Minute, "lunch", "maybe", "yes", "big")
	require.NotNil(t, d)
	assert.Equal(t, &dialogs.Divergence{State: "ask", Text: "yes", Before: []string{"< Which size?"}, After: []string{"< Big or small?"}}, d)
	assert.Nil(t, run(other, time.Minute, "lunch", "no"), "who said no never saw it")
	d = run(strings.Replace(shadowed, "10m", "30m", 1), 11*time.Minute, "lunch", "yes")
	require.NotNil(t, d)
	assert.Equal(t, &dialogs.Divergence{State: "ask", Before: []string{"< Still there?"}, After: []string{}}, d)
}
