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
	t.do = l.actions(n.get("do"), scope{})
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
	e.do = l.actions(n.get("do"), s)
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
		l.x.saved[name] = kindAny
	}
	return true
}

var matcherKeys = []string{"is", "words", "choice", "starts", "pattern"}

func (l *loader) reply(n *node, event string, s *state) *reply {
	known := append([]string{"min", "max", "if", "save", "do", "say", "go", "end", "note"}, matcherKeys...)
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
	r.do = l.actions(n.get("do"), sc)
	r.say = l.say(n.get("say"), sc, true)
	return r
}

// remember keeps what is known of a saved name: its menu, its longest text.
func (l *loader) remember(r *reply) {
	longest := 0
	for _, m := range r.matchers {
		switch m := m.(type) {
		case *choice:
			l.choice[r.save], l.x.labelOf[r.save] = m, true
			for _, o := range m.options {
				longest = max(longest, runes(o.value))
			}
		case wordList:
			for _, p := range m.phrases {
				longest = max(longest, runes(p.written))
			}
		default:
			longest = max(longest, 40)
		}
	}
	l.longs[r.save] = max(l.longs[r.save], longest)
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
			m = l.menu(p.value, event, s)
		case "pattern":
			m = l.pattern(p.value)
		}
		if m != nil {
			out = append(out, m)
		}
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
	lo, hi := reply.get("min"), reply.get("max")
	what := l.value(n, "is")
	bound := func(k kind) (a, b *expression) {
		return l.expr(lo, scope{}, k, "min"), l.expr(hi, scope{}, k, "max")
	}
	switch what {
	case "number":
		a, b := bound(kindNumber)
		return wholeNumber{a, b}
	case "amount":
		a, b := bound(kindMoney)
		return amount{a, b, l.env.Currency}
	case "date":
		a, b := bound(kindDate)
		return dateMatcher{a, b, l.env.Country == "US"}
	case "time":
		a, b := bound(kindClock)
		return timeMatcher{a, b}
	case "any":
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
	case "yes", "true":
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
		l.err(n.pos, "", "`is: items` is not available in this version")
		return nil
	}
	kinds := []string{"yes", "no", "number", "amount", "date", "time", "email", "phone", "postcode", "any"}
	hint := "known: " + strings.Join(kinds, ", ")
	if near := nearest(what, kinds); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	l.err(n.pos, hint, "`%s` is nothing that a reply can be", what)
	return nil
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

// phrases reads a list of phrases, or a map of languages to lists.
func (l *loader) phrases(n *node, what string, reserved bool) []phrase {
	var items []*node
	switch n.kind {
	case scalar:
		items = []*node{n}
	case list:
		items = n.items
	case dict:
		for _, p := range n.pairs {
			if !languageKey.MatchString(p.key) {
				l.err(p.at, "", "`%s` is not a language", p.key)
				continue
			}
			if p.value.kind == scalar {
				items = append(items, p.value)
			}
			items = append(items, p.value.items...)
		}
	}
	var out []phrase
	for _, i := range items {
		s := l.value(i, what)
		if s == "" {
			continue
		}
		p := newPhrase(s, l.flow.lexicons)
		if p.text == "" {
			l.err(i.pos, "", "`%s` has no letter or digit", s)
			continue
		}
		if reserved {
			l.free(i.pos, s)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		l.err(n.pos, "", "`%s` is empty", what)
	}
	return out
}

// instead are harmless words for those that carriers and laws reserve.
var instead = map[string]string{"cancel": "DROP", "annuler": "ABANDON", "end": "DONE", "quit": "LEAVE", "help": "INFO", "aide": "INFOS", "info": "DETAILS", "start": "BEGIN", "stop": "DROP", "arret": "ABANDON"}

// free refuses a word that never reaches a flow, since it opts the phone out.
func (l *loader) free(at pos, word string) {
	if l.env.Reserved == nil {
		return
	}
	why := l.env.Reserved(word)
	if why == "" {
		return
	}
	hint := "choose another word"
	if other := instead[strings.ToLower(word)]; other != "" {
		hint = "try " + other
	}
	consequence := "it never reaches the flow"
	if strings.Contains(why, "opt-out") {
		consequence = "a phone that sends it leaves the program"
	}
	l.err(at, hint, "`%s` is %s: %s", word, why, consequence)
}

// menu reads a choice.
func (l *loader) menu(n *node, event string, s *state) matcher {
	if s == nil {
		l.err(n.pos, "", "`choice` belongs to a state, not to `anywhere`")
		return nil
	}
	if s.choice != nil {
		l.err(n.pos, "", "a state has one `choice`")
		return nil
	}
	m := &choice{lookup: map[string]int{}}
	switch n.kind {
	case scalar:
		l.err(n.pos, "list the options here", "a `choice` from an expression is not available in this version")
		return nil
	case list:
		for _, item := range n.items {
			m.options = append(m.options, l.listed(item))
		}
	case dict:
		for _, p := range n.pairs {
			m.options = append(m.options, l.option(p, fmt.Sprintf("%s.%d", event, len(m.options))))
		}
	}
	if len(m.options) == 0 || len(m.options) > maxOptions {
		l.err(n.pos, "", "a `choice` wants 1 to %d options", maxOptions)
		return nil
	}
	l.index(m)
	s.choice = m
	return m
}

// listed is an option of a list: its value is its label in the first language.
func (l *loader) listed(n *node) *option {
	o := &option{at: n.pos, labels: l.labels(n)}
	if len(o.labels) > 0 {
		o.value = o.labels[0]
	}
	return o
}

func (l *loader) option(p pair, event string) *option {
	o := &option{at: p.at, value: p.key, event: event}
	n := p.value
	if n.kind != dict || n.get("text") == nil {
		o.labels = l.labels(n)
		return o
	}
	if !l.keys(n, "an option", "text", "words", "if", "do", "say", "go", "end", "note") {
		return o
	}
	sc := scope{answers: true, answer: kindText}
	o.labels = l.labels(n.get("text"))
	o.cond = l.condition(n.get("if"), scope{})
	o.do = l.actions(n.get("do"), sc)
	o.say = l.say(n.get("say"), sc, true)
	o.way = l.way(n, event)
	if w := n.get("words"); w != nil {
		o.words = l.phrases(w, "words", true)
	}
	return o
}

// labels are constant texts, one per language.
func (l *loader) labels(n *node) []string {
	t := l.say(n, scope{}, false)
	if t == nil {
		return nil
	}
	out := make([]string, len(t.byLang))
	for i, p := range t.byLang {
		switch {
		case p == nil:
		case !p.static:
			l.err(p.at, "write the words out", "a label cannot hold {{ }}")
		default:
			out[i] = strings.TrimSpace(p.constant)
			l.free(p.at, out[i])
		}
	}
	return out
}

// index makes the options findable by label and word.
func (l *loader) index(m *choice) {
	for i, o := range m.options {
		m.guarded = m.guarded || o.cond != nil
		for _, label := range o.labels {
			o.words = append(o.words, newPhrase(label, l.flow.lexicons))
		}
		for _, p := range o.words {
			for _, key := range []string{p.text, p.core} {
				if j, taken := m.lookup[key]; taken && j != i && key != "" {
					l.err(o.at, "", "word `%s` is in two options of this menu", key)
				} else if key != "" {
					m.lookup[key] = i
				}
			}
		}
	}
}

// actions reads a `do`.
func (l *loader) actions(n *node, s scope) []*action {
	var out []*action
	for _, item := range l.items(n, "do", 32) {
		if item.kind != dict || len(item.pairs) != 1 {
			l.err(item.pos, "write - set: {…} and the like, one action per entry", "an action is a map of one key")
			continue
		}
		if a := l.action(item.pairs[0], s); a != nil {
			out = append(out, a)
		}
	}
	return out
}

func (l *loader) action(p pair, s scope) *action {
	k := slices.Index(actionNames[:], p.key)
	if k < 0 {
		if notYet[p.key] {
			l.err(p.at, "", "`%s` is not available in this version", p.key)
			return nil
		}
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
		l.notify(a, p.value, s)
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

func (l *loader) notify(a *action, n *node, s scope) {
	if !l.keys(n, "`notify`", "staff", "say", "note") {
		return
	}
	staff := n.get("staff")
	if staff == nil || n.get("say") == nil {
		l.err(a.at, "", "`notify` wants `staff` and `say`")
		return
	}
	a.name = l.name(staff, "a staff group", flowName)
	if l.env.Staff != nil && a.name != "" && !slices.Contains(l.env.Staff, a.name) {
		hint := ""
		if near := nearest(a.name, l.env.Staff); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		l.err(staff.pos, hint, "no staff group `%s` in this program", a.name)
	}
	a.say = l.say(n.get("say"), s, true)
}
