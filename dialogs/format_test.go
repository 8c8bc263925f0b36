package dialogs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestFormatsOfCountries prints money, a decimal, a date short and long, a
// time and a flag.
func TestFormatsOfCountries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, country, currency, money, less, decimal, short, long, clock, flag string }{
		{"en", "GB", "GBP", "£1,234.50", "-£5.00", "2.5", "3 Dec", "3 Dec 2026", "19:05", "yes"},
		{"en", "IE", "EUR", "€1,234.50", "-€5.00", "2.5", "3 Dec", "3 Dec 2026", "19:05", "yes"},
		{"en", "US", "USD", "$1,234.50", "-$5.00", "2.5", "Dec 3", "Dec 3 2026", "7:05 pm", "yes"},
		{"en", "CA", "CAD", "$1,234.50", "-$5.00", "2.5", "3 Dec", "3 Dec 2026", "7:05 pm", "yes"},
		{"en", "PL", "PLN", "PLN 1,234.50", "-PLN 5.00", "2.5", "3 Dec", "3 Dec 2026", "19:05", "yes"},
		{"fr", "FR", "EUR", "1 234,50 €", "-5,00 €", "2,5", "03/12", "03/12/2026", "19h05", "oui"},
		{"fr", "CA", "CAD", "1 234,50 $", "-5,00 $", "2,5", "03/12", "03/12/2026", "19h05", "oui"},
		{"fr", "CH", "CHF", "1 234.50 CHF", "-5.00 CHF", "2.5", "03.12.", "03.12.2026", "19h05", "oui"},
		{"fr", "US", "USD", "1 234,50 $", "-5,00 $", "2,5", "3 dec", "3 dec 2026", "7:05 pm", "oui"},
		{"de", "DE", "EUR", "1.234,50 €", "-5,00 €", "2,5", "03.12.", "03.12.2026", "19:05", "ja"},
		{"de", "AT", "EUR", "€ 1.234,50", "-€ 5,00", "2,5", "03.12.", "03.12.2026", "19:05", "ja"},
		{"de", "CH", "CHF", "CHF 1'234.50", "-CHF 5.00", "2.5", "03.12.", "03.12.2026", "19:05", "ja"},
		{"es", "ES", "EUR", "1.234,50 €", "-5,00 €", "2,5", "03/12", "03/12/2026", "19:05", "si"},
		{"es", "MX", "MXN", "$1,234.50", "-$5.00", "2.5", "03/12", "03/12/2026", "19:05", "si"},
		{"es", "US", "USD", "$1,234.50", "-$5.00", "2.5", "3 dic", "3 dic 2026", "7:05 pm", "si"},
		{"es", "CO", "COP", "$ 1.234,50", "-$ 5,00", "2,5", "03/12", "03/12/2026", "19:05", "si"},
		{"it", "IT", "EUR", "1.234,50 €", "-5,00 €", "2,5", "03/12", "03/12/2026", "19:05", "sì"},
		{"nl", "NL", "EUR", "€ 1.234,50", "-€ 5,00", "2,5", "03-12", "03-12-2026", "19:05", "ja"},
		{"pt", "PT", "EUR", "1 234,50 €", "-5,00 €", "2,5", "03/12", "03/12/2026", "19:05", "sim"},
		{"pt", "BR", "BRL", "R$ 1.234,50", "-R$ 5,00", "2,5", "03/12", "03/12/2026", "19:05", "sim"},
		{"pl", "PL", "PLN", "1 234,50 zl", "-5,00 zl", "2,5", "03.12", "03.12.2026", "19:05", "tak"},
		{"ro", "RO", "RON", "1.234,50 lei", "-5,00 lei", "2,5", "03.12", "03.12.2026", "19:05", "da"},
		{"ro", "RO", "EUR", "1.234,50 €", "-5,00 €", "2,5", "03.12", "03.12.2026", "19:05", "da"},
		{"sv", "SE", "SEK", "1 234,50 SEK", "-5,00 SEK", "2,5", "03/12", "03/12/2026", "19:05", "yes"},
	} {
		p := &speaker{language: c.language, country: c.country, currency: c.currency, zone: time.UTC}
		d := Date{2026, time.December, 3}
		got := []string{p.print(Money{123450, c.currency}), p.print(Money{-500, ""}), p.print(2.5), p.print(d), p.date(d, true), p.print(Clock{19*60 + 5}), p.print(true)}
		assert.Equal(t, []string{c.money, c.less, c.decimal, c.short, c.long, c.clock, c.flag}, got, "%s-%s", c.language, c.country)
		for _, s := range got {
			_, odd := segments(s)
			assert.Zero(t, odd, "%q is outside GSM 03.38", s)
		}
	}
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{"": "", "5": "5", "123": "123", "1234": "1.234", "123456": "123.456", "1234567": "1.234.567"} {
		assert.Equal(t, want, grouped(digits, "."))
	}
}
