package dialogs

import (
	"cmp"
	"slices"
	"strings"
)

// TextSize is what a text of a flow takes in one language at worst, each value
// at its longest. Values are counted in letters of the GSM alphabet.
type TextSize struct {
	State        string // empty for `anywhere`
	Line, Column int
	Language     string
	Characters   int
	Segments     int
	// Odd is the first character of the text outside GSM 03.38, 0 for none; it
	// makes the whole text UCS-2.
	Odd rune
	// WithoutOdd are the segments if all such characters were spelled otherwise.
	WithoutOdd int
	// Menu says that the text holds a menu, which is cut into pages of the
	// flow's budget.
	Menu bool
}

// Coding names the alphabet that the text is sent in.
func (s TextSize) Coding() string {
	if s.Odd != 0 {
		return "UCS-2"
	}
	return "GSM 03.38"
}

// TextSizes lists the texts that the flow sends, in the order of the file; one
// text for all languages stands there once per language.
func (f *Flow) TextSizes() []TextSize { return f.sizes }

// checkBudgets counts the segments that each text may need at worst.
func (l *loader) checkBudgets() {
	for _, t := range l.texts {
		if !t.budget {
			continue
		}
		worst := TextSize{}
		warned := map[*template]bool{}
		for i, p := range t.byLang {
			if p == nil {
				continue
			}
			size := l.sizeOf(t, i, p)
			l.flow.sizes = append(l.flow.sizes, size)
			if size.Segments > worst.Segments {
				worst = size
			}
			if size.WithoutOdd < size.Segments && !warned[p] {
				l.warn(p.at, "", "`%c` makes this text UCS-2: %d segments instead of %d", size.Odd, size.Segments, size.WithoutOdd)
				warned[p] = true
			}
		}
		if worst.Segments > l.flow.budget {
			l.err(t.at, "shorten it or raise `segments`", "text may need %d segments, budget %d (longest: %s, %d)", worst.Segments, l.flow.budget, worst.Language, worst.Characters)
		}
	}
	slices.SortStableFunc(l.flow.sizes, func(a, b TextSize) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

func (l *loader) sizeOf(t *sayable, lang int, p *template) TextSize {
	size := TextSize{State: t.state, Line: p.at.line, Column: p.at.col, Language: l.flow.Languages[lang], Menu: p.menu}
	filled := l.fullest(p)
	for _, menu := range l.menus(t, lang, filled) {
		whole := filled + menu
		n, odd := segments(whole)
		if n < size.Segments {
			continue
		}
		size.Segments, size.Odd, size.Characters = n, odd, max(size.Characters, runes(whole))
		size.WithoutOdd, _ = segments(respelled(whole))
	}
	return size
}

// menus are the pages of the menu that a text shows, one empty page without.
// How long the lines of a list are is known only when it is shown.
func (l *loader) menus(t *sayable, lang int, filled string) []string {
	s := l.flow.byName[t.state]
	if s == nil || s.choice == nil || s.choice.from != nil || !t.scope.menu || !t.in(lang).menu {
		return []string{""}
	}
	lines := menuLines(s.choice.options, lang)
	pages := make([]string, 0, 1)
	for page, n := 0, 1; page < n; page++ {
		var menu string
		menu, n = paged(filled, lines, page, l.flow.budget, l.flow.lexicons[lang].shownMore)
		pages = append(pages, menu)
	}
	return pages
}

// respelled puts a letter of GSM 03.38 for each character that is none.
func respelled(s string) string {
	return strings.Map(func(r rune) rune {
		if septets[r] == 0 {
			return 'e'
		}
		return r
	}, s)
}

// fullest is the text with each expression at its longest, the menu aside.
func (l *loader) fullest(p *template) string {
	if p.static {
		return p.constant
	}
	var b strings.Builder
	for _, x := range p.parts {
		if x.expr == nil {
			b.WriteString(x.literal)
			continue
		}
		b.WriteString(strings.Repeat("x", l.longest(x.expr)))
	}
	return b.String()
}

// longest is how many characters an expression may print.
func (l *loader) longest(e *expression) int {
	if e.src == "menu" {
		return 0 // see menus
	}
	if n := l.longs[e.src]; n > 0 {
		return n
	}
	switch e.src {
	case "conversation.reference":
		return 5
	case "program.brand", "program.contact", "short_code":
		return 20
	}
	if name, ok := strings.CutPrefix(e.src, "label("); ok {
		if m := l.choice[strings.TrimSuffix(name, ")")]; m != nil {
			n := 0
			for _, o := range m.options {
				for _, label := range o.labels {
					n = max(n, runes(label))
				}
			}
			return n
		}
	}
	if n, ok := literalLength(e); ok {
		return n
	}
	switch e.kind {
	case kindNumber, kindFloat:
		return 9
	case kindMoney:
		return 12
	case kindDate:
		return 6
	case kindClock:
		return 8
	case kindFlag:
		return 3
	}
	return 40
}
