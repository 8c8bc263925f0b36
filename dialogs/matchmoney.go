package dialogs

import (
	"regexp"
	"slices"
	"strings"
)

// amount is `is: amount`.
type amount struct {
	min, max *expression
	currency string
}

func (amount) kind() kind { return kindMoney }

// coins are the words and signs that people write for a currency.
var coins = map[string]string{
	"EUR": "€ eur euro euros euri e", "USD": "$ us$ usd dollar dollars dolar dolares dollaro dollari buck bucks",
	"GBP": "£ gbp pound pounds quid livre livres libra libras sterlina sterline pfund pond", "CHF": "chf franc francs franken fr sfr franco franchi francos",
	"PLN": "pln zl zloty zlote zlotych zlotys", "RON": "ron leu lei", "BRL": "r$ brl real reais",
	"CAD": "$ ca$ cad dollar dollars piastres", "AUD": "$ au$ aud dollar dollars", "NZD": "$ nz$ nzd dollar dollars",
	"MXN": "$ mxn peso pesos", "ARS": "$ ars peso pesos", "CLP": "$ clp peso pesos", "COP": "$ cop peso pesos",
	"SEK": "kr sek kronor", "NOK": "kr nok kroner", "DKK": "kr dkk kroner", "CZK": "kc czk korun", "HUF": "ft huf forint",
}

// amountForm is [sign] whole[,cents] [sign [cents [their name]]]. Points,
// commas or spaces before groups of three digits are no decimals.
var amountForm = func() *regexp.Regexp {
	var words []string
	for _, w := range coins {
		for word := range strings.FieldsSeq(w) {
			words = append(words, regexp.QuoteMeta(word))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	sign := `(` + strings.Join(slices.Compact(words), "|") + `)`
	return regexp.MustCompile(`^(?:` + sign + `\.?\s*)?(\d{1,3}(?:([., ])\d{3})+|\d{1,9})(?:([.,])(\d{1,2}|-{1,2}))?` +
		`(?:\s*` + sign + `\.?)?(?:\s*(\d{1,2})(?:\s*(cents?|ct|cts|centimes?|centimos?|centesimi|centavos?|gr|groszy|bani|rappen|pence|p))?)?$`)
}()

func (m amount) match(h *hearing, l level) (match, bool) {
	if l != exact || h.older {
		return match{}, false
	}
	words := slices.DeleteFunc(slices.Clone(withoutFiller(strings.Fields(h.letters), h.langs)), func(w string) bool {
		return slices.ContainsFunc(h.langs, func(x *lexicon) bool { return x.and[w] })
	})
	g := amountForm.FindStringSubmatch(strings.Trim(strings.Join(words, " "), " .!"))
	if g == nil || !m.mine(g[1]) || !m.mine(g[6]) || g[3] != "" && g[3] == g[4] || g[6]+g[8] == "" && g[7] != "" {
		return match{}, false
	}
	cents, ok := centsOf(g[5], g[7], g[8])
	if !ok {
		return match{}, false
	}
	v, ok := parseMoney(strings.NewReplacer(".", "", ",", "", " ", "").Replace(g[2]) + "." + cents)
	if !ok {
		return match{}, false
	}
	money := Money{v.(Money).Cents, m.currency}
	return match{value: money}, within(money, m.min, m.max, h)
}

// centsOf are the digits behind the point, from "12,5", "12,-", "12 € 50" or
// "12 lei 5 bani"; "12 € 5" may mean two amounts.
func centsOf(decimals, behind, name string) (string, bool) {
	switch {
	case decimals != "":
		return strings.Trim(decimals, "-"), behind == ""
	case len(behind) == 1:
		return "0" + behind, name != ""
	}
	return behind, true
}

// mine reports whether the sign, if any, is of the program's currency.
func (m amount) mine(sign string) bool {
	return sign == "" || m.currency == "" || sign == strings.ToLower(m.currency) || slices.Contains(strings.Fields(coins[m.currency]), sign)
}
