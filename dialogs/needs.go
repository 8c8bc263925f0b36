package dialogs

import (
	"maps"
	"slices"
)

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
