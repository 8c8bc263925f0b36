package dialogs

import (
	"fmt"
	"slices"
	"strings"

	"repartee/sms"
)

// check holds the rules about a flow as a whole, once every part of it is
// sound.
func (l *loader) check() {
	l.checkReached()
	l.checkCircles()
	for _, s := range l.flow.states {
		l.checkReplies(s.replies)
		l.checkMenu(s)
		l.checkTimers(s, s.timers)
	}
	l.checkReplies(l.flow.anywhere.replies)
	l.checkTimers(nil, l.flow.anywhere.timers)
	l.checkCalls()
	l.checkItems()
	l.checkSaved()
	l.checkBudgets()
}

// checkReached finds states that nothing leads to.
func (l *loader) checkReached() {
	f := l.flow
	seen := map[*state]bool{}
	var visit func(*state)
	visit = func(s *state) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for _, w := range s.ways() {
			visit(w.to)
		}
		if s.waits {
			for _, w := range f.anywhere.ways() {
				visit(w.to)
			}
		}
	}
	visit(f.start)
	visit(f.failed)
	for _, s := range f.states {
		if !seen[s] {
			l.err(s.at, "", "state `%s` is never reached", s.name)
		}
	}
}

// checkCircles finds states that lead to one another without waiting.
func (l *loader) checkCircles() {
	const walking, done = 1, 2
	mark := map[*state]int{}
	var path []*state
	var visit func(*state)
	visit = func(s *state) {
		switch {
		case s == nil || s.waits || mark[s] == done:
			return
		case mark[s] == walking:
			names := []string{}
			for _, p := range path[slices.Index(path, s):] {
				names = append(names, p.name)
			}
			l.err(s.at, "one of them must wait for an answer", "states %s → %s go on without waiting", strings.Join(names, " → "), s.name)
			return
		}
		mark[s] = walking
		path = append(path, s)
		for _, w := range s.ways() {
			visit(w.to)
		}
		path = path[:len(path)-1]
		mark[s] = done
	}
	for _, s := range l.flow.states {
		visit(s)
	}
}

// checkReplies finds replies that an earlier one of the list takes.
func (l *loader) checkReplies(replies []*reply) {
	taken := map[string]*reply{} // folded word → the reply that takes it
	for _, r := range replies {
		if r.cond != nil {
			continue // may leave the text to another
		}
		var mine, lost []string
		var by *reply
		for _, key := range l.takes(r) {
			if earlier := taken[key]; earlier != nil && earlier != r {
				lost, by = append(lost, key), earlier
			} else {
				taken[key] = r
				mine = append(mine, key)
			}
		}
		switch {
		case len(lost) == 0:
		case len(mine) == 0:
			l.err(r.at, "", "reply can never match: line %d takes it", by.at.line)
		default:
			l.err(r.at, fmt.Sprintf("line %d takes it", by.at.line), "word `%s` is in two replies of this state", lost[0])
		}
	}
}

// takes lists what a reply matches exactly, as far as it can be listed.
func (l *loader) takes(r *reply) []string {
	var out []string
	for _, m := range r.matchers {
		switch m := m.(type) {
		case yesNo:
			for _, x := range l.flow.lexicons {
				words := x.yes
				if !m.want {
					words = x.no
				}
				for w := range words {
					out = append(out, w)
				}
			}
		case wordList:
			for _, p := range m.phrases {
				out = append(out, p.text)
			}
		case *choice:
			if m.from != nil {
				out = append(out, "<list>")
			}
			for _, o := range m.options {
				for _, p := range o.words {
					out = append(out, p.text)
				}
			}
		case anything:
			out = append(out, "<any>")
		default:
			out = append(out, fmt.Sprintf("<%p>", r))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (l *loader) checkMenu(s *state) {
	if s.choice == nil {
		return
	}
	if !s.say.hasMenu() {
		l.warn(s.at, "write {{menu}} where the options are to stand", "state `%s` has a choice, but no {{menu}} in its say", s.name)
	}
}

func (l *loader) checkTimers(s *state, timers []*timer) {
	for _, t := range timers {
		if t.after >= l.flow.Lifetime {
			l.err(t.at, "raise `lifetime`", "timeout after %s never fires: lifetime is %s", short(t.after), short(l.flow.Lifetime))
		}
		class := l.flow.Class
		if s != nil && s.class != 0 {
			class = s.class
		}
		if t.way != nil && t.way.to != nil && t.way.to.class != 0 {
			class = t.way.to.class
		}
		asks := t.way != nil && t.way.to != nil && t.way.to.say != nil && t.way.to.listens()
		if class == sms.Marketing && !t.open && (asks || t.way == nil && t.say != nil) {
			l.warn(t.at, "`hours: open`?", "the timer asks a marketing question, perhaps at night")
		}
	}
}

func short(d interface{ String() string }) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
