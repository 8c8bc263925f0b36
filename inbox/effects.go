package inbox

import (
	"maps"
	"strconv"
	"time"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/sms"
)

// tells are the effects that are performed after the commit.
var tells = map[string]bool{"notify": true, "webhook": true}

// effect books what is to be done beside the messages, and that it was.
func (tu *turn) effect(e *dialogs.Effect) {
	program, data := tu.programOf(e.Talk), e.Data
	switch e.Action {
	case "start":
		tu.startLater(e, program)
	case "subscribe":
		tu.subscribe(e)
	case "tag", "untag":
		tu.tag(e)
	case "handoff":
		tu.handOff(e, program)
	case "review":
		if tu.row != nil && !tu.row.Review { // the conversation gave up on the text
			tu.review("unclear")
		}
	}
	if tells[e.Action] {
		data = maps.Clone(e.Data)
		data["key"] = e.Key
	}
	tu.event(e.Action, program, e.Talk, data, tells[e.Action])
}

// handOff notes a conversation for people to answer.
func (tu *turn) handOff(e *dialogs.Effect, program string) {
	h := Handoff{Talk: e.Talk, Thread: tu.t.Key, Program: program, Group: text(e.Data, "group"), At: tu.now}
	for i := range tu.t.Talks {
		if tu.t.Talks[i].ID == e.Talk {
			h.Entry = tu.t.Talks[i].Entry
		}
	}
	tu.w.Handoffs = append(tu.w.Handoffs, h)
}

// startLater gives the thread of the phone an input that begins a flow. Only
// the phone's own conversation may start one that is no marketing.
func (tu *turn) startLater(e *dialogs.Effect, program string) {
	to := tu.t.Key
	if n, err := strconv.ParseInt(text(e.Data, "to"), 10, 64); err == nil {
		to.Phone = sms.MSISDN(n)
	}
	at := tu.now
	if t, err := time.Parse(time.RFC3339, text(e.Data, "at")); err == nil && t.After(at) {
		at = t
	}
	inputs, _ := e.Data["inputs"].(map[string]any)
	tu.push(to, "start:"+e.Key, StartData{
		Start:  dialogs.Start{Flow: text(e.Data, "flow"), By: "conversation " + e.Talk.String()},
		Inputs: inputs, Program: program, Promotes: to != tu.t.Key,
	}, at)
}

// subscribe writes the consent that a conversation got; a program that needs a
// double opt-in asks for the second one. It changes nothing for who has the
// consent already, and no stop is lifted but by the phone's own text.
func (tu *turn) subscribe(e *dialogs.Effect) {
	p := tu.snap.Program(text(e.Data, "program"))
	if p == nil || tu.subscribed(p.Name) {
		return
	}
	if tu.t.Stopped || tu.t.Consents[p.ID].State == "opted-out" {
		if tu.row == nil {
			return
		}
		tu.lift(p)
	}
	if p.Consent == "double" {
		tu.consented(p, "pending", "pending", "opt-in", tu.t.Language)
		return
	}
	tu.consent(tu.t, p.ID, "single", 0, tu.ledger(tu.t, p.ID, "opt-in", "program", record{row: tu.evidence()}))
	tu.raise("subscribed", p.Name)
}

// unsubscribe ends a program's messages because a conversation was asked to.
// It comes before the messages of the turn, which are of the new generation;
// the conversation itself goes on.
func (tu *turn) unsubscribe(e *dialogs.Effect) {
	p := tu.snap.Program(text(e.Data, "program"))
	if p == nil || tu.t.Consents[p.ID].State == "opted-out" {
		return
	}
	row := tu.evidence()
	tu.cancelBorn(tu.t, p.ID)
	tu.consent(tu.t, p.ID, "opted-out", row.ID, tu.ledger(tu.t, p.ID, "opt-out", "program", record{row: row}))
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: tu.t.Key.Phone, Scope: "program", ScopeID: p.ID, Since: tu.now, Reason: "opt-out"})
	s := outbox.Stop{ID: row.ID, Phone: tu.t.Key.Phone, Code: tu.t.Key.Code, Program: p.ID, At: tu.now}
	tu.w.Stops = append(tu.w.Stops, s)
	tu.stops = append(tu.stops, stopping{stop: s})
}

// evidence is what a consent record names: the text under way, else the
// conversation alone.
func (tu *turn) evidence() *sms.Inbound {
	if tu.row != nil {
		return tu.row
	}
	if tu.noText == nil {
		tu.noText = &sms.Inbound{ID: tu.id(), From: tu.t.Key.Phone, Code: tu.t.Key.Code, Carrier: tu.t.Carrier, Rule: "conversation"}
	}
	return tu.noText
}

// raise lets the phone's conversations know of something that happened to it.
func (tu *turn) raise(event, program string) {
	if len(tu.t.Talks) > 0 {
		tu.push(tu.t.Key, "", dialogs.Event{Name: event, Data: map[string]any{"program": program}}, tu.now)
	}
}

// tag books tags of the contact.
func (tu *turn) tag(e *dialogs.Effect) {
	c := ContactChange{Phone: tu.t.Key.Phone}
	names, _ := e.Data["tags"].([]any)
	for _, n := range names {
		name, _ := n.(string)
		if e.Action == "tag" {
			c.Tag = append(c.Tag, name)
		} else {
			c.Untag = append(c.Untag, name)
		}
	}
	tu.w.Contacts = append(tu.w.Contacts, c)
}

// text returns a text of an effect's data, "" for none.
func text(data map[string]any, key string) string {
	s, _ := data[key].(string)
	return s
}
