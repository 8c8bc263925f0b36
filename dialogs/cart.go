package dialogs

import (
	"fmt"
	"maps"
	"slices"
)

// The limits of a cart.
const (
	maxLines    = 50
	maxQuantity = 99
)

// Line is one line of a cart: an item as it was chosen, at the price that the
// phone was shown.
type Line struct {
	Item     string `json:"i"`
	Quantity int    `json:"n"`
	// Choices holds what was chosen, by option.
	Choices map[string]string `json:"o,omitempty"`
	// Cents is the price of one, with the surcharges of its choices.
	Cents int64 `json:"p"`
}

// Cart is what a cart held at an earlier question.
type Cart struct {
	Lines []Line `json:"l,omitempty"`
}

// cart is the cart when the question was asked, given the one of later.
func (q *Question) cart(later []Line) []Line {
	if q.Cart == nil {
		return later
	}
	return q.Cart.Lines
}

// setCart replaces the lines and notes what they were when the newest question
// was asked. Equal lines become one.
func (c *conv) setCart(lines []Line) error {
	lines, err := merged(lines)
	if err != nil {
		return err
	}
	if n := len(c.Past); n > 0 && c.Past[n-1].Cart == nil {
		c.Past = slices.Clone(c.Past)
		c.Past[n-1].Cart = &Cart{c.Cart}
	}
	c.Cart = lines
	c.showCart()
	return nil
}

// showCart gives the expressions of this turn the cart as it is now.
func (c *conv) showCart() {
	if _, read := c.env["cart"]; read {
		c.env["cart"] = cartVars(c)
	}
}

func merged(lines []Line) ([]Line, error) {
	var out []Line
	for _, x := range lines {
		i := slices.IndexFunc(out, x.same)
		if i < 0 {
			out = append(out, x)
			i = len(out) - 1
		} else {
			out[i].Quantity += x.Quantity
		}
		if out[i].Quantity > maxQuantity {
			return nil, fmt.Errorf("more than %d of %s in a cart", maxQuantity, x.Item)
		}
	}
	if len(out) > maxLines {
		return nil, fmt.Errorf("more than %d lines in a cart", maxLines)
	}
	return out, nil
}

func (x Line) same(o Line) bool {
	return x.Item == o.Item && x.Cents == o.Cents && maps.Equal(x.Choices, o.Choices)
}

// addToCart adds lines, an item or its name.
func (c *conv) addToCart(v any) error {
	lines := slices.Clone(c.Cart)
	for _, x := range several(v) {
		line, ok := c.lineOf(x)
		if !ok {
			return fmt.Errorf("%s is not in the catalogue", c.speak().print(x))
		}
		lines = append(lines, line)
	}
	return c.setCart(lines)
}

// several is a list as it is, and anything else but nil as a list of it.
func several(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// lineOf reads a line of an answer, of a cart or of an earlier order, an
// element of the catalogue or a name: all but the line mean one of the item.
func (c *conv) lineOf(v any) (Line, bool) {
	it := c.itemOf(v)
	if it == nil {
		return Line{}, false
	}
	line := Line{Item: it.Name, Quantity: 1, Cents: it.Price.Cents}
	m, _ := v.(map[string]any)
	if n, ok := m["quantity"].(int); ok {
		line.Quantity = max(1, n)
	}
	chosen, _ := m["chosen"].(map[string]any)
	for i := range it.Options {
		if ch := it.Options[i].choiceOf(chosen[it.Options[i].Name]); ch != nil {
			line.choose(&it.Options[i], ch)
		}
	}
	return line, true
}

func (x *Line) choose(o *ItemOption, ch *ItemChoice) {
	choices := maps.Clone(x.Choices)
	if choices == nil {
		choices = map[string]string{}
	}
	choices[o.Name] = ch.Name
	x.Choices = choices
	x.Cents += ch.Price.Cents
}

// removeFromCart takes out lines or an item, whatever its choices unless they
// are named: as many as a line counts, else all.
func (c *conv) removeFromCart(v any) error {
	lines := slices.Clone(c.Cart)
	for _, x := range several(v) {
		gone, ok := c.lineOf(x)
		if !ok {
			continue // what is not in the catalogue can be in no cart
		}
		m, _ := x.(map[string]any)
		counted, _ := m["counted"].(bool)
		left := gone.Quantity
		for i := range lines {
			if lines[i].Item != gone.Item || !holdsAll(lines[i].Choices, gone.Choices) {
				continue
			}
			n := lines[i].Quantity
			if counted {
				n = min(n, left)
			}
			lines[i].Quantity -= n
			left -= n
		}
	}
	return c.setCart(slices.DeleteFunc(lines, func(x Line) bool { return x.Quantity == 0 }))
}

func holdsAll(have, want map[string]string) bool {
	for option, choice := range want {
		if have[option] != choice {
			return false
		}
	}
	return true
}

// openLine is the first line that lacks an option, and that option.
func (c *conv) openLine() (int, *Item, *ItemOption) {
	for i, x := range c.Cart {
		it := c.itemOf(x.Item)
		if it == nil {
			continue
		}
		for j := range it.Options {
			if o := &it.Options[j]; x.Choices[o.Name] == "" && len(o.Choices) > 0 {
				return i, it, o
			}
		}
	}
	return -1, nil, nil
}

// chooseInCart settles the option that is open.
func (c *conv) chooseInCart(v any) error {
	i, it, o := c.openLine()
	if o == nil {
		return fmt.Errorf("no line of the cart lacks an option")
	}
	ch := o.choiceOf(v)
	if ch == nil {
		return fmt.Errorf("%s is no choice of %s of %s", c.speak().print(v), o.Name, it.Name)
	}
	lines := slices.Clone(c.Cart)
	lines[i].choose(o, ch)
	return c.setCart(lines)
}
