package dialogs

import (
	"maps"
	"slices"

	"repartee/sms/fold"
)

// catalogueVars is `catalogue`: its items as elements that a `choice` shows and
// `cart` takes.
func catalogueVars(c *conv) any {
	items := make([]any, len(c.program.Catalogue))
	for i := range items {
		items[i] = c.itemValue(&c.program.Catalogue[i])
	}
	return map[string]any{"items": items}
}

// itemValue is an item in the conversation's language; `item` holds the name
// that is the same in all of them.
func (c *conv) itemValue(it *Item) map[string]any {
	options := make([]any, len(it.Options))
	for i := range it.Options {
		o := &it.Options[i]
		options[i] = map[string]any{"name": o.Name, "title": o.title(c.Language), "choices": c.choiceValues(o)}
	}
	return map[string]any{
		"item": it.Name, "name": inLanguage(it.Names, c.Language, it.Name), "price": c.inCurrency(it.Price),
		"words": wordValues(it.Words, it.Name, it.Names), "options": options,
	}
}

// choiceValues are the ways to have an item; one without a surcharge has no
// price.
func (c *conv) choiceValues(o *ItemOption) []any {
	out := make([]any, len(o.Choices))
	for i, ch := range o.Choices {
		v := map[string]any{"choice": ch.Name, "name": inLanguage(ch.Names, c.Language, ch.Name), "words": wordValues(ch.Words, ch.Name, ch.Names)}
		if ch.Price.Cents != 0 {
			v["price"] = c.inCurrency(ch.Price)
		}
		out[i] = v
	}
	return out
}

// wordValues are all words by which something is known, in all languages.
func wordValues(words []string, name string, names map[string]string) []any {
	out := make([]any, 0, len(words)+len(names)+1)
	for _, w := range spellings(words, name, names) {
		out = append(out, w)
	}
	return out
}

func spellings(words []string, name string, names map[string]string) []string {
	out := append([]string{name}, words...)
	for _, language := range slices.Sorted(maps.Keys(names)) {
		out = append(out, names[language])
	}
	return out
}

func inLanguage(names map[string]string, language, otherwise string) string {
	if s := names[language]; s != "" {
		return s
	}
	return otherwise
}

// title is what people call the option: its own words, else its name.
func (o *ItemOption) title(language string) string {
	return inLanguage(o.Titles, language, inLanguage(o.Titles, "", o.Name))
}

// inCurrency gives an amount of the catalogue its currency: the program's.
func (c *conv) inCurrency(m Money) Money {
	if m.Currency == "" {
		m.Currency = c.speak().currency
	}
	return m
}

// itemOf finds the item that a value means: an element of the catalogue, a
// line, or a name or word in any language. Nil means none.
func (c *conv) itemOf(v any) *Item {
	name, given := meant(v, "item")
	if !given {
		return nil
	}
	list := c.program.Catalogue
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	folded := fold.Text(name)
	for i := range list {
		if sameWord(folded, spellings(list[i].Words, list[i].Name, list[i].Names)) {
			return &list[i]
		}
	}
	return nil
}

// choiceOf finds the choice of an option that a value means.
func (o *ItemOption) choiceOf(v any) *ItemChoice {
	name, given := meant(v, "choice")
	if !given {
		return nil
	}
	folded := fold.Text(name)
	for i := range o.Choices {
		ch := &o.Choices[i]
		if ch.Name == name || sameWord(folded, spellings(ch.Words, ch.Name, ch.Names)) {
			return ch
		}
	}
	return nil
}

// meant is the name that a value goes by: a text itself, an element's own key
// or its name.
func meant(v any, key string) (string, bool) {
	m, isMap := v.(map[string]any)
	if isMap {
		if v = m[key]; v == nil {
			v = m["name"]
		}
	}
	s, ok := v.(string)
	return s, ok && s != ""
}

func sameWord(folded string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return fold.Text(w) == folded })
}
