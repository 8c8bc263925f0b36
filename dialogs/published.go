package dialogs

import (
	"maps"
	"slices"
)

// The policies of [Published].
const (
	openMove = "move"
	openEnd  = "end"
)

// handlePublished decides about conversations that run on an older version of
// a flow: they finish on it, move to the new one, or end as "retired" with a
// text. One that cannot move, since its state or a name that the new state may
// read is not there, stays where it is.
func (t *turn) handlePublished(in Published) {
	t.res.Rule = "published"
	flow := t.f.Flow(in.Flow, in.Version)
	if flow == nil {
		t.res.Trace = append(t.res.Trace, "the version that was published is not there")
		return
	}
	for _, c := range slices.Clone(t.convs) {
		if c.Flow != in.Flow || c.Version >= in.Version {
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
// entered.
func (t *turn) moveTo(c *conv, flow *Flow, moves map[string]string) error {
	to, moved := moves[c.State]
	if !moved {
		to = c.State
	}
	s := flow.byName[to]
	if s == nil {
		t.trace(c, "stays: `"+to+"` is no state of the new version")
		return nil
	}
	for _, name := range flow.Needs(to) {
		if _, ok := c.Saved[name]; !ok {
			t.trace(c, "stays: `"+name+"` is not saved")
			return nil
		}
	}
	t.trace(c, "moved")
	c.Version, c.Past = flow.Version, nil
	if moved {
		t.at(c, flow, s)
		return t.enter(c, s)
	}
	asked := c.Asked
	t.at(c, flow, s)
	c.keepTimers(len(c.Frames))
	c.Asked = asked
	if !s.listens() {
		c.Asked = 0
	}
	return t.arm(c)
}

// Needs lists the saved names that a conversation in the state may read before
// it saves them: one that is moved there must have them.
func (f *Flow) Needs(state string) []string { return f.needs[state] }

// findNeeds follows what is read from each state on, until nothing changes.
func (f *Flow) findNeeds() {
	needs := map[*state]known{}
	for changed := true; changed; {
		changed = false
		for _, s := range f.states {
			mine := maps.Clone(needs[s])
			if mine == nil {
				mine = known{}
			}
			p := passage{s: s}
			p.use = func(_ *state, e *expression, k known) {
				for _, n := range e.uses {
					mine[n] = mine[n] || !k[n]
				}
			}
			p.edge = func(_, to *state, k known) {
				for n, needed := range needs[to] {
					mine[n] = mine[n] || needed && !k[n]
				}
			}
			p.walk(f, known{})
			if !maps.Equal(mine, needs[s]) {
				needs[s], changed = mine, true
			}
		}
	}
	f.needs = map[string][]string{}
	for s, names := range needs {
		for n, needed := range names {
			if needed {
				f.needs[s.name] = append(f.needs[s.name], n)
			}
		}
		slices.Sort(f.needs[s.name])
	}
}
