package dialogs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"repartee/sms"
	"repartee/sms/fold"
)

// TestOptions is the world that golden conversations run in; a script's own
// `$` lines change it for one test.
type TestOptions struct {
	Program Program
	// Standard reads a text before the conversations do: "stop", "help" or
	// "start" for one that a program's standard answer belongs to, as the opt-out
	// rules read it; dialog says that a question is open. Nil reads none.
	Standard func(text string, languages []string, dialog bool) string
	// HeldUntil says until when a marketing message to the phone waits for
	// hours in which it may go; zero: it may go now. Nil holds nothing.
	HeldUntil func(c Contact, now time.Time) time.Time
	// Flows are other flows that keywords may start, by name.
	Flows map[string]*Flow
	// File names the script in failures.
	File string
	// Line is where the script begins in the file, 0 for line 1.
	Line int
}

// TestFailure is a line of a golden conversation that did not come true.
type TestFailure struct {
	File string
	Line int
	Test string
	Text string
}

// String returns the failure as "file:line: test: text".
func (f TestFailure) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Test, f.Text)
}

// RunTests runs the golden conversations that the flow carries. It returns
// how many there are and what went wrong.
func (f *Flow) RunTests(o TestOptions) (int, []TestFailure) {
	if o.Line == 0 {
		o.Line = f.TestsLine + 1
	}
	return RunChat(f.Tests, f, o)
}

// RunChat runs a script of golden conversations (docs/flows.md) against a
// flow. Between every two lines the conversations go through JSON, and every
// step is done twice to prove that it depends on nothing but its facts.
func RunChat(script string, f *Flow, o TestOptions) (int, []TestFailure) {
	if o.Line == 0 {
		o.Line = 1
	}
	if o.Program.Zone == nil {
		o.Program.Zone = time.UTC
	}
	if len(o.Program.Languages) == 0 {
		o.Program.Languages = f.Languages
	}
	var common []scriptLine
	var tests [][]scriptLine
	for i, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "=="):
			tests = append(tests, []scriptLine{{o.Line + i, line}})
		case len(tests) == 0:
			common = append(common, scriptLine{o.Line + i, line})
		default:
			tests[len(tests)-1] = append(tests[len(tests)-1], scriptLine{o.Line + i, line})
		}
	}
	var failures []TestFailure
	for _, lines := range tests {
		g := newGolden(f, o, strings.TrimSpace(strings.TrimLeft(lines[0].text, "=")))
		for _, l := range slices.Concat(common, lines[1:]) {
			g.line = l.number
			g.play(l.text)
		}
		g.drained()
		failures = append(failures, g.failures...)
	}
	return len(tests), failures
}

type scriptLine struct {
	number int
	text   string
}

// uttered is a message of the program, and until when it is held.
type uttered struct {
	Message
	held time.Time
}

// String is the message as a `<` line has it.
func (u uttered) String() string {
	s := u.Text
	if u.Standard != "" {
		s = "(" + u.Standard + ")"
	}
	if !u.held.IsZero() {
		s = "(held " + u.held.Format("15:04") + ") " + s
	}
	return s
}

// notice is a text to another phone: a group of the staff, or a number.
type notice struct{ group, text string }

// anotherPhone is who stands before `>` or `<`.
var anotherPhone = regexp.MustCompile(`^([a-z][a-z0-9.-]*|[0-9]{5,15})$`)

// golden is one golden conversation at play.
type golden struct {
	flow     *Flow
	opts     TestOptions
	test     string
	line     int
	facts    Facts
	ids      sms.ID
	keywords []Route
	places   map[string]*Place
	doubles  []double
	asked    []*Ask // answered ok and not given back
	talks    []byte // as stored
	wake     time.Time
	waiting  []uttered
	notices  []notice
	staff    map[string]string // the name of who answers, by group
	tasks    []openTask

	subscribed map[string]bool
	effects    []Effect
	ended      map[sms.ID]string
	last       sms.ID // the conversation that moved last
	lastTalk   map[sms.ID]Talk
	expects    *expectation
	failures   []TestFailure
	rule       string   // which step took the newest input
	trace      []string // what happened since somebody looked
}

func newGolden(f *Flow, o TestOptions, test string) *golden {
	g := &golden{flow: f, opts: o, test: test, ended: map[sms.ID]string{}, lastTalk: map[sms.ID]Talk{}, talks: []byte("[]"), staff: map[string]string{}, subscribed: map[string]bool{}}
	p := o.Program
	g.facts = Facts{
		Now:     time.Date(2026, 11, 20, 12, 0, 0, 0, p.Zone),
		Program: p, Code: 36111, Seed: "golden", splits: map[string]int{},
		Contact: Contact{MSISDN: 33612345678, Country: p.Country, TimeZone: p.Zone.String(), Fields: map[string]any{}},
	}
	g.ids = sms.FirstID(g.facts.Now)
	g.facts.Subscribed = func(program string) bool { return g.subscribed[program] }
	g.facts.Flow = func(name string, version int) *Flow {
		if name == f.Name {
			return f
		}
		return o.Flows[name]
	}
	return g
}

func (g *golden) fail(format string, args ...any) {
	g.failures = append(g.failures, TestFailure{g.opts.File, g.line, g.test, fmt.Sprintf(format, args...)})
}

func (g *golden) play(line string) {
	if len(g.failures) > 0 {
		return // what follows a failure says nothing
	}
	kind, rest := line[:1], strings.TrimSpace(line[1:])
	if kind == "|" {
		if g.expects == nil {
			g.fail("`|` continues a `<` line")
			return
		}
		g.expects.text += "\n" + rest
		return
	}
	g.settle()
	switch kind {
	case ">":
		g.drained()
		g.text(rest)
	case "<":
		g.expects = &expectation{line: g.line, text: rest}
	case "@":
		g.drained()
		g.clock(rest)
	case "*":
		g.drained()
		g.event(rest)
	case "!":
		g.assert(rest)
	case "$":
		g.setting(rest)
	default:
		if who, text, ok := strings.Cut(line, "<"); ok && anotherPhone.MatchString(who) {
			g.expects = &expectation{line: g.line, staff: who, text: strings.TrimSpace(text)}
			return
		}
		if who, text, ok := strings.Cut(line, ">"); ok && anotherPhone.MatchString(who) {
			g.drained()
			g.staffText(who, strings.TrimSpace(text))
			return
		}
		g.fail("not understood: %q (lines begin with > < | @ * ! $, GROUP> or GROUP<, NUMBER> or NUMBER<)", line)
	}
}

func (g *golden) text(s string) {
	g.facts.Route = nil
	if g.standard(s) {
		return
	}
	words := fold.Words(s)
	longest := 0
	for i := range g.keywords {
		k := fold.Words(g.keywords[i].Keyword)
		if hasPrefix(words, k) && len(k) > longest {
			longest = len(k)
			r := g.keywords[i]
			r.Args, r.Alone = after(s, len(k)), len(words) == len(k)
			g.facts.Route = &r
		}
	}
	g.step(Text(s))
	g.facts.Route = nil
}

// standard answers what is no business of the conversations. An opt-out ends
// them all.
func (g *golden) standard(s string) bool {
	if g.opts.Standard == nil {
		return false
	}
	name := g.opts.Standard(s, g.facts.Program.Languages, g.listens())
	if name == "" {
		return false
	}
	g.waiting = append(g.waiting, uttered{Message: Message{Standard: name, Language: g.facts.Language}})
	if name != "stop" {
		return true
	}
	for _, t := range g.stored() {
		g.ended[t.ID], g.last, g.lastTalk[t.ID] = "stopped", t.ID, t
	}
	g.talks, g.wake = []byte("[]"), time.Time{}
	return true
}

// stored are the open conversations.
func (g *golden) stored() (talks []Talk) {
	if err := json.Unmarshal(g.talks, &talks); err != nil {
		g.fail("the conversations cannot be read back: %v", err)
	}
	return talks
}

func (g *golden) listens() bool {
	return slices.ContainsFunc(g.stored(), func(t Talk) bool { return t.Listening() })
}

// step does one turn twice and keeps what it decided.
func (g *golden) step(in Input) {
	first, ids := g.once(in)
	var asks []*Ask
	var answers []Answer
	for first.Ask != nil {
		asks, answers = append(asks, first.Ask), append(answers, g.answer(first.Ask))
		first, ids = g.once(in, answers...)
	}
	second, _ := g.once(in, answers...)
	if !reflect.DeepEqual(first, second) {
		g.fail("the same step gave two results")
	}
	g.noteAsks(asks, answers, first.Released)
	g.ids = ids
	for _, m := range first.Messages {
		u := uttered{m, g.heldUntil(m)}
		if g.waiting = append(g.waiting, u); !u.held.IsZero() {
			first.Talks = Held(first.Talks, m.Talk, g.facts.Flow, g.facts.Now, u.held)
		}
	}
	b, err := json.Marshal(first.Talks)
	if err != nil {
		g.fail("the conversations cannot be stored: %v", err)
		return
	}
	g.talks, g.wake = b, earliest(first.Talks)
	g.facts.Language = first.Language
	for k, v := range first.Contact {
		if k == "language" {
			g.facts.Contact.Language = fmt.Sprint(v)
		}
		g.facts.Contact.Fields[k] = v
	}
	g.rule, g.trace = first.Rule, append(g.trace, first.Trace...)
	g.note(first)
	g.perform(first.Effects)
}

func (g *golden) heldUntil(m Message) time.Time {
	if g.opts.HeldUntil == nil || m.Class != sms.Marketing {
		return time.Time{}
	}
	until := g.opts.HeldUntil(g.facts.Contact, g.facts.Now)
	if until.IsZero() {
		return until
	}
	return until.In(g.facts.Program.Zone)
}

// note remembers which conversation moved last, for the `!` lines.
func (g *golden) note(r Result) {
	for _, t := range r.Talks {
		if old, ok := g.lastTalk[t.ID]; !ok || !reflect.DeepEqual(old, t) {
			g.last = t.ID
		}
		g.lastTalk[t.ID] = t
	}
	for i, e := range r.Ended {
		g.ended[e.ID], g.last = e.Outcome, e.ID
		g.lastTalk[e.ID] = r.finals[i]
	}
}

func (g *golden) once(in Input, answers ...Answer) (Result, sms.ID) {
	f := g.facts
	f.Talks = g.stored()
	ids := g.ids
	f.NewID = func() sms.ID { ids++; return ids }
	return Step(f, in, answers...), ids
}

// clock moves the time; what is due in between happens at its moment.
func (g *golden) clock(s string) {
	to, ok := g.moment(s)
	if !ok || to.Before(g.facts.Now) {
		g.fail("%q is no later time (write +31m, 14:30 or 2026-11-21T08:00)", s)
		return
	}
	for range 1000 {
		if g.wake.IsZero() || g.wake.After(to) {
			break
		}
		if g.wake.After(g.facts.Now) {
			g.facts.Now = g.wake.In(g.facts.Program.Zone)
		}
		g.step(Timer{})
	}
	g.facts.Now = to
}

func (g *golden) moment(s string) (time.Time, bool) {
	now := g.facts.Now
	if d, ok := strings.CutPrefix(s, "+"); ok {
		l := &loader{report: &report{}}
		plus := l.duration(&node{text: d}, "@")
		return now.Add(plus), plus > 0
	}
	if c, ok := parseClock(s); ok {
		return c.next(now), true
	}
	t, ok := parseDatetime(s, now.Location())
	return t, ok
}

func (g *golden) event(s string) {
	name, data, _ := strings.Cut(s, " ")
	values, ok := g.data(data)
	if !ok {
		return
	}
	if name == "start" {
		g.step(Start{Flow: g.flow.Name, Inputs: values, By: "test"})
		return
	}
	g.step(Event{Name: name, Data: values})
}
