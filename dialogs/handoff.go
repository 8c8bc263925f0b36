package dialogs

import (
	"fmt"
	"time"

	"repartee/sms"
)

// person is a `handoff`: somebody of a group answers.
type person struct {
	at     pos
	group  string
	within time.Duration
	done   *way // nil: the last question again
	away   *way // nil: the flow's `failed`
}

// defaultWithin is how long a person is waited for.
const defaultWithin = 15 * time.Minute

// awayTimer is the index of the timer that ends the wait for a person.
const awayTimer = -2

// The events by which a hand-off ends.
const (
	eventDone = "handoff.done"
	eventAway = "handoff.away"
)

func (l *loader) handoff(n *node, s *state) *person {
	p := &person{at: n.pos, within: defaultWithin}
	group := n
	if n.kind != scalar {
		if !l.keys(n, "`handoff`", "group", "within", "done", "away", "note") {
			return p
		}
		if group = n.get("group"); group == nil {
			l.err(n.pos, "", "`handoff` wants `group`")
			return p
		}
		if w := n.get("within"); w != nil {
			p.within = l.duration(w, "within")
		}
		p.done, p.away = l.wayTo(n.get("done"), "handoff:done"), l.wayTo(n.get("away"), "handoff:away")
	}
	p.group = l.name(group, "a staff group", flowName)
	l.oneOfNames(group.pos, p.group, "staff group", l.env.Staff)
	if len(s.replies) > 0 || s.els != nil {
		l.err(s.at, "texts go to the person", "state `%s` has a `handoff` and replies", s.name)
	}
	return p
}

// wayTo is a way to a state that a key names.
func (l *loader) wayTo(n *node, event string) *way {
	if n == nil {
		return nil
	}
	w := &way{at: n.pos, name: l.value(n, event), event: event}
	l.ways = append(l.ways, w)
	return w
}

func (p *person) ways() []*way {
	var out []*way
	for _, w := range []*way{p.done, p.away} {
		if w != nil {
			out = append(out, w)
		}
	}
	return out
}

// returns reports whether the state may lead back to an earlier question: the
// end of a hand-off does, and so may a flow that is called.
func (s *state) returns() bool { return s.call != nil || s.person != nil && s.person.done == nil }

// handOff calls for a person.
func (t *turn) handOff(c *conv) {
	p := c.st.person
	c.Agent = ""
	c.Timers = append(c.Timers, TimerAt{Index: awayTimer, Due: At(c.now.Add(p.within)), Depth: len(c.Frames)})
	t.effectOf(c, "handoff", map[string]any{"group": p.group, "within": int(p.within / time.Second)})
}

// forward hands a text to the person.
func (t *turn) forward(c *conv) {
	t.try(c, func() error {
		if err := c.count(); err != nil {
			return err
		}
		t.effectOf(c, "forward", map[string]any{"group": c.st.person.group, "text": t.text})
		return nil
	})
}

// handlePerson sends what a person wrote. The first one takes the conversation.
// The text is transactional: the phone asked for the person.
func (t *turn) handlePerson(in Person) {
	t.res.Rule = "person"
	for _, c := range t.convs {
		if c.ID != in.Talk {
			continue
		}
		t.try(c, func() error {
			if err := t.open(c); err != nil {
				return err
			}
			if c.st.person == nil {
				t.res.Trace = append(t.res.Trace, c.Flow+"/"+c.State+": no person is wanted any more")
				return nil
			}
			if err := c.count(); err != nil {
				return err
			}
			c.Agent = in.By
			c.dropTimer(awayTimer)
			c.Asked = At(t.f.Now)
			t.front(c)
			if err := t.emit(c, in.Text); err != nil {
				return err
			}
			t.res.Messages[len(t.res.Messages)-1].Class = sms.Transactional
			return nil
		})
		return
	}
	t.res.Trace = append(t.res.Trace, "the conversation is over")
}

func (c *conv) dropTimer(index int) {
	for i, x := range c.Timers {
		if x.Index == index {
			c.Timers = without(c.Timers, i)
			return
		}
	}
}

// handBack ends a hand-off by one of its events; false for another event.
func (t *turn) handBack(c *conv, event string) (bool, error) {
	p := c.st.person
	if p == nil {
		return false, nil
	}
	var w *way
	switch event {
	case eventDone:
		if w = p.done; w == nil {
			return true, t.lastQuestion(c)
		}
	case eventAway:
		if w = p.away; w == nil {
			return true, fmt.Errorf("nobody of %s took the conversation within %s", p.group, p.within)
		}
	default:
		return false, nil
	}
	t.trace(c, w.event)
	return true, t.move(c, w)
}

// lastQuestion asks the newest question once more; nothing that was saved since
// is undone.
func (t *turn) lastQuestion(c *conv) error {
	n := len(c.Past)
	if n == 0 {
		return fmt.Errorf("%s has no question to return to: name a state with `done`", c.State)
	}
	if in := c.Past[n-1].In; in != nil {
		if err := t.rewind(c, &c.Past[n-1]); err != nil {
			return err
		}
	}
	s := c.flow.byName[c.Past[n-1].State]
	if s == nil {
		return fmt.Errorf("the question %s is not there", c.Past[n-1].State)
	}
	t.trace(c, "handoff:done")
	t.arrive(c, s)
	if err := t.arm(c); err != nil {
		return err
	}
	return t.ask(c)
}
