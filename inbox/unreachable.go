package inbox

import (
	"repartee/optout"
	"repartee/outbox"
	"repartee/sms"
)

// Listed takes an entry of the suppression list into account. A pause of
// marketing gives way to all others.
func (t *Thread) Listed(scope string, id int32) {
	switch scope {
	case optout.SuppressedUnreachable, optout.SuppressedInvalid:
		if t.Unreachable != optout.SuppressedInvalid {
			t.Unreachable = scope
		}
	case optout.SuppressedMarketing:
		if t.Suppressed == "" {
			t.Suppressed = scope
		}
	case "code", "everywhere":
		if scope == "everywhere" || id == int32(t.Key.Code) {
			t.Suppressed = scope
		}
	}
}

// suppressed is the scope that the gate must know. Pauses with an end are not
// among them: marketing always waits, and is judged with the list when it is claimed.
func (t *Thread) suppressed() string {
	if t.Unreachable == optout.SuppressedInvalid && (t.Suppressed == "" || t.Suppressed == optout.SuppressedMarketing) {
		return t.Unreachable
	}
	return t.Suppressed
}

// pausedBy carries out a pause. One that receipts ask for is void when the
// phone has written since.
func (tu *turn) pausedBy(c *ConsentData) {
	t, r := tu.t, record{change: c}
	if c.Scope == "" {
		tu.pause(r)
		return
	}
	if t.LastMO.After(c.At) || t.Unreachable == optout.SuppressedInvalid {
		return
	}
	t.Unreachable = c.Scope
	tu.ledger(t, 0, "paused", c.Scope, r)
	tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: c.Scope, Since: tu.now, Reason: c.Reason, Until: c.Until})
	if c.Scope == optout.SuppressedInvalid {
		tu.dropWaiting(tu.id())
	}
}

// dropWaiting cancels what waits for the thread, as an opt-out does: it begins
// a new generation, but stops nobody.
func (tu *turn) dropWaiting(generation sms.ID) {
	t := tu.t
	t.StopID = generation
	tu.cancelBorn(t, 0)
	s := outbox.Stop{ID: generation, Phone: t.Key.Phone, Code: t.Key.Code, At: tu.now}
	tu.w.Stops = append(tu.w.Stops, s)
	tu.stops = append(tu.stops, stopping{stop: s})
}

// reached lifts what receipts brought: somebody writes from the phone. A
// refusal stays.
func (tu *turn) reached(r record) {
	t := tu.t
	if t.Unreachable == "" {
		return
	}
	tu.ledger(t, 0, "resumed", t.Unreachable, r)
	t.Unreachable = ""
	for _, scope := range []string{optout.SuppressedUnreachable, optout.SuppressedInvalid} {
		tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: t.Key.Phone, Scope: scope, Lift: true})
	}
}
