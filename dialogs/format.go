package dialogs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func roundCents(f float64) (int64, bool) {
	if math.IsNaN(f) || math.Abs(f) > 1e15 {
		return 0, false
	}
	return int64(math.Round(f)), true
}

// speaker prints values for people: in a language, a country and a time zone.
type speaker struct {
	language string
	country  string
	currency string
	zone     *time.Location
	now      time.Time
	labels   func(name string, value any) (string, error)
	// subscribed tells whether the person gets a program's marketing.
	subscribed func(program string) bool
}

const maxText = 2000

// print writes a value as people of the language read it. Lists and maps are
// cut at 2,000 characters.
func (p *speaker) print(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case int:
		return strconv.Itoa(x)
	case bool:
		return p.flag(x)
	case float64:
		return p.decimal(x)
	case Money:
		return p.money(x)
	case Date:
		return p.date(x, false)
	case Clock:
		return p.clock(x)
	case time.Time:
		x = x.In(p.zone)
		return p.date(dateOf(x), false) + " " + p.clock(clockOf(x))
	case time.Duration:
		return strconv.Itoa(int(x / time.Minute))
	case []any:
		var b strings.Builder
		p.list(&b, x, ", ", 0)
		return b.String()
	case cartValue:
		return p.cart(x)
	case map[string]any:
		if name, ok := x["name"]; ok {
			return p.print(name)
		}
		return ""
	}
	return fmt.Sprint(v)
}

func (p *speaker) list(b *strings.Builder, xs []any, between string, depth int) {
	for i, x := range xs {
		if b.Len() > maxText || depth > 3 {
			return
		}
		if i > 0 {
			b.WriteString(between)
		}
		if nested, ok := x.([]any); ok {
			p.list(b, nested, between, depth+1)
			continue
		}
		b.WriteString(p.print(x))
	}
}

func (p *speaker) flag(x bool) string {
	words := [2]string{"no", "yes"}
	if l := lexicons[p.language]; l != nil && l.flag[0] != "" {
		words = l.flag
	}
	if x {
		return words[1]
	}
	return words[0]
}

func (p *speaker) comma() bool { return p.language != "en" }

func (p *speaker) decimal(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if _, part, ok := strings.Cut(s, "."); ok && len(part) > 2 {
		s = strconv.FormatFloat(x, 'f', 2, 64)
	}
	if p.comma() {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// money prints 24,00 € or €24.00: plain spaces, and no sign outside GSM 03.38.
func (p *speaker) money(m Money) string {
	if m.Currency == "" {
		m.Currency = p.currency
	}
	sign, known := map[string]string{"EUR": "€", "USD": "$", "GBP": "£", "CAD": "$", "AUD": "$"}[m.Currency]
	switch {
	case p.comma() && known:
		return m.amount(",") + " " + sign
	case p.comma():
		return m.amount(",") + " " + m.Currency
	case known && m.Cents < 0:
		return "-" + sign + Money{-m.Cents, ""}.amount(".")
	case known:
		return sign + m.amount(".")
	}
	return m.Currency + " " + m.amount(".")
}

// date prints 20/11, in English 20 Nov, in the US Nov 20; long adds the year.
func (p *speaker) date(d Date, long bool) string {
	var s string
	switch {
	case d.Month < 1 || d.Month > 12:
		return d.String()
	case p.language != "en":
		s = fmt.Sprintf("%02d/%02d", d.Day, d.Month)
		if long {
			s += fmt.Sprintf("/%04d", d.Year)
		}
		return s
	case p.country == "US":
		s = fmt.Sprintf("%s %d", d.Month.String()[:3], d.Day)
	default:
		s = fmt.Sprintf("%d %s", d.Day, d.Month.String()[:3])
	}
	if long {
		s += fmt.Sprintf(" %d", d.Year)
	}
	return s
}

// clock prints 19h30, in English 19:30, in the US 7:30 pm.
func (p *speaker) clock(c Clock) string {
	h, m := c.Minutes/60, c.Minutes%60
	switch {
	case p.language == "fr":
		return fmt.Sprintf("%dh%02d", h, m)
	case p.country == "US":
		half := "am"
		if h >= 12 {
			half = "pm"
		}
		return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
	}
	return fmt.Sprintf("%d:%02d", h, m)
}

// pluralOf picks the form of a number by the rules of CLDR.
func (p *speaker) pluralOf(n float64) string {
	digits := strconv.FormatFloat(math.Abs(n), 'f', -1, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	i, err := strconv.Atoi(whole)
	f, err2 := strconv.Atoi("0" + fraction[:min(len(fraction), 9)])
	if err != nil || err2 != nil {
		return "other"
	}
	form := plural.Cardinal.MatchPlural(language.Make(p.language), i, len(fraction), len(fraction), f, f)
	return pluralNames[form]
}

var pluralNames = map[plural.Form]string{
	plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
}
