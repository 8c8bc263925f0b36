package dialogs

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"repartee/sms"
)

// Windows of the rules about several conversations of one phone.
const (
	resumeWithin = time.Hour        // a suspended question is repeated if it is not older
	quietAfter   = 15 * time.Minute // a marketing reminder waits while another conversation moves
)

// turn is one step at work.
type turn struct {
	f      *Facts
	res    Result
	convs  []*conv // open ones, front first
	text   string
	isText bool
	moves  int
	sent   int
	// answers are those to the asks of earlier runs of this turn, given what
	// became of the ones used in this run.
	answers []Answer
	given   []given
	written []written
}

// Step decides one turn: what the input does to the phone's conversations.
// When the result has an Ask, answer it and call Step again with the same
// facts and input and the answers so far.
func Step(f Facts, in Input, answers ...Answer) Result {
	t := &turn{f: &f, answers: answers}
	t.res.Language = f.Language
	store := make([]conv, len(f.Talks))
	t.convs = make([]*conv, len(f.Talks), len(f.Talks)+1)
	for i := range f.Talks {
		store[i].Talk, store[i].spoke = f.Talks[i], f.Talks[i].Language
		t.convs[i] = &store[i]
	}
	slices.SortStableFunc(t.convs, byListening)
	switch in := in.(type) {
	case Text:
		t.isText, t.text = true, string(in)
		t.handleText()
	case Timer:
		t.handleTimers()
	case Start:
		t.handleStart(in)
	case Event:
		t.handleEvent(in)
	case Person:
		t.handlePerson(in)
	case Called:
		t.handleCalled(in)
	case Published:
		t.handlePublished(in)
	}
	if t.res.Ask != nil {
		return Result{Ask: t.res.Ask}
	}
	return t.result()
}

// byListening puts the conversations that listen first, the newest question
// before older ones.
func byListening(a, b *conv) int { return cmp.Compare(b.Asked, a.Asked) }

func (t *turn) result() Result {
	slices.SortStableFunc(t.convs, byListening)
	if len(t.convs) > 0 {
		t.res.Talks = make([]Talk, len(t.convs))
	}
	for i, c := range t.convs {
		t.res.Talks[i] = c.Talk
	}
	t.res.Wake = earliest(t.res.Talks)
	return t.res
}

// earliest is the first deadline of all conversations, zero for none.
func earliest(talks []Talk) (wake time.Time) {
	for i := range talks {
		if d := talks[i].Deadline(); wake.IsZero() || d.Before(wake) {
			wake = d
		}
	}
	return wake
}

// try runs what a conversation does and turns an error into its failure.
func (t *turn) try(c *conv, run func() error) {
	if err := run(); err != nil {
		t.fail(c, err)
	}
	t.acted(c)
}

// acted notes that the conversation moved, and what the phone now speaks.
func (t *turn) acted(c *conv) {
	if !c.over {
		c.Moved = At(t.f.Now)
	}
	if c.Language != "" && c.flow != nil {
		t.res.Language = c.Language
	}
}

// count bounds the life of a conversation by its number of inputs.
func (c *conv) count() error {
	if c.Turns++; c.Turns > maxTurns {
		return fmt.Errorf("more than %d turns in one conversation", maxTurns)
	}
	return nil
}

func (t *turn) standardClass(c *conv) sms.Class {
	switch {
	case t.isText:
		return sms.Reply
	case c.flow != nil:
		return c.flow.Class
	}
	return sms.Transactional
}

// listening are the open conversations that a text may reach, front first.
// One whose flow is not there fails and is left out.
func (t *turn) listening() []*conv {
	var out []*conv
	for _, c := range slices.Clone(t.convs) {
		if !c.Listening() {
			continue
		}
		if err := t.open(c); err != nil {
			t.fail(c, err)
			continue
		}
		out = append(out, c)
	}
	return out
}

// handleText goes down the list of precedence. The taker is the conversation
// that the text belonged to.
func (t *turn) handleText() {
	t.expire()
	if t.staff() {
		t.res.Rule = "task"
		return
	}
	list := t.listening()
	var front *conv
	if len(list) > 0 {
		front = list[0]
	}
	if front != nil && front.st.person != nil {
		t.res.Rule = "person"
		t.forward(front)
		return
	}
	taker, rule := t.route(front, list)
	t.res.Rule = rule
	if rule == "unknown" {
		if len(t.res.Messages) > 0 {
			return // a conversation has just failed and said so
		}
		if t.fallback(list) {
			return
		}
		t.res.Messages = append(t.res.Messages, Message{Standard: "unknown", Language: t.threadLanguage(front), Class: sms.Reply, Program: t.f.Program.Name})
		return
	}
	if taker != nil && (taker.over || !taker.Listening()) {
		t.resume(taker)
	}
}

// fallback starts the code's flow for texts that nothing understands. While
// one of its conversations listens, it has had its chance.
func (t *turn) fallback(listening []*conv) bool {
	name := t.f.Fallback
	if name == "" || t.f.Flow(name, 0) == nil || slices.ContainsFunc(listening, func(c *conv) bool { return c.Flow == name && !c.over }) {
		return false
	}
	t.res.Rule = "fallback"
	c := t.begin(beginning{flow: name, program: t.f.Program.Name, by: "fallback", args: t.text})
	if c != nil && (c.over || !c.Listening()) {
		t.resume(c)
	}
	return true
}

func (t *turn) threadLanguage(front *conv) string {
	if front != nil {
		return front.Language
	}
	for _, l := range []string{t.f.Contact.Language, t.f.Language} {
		if l != "" {
			return l
		}
	}
	if len(t.f.Program.Languages) > 0 {
		return t.f.Program.Languages[0]
	}
	return ""
}

// route is the list of precedence: who takes the text, and by which rule.
func (t *turn) route(front *conv, list []*conv) (taker *conv, rule string) {
	if front == nil {
		if t.f.Route != nil && t.f.Route.Flow != "" {
			return t.keyword(nil, list), keywordRule(t.f.Route)
		}
		return nil, "unknown"
	}
	h := t.hearing(front, t.text)
	ignore := front.keywordRule() == keywordIgnore
	route := t.f.Route
	if route != nil && (route.Flow == "" || ignore) {
		route = nil
	}
	if t.take(front, h, exact) {
		return front, "front"
	}
	if !ignore && !front.st.hasAny {
		for _, c := range list[1:] {
			if t.takeOlder(c) {
				return c, "older"
			}
		}
	}
	if route != nil && !route.Typo && (!front.st.hasAny || route.Alone) {
		return t.keyword(front, list), "keyword"
	}
	if t.take(front, h, loose) {
		return front, "loose"
	}
	if route != nil && route.Typo && (!front.st.hasAny || route.Alone) {
		return t.keyword(front, list), "keyword-typo"
	}
	if t.take(front, h, open) {
		return front, "any"
	}
	if t.unmatched(front, h) {
		return front, "else"
	}
	return nil, "unknown"
}

func keywordRule(r *Route) string {
	if r.Typo {
		return "keyword-typo"
	}
	return "keyword"
}

func (c *conv) keywordRule() onKeyword {
	if c.st != nil && c.st.onKeyword != keywordInherit {
		return c.st.onKeyword
	}
	return c.flow.onKeyword
}

func (t *turn) hearing(c *conv, text string) *hearing {
	h := &hearing{c: c, langs: c.flow.hearing[c.lang], failed: new(error)}
	h.said = hear(text, h.langs)
	var listed []*option // a state has one choice: its list is made once
	h.menu = func(m *choice) []*option {
		if listed != nil {
			return listed
		}
		options, err := t.options(c, m)
		h.note(err)
		if m.from != nil {
			listed = spell(options, h.langs)
		}
		return options
	}
	h.bound = func(e *expression) any {
		v, err := t.eval(c, e)
		h.note(err)
		return v
	}
	return h
}

// take gives the text to the conversation at one level: its state's replies,
// the words that turn the menu's page, then `anywhere`.
func (t *turn) take(c *conv, h *hearing, l level) (taken bool) {
	run := func() error {
		r, m, err := t.find(c, h, l, c.st.replies, c.flow.anywhere.replies)
		if err != nil {
			taken = true
			return err
		}
		if r == nil {
			if l == exact {
				taken, err = t.more(c, h)
			}
			if !taken && err == nil {
				taken, err = t.takeOutside(c, l)
			}
			return err
		}
		taken = true
		if err := c.count(); err != nil {
			return err
		}
		return t.applyReply(c, r, m)
	}
	if err := run(); err != nil {
		taken = true
		t.fail(c, err)
	}
	if taken {
		t.acted(c)
	}
	return taken
}

// takeOutside lets the `anywhere` of the flows that wait for the one at work
// have the text, the nearest first.
func (t *turn) takeOutside(c *conv, l level) (bool, error) {
	for depth := len(c.Frames) - 1; depth >= 0; depth-- {
		var found *reply
		var with match
		err := t.outside(c, depth, func() (err error) {
			found, with, err = t.find(c, t.hearing(c, t.text), l, c.flow.anywhere.replies)
			return err
		})
		if err != nil {
			return true, err
		}
		if found == nil {
			continue
		}
		if err := c.count(); err != nil {
			return true, err
		}
		t.trace(c, found.event)
		return true, t.applyAt(c, depth, "answer", with.value, found.save, found.do, found.say, found.way)
	}
	return false, nil
}

// takeOlder lets an older question have an exact yes, no, word or label.
func (t *turn) takeOlder(c *conv) (taken bool) {
	h := t.hearing(c, t.text)
	h.older = true
	r, m, err := t.find(c, h, exact, c.st.replies)
	if r == nil && err == nil {
		return false
	}
	t.try(c, func() error {
		if err != nil {
			return err
		}
		if err := c.count(); err != nil {
			return err
		}
		return t.applyReply(c, r, m)
	})
	return true
}

// find looks for the reply that matches at a level. At the loose level two
// different entries are no match.
func (t *turn) find(c *conv, h *hearing, l level, lists ...[]*reply) (*reply, match, error) {
	var found *reply
	var with match
	for _, list := range lists {
		for _, r := range list {
			m, ok := r.matches(h, l)
			if *h.failed != nil {
				return nil, match{}, *h.failed
			}
			if !ok {
				continue
			}
			if r.cond != nil {
				t.name(c, "answer", m.value)
				if ok, err := t.holds(c, r.cond); err != nil {
					return nil, match{}, err
				} else if !ok {
					continue
				}
			}
			if l != loose {
				return r, m, nil
			}
			if found != nil {
				return nil, match{}, nil
			}
			found, with = r, m
		}
	}
	return found, with, nil
}

func (r *reply) matches(h *hearing, l level) (match, bool) {
	for _, m := range r.matchers {
		if found, ok := m.match(h, l); ok {
			return found, true
		}
	}
	return match{}, false
}

// unmatched is `else`: the state's, else the one of `anywhere`, else the
// question again three times. It reports false when the text is left to the
// code's unknown answer.
func (t *turn) unmatched(c *conv, h *hearing) bool {
	rule, depth := t.elseOf(c)
	if rule == nil && c.st.say == nil {
		return false
	}
	t.try(c, func() error {
		if err := c.count(); err != nil {
			return err
		}
		c.Tries++
		if c.env != nil {
			c.env["tries"] = c.Tries
		}
		return t.retry(c, rule, depth, h)
	})
	return true
}

// elseOf is the `else` for a text that nothing took, and the depth of its
// frame: the state's, its flow's `anywhere`, or one of those that wait.
func (t *turn) elseOf(c *conv) (*elseRule, int) {
	if c.st.els != nil {
		return c.st.els, len(c.Frames)
	}
	for i, f := range append([]*Flow{c.flow}, t.outer(c)...) {
		if f.anywhere.els != nil {
			return f.anywhere.els, len(c.Frames) - i
		}
	}
	return nil, 0
}

// retry answers a text that nothing took, or goes on after too many.
func (t *turn) retry(c *conv, rule *elseRule, depth int, h *hearing) error {
	tries := defaultTries
	if rule != nil {
		tries = rule.tries
	}
	if rule != nil && rule.way != nil && c.Tries >= tries {
		t.trace(c, rule.event)
		return t.applyAt(c, depth, "", nil, "", nil, nil, rule.way)
	}
	t.trace(c, "unknown")
	switch {
	case c.Tries > tries:
		if !c.Silent {
			c.Silent = true
			t.res.Effects = append(t.res.Effects, Effect{Action: "review", Talk: c.ID, Key: fmt.Sprintf("%s.%d.review", c.ID, c.Turns)})
		}
		return nil
	case rule == nil || rule.say == nil:
		return t.ask(c)
	}
	return t.applyAt(c, depth, "unknown", h.notUnderstood(c.st.replies), "", nil, rule.say, nil)
}

// resume repeats the question of the conversation that is now the front, if it
// is a question: one that waits for a person or for a webhook only goes on
// waiting.
func (t *turn) resume(after *conv) {
	for _, c := range slices.Clone(t.convs) {
		if c == after || !c.Listening() || t.f.Now.Sub(c.Asked.Time()) >= resumeWithin {
			continue
		}
		if err := t.open(c); err != nil {
			t.fail(c, err)
			continue
		}
		if c.st.asks() && c.Calling == nil {
			t.try(c, func() error { return t.ask(c) })
		}
		return
	}
}

// expire ends what has outlived its lifetime, silently.
func (t *turn) expire() {
	for _, c := range slices.Clone(t.convs) {
		if c.Expires != 0 && !c.Expires.Time().After(t.f.Now) {
			t.finish(c, "expired", "")
		}
	}
}
