package dialogs

import "strings"

// Calling is a webhook whose answer a conversation waits for. Event leads on,
// with ":ok" or ":failed" after it.
type Calling struct {
	Key   string `json:"k"`
	Save  string `json:"s,omitempty"`
	Event string `json:"e"`
}

// webhook reads a call of another system. where is the place in the flow.
func (l *loader) webhook(a *action, n *node, where string) {
	if !l.keys(n, "`webhook`", "name", "send", "save", "ok", "failed", "note") {
		return
	}
	for _, k := range []string{"name", "ok", "failed"} {
		if n.get(k) == nil {
			l.err(a.at, "", "`webhook` wants `%s`", k)
			return
		}
	}
	a.name = l.name(n.get("name"), "a webhook", flowName)
	l.oneOfNames(n.get("name").pos, a.name, "webhook", l.env.Webhooks)
	if s := n.get("send"); s != nil {
		a.names = l.names(s, "a saved name", savedName)
	}
	if s := n.get("save"); s != nil {
		a.save = l.save(s, kindMap)
	}
	event := where + ".webhook"
	a.ok, a.failed = l.wayTo(n.get("ok"), event+":ok"), l.wayTo(n.get("failed"), event+":failed")
	if !strings.HasPrefix(where, "enter.") {
		l.err(a.at, "go to a state of its own whose `do` ends with it", "`webhook` belongs to the `do` of a state")
	}
}

// call writes the call and what to do with its answer.
func (t *turn) call(c *conv, a *action) {
	data := map[string]any{"name": a.name, "send": c.sent(a.names)}
	t.effect(c, a, data)
	key := t.res.Effects[len(t.res.Effects)-1].Key
	c.Calling = &Calling{Key: key, Save: a.save, Event: strings.TrimSuffix(a.ok.event, ":ok")}
}

// handleCalled goes on with the answer of a webhook. An answer that nobody
// waits for any more is dropped.
func (t *turn) handleCalled(in Called) {
	t.res.Rule = "webhook"
	for _, c := range t.convs {
		if c.ID != in.Talk || c.Calling == nil || c.Calling.Key != in.Key {
			continue
		}
		t.try(c, func() error {
			if err := t.open(c); err != nil {
				return err
			}
			if err := c.count(); err != nil {
				return err
			}
			return t.called(c, in)
		})
		return
	}
	t.res.Trace = append(t.res.Trace, "nobody waits for the answer of the webhook")
}

func (t *turn) called(c *conv, in Called) error {
	w := c.Calling
	c.Calling = nil
	if w.Save != "" {
		saved := map[string]any{"result": in.Result}
		for k, v := range in.Data {
			saved[k] = v
		}
		if err := t.save(c, w.Save, saved); err != nil {
			return err
		}
	}
	result := ":failed"
	if in.Result == "ok" {
		result = ":ok"
	}
	to, err := c.flow.fire(c.State, w.Event+result)
	if err != nil {
		return err
	}
	t.trace(c, w.Event+result)
	return t.enter(c, c.flow.byName[to])
}
