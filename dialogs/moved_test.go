package dialogs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

// editions is a phone whose flow f has two versions, of which the first is
// published; publish makes the second the published one.
func editions(t *testing.T, first, second string, others ...string) (p *phone, publish func(dialogs.Published)) {
	t.Helper()
	env, program := roma(t)
	flows := map[string]map[int]*dialogs.Flow{}
	newest := map[string]int{}
	load := func(src string, version int) {
		env.Version = version
		flow, problems := dialogs.Load("f.yaml", []byte(src), env)
		require.NotNil(t, flow, "%v", problems)
		if flows[flow.Name] == nil {
			flows[flow.Name], newest[flow.Name] = map[int]*dialogs.Flow{}, 1
		}
		flows[flow.Name][version] = flow
	}
	load(first, 1)
	load(second, 2)
	for _, src := range others {
		load(src, 1)
	}
	p = phoneIn(t, env, program)
	p.facts.Flow = func(name string, version int) *dialogs.Flow {
		if version == 0 {
			version = newest[name]
		}
		return flows[name][version]
	}
	return p, func(in dialogs.Published) {
		newest["f"] = 2
		in.Flow, in.Version = "f", 2
		p.do(in)
	}
}

const asksAgent = `
flow: f
class: transactional
start: ask
failed: sorry
states:
  ask: {say: "Ask?", replies: [{words: [agent], go: person}]}
  person: {say: "One moment.", handoff: {group: desk, within: 10m}}
  sorry: {say: "Nobody came.", end: away}
`

// A conversation that waits for a person goes on waiting in the new version,
// as long as that one waits for the same people.
func TestMovedHandoff(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T, second string) (*phone, func(dialogs.Published)) {
		p, publish := editions(t, asksAgent, second)
		p.start("f")
		p.want(p.text("agent"), "One moment.")
		p.facts.Now = p.facts.Now.Add(8 * time.Minute)
		return p, publish
	}
	t.Run("the wait goes on", func(t *testing.T) {
		t.Parallel()
		p, publish := begin(t, strings.Replace(asksAgent, "within: 10m", "within: 15m", 1))
		start := p.facts.Now.Add(-8 * time.Minute)
		publish(dialogs.Published{Policy: "move"})
		assert.Equal(t, 2, p.last.Talks[0].Version, "%v", p.last.Trace)
		assert.Equal(t, start.Add(15*time.Minute), p.last.Wake.In(start.Location()))
		p.facts.Now = start.Add(15 * time.Minute)
		p.do(dialogs.Timer{})
		p.want(p.said(), "Nobody came.")
	})
	t.Run("and hands back", func(t *testing.T) {
		t.Parallel()
		p, publish := begin(t, asksAgent)
		p.do(dialogs.Person{Talk: p.last.Talks[0].ID, By: "Ana", Text: "Hello"})
		publish(dialogs.Published{Policy: "move"})
		assert.Equal(t, 2, p.last.Talks[0].Version, "%v", p.last.Trace)
		assert.Equal(t, "Ana", p.last.Talks[0].Agent)
		assert.Empty(t, p.last.Talks[0].Timers)
		p.do(dialogs.Event{Name: "handoff.done"})
		p.want(p.said(), "Ask?")
	})
	for name, change := range map[string][2]string{
		"other people": {"group: desk", "group: bosses"},
		"a question":   {`handoff: {group: desk, within: 10m}`, `replies: [{is: yes, end: x}]`},
		"no wait":      {`handoff: {group: desk, within: 10m}`, `go: sorry`},
		"no question":  {"states:\n  ask:", "states:\n  asked:"},
	} {
		t.Run(name+": it stays", func(t *testing.T) {
			t.Parallel()
			second := strings.Replace(asksAgent, change[0], change[1], 1)
			if name == "no question" {
				second = strings.Replace(second, "start: ask", "start: asked", 1)
			}
			p, publish := begin(t, second)
			publish(dialogs.Published{Policy: "move"})
			assert.Equal(t, 1, p.last.Talks[0].Version)
			assert.Contains(t, strings.Join(p.last.Trace, " "), "f/person>stays: ")
			p.facts.Now = p.facts.Now.Add(2 * time.Minute)
			p.do(dialogs.Timer{})
			p.want(p.said(), "Nobody came.")
		})
	}
}

// A conversation that awaits a webhook finishes on its version: the answer
// belongs to it.
func TestMovedWebhook(t *testing.T) {
	t.Parallel()
	const first = `
flow: f
class: transactional
start: look
states:
  look: {do: [{webhook: {name: parcels, ok: found, failed: down}}], say: "One second."}
  found: {say: "Found.", end: found}
  down: {say: "Try later.", end: down}
`
	for _, moves := range []map[string]string{nil, {"look": "down"}} {
		p, publish := editions(t, first, strings.Replace(first, "do: [{", "do: [{track: looked}, {", 1))
		p.start("f")
		key := p.last.Effects[0].Key
		publish(dialogs.Published{Policy: "move", Moves: moves})
		assert.Equal(t, []string{"f/look>stays: the answer of a webhook is awaited"}, p.last.Trace)
		p.do(dialogs.Called{Talk: p.last.Talks[0].ID, Key: key, Result: "ok"})
		p.want(p.said(), "Found.")
	}
}

// What has elapsed of a timer counts in the new version.
func TestMovedTimers(t *testing.T) {
	t.Parallel()
	flow := func(timeouts string) string {
		return `
flow: f
class: transactional
start: a
anywhere: {timeout: {after: 3h, say: "Three."}}
states:
  a: {say: "A?", replies: [{is: yes, end: x}], timeout: [` + timeouts + `]}
`
	}
	cases := []struct{ name, first, second, want string }{
		{"kept", "{after: 1h, end: late}", "{after: 1h, say: Too late., end: late}", "13:00 Too late."},
		{"longer", "{after: 1h, end: late}", "{after: 2h, say: Too late., end: late}", "14:00 Too late."},
		{"over", "{after: 1h, end: late}", "{after: 20m, say: Too late., end: late}", "12:30 Too late."},
		{"fired", "{after: 10m, say: Still?}, {after: 1h, end: late}", "{after: 10m, say: Again?}, {after: 1h, say: Too late., end: late}", "13:00 Too late."},
		{"a reminder too late", "{after: 1h, end: late}", "{after: 10m, say: Again?}, {after: 1h, say: Too late., end: late}", "13:00 Too late."},
		{"another reminder", "{after: 1h, end: late}", "{after: 40m, say: Again?}, {after: 1h, say: Too late., end: late}", "12:40 Again? 13:00 Too late."},
		{"a time of day", "{at: '13:30', end: late}", "{at: '13:30', say: Too late., end: late}", "13:30 Too late."},
		{"a time of day that has passed", "{at: '12:20', say: Now.}", "{at: '12:20', say: Again?}", "15:00 Three."},
		{"none before", "{at: '18:00', end: late}", "{after: 1h, say: Too late., end: late}", "13:00 Too late."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, publish := editions(t, flow(c.first), flow(strings.ReplaceAll(c.second, "'", `"`)))
			start := p.facts.Now
			p.start("f")
			p.facts.Now = start.Add(30 * time.Minute)
			p.do(dialogs.Timer{})
			publish(dialogs.Published{Policy: "move"})
			require.Equal(t, 2, p.last.Talks[0].Version, "%v", p.last.Trace)
			require.Empty(t, p.last.Messages)
			var got []string
			for len(p.last.Talks) > 0 && len(got) < 2 && p.last.Wake.Before(start.Add(4*time.Hour)) {
				if p.last.Wake.After(p.facts.Now) {
					p.facts.Now = p.last.Wake.In(start.Location())
				}
				p.do(dialogs.Timer{})
				got = append(got, p.facts.Now.Format("15:04")+" "+p.said())
			}
			assert.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

// A new version may want more inputs, or go back to questions that the old one
// did not ask.
func TestMovedInputsAndQuestions(t *testing.T) {
	t.Parallel()
	const first = `
flow: f
class: transactional
inputs: {table: {type: text, default: "1"}}
start: a
states:
  a: {say: "A?", replies: [{is: any, save: word, go: b}]}
  b: {say: "B {{table}} {{word}}?", replies: [{words: [undo], go: back}, {is: yes, end: x}]}
`
	second := strings.NewReplacer("inputs: {", "inputs: {seats: {type: number, default: 2}, ", "B {{table}}", "B {{table}} {{seats}}").Replace(first)
	p, publish := editions(t, first, second)
	p.start("f")
	p.want(p.text("hello"), "B 1 hello?")
	publish(dialogs.Published{Policy: "move"})
	p.want(p.text("what"), "B 1 2 hello?")
	p.want(p.text("undo"), "A?")
	p.want(p.text("hi"), "B 1 2 hi?")

	p, publish = editions(t, first, strings.Replace(first, `table: {type: text, default: "1"}`, `table: {type: text, default: "1"}, seats: number`, 1))
	p.start("f")
	publish(dialogs.Published{Policy: "move"})
	assert.Equal(t, []string{"f/a>stays: flow f wants input seats"}, p.last.Trace)

	p, publish = editions(t, first, strings.NewReplacer("  a:", "  c:", "start: a", "start: c").Replace(first))
	p.start("f")
	p.text("hello")
	publish(dialogs.Published{Policy: "move"})
	assert.Equal(t, 2, p.last.Talks[0].Version, "%v", p.last.Trace)
	p.want(p.text("undo"), "B 1 hello?")
}

// Flows within a call finish on their versions, whichever is published.
func TestPublishedWithinACall(t *testing.T) {
	t.Parallel()
	const caller = `
flow: f
class: transactional
start: go
states:
  go: {call: {flow: name, save: who, known: done, else: done}}
  done: {say: "Hello {{who.name}}, first.", end: done}
`
	const called = `
flow: name
class: transactional
returns: [name]
start: ask
states:
  ask: {say: "Name?", replies: [{is: any, save: name, end: known}]}
`
	second := strings.Replace(caller, "first", "second", 1)
	for _, in := range []dialogs.Published{{Policy: "move", Moves: map[string]string{"go": "done"}}, {Policy: "end", End: "We changed this."}} {
		p, publish := editions(t, caller, second, called)
		p.want(p.start("f"), "Name?")
		publish(in)
		assert.Equal(t, []string{"name/ask>stays: it is within a call"}, p.last.Trace)
		p.want(p.text("Lea"), "Hello Lea, first.")
	}
	inner := strings.NewReplacer("flow: name", "flow: f", "Name?", "Your name?").Replace(called)
	p, publish := editions(t, strings.Replace(called, "flow: name", "flow: f", 1), inner, strings.NewReplacer("flow: f", "flow: outer", "flow: name", "flow: f").Replace(caller))
	p.want(p.start("outer"), "Name?")
	publish(dialogs.Published{Policy: "end", End: "We changed this."})
	p.want(p.said(), "")
	p.want(p.text("Lea"), "Hello Lea, first.")
}
