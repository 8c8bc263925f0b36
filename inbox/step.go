package inbox

import (
	"slices"
	"strings"

	"repartee/dialogs"
	"repartee/sms"
)

// step runs the conversations and books what they decided.
func (tu *turn) step(f *dialogs.Facts, in dialogs.Input) {
	r, done := tu.run(f, in)
	if !done {
		return
	}
	t := tu.t
	tu.were, tu.begun = t.Talks, r.Begun
	t.Talks = r.Talks
	if r.Language != "" {
		t.Language = r.Language
	}
	if len(r.Contact) > 0 {
		tu.w.Contacts = append(tu.w.Contacts, ContactChange{Phone: t.Key.Phone, Fields: r.Contact})
	}
	tu.explain(&r)
	tu.conversations(r)
	for i := range r.Effects {
		if e := &r.Effects[i]; e.Action == "unsubscribe" {
			tu.unsubscribe(e)
		}
	}
	if tu.messages(r.Messages) {
		for i := range r.Effects {
			tu.effect(&r.Effects[i])
		}
	}
	tu.wakeAt(nextDeadline(t.Talks))
}

// explain notes with a text what became of it (promise 7).
func (tu *turn) explain(r *dialogs.Result) {
	if tu.row == nil {
		return
	}
	tu.row.Rule = rule(*r)
	if len(r.Talks) > 0 {
		tu.row.Talk = r.Talks[0].ID
	}
	if len(r.Ended) > 0 { // by this text
		tu.row.Talk = r.Ended[0].ID
	}
	if len(r.Begun) > 0 {
		tu.row.Talk = r.Begun[0].ID
	}
}

// messages books the texts of a step. Timers count from the release of one
// that the gate holds. It reports false when the gate kept the first one of a
// start back: that conversation has ended.
func (tu *turn) messages(ms []dialogs.Message) bool {
	for i := range ms {
		m := tu.message(&ms[i])
		if i == 0 && tu.starting && m.State == sms.Refused && len(tu.begun) > 0 && tu.begun[0].ID == m.Talk {
			tu.keptBack(m)
			return false
		}
		if m.State == sms.Held {
			tu.t.Talks = dialogs.Held(tu.t.Talks, m.Talk, tu.snap.Flow, tu.now, m.HoldUntil)
		}
	}
	return true
}

// keptBack ends the conversation whose first message the gate refused: the
// phone knows nothing of it. What it asked for is given back.
func (tu *turn) keptBack(m *sms.Outbound) {
	rest, _ := dialogs.EndAll(tu.t.Talks, func(c dialogs.Talk) bool { return c.ID != m.Talk }, "refused")
	tu.t.Talks = rest
	tu.w.Ended = slices.DeleteFunc(tu.w.Ended, func(e ConversationEnd) bool { return e.ID == m.Talk }) // it came to its end at once
	tu.end(dialogs.Ended{ID: m.Talk, Outcome: "refused", Reason: m.Rule})
	tu.forsake(tu.unit)
}

// rule says which rule routed an MO and which ways it went (promise 7).
func rule(r dialogs.Result) string {
	if len(r.Trace) == 0 {
		return r.Rule
	}
	return r.Rule + ": " + strings.Join(r.Trace, " ")
}

// conversations books those that began and ended.
func (tu *turn) conversations(r dialogs.Result) {
	for _, c := range r.Begun {
		tu.w.Begun = append(tu.w.Begun, Conversation{
			ID: c.ID, Thread: tu.t.Key, Program: c.Program, Flow: c.Flow, Version: c.Version, By: c.By, At: tu.now,
		})
	}
	for _, e := range r.Ended {
		tu.end(e)
	}
}

func (tu *turn) end(e dialogs.Ended) {
	tu.w.Ended = append(tu.w.Ended, ConversationEnd{ID: e.ID, Phone: tu.t.Key.Phone, At: tu.now, Outcome: e.Outcome, Reason: e.Reason})
}

// programOf names the program of a conversation that was open before or after
// the step, or came and went in it.
func (tu *turn) programOf(talk sms.ID) string {
	for _, talks := range [][]dialogs.Talk{tu.t.Talks, tu.were} {
		for i := range talks {
			if talks[i].ID == talk {
				return talks[i].Program
			}
		}
	}
	for _, c := range tu.begun {
		if c.ID == talk {
			return c.Program
		}
	}
	return tu.code.Program.Name
}
