package dialogs

import (
	"strings"
)

// text is what people read, in the languages of the flow.
type text struct {
	at     pos
	byLang []*template // by language index; nil falls back to the first
	source map[string]*node
}

// template is a text in one language: literal parts and expressions in turn.
type template struct {
	at       pos
	parts    []part
	constant string // the whole text, when nothing is computed
	static   bool
	menu     bool // has {{menu}}
}

type part struct {
	literal string
	expr    *expression
}

// in returns the template of a language.
func (t *text) in(lang int) *template {
	if lang < len(t.byLang) && t.byLang[lang] != nil {
		return t.byLang[lang]
	}
	for _, p := range t.byLang {
		if p != nil {
			return p
		}
	}
	return &template{static: true}
}

// hasMenu reports whether some language shows the menu.
func (t *text) hasMenu() bool {
	if t == nil {
		return false
	}
	for _, p := range t.byLang {
		if p != nil && p.menu {
			return true
		}
	}
	return false
}

// cutTemplate parts a text at its {{ }}; the expressions are not compiled yet.
func cutTemplate(n *node, r *report) *template {
	t := &template{at: n.pos}
	s, opened := strings.TrimRight(n.text, "\n"), 0 // how many {{ stand before
	for s != "" {
		before, rest, found := strings.Cut(s, "{{")
		if before != "" {
			t.parts = append(t.parts, part{literal: before})
		}
		if !found {
			break
		}
		at := n.pos
		if opened < len(n.braces) {
			at = n.braces[opened]
		}
		end := closing(rest)
		if end < 0 {
			r.err(at, "close it with }}", "`{{` is never closed")
			return t
		}
		src := strings.TrimSpace(rest[:end])
		if src == "" {
			r.err(at, "", "`{{ }}` is empty")
		} else {
			t.parts = append(t.parts, part{expr: &expression{at: at, src: src}})
			t.menu = t.menu || src == "menu"
		}
		opened += 1 + strings.Count(rest[:end], "{{")
		s = rest[end+2:]
	}
	switch {
	case len(t.parts) == 0:
		t.static = true
	case len(t.parts) == 1 && t.parts[0].expr == nil:
		t.static, t.constant = true, t.parts[0].literal
	}
	return t
}

// closing finds the }} that ends an expression: not one inside a text or of a
// nested map.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}' && i+1 < len(s) && s[i+1] == '}':
			return i
		}
	}
	return -1
}

// render prints the text. Env holds `menu`, `answer` … where they exist.
func (t *template) render(env map[string]any, p *speaker) (string, error) {
	if t.static {
		return t.constant, nil
	}
	var b strings.Builder
	for i := range t.parts {
		if t.parts[i].expr == nil {
			b.WriteString(t.parts[i].literal)
			continue
		}
		v, err := t.parts[i].expr.run(env)
		if err != nil {
			return "", err
		}
		b.WriteString(p.print(v))
		if b.Len() > 4*maxText {
			return "", errText
		}
	}
	return b.String(), nil
}
