package explain

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"repartee/optout"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
	"repartee/views"
)

// classNames are the classes by the names of the trade as well.
var classNames = map[string]sms.Class{
	"promotional": sms.Marketing, "conversational": sms.Reply, "otp": sms.Transactional,
}

// Outbound explains one message; its moment is the column `at`, default now. g
// may be nil for a case without a program. Without one the phone counts as
// opted in, and as having just written when the class is reply, so that the
// hours can be examined alone.
func (c Case) Outbound(ctx context.Context, g *Gateway, now time.Time) (*views.Judgement, error) {
	f, err := c.facts()
	if err != nil {
		return nil, err
	}
	if now, err = moment(c, "at", now); err != nil {
		return nil, err
	}
	if f.Class == sms.Reply {
		f.Answers, f.LastMO = true, now
	}
	if c["program"] != "" {
		err = c.ofProgram(ctx, g, f)
	} else if f.Hours, err = optout.ParseHours(c["profile"]); err != nil {
		err = invalid("profile", err.Error())
	}
	if err == nil {
		err = c.standing(f)
	}
	if err != nil {
		return nil, err
	}
	return outboundOf(optout.Decide(*f, now)), nil
}

// facts are those that the case itself says, whatever the program.
func (c Case) facts() (*optout.Facts, error) {
	for _, needed := range []string{"to", "class"} {
		if c[needed] == "" {
			return nil, invalid(needed, "to and class are needed: which phone, and why it is written to (marketing, transactional, reply, compliance)")
		}
	}
	to, err := sms.ParseMSISDN(c["to"])
	if err != nil {
		return nil, invalid("to", err.Error())
	}
	class, ok := classNames[strings.ToLower(c["class"])]
	if !ok {
		if class, err = sms.ParseClass(strings.ToLower(c["class"])); err != nil {
			return nil, invalid("class", err.Error())
		}
	}
	f := &optout.Facts{
		ID: 1, To: to, Class: class, Consent: optout.ConsentDouble,
		Country: c["country"], Region: c["region"], PostalCode: c["postal-code"], Zone: c["time-zone"], WhenQuiet: c["when-quiet"],
		Suppressed: c["suppressed"],
	}
	if w := f.WhenQuiet; w != "" && w != optout.WhenQuietHold && w != optout.WhenQuietDrop {
		return nil, invalid("when-quiet", fmt.Sprintf("when-quiet is %q: use hold or drop", w))
	}
	if f.Expires, err = moment(c, "expires", time.Time{}); err != nil {
		return nil, err
	}
	if f.PausedUntil, err = moment(c, "paused-until", time.Time{}); err != nil {
		return nil, err
	}
	for s := range strings.FieldsFuncSeq(c["sent"], func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		at, err := parseMoment("sent", s)
		if err != nil {
			return nil, err
		}
		f.Sent = append(f.Sent, at)
	}
	return f, nil
}

// standing reads the column consent, which is over what is stored.
func (c Case) standing(f *optout.Facts) error {
	switch s := c["consent"]; s {
	case "":
	case optout.ConsentNone, optout.ConsentSingle, optout.ConsentDouble, optout.ConsentOptedOut, optout.ConsentPending:
		f.Consent, f.Stopped = s, s == optout.ConsentOptedOut
	default:
		return invalid("consent", fmt.Sprintf("consent is %q: use none, pending, single, double or opted-out", s))
	}
	return nil
}

// ofProgram completes the facts with the program's rules and what is stored of
// the phone.
func (c Case) ofProgram(ctx context.Context, g *Gateway, f *optout.Facts) error {
	snap := g.Snapshot()
	p := snap.Program(c["program"])
	if p == nil {
		return invalid("program", fmt.Sprintf("program %q is not known here: `repartee apply` makes one", c["program"]))
	}
	if c["profile"] != "" {
		return invalid("profile", "profile and program exclude each other: the program has its own quiet_hours")
	}
	code, ok := codeOf(snap, p)
	if !ok {
		return invalid("program", fmt.Sprintf("program %s has no short code from which it could write", p.Name))
	}
	t := sms.Thread{Phone: f.To, Code: code}
	persons, err := g.Store.Persons(ctx, []sms.Thread{t})
	if err != nil {
		return err
	}
	person := persons[t]
	if person == nil {
		person = &outbox.Person{}
	}
	m := &sms.Outbound{ID: f.ID, To: f.To, Code: code, Program: p.ID, Class: f.Class, StopID: person.StopID, Expires: f.Expires}
	if f.Answers {
		m.Cause, person.LastMO = 1, f.LastMO
	}
	stored := outbox.FactsOf(snap, m, person)
	stored.Guard, stored.WhenQuiet = 0, f.WhenQuiet
	stored.Suppressed = cmp.Or(f.Suppressed, stored.Suppressed)
	if !f.PausedUntil.IsZero() {
		stored.PausedUntil = f.PausedUntil
	}
	stored.Sent = append(stored.Sent, f.Sent...)
	stored.Country, stored.Region = cmp.Or(f.Country, stored.Country), cmp.Or(f.Region, stored.Region)
	stored.PostalCode, stored.Zone = cmp.Or(f.PostalCode, stored.PostalCode), cmp.Or(f.Zone, stored.Zone)
	*f = stored
	return nil
}

// codeOf finds a short code on which the program writes.
func codeOf(s *programs.Snapshot, p *programs.Program) (code sms.ShortCode, ok bool) {
	for number, c := range s.Codes {
		own := c.Program == p
		for _, name := range c.Programs {
			own = own || name == p.Name
		}
		if own && (!ok || number < code) {
			code, ok = number, true
		}
	}
	return code, ok
}

func outboundOf(d optout.Decision) *views.Judgement {
	out := &views.Judgement{
		Verdict: d.Verdict.String(), Reason: d.Reason, Rule: d.Rule,
		LocalTimes: d.LocalTimes, Sentence: d.Sentence, Source: d.Source,
	}
	if !d.Until.IsZero() {
		until := d.Until.UTC()
		out.Until = &until
	}
	if out.LocalTimes == nil {
		out.LocalTimes = []string{}
	}
	return out
}

// moment reads a time of a case.
func moment(c Case, name string, otherwise time.Time) (time.Time, error) {
	if c[name] == "" {
		return otherwise, nil
	}
	return parseMoment(name, c[name])
}

func parseMoment(name, s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, invalid(name, fmt.Sprintf("%s is %q: write a time with its zone, such as 2026-07-14T10:00:00Z", name, s))
	}
	return at, nil
}
