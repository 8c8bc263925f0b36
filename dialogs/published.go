package dialogs

import (
	"errors"
	"fmt"
	"slices"
)

// The policies of [Published].
const (
	openMove = "move"
	openEnd  = "end"
)

// handlePublished decides about conversations that run on an older version of
// a flow: they finish on it, move to the new one, or end as "retired" with a
// text. One that cannot move stays where it is, and so does one within a call:
// the flow that calls and the one that is called finish on their versions.
func (t *turn) handlePublished(in Published) {
	t.res.Rule = "published"
	flow := t.f.Flow(in.Flow, in.Version)
	if flow == nil {
		t.res.Trace = append(t.res.Trace, "the version that was published is not there")
		return
	}
	for _, c := range slices.Clone(t.convs) {
		switch {
		case !c.Runs(in.Flow):
			continue
		case len(c.Frames) > 0:
			t.trace(c, "stays: it is within a call")
			continue
		case c.Version >= in.Version:
			continue
		}
		t.moves, t.sent = 0, 0
		switch in.Policy {
		case openEnd:
			t.try(c, func() error { return t.retire(c, in.End) })
		case openMove:
			t.try(c, func() error { return t.moveTo(c, flow, in.Moves) })
		}
	}
}

func (t *turn) retire(c *conv, text string) error {
	if err := t.open(c); err != nil {
		return err
	}
	if err := t.emit(c, text); err != nil {
		return err
	}
	t.finish(c, "retired", "")
	return nil
}

// moveTo puts a conversation into the new version: into the state of the same
// name, where it goes on waiting, or into the one named for its state, which is
// entered. One that cannot move leaves a trace that says why.
func (t *turn) moveTo(c *conv, flow *Flow, moves map[string]string) error {
	if err := t.open(c); err != nil {
		t.trace(c, "stays: "+err.Error())
		return nil
	}
	to, named := moves[c.State]
	if !named {
		to = c.State
	}
	s := flow.byName[to]
	if s == nil {
		t.trace(c, "stays: `"+to+"` is no state of the new version")
		return nil
	}
	inputs, err := flow.readInputs(c.Inputs, c)
	past := c.pastIn(flow)
	if err == nil {
		err = c.canMove(flow, s, named, past)
	}
	if err != nil {
		t.trace(c, "stays: "+err.Error())
		return nil
	}
	t.trace(c, "moved")
	from, was := c.flow, c.st
	c.Version, c.Inputs, c.Past = flow.Version, inputs, past
	t.at(c, flow, s)
	if named {
		return t.enter(c, s)
	}
	if !s.listens() {
		c.Asked = 0
	}
	return t.rearm(c, from, was)
}

// canMove says what keeps a conversation from the state of a new version.
func (c *conv) canMove(flow *Flow, s *state, named bool, past []Question) error {
	if c.Calling != nil {
		return errors.New("the answer of a webhook is awaited")
	}
	if name := c.Saved.lacks(flow.Needs(s.name)); name != "" {
		return fmt.Errorf("`%s` is not saved", name)
	}
	switch {
	case named:
		return nil
	case !s.waits || s.call != nil || s.calls:
		return fmt.Errorf("`%s` does not wait for the phone any more: name a state for it", s.name)
	case (s.person == nil) != (c.st.person == nil) || s.person != nil && s.person.group != c.st.person.group:
		return fmt.Errorf("`%s` hands off to others: name a state for it", s.name)
	case s.person != nil && s.person.done == nil && len(past) == 0:
		return errors.New("the question to return to after the hand-off is not there")
	}
	return nil
}

// pastIn are the newest questions to go back to that the new version has too.
func (c *conv) pastIn(flow *Flow) []Question {
	saved := c.Saved
	for i, q := range slices.Backward(c.Past) {
		saved = saved.undo(q.Undo)
		s := flow.byName[q.State]
		if q.In != nil || s == nil || !s.asks() || saved.lacks(flow.Needs(q.State)) != "" {
			return slices.Clip(slices.Clone(c.Past[i+1:]))
		}
	}
	return c.Past
}

// lacks is the first of the names that has no value, empty for none.
func (v Values) lacks(names []string) string {
	for _, n := range names {
		if _, ok := v[n]; !ok {
			return n
		}
	}
	return ""
}
