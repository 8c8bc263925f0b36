package dialogs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// fromList reads a choice whose options are the elements of a list. A list
// that is missing shows nothing.
func (l *loader) fromList(m *choice, n, show *node) *choice {
	m.from = l.expr(n, scope{prints: true}, kindList, "choice")
	m.show = l.say(show, scope{it: true}, false)
	return m
}

// cartChange is what a `cart` does.
type cartChange struct {
	how   cartVerb
	value *expression
}

type cartVerb uint8

const (
	cartAdd cartVerb = iota
	cartRemove
	cartOption
	cartClear
)

var cartVerbs = []string{"add", "remove", "option", "clear"}

func (l *loader) cart(a *action, n *node, s scope) {
	if !l.keys(n, "`cart`", append([]string{"note"}, cartVerbs...)...) {
		return
	}
	done := 0
	for _, p := range n.pairs {
		i := slices.Index(cartVerbs, p.key)
		if i < 0 {
			continue
		}
		done++
		a.cart.how = cartVerb(i)
		if a.cart.how == cartClear {
			if l.value(p.value, "clear") != "true" {
				l.err(p.value.pos, "write clear: true", "`clear` wants true")
			}
			continue
		}
		a.cart.value = l.expr(p.value, s, kindAny, p.key)
		if a.cart.how != cartOption {
			l.named = append(l.named, a.cart.value)
		}
	}
	if done != 1 {
		l.err(a.at, "one action per change", "`cart` wants one of %s", strings.Join(cartVerbs, ", "))
	}
}

// loaded reads `cart: {load: usual|last, none: STATE}`: what an earlier order
// held is asked of the transaction.
func (l *loader) loaded(p pair, where string) *action {
	if !l.keys(p.value, "`cart` with `load`", "note", "load", "none", "failed") {
		return nil
	}
	a := &action{at: p.at, kind: actAsk, ask: &asking{spec: &loadSpec, ways: map[string]*way{}}}
	which := p.value.get("load")
	oneOf(l, which, "load", map[string]bool{"usual": true, "last": true})
	a.ask.names = map[string]string{"which": l.value(which, "load")}
	l.askRest(a, p.value, where)
	return a
}

// cart changes the cart.
func (t *turn) cart(c *conv, a *action) error {
	if a.cart.how == cartClear {
		return c.setCart(nil)
	}
	v, err := t.eval(c, a.cart.value)
	if err != nil {
		return err
	}
	switch a.cart.how {
	case cartAdd:
		return c.addToCart(v)
	case cartRemove:
		return c.removeFromCart(v)
	}
	return c.chooseInCart(v)
}

// checkItems finds items that are named in an expression and that the
// catalogue does not have.
func (l *loader) checkItems() {
	if l.env.Items == nil {
		return
	}
	for _, e := range l.named {
		if e == nil || e.prog == nil {
			continue
		}
		name, ok := e.prog.Node().(*ast.StringNode)
		if !ok || slices.Contains(l.env.Items, name.Value) {
			continue
		}
		hint := ""
		if near := nearest(name.Value, l.env.Items); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		l.err(e.at, hint, "no item `%s` in the catalogue", name.Value)
	}
}
