package dialogs

import (
	"fmt"
	"slices"
)

// do performs the actions of a list in order. A result that names a state
// leaves the list: what its asks took or gave is given back, and the state is
// entered.
func (t *turn) do(c *conv, actions []*action) (left bool, err error) {
	first := len(t.given)
	for _, a := range actions {
		if a.kind != actAsk {
			if err := t.act(c, a); err != nil {
				return false, err
			}
			continue
		}
		w, err := t.asks(c, a)
		if err != nil {
			return false, err
		}
		if w != nil {
			t.giveBack(c, first)
			t.trace(c, w.event)
			return true, t.move(c, w)
		}
	}
	return false, nil
}

func (t *turn) act(c *conv, a *action) error {
	switch a.kind {
	case actSet:
		return t.set(c, a)
	case actLanguage:
		c.setLanguage(a.name)
		t.writeContact(c, "language", a.name)
	case actTag, actUntag:
		names := make([]any, len(a.names))
		for i, n := range a.names {
			names[i] = n
		}
		t.effect(c, a, map[string]any{"tags": names})
	case actTrack:
		data := map[string]any{"event": a.name}
		for _, v := range a.values {
			x, err := t.eval(c, v.value)
			if err != nil {
				return err
			}
			data[v.name] = normal(x)
		}
		t.effect(c, a, data)
	case actNotify:
		return t.notify(c, a)
	case actCart:
		return t.cart(c, a)
	case actSubscribe, actUnsubscribe:
		program := a.name
		if program == "this" {
			program = c.Program
		}
		t.effect(c, a, map[string]any{"program": program})
	case actStart:
		return t.startOther(c, a)
	case actWebhook:
		t.call(c, a)
	}
	return nil
}

// set evaluates all expressions before it saves the first, so that their
// order does not matter.
func (t *turn) set(c *conv, a *action) error {
	values := make([]any, len(a.values))
	for i, v := range a.values {
		x, err := t.eval(c, v.value)
		if err != nil {
			return err
		}
		values[i] = x
	}
	for i, v := range a.values {
		if v.contact {
			t.writeContact(c, v.name, normal(values[i]))
			continue
		}
		if err := t.save(c, v.name, values[i]); err != nil {
			return err
		}
	}
	return nil
}

// written is a field of the contact that a conversation wrote.
type written struct {
	by    *conv
	field string
	value any
}

func (t *turn) writeContact(c *conv, field string, v any) {
	t.written = append(t.written, written{c, field, v})
	t.showContact(c)
}

// unwrite takes back what a conversation wrote to the contact.
func (t *turn) unwrite(c *conv) {
	t.written = slices.DeleteFunc(t.written, func(w written) bool { return w.by == c })
	t.showContact(c)
}

// showContact makes what was written the result, and what expressions read.
func (t *turn) showContact(c *conv) {
	t.res.Contact = nil
	for _, w := range t.written {
		if t.res.Contact == nil {
			t.res.Contact = map[string]any{}
		}
		t.res.Contact[w.field] = w.value
	}
	if c.env != nil {
		c.env["contact"] = t.contactVars()
	}
}

// notify tells a staff group, in the program's first language.
func (t *turn) notify(c *conv, a *action) error {
	own, theirs := c.Language, c.flow.Languages[0]
	for _, l := range c.program.Languages {
		if c.flow.language(l) >= 0 {
			theirs = l
			break
		}
	}
	c.setLanguage(theirs)
	s, err := t.rendered(c, a.say.in(c.lang))
	c.setLanguage(own)
	if err != nil {
		return err
	}
	if len(s) > maxText {
		return errText
	}
	data := map[string]any{"staff": a.name, "text": s, "language": theirs, "program": c.Program}
	if len(a.answers) > 0 {
		data["notice"], data["flow"], data["version"], data["events"] = a.notice, c.Flow, c.Version, a.events()
	}
	t.effect(c, a, data)
	return nil
}

// effect records a tell.
func (t *turn) effect(c *conv, a *action, data map[string]any) {
	t.effectOf(c, actionNames[a.kind], data)
}

// effectOf records a tell. Its key is the same in a replay.
func (t *turn) effectOf(c *conv, action string, data map[string]any) {
	c.serial++
	t.res.Effects = append(t.res.Effects, Effect{Action: action, Talk: c.ID, Key: fmt.Sprintf("%s.%d.%d", c.ID, c.Turns, c.serial), Data: data})
}
