package dialogs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/looplab/fsm"
)

// resolve points every `go` at its state.
func (l *loader) resolve() {
	for _, w := range l.ways {
		if w.kind != wayState || w.name == "" {
			continue
		}
		if w.to = l.flow.byName[w.name]; w.to == nil {
			l.noState(w.at, w.name)
		}
	}
}

// compileAll gives every saved name its type and compiles all expressions.
func (l *loader) compileAll() {
	if n := l.expressions(); n > maxExpressions {
		l.err(pos{1, 1}, "split the flow", "the flow has %d expressions, %d are allowed", n, maxExpressions)
		return
	}
	l.infer()
	for _, p := range l.later {
		if l.x.compile(p.e, p.scope) {
			l.wants(p)
		}
	}
	for _, t := range l.texts {
		done := map[*template]bool{}
		for _, p := range t.byLang {
			if p == nil || done[p] {
				continue
			}
			done[p] = true
			for i := range p.parts {
				if e := p.parts[i].expr; e != nil {
					s := t.scope
					s.prints = true
					l.x.compile(e, s)
				}
			}
		}
	}
	l.labelTable()
}

// expressions counts what there is to compile.
func (l *loader) expressions() int {
	n := len(l.later)
	for _, t := range l.texts {
		for _, p := range t.byLang {
			if p != nil {
				n += len(p.parts)
			}
		}
	}
	return n
}

// infer finds the type of each saved name: from its matchers first, then from
// the expressions that set it, in the order of the file.
func (l *loader) infer() {
	first := map[string]saving{}
	merge := func(s saving, k kind) {
		old, ok := first[s.name]
		switch {
		case !ok || old.kind == kindAny:
			s.kind = k
			first[s.name], l.x.saved[s.name] = s, k
		case k == kindAny || k == old.kind:
		case k == kindFloat && old.kind == kindNumber || k == kindNumber && old.kind == kindFloat:
			l.x.saved[s.name] = kindFloat
		default:
			l.err(s.at, "a saved name has one type in a flow", "`%s` is %s here and %s in line %d", s.name, k, old.kind, old.at.line)
		}
	}
	for _, s := range l.saves {
		if s.set == nil {
			merge(s, s.kind)
		}
	}
	for _, s := range l.saves {
		if s.set != nil {
			// Problems are reported when everything is known, not now.
			quiet := *l.x
			quiet.report = &report{}
			e := *s.set.value
			if quiet.compile(&e, s.in) {
				merge(s, e.kind)
			}
		}
	}
}

// wants checks the type of an expression against its place.
func (l *loader) wants(p pending) {
	k := p.e.kind
	ok := p.want == kindAny || k == kindAny || k == p.want
	switch p.want {
	case kindNumber:
		ok = ok || k == kindFloat
	case kindMoney:
		ok = ok || k == kindNumber || k == kindFloat
	case kindDate, kindClock:
		ok = ok || k == kindText
	case kindDatetime:
		ok = ok || k == kindClock
	}
	if !ok {
		l.err(p.e.at, "", "`%s` wants %s, but `%s` is %s", p.what, p.want, p.e.src, k)
	}
}

// labelTable prepares label(name): value → label per language.
func (l *loader) labelTable() {
	l.flow.labels, l.flow.listed = map[string]map[string][]string{}, map[string]*choice{}
	for name, m := range l.choice {
		if m.from != nil {
			l.flow.listed[name] = m
			continue
		}
		labels := map[string][]string{}
		for _, o := range m.options {
			labels[o.value] = o.labels
		}
		l.flow.labels[name] = labels
	}
}

// buildTable makes the transition table: one event per way out of a state.
func (f *Flow) buildTable() {
	var table []fsm.EventDesc
	add := func(from *state, w *way) {
		if w == nil || w.kind == wayAgain || w.kind == wayBack {
			return
		}
		to := "end:" + w.name
		if w.to != nil {
			to = w.to.name
		}
		table = append(table, fsm.EventDesc{Name: w.event, Src: []string{from.name}, Dst: to})
	}
	for _, s := range f.states {
		for _, w := range s.ways() {
			add(s, w)
		}
		if s.waits {
			for _, w := range f.anywhere.ways() {
				add(s, w)
			}
		}
		if f.failed != nil {
			table = append(table, fsm.EventDesc{Name: "failed", Src: []string{s.name}, Dst: f.failed.name})
		}
	}
	f.table = table
	f.machines.New = func() any { return fsm.NewFSM(f.start.name, table, fsm.Callbacks{}) }
}

// results are the ways to which the results of a list of actions lead.
func results(actions []*action) []*way {
	var out []*way
	for _, a := range actions {
		if a.ask != nil {
			for _, result := range slices.Sorted(maps.Keys(a.ask.ways)) {
				out = append(out, a.ask.ways[result])
			}
		}
		if a.ok != nil {
			out = append(out, a.ok, a.failed)
		}
	}
	return out
}

// ways are all ways out of the handlers.
func (h *handlers) ways() []*way {
	var out []*way
	for _, r := range h.replies {
		out = append(append(out, r.way), results(r.do)...)
		for _, m := range r.matchers {
			if c, ok := m.(*choice); ok {
				for _, o := range c.options {
					out = append(append(out, o.way), results(o.do)...)
				}
			}
		}
	}
	if h.els != nil {
		out = append(out, h.els.way)
	}
	for _, t := range h.timers {
		out = append(append(out, t.way), results(t.do)...)
	}
	for _, e := range h.events {
		out = append(append(out, e.way), results(e.do)...)
	}
	return slices.DeleteFunc(out, func(w *way) bool { return w == nil })
}

// ways are all ways out of the state, `anywhere` aside.
func (s *state) ways() []*way {
	out := append(s.handlers.ways(), results(s.do)...)
	if s.way != nil {
		out = append(out, s.way)
	}
	if s.person != nil {
		out = append(out, s.person.ways()...)
	}
	if s.call != nil {
		out = append(out, s.call.ways()...)
	}
	for _, a := range slices.Concat(s.branch, s.split) {
		if a.way != nil {
			out = append(out, a.way)
		}
	}
	return out
}

// fire asks the table where an event leads from a state. A pooled machine
// makes that a microsecond; the table has no callbacks.
func (f *Flow) fire(from, event string) (string, error) {
	m := f.machines.Get().(*fsm.FSM)
	defer f.machines.Put(m)
	m.SetState(from)
	err := m.Event(context.Background(), event)
	if err != nil {
		if same, ok := err.(fsm.NoTransitionError); !ok || same.Err != nil {
			return "", fmt.Errorf("flow %s: %w", f.Name, err)
		}
	}
	return m.Current(), nil
}

// Mermaid returns the transition table as a Mermaid state diagram.
func (f *Flow) Mermaid() string {
	ids := map[string]string{}
	id := func(name string) string {
		if ids[name] == "" {
			ids[name] = fmt.Sprintf("s%d", len(ids))
		}
		return ids[name]
	}
	var b, lines strings.Builder
	fmt.Fprintf(&lines, "    [*] --> %s\n", id(f.start.name))
	for _, e := range f.table {
		for _, src := range e.Src {
			fmt.Fprintf(&lines, "    %s --> %s: %s\n", id(src), id(e.Dst), strings.ReplaceAll(e.Name, ":", " "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if strings.HasPrefix(name, "end:") {
			fmt.Fprintf(&lines, "    %s --> [*]\n", ids[name])
		}
	}
	b.WriteString("stateDiagram-v2\n")
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", name, ids[name])
	}
	b.WriteString(lines.String())
	return b.String()
}
