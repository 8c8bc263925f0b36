package inbox

import (
	"repartee/dialogs"
	"repartee/optout"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
)

// optOut carries out an opt-out (docs/message-path.md, "STOP, exactly"): the
// refusal is written, conversations in its scope end, what waits is cancelled,
// and one confirmation is born under the new generation.
func (tu *turn) optOut(cls optout.Classification) {
	tu.row.Rule = cls.Rule
	if cls.Review {
		tu.review("opt-out")
	}
	p := tu.snap.Program(cls.Scope.Program)
	if p == nil {
		p = tu.code.Program
		tu.stopThread(tu.t, tu.row.ID, record{row: tu.row, matchedBy: cls.MatchedBy, shown: tu.answer(p, "stop", cls.Language)})
		if cls.Scope.All {
			tu.stopEverywhere()
		} else {
			tu.crossCodes()
		}
		tu.confirm(p, "stop", cls.Language)
		return
	}
	tu.stopProgram(p, record{row: tu.row, matchedBy: cls.MatchedBy, shown: tu.answer(p, "stop-program", cls.Language)})
	tu.confirm(p, "stop-program", cls.Language)
}

// stopThread stops everything on the code under the id of the opt-out; it is
// also the quarantine's way.
func (b *batch) stopThread(t *Thread, stop sms.ID, r record) {
	t.StopID, t.Stopped = stop, true
	b.touch(t)
	rest, ended := dialogs.EndAll(t.Talks, nil, "stopped")
	t.Talks = rest
	b.endStopped(t, ended)
	b.cancelBorn(t, 0)
	entry := b.ledger(t, 0, "opt-out", "code", r)
	for id, c := range t.Consents {
		if c.State != "opted-out" && b.onCode(id, t.Key.Code) {
			b.consent(t, id, "opted-out", stop, entry)
		}
	}
	b.w.Suppress = append(b.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "code", ScopeID: int32(t.Key.Code), Since: b.now, Reason: "opt-out"})
	s := outbox.Stop{ID: stop, Phone: t.Key.Phone, Code: t.Key.Code, At: b.now}
	b.w.Stops = append(b.w.Stops, s)
	b.stops = append(b.stops, stopping{stop: s})
}

// onCode reports whether a program answers on a short code. A code or program
// that is no longer configured counts as one that does.
func (b *batch) onCode(program int32, code sms.ShortCode) bool {
	p, c := b.snap.Programs[program], b.snap.Codes[code]
	if p == nil || c == nil || c.Program == p {
		return true
	}
	for _, name := range c.Programs {
		if name == p.Name {
			return true
		}
	}
	return false
}

// stopProgram stops one program of the code.
func (tu *turn) stopProgram(p *programs.Program, r record) {
	t, row := tu.t, tu.row
	rest, ended := dialogs.EndAll(t.Talks, func(c dialogs.Talk) bool { return c.Program != p.Name }, "stopped")
	t.Talks = rest
	tu.endStopped(t, ended)
	tu.cancelBorn(t, p.ID)
	tu.consent(t, p.ID, "opted-out", row.ID, tu.ledger(t, p.ID, "opt-out", "program", r))
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "program", ScopeID: p.ID, Since: tu.now, Reason: "opt-out"})
	s := outbox.Stop{ID: row.ID, Phone: t.Key.Phone, Code: t.Key.Code, Program: p.ID, At: tu.now}
	tu.w.Stops = append(tu.w.Stops, s)
	tu.stops = append(tu.stops, stopping{stop: s})
}

func (b *batch) endStopped(t *Thread, ended []dialogs.Ended) {
	for _, e := range ended {
		b.w.Ended = append(b.w.Ended, ConversationEnd{ID: e.ID, Phone: t.Key.Phone, At: b.now, Outcome: e.Outcome, Reason: e.Reason})
	}
}

// cancelBorn cancels what earlier turns of the same batch wanted to say.
func (b *batch) cancelBorn(t *Thread, program int32) {
	x := b.touch(t)
	rows, answers := x.rows, x.answers
	x.rows, x.answers = nil, nil
	for i, m := range rows {
		if program == 0 || m.Program == program {
			m.State, m.Node = sms.Cancelled, 0
			continue
		}
		x.rows, x.answers = append(x.rows, m), append(x.answers, answers[i])
	}
	for _, m := range b.w.Outbound { // those that were to wait
		if m.To == t.Key.Phone && m.Code == t.Key.Code && (m.State == sms.Queued || m.State == sms.Held) && (program == 0 || m.Program == program) {
			m.State = sms.Cancelled
		}
	}
}

// pendingAnswer is how Classify marks a YES to a double opt-in prompt.
const pendingAnswer = "answer"

// confirm says the one confirmation; the gate's loop guard may refuse it.
func (tu *turn) confirm(p *programs.Program, name, language string) {
	text := tu.answer(p, name, language)
	m := tu.say(p, sms.Compliance, text, 0)
	m.Expires = tu.now.Add(confirmationLife)
	if m.State != sms.Refused {
		tu.t.Confirmed = lastOf(append(append(tu.t.Confirmed[:0:0], tu.t.Confirmed...), tu.now))
	}
}

// help answers HELP, INFO and their kind, also to a stopped phone.
func (tu *turn) help(cls optout.Classification) {
	tu.row.Rule, tu.row.Route = cls.Rule, "help"
	p := tu.about(cls)
	tu.say(p, sms.Compliance, tu.answer(p, "help", cls.Language), 0)
}

// about is the program that a text is about: the one it names, else that of
// the open conversation, else the code's own.
func (tu *turn) about(cls optout.Classification) *programs.Program {
	if p := tu.snap.Program(cls.Scope.Program); p != nil {
		return p
	}
	if len(tu.t.Talks) > 0 {
		if p := tu.snap.Program(tu.t.Talks[0].Program); p != nil {
			return p
		}
	}
	return tu.code.Program
}

// optIn handles START and the YES to a double opt-in: it lifts the stop and
// writes a new consent record.
func (tu *turn) optIn(cls optout.Classification) {
	tu.row.Rule, tu.row.Route = cls.Rule, "start"
	if id := tu.pending(); id != 0 && cls.MatchedBy == pendingAnswer {
		tu.consented(tu.snap.Programs[id], "double", "confirmed", "start", cls.Language)
		return
	}
	p := tu.code.Program
	if named := tu.snap.Program(cls.Scope.Program); named != nil {
		p = named
	}
	tu.lift(p)
	if p.Consent == "double" {
		tu.consented(p, "pending", "pending", "opt-in", cls.Language)
		return
	}
	tu.consented(p, "single", "opt-in", "start", cls.Language)
}

// lift takes back what the phone stopped, for the program that it joins.
func (tu *turn) lift(p *programs.Program) {
	t := tu.t
	if t.Stopped {
		t.Stopped = false
	}
	t.Suppressed = ""
	for scope, id := range map[string]int32{"code": int32(t.Key.Code), "everywhere": 0, "marketing": 0} {
		tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: scope, ScopeID: id, Lift: true})
	}
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "program", ScopeID: p.ID, Lift: true})
}

// consented writes a consent, its ledger entry, and says the answer; the
// conversations hear of one that is complete.
func (tu *turn) consented(p *programs.Program, state, event, answer, language string) {
	asked := answer
	if event == "confirmed" {
		asked = "opt-in" // what YES answered
	}
	entry := tu.ledger(tu.t, p.ID, event, "program", record{row: tu.evidence(), shown: tu.answer(p, asked, language)})
	tu.consent(tu.t, p.ID, state, 0, entry)
	tu.say(p, sms.Compliance, tu.answer(p, answer, language), 0)
	if state != "pending" {
		tu.raise("subscribed", p.Name)
	}
}

// consent changes a phone's standing with a program.
func (b *batch) consent(t *Thread, program int32, state string, stop, ledger sms.ID) {
	consents := make(map[int32]outbox.Consent, len(t.Consents)+1)
	for id, c := range t.Consents {
		consents[id] = c
	}
	c := consents[program]
	c.State, c.Since = state, b.now
	if stop != 0 {
		c.StopID = stop
	}
	consents[program] = c
	t.Consents = consents
	b.w.Consents = append(b.w.Consents, ConsentChange{Phone: t.Key.Phone, Program: program, State: state, Since: b.now, StopID: c.StopID, Ledger: ledger})
}

// classifySafely reports whether a text is an opt-out; a classifier that
// panics on it does not stop the quarantine.
func classifySafely(text string) (isOptOut bool) {
	defer func() { _ = recover() }() // the panic was reported when it came first
	return optout.Classify(text, optout.Context{}).Kind == optout.OptOut
}

// lastOf keeps what the loop guard needs: a day has at most a few.
func lastOf[T any](s []T) []T { return s[max(0, len(s)-5):] }
