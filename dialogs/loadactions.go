package dialogs

import (
	"fmt"
	"slices"
	"strings"
)

// actions reads a `do`; where is the event of the entry that it belongs to.
func (l *loader) actions(n *node, s scope, where string) []*action {
	var out []*action
	items := l.items(n, "do", 32)
	for i, item := range items {
		if item.kind != dict || len(item.pairs) != 1 {
			l.err(item.pos, "write - set: {…} and the like, one action per entry", "an action is a map of one key")
			continue
		}
		a := l.action(item.pairs[0], s, fmt.Sprintf("%s.do%d", where, i))
		if a == nil {
			continue
		}
		if a.kind == actWebhook && i < len(items)-1 {
			l.err(a.at, "what depends on its answer belongs to the states of `ok` and `failed`", "`webhook` must be the last action")
		}
		out = append(out, a)
	}
	return out
}

func (l *loader) action(p pair, s scope, where string) *action {
	if spec := askNamed(p.key); spec != nil {
		return l.asked(spec, p, s, where)
	}
	if p.key == "cart" && p.value.get("load") != nil {
		return l.loaded(p, where)
	}
	k := slices.Index(actionNames[:], p.key)
	if k < 0 {
		hint := "known: " + strings.Join(actionNames[:], ", ")
		if near := nearest(p.key, actionNames[:]); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		l.err(p.at, hint, "unknown action `%s`", p.key)
		return nil
	}
	a := &action{at: p.at, kind: actionKind(k)}
	switch a.kind {
	case actSet:
		l.assignments(a, p.value, s)
	case actLanguage:
		a.name = l.value(p.value, "language")
		if l.flow.language(a.name) < 0 {
			l.err(p.value.pos, "one of: "+strings.Join(l.flow.Languages, ", "), "`%s` is not a language of this flow", a.name)
		}
	case actTag, actUntag:
		a.names = l.names(p.value, "a tag", flowName)
	case actTrack:
		l.track(a, p.value, s)
	case actNotify:
		l.notify(a, p.value, s, where)
	case actCart:
		l.cart(a, p.value, s)
	case actSubscribe, actUnsubscribe:
		if a.name = l.name(p.value, "a program", flowName); a.name != "this" {
			l.oneOfNames(p.value.pos, a.name, "program", l.env.Programs)
		}
	case actStart:
		l.startFlow(a, p.value, s)
	case actWebhook:
		l.webhook(a, p.value, where)
	}
	return a
}

func (l *loader) assignments(a *action, n *node, s scope) {
	if n.kind != dict || len(n.pairs) == 0 {
		l.err(n.pos, "write set: {name: expression}", "`set` wants names and expressions")
		return
	}
	for _, p := range n.pairs {
		v := assignment{at: p.at, name: p.key, value: l.expr(p.value, s, kindAny, "set")}
		if field, ok := strings.CutPrefix(p.key, "contact."); ok {
			v.name, v.contact = field, true
			_, known := contactMembers[field]
			if !known && l.x.fields[field] == "" || field == "msisdn" || field == "tags" {
				l.err(p.at, "declare it under contact_fields", "`%s` is no field of a contact that a flow can write", field)
			}
		} else if v.value != nil {
			l.saving(p.at, p.key, kindAny, &v, s)
		}
		a.values = append(a.values, v)
	}
}

func (l *loader) track(a *action, n *node, s scope) {
	if n.kind == scalar {
		a.name = l.name(n, "an event", flowName)
		return
	}
	if n.kind != dict || n.get("event") == nil {
		l.err(n.pos, "write track: NAME or track: {event: NAME, …}", "`track` has no `event`")
		return
	}
	for _, p := range n.pairs {
		if p.key == "event" {
			a.name = l.name(p.value, "an event", flowName)
			continue
		}
		a.values = append(a.values, assignment{at: p.at, name: p.key, value: l.expr(p.value, s, kindAny, p.key)})
	}
}

func (l *loader) notify(a *action, n *node, s scope, where string) {
	if !l.keys(n, "`notify`", "staff", "say", "answers", "note") {
		return
	}
	staff := n.get("staff")
	if staff == nil || n.get("say") == nil {
		l.err(a.at, "", "`notify` wants `staff` and `say`")
		return
	}
	a.name = l.name(staff, "a staff group", flowName)
	l.oneOfNames(staff.pos, a.name, "staff group", l.env.Staff)
	a.say = l.say(n.get("say"), s, true)
	l.staffAnswers(a, n.get("answers"), where)
}

// oneOfNames refuses a name that the program does not have; nil has any.
func (l *loader) oneOfNames(at pos, name, what string, known []string) {
	if name == "" || known == nil || slices.Contains(known, name) {
		return
	}
	hint := ""
	if near := nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	l.err(at, hint, "no %s `%s` in this program", what, name)
}
