package dialogs_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/sms"
)

func TestPublished(t *testing.T) {
	t.Parallel()
	const first = `
flow: f
class: transactional
start: a
states:
  a: {say: "A?", replies: [{words: [one], go: b}, {is: any, save: word, go: b}]}
  b: {say: "B?", replies: [{is: yes, end: done}]}
`
	const second = `
flow: f
class: transactional
start: a
states:
  a: {say: "A?", replies: [{is: any, save: word, go: c}]}
  c: {say: "C {{word}}?", replies: [{is: no, end: done}], timeout: {after: 1h, end: late}}
`
	versions := map[int]*dialogs.Flow{}
	for i, src := range []string{first, second} {
		flow, problems := dialogs.Load("f.yaml", []byte(src), dialogs.Env{Languages: []string{"en"}, Version: i + 1})
		require.NotNil(t, flow, "%v", problems)
		versions[i+1] = flow
	}
	assert.Equal(t, []string{"word"}, versions[2].Needs("c"))
	assert.Empty(t, versions[2].Needs("a"))

	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	newest := 1
	step := func(talks []dialogs.Talk, in dialogs.Input) dialogs.Result {
		stored, err := json.Marshal(talks)
		require.NoError(t, err)
		var back []dialogs.Talk
		require.NoError(t, json.Unmarshal(stored, &back))
		return dialogs.Step(dialogs.Facts{
			Now: now, Talks: back, NewID: func() sms.ID { return 7 }, Program: dialogs.Program{Name: "p"},
			Flow: func(_ string, v int) *dialogs.Flow {
				if v == 0 {
					v = newest
				}
				return versions[v]
			},
		}, in)
	}
	atA := step(nil, dialogs.Start{Flow: "f"}).Talks
	atB := step(atA, dialogs.Text("hello")).Talks
	bare := step(atA, dialogs.Text("one")).Talks
	newest = 2
	moves := map[string]string{"b": "c"}

	kept := step(atA, dialogs.Published{Flow: "f", Version: 2, Policy: "finish"})
	assert.Equal(t, 1, kept.Talks[0].Version)
	assert.Empty(t, kept.Messages)

	same := step(atA, dialogs.Published{Flow: "f", Version: 2, Policy: "move", Moves: moves})
	assert.Equal(t, 2, same.Talks[0].Version)
	assert.Empty(t, same.Messages, "its question stands")
	assert.Equal(t, "C hi?", step(same.Talks, dialogs.Text("hi")).Messages[0].Text)

	moved := step(atB, dialogs.Published{Flow: "f", Version: 2, Policy: "move", Moves: moves})
	assert.Equal(t, "c", moved.Talks[0].State)
	assert.Equal(t, "C hello?", moved.Messages[0].Text)
	assert.Len(t, moved.Talks[0].Timers, 1)

	stays := step(bare, dialogs.Published{Flow: "f", Version: 2, Policy: "move", Moves: moves})
	assert.Equal(t, 1, stays.Talks[0].Version, "%v: `word` is not saved", stays.Trace)
	gone := step(atB, dialogs.Published{Flow: "f", Version: 2, Policy: "move"})
	assert.Equal(t, "b", gone.Talks[0].State, "%v: no such state any more", gone.Trace)

	ended := step(atB, dialogs.Published{Flow: "f", Version: 2, Policy: "end", End: "We changed this."})
	require.Len(t, ended.Ended, 1)
	assert.Equal(t, "retired", ended.Ended[0].Outcome)
	assert.Equal(t, "We changed this.", ended.Messages[0].Text)
}
