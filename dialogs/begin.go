package dialogs

import (
	"fmt"
	"reflect"
	"slices"

	"repartee/sms"
)

// keyword starts the flow of a keyword, or goes on with the conversation of
// that flow that already listens.
func (t *turn) keyword(front *conv, listening []*conv) *conv {
	r := t.f.Route
	inputs := make(map[string]any, len(r.Inputs))
	for k, v := range r.Inputs {
		inputs[k] = v
	}
	program := r.Program
	if program == "" {
		program = t.f.Program.Name
	}
	b := beginning{flow: r.Flow, program: program, inputs: inputs, by: "keyword " + r.Keyword, args: r.Args}
	if same := t.already(listening, &b); same != nil {
		return same
	}
	if front != nil && !front.over && front.keywordRule() == keywordEnd {
		t.finish(front, "interrupted", "keyword "+r.Keyword)
	}
	return t.begin(b)
}

// beginning is what a conversation starts from.
type beginning struct {
	flow, program, by, args string
	inputs                  map[string]any
}

// already finds a listening conversation of the flow: with the same inputs it
// hears the arguments or repeats its question; with others, or without a
// question to repeat, it is replaced.
func (t *turn) already(listening []*conv, b *beginning) *conv {
	for _, c := range listening {
		root, version, given := c.Root()
		if root != b.flow || c.Program != b.program || c.over {
			continue
		}
		flow := t.f.Flow(root, version)
		if flow == nil {
			continue
		}
		inputs, err := flow.readInputs(b.inputs, c)
		if err != nil || !reflect.DeepEqual(inputs, given) || c.st.say == nil && b.args == "" {
			t.finish(c, "replaced", b.by)
			continue
		}
		t.try(c, func() error {
			if err := c.count(); err != nil {
				return err
			}
			if b.args != "" {
				c.args = b.args
				if taken, err := t.answered(c); taken || err != nil {
					return err
				}
			}
			return t.ask(c)
		})
		return c
	}
	return nil
}

// begin starts a conversation; nil when its flow is not there.
func (t *turn) begin(b beginning) *conv {
	flow := t.f.Flow(b.flow, 0)
	if flow == nil {
		t.refuse(b, fmt.Errorf("flow %s is not published", b.flow))
		return nil
	}
	c := &conv{flow: flow, args: b.args}
	c.Talk = Talk{
		Program: b.program, Flow: b.flow, Version: flow.Version, Args: shortened(b.args),
		Started: At(t.f.Now), Expires: At(t.f.Now.Add(flow.Lifetime)), Moved: At(t.f.Now),
	}
	if r := t.f.Route; r != nil {
		c.Keyword, c.Place = r.Keyword, r.Place
	}
	t.place(c)
	c.setLanguage(t.language(flow, c.program))
	c.spoke = c.Language
	inputs, err := flow.readInputs(b.inputs, c)
	if err != nil {
		t.refuse(b, err)
		return nil
	}
	c.Inputs = inputs
	c.ID = t.f.NewID()
	t.convs = append(t.convs, c)
	t.res.Trace = append(t.res.Trace, c.Flow+">begin")
	t.res.Begun = append(t.res.Begun, Begun{ID: c.ID, Program: c.Program, Flow: c.Flow, Version: c.Version, By: b.by})
	if until, wait := t.busy(c); wait && !t.isText && flow.Class == sms.Marketing {
		c.Timers = []TimerAt{{Index: -1, Due: until}}
		return c
	}
	t.try(c, func() error {
		if err := c.count(); err != nil {
			return err
		}
		return t.enter(c, flow.start)
	})
	return c
}

// refuse answers a text whose keyword leads nowhere; a start by others only
// leaves a trace.
func (t *turn) refuse(b beginning, err error) {
	t.res.Trace = append(t.res.Trace, "not begun: "+err.Error())
	if t.isText {
		t.res.Messages = append(t.res.Messages, Message{Standard: "sorry", Language: t.threadLanguage(nil), Class: sms.Reply, Program: b.program})
	}
}

// language is the contact's if the flow has it, else the keyword's, else the
// thread's, else the program's first, else the flow's.
func (t *turn) language(f *Flow, p *Program) string {
	wanted := []string{t.f.Contact.Language, "", t.f.Language}
	if t.f.Route != nil {
		wanted[1] = t.f.Route.Language
	}
	for _, l := range append(wanted, p.Languages...) {
		if l != "" && f.language(l) >= 0 {
			return l
		}
	}
	return f.Languages[0]
}

// readInputs gives each input its value: the starter's, else its default.
// Inputs that the flow does not know are left out.
func (f *Flow) readInputs(given map[string]any, c *conv) (Values, error) {
	if len(f.inputs) == 0 {
		return nil, nil
	}
	out := make(Values, len(f.inputs))
	for _, in := range f.inputs {
		v, ok := given[in.name]
		if !ok {
			if in.required {
				return nil, fmt.Errorf("flow %s wants input %s", f.Name, in.name)
			}
			out[in.name] = in.value
			continue
		}
		x, ok := in.kind.read(v, c.program.Currency, c.now.Location())
		if !ok {
			return nil, fmt.Errorf("input %s of flow %s wants %s", in.name, f.Name, in.kind)
		}
		out[in.name] = x
	}
	return out, nil
}

// busy reports until when another conversation of the phone keeps marketing
// that no text caused waiting.
func (t *turn) busy(c *conv) (until Moment, busy bool) {
	for _, o := range t.convs {
		if o == c || o.Moved == 0 {
			continue
		}
		if u := At(o.Moved.Time().Add(quietAfter)); u.Time().After(t.f.Now) && u > until {
			until, busy = u, true
		}
	}
	return until, busy
}

func (t *turn) handleStart(in Start) {
	t.res.Rule = "start"
	program := t.f.Program.Name
	if t.f.Route != nil && t.f.Route.Program != "" {
		program = t.f.Route.Program
	}
	b := beginning{flow: in.Flow, program: program, inputs: in.Inputs, by: in.By}
	if t.already(t.listening(), &b) == nil {
		t.begin(b)
	}
}

// handleTimers acts on everything that is due, earliest first.
func (t *turn) handleTimers() {
	t.res.Rule = "timer"
	now := At(t.f.Now)
	for range 200 {
		c, i := t.nextDue(now)
		switch {
		case c == nil:
			return
		case i < 0:
			t.finish(c, "expired", "")
		default:
			t.moves, t.sent = 0, 0
			t.try(c, func() error { return t.fireTimer(c, i) })
		}
	}
}

// nextDue finds the earliest deadline at or before now: the index of a timer,
// or -1 for the end of a lifetime.
func (t *turn) nextDue(now Moment) (found *conv, timer int) {
	earliest := now + 1
	for _, c := range t.convs {
		for i, d := range c.Timers {
			if d.Due < earliest {
				earliest, found, timer = d.Due, c, i
			}
		}
		if c.Expires != 0 && c.Expires < earliest {
			earliest, found, timer = c.Expires, c, -1
		}
	}
	return found, timer
}

func (t *turn) fireTimer(c *conv, i int) error {
	if err := t.open(c); err != nil {
		c.Timers = without(c.Timers, i)
		return err
	}
	armed := c.Timers[i]
	c.Timers = without(c.Timers, i)
	if armed.Index == awayTimer {
		if err := c.count(); err != nil {
			return err
		}
		_, err := t.handBack(c, eventAway)
		return err
	}
	if armed.Index < 0 {
		if err := c.count(); err != nil {
			return err
		}
		return t.enter(c, c.flow.start)
	}
	return t.fireAt(c, armed)
}

// fireAt fires a timer of the frame that armed it.
func (t *turn) fireAt(c *conv, armed TimerAt) error {
	var x *timer
	err := t.outside(c, armed.Depth, func() error {
		list := c.flow.timers(c.st, armed.Anywhere)
		if armed.Index >= len(list) {
			return nil
		}
		if until := t.putOff(c, list[armed.Index]); until != 0 {
			armed.Due = until
			return nil
		}
		ok, err := t.holds(c, list[armed.Index].cond)
		if ok {
			x = list[armed.Index]
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case armed.Due.Time().After(t.f.Now):
		c.Timers = append(slices.Clone(c.Timers), armed)
		return nil
	case x == nil:
		return nil
	}
	if err := c.count(); err != nil {
		return err
	}
	t.trace(c, x.event)
	return t.applyAt(c, armed.Depth, "", nil, "", x.do, x.say, x.way)
}

// putOff says until when a timer waits: for the open hours, or, a marketing
// reminder, until the phone's other conversations are quiet.
func (t *turn) putOff(c *conv, x *timer) Moment {
	class := t.class(c)
	if x.open && t.f.Open != nil {
		if at := t.f.Open(class, t.f.Now); at.After(t.f.Now) {
			return At(at)
		}
	}
	if x.way == nil && class == sms.Marketing {
		if until, busy := t.busy(c); busy {
			return until
		}
	}
	return 0
}

// handleEvent gives the event to each conversation that it is for; one that
// hears it in no state now keeps it for later.
func (t *turn) handleEvent(in Event) {
	t.res.Rule = "event"
	for _, c := range slices.Clone(t.convs) {
		if in.Talk != 0 && in.Talk != c.ID || in.Flow != "" && !c.Runs(in.Flow) || c.over {
			continue
		}
		t.moves, t.sent = 0, 0
		taken, err := t.tell(c, Heard{Name: in.Name, Data: kept(in.Data)})
		if err != nil {
			t.fail(c, err)
		}
		if taken {
			t.acted(c)
		}
	}
}

// tell gives an event to a conversation, which keeps it when another of its
// states hears it.
func (t *turn) tell(c *conv, e Heard) (taken bool, err error) {
	if err := t.open(c); err != nil {
		return false, err
	}
	taken, err = t.hear(c, e)
	if !taken && err == nil && (c.flow.hears(e.Name) || slices.ContainsFunc(t.outer(c), func(f *Flow) bool { return f.hears(e.Name) })) && len(c.Kept) < maxKept && size(map[string]any(e.Data)) <= maxEvent {
		c.Kept = append(slices.Clone(c.Kept), e)
	}
	return taken, err
}

func kept(data map[string]any) Values {
	if data == nil {
		return nil
	}
	return Values(normal(data).(map[string]any))
}

// hears reports whether any state of the flow reacts to the event.
func (f *Flow) hears(name string) bool {
	is := func(e *eventRule) bool { return e.name == name }
	return slices.ContainsFunc(f.anywhere.events, is) ||
		slices.ContainsFunc(f.states, func(s *state) bool { return slices.ContainsFunc(s.events, is) })
}

// hear applies the first entry for an event whose `if` holds.
func (t *turn) hear(c *conv, in Heard) (bool, error) {
	if c.st == nil {
		return false, nil
	}
	if taken, err := t.handBack(c, in.Name); taken || err != nil {
		return taken, err
	}
	for depth := len(c.Frames); depth >= 0; depth-- {
		if taken, err := t.hearAt(c, in, depth); taken || err != nil {
			return taken, err
		}
	}
	return false, nil
}

// hearAt lets the frame at depth hear an event: its state, then its `anywhere`.
func (t *turn) hearAt(c *conv, in Heard, depth int) (taken bool, err error) {
	var found *eventRule
	err = t.outside(c, depth, func() error {
		for _, e := range slices.Concat(c.st.events, c.flow.anywhere.events) {
			if e.name != in.Name {
				continue
			}
			t.name(c, "event", map[string]any(in.Data))
			if ok, err := t.holds(c, e.cond); ok || err != nil {
				found = e
				return err
			}
		}
		return nil
	})
	if found == nil || err != nil {
		return err != nil, err
	}
	if err := c.count(); err != nil {
		return true, err
	}
	t.trace(c, found.event)
	return true, t.applyAt(c, depth, "event", map[string]any(in.Data), found.save, found.do, found.say, found.way)
}

// hearKept gives a state just entered the oldest event that it hears.
func (t *turn) hearKept(c *conv) error {
	for i, e := range c.Kept {
		rest := without(c.Kept, i)
		was := c.Kept
		c.Kept = rest
		taken, err := t.hear(c, e)
		if taken || err != nil {
			return err
		}
		c.Kept = was
	}
	return nil
}

// without returns the list without one element; nil when none is left, as it
// is after a trip through JSON.
func without[T any](list []T, i int) []T {
	if len(list) == 1 {
		return nil
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}
