package dialogs

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"repartee/sms/fold"
)

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

var (
	groupedNumber = regexp.MustCompile(`(^|\s)\d{1,3}(?:[.,]\d{3})+($|[\s!?])`) // 1.200, 1,200
	spacedNumber  = regexp.MustCompile(`^\d{1,3}(?: \d{3})+$`)                  // 1 200
	separators    = strings.NewReplacer(".", "", ",", "", " ", "")
)

func onlyNumber(h *hearing) (int, bool) {
	value, count := 0, 0
	words := h.words
	switch {
	case groupedNumber.MatchString(h.letters):
		words = fold.Fields(groupedNumber.ReplaceAllStringFunc(h.letters, func(s string) string {
			return " " + separators.Replace(s) + " "
		}))
	case spacedNumber.MatchString(h.coreTxt):
		words = []string{separators.Replace(h.coreTxt)}
	}
	for _, w := range words {
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
	"AT": `\b(\d{4})\b`, "NL": `\b(\d{4} ?[a-z]{2})\b`, "PT": `\b(\d{4}[- ]?\d{3})\b`, "US": `\b(\d{5}(?:-\d{4})?)\b`, "PL": `\b(\d{2}[- ]?\d{3})\b`, "RO": `\b(\d{6})\b`, "CA": `\b([a-z]\d[a-z] ?\d[a-z]\d)\b`,
	"GB": `\b([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b`, "IE": `\b([a-z]\d[\dw] ?[a-z\d]{4})\b`, "BR": `\b(\d{5}[- ]?\d{3})\b`, "MX": `\b(\d{5})\b`, "AU": `\b(\d{4})\b`,
	"SE": `\b(\d{3} ?\d{2})\b`, "DK": `\b(\d{4})\b`, "NO": `\b(\d{4})\b`, "FI": `\b(\d{5})\b`, "CZ": `\b(\d{3} ?\d{2})\b`, "SK": `\b(\d{3} ?\d{2})\b`, "GR": `\b(\d{3} ?\d{2})\b`, "HU": `\b(\d{4})\b`,
}

// postcodeHyphen is how many digits stand before the hyphen of a postcode,
// which people leave out.
var postcodeHyphen = map[string]int{"PL": 2, "PT": 4, "BR": 5}

func postcode(country string) pattern {
	form, ok := postcodes[country]
	if !ok {
		form = `\b([a-z\d]*\d[a-z\d]*)\b`
	}
	hyphen := postcodeHyphen[country]
	return pattern{form: regexp.MustCompile(form), only: true, fix: func(s string) string {
		s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
		if hyphen > 0 && len(s) > hyphen && !strings.Contains(s, "-") {
			s = s[:hyphen] + "-" + s[hyphen:]
		}
		return s
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

// today is the date of the turn in the program's zone.
func (h *hearing) today() Date { return dateOf(h.c.now) }
