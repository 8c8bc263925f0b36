package dialogs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/sms"
)

const address = `
flow: ask-address
class: transactional
inputs: {why: text}
returns: [street]
start: street
anywhere: {replies: [{words: [back], go: back}]}
states:
  street:
    say: "Street, for {{why}}?"
    replies: [{words: [none], end: none}, {is: any, save: street, go: sure}]
  sure:
    say: "{{street}}, right?"
    replies: [{is: yes, end: known}, {is: no, go: street}]
`

const delivery = `
flow: delivery
class: transactional
start: what
failed: oops
anywhere:
  replies:
    - {words: [price], say: "10 EUR for {{item ?? 'what'}}."}
    - {words: [drop], end: dropped}
    - {words: [again], go: again}
  else: {say: "Not understood.", tries: 2, go: oops}
  events: [{event: sold.out, say: "Sold out.", end: late}]
states:
  what:
    say: "What?"
    replies: [{is: any, save: item, go: where}]
  where:
    call: {flow: ask-address, inputs: {why: item}, save: where, known: done, else: oops}
    timeout: [{after: 30m, say: "Still there?"}, {after: 1h, end: lapsed}]
  done: {say: "{{item}} to {{where.street}} ({{where.outcome}}).", end: completed}
  oops: {say: "Too bad ({{item ?? 'nothing'}}).", end: refused}
tests: |
  $ keyword GO
  == called and back with what it returns
  > GO
  < What?
  > tea
  < Street, for tea?
  > Main St 1
  < Main St 1, right?
  > yes
  < tea to Main St 1 (known).
  ! outcome completed
  ! if where.street == 'Main St 1'
  == another outcome
  > GO
  < What?
  > tea
  < Street, for tea?
  > none
  < Too bad (tea).
  == back across flows, with the values of then
  > GO
  < What?
  > tea
  < Street, for tea?
  > back
  < What?
  > milk
  < Street, for milk?
  > Main
  < Main, right?
  > back
  < Street, for milk?
  > Side
  < Side, right?
  > yes
  < milk to Side (known).
  == anywhere of the caller: said without leaving, again, left
  > GO
  < What?
  > tea
  < Street, for tea?
  > price
  < 10 EUR for tea.
  > Main
  < Main, right?
  > price
  < 10 EUR for tea.
  > again
  < Main, right?
  > what?
  < Not understood.
  > drop
  ! outcome dropped
  == else of the caller gives up
  > GO
  < What?
  > tea
  < Street, for tea?
  > Main
  < Main, right?
  > eh
  < Not understood.
  > eh
  < Too bad (tea).
  == timers and events of the caller
  > GO
  < What?
  > tea
  < Street, for tea?
  @ +40m
  < Still there?
  > Main
  < Main, right?
  * sold.out
  < Sold out.
  ! outcome late
  == its timer ends it all
  > GO
  < What?
  > tea
  < Street, for tea?
  @ +30m
  < Still there?
  @ +31m
  ! outcome lapsed
`

func TestCall(t *testing.T) {
	t.Parallel()
	sub, problems := dialogs.Load("a.yaml", []byte(address), dialogs.Env{Languages: []string{"en"}, Version: 1})
	require.NotNil(t, sub, "%v", problems)
	assert.Equal(t, &dialogs.Signature{
		Inputs: map[string]string{"why": "text"}, Required: []string{"why"}, Outcomes: []string{"known", "none"}, Returns: map[string]string{"street": "text"},
	}, sub.Signature())
	play(t, delivery, dialogs.Env{Flow: func(name string) *dialogs.Signature {
		if name == sub.Name {
			return sub.Signature()
		}
		return nil
	}}, sub)
}

func TestCallChecks(t *testing.T) {
	t.Parallel()
	sub, _ := dialogs.Load("a.yaml", []byte(address), dialogs.Env{Languages: []string{"en"}})
	env := dialogs.Env{Languages: []string{"en"}, Flow: func(name string) *dialogs.Signature {
		if name == "ask-address" {
			return sub.Signature()
		}
		return nil
	}}
	for want, call := range map[string]string{
		"outcome `none` of ask-address has no state": "{flow: ask-address, inputs: {why: \"'x'\"}, known: b}",
		"flow `ask-address` wants input `why`":       "{flow: ask-address, else: b}",
		"flow `ask-address` has no input `who`":      "{flow: ask-address, inputs: {why: \"'x'\", who: \"'y'\"}, else: b}",
		"no flow `ask-adress` in this program":       "{flow: ask-adress, else: b}",
	} {
		flow, problems := dialogs.Load("f.yaml", []byte("flow: f\nstart: a\nstates:\n  a: {call: "+call+"}\n  b: {end: x}\n"), env)
		assert.Nil(t, flow)
		assert.Contains(t, fmt.Sprint(problems), want)
	}
}

// TestCallsHaveAnEnd calls itself for ever.
func TestCallsHaveAnEnd(t *testing.T) {
	t.Parallel()
	flow, problems := dialogs.Load("f.yaml", []byte("flow: f\nstart: a\nstates:\n  a: {call: {flow: f, else: b}}\n  b: {end: x}\n"), dialogs.Env{Languages: []string{"en"}, Version: 1})
	require.NotNil(t, flow, "%v", problems)
	r := dialogs.Step(dialogs.Facts{
		Now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), NewID: func() sms.ID { return 7 },
		Flow: func(string, int) *dialogs.Flow { return flow }, Program: dialogs.Program{Name: "p"},
	}, dialogs.Start{Flow: "f", By: "test"})
	require.Len(t, r.Ended, 1)
	assert.Equal(t, "failed", r.Ended[0].Outcome)
	assert.Contains(t, r.Ended[0].Reason, "more than 5 deep")
}
