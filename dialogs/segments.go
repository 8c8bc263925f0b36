package dialogs

import "unicode/utf8"

// gsm holds the default alphabet of 3GPP TS 23.038 beyond the letters, digits
// and signs that ASCII shares with it; extended characters take two septets.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

var septets = func() map[rune]int {
	m := make(map[rune]int, 140)
	for _, r := range gsmBasic {
		m[r] = 1
	}
	for _, r := range gsmExtended {
		m[r] = 2
	}
	return m
}()

// segments is the number of SMS that a text takes, and the first character
// that forces UCS-2 (0 for none). It is the estimate of the flow's budget; the
// carrier's own alphabet decides at sending.
func segments(s string) (count int, odd rune) {
	n, units := 0, 0
	for _, r := range s {
		c := septets[r]
		if c == 0 && odd == 0 {
			odd = r
		}
		n += c
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if odd != 0 {
		return parts(units, 70, 67), odd
	}
	return parts(n, 160, 153), 0
}

func parts(n, single, each int) int {
	if n <= single {
		return 1
	}
	return (n + each - 1) / each
}

func runes(s string) int { return utf8.RuneCountInString(s) }
