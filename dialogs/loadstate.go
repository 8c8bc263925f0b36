package dialogs

import (
	"fmt"
	"regexp"
)

func (l *loader) states(n *node) {
	if n == nil {
		return
	}
	if n.kind != dict || len(n.pairs) == 0 || len(n.pairs) > maxStates {
		l.err(n.pos, "", "`states` must be a map of 1 to %d states", maxStates)
		return
	}
	for _, p := range n.pairs {
		if !stateName.MatchString(p.key) || p.key == "again" || p.key == "back" || len(p.key) > 64 {
			l.err(p.at, "lower-case letters, digits, - and _ are allowed, not `again` or `back`", "`%s` is not a name for a state", p.key)
			continue
		}
		s := &state{name: p.key, at: p.at}
		l.flow.states = append(l.flow.states, s)
		l.flow.byName[p.key] = s
	}
	for _, p := range n.pairs {
		if s := l.flow.byName[p.key]; s != nil {
			l.state(s, p.value)
		}
	}
}

func (l *loader) state(s *state, n *node) {
	if !l.keys(n, "a state", "note", "class", "on_keyword", "do", "say", "replies", "else", "timeout", "events", "go", "end", "branch", "split", "call", "handoff") {
		return
	}
	s.class = oneOf(l, n.get("class"), "class", classes)
	s.onKeyword = oneOf(l, n.get("on_keyword"), "on_keyword", onKeywords)
	l.inState = s.name
	s.do = l.actions(n.get("do"), scope{}, "enter")
	s.calls = len(s.do) > 0 && s.do[len(s.do)-1].kind == actWebhook
	s.handlers = l.handlers(n, "", s)
	for _, k := range []string{"replies", "else", "timeout", "events"} {
		s.waits = s.waits || n.get(k) != nil
	}
	if h := n.get("handoff"); h != nil {
		s.person = l.handoff(h, s)
	}
	if x := n.get("call"); x != nil {
		s.call = l.call(x, s)
	}
	s.waits = s.waits || s.calls || s.person != nil || s.call != nil
	s.say = l.say(n.get("say"), scope{menu: s.choice != nil}, true)
	on := 0
	for _, k := range []string{"go", "end", "branch", "split"} {
		if n.get(k) != nil {
			on++
		}
	}
	switch {
	case on == 0 && !s.waits:
		l.err(s.at, "give it replies, go, branch or end", "state `%s` never goes on", s.name)
	case on == 1 && s.call != nil && s.call.els == nil && (n.get("go") != nil || n.get("end") != nil):
		s.call.els = l.way(n, "call:else")
		return
	case on > 0 && s.waits:
		l.err(s.at, "a state waits (replies, else, timeout, events) or goes on (go, end, branch, split)", "state `%s` waits and goes on", s.name)
	case on > 1:
		l.err(s.at, "keep one of go, end, branch, split", "state `%s` goes on in several ways", s.name)
	}
	s.way = l.way(n, "go")
	s.branch = l.arms(n.get("branch"), "branch")
	s.split = l.arms(n.get("split"), "split")
}

// way reads the `go` or `end` of a map, nil when it has neither.
func (l *loader) way(n *node, event string) *way {
	g, e := n.get("go"), n.get("end")
	switch {
	case g != nil && e != nil:
		l.err(e.pos, "keep one", "`go` and `end` at the same place")
		return nil
	case e != nil:
		return &way{at: e.pos, kind: wayEnd, name: l.name(e, "an outcome", flowName), event: event}
	case g == nil:
		return nil
	}
	w := &way{at: g.pos, name: l.value(g, "go"), event: event}
	switch w.name {
	case "again":
		w.kind = wayAgain
	case "back":
		w.kind = wayBack
	}
	l.ways = append(l.ways, w)
	return w
}

func (l *loader) arms(n *node, what string) []*arm {
	if n == nil {
		return nil
	}
	if n.kind != list || len(n.items) == 0 {
		l.err(n.pos, "", "`%s` must be a list", what)
		return nil
	}
	var out []*arm
	for i, item := range n.items {
		key := map[string]string{"branch": "if", "split": "share"}[what]
		if !l.keys(item, "an entry of `"+what+"`", key, "go", "end", "note") {
			continue
		}
		a := &arm{at: item.pos, way: l.way(item, fmt.Sprintf("%s:%d", what, i))}
		if a.way == nil {
			l.err(item.pos, "", "the entry has no `go` and no `end`")
		}
		if what == "branch" {
			a.cond = l.condition(item.get("if"), scope{})
			if last := i == len(n.items)-1; last && a.cond != nil {
				l.err(item.pos, "add a last entry {go: …}", "the last entry of `branch` has an `if`: nothing says what happens otherwise")
			} else if !last && item.get("if") == nil {
				l.err(item.pos, "", "an entry without `if` must be the last of `branch`")
			}
		} else {
			if item.get("share") == nil {
				l.err(item.pos, "", "the entry has no `share`")
			}
			a.share = l.integer(item.get("share"), "share", 1, 1_000_000, 1)
		}
		out = append(out, a)
	}
	return out
}

// expr reads an expression to be compiled later.
func (l *loader) expr(n *node, s scope, want kind, what string) *expression {
	if n == nil {
		return nil
	}
	if n.kind != scalar {
		l.err(n.pos, "", "`%s` wants an expression, not %s", what, n.kind)
		return nil
	}
	e := &expression{at: n.pos, src: n.text}
	l.later = append(l.later, pending{e, s, want, what})
	return e
}

func (l *loader) condition(n *node, s scope) *expression { return l.expr(n, s, kindFlag, "if") }

// say reads a text: one for all languages, or a map of languages.
func (l *loader) say(n *node, s scope, budget bool) *text {
	if n == nil {
		return nil
	}
	t := &text{at: n.pos, byLang: make([]*template, len(l.flow.Languages)), source: map[string]*node{}}
	switch n.kind {
	case scalar:
		p := cutTemplate(n, l.report)
		for i := range t.byLang {
			t.byLang[i] = p
		}
	case dict:
		l.byLanguage(t, n)
	default:
		l.err(n.pos, "", "a text or a map of languages is expected, not %s", n.kind)
		return nil
	}
	l.texts = append(l.texts, &sayable{t, s, budget, l.inState})
	return t
}

var languageKey = regexp.MustCompile(`^[a-z]{2,3}$`)

func (l *loader) byLanguage(t *text, n *node) {
	for _, p := range n.pairs {
		if !languageKey.MatchString(p.key) {
			l.err(p.at, "use codes such as fr or en; Norwegian is nb", "`%s` is not a language", p.key)
			continue
		}
		l.value(p.value, p.key)
		if i := l.flow.language(p.key); i >= 0 && p.value.kind == scalar {
			t.byLang[i] = cutTemplate(p.value, l.report)
		}
	}
	for i, p := range t.byLang {
		if p == nil {
			l.err(n.pos, "", "text has no `%s`", l.flow.Languages[i])
		}
	}
}
