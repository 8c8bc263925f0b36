package coding

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// typographic maps characters that word processors write to those of GSM
// 03.38 that a reader takes for the same. No letter changes: "ç" stays, and
// costs UCS-2.
var typographic = strings.NewReplacer(
	"\u2018", "'", "\u2019", "'", "\u201A", "'", "\u201B", "'", "\u2032", "'", "`", "'", "\u00B4", "'",
	"\u201C", `"`, "\u201D", `"`, "\u201E", `"`, "\u201F", `"`, "\u2033", `"`,
	// French quotation marks with their narrow spaces.
	"\u00AB\u00A0", `"`, "\u00AB\u202F", `"`, "\u00AB ", `"`, "\u00AB", `"`,
	"\u00A0\u00BB", `"`, "\u202F\u00BB", `"`, " \u00BB", `"`, "\u00BB", `"`,
	"\u2039", "'", "\u203A", "'",
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2015", "-", "\u2212", "-", "\u2022", "-",
	"\u2026", "...",
	"\u00A0", " ", "\u202F", " ", "\u2000", " ", "\u2001", " ", "\u2002", " ", "\u2003", " ", "\u2004", " ", "\u2005", " ",
	"\u2006", " ", "\u2007", " ", "\u2008", " ", "\u2009", " ", "\u200A", " ", "\t", " ",
	"\r\n", "\n", "\u2028", "\n", "\u2029", "\n",
	"\u00AD", "", "\u200B", "", "\uFEFF", "",
	"\uFB00", "ff", "\uFB01", "fi", "\uFB02", "fl", "\u0152", "OE", "\u0153", "oe",
)

// Transliterate replaces typographic characters by those of GSM 03.38:
// quotation marks, dashes, the ellipsis, spaces, ligatures. Letters with
// separate accents are composed; other characters stay as they are.
func Transliterate(text string) string {
	if untouched(text) {
		return text
	}
	return typographic.Replace(norm.NFC.String(text))
}

// untouched reports a text without any character that could change.
func untouched(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\n') || c > '~' || c == '`' {
			return false
		}
	}
	return true
}

// Simplify is Transliterate for texts that are cheaper for it: others gain
// nothing and keep their typography.
func Simplify(text string, zero Alphabet) string {
	was, units := measure(text, zero)
	if was != UCS2 {
		return text
	}
	simple := Transliterate(text)
	if is, n := measure(simple, zero); is != UCS2 || n < units {
		return simple
	}
	return text
}
