package dialogs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"repartee/sms/fold"

	"github.com/nyaruka/phonenumbers"
)

// level is how closely a text must fit.
type level uint8

const (
	exact level = iota
	loose
	open
)

// match is what a matcher took from a text.
type match struct {
	value  any
	option *option
}

// hearing is what matchers may know beside the text.
type hearing struct {
	*said
	c     *conv
	langs []*lexicon // the current language first
	// older restricts to answers that may reach an older question: yes, no,
	// words and labels, never a number, a date or free text.
	older bool
	// menu is the choice's visible options.
	menu func(*choice) []*option
	// bound evaluates a `min` or `max`, nil when there is none.
	bound func(*expression) any
}

// matcher is one key of a reply.
type matcher interface {
	match(h *hearing, l level) (match, bool)
	// kind is the type of `answer`.
	kind() kind
}

// yesNo is `is: yes` and `is: no`.
type yesNo struct{ want bool }

func (yesNo) kind() kind { return kindFlag }

func (m yesNo) match(h *hearing, l level) (match, bool) {
	ok := false
	switch l {
	case exact:
		ok = m.exact(h)
	case loose:
		ok = m.loose(h)
	}
	return match{value: m.want}, ok
}

func (m yesNo) exact(h *hearing) bool {
	if h.thumb != 0 {
		return (h.thumb > 0) == m.want
	}
	for _, x := range h.langs {
		yes, no := anyPhrase(x.yesPhrase, h.core, h.words), anyPhrase(x.noPhrase, h.core, h.words)
		if yes || no {
			return yes && m.want || no && !m.want
		}
	}
	words := h.core
	if len(words) == 0 {
		words = h.words
	}
	if len(words) == 0 || len(words) > 5 {
		return false
	}
	for _, x := range h.langs {
		mine, other := x.yes, x.no
		if !m.want {
			mine, other = other, mine
		}
		if mine[words[0]] {
			return !slices.ContainsFunc(words, func(w string) bool { return other[w] }) && !doubtAfter(h.langs, words[1:])
		}
	}
	return false
}

// doubtAfter looks for doubt after the answer's own word, which for "no" is
// one of the list.
func doubtAfter(langs []*lexicon, words []string) bool {
	for _, x := range langs {
		for i, w := range words {
			if x.doubt[w] && !x.no[w] {
				return true
			}
			if slices.ContainsFunc(x.doubts, func(p []string) bool { return hasPrefix(words[i:], p) }) {
				return true
			}
		}
	}
	return false
}

func anyPhrase(list [][]string, core, words []string) bool {
	for _, p := range list {
		if slices.Equal(core, p) || slices.Equal(words, p) {
			return true
		}
	}
	return false
}

func (m yesNo) loose(h *hearing) bool {
	if m.want && h.doubt || !m.want && doubtAfter(h.langs, h.words) {
		return false
	}
	mine, other := false, false
	for _, x := range h.langs {
		a, b := x.yes, x.no
		if !m.want {
			a, b = b, a
		}
		mine = mine || occurs(h.words, a)
		other = other || occurs(h.words, b)
	}
	return mine && !other
}

func occurs(words []string, list map[string]bool) bool {
	for _, w := range words {
		if len(w) > 1 && list[w] {
			return true
		}
		if len(w) < 5 {
			continue
		}
		for want := range list {
			if oneEdit(w, want) {
				return true
			}
		}
	}
	return false
}

// wordList is `words`.
type wordList struct{ phrases []phrase }

func (wordList) kind() kind { return kindText }

func (m wordList) match(h *hearing, l level) (match, bool) {
	for i := range m.phrases {
		p := &m.phrases[i]
		if l == exact && p.exact(h.said) || l == loose && !h.doubt && p.loose(h.said) {
			return match{value: p.written}, true
		}
	}
	return match{}, false
}

// choice is a numbered menu.
type choice struct {
	options []*option
	lookup  map[string]int // folded label or word → first option that has it
	guarded bool           // some option has an `if`
}

// option is one line of a menu.
type option struct {
	at     pos
	event  string
	value  string
	labels []string // by language index of the flow
	words  []phrase
	cond   *expression
	do     []*action
	say    *text
	way    *way
}

func (*choice) kind() kind { return kindText }

func (m *choice) match(h *hearing, l level) (match, bool) {
	options := h.menu(m)
	switch l {
	case exact:
		if n, ok := menuNumber(h); ok && !h.older {
			if n >= 1 && n <= len(options) {
				return match{options[n-1].value, options[n-1]}, true
			}
			return match{}, false
		}
		return m.named(h, options)
	case loose:
		if h.doubt {
			return match{}, false
		}
		return m.like(h, options)
	}
	return match{}, false
}

func (m *choice) named(h *hearing, options []*option) (match, bool) {
	i, ok := m.lookup[h.text]
	if !ok && h.coreTxt != "" {
		i, ok = m.lookup[h.coreTxt]
	}
	if !ok || !slices.Contains(options, m.options[i]) {
		return match{}, false
	}
	return match{m.options[i].value, m.options[i]}, true
}

func (m *choice) like(h *hearing, options []*option) (match, bool) {
	var found *option
	for _, o := range options {
		if !slices.ContainsFunc(o.words, func(p phrase) bool { return p.loose(h.said) }) {
			continue
		}
		if found != nil {
			return match{}, false
		}
		found = o
	}
	if found == nil {
		return match{}, false
	}
	return match{found.value, found}, true
}

// menuNumber reads a text that is nothing but a number: "2", "2.", "n°2", "two".
func menuNumber(h *hearing) (int, bool) {
	words := h.core
	if len(words) == 0 {
		words = h.words
	}
	if len(words) == 2 && words[0] == "n" && digits(words[1]) {
		words = words[1:]
	}
	if len(words) == 1 && digits(words[0]) && len(words[0]) < 4 {
		n, err := strconv.Atoi(words[0])
		return n, err == nil
	}
	return spelled(h)
}

// spelled reads a text that is one number word.
func spelled(h *hearing) (int, bool) {
	for _, x := range h.langs {
		if n, ok := x.numbers[h.text]; ok {
			return n, true
		}
		if n, ok := x.numbers[h.coreTxt]; ok {
			return n, true
		}
	}
	return 0, false
}

// wholeNumber is `is: number`.
type wholeNumber struct{ min, max *expression }

func (wholeNumber) kind() kind { return kindNumber }

func (m wholeNumber) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	n, ok := onlyNumber(h)
	return match{value: n}, ok && within(n, m.min, m.max, h)
}

func onlyNumber(h *hearing) (int, bool) {
	value, count := 0, 0
	for _, w := range h.words {
		d := strings.TrimSuffix(strings.TrimPrefix(w, "x"), "x")
		if !digits(d) {
			if strings.ContainsFunc(w, func(r rune) bool { return r >= '0' && r <= '9' }) {
				return 0, false
			}
			continue
		}
		n, err := strconv.Atoi(d)
		if err != nil || len(d) > 9 {
			return 0, false
		}
		value, count = n, count+1
	}
	if count == 0 {
		return spelled(h)
	}
	if count == 1 && strings.Contains(h.letters, "-"+strconv.Itoa(value)) && strings.HasPrefix(h.letters, "-") {
		value = -value
	}
	return value, count == 1
}

// within compares with `min` and `max`; a bound that cannot be compared lets
// nothing through.
func within(v any, lo, hi *expression, h *hearing) bool {
	if lo != nil {
		if c, ok := compare(v, h.bound(lo)); !ok || c < 0 {
			return false
		}
	}
	if hi != nil {
		if c, ok := compare(v, h.bound(hi)); !ok || c > 0 {
			return false
		}
	}
	return true
}

// amount is `is: amount`.
type amount struct {
	min, max *expression
	currency string
}

func (amount) kind() kind { return kindMoney }

var (
	amountForm = regexp.MustCompile(`^(?:(€|\$|£|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?)\s*)?(\d{1,9})(?:(?:[.,]|\s*(€|\$|£|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?)\s*)(\d{1,2}))?\s*(€|\$|£|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?)?$`)
	currencies = map[string]string{
		"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD",
		"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF", "franc": "CHF", "francs": "CHF",
	}
)

func (m amount) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	text := strings.Trim(strings.Join(withoutFiller(strings.Fields(h.letters), h.langs), " "), " .!")
	g := amountForm.FindStringSubmatch(text)
	if g == nil {
		return match{}, false
	}
	for _, sign := range []string{g[1], g[3], g[5]} {
		if sign != "" && currencies[sign] != m.currency && m.currency != "" && !(sign == "$" && strings.HasSuffix(m.currency, "D")) {
			return match{}, false
		}
	}
	v, ok := parseMoney(g[2] + "." + g[4] + strings.Repeat("0", 2-len(g[4])))
	if !ok {
		return match{}, false
	}
	money := Money{v.(Money).Cents, m.currency}
	return match{value: money}, within(money, m.min, m.max, h)
}

// pattern is an e-mail address, a postcode or the flow's own `pattern`.
type pattern struct {
	form *regexp.Regexp
	raw  bool // on the text as written, else folded with single spaces
	only bool // exactly one occurrence
	fix  func(string) string
}

func (pattern) kind() kind { return kindText }

var emailForm = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*\.\p{L}{2,24}`)

func (m pattern) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	text := h.raw
	if !m.raw {
		text = strings.Join(strings.Fields(h.letters), " ")
	}
	if m.only && len(m.form.FindAllStringIndex(text, 2)) != 1 {
		return match{}, false
	}
	g := m.form.FindStringSubmatch(text)
	if g == nil {
		return match{}, false
	}
	found := g[0]
	if len(g) > 1 && g[1] != "" {
		found = g[1]
	}
	if m.fix != nil {
		found = m.fix(found)
	}
	return match{value: found}, true
}

// postcodes are the countries' forms, on folded text.
var postcodes = map[string]string{
	"FR": `\b(\d{2} ?\d{3})\b`, "DE": `\b(\d{5})\b`, "ES": `\b(\d{5})\b`, "IT": `\b(\d{5})\b`, "BE": `\b(\d{4})\b`, "CH": `\b(\d{4})\b`, "LU": `\b(?:l-?)?(\d{4})\b`,
	"AT": `\b(\d{4})\b`, "NL": `\b(\d{4} ?[a-z]{2})\b`, "PT": `\b(\d{4}[- ]?\d{3})\b`, "US": `\b(\d{5}(?:-\d{4})?)\b`, "CA": `\b([a-z]\d[a-z] ?\d[a-z]\d)\b`,
	"GB": `\b([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b`, "IE": `\b([a-z]\d[\dw] ?[a-z\d]{4})\b`,
}

func postcode(country string) pattern {
	form, ok := postcodes[country]
	if !ok {
		form = `\b([a-z\d]*\d[a-z\d]*)\b`
	}
	return pattern{form: regexp.MustCompile(form), only: true, fix: func(s string) string {
		return strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	}}
}

// phone is `is: phone`: one number, answered as E.164 digits.
type phone struct{ country string }

func (phone) kind() kind { return kindText }

var phoneForm = regexp.MustCompile(`[+(]?\d[\d .\-()/]{4,22}\d`)

func (m phone) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	found := phoneForm.FindAllString(h.raw, 2)
	if len(found) != 1 {
		return match{}, false
	}
	n, err := phonenumbers.Parse(found[0], m.country)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return match{}, false
	}
	return match{value: strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+")}, true
}

// anything is `is: any`.
type anything struct{ max int }

func (anything) kind() kind { return kindText }

func (m anything) match(h *hearing, l level) (match, bool) {
	ok := l == open && !h.older && h.raw != "" && len([]rune(h.raw)) <= m.max
	return match{value: strings.ToValidUTF8(h.raw, "\uFFFD")}, ok
}

// starting is `starts` with another matcher for the rest of the text.
type starting struct {
	with []phrase
	rest []matcher
}

func (m starting) kind() kind { return m.rest[0].kind() }

func (m starting) match(h *hearing, l level) (match, bool) {
	if h.older {
		return match{}, false
	}
	for i := range m.with {
		if !hasPrefix(h.words, m.with[i].words) || len(h.words) == len(m.with[i].words) {
			continue
		}
		rest := *h
		rest.said = hear(after(h.raw, len(m.with[i].words)), h.langs)
		for _, r := range m.rest {
			if found, ok := r.match(&rest, l); ok {
				return found, true
			}
		}
	}
	return match{}, false
}

// after returns the text behind its first n words, as written.
func after(raw string, n int) string {
	fields := strings.Fields(raw)
	for i, f := range fields {
		n -= len(fold.Words(f))
		if n <= 0 {
			return strings.Join(fields[i+1:], " ")
		}
	}
	return ""
}

// today is the date of the turn in the program's zone.
func (h *hearing) today() Date { return dateOf(h.c.now) }
