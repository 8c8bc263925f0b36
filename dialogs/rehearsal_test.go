package dialogs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/sms"
)

// TestRehearsal: a draft is played line by line, and what came out makes a
// golden conversation that holds.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(lunch), env)
	require.NotNil(t, flow, "%v", problems)
	options := dialogs.TestOptions{Program: program, Standard: func(text string, _ []string, _ bool) string {
		return map[string]string{"STOP": "stop"}[text]
	}}
	r := flow.Rehearse(options)
	script := "== recorded\n"
	for _, line := range []string{"$ keyword LUNCH", "> lunch", "> what", "@ +1m", "> STOP"} {
		m := r.Play(line)
		require.Empty(t, m.Problem, line)
		script += line + "\n"
		for _, u := range m.Said {
			script += u.Line() + "\n"
		}
	}
	assert.Contains(t, script, "> lunch\n< Lunch?\n")
	assert.Contains(t, script, "> STOP\n< (stop)\n")
	n, failures := dialogs.RunChat(script, flow, options)
	assert.Equal(t, 1, n)
	assert.Empty(t, failures)

	again := flow.Rehearse(options)
	m := again.Play("* start")
	assert.Equal(t, []dialogs.Standing{{Flow: "lunch", State: "ask"}}, m.Standings)
	assert.Equal(t, "start", m.Rule)
	assert.Equal(t, 1, m.Said[0].Segments)
	assert.NotEmpty(t, again.Play("$ weather rain").Problem)
	m = again.Play("> oui")
	assert.Empty(t, m.Problem, "a line that could not be played does no harm")
	assert.NotEmpty(t, m.Standings[0].Outcome)
	assert.NotEmpty(t, m.Trace)
}

// TestRehearsalAtNight: a message that is held says until when, and its timers
// count from then.
func TestRehearsalAtNight(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte("flow: f\nstart: a\nstates:\n  a: {say: \"A?\", replies: [{is: yes, end: done}], timeout: {after: 15m, end: silent}}\n"), env)
	require.NotNil(t, flow, "%v", problems)
	r := flow.Rehearse(dialogs.TestOptions{Program: program, HeldUntil: func(_ dialogs.Contact, now time.Time) time.Time { return now.Add(9 * time.Hour) }})
	m := r.Play("* start")
	require.Len(t, m.Said, 1)
	assert.Equal(t, sms.Marketing, m.Said[0].Class)
	assert.Equal(t, m.Now.Add(9*time.Hour), m.Said[0].Held)
	assert.True(t, m.Wake.Equal(m.Now.Add(9*time.Hour+15*time.Minute)), "%v", m.Wake)
}

func TestWays(t *testing.T) {
	t.Parallel()
	env, _ := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte("flow: f\nstart: a\nstates:\n  a: {say: \"A?\", replies: [{is: yes, go: b}, {is: no, end: declined}]}\n  b: {say: B, end: completed}\n"), env)
	require.NotNil(t, flow, "%v", problems)
	assert.Equal(t, "a", flow.Start())
	assert.Contains(t, flow.Ways(), dialogs.Way{From: "a", By: "reply:0", To: "b"})
	assert.Contains(t, flow.Ways(), dialogs.Way{From: "a", By: "reply:1", End: "declined"})
}

// TestTrace: people who ask why, and the counts of the editor, read which
// option was taken, and that a text was not understood.
func TestTrace(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(`flow: f
start: a
states:
  a: {say: "A?\n{{menu}}", replies: [{is: yes, end: done}, {choice: {one: One, two: {text: Two, go: more}}, end: done}], else: {tries: 2, end: lost}}
  more: {branch: [{if: visits > 1, end: done}, {go: b}]}
  b: {say: "{{menu}}", replies: [{choice: [Red, Blue], end: done}]}
`), env)
	require.NotNil(t, flow, "%v", problems)
	for text, want := range map[string]string{
		"1":       "f/a>reply:1.0 f/a>end:done",
		"yes":     "f/a>reply:0 f/a>end:done",
		"gibberi": "f/a>unknown",
	} {
		r := flow.Rehearse(dialogs.TestOptions{Program: program})
		r.Play("* start")
		assert.Equal(t, want, strings.Join(r.Play("> "+text).Trace, " "))
	}
	r := flow.Rehearse(dialogs.TestOptions{Program: program})
	r.Play("* start")
	r.Play("> gibberi")
	assert.Equal(t, []string{"f/a>else", "f/a>end:lost"}, r.Play("> gibberi").Trace)
	r = flow.Rehearse(dialogs.TestOptions{Program: program})
	r.Play("* start")
	assert.Equal(t, []string{"f/a>reply:1.1", "f/more>branch:1"}, r.Play("> two").Trace)
	assert.Equal(t, []string{"f/b>reply:0.1", "f/b>end:done"}, r.Play("> blue").Trace)
}
