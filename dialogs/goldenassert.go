package dialogs

import (
	"slices"
	"strconv"
	"strings"
)

// expectation is a `<` line that `|` lines may continue.
type expectation struct {
	line  int
	staff string
	text  string
}

// settle compares the pending expectation with what was said.
func (g *golden) settle() {
	e := g.expects
	g.expects = nil
	if e == nil {
		return
	}
	at := g.line
	g.line = e.line
	defer func() { g.line = at }()
	if e.staff != "" {
		g.settleNotice(e)
		return
	}
	if len(g.waiting) == 0 {
		g.fail("expected %q, but nothing was said", e.text)
		return
	}
	got := g.waiting[0].String()
	g.waiting = g.waiting[1:]
	if !wildcard(e.text, got) {
		g.fail("expected %q, got %q", e.text, got)
	}
}

func (g *golden) settleNotice(e *expectation) {
	for i, n := range g.notices {
		if n.group != e.staff {
			continue
		}
		g.notices = slices.Delete(g.notices, i, i+1)
		if !wildcard(e.text, n.text) {
			g.fail("%s: expected %q, got %q", e.staff, e.text, n.text)
		}
		return
	}
	g.fail("%s: expected %q, but nothing was said", e.staff, e.text)
}

// wildcard compares a text with a pattern in which * stands for any run.
func wildcard(pattern, s string) bool {
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, pieces[0]) {
		return false
	}
	s = s[len(pieces[0]):]
	for _, p := range pieces[1 : len(pieces)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, pieces[len(pieces)-1])
}

// drained fails when something was said that the script does not list.
func (g *golden) drained() {
	g.settle()
	for _, m := range g.waiting {
		g.fail("not expected: %q", m.String())
	}
	for _, n := range g.notices {
		g.fail("not expected: %s< %v", n.group, n.text)
	}
	g.waiting, g.notices = nil, nil
}

// data reads {name: value, …}.
func (g *golden) data(s string) (map[string]any, bool) {
	if strings.TrimSpace(s) == "" {
		return nil, true
	}
	r := &report{}
	n := readYAML([]byte(s), r)
	if n == nil || n.kind != dict {
		g.fail("%q is not a map such as {seat: B4}", s)
		return nil, false
	}
	return plainMap(n), true
}

func plainMap(n *node) map[string]any {
	m := make(map[string]any, len(n.pairs))
	for _, p := range n.pairs {
		m[p.key] = plainValue(p.value)
	}
	return m
}

// plainValue reads whole numbers as numbers: event data has no declared types.
func plainValue(n *node) any {
	switch n.kind {
	case dict:
		return plainMap(n)
	case list:
		out := make([]any, len(n.items))
		for i := range n.items {
			out[i] = plainValue(n.items[i])
		}
		return out
	}
	if i, err := strconv.Atoi(n.text); err == nil && strconv.Itoa(i) == n.text {
		return i
	}
	return n.text
}

func (g *golden) assert(s string) {
	what, rest, _ := strings.Cut(s, " ")
	rest = strings.TrimSpace(rest)
	switch what {
	case "outcome":
		if got := g.ended[g.last]; got != rest {
			g.fail("outcome is %q, not %q", got, rest)
		}
	case "state":
		if got := g.lastTalk[g.last].State; got != rest || g.ended[g.last] != "" {
			g.fail("state is %q, not %q", got, rest)
		}
	case "if":
		g.condition(rest)
	case "did", "not":
		if did := g.did(rest); did != (what == "did") {
			g.fail("`%s` does not hold", s)
		}
	default:
		g.fail("`! %s` is not understood: outcome, state, if, did or not", what)
	}
}

func (g *golden) did(s string) bool {
	name, detail, _ := strings.Cut(s, " ")
	if slices.ContainsFunc(g.asked, func(a *Ask) bool {
		return a.Action == name && (detail == "" || slices.Contains(askNames(a), detail))
	}) {
		return true
	}
	return slices.ContainsFunc(g.effects, func(e Effect) bool {
		if e.Action != name || detail == "" {
			return e.Action == name
		}
		for _, k := range []string{"event", "staff", "group", "program", "flow", "name"} {
			if e.Data[k] == detail {
				return true
			}
		}
		tags, _ := e.Data["tags"].([]any)
		return slices.Contains(tags, any(detail))
	})
}

func (g *golden) condition(src string) {
	x := *g.flow.names
	x.report, x.reads = &report{}, map[string]bool{}
	e := &expression{at: pos{g.line, 1}, src: src}
	if !x.compile(e, scope{prints: true}) {
		g.fail("%s", x.report.found[0].Text)
		return
	}
	c := &conv{Talk: g.lastTalk[g.last], reads: x.reads}
	t := &turn{f: &g.facts}
	if err := t.open(c); err != nil {
		g.fail("%v", err)
		return
	}
	if ok, err := t.holds(c, e); err != nil || !ok {
		g.fail("`%s` does not hold (%v)", src, err)
	}
}
