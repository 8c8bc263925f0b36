package inbox

import (
	"encoding/json"
	"fmt"
	"time"

	"repartee/optout"
	"repartee/sms"
)

// ConsentData is the data of an [InputConsent]: a change that did not come by
// a text of the phone. It is a human act, an import or a receipt, and says why.
type ConsentData struct {
	Event   string // opt-out, opt-in, paused, resumed, kept, undone, lifted
	Program string `json:",omitempty"` // the one that it is about; empty: the code
	Actor   string // person, import, receipt, api, phone
	By      string `json:",omitempty"`
	Reason  string
	Scope   string    `json:",omitempty"` // of a pause that receipts ask for: unreachable or invalid
	Until   time.Time `json:",omitzero"`  // its end
	At      time.Time `json:",omitzero"`  // when it became known
	Shown   string    `json:",omitempty"` // wording that the person agreed to
	Source  string    `json:",omitempty"` // where and when
	Review  sms.ID    `json:",omitempty"` // that is kept or undone
	Before  Standing  `json:",omitzero"`  // to be restored by undone
}

// Standing is what a phone had agreed to on a code.
type Standing struct {
	Stopped  bool             `json:",omitempty"`
	Consents map[int32]string `json:",omitempty"` // state by program
}

// Review is a reading that a person should look at.
type Review struct {
	Message *sms.Inbound
	Kind    string // opt-out, wrong-number, unclear
	Before  Standing
}

// review puts the text under way into the tray, with what stands before it.
func (tu *turn) review(kind string) {
	tu.row.Review = true
	before := Standing{Stopped: tu.t.Stopped, Consents: map[int32]string{}}
	for id, c := range tu.t.Consents {
		if tu.onCode(id, tu.t.Key.Code) {
			before.Consents[id] = c.State
		}
	}
	tu.w.Reviews = append(tu.w.Reviews, Review{Message: tu.row, Kind: kind, Before: before})
}

// wrongNumber pauses marketing: the number may belong to somebody new.
func (tu *turn) wrongNumber() {
	tu.review("wrong-number")
	tu.event("wrong-number", "", 0, nil, false)
	tu.pause(record{row: tu.row, matchedBy: "wrong-number"})
}

// pause lets no marketing through to the phone, from any code.
func (tu *turn) pause(r record) {
	tu.ledger(tu.t, 0, "paused", optout.SuppressedMarketing, r)
	tu.w.Suppress = append(tu.w.Suppress, Suppression{
		Phone: tu.t.Key.Phone, Scope: optout.SuppressedMarketing, Since: tu.now, Reason: r.why("wrong number"),
	})
}

// resume lifts a pause.
func (tu *turn) resume(r record) {
	tu.ledger(tu.t, 0, "resumed", optout.SuppressedMarketing, r)
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: tu.t.Key.Phone, Scope: optout.SuppressedMarketing, Lift: true})
}

// stopEverywhere carries STOP ALL to the other codes. Each is stopped under
// the lock of its own thread; until then the list of suppressions holds what waits.
func (tu *turn) stopEverywhere() {
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: tu.t.Key.Phone, Scope: "everywhere", Since: tu.now, Reason: "opt-out"})
	for code := range tu.snap.Codes {
		if code != tu.t.Key.Code {
			reason := fmt.Sprintf("STOP ALL to %s", tu.t.Key.Code)
			tu.push(sms.Thread{Phone: tu.t.Key.Phone, Code: code}, "", ConsentData{Event: "opt-out", Actor: "phone", Reason: reason}, tu.now)
		}
	}
}

// consentChanged carries out a change that came another way.
func (tu *turn) consentChanged(data []byte) error {
	var c ConsentData
	if err := json.Unmarshal(data, &c); err != nil {
		return err
	}
	change := consentChanges[c.Event]
	if change == nil {
		return fmt.Errorf("no such change of consent: %q", c.Event)
	}
	change(tu, &c)
	return nil
}

// consentChanges says what each event of a [ConsentData] does.
var consentChanges = map[string]func(tu *turn, c *ConsentData){
	"opt-out": (*turn).optedOut,
	"opt-in":  (*turn).optedIn,
	"paused":  (*turn).pausedBy,
	"resumed": func(tu *turn, c *ConsentData) { tu.resume(record{change: c}) },
	"kept":    func(tu *turn, c *ConsentData) { tu.ledger(tu.t, 0, "kept", "code", record{change: c}) },
	"undone":  (*turn).undone,
	"lifted":  (*turn).lifted,
}

// optedOut stops the thread, or one program of it, without a confirmation:
// nobody wrote.
func (tu *turn) optedOut(c *ConsentData) {
	if c.Actor == "receipt" && tu.t.Stopped {
		return // each answer to its own texts comes back like this
	}
	id, r := tu.id(), record{change: c}
	p := tu.snap.Program(c.Program)
	if p == nil {
		tu.stopThread(tu.t, id, r)
		if c.Actor != "phone" { // else it comes from the code that the phone wrote to
			tu.crossCodes()
		}
		return
	}
	tu.row = &sms.Inbound{ID: id}
	tu.stopProgram(p, r)
	tu.row = nil
}

// optedIn writes a consent given elsewhere. It lifts no stop: only the phone
// itself can take its word back.
func (tu *turn) optedIn(c *ConsentData) {
	p := tu.snap.Program(c.Program)
	if p == nil || tu.t.Stopped || tu.t.Suppressed != "" || tu.t.Consents[p.ID].State == optout.ConsentOptedOut {
		return
	}
	if tu.subscribed(p.Name) {
		return
	}
	tu.reached(record{change: c})
	tu.consent(tu.t, p.ID, optout.ConsentSingle, 0, tu.ledger(tu.t, p.ID, "opt-in", "program", record{change: c}))
	tu.raise("subscribed", p.Name)
}

// undone restores what stood before an opt-out that a person read otherwise.
// A later opt-out stays: then only the entry is written.
func (tu *turn) undone(c *ConsentData) {
	t := tu.t
	entry := tu.ledger(t, 0, "undone", "code", record{change: c})
	if t.Stopped && t.StopID != c.Review {
		return
	}
	if t.Stopped {
		t.Stopped = c.Before.Stopped
		tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "code", ScopeID: int32(t.Key.Code), Lift: !t.Stopped, Since: tu.now, Reason: "opt-out"})
	}
	for program, state := range c.Before.Consents {
		if now := t.Consents[program]; now.StopID == c.Review && now.State == optout.ConsentOptedOut && state != optout.ConsentOptedOut {
			tu.consent(t, program, state, 0, entry)
			tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "program", ScopeID: program, Lift: true})
		}
	}
}

// lifted takes the phone off the list by a human act. What it had agreed to
// does not come back with it.
func (tu *turn) lifted(c *ConsentData) {
	t := tu.t
	entry := tu.ledger(t, 0, "resumed", "code", record{change: c})
	t.Stopped, t.Unreachable = false, ""
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: "code", ScopeID: int32(t.Key.Code), Lift: true})
	for program, now := range t.Consents {
		if now.State == optout.ConsentOptedOut && tu.onCode(program, t.Key.Code) {
			tu.consent(t, program, optout.ConsentNone, 0, entry)
		}
	}
}
