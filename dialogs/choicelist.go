package dialogs

import (
	"fmt"
	"slices"
	"strings"
)

// listed makes the options of a `choice` from an expression: one per element,
// shown by its `show`.
func (t *turn) listed(c *conv, m *choice) ([]*option, error) {
	v, err := t.eval(c, m.from)
	if err != nil {
		return nil, err
	}
	elements, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("line %d: `choice` wants a list, `%s` gives %s", m.from.at.line, m.from.src, kindOfValue(v))
	}
	if len(elements) > maxList {
		return nil, fmt.Errorf("line %d: a `choice` of %d elements, %d are allowed", m.from.at.line, len(elements), maxList)
	}
	store := make([]option, len(elements))
	out := make([]*option, len(elements))
	for i, e := range elements {
		o := &store[i]
		if o.value, err = c.shown(m.show, e); err != nil {
			return nil, err
		}
		o.element, out[i] = e, o
	}
	return out, nil
}

// shown is the line that a menu has for an element: without a `show` its title,
// its name or the element itself.
func (c *conv) shown(show *text, element any) (string, error) {
	if show == nil {
		if m, ok := element.(map[string]any); ok && m["title"] != nil {
			element = m["title"]
		}
		return c.speak().print(element), nil
	}
	c.env["it"] = local(element, c.now.Location())
	s, err := show.in(c.lang).render(c.env, c.speak())
	return strings.TrimSpace(s), err
}

// spell gives the options the words by which a text may mean them: the line
// shown, `name`, `title` and `words`.
func spell(options []*option, langs []*lexicon) []*option {
	for _, o := range options {
		texts := []string{o.value}
		if m, ok := o.element.(map[string]any); ok {
			for _, v := range append([]any{m["name"], m["title"]}, several(m["words"])...) {
				if s, ok := v.(string); ok && !slices.Contains(texts, s) {
					texts = append(texts, s)
				}
			}
		}
		for _, s := range texts {
			if p := newPhrase(s, langs); len(p.words) > 0 {
				o.words = append(o.words, p)
			}
		}
	}
	return options
}

// called finds the option that the whole text names; the first has it when
// several do.
func called(h *hearing, options []*option) (match, bool) {
	for _, o := range options {
		if slices.ContainsFunc(o.words, func(p phrase) bool { return p.exact(h.said) }) {
			return o.taken(), true
		}
	}
	return match{}, false
}

// counts reports whether the text says how many: it then wants more than one
// element of a list, and must not be taken for it by a word of the text.
func counts(h *hearing) bool {
	return slices.ContainsFunc(h.words, func(w string) bool {
		if _, ok := times(w); ok || digits(w) {
			return true
		}
		return slices.ContainsFunc(h.langs, func(x *lexicon) bool { return x.numbers[w] > 1 })
	})
}

// taken is what a choice answers: the element of a list, else the option's
// value.
func (o *option) taken() match {
	if o.element != nil {
		return match{o.element, o}
	}
	return match{o.value, o}
}
