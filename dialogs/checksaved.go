package dialogs

import (
	"fmt"
	"maps"

	"github.com/expr-lang/expr/ast"
)

// known is the set of names that are saved for certain at a place.
type known map[string]bool

func (k known) plus(names ...string) known {
	out := maps.Clone(k)
	if out == nil {
		out = known{}
	}
	for _, n := range names {
		if n != "" {
			out[n] = true
		}
	}
	return out
}

// passage follows what is saved through one state.
type passage struct {
	s    *state
	use  func(at *state, e *expression, k known)
	edge func(from, to *state, k known)
}

// checkSaved finds names that are read on a way where nothing saved them.
func (l *loader) checkSaved() {
	f := l.flow
	in := map[*state]known{f.start: {}}
	lacking := map[*state]map[string]*state{} // name → where it comes from without
	work := []*state{f.start}
	for len(work) > 0 {
		s := work[0]
		work = work[1:]
		p := passage{s: s, use: func(*state, *expression, known) {}}
		p.edge = func(from, to *state, k known) {
			if merge(in, lacking, from, to, k) {
				work = append(work, to)
			}
		}
		p.walk(f, in[s])
	}
	for _, s := range f.states {
		k, reached := in[s]
		if !reached {
			continue
		}
		p := passage{s: s, edge: func(*state, *state, known) {}}
		p.use = func(at *state, e *expression, k known) { l.reportUnsaved(at, e, k, lacking[at]) }
		p.walk(f, k)
	}
}

// merge keeps what all ways into a state have saved; it reports a change.
func merge(in map[*state]known, lacking map[*state]map[string]*state, from, to *state, k known) bool {
	old, seen := in[to]
	if !seen {
		in[to] = maps.Clone(k)
		if in[to] == nil {
			in[to] = known{}
		}
		lacking[to] = map[string]*state{"": from}
		return true
	}
	changed := false
	for n := range old {
		if !k[n] {
			delete(old, n)
			lacking[to][n] = from
			changed = true
		}
	}
	return changed
}

func (l *loader) reportUnsaved(s *state, e *expression, k known, from map[string]*state) {
	for _, n := range e.uses {
		if k[n] {
			continue
		}
		way := "`" + n + "` is not saved before this"
		p := from[n]
		if p == nil {
			p = from[""]
		}
		if p != nil {
			way = fmt.Sprintf("`%s` is not saved on the way %s → %s", n, p.name, s.name)
		}
		l.err(e.at, fmt.Sprintf("save it there, or write `%s ?? …`", n), "%s", way)
	}
}

func (p *passage) walk(f *Flow, k known) {
	if f.failed != nil {
		p.edge(p.s, f.failed, k)
	}
	k = p.do(p.s.do, k)
	p.text(p.s.say, k)
	p.handlers(&p.s.handlers, k)
	if p.s.waits {
		p.handlers(&f.anywhere, k)
	}
	p.follow(p.s.way, k)
	for _, a := range p.s.branch {
		p.expr(a.cond, k)
		p.follow(a.way, k)
	}
	for _, a := range p.s.split {
		p.follow(a.way, k)
	}
	if x := p.s.call; x != nil {
		for _, v := range x.inputs {
			p.expr(v.value, k)
		}
		for _, w := range x.ways() {
			p.follow(w, k.plus(x.save))
		}
	}
	if p.s.person != nil {
		for _, w := range p.s.person.ways() {
			p.follow(w, k)
		}
	}
}

func (p *passage) handlers(h *handlers, k known) {
	for _, r := range h.replies {
		p.reply(r, k)
	}
	if h.els != nil {
		p.text(h.els.say, k)
		p.follow(h.els.way, k)
	}
	for _, t := range h.timers {
		p.expr(t.when, k)
		p.expr(t.cond, k)
		after := p.do(t.do, k)
		p.text(t.say, after)
		p.follow(t.way, after)
	}
	for _, e := range h.events {
		p.expr(e.cond, k)
		after := p.do(e.do, k.plus(e.save))
		p.text(e.say, after)
		p.follow(e.way, after)
	}
}

func (p *passage) reply(r *reply, k known) {
	p.expr(r.cond, k)
	after := p.do(r.do, k.plus(r.save))
	p.text(r.say, after)
	plain := false
	for _, m := range r.matchers {
		p.bounds(m, k)
		c, menu := m.(*choice)
		if !menu || c.from != nil {
			plain = true
			continue
		}
		for _, o := range c.options {
			p.expr(o.cond, k)
			own := p.do(o.do, after)
			p.text(o.say, own)
			if o.way != nil {
				p.follow(o.way, own)
			} else {
				p.follow(r.way, own)
			}
		}
	}
	if plain {
		p.follow(r.way, after)
	}
}

func (p *passage) bounds(m matcher, k known) {
	switch m := m.(type) {
	case *choice:
		p.expr(m.from, k)
		p.text(m.show, k)
	case wholeNumber:
		p.expr(m.min, k)
		p.expr(m.max, k)
	case amount:
		p.expr(m.min, k)
		p.expr(m.max, k)
	case dateMatcher:
		p.expr(m.min, k)
		p.expr(m.max, k)
	case timeMatcher:
		p.expr(m.min, k)
		p.expr(m.max, k)
	case starting:
		for _, r := range m.rest {
			p.bounds(r, k)
		}
	}
}

func (p *passage) do(actions []*action, k known) known {
	for _, a := range actions {
		for _, v := range a.values {
			p.expr(v.value, k)
		}
		p.expr(a.cart.value, k)
		p.expr(a.to, k)
		p.expr(a.when, k)
		p.text(a.say, k)
		saved := a.save
		if a.ask != nil {
			saved = a.ask.save
		}
		k = k.plus(saved)
		for _, w := range results([]*action{a}) {
			p.follow(w, k)
		}
		if a.kind != actSet {
			continue
		}
		k = k.plus()
		for _, v := range a.values {
			if !v.contact {
				k[v.name] = true
			}
		}
	}
	return k
}

func (p *passage) follow(w *way, k known) {
	if w != nil && w.to != nil {
		p.edge(p.s, w.to, k)
	}
}

func (p *passage) expr(e *expression, k known) {
	if e != nil {
		p.use(p.s, e, k)
	}
}

func (p *passage) text(t *text, k known) {
	if t == nil {
		return
	}
	for _, x := range t.byLang {
		if x == nil {
			continue
		}
		for i := range x.parts {
			p.expr(x.parts[i].expr, k)
		}
	}
}

// literalLength is the length of an expression that gives one of a few fixed
// texts: 'a', x ? 'a' : 'b', plural(n, 'a', 'b').
func literalLength(e *expression) (int, bool) {
	if e.prog == nil {
		return 0, false
	}
	return longestLiteral(e.prog.Node())
}

func longestLiteral(n ast.Node) (int, bool) {
	several := func(nodes ...ast.Node) (int, bool) {
		longest := 0
		for _, x := range nodes {
			l, ok := longestLiteral(x)
			if !ok {
				return 0, false
			}
			longest = max(longest, l)
		}
		return longest, len(nodes) > 0
	}
	switch n := n.(type) {
	case *ast.StringNode:
		return runes(n.Value), true
	case *ast.ConditionalNode:
		return several(n.Exp1, n.Exp2)
	case *ast.CallNode:
		id, ok := n.Callee.(*ast.IdentifierNode)
		switch {
		case !ok:
		case id.Value == "plural" && len(n.Arguments) == 4:
			return several(n.Arguments[2:]...)
		case id.Value == "clock":
			return 8, true
		case id.Value == "date":
			return 12, true
		}
	}
	return 0, false
}
