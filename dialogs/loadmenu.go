package dialogs

import (
	"fmt"
	"strings"
)

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
func (l *loader) menu(n, show *node, event string, s *state) matcher {
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
		s.choice = l.fromList(m, n, show)
		return m
	case list:
		for _, item := range n.items {
			m.options = append(m.options, l.listed(item, fmt.Sprintf("%s.%d", event, len(m.options))))
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
	if show != nil {
		l.err(show.pos, "write choice: LIST, for example `catalogue.items`", "`show` wants a `choice` from an expression")
	}
	l.index(m)
	s.choice = m
	return m
}

// listed is an option of a list: its value is its label in the first language.
func (l *loader) listed(n *node, event string) *option {
	o := &option{at: n.pos, labels: l.labels(n), event: event}
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
	o.do = l.actions(n.get("do"), sc, event)
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
