package dialogs_test

import "testing"

const helper = `
flow: helper
class: transactional
start: ask
states:
  ask:
    say: "Not understood: {{cut(args, 20)}}. Order, or complain?"
    replies: [{words: [order], say: "Text PIZZA.", end: order}, {words: [complain], go: told}]
  told: {say: "Tell us.", go: listen}
  listen: {replies: [{is: any, say: "Noted.", end: told}], timeout: {after: 1h, end: silent}}
`

// What nothing understands begins the fallback of the code, once: what that
// does not understand either gets the unknown answer.
func TestFallback(t *testing.T) {
	t.Parallel()
	p := newPhone(t, helper, lunch)
	p.facts.Fallback = "helper"
	p.want(p.text("my pizza is cold"), "Not understood: my pizza is cold. Order, or complain?")
	if r := p.last; r.Rule != "fallback" || r.Begun[0].By != "fallback" {
		t.Errorf("rule %q, begun %+v", r.Rule, r.Begun)
	}
	p.want(p.text("order"), "Text PIZZA.")
	p.wantEnd("order")
	p.want(p.text("I have to complain"), "Tell us.") // its first question hears what the text has said already
	p.want(p.text("cold!"), "Noted.")
	p.facts.Fallback = "gone"
	p.text("what?")
	if m := p.last.Messages; len(m) != 1 || m[0].Standard != "unknown" {
		t.Errorf("a fallback that is not there: %+v", m)
	}
}

// A keyword whose conversation listens without a question of its own to repeat
// begins anew: silence would answer nobody.
func TestKeywordBeginsAnewWithoutAQuestion(t *testing.T) {
	t.Parallel()
	p := newPhone(t, helper)
	const question = "Not understood: . Order, or complain?"
	p.want(p.keyword("helper", "HELPER", ""), question)
	p.want(p.keyword("helper", "HELPER", ""), question)
	p.want(p.text("complain"), "Tell us.")
	p.want(p.keyword("helper", "HELPER", ""), question)
	p.wantEnd("replaced")
}
