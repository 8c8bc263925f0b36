package dialogs

import (
	"slices"
	"strings"
)

// catalogue reads `$ catalogue [{name, names, words, price, options}, …]`.
func (g *golden) catalogue(s string) {
	n := readYAML([]byte(s), &report{})
	if n == nil || n.kind != list {
		g.fail("%q is not a list of items such as [{name: Coca, price: 3.00}]", s)
		return
	}
	items := make([]Item, 0, len(n.items))
	for _, x := range n.items {
		it := Item{Words: texts(x.get("words"))}
		it.Name, it.Names = named(x.get("name"), x.get("names"))
		it.Price = g.price(x.get("price"))
		if it.Name == "" {
			g.fail("an item of the catalogue has no `name`")
		}
		if o := x.get("options"); o != nil {
			for _, p := range o.pairs {
				it.Options = append(it.Options, g.itemOption(p))
			}
		}
		items = append(items, it)
	}
	g.facts.Program.Catalogue = items
}

func (g *golden) itemOption(p pair) ItemOption {
	o := ItemOption{Name: p.key}
	title, titles := named(p.value.get("title"), nil)
	if o.Titles = titles; titles == nil && title != "" {
		o.Titles = map[string]string{"": title}
	}
	choices := p.value.get("choices")
	if choices == nil {
		g.fail("option `%s` has no `choices`", p.key)
		return o
	}
	for _, x := range choices.items {
		ch := ItemChoice{Words: texts(x.get("words")), Price: g.price(x.get("price"))}
		ch.Name, ch.Names = named(x.get("name"), x.get("names"))
		o.Choices = append(o.Choices, ch)
	}
	return o
}

// named reads a name: one text, or a map of languages whose first gives the
// name, or beside one text the other languages' names.
func named(n, others *node) (name string, byLanguage map[string]string) {
	if n == nil {
		return "", nil
	}
	name = n.text
	for _, m := range []*node{n, others} {
		if m == nil {
			continue
		}
		for _, p := range m.pairs {
			if byLanguage == nil {
				byLanguage = map[string]string{}
			}
			byLanguage[p.key] = p.value.text
			if name == "" {
				name = p.value.text
			}
		}
	}
	return name, byLanguage
}

func texts(n *node) []string {
	if n == nil {
		return nil
	}
	if n.kind == scalar {
		return []string{n.text}
	}
	out := make([]string, len(n.items))
	for i := range n.items {
		out[i] = n.items[i].text
	}
	return out
}

func (g *golden) price(n *node) Money {
	if n == nil {
		return Money{}
	}
	v, ok := parseMoney(n.text)
	if !ok {
		g.fail("%q is no price", n.text)
		return Money{}
	}
	return v.(Money)
}

// placed reads `$ place NAME k=v`.
func (g *golden) placed(s string) {
	name, rest, _ := strings.Cut(s, " ")
	p := &Place{Name: name}
	fields := map[string]*string{"title": &p.Title, "address": &p.Address, "postcode": &p.Postcode, "country": &p.Country, "hours": &p.Hours}
	for k, v := range g.pairs(rest) {
		switch field := fields[k]; {
		case field != nil:
			*field = v
		case k == "open" && slices.Contains([]string{"true", "false"}, v):
			p.Open = v == "true"
		default:
			g.fail("`$ place %s %s=%s` is not understood: title, address, postcode, country, hours, open=true or open=false", name, k, v)
		}
	}
	if g.places == nil {
		g.places = map[string]*Place{}
		g.facts.PlaceOf = func(name string) *Place { return g.places[name] }
	}
	g.places[name] = p
}
