package dialogs

import (
	"errors"
	"fmt"
	"slices"
)

// maxAsks bounds what one turn may ask.
const maxAsks = 8

// errAsk stops a turn at an ask that has no answer yet. It is no failure: the
// turn is run again from its start when the answer is there.
var errAsk = errors.New("the transaction is asked first")

// given is what became of an ask that was answered: by which conversation, and
// whether something was taken or given that can be given back.
type given struct {
	by *conv
	ok bool
}

// inquire returns the answer to an ask, or errAsk.
func (t *turn) inquire(c *conv, action string, data map[string]any) (Answer, error) {
	if t.res.Ask != nil {
		return Answer{}, errAsk
	}
	i := len(t.given)
	if i == maxAsks {
		return Answer{}, fmt.Errorf("more than %d asks in one turn", maxAsks)
	}
	if i == len(t.answers) {
		t.res.Ask = &Ask{Action: action, Talk: c.ID, Program: c.Program, Place: c.Place, Language: c.Language, Data: data}
		return Answer{}, errAsk
	}
	a := t.answers[i]
	t.given = append(t.given, given{c, a.Result == "ok"})
	return a, nil
}

// giveBack releases what the conversation was given since the ask number
// `from`.
func (t *turn) giveBack(c *conv, from int) {
	for i := from; i < len(t.given); i++ {
		if g := &t.given[i]; g.by == c && g.ok {
			t.res.Released = append(t.res.Released, i)
			g.ok = false
		}
	}
}

// asks carries out an action that the transaction answers. A failing result
// gives the way to the state that handles it.
func (t *turn) asks(c *conv, a *action) (*way, error) {
	data, err := t.askData(c, a)
	if err != nil {
		return nil, err
	}
	answer, err := t.inquire(c, a.ask.spec.action, data)
	if err != nil {
		return nil, err
	}
	if a.ask.save != "" {
		if err := t.save(c, a.ask.save, a.ask.spec.saved(answer)); err != nil {
			return nil, err
		}
	}
	if answer.Result == "ok" {
		if a.ask.spec.action == "load" {
			return nil, c.loadCart(answer.Data["lines"])
		}
		return nil, nil
	}
	if w := a.ask.ways[answer.Result]; w != nil {
		return w, nil
	}
	if w := a.ask.ways["failed"]; w != nil {
		return w, nil
	}
	return nil, fmt.Errorf("line %d: `%s` came back %s", a.at.line, a.ask.spec.action, answer.Result)
}

// askData is what the ask says: its names and the values of its expressions.
func (t *turn) askData(c *conv, a *action) (map[string]any, error) {
	data := make(map[string]any, len(a.ask.names)+len(a.values)+2)
	for k, v := range a.ask.names {
		data[k] = v
	}
	if a.ask.limit > 0 {
		data["limit"] = a.ask.limit
	}
	for _, v := range a.values {
		x, err := t.eval(c, v.value)
		if err != nil {
			return nil, err
		}
		if x != nil {
			data[v.name] = normal(x)
		}
	}
	if len(a.ask.send) > 0 {
		data["send"] = c.sent(a.ask.send)
	}
	if a.ask.spec.action == "order" {
		data["lines"], data["total"] = c.lineValues(c.Cart), c.cartTotal()
	}
	return data, nil
}

// sent are saved values and inputs by their names.
func (c *conv) sent(names []string) map[string]any {
	out := make(map[string]any, len(names))
	for _, n := range names {
		out[n] = c.value(n)
	}
	return out
}

// value is what a saved name or an input holds.
func (c *conv) value(name string) any {
	if v, ok := c.Saved[name]; ok {
		return v
	}
	return c.Inputs[name]
}

// saved is what `save` keeps: a list as it is, anything else with its result.
func (s *askSpec) saved(a Answer) any {
	if s.list {
		return several(a.Data["list"])
	}
	m := make(map[string]any, len(a.Data)+1)
	for k, v := range a.Data {
		m[k] = v
	}
	m["result"] = a.Result
	return m
}

// loadCart adds the lines of an earlier order, without what is no longer sold.
func (c *conv) loadCart(lines any) error {
	sold := slices.DeleteFunc(slices.Clone(several(lines)), func(x any) bool { return c.itemOf(x) == nil })
	return c.addToCart(sold)
}
