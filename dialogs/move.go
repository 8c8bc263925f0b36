package dialogs

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"
)

const maxMoves = 32

// apply carries out an entry that took the input: save, do, say, go. An
// option's `do` follows the entry's, its say and go replace the entry's.
func (t *turn) apply(c *conv, save string, value any, do []*action, say *text, w *way, o *option) error {
	if save != "" {
		if err := t.save(c, save, value); err != nil {
			return err
		}
	}
	if left, err := t.do(c, do); left || err != nil {
		return err
	}
	if o != nil {
		if left, err := t.do(c, o.do); left || err != nil {
			return err
		}
		if o.say != nil {
			say = o.say
		}
		if o.way != nil {
			w = o.way
		}
	}
	if err := t.say(c, say); err != nil {
		return err
	}
	return t.move(c, w)
}

func (t *turn) applyReply(c *conv, r *reply, m match) error {
	event := r.event
	if m.option != nil && m.option.event != "" { // the options of a list from an expression have none
		event = m.option.event
	}
	t.trace(c, event)
	if o := m.option; r.needsAnswer() || o != nil && (len(o.do) > 0 || o.say != nil) {
		t.name(c, "answer", m.value)
	}
	return t.apply(c, r.save, m.value, r.do, r.say, r.way, m.option)
}

// needsAnswer reports whether an expression may read `answer`.
func (r *reply) needsAnswer() bool {
	return r.cond != nil || len(r.do) > 0 || r.say != nil
}

func (t *turn) trace(c *conv, event string) {
	t.res.Trace = append(t.res.Trace, c.Flow+"/"+c.State+">"+event)
}

// move follows a way; nil stays.
func (t *turn) move(c *conv, w *way) error {
	if w == nil {
		return nil
	}
	switch w.kind {
	case wayAgain:
		return t.ask(c)
	case wayBack:
		return t.back(c)
	}
	to, err := c.flow.fire(c.State, w.event)
	if err != nil {
		return err
	}
	if outcome, ends := strings.CutPrefix(to, "end:"); ends {
		t.trace(c, to)
		return t.end(c, outcome)
	}
	return t.enter(c, c.flow.byName[to])
}

// enter is what happens on arrival in a state.
func (t *turn) enter(c *conv, s *state) error {
	if t.moves++; t.moves > maxMoves {
		return errors.New("more than 32 moves in one turn")
	}
	t.arrive(c, s)
	if left, err := t.do(c, s.do); left || err != nil {
		return err
	}
	if s.call != nil {
		return t.enterCall(c)
	}
	if s.waits && c.args != "" {
		if taken, err := t.answered(c); taken || err != nil {
			return err
		}
	}
	if !s.waits {
		return t.goOn(c)
	}
	if err := t.arm(c); err != nil {
		return err
	}
	if err := t.ask(c); err != nil {
		return err
	}
	if s.person != nil {
		t.handOff(c)
	}
	t.remember(c)
	return t.hearKept(c)
}

// enterCall is the rest of the arrival in a state that calls another flow.
func (t *turn) enterCall(c *conv) error {
	s, _, err := t.question(c)
	if err != nil {
		return err
	}
	if err := t.emit(c, s); err != nil {
		return err
	}
	if err := t.arm(c); err != nil {
		return err
	}
	return t.callFlow(c)
}

func (t *turn) arrive(c *conv, s *state) {
	if c.flow.reads["visits"] {
		visits := maps.Clone(c.Visits)
		if visits == nil {
			visits = map[string]int{}
		}
		visits[s.name]++
		c.Visits = visits
	}
	c.st, c.State = s, s.name
	c.Entry++
	c.Tries, c.Page, c.Silent, c.Asked, c.Calling, c.Agent = 0, 0, false, 0, nil, ""
	c.keepTimers(len(c.Frames))
	if c.env != nil {
		c.env["visits"], c.env["tries"] = c.Visits[s.name], 0
	}
}

// goOn leaves a state that does not wait.
func (t *turn) goOn(c *conv) error {
	s, _, err := t.question(c)
	if err != nil {
		return err
	}
	if err := t.emit(c, s); err != nil {
		return err
	}
	w := c.st.way
	switch {
	case len(c.st.branch) > 0:
		w, err = t.branch(c)
	case len(c.st.split) > 0:
		w = t.split(c)
	}
	if err != nil {
		return err
	}
	if w != c.st.way { // the only way of a state goes without saying
		t.trace(c, w.event)
	}
	return t.move(c, w)
}

func (t *turn) branch(c *conv) (*way, error) {
	for _, a := range c.st.branch {
		ok, err := t.holds(c, a.cond)
		if ok || err != nil {
			return a.way, err
		}
	}
	return nil, fmt.Errorf("no entry of `branch` in %s holds", c.State)
}

// split is sticky: the same phone gets the same arm in every conversation.
func (t *turn) split(c *conv) *way {
	if i, ok := t.f.splits[c.State]; ok && i >= 0 && i < len(c.st.split) {
		return c.st.split[i].way
	}
	total := 0
	for _, a := range c.st.split {
		total += a.share
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%d\x00%s\x00%s", t.f.Seed, t.f.Contact.MSISDN, c.Flow, c.State)
	// FNV mixes its low bits badly for short inputs: fold the high ones in.
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	at := int((x ^ x>>33) % uint64(total))
	for _, a := range c.st.split {
		if at -= a.share; at < 0 {
			return a.way
		}
	}
	return c.st.split[0].way
}

// answered lets the keyword's arguments answer the first waiting state.
func (t *turn) answered(c *conv) (bool, error) {
	h := t.hearing(c, c.args)
	c.args = ""
	for _, l := range []level{exact, loose, open} {
		r, m, err := t.find(c, h, l, c.st.replies)
		if err != nil {
			return false, err
		}
		if r != nil {
			t.remember(c)
			return true, t.applyReply(c, r, m)
		}
	}
	return false, nil
}

// remember keeps a question so that `back` can return to it.
func (t *turn) remember(c *conv) {
	if !c.st.asks() || !c.flow.goesBack && !slices.ContainsFunc(t.outer(c), func(f *Flow) bool { return f.goesBack }) {
		return
	}
	q := Question{State: c.State}
	if len(c.Frames) > 0 {
		q.Flow = c.Flow
	}
	past := append(slices.Clone(c.Past), q)
	if len(past) > maxPast {
		past = past[len(past)-maxPast:]
	}
	c.Past = past
}

// back returns to the question before the current one, with the values saved
// at that moment; without one the current question is repeated.
func (t *turn) back(c *conv) error {
	past := slices.Clone(c.Past)
	current := len(past) > 0 && past[len(past)-1].State == c.State && (past[len(past)-1].Flow == "" || past[len(past)-1].Flow == c.Flow)
	if current && len(past) == 1 || len(past) == 0 {
		return t.ask(c)
	}
	if current {
		if err := t.rewind(c, &past[len(past)-1]); err != nil {
			return err
		}
		past = past[:len(past)-1]
	}
	q := &past[len(past)-1]
	if err := t.rewind(c, q); err != nil {
		return err
	}
	q.Undo, q.Cart, q.In = nil, nil, nil
	s := c.flow.byName[q.State]
	if s == nil {
		return fmt.Errorf("`back` leads to %s, which is not there", q.State)
	}
	if t.moves++; t.moves > maxMoves {
		return errors.New("more than 32 moves in one turn")
	}
	c.Past = past
	t.trace(c, "back")
	t.arrive(c, s)
	if err := t.arm(c); err != nil {
		return err
	}
	return t.ask(c)
}

// arm sets the timers of the state entered.
func (t *turn) arm(c *conv) error {
	for i, x := range c.st.timers {
		if err := t.armOne(c, x, i, false, c.now); err != nil {
			return err
		}
	}
	for i, x := range c.flow.anywhere.timers {
		if err := t.armOne(c, x, i, true, c.now); err != nil {
			return err
		}
	}
	return nil
}

// armOne sets a timer; `after` counts from the arrival.
func (t *turn) armOne(c *conv, x *timer, i int, anywhere bool, arrived time.Time) error {
	due := arrived.Add(x.after)
	switch {
	case x.clock != nil:
		due = x.clock.next(c.now)
	case x.when != nil:
		v, err := t.eval(c, x.when)
		if err != nil {
			return err
		}
		switch v := v.(type) {
		case time.Time:
			due = v
		case Clock:
			due = v.next(c.now)
		default:
			return fmt.Errorf("line %d: `at` wants a datetime or a time, `%s` gives %s", x.when.at.line, x.when.src, kindOfValue(v))
		}
	}
	c.Timers = append(c.Timers, TimerAt{Index: i, Anywhere: anywhere, Due: At(due), Depth: len(c.Frames)})
	return nil
}

// finish ends the conversation.
func (t *turn) finish(c *conv, outcome, reason string) {
	if c.over {
		return
	}
	c.over = true
	t.convs = slices.DeleteFunc(t.convs, func(o *conv) bool { return o == c })
	t.res.Ended = append(t.res.Ended, Ended{ID: c.ID, Outcome: outcome, Reason: reason})
	t.res.finals = append(t.res.finals, c.Talk)
}

// undo takes back what the conversation said, did, was granted and wrote in
// this turn. What it saved stays: the `failed` state may tell of it.
func (t *turn) undo(c *conv) {
	t.giveBack(c, 0)
	t.res.Messages = slices.DeleteFunc(t.res.Messages, func(m Message) bool { return m.Talk == c.ID })
	t.res.Effects = slices.DeleteFunc(t.res.Effects, func(e Effect) bool { return e.Talk == c.ID })
	t.unwrite(c)
	if c.Language != c.spoke {
		c.setLanguage(c.spoke)
	}
}

// canFail leaves the conversation in the innermost flow that has a `failed`.
func (t *turn) canFail(c *conv) bool {
	if c.flow == nil || c.failing || c.State == "" || c.Turns > maxTurns {
		return false
	}
	for c.flow.failed == nil && len(c.Frames) > 0 {
		if t.leave(c, len(c.Frames)-1) != nil {
			return false
		}
	}
	return c.flow.failed != nil
}

// fail is what becomes of an error: all that the conversation did in this turn
// is undone, then it goes to the flow's `failed` state, once, or ends.
func (t *turn) fail(c *conv, cause error) {
	if errors.Is(cause, errAsk) {
		return
	}
	if c.over {
		t.res.Trace = append(t.res.Trace, c.Flow+": "+cause.Error())
		return
	}
	t.undo(c)
	t.res.Trace = append(t.res.Trace, c.Flow+"/"+c.State+">failed: "+cause.Error())
	t.moves, t.sent, c.args = 0, len(t.res.Messages), ""
	if t.canFail(c) {
		c.failing = true
		if _, err := c.flow.fire(c.State, "failed"); err == nil {
			if err := t.enter(c, c.flow.failed); err != nil {
				t.fail(c, err)
			}
			return
		}
	}
	t.finish(c, "failed", cause.Error())
	t.res.Messages = append(t.res.Messages, Message{Standard: "sorry", Language: c.Language, Class: t.standardClass(c), Talk: c.ID, Program: c.Program})
}
