package inbox

import (
	"strings"
	"time"

	"repartee/dialogs"
	"repartee/optout"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
)

// How long messages are worth sending, by class.
const (
	replyLife         = 15 * time.Minute
	confirmationLife  = 5 * time.Minute // 47 CFR 64.1200(a)(12)
	transactionalLife = 24 * time.Hour
	marketingLife     = 24 * time.Hour
)

// turn is one MO, timer or start being handled by its thread.
type turn struct {
	*batch
	t    *Thread
	code *programs.Code
	row  *sms.Inbound // nil for a timer
	text string
	n    int16

	starting  bool            // a conversation begins that the phone did not ask for
	promotes  bool            // and nothing allows it but consent to marketing
	dropQuiet bool            // what it says is not held until the hours open
	were      []dialogs.Talk  // open before the step
	begun     []dialogs.Begun // by it
	noText    *sms.Inbound    // see evidence
}

// mo handles an MO or a part of one.
func (b *batch) mo(it *item, t *Thread) {
	m := it.mo
	m.decode()
	if m.concat != nil {
		b.part(it, t)
		return
	}
	switch v, at := b.in.twin(t, it, b.now); {
	case v == undecided:
		b.in.metrics.proofWaits.Inc()
		b.wait(it, b.now.Add(proofPoll))
	case v == duplicate, v == doubtful && !b.insists(it, t, at):
		b.duplicate(it, t, at)
	default:
		row := b.row(m, t.Key)
		b.in.remember(t, Recent{Fingerprint: m.fingerprint, ID: row.ID, Bind: row.Bind, Arrival: row.Arrival})
		b.take(t, row, m)
	}
}

// duplicate acknowledges an MO that the thread has handled already. Its answer
// is now the one in doubt; an opt-out takes hold at the wire once more.
func (b *batch) duplicate(it *item, t *Thread, at int) {
	m := it.mo
	recent := append([]Recent(nil), t.Recent...)
	twin := &recent[at]
	b.proven = append(b.proven, twin.ID)
	twin.Bind, twin.Arrival = m.delivery.Bind.ID(), m.delivery.Arrival
	t.Recent = recent
	b.touch(t)
	b.w.Copies = append(b.w.Copies, Copy{From: t.Key.Phone, ID: twin.ID})
	b.in.metrics.duplicates.Inc()
	if t.Stopped && t.StopID == twin.ID {
		b.stops = append(b.stops, stopping{stop: outbox.Stop{ID: t.StopID, Phone: t.Key.Phone, Code: t.Key.Code, At: b.now}, mo: m, id: twin.ID})
		return
	}
	for program, c := range t.Consents {
		if c.State == "opted-out" && c.StopID == twin.ID {
			b.stops = append(b.stops, stopping{stop: outbox.Stop{ID: c.StopID, Phone: t.Key.Phone, Code: t.Key.Code, Program: program, At: b.now}, mo: m, id: twin.ID})
			return
		}
	}
	b.finished(m, twin.ID)
}

// take makes an MO the thread's next turn; m is what is to be acknowledged, nil
// when nothing is.
func (b *batch) take(t *Thread, row *sms.Inbound, m *mo) {
	b.taking.row = row
	code := b.snap.Codes[t.Key.Code]
	tu := &turn{batch: b, t: t, code: code, row: row, text: row.Text}
	cls := optout.Classify(tu.text, tu.context())
	row.Class, row.Review = cls.Kind.String(), cls.Review
	b.touch(t)
	b.w.Inbound = append(b.w.Inbound, row)
	b.counted = append(b.counted, t.Key)
	if over := b.in.rates[b.shard].over(t.Key, b.in.TurnsPerMinute, b.now); over && cls.Kind != optout.OptOut {
		row.Outcome, row.Rule = sms.OutcomeIgnored, "turn-limit"
		b.finished(m, row.ID)
		return
	}
	t.Turn++
	row.Outcome, row.Turn = sms.OutcomeTurn, t.Turn
	t.Carrier, t.LastMO = row.Carrier, b.now
	tu.reached(record{row: row})
	switch cls.Kind {
	case optout.OptOut:
		tu.optOut(cls)
		b.stops[len(b.stops)-1].mo, b.stops[len(b.stops)-1].id = m, row.ID
		return
	case optout.Help:
		tu.help(cls)
	case optout.OptIn:
		tu.optIn(cls)
	default:
		tu.converse(cls)
	}
	b.finished(m, row.ID)
}

// context is what Classify must know beside the text.
func (tu *turn) context() optout.Context {
	t := tu.t
	return optout.Context{
		Languages: tu.code.Languages, Programs: tu.code.Programs, SMSPlus: tu.code.SMSPlus,
		Dialog: len(t.Talks) > 0 && t.Talks[0].Listening(), OptInPending: tu.pending() != 0,
	}
}

// pending returns the program whose double opt-in prompt is the newest
// question, 0 for none.
func (tu *turn) pending() int32 {
	var newest time.Time
	var program int32
	for id, c := range tu.t.Consents {
		if c.State == "pending" && tu.snap.Programs[id] != nil && c.Since.After(newest) {
			newest, program = c.Since, id
		}
	}
	if len(tu.t.Talks) > 0 && tu.t.Talks[0].Asked.Time().After(newest) {
		return 0
	}
	return program
}

// converse lets keywords and conversations have the text.
func (tu *turn) converse(cls optout.Classification) {
	in := dialogs.Input(dialogs.Text(tu.text))
	route, found := tu.snap.Router.Match(tu.t.Key.Code, tu.text, tu.now)
	f := tu.facts()
	if found {
		k := route.Keyword
		f.Route = &dialogs.Route{
			Flow: k.Flow, Keyword: k.Word, Program: k.Program, Language: k.Language, Place: k.Place,
			Args: route.Args, Alone: route.Alone, Typo: route.Typo, Inputs: k.Inputs,
		}
		tu.row.Route = k.Flow
	}
	if cls.WrongNumber {
		tu.wrongNumber()
	} else if cls.Review {
		tu.review("unclear")
	}
	tu.step(f, in)
}

// message books a text of a conversation.
func (tu *turn) message(m *dialogs.Message) *sms.Outbound {
	p := tu.snap.Program(m.Program)
	if p == nil {
		p = tu.code.Program
	}
	text := m.Text
	if m.Standard != "" {
		text = strings.TrimSpace(tu.answer(p, m.Standard, m.Language) + " " + m.Text)
	}
	class := m.Class
	switch {
	case tu.promotes:
		class = sms.Marketing
	case class == 0:
		class = sms.Reply
	}
	return tu.say(p, class, text, m.Talk)
}

// answer returns a program's standard text in the wanted language, where the
// program has it.
func (tu *turn) answer(p *programs.Program, name, language string) string {
	return tu.snap.Answer(p.ID, tu.t.Key.Code, name, tu.language(p, language))
}

// language is the one in which to speak to the phone: the wanted one, else the
// thread's, else the contact's, where the program has it; else the program's first.
func (tu *turn) language(p *programs.Program, wanted string) string {
	for _, want := range []string{wanted, tu.t.Language, tu.t.Contact.Language} {
		for _, has := range p.Languages {
			if want != "" && want == has {
				return want
			}
		}
	}
	return p.Languages[0]
}

// say has a message judged and books it: allowed answers may leave at once,
// others wait, refused ones are kept with the reason.
func (tu *turn) say(p *programs.Program, class sms.Class, text string, talk sms.ID) *sms.Outbound {
	t := tu.t
	m := &sms.Outbound{
		ID: tu.id(), To: t.Key.Phone, Code: t.Key.Code, Carrier: t.Carrier, Program: p.ID, Class: class, Turn: t.Turn, N: tu.n,
		Talk: talk, Node: tu.in.Node, StopID: tu.generation(p.ID), CreatedAt: tu.now, Expires: tu.now.Add(life(class)), Config: tu.snap.Version, Text: text, DropQuiet: tu.dropQuiet,
	}
	tu.n++
	if tu.row != nil {
		m.Cause = tu.row.ID
	}
	if m.Carrier == 0 && len(tu.code.Carriers) > 0 {
		m.Carrier = tu.code.Carriers[0].ID
	}
	tu.w.Outbound = append(tu.w.Outbound, m)
	tu.measure(m)
	if m.State == sms.Refused {
		return m
	}
	d := outbox.Judge(tu.snap, m, t.person(), tu.now)
	outbox.Apply(m, d)
	tu.birth(m, d)
	return m
}

// birth decides how an allowed message leaves.
func (tu *turn) birth(m *sms.Outbound, d optout.Decision) {
	if m.State == sms.Refused {
		return
	}
	x := tu.touch(tu.t)
	if !m.Class.Answer() || m.State == sms.Held {
		m.Node = 0
		tu.queued[m.Carrier] = true
		return
	}
	m.AfterID, tu.t.Answer = tu.t.Answer, m.ID
	m.State = sms.Sending
	x.rows = append(x.rows, m)
	x.answers = append(x.answers, outbox.Permitted{Permit: d.Permit, Closes: d.Closes})
}

// measure sets coding, segments and reference.
func (tu *turn) measure(m *sms.Outbound) {
	c := tu.snap.Carriers[m.Carrier]
	if c == nil {
		m.State, m.Verdict, m.Rule, m.Segments = sms.Refused, "refuse", "no-carrier", 1
		return
	}
	m.Coding, m.Segments = outbox.Measure(c, m.Text)
	switch {
	case m.Segments > outbox.MaxSegments:
		m.State, m.Verdict, m.Rule, m.Segments = sms.Refused, "refuse", "too-long", outbox.MaxSegments
	case m.Segments > 1:
		tu.t.Ref = (tu.t.Ref + 1) & 0xFF
		m.Ref = tu.t.Ref
	}
}

// generation is the newest opt-out that applies to a message of the program.
func (tu *turn) generation(program int32) sms.ID {
	return max(tu.t.StopID, tu.t.Consents[program].StopID)
}

// person is what the gate reads about the thread's phone.
func (t *Thread) person() *outbox.Person {
	return &outbox.Person{
		Carrier: t.Carrier, Language: t.Language, LastMO: t.LastMO, Stopped: t.Stopped, StopID: t.StopID, Suppressed: t.suppressed(),
		Confirmed: t.Confirmed, Country: t.Contact.Country, Region: t.Region, PostalCode: t.PostalCode, TimeZone: t.Contact.TimeZone,
		Consents: t.Consents,
	}
}

func life(c sms.Class) time.Duration {
	switch c {
	case sms.Transactional:
		return transactionalLife
	case sms.Marketing:
		return marketingLife
	}
	return replyLife
}

// event books something for others.
func (tu *turn) event(kind, program string, talk sms.ID, data map[string]any, tell bool) {
	if program == "" {
		program = tu.code.Program.Name
	}
	tu.w.Events = append(tu.w.Events, Event{
		ID: tu.id(), At: tu.now, Kind: kind, Thread: tu.t.Key, Program: program, Talk: talk, Data: data, Tell: tell,
	})
}
