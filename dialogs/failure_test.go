package dialogs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"repartee/dialogs"
)

// A turn that fails leaves nothing behind but its failure: what it said, did,
// was granted, wrote to the contact and spoke is undone.
func TestFailureUndoesTheTurn(t *testing.T) {
	t.Parallel()
	const src = `
flow: f
class: transactional
start: a
FAILED
states:
  a:
    say: {fr: "Prénom ?", en: "First name?"}
    replies: [{is: any, save: name, do: [{language: en}, {set: {contact.first_name: answer}}, {tag: named}, {issue: {offer: gift}}, {set: {n: int(answer)}}], end: done}]
OOPS
`
	granted := dialogs.Answer{Result: "ok"}
	check := func(t *testing.T, p *phone) {
		t.Helper()
		assert.Empty(t, p.last.Contact)
		assert.Empty(t, p.last.Effects)
		assert.Equal(t, "fr", p.last.Language)
		assert.Equal(t, []int{0}, p.last.Released)
	}
	t.Run("failed", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, strings.NewReplacer("FAILED", "failed: oops", "OOPS", `  oops: {say: {fr: "Oups, {{contact.first_name ?? 'vous'}} ({{name ?? ''}}).", en: "Oops."}, end: broken}`).Replace(src))
		p.want(p.start("f"), "Prénom ?")
		p.do(dialogs.Text("Lea"), granted)
		p.want(p.said(), "Oups, vous (Lea).")
		p.wantEnd("broken")
		check(t, p)
	})
	t.Run("sorry", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, strings.NewReplacer("FAILED\n", "", "OOPS\n", "").Replace(src))
		p.start("f")
		p.do(dialogs.Text("Lea"), granted)
		p.want(p.said(), "(sorry)")
		assert.Equal(t, "fr", p.last.Messages[0].Language)
		p.wantEnd("failed")
		check(t, p)
	})
}

// One conversation's failure keeps what another one wrote in the same turn.
func TestFailureOfOneOfTwo(t *testing.T) {
	t.Parallel()
	flow := func(name, set string) string {
		return "flow: " + name + "\nclass: transactional\nstart: a\nstates: {a: {say: \"A?\", events: [{event: e, do: [{set: {" + set + "}}], end: x}]}}\n"
	}
	p := newPhone(t, flow("good", "contact.first_name: \"'Lea'\""), flow("bad", "contact.last_name: \"'Martin'\", n: int(lang)"))
	p.start("good")
	p.start("bad")
	p.do(dialogs.Event{Name: "e"})
	p.want(p.said(), "(sorry)")
	assert.Equal(t, map[string]any{"first_name": "Lea"}, p.last.Contact)
}

// When another conversation is over, one that waits for a person or for a
// webhook does not say its text again.
func TestNoWaitIsRepeated(t *testing.T) {
	t.Parallel()
	for state, effect := range map[string]string{
		`{say: "One moment.", handoff: {group: desk, away: a}}`:                                    "handoff",
		`{do: [{webhook: {name: parcels, ok: a, failed: a}}], say: "One moment."}`:                 "webhook",
		`{do: [{webhook: {name: parcels, ok: a, failed: a}}], say: "One moment.", else: {end: x}}`: "webhook",
	} {
		p := newPhone(t, lunch, "flow: f\nclass: transactional\nstart: a\nstates:\n  a: {say: \"A?\", replies: [{is: yes, go: b}]}\n  b: "+state+"\n")
		p.start("f")
		p.want(p.text("yes"), "One moment.")
		assert.Equal(t, effect, p.last.Effects[0].Action)
		p.want(p.start("lunch"), "Lunch?")
		p.want(p.text("no"), "")
		p.wantEnd("no")
	}
}
