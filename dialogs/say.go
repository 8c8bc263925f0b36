package dialogs

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"repartee/sms"
)

// maxMessages bounds the messages of one turn, maxSegments one message.
const (
	maxMessages = 6
	maxSegments = 10
)

// emit sends a text to the phone.
func (t *turn) emit(c *conv, s string) error {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if len(s) > maxText {
		return errText
	}
	if n, _ := segments(s); n > maxSegments {
		return errors.New("the text takes more than 10 segments")
	}
	if t.sent++; t.sent > maxMessages {
		return errors.New("more than 6 messages in one turn")
	}
	t.res.Messages = append(t.res.Messages, Message{Text: s, Language: c.Language, Class: t.class(c), Talk: c.ID, Program: c.Program})
	return nil
}

// class: answers to a text are replies, unless the state says that they
// promote; everything else is of the state's class, else the flow's.
func (t *turn) class(c *conv) sms.Class {
	own := c.flow.Class
	if c.st != nil && c.st.class != 0 {
		own = c.st.class
		if t.isText && own == sms.Marketing {
			return sms.Marketing
		}
	}
	if t.isText {
		return sms.Reply
	}
	return own
}

// say renders a text that holds no menu and sends it.
func (t *turn) say(c *conv, x *text) error {
	if x == nil {
		return nil
	}
	s, err := t.rendered(c, x.in(c.lang))
	if err != nil {
		return err
	}
	return t.emit(c, s)
}

func (t *turn) rendered(c *conv, p *template) (string, error) {
	if p.static {
		return p.constant, nil
	}
	return p.render(t.vars(c), c.speak())
}

// question renders the state's own text, with its menu.
func (t *turn) question(c *conv) (s string, pages int, err error) {
	if c.st == nil || c.st.say == nil {
		return "", 1, nil
	}
	p := c.st.say.in(c.lang)
	if !p.menu || c.st.choice == nil {
		s, err = t.rendered(c, p)
		return s, 1, err
	}
	options, err := t.options(c, c.st.choice)
	if err != nil {
		return "", 1, err
	}
	lines := menuLines(options, c.lang)
	t.name(c, "menu", "")
	bare, err := t.rendered(c, p)
	if err != nil {
		return "", 1, err
	}
	menu, pages := paged(bare, lines, c.Page, c.flow.budget, c.flow.lexicons[c.lang].shownMore)
	t.name(c, "menu", menu)
	s, err = t.rendered(c, p)
	return strings.TrimRight(s, "\n"), pages, err
}

func menuLines(options []*option, lang int) []string {
	lines := make([]string, len(options))
	for i, o := range options {
		lines[i] = strconv.Itoa(i+1) + " " + o.label(lang)
	}
	return lines
}

func (o *option) label(lang int) string {
	if lang < len(o.labels) {
		return o.labels[lang]
	}
	return o.value
}

// paged cuts a menu into pages that fit the budget beside the rest of the
// text, and returns the one asked for. All pages but the last end with the
// word that shows the next.
func paged(bare string, lines []string, page, budget int, more string) (menu string, pages int) {
	whole := strings.Join(lines, "\n")
	if n, _ := segments(bare + whole); n <= budget || more == "" {
		return whole, 1
	}
	var cut []string
	for start := 0; start < len(lines); {
		end := start + 1
		for end < len(lines) {
			try := strings.Join(lines[start:end+1], "\n")
			if end+1 < len(lines) {
				try += "\n> " + more
			}
			if n, _ := segments(bare + try); n > budget {
				break
			}
			end++
		}
		text := strings.Join(lines[start:end], "\n")
		if end < len(lines) {
			text += "\n> " + more
		}
		cut = append(cut, text)
		start = end
	}
	return cut[page%len(cut)], len(cut)
}

// options are the lines of a menu that are shown now.
func (t *turn) options(c *conv, m *choice) ([]*option, error) {
	if m.from != nil {
		return t.listed(c, m)
	}
	if !m.guarded {
		return m.options, nil
	}
	var out []*option
	for _, o := range m.options {
		ok, err := t.holds(c, o.cond)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, o)
		}
	}
	return out, nil
}

// ask sends the state's question and makes the conversation the front when it
// listens.
func (t *turn) ask(c *conv) error {
	s, _, err := t.question(c)
	if err != nil {
		return err
	}
	if err := t.emit(c, s); err != nil {
		return err
	}
	if c.st.listens() {
		c.Asked = At(t.f.Now)
		t.front(c)
	}
	return nil
}

// front puts a conversation before all others.
func (t *turn) front(c *conv) {
	if len(t.convs) > 0 && t.convs[0] == c {
		return
	}
	t.convs = append([]*conv{c}, slices.DeleteFunc(t.convs, func(o *conv) bool { return o == c })...)
}

// more reports whether the text asks for the next page of the menu, and turns
// it.
func (t *turn) more(c *conv, h *hearing) (bool, error) {
	if !c.st.say.hasMenu() {
		return false, nil
	}
	wanted := slices.ContainsFunc(h.langs, func(x *lexicon) bool {
		return slices.Contains(x.more, h.text) || slices.Contains(x.more, h.coreTxt)
	})
	if !wanted {
		return false, nil
	}
	_, pages, err := t.question(c)
	if err != nil || pages < 2 {
		return false, err
	}
	c.Page = (c.Page + 1) % pages
	return true, t.ask(c)
}
