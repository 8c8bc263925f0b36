package dialogs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

// play loads a flow that carries golden conversations and requires that all
// come true.
func play(t *testing.T, src string, env dialogs.Env, others ...*dialogs.Flow) *dialogs.Flow {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	env.Languages, env.Country, env.Currency, env.Zone, env.Version = []string{"en"}, "FR", "EUR", zone, 1
	flow, problems := dialogs.Load("f.yaml", []byte(src), env)
	require.NotNil(t, flow, "%v", problems)
	flows := map[string]*dialogs.Flow{}
	for _, f := range others {
		flows[f.Name] = f
	}
	program := dialogs.Program{Name: "shop", Brand: "Shop", Country: "FR", Currency: "EUR", Languages: env.Languages, Zone: zone}
	n, failures := flow.RunTests(dialogs.TestOptions{Program: program, File: "f.yaml", Flows: flows})
	assert.Positive(t, n)
	assert.Empty(t, failures)
	return flow
}

func TestHandoff(t *testing.T) {
	t.Parallel()
	play(t, `
flow: desk
class: transactional
start: ask
failed: sorry
states:
  ask:
    say: "How may we help? AGENT for a person."
    replies: [{words: [agent], go: person}, {words: [boss], go: boss}, {is: any, say: "Noted.", end: noted}]
  person: {say: "One moment.", handoff: {group: desk, within: 10m}}
  boss: {handoff: {group: bosses, done: thanks, away: ask}}
  thanks: {say: "Glad to help.", end: completed}
  sorry: {say: "Nobody is here.", end: away}
tests: |
  $ staff desk name=Ana
  $ keyword DESK
  == a person takes over, texts go to her, and the question comes again
  > DESK
  < How may we help? *
  > agent
  < One moment.
  > are you there?
  desk< are you there?
  desk> Hello, Ana here
  < Hello, Ana here
  > what time do you close?
  desk< what time do you close?
  @ +20m
  * handoff.done
  < How may we help? *
  ! state ask
  == nobody comes: the flow's failed
  > DESK
  < How may we help? *
  > agent
  < One moment.
  @ +11m
  < Nobody is here.
  ! outcome away
  == states of its own
  > DESK
  < How may we help? *
  > boss
  bosses> hi
  < hi
  * handoff.done
  < Glad to help.
  ! did handoff bosses
`, dialogs.Env{})
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	play(t, `
flow: rebook
class: transactional
inputs: {ref: text}
start: find
states:
  find:
    do: [{webhook: {name: flights, send: [ref], save: flight, ok: offer, failed: sorry}}]
    say: "Looking."
  offer:
    say: "{{flight.number}} at {{clock(flight.leaves)}}? {{ref}}"
    replies: [{is: yes, end: completed}]
  sorry: {say: "Call us ({{flight.result}}).", end: refused}
tests: |
  == found
  $ result webhook:flights ok {number: AF12, leaves: 2026-11-21T08:00:00+01:00}
  * start {ref: XYZ}
  < Looking.
  < AF12 at 8:00? XYZ
  > yes
  ! outcome completed
  ! did webhook flights
  == failed
  $ result webhook failed
  * start {ref: XYZ}
  < Looking.
  < Call us (failed).
`, dialogs.Env{Webhooks: []string{"flights"}})
}

func TestStaffTasks(t *testing.T) {
	t.Parallel()
	flow := play(t, `
flow: seat
class: transactional
inputs: {seat: text}
start: wait
states:
  wait:
    do: [{notify: {staff: hosts, say: "Seat {{seat}}?", answers: [{is: yes, event: host.yes}, {words: [later], event: host.later}]}}]
    events: [{event: host.yes, say: "{{event.by}} comes.", end: completed}, {event: host.later, say: "In a moment.", go: wait}]
tests: |
  == the second answer too
  * start {seat: B4}
  hosts< Seat B4?
  hosts> later
  < In a moment.
  hosts< Seat B4?
  hosts> ok
  < hosts comes.
  ! did notify hosts
`, dialogs.Env{Staff: []string{"hosts"}})

	tasks := []dialogs.Task{
		{ID: 7, Number: 40, Flow: "seat", Version: 1, Notice: "wait/enter.do0", Language: "en"},
		{ID: 8, Number: 41, Flow: "seat", Version: 1, Notice: "wait/enter.do0", Language: "en"},
	}
	facts := dialogs.Facts{Flow: func(string, int) *dialogs.Flow { return flow }, Program: dialogs.Program{Name: "shop"}, Tasks: tasks}
	ask := dialogs.Step(facts, dialogs.Text("OK 41")).Ask
	require.NotNil(t, ask)
	assert.Equal(t, "task", ask.Action)
	assert.Equal(t, map[string]any{"task": tasks[1].ID.String(), "event": "host.yes", "text": "OK 41"}, ask.Data)
	done := dialogs.Step(facts, dialogs.Text("OK 41"), dialogs.Answer{Result: "ok"})
	assert.Nil(t, done.Ask)
	assert.Equal(t, "task", done.Rule)
	assert.Empty(t, done.Messages)

	which := dialogs.Step(facts, dialogs.Text("OK"))
	assert.Nil(t, which.Ask, "two tasks, and no number")
	require.Len(t, which.Messages, 1)
	assert.Equal(t, "task-which", which.Messages[0].Standard)
	assert.Equal(t, "40, 41", which.Messages[0].Text)
	assert.Equal(t, "unknown", dialogs.Step(facts, dialogs.Text("what?")).Rule, "no answer of any task")
	facts.Tasks = tasks[:1]
	assert.NotNil(t, dialogs.Step(facts, dialogs.Text("OK")).Ask, "one task needs no number")
}

func TestSubscribeAndStart(t *testing.T) {
	t.Parallel()
	play(t, `
flow: club
start: ask
states:
  ask:
    say: "Join?"
    replies:
      - {is: yes, do: [{subscribe: this}, {start: {flow: welcome, inputs: {name: "'Lea'"}, at: now + days(1)}}], go: joined}
      - {is: no, do: [{unsubscribe: this}], end: declined}
  joined: {branch: [{if: subscribed(), go: thanks}, {go: pending}]}
  thanks: {say: "Welcome back.", end: completed}
  pending:
    events: [{event: subscribed, say: "Welcome.", end: completed}]
tests: |
  $ keyword CLUB
  == asked, then confirmed
  > club
  < Join?
  > yes
  ! did subscribe shop
  ! did start welcome
  ! state pending
  * subscribed
  < Welcome.
  == a member
  $ subscribed shop
  > club
  < Join?
  > yes
  < Welcome back.
  == no
  > club
  < Join?
  > no
  ! did unsubscribe
  ! not subscribe
`, dialogs.Env{Programs: []string{"shop"}})
}
