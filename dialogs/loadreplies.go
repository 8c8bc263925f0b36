package dialogs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// handlers reads what a state, or `anywhere` (state nil), reacts to.
func (l *loader) handlers(n *node, prefix string, s *state) handlers {
	var h handlers
	for i, item := range l.items(n.get("replies"), "replies", maxReplies) {
		if r := l.reply(item, fmt.Sprintf("%sreply:%d", prefix, i), s); r != nil {
			h.replies = append(h.replies, r)
		}
	}
	h.els = l.elseRule(n.get("else"), prefix+"else")
	timers := n.get("timeout")
	if timers != nil && timers.kind == dict {
		timers = &node{pos: timers.pos, kind: list, items: []*node{timers}}
	}
	for i, item := range l.items(timers, "timeout", 16) {
		if t := l.timer(item, fmt.Sprintf("%stimeout:%d", prefix, i)); t != nil {
			h.timers = append(h.timers, t)
		}
	}
	for i, item := range l.items(n.get("events"), "events", maxReplies) {
		if e := l.event(item, fmt.Sprintf("%sevent:%d", prefix, i)); e != nil {
			h.events = append(h.events, e)
		}
	}
	return h
}

func (l *loader) items(n *node, what string, limit int) []*node {
	if n == nil {
		return nil
	}
	if n.kind != list {
		l.err(n.pos, "write - before each entry, or [ ]", "`%s` must be a list, not %s", what, n.kind)
		return nil
	}
	if len(n.items) == 0 || len(n.items) > limit {
		l.err(n.pos, "", "`%s` wants 1 to %d entries", what, limit)
	}
	return n.items
}

func (l *loader) elseRule(n *node, event string) *elseRule {
	if n == nil || !l.keys(n, "`else`", "say", "tries", "go", "end", "note") {
		return nil
	}
	return &elseRule{at: n.pos, event: event, say: l.say(n.get("say"), scope{unknown: true}, true), tries: l.integer(n.get("tries"), "tries", 1, 100, defaultTries), way: l.way(n, event)}
}

func (l *loader) timer(n *node, event string) *timer {
	if !l.keys(n, "a timeout", "after", "at", "hours", "if", "do", "say", "go", "end", "note") {
		return nil
	}
	after, at := n.get("after"), n.get("at")
	if (after == nil) == (at == nil) {
		l.err(n.pos, "", "a timeout wants `after` or `at`")
		return nil
	}
	t := &timer{at: n.pos, event: event, way: l.way(n, event)}
	t.cond = l.condition(n.get("if"), scope{})
	t.do = l.actions(n.get("do"), scope{}, event)
	t.say = l.say(n.get("say"), scope{}, true)
	if after != nil {
		t.after = l.duration(after, "after")
	} else if c, ok := parseClock(l.value(at, "at")); ok {
		t.clock = &c
	} else {
		t.when = l.expr(at, scope{}, kindDatetime, "at")
	}
	reminder := t.way == nil && l.flow.Class.String() == "marketing"
	if h := n.get("hours"); h != nil {
		reminder = oneOf(l, h, "hours", map[string]bool{"any": false, "open": true})
	}
	t.open = reminder
	return t
}

func (l *loader) event(n *node, event string) *eventRule {
	if !l.keys(n, "an event", "event", "if", "save", "do", "say", "go", "end", "note") {
		return nil
	}
	s := scope{event: true}
	e := &eventRule{at: n.pos, event: event, name: l.name(n.get("event"), "an event", flowName), way: l.way(n, event)}
	if n.get("event") == nil {
		l.err(n.pos, "", "the entry has no `event`")
	}
	e.cond = l.condition(n.get("if"), s)
	e.save = l.save(n.get("save"), kindMap)
	e.do = l.actions(n.get("do"), s, event)
	e.say = l.say(n.get("say"), s, true)
	return e
}

// save reads the name that an answer is saved under.
func (l *loader) save(n *node, k kind) string {
	name := l.value(n, "save")
	if n == nil || name == "" || !l.saving(n.pos, name, k, nil, scope{}) {
		return ""
	}
	return name
}

func (l *loader) saving(at pos, name string, k kind, set *assignment, s scope) bool {
	if !l.savable(at, name) {
		return false
	}
	if _, is := l.x.inputs[name]; is {
		l.err(at, "choose another name", "`%s` is an input", name)
		return false
	}
	l.saves = append(l.saves, saving{at, name, k, set, s})
	if _, known := l.x.saved[name]; !known {
		if len(l.x.saved) == maxNames {
			l.err(at, "split the flow", "more than %d saved names", maxNames)
			return false
		}
		l.x.saved[name] = kindAny
	}
	return true
}

var matcherKeys = []string{"is", "words", "choice", "starts", "pattern"}

func (l *loader) reply(n *node, event string, s *state) *reply {
	known := append([]string{"min", "max", "show", "if", "save", "do", "say", "go", "end", "note"}, matcherKeys...)
	if !l.keys(n, "a reply", known...) {
		return nil
	}
	r := &reply{at: n.pos, event: event, way: l.way(n, event)}
	r.matchers = l.matchers(n, event, s)
	if len(r.matchers) == 0 {
		if slices.ContainsFunc(matcherKeys, func(k string) bool { return n.get(k) != nil }) {
			return nil // reported there
		}
		l.err(n.pos, "is, words, choice, starts or pattern", "the reply says nothing about what it matches")
		return nil
	}
	r.kind = r.matchers[0].kind()
	for _, m := range r.matchers[1:] {
		if m.kind() != r.kind {
			r.kind = kindAny
		}
	}
	sc := scope{answers: true, answer: r.kind}
	r.cond = l.condition(n.get("if"), sc)
	r.save = l.save(n.get("save"), r.kind)
	if r.save != "" {
		l.remember(r)
	}
	r.do = l.actions(n.get("do"), sc, event)
	r.say = l.say(n.get("say"), sc, true)
	return r
}

func (l *loader) matchers(n *node, event string, s *state) []matcher {
	var out []matcher
	for _, p := range n.pairs {
		var m matcher
		switch p.key {
		case "is":
			m = l.is(p.value, n, s)
		case "words":
			m = wordList{l.phrases(p.value, "words", true)}
		case "choice":
			m = l.menu(p.value, n.get("show"), event, s)
		case "pattern":
			m = l.pattern(p.value)
		}
		if m != nil {
			out = append(out, m)
		}
	}
	if show := n.get("show"); show != nil && n.get("choice") == nil {
		l.err(show.pos, "write choice: LIST beside it", "`show` wants a `choice` from an expression")
	}
	st := n.get("starts")
	if st == nil {
		return out
	}
	if len(out) == 0 {
		l.err(st.pos, "for example {starts: [sans], is: any}", "`starts` wants another matcher for the rest of the text")
		return nil
	}
	if slices.ContainsFunc(out, func(m matcher) bool { _, is := m.(*choice); return is }) {
		l.err(st.pos, "", "`starts` does not go with `choice`")
		return nil
	}
	return []matcher{starting{with: l.phrases(st, "starts", true), rest: out}}
}

func (l *loader) is(n, reply *node, s *state) matcher {
	what := l.value(n, "is")
	lo, hi := reply.get("min"), reply.get("max")
	if m := l.bounded(what, lo, hi); m != nil {
		return m
	}
	if what == "any" {
		if lo != nil {
			l.err(lo.pos, "", "`min` does not go with `is: any`")
		}
		if s != nil {
			s.hasAny = true
		}
		return anything{l.integer(hi, "max", 1, 1000, 160)}
	}
	if lo != nil || hi != nil {
		l.err(n.pos, "`min` and `max` bound number, amount, date and time", "`%s` has no bounds", what)
	}
	switch what {
	case "yes", "true": // what YAML 1.1 tools make of yes and no
		return yesNo{true}
	case "no", "false":
		return yesNo{false}
	case "email":
		return pattern{form: emailForm, raw: true, only: true, fix: strings.ToLower}
	case "phone":
		return phone{l.env.Country}
	case "postcode":
		return postcode(l.env.Country)
	case "items":
		return itemsMatcher{}
	}
	hint := "known: " + strings.Join(answerKinds, ", ")
	if near := nearest(what, answerKinds); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	l.err(n.pos, hint, "`%s` is nothing that a reply can be", what)
	return nil
}

var answerKinds = []string{"yes", "no", "number", "amount", "date", "time", "email", "phone", "postcode", "items", "any"}

// bounded is an answer that `min` and `max` may bound.
func (l *loader) bounded(what string, lo, hi *node) matcher {
	k, ok := map[string]kind{"number": kindNumber, "amount": kindMoney, "date": kindDate, "time": kindClock}[what]
	if !ok {
		return nil
	}
	a, b := l.expr(lo, scope{}, k, "min"), l.expr(hi, scope{}, k, "max")
	switch k {
	case kindNumber:
		return wholeNumber{a, b}
	case kindMoney:
		return amount{a, b, l.env.Currency}
	case kindDate:
		return dateMatcher{a, b, l.env.Country == "US"}
	}
	return timeMatcher{a, b}
}

func (l *loader) pattern(n *node) matcher {
	src := l.value(n, "pattern")
	form, err := regexp.Compile(src)
	if err != nil || len(src) > 500 {
		l.err(n.pos, "RE2 syntax, at most 500 characters, lower case without accents", "`%s` is no pattern", src)
		return nil
	}
	return pattern{form: form}
}
