package optout

import (
	"time"

	"repartee/sms"
)

// Verdict is what the gate says to a message.
type Verdict uint8

// The verdicts. The zero value refuses.
const (
	Refuse Verdict = iota
	Hold
	Allow
)

var verdictNames = [...]string{"refuse", "hold", "allow"}

// String returns the verdict as the database, the API and `repartee explain` write it.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[Refuse]
}

// ReplyWindow is how long after the phone's last message an answer is a reply.
const ReplyWindow = 15 * time.Minute

// PermitLife is the longest that a Permit lives.
const PermitLife = 10 * time.Second

// The confirmation of an opt-out is guarded against two machines that answer
// each other: one per confirmGap, confirmPerDay in 24 hours.
const (
	confirmGap    = 60 * time.Second
	confirmPerDay = 3
)

// The values of Facts.Consent.
const (
	ConsentNone     = "none"      // never asked, also ""
	ConsentPending  = "pending"   // double opt-in not yet answered
	ConsentSingle   = "single"    // asked for it
	ConsentDouble   = "double"    // asked for it and confirmed
	ConsentOptedOut = "opted-out" // stopped the program
)

// The values of Facts.Needs beside ConsentSingle, the default, and
// ConsentDouble: NeedsNothing is for the opt-in prompt that a web form starts.
const NeedsNothing = "none"

// The scopes of suppressions that are not a refusal. Every other scope stops all.
const (
	// SuppressedMarketing pauses marketing, until a person or START lifts it.
	SuppressedMarketing = "marketing"
	// SuppressedUnreachable pauses marketing until a moment: receipts said that
	// texts do not reach the phone. A text of the phone lifts it.
	SuppressedUnreachable = "unreachable"
	// SuppressedInvalid stops all: receipts said that the number is gone. A text
	// of the phone lifts it.
	SuppressedInvalid = "invalid"
)

// The values of Facts.WhenQuiet; "" is WhenQuietHold.
const (
	WhenQuietHold = "hold" // keep it until the hours open
	WhenQuietDrop = "drop" // refuse it
)

// The values of Facts.Overtaken.
const (
	OvertakenConversation = "conversation" // it went on or ended without the message
	OvertakenProgram      = "program"      // the program is no longer offered
)

// Frequency is how much marketing of one program a phone may get; zero is
// unset. Hours, days and weeks roll, a month is the calendar's. With nothing
// set, 3 in a day and 1 in an hour apply.
type Frequency struct{ PerHour, PerDay, PerWeek, PerMonth int }

// Facts are what the gate must know about one message. They are read in the
// same transaction that acts on the verdict.
type Facts struct {
	// ID names the row; the Permit is good for it alone. Zero gets none that
	// allows anything (`repartee explain`).
	ID   sms.ID
	To   sms.MSISDN
	Code sms.ShortCode
	// Class as the caller gives it.
	Class sms.Class
	// Otherwise is the class by which a reply is judged once the reply window
	// has passed, the flow's own as a rule. Zero refuses it then.
	Otherwise sms.Class
	// Answers says that the phone's own text caused the message.
	Answers bool
	// LastMO is when the phone's last text to the code came.
	LastMO time.Time

	// Stopped says that the person has opted out of the code or the program.
	Stopped bool
	// StopID is the newest opt-out that applies to the message now, BornStopID
	// the one that applied when it was born.
	StopID, BornStopID sms.ID
	// Suppressed is the scope of the number's entry on the suppression list,
	// "" without one, and for one that is [SuppressedUnreachable].
	Suppressed string
	// Overtaken says why a message that was held has lost its sense since, "" while
	// it has not: see [OvertakenConversation] and [OvertakenProgram].
	Overtaken string
	// PausedUntil is the end of a pause of marketing; zero is none.
	PausedUntil time.Time
	// Consent that the program has, and the consent it Needs for marketing.
	Consent, Needs string

	// Hours is the program's profile, nil for the strict default of the
	// recipient's country or state. A profile made for another country than
	// the recipient's does not apply: that one's default does.
	Hours *Hours
	// What the contact record knows about the place; all may be empty. Country
	// is an ISO code, Region a state or province ("FL", "US-FL"), Zone an IANA name.
	Country, Region, PostalCode, Zone string
	// Guard is how long before the window closes nothing is handed over any more.
	Guard time.Duration
	// Frequency promised by the program, and the attempts of marketing Sent for
	// it to this phone, this message's own left out, in any order.
	Frequency Frequency
	Sent      []time.Time
	// Expires is when the message has lost its sense; zero is never. Nothing is
	// held beyond it.
	Expires   time.Time
	WhenQuiet string

	// SurvivesStop is a program's written exception for transactional messages
	// (a fraud alert, a one-time password).
	SurvivesStop bool
	// ConfirmedAt are the times of earlier opt-out confirmations to this phone
	// from this code. Only a confirmation brings them: HELP and START answers
	// leave them empty.
	ConfirmedAt []time.Time
}

// Decision is the gate's answer.
type Decision struct {
	Verdict Verdict
	// Until is when a held message may go; zero on Hold means that no such
	// moment is known (no time zone, or zones that are never open together
	// within 30 days): it waits until the facts change or it expires.
	Until time.Time
	// Closes is when the window of an allowed marketing message closes: the
	// SMSC must not deliver it later (validity_period). Zero without hours.
	Closes time.Time
	// Reason is a short fixed word, empty on Allow; Rule the id of the rule that
	// decided; Sentence says it to people, Source where the rule comes from.
	Reason, Rule, Sentence, Source string
	// LocalTimes are the recipient's clocks, where hours were judged.
	LocalTimes []string
	// Permit is set on Allow.
	Permit Permit
}

// Permit allows one message to be submitted for a short time. Only [Decide]
// makes one; the zero Permit allows nothing.
type Permit struct {
	id    sms.ID
	until time.Time
}

// Allows reports whether the message id may be handed to the socket now.
func (p Permit) Allows(id sms.ID, now time.Time) bool {
	return p.id != 0 && p.id == id && now.Before(p.until)
}

// Until returns the moment from which the Permit no longer allows anything: 10 s
// after the decision, or earlier when the verdict would change.
func (p Permit) Until() time.Time { return p.until }

// Decide judges one message at the moment now. It reads nothing else, so the
// same facts and moment give the same decision. Facts that make no sense refuse.
func Decide(f Facts, now time.Time) Decision {
	if f.Class == sms.Reply && !inReplyWindow(f, now) && f.Otherwise != 0 && f.Otherwise != sms.Reply {
		f.Class = f.Otherwise
	}
	until := now.Add(PermitLife)
	var d Decision
	for i := range gate {
		if !gate[i].classes.has(f.Class) {
			continue
		}
		out := gate[i].check(f, now)
		if !out.passed {
			return verdict(&gate[i], out, f)
		}
		until = earlier(until, out.until)
		if out.localTimes != nil {
			d.LocalTimes, d.Closes, d.Source = out.localTimes, out.until, out.source
		}
	}
	d.Verdict, d.Rule, d.Sentence = Allow, allowRules[f.Class], "The message may go."
	d.Permit = Permit{f.ID, until}
	return d
}

// HeldUntil is until when the sending hours alone would hold a marketing
// message of these facts, zero when they let it pass.
func HeldUntil(f Facts, now time.Time) time.Time {
	f.Class, f.Needs = sms.Marketing, NeedsNothing
	if d := Decide(f, now); d.Verdict == Hold {
		return d.Until
	}
	return time.Time{}
}

// earlier is the smaller of two moments, where zero is none.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// inReplyWindow reports whether the phone wrote less than ReplyWindow ago.
func inReplyWindow(f Facts, now time.Time) bool {
	return !f.LastMO.IsZero() && now.Before(f.LastMO.Add(ReplyWindow))
}
