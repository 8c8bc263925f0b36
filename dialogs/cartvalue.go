package dialogs

import (
	"strconv"
	"strings"
)

// cartValue is `cart` in expressions; a text prints it one line per item.
type cartValue map[string]any

func cartVars(c *conv) any {
	count := 0
	for _, x := range c.Cart {
		count += x.Quantity
	}
	v := cartValue{"lines": c.lineValues(c.Cart), "count": count, "total": c.cartTotal(), "open": nil}
	if _, it, o := c.openLine(); o != nil {
		v["open"] = map[string]any{"name": inLanguage(it.Names, c.Language, it.Name), "option": o.title(c.Language), "choices": c.choiceValues(o)}
	}
	return v
}

func (c *conv) cartTotal() Money {
	total := c.inCurrency(Money{})
	for _, x := range c.Cart {
		total.Cents += int64(x.Quantity) * x.Cents
	}
	return total
}

func (c *conv) lineValues(lines []Line) []any {
	out := make([]any, len(lines))
	for i, x := range lines {
		out[i] = c.lineValue(x, true)
	}
	return out
}

// lineValue is a line as expressions, asks and earlier orders have it: names in
// the conversation's language, `item` and `chosen` in the catalogue's own.
// `counted` says that its quantity is meant, and not just one of several.
func (c *conv) lineValue(x Line, counted bool) map[string]any {
	name, chosen, choices := x.Item, map[string]any{}, []any{}
	if it := c.itemOf(x.Item); it != nil {
		name = inLanguage(it.Names, c.Language, it.Name)
		for i := range it.Options {
			o := &it.Options[i]
			if ch := o.choiceOf(x.Choices[o.Name]); ch != nil {
				chosen[o.Name] = ch.Name
				choices = append(choices, inLanguage(ch.Names, c.Language, ch.Name))
			}
		}
	}
	price := c.inCurrency(Money{Cents: x.Cents})
	return map[string]any{
		"item": x.Item, "name": name, "quantity": x.Quantity, "counted": counted, "chosen": chosen, "choices": choices,
		"price": price, "total": Money{price.Cents * int64(x.Quantity), price.Currency},
	}
}

// cart prints the lines of a cart: "2 Reine grande 28,00 €".
func (p *speaker) cart(v cartValue) string {
	lines, _ := v["lines"].([]any)
	out := make([]string, 0, len(lines))
	for _, x := range lines {
		m, _ := x.(map[string]any)
		n, _ := m["quantity"].(int)
		words := []string{strconv.Itoa(n), p.print(m["name"])}
		choices, _ := m["choices"].([]any)
		for _, ch := range choices {
			words = append(words, p.print(ch))
		}
		out = append(out, strings.Join(append(words, p.print(m["total"])), " "))
	}
	return strings.Join(out, "\n")
}
