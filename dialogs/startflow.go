package dialogs

import (
	"fmt"
	"time"
)

// startFlow reads `start`: N or {flow, to, inputs, at}.
func (l *loader) startFlow(a *action, n *node, s scope) {
	flow := n
	if n.kind != scalar {
		if !l.keys(n, "`start`", "flow", "to", "inputs", "at", "note") {
			return
		}
		if flow = n.get("flow"); flow == nil {
			l.err(a.at, "", "`start` wants `flow`")
			return
		}
		a.to, a.when = l.expr(n.get("to"), s, kindAny, "to"), l.expr(n.get("at"), s, kindDatetime, "at")
		if in := n.get("inputs"); in != nil && in.kind == dict {
			for _, p := range in.pairs {
				a.values = append(a.values, assignment{at: p.at, name: p.key, value: l.expr(p.value, s, kindAny, p.key)})
			}
		} else if in != nil {
			l.err(in.pos, "write {name: expression}", "`inputs` must be a map")
		}
	}
	a.name = l.name(flow, "a flow", flowName)
	l.needs(flow, a)
}

// needs checks the inputs that a `start` or `call` gives.
func (l *loader) needs(at *node, a *action) {
	sig := l.signature(at, a.name)
	if sig == nil {
		return
	}
	l.givesInputs(at.pos, a.name, sig, a.values)
}

// signature finds another flow, nil when nothing is known of it.
func (l *loader) signature(at *node, name string) *Signature {
	if l.env.Flow == nil || name == "" || name == l.flow.Name {
		return nil
	}
	sig := l.env.Flow(name)
	if sig == nil {
		l.err(at.pos, "", "no flow `%s` in this program", name)
	}
	return sig
}

// givesInputs checks what a flow is given. One that does not compile has no
// inputs to check against; it has problems of its own.
func (l *loader) givesInputs(at pos, flow string, sig *Signature, given []assignment) {
	if sig.Inputs == nil {
		return
	}
	has := map[string]bool{}
	for _, v := range given {
		has[v.name] = true
		if _, ok := sig.Inputs[v.name]; !ok {
			l.err(v.at, "", "flow `%s` has no input `%s`", flow, v.name)
		}
	}
	for _, name := range sig.Required {
		if !has[name] {
			l.err(at, "", "flow `%s` wants input `%s`", flow, name)
		}
	}
}

// startOther tells that a flow is to be started, here or on another phone.
func (t *turn) startOther(c *conv, a *action) error {
	inputs := map[string]any{}
	for _, v := range a.values {
		x, err := t.eval(c, v.value)
		if err != nil {
			return err
		}
		inputs[v.name] = normal(x)
	}
	data := map[string]any{"flow": a.name, "inputs": inputs, "to": t.f.Contact.MSISDN.String()}
	if a.to != nil {
		to, err := t.eval(c, a.to)
		if err != nil {
			return err
		}
		s, ok := to.(string)
		if !ok || s == "" {
			return fmt.Errorf("line %d: `to` wants a phone, `%s` gives %s", a.to.at.line, a.to.src, kindOfValue(to))
		}
		data["to"] = s
	}
	if a.when != nil {
		v, err := t.eval(c, a.when)
		if err != nil {
			return err
		}
		at, ok := v.(time.Time)
		if k, is := v.(Clock); is {
			at, ok = k.next(c.now), true
		}
		if !ok {
			return fmt.Errorf("line %d: `at` wants a datetime, `%s` gives %s", a.when.at.line, a.when.src, kindOfValue(v))
		}
		data["at"] = at.Format(time.RFC3339)
	}
	t.effect(c, a, data)
	return nil
}
