package dialogs

import (
	"fmt"
	"slices"
	"strings"
)

// askSpec is an action that the transaction answers.
type askSpec struct {
	action  string
	names   []string // parameters that are names
	values  []string // parameters that are expressions
	needs   []string // those that must be there
	results []string // that fail
	list    bool     // its answer is a list
}

var askSpecs = []askSpec{
	{action: "issue", names: []string{"offer"}, values: []string{"for", "at"}, needs: []string{"offer"}, results: []string{"limit", "empty", "closed"}},
	{action: "redeem", values: []string{"code"}, needs: []string{"code"}, results: []string{"used", "expired", "unknown"}},
	{action: "points", names: []string{"for"}, values: []string{"add", "take"}, results: []string{"short"}},
	{action: "vote", names: []string{"poll"}, values: []string{"choice"}, needs: []string{"poll", "choice"}, results: []string{"again", "late", "unknown"}},
	{action: "draw", names: []string{"game"}, values: []string{"code"}, needs: []string{"game"}, results: []string{"lost", "limit", "over", "unknown"}},
	{action: "refer", values: []string{"by"}, results: []string{"own", "again", "unknown"}},
	{action: "lookup", names: []string{"in"}, values: []string{"for", "item"}, needs: []string{"in", "for"}, results: []string{"none"}, list: true},
	{action: "order", values: []string{"to", "at", "when", "note"}, results: []string{"refused"}},
	{action: "reserve", values: []string{"item", "at"}, needs: []string{"item"}, results: []string{"refused"}},
}

// loadSpec is `cart: {load: …}`.
var loadSpec = askSpec{action: "load", results: []string{"none"}}

func askNamed(action string) *askSpec {
	for i := range askSpecs {
		if askSpecs[i].action == action {
			return &askSpecs[i]
		}
	}
	return nil
}

// asking is what an ask was written as.
type asking struct {
	spec  *askSpec
	names map[string]string
	send  []string
	limit int
	save  string
	ways  map[string]*way // by failing result
}

// asked reads an ask; where is the event of the list that it stands in.
func (l *loader) asked(spec *askSpec, p pair, s scope, where string) *action {
	n := p.value
	keys := slices.Concat([]string{"note", "save", "failed"}, spec.names, spec.values, spec.results)
	switch spec.action {
	case "issue":
		keys = append(keys, "send")
	case "lookup":
		keys = append(keys, "limit")
	}
	if !l.keys(n, "`"+spec.action+"`", keys...) {
		return nil
	}
	a := &action{at: p.at, kind: actAsk, ask: &asking{spec: spec, names: map[string]string{}, ways: map[string]*way{}}}
	for _, k := range spec.needs {
		if n.get(k) == nil {
			l.err(p.at, "", "`%s` wants `%s`", spec.action, k)
		}
	}
	for _, k := range spec.names {
		if x := n.get(k); x != nil {
			a.ask.names[k] = l.name(x, "`"+k+"`", flowName)
			l.knownName(k, a.ask.names[k], x.pos)
		}
	}
	for _, k := range spec.values {
		if x := n.get(k); x != nil {
			v := assignment{at: x.pos, name: k, value: l.expr(x, s, kindAny, k)}
			a.values = append(a.values, v)
			if k == "item" {
				l.named = append(l.named, v.value)
			}
		}
	}
	l.askRest(a, n, where)
	return a
}

// askRest reads what all asks have: `save` and the states of failing results.
func (l *loader) askRest(a *action, n *node, where string) {
	spec := a.ask.spec
	switch {
	case spec.action == "lookup":
		a.ask.limit = l.integer(n.get("limit"), "limit", 1, 50, 10)
	case spec.action == "points" && n.get("add") != nil && n.get("take") != nil:
		l.err(a.at, "keep one", "`points` adds or takes")
	case n.get("send") != nil:
		a.ask.send = l.names(n.get("send"), "a saved name", savedName)
	}
	kind := kindMap
	if spec.list {
		kind = kindList
	}
	a.ask.save = l.save(n.get("save"), kind)
	for _, result := range append([]string{"failed"}, spec.results...) {
		if to := n.get(result); to != nil {
			w := &way{at: to.pos, name: l.value(to, result), event: where + "." + spec.action + ":" + result}
			l.ways = append(l.ways, w)
			a.ask.ways[result] = w
		}
	}
	l.unhandled(a)
}

// unhandled warns of results that no state is named for.
func (l *loader) unhandled(a *action) {
	if a.ask.ways["failed"] != nil || l.hasFailed {
		return
	}
	for _, result := range a.ask.spec.results {
		if a.ask.ways[result] == nil {
			l.warn(a.at, fmt.Sprintf("name a state: %s, or failed", strings.Join(a.ask.spec.results, ", ")),
				"`%s` may come back %s and nothing says what then", a.ask.spec.action, result)
			return
		}
	}
}

// knownName checks a name that an ask gives against those of the program.
func (l *loader) knownName(what, name string, at pos) {
	var known []string
	switch what {
	case "offer":
		for n := range l.env.Offers {
			known = append(known, n)
		}
		slices.Sort(known)
		if l.env.Offers != nil && known == nil {
			known = []string{}
		}
	case "poll":
		known = l.env.Polls
	case "game":
		known = l.env.Games
	case "in":
		known = []string{"places", "items", "orders"}
	}
	if what == "in" && name != "" && !slices.Contains(known, name) {
		l.err(at, "places, items or orders", "`lookup` does not look in `%s`", name)
		return
	}
	l.oneOfNames(at, name, what, known)
}
