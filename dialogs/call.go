package dialogs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxFrames bounds how deep flows may call each other.
const maxFrames = 5

// call is a state that runs another flow within the conversation.
type call struct {
	at       pos
	flow     string
	inputs   []assignment
	save     string
	outcomes map[string]*way
	els      *way
}

// Frame is a flow that waits, in the state that called, for the one it called.
type Frame struct {
	Flow    string         `json:"f"`
	Version int            `json:"v"`
	State   string         `json:"s"`
	Inputs  Values         `json:"in,omitempty"`
	Saved   Values         `json:"sv,omitempty"`
	Visits  map[string]int `json:"vs,omitempty"`
}

// Setting is where a conversation stood when it left or entered a sub-flow:
// what `back` restores.
type Setting struct {
	Flow    string  `json:"f"`
	Version int     `json:"v"`
	Frames  []Frame `json:"fr,omitempty"`
	Inputs  Values  `json:"in,omitempty"`
	Saved   Values  `json:"sv,omitempty"`
}

// Root is the flow with which the conversation began, and what it was given.
func (t *Talk) Root() (flow string, version int, inputs Values) {
	if len(t.Frames) > 0 {
		f := t.Frames[0]
		return f.Flow, f.Version, f.Inputs
	}
	return t.Flow, t.Version, t.Inputs
}

// Runs reports whether the flow is the one at work or one that waits for it.
func (t *Talk) Runs(flow string) bool {
	return t.Flow == flow || slices.ContainsFunc(t.Frames, func(f Frame) bool { return f.Flow == flow })
}

var callKeys = []string{"flow", "inputs", "save", "else", "note"}

// call reads `call`: N or {flow, inputs, save, OUTCOME: N…, else}.
func (l *loader) call(n *node, s *state) *call {
	x := &call{at: n.pos, outcomes: map[string]*way{}}
	flow := n
	if n.kind == dict {
		if flow = n.get("flow"); flow == nil {
			l.err(n.pos, "", "`call` wants `flow`")
			return x
		}
		l.callRest(x, n)
	}
	x.flow = l.name(flow, "a flow", flowName)
	if len(s.replies) > 0 || s.els != nil {
		l.err(s.at, "the flow that is called has its own", "state `%s` has a `call` and replies", s.name)
	}
	if sig := l.signature(flow, x.flow); sig != nil {
		l.givesInputs(x.at, x.flow, sig, x.inputs)
	}
	return x
}

func (l *loader) callRest(x *call, n *node) {
	for _, p := range n.pairs {
		switch {
		case p.key == "else":
			x.els = l.wayTo(p.value, "call:else")
		case p.key == "inputs" && p.value.kind == dict:
			for _, in := range p.value.pairs {
				x.inputs = append(x.inputs, assignment{at: in.at, name: in.key, value: l.expr(in.value, scope{}, kindAny, in.key)})
			}
		case p.key == "inputs":
			l.err(p.value.pos, "write {name: expression}", "`inputs` must be a map")
		case slices.Contains(callKeys, p.key):
		case !flowName.MatchString(p.key):
			l.err(p.at, "an outcome of the flow, or "+strings.Join(callKeys, ", "), "unknown key `%s` in `call`", p.key)
		default:
			x.outcomes[p.key] = l.wayTo(p.value, "call:"+p.key)
		}
	}
	x.save = l.save(n.get("save"), kindMap)
}

// checkCalls finds outcomes that lead nowhere.
func (l *loader) checkCalls() {
	for _, s := range l.flow.states {
		if s.call == nil || s.call.els != nil {
			continue
		}
		if len(s.call.outcomes) == 0 {
			l.err(s.call.at, "name states by its outcomes, or `else`", "nothing says where `%s` goes on after `%s`", s.name, s.call.flow)
			continue
		}
		if l.env.Flow == nil {
			continue
		}
		if sig := l.env.Flow(s.call.flow); sig != nil {
			for _, outcome := range sig.Outcomes {
				if s.call.outcomes[outcome] == nil {
					l.err(s.call.at, "name a state for it, or `else`", "outcome `%s` of %s has no state", outcome, s.call.flow)
				}
			}
		}
	}
}

// checkReturns finds names to return that are never saved.
func (l *loader) checkReturns(n *node) {
	if n == nil {
		return
	}
	l.flow.returns = l.names(n, "a saved name", savedName)
	for _, name := range l.flow.returns {
		if _, saved := l.x.saved[name]; !saved {
			l.err(n.pos, "", "`%s` is returned, but never saved", name)
		}
	}
}

func (x *call) ways() []*way {
	var out []*way
	for _, o := range slices.Sorted(maps.Keys(x.outcomes)) {
		out = append(out, x.outcomes[o])
	}
	if x.els != nil {
		out = append(out, x.els)
	}
	return out
}

// Signature is the flow as flows that call or start it see it.
func (f *Flow) Signature() *Signature {
	types, required := f.Inputs()
	sig := &Signature{Inputs: types, Required: required, Returns: map[string]string{}}
	slices.Sort(sig.Required)
	for _, e := range f.table {
		if outcome, ends := strings.CutPrefix(e.Dst, "end:"); ends && !slices.Contains(sig.Outcomes, outcome) {
			sig.Outcomes = append(sig.Outcomes, outcome)
		}
	}
	slices.Sort(sig.Outcomes)
	for _, name := range f.returns {
		sig.Returns[name] = f.names.saved[name].String()
	}
	return sig
}

// callFlow pushes a frame and begins the flow that is called: its newest
// published version, with its own inputs and saved names.
func (t *turn) callFlow(c *conv) error {
	x := c.st.call
	if len(c.Frames) == maxFrames {
		return fmt.Errorf("flows call each other more than %d deep", maxFrames)
	}
	flow := t.f.Flow(x.flow, 0)
	if flow == nil {
		return fmt.Errorf("flow %s is not published", x.flow)
	}
	given := make(map[string]any, len(x.inputs))
	for _, v := range x.inputs {
		value, err := t.eval(c, v.value)
		if err != nil {
			return err
		}
		given[v.name] = normal(value)
	}
	inputs, err := flow.readInputs(given, c)
	if err != nil {
		return err
	}
	c.mark()
	frame := Frame{Flow: c.Flow, Version: c.Version, State: c.State, Inputs: c.Inputs, Saved: c.Saved, Visits: c.Visits}
	c.Frames = append(slices.Clone(c.Frames), frame)
	c.Flow, c.Version, c.Inputs, c.Saved, c.Visits = flow.Name, flow.Version, inputs, nil, nil
	t.trace(c, "call")
	t.at(c, flow, nil)
	return t.enter(c, flow.start)
}

// at makes a flow and a state of it the ones at work.
func (t *turn) at(c *conv, flow *Flow, s *state) {
	c.flow, c.st, c.env, c.reads, c.spelled = flow, s, nil, nil, nil
	if s != nil {
		c.State = s.name
	}
	t.place(c)
	if c.flow.language(c.Language) < 0 {
		c.setLanguage(c.flow.Languages[0])
	}
	c.speaker = nil
}

// leave drops the frames deeper than depth, and goes back to the state that
// called.
func (t *turn) leave(c *conv, depth int) error {
	if depth >= len(c.Frames) {
		return nil
	}
	f := c.Frames[depth]
	flow := t.f.Flow(f.Flow, f.Version)
	if flow == nil || flow.byName[f.State] == nil {
		return fmt.Errorf("flow %s version %d has no state %s", f.Flow, f.Version, f.State)
	}
	c.mark()
	c.Flow, c.Version, c.Inputs, c.Saved, c.Visits = f.Flow, f.Version, f.Inputs, f.Saved, f.Visits
	c.Frames = slices.Clone(c.Frames[:depth])
	if depth == 0 {
		c.Frames = nil
	}
	c.keepTimers(depth + 1)
	t.at(c, flow, flow.byName[f.State])
	return nil
}

// keepTimers drops the timers of frames from depth on.
func (c *conv) keepTimers(depth int) {
	kept := slices.DeleteFunc(slices.Clone(c.Timers), func(x TimerAt) bool { return x.Depth >= depth })
	if len(kept) == 0 {
		kept = nil
	}
	c.Timers = kept
}

// outside runs something in the frame at depth; when that stays there, the
// frames inside go on as they were.
func (t *turn) outside(c *conv, depth int, run func() error) error {
	if depth >= len(c.Frames) {
		return run()
	}
	inner, entry := *c, c.Entry
	if err := t.leave(c, depth); err != nil {
		return err
	}
	if err := run(); err != nil {
		return err
	}
	if c.over || c.Entry != entry || len(c.Frames) != depth {
		return nil
	}
	frames := slices.Clone(inner.Frames)
	frames[depth].Saved = c.Saved
	c.Flow, c.Version, c.State, c.Inputs, c.Saved, c.Visits, c.Frames = inner.Flow, inner.Version, inner.State, inner.Inputs, inner.Saved, inner.Visits, frames
	c.Timers, c.Asked, c.Past = inner.Timers, inner.Asked, inner.Past
	t.at(c, inner.flow, inner.st)
	return nil
}

// applyAt carries out an entry of the frame at depth: frames inside it are left
// when the entry leads on; `again` and `back` are about the question at hand.
func (t *turn) applyAt(c *conv, depth int, name string, value any, save string, do []*action, say *text, w *way) error {
	run := func(w *way) func() error {
		return func() error {
			if name != "" {
				t.name(c, name, value)
			}
			return t.apply(c, save, value, do, say, w, nil)
		}
	}
	switch {
	case depth >= len(c.Frames):
		return run(w)()
	case w != nil && (w.kind == wayState || w.kind == wayEnd):
		if err := t.leave(c, depth); err != nil {
			return err
		}
		return run(w)()
	}
	entry := c.Entry
	if err := t.outside(c, depth, run(nil)); err != nil || w == nil || c.over || c.Entry != entry {
		return err
	}
	return t.move(c, w)
}

// end is the end of the flow at work: the conversation's, or the way on of the
// flow that called it.
func (t *turn) end(c *conv, outcome string) error {
	n := len(c.Frames)
	if n == 0 {
		t.finish(c, outcome, "")
		return nil
	}
	returned := map[string]any{"outcome": outcome}
	for _, name := range c.flow.returns {
		returned[name] = c.Saved[name]
	}
	if err := t.leave(c, n-1); err != nil {
		return err
	}
	x := c.st.call
	if x.save != "" {
		if err := t.save(c, x.save, returned); err != nil {
			return err
		}
	}
	w := x.outcomes[outcome]
	if w == nil {
		w = x.els
	}
	if w == nil {
		return fmt.Errorf("outcome `%s` of %s has no state", outcome, x.flow)
	}
	return t.move(c, w)
}

// outer gives the flows that wait for the one at work, the nearest first.
func (t *turn) outer(c *conv) []*Flow {
	var out []*Flow
	for _, f := range slices.Backward(c.Frames) {
		flow := t.f.Flow(f.Flow, f.Version)
		if flow == nil {
			break
		}
		out = append(out, flow)
	}
	return out
}

// mark notes at the newest question where the conversation stands, before it
// enters or leaves a sub-flow.
func (c *conv) mark() {
	n := len(c.Past)
	if n == 0 || c.Past[n-1].In != nil {
		return
	}
	q := &c.Past[n-1]
	in := &Setting{Flow: c.Flow, Version: c.Version, Frames: c.Frames, Inputs: c.Inputs, Saved: c.Saved.undo(q.Undo)}
	c.Past = slices.Clone(c.Past)
	c.Past[n-1].In = in
}

// rewind restores what held when the question was asked.
func (t *turn) rewind(c *conv, q *Question) error {
	c.Cart = q.cart(c.Cart)
	c.env = nil
	if q.In == nil {
		c.Saved = c.Saved.undo(q.Undo)
		return nil
	}
	flow := t.f.Flow(q.In.Flow, q.In.Version)
	if flow == nil {
		return fmt.Errorf("flow %s version %d is not there", q.In.Flow, q.In.Version)
	}
	c.Flow, c.Version, c.Frames, c.Inputs, c.Saved, c.Visits = q.In.Flow, q.In.Version, q.In.Frames, q.In.Inputs, q.In.Saved, nil
	t.at(c, flow, nil)
	return nil
}
