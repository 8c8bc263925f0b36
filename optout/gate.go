package optout

import (
	"time"

	"repartee/sms"
)

// classes is a set of message classes.
type classes uint8

func of(cs ...sms.Class) (set classes) {
	for _, c := range cs {
		set |= 1 << c
	}
	return set
}

// has reports membership; a class that is none belongs only to every.
func (s classes) has(c sms.Class) bool { return s == every || c < 8 && s&(1<<c) != 0 }

// The sets that rules ask for.
var (
	every      = ^classes(0)
	marketing  = of(sms.Marketing)
	reply      = of(sms.Reply)
	answers    = of(sms.Compliance)
	perishable = of(sms.Reply, sms.Transactional, sms.Marketing)
)

// rule is one check of the gate.
type rule struct {
	id       string
	classes  classes
	check    func(f Facts, now time.Time) outcome
	reason   string // a fixed word
	sentence string
	source   string
}

// gate is the order of the checks: the first that does not pass decides.
var gate = [...]rule{
	{
		"G01 class", every, knownClass, "bad_facts",
		"The message has no class, so that no rule can be chosen.", "design, promise 4: an error submits nothing",
	},
	{
		"G02 expired", every, notExpired, "expired",
		"The message has lost its sense: its time is over.", "the sender's valid_for",
	},
	{
		"G12 overtaken", perishable, notOvertaken, "overtaken",
		"What the message speaks of is over: its conversation went on or ended without it, or its program is gone.", "relevance is looked at again when a held message is released",
	},
	{
		"G03 older than the opt-out", every, bornAfterStop, "stopped",
		"The message was decided before the person opted out.", "47 CFR 64.1200(a)(12); CPCE art. L34-5",
	},
	{
		"G04 opted out", every, notStopped, "stopped",
		"The person has opted out: only answers to STOP, HELP and START and to the person's own new messages may go.", "47 CFR 64.1200(a)(10); CPCE art. L34-5; SMS+ charter art. 1",
	},
	{
		"G05 suppressed", every, notSuppressed, "suppressed",
		"The number is on the suppression list.", "47 CFR 64.1200(d)(6); CNIL MED-2023-040",
	},
	{
		"G11 paused", marketing, notPaused, "paused",
		"Marketing to this number is paused: texts do not reach it, or it may belong to somebody else.", "CTIA Messaging Principles 5.1.5; our own rule: docs/compliance.md, receipts",
	},
	{
		"G06 one confirmation", answers, confirmGuard, "confirmed",
		"The opt-out was confirmed a moment ago, or three times today: two machines may be answering each other.", "47 CFR 64.1200(a)(12); CTIA Messaging Principles 5.1.3",
	},
	{
		"G07 reply window", reply, replyWindow, "reply_window",
		"A reply goes within 15 minutes of the phone's last message.", "compliance facts 2.1: conversational",
	},
	{
		"G08 consent", marketing, consented, "no_consent",
		"The person has not given the consent that the program needs for marketing.", "CPCE art. L34-5; 47 CFR 64.1200(a)(2); CASL s. 6",
	},
	{
		"G09 sending hours", marketing, inHours, "quiet_hours",
		"Marketing is not sent at this hour or on this day where the recipient is.", "",
	},
	{
		"G10 frequency", marketing, belowCap, "frequency",
		"The person has had as much marketing as was promised or as the law allows.", "Fla. Stat. 501.059; 15 O.S. 775C.4; HB 3865 (Oregon); Com. Law 14-3201 (Maryland); the program's own promise",
	},
}

// allowRules name why a class that passed all checks may go.
var allowRules = [...]string{
	sms.Reply:         "A1 reply to the phone's own message",
	sms.Transactional: "A2 transactional",
	sms.Marketing:     "A3 marketing with consent, within hours and frequency",
	sms.Compliance:    "A4 answer to STOP, HELP or START",
}

// outcome is what one check says. until is, when it passed, the moment when it
// would pass no more; else, with hold, the moment when it would pass, zero when
// none is known.
type outcome struct {
	passed     bool
	hold       bool
	until      time.Time
	reason     string // these three replace the rule's own
	sentence   string
	source     string
	localTimes []string
}

// passed is the outcome without a limit.
var passed = outcome{passed: true}

// refused is the outcome that no waiting changes.
var refused = outcome{}

func when(ok bool) outcome { return outcome{passed: ok} }

func knownClass(f Facts, _ time.Time) outcome {
	return when(f.Class >= sms.Reply && f.Class <= sms.Compliance)
}

func notExpired(f Facts, now time.Time) outcome {
	if f.Expires.IsZero() {
		return passed
	}
	return outcome{passed: now.Before(f.Expires), until: f.Expires}
}

func notOvertaken(f Facts, _ time.Time) outcome { return when(f.Overtaken == "") }

func bornAfterStop(f Facts, _ time.Time) outcome { return when(f.BornStopID >= f.StopID) }

func notStopped(f Facts, now time.Time) outcome {
	return when(!f.Stopped && f.Consent != ConsentOptedOut || passesStop(f, now))
}

func notSuppressed(f Facts, now time.Time) outcome {
	return when(f.Suppressed == "" || f.Suppressed == SuppressedMarketing || passesStop(f, now))
}

func notPaused(f Facts, now time.Time) outcome {
	return when(f.Suppressed != SuppressedMarketing && !now.Before(f.PausedUntil))
}

// passesStop reports whether a message goes even to a person who opted out.
func passesStop(f Facts, now time.Time) bool {
	switch f.Class {
	case sms.Compliance:
		return true
	case sms.Reply:
		return f.Answers && inReplyWindow(f, now)
	case sms.Transactional:
		return f.SurvivesStop
	}
	return false
}

func confirmGuard(f Facts, now time.Time) outcome {
	today := 0
	for _, t := range f.ConfirmedAt {
		if now.Sub(t) < confirmGap {
			return refused
		}
		if now.Sub(t) < 24*time.Hour {
			today++
		}
	}
	return when(today < confirmPerDay)
}

func replyWindow(f Facts, now time.Time) outcome {
	return outcome{passed: inReplyWindow(f, now), until: f.LastMO.Add(ReplyWindow)}
}

func consented(f Facts, _ time.Time) outcome {
	switch f.Needs {
	case NeedsNothing:
		return passed
	case ConsentDouble:
		return when(f.Consent == ConsentDouble)
	case ConsentSingle, "":
		return when(f.Consent == ConsentSingle || f.Consent == ConsentDouble)
	}
	return refused
}

// inHours judges the sending hours. A closed window holds until both hours and
// frequency let the message pass.
func inHours(f Facts, now time.Time) outcome {
	r, problem := recipientOf(f)
	if problem != "" {
		return outcome{hold: true, reason: "unknown_zone", sentence: problem, source: "compliance facts 2.5"}
	}
	out := outcome{localTimes: r.localTimes(now), source: r.source()}
	if closes := r.closes(now).Add(-f.Guard); r.open(now) && now.Before(closes) {
		out.passed, out.until = true, closes
		return out
	}
	if f.WhenQuiet == WhenQuietDrop {
		return out
	}
	out.hold, out.until = true, r.settle(f, now)
	return out
}

// belowCap judges the frequency.
func belowCap(f Facts, now time.Time) outcome {
	if len(f.Sent) == 0 {
		return passed
	}
	r, problem := recipientOf(f)
	if problem != "" {
		return refused
	}
	if !capped(f, r, now).After(now) {
		return passed
	}
	return outcome{hold: true, until: r.settle(f, now), localTimes: r.localTimes(now)}
}

// verdict turns the outcome of a rule into the decision. What would be held
// beyond its own end is refused: it is dropped rather than sent late.
func verdict(g *rule, out outcome, f Facts) Decision {
	d := Decision{Verdict: Refuse, Reason: g.reason, Rule: g.id, Sentence: g.sentence, Source: g.source, LocalTimes: out.localTimes}
	if out.reason != "" {
		d.Reason, d.Sentence = out.reason, out.sentence
	}
	if out.source != "" {
		d.Source = out.source
	}
	if !out.hold {
		return d
	}
	if !f.Expires.IsZero() && !out.until.Before(f.Expires) {
		d.Sentence += " It would expire before it may go."
		return d
	}
	d.Verdict, d.Until = Hold, out.until
	return d
}
