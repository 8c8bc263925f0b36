package optout

import (
	"slices"
	"time"
)

// Failure is a message that did not reach its phone.
type Failure struct {
	At    time.Time
	Cause Delivery
}

// Reachability is what a phone's receipts have said: its failures, oldest
// first, and when it last received or sent a text, which makes those before void.
type Reachability struct {
	Failures []Failure
	Alive    time.Time
}

// Action is what a failure asks for.
type Action uint8

// The actions of [Hygiene].
const (
	GoOn         Action = iota // nothing
	OptOutSilent               // the refusal of a person, given to the carrier: as STOP, without a confirmation
	Pause                      // no marketing until a moment, or until the phone writes
	Suppress                   // nothing at all until the phone writes or opts in
)

// Remedy is what [Hygiene] says, with the rule that said it. Until is the end
// of a pause.
type Remedy struct {
	Action                 Action
	Until                  time.Time
	Rule, Sentence, Source string
}

// quarantine is how long marketing to a failing number rests. The first message
// after it is the retry.
const quarantine = 90 * 24 * time.Hour

const (
	month = 30 * 24 * time.Hour
	week  = 7 * 24 * time.Hour
)

// hygieneRule is one line of the table of [Hygiene].
type hygieneRule struct {
	id       string
	causes   []Delivery // of the newest failure, and those that count with it
	within   time.Duration
	count    int           // so many failures within that time ...
	over     time.Duration // ... the first and the last so far apart
	action   Action
	sentence string
	source   string
}

// hygiene is the order of the rules: the first that holds decides.
var hygiene = [...]hygieneRule{
	{
		"H01 unsubscribed",
		[]Delivery{Unsubscribed},
		0, 1, 0, OptOutSilent,
		"The person blocked the sender at the carrier.", "47 CFR 64.1200(a)(10): any reasonable means",
	},
	{
		"H02 do not disturb",
		[]Delivery{DoNotDisturb},
		0, 1, 0, Pause,
		"The number is in a register of people who want no marketing.", "TCCCPR (India)",
	},
	{
		"H03 number gone",
		[]Delivery{UnknownSubscriber},
		month, 3, 0, Suppress,
		"The network said three times within 30 days that the number does not exist.", "CTIA Messaging Principles 5.1.5",
	},
	{
		"H04 number gone for a week",
		[]Delivery{UnknownSubscriber},
		month, 2, week, Suppress,
		"The network said twice, at least a week apart, that the number does not exist.", "CTIA Messaging Principles 5.1.5",
	},
	{
		"H05 number unknown twice",
		[]Delivery{UnknownSubscriber},
		month, 2, 0, Pause,
		"The network said twice within 30 days that the number does not exist.", "CTIA Messaging Principles 5.1.5",
	},
	{
		"H06 barred",
		[]Delivery{Barred, Handset},
		month, 3, 0, Pause,
		"The number could not receive texts three times within 30 days.", "our own rule: docs/compliance.md, receipts",
	},
	{
		"H07 absent",
		[]Delivery{Absent},
		0, 5, month, Pause,
		"Five messages over at least 30 days found the phone absent: it may belong to nobody, or to somebody else.", "our own rule: docs/compliance.md, receipts",
	},
}

// Counts reports whether failures of a cause say anything about the phone:
// those of the network, of hours or of the text do not.
func (d Delivery) Counts() bool {
	return slices.ContainsFunc(hygiene[:], func(h hygieneRule) bool { return slices.Contains(h.causes, d) })
}

// Hygiene decides what the newest failure of a phone asks for. It reads nothing
// but its arguments.
func Hygiene(r Reachability, now time.Time) Remedy {
	if len(r.Failures) == 0 || !r.Failures[len(r.Failures)-1].At.After(r.Alive) {
		return Remedy{}
	}
	newest := r.Failures[len(r.Failures)-1].Cause
	for i := range hygiene {
		h := &hygiene[i]
		if !slices.Contains(h.causes, newest) || !h.holds(r, now) {
			continue
		}
		out := Remedy{Action: h.action, Rule: h.id, Sentence: h.sentence, Source: h.source}
		if h.action == Pause {
			out.Until = now.Add(quarantine)
		}
		return out
	}
	return Remedy{}
}

// holds counts the failures of the rule since the phone was last known alive.
func (h *hygieneRule) holds(r Reachability, now time.Time) bool {
	var n int
	var first, last time.Time
	for _, f := range r.Failures {
		if !f.At.After(r.Alive) || !slices.Contains(h.causes, f.Cause) || h.within > 0 && now.Sub(f.At) > h.within {
			continue
		}
		if n == 0 {
			first = f.At
		}
		n, last = n+1, f.At
	}
	return n >= h.count && last.Sub(first) >= h.over
}
