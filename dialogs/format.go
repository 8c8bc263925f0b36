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

func (p *speaker) locale() locale { return localeOf(p.language, p.country) }

func (p *speaker) decimal(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if _, part, ok := strings.Cut(s, "."); ok && len(part) > 2 {
		s = strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strings.Replace(s, ".", p.locale().point, 1)
}

// money prints 1 234,50 €, €1,234.50 or € 1.234,50: plain spaces, and no sign
// outside GSM 03.38.
func (p *speaker) money(m Money) string {
	if m.Currency == "" {
		m.Currency = p.currency
	}
	sign, ok := signs[m.Currency]
	if !ok {
		sign, ok = signs[p.language+"-"+m.Currency]
	}
	if !ok {
		sign = m.Currency
	}
	l, minus := p.locale(), ""
	if m.Cents < 0 {
		m.Cents, minus = -m.Cents, "-"
	}
	whole, cents, _ := strings.Cut(m.amount("."), ".")
	amount := grouped(whole, l.group) + l.point + cents
	switch {
	case !l.signFirst:
		return minus + amount + " " + sign
	case l.signSpace || !ok:
		return minus + sign + " " + amount
	}
	return minus + sign + amount
}

// grouped parts the thousands of a number.
func grouped(digits, by string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + by + digits[i:]
	}
	return digits
}

// date prints 20/11, 20.11., in English 20 Nov, in the US Nov 20; long adds
// the year.
func (p *speaker) date(d Date, long bool) string {
	if d.Month < 1 || d.Month > 12 {
		return d.String()
	}
	l := p.locale()
	if l.stroke == "" || p.country == "US" {
		return p.monthDate(d, long)
	}
	s := fmt.Sprintf("%02d%s%02d", d.Day, l.stroke, d.Month)
	if long {
		return s + fmt.Sprintf("%s%04d", l.stroke, d.Year)
	}
	if l.dot {
		s += "."
	}
	return s
}

// monthDate prints the month by its name.
func (p *speaker) monthDate(d Date, long bool) string {
	month := d.Month.String()[:3]
	if x := lexicons[p.language]; x != nil {
		month = x.monthName[d.Month-1]
	}
	s := fmt.Sprintf("%d %s", d.Day, month)
	if p.language == "en" && p.country == "US" {
		s = fmt.Sprintf("%s %d", month, d.Day)
	}
	if long {
		s += fmt.Sprintf(" %d", d.Year)
	}
	return s
}

// clock prints 19h30, 19:30 or, where hours count to twelve, 7:30 pm.
func (p *speaker) clock(c Clock) string {
	h, m := c.Minutes/60, c.Minutes%60
	l := p.locale()
	if p.country == "US" || p.language == "en" && halfDays[p.country] {
		half := "am"
		if h >= 12 {
			half = "pm"
		}
		return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
	}
	return fmt.Sprintf("%d%s%02d", h, l.hour, m)
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
