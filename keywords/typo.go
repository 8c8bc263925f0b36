package keywords

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// typoLetters is the length from which a word tolerates one typo. Shorter words
// have too many neighbours: SHOP and STOP are one letter apart.
const typoLetters = 5

// deletions gives the word with each of its characters left out, once each.
func deletions(word string) []string {
	var all []string
	for i, r := range word {
		all = append(all, word[:i]+word[i+utf8.RuneLen(r):])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// within gives the words one typo away from a folded text: a letter more, less,
// other, or two neighbours swapped. Digits are never guessed: VOTE3 is not
// VOTE4. The word itself is not among them.
func (t *table) within(text string) []string {
	if n := utf8.RuneCountInString(text); !t.lengths[n-1] && !t.lengths[n] && !t.lengths[n+1] {
		return nil
	}
	var found []string
	take := func(word string) {
		if word != text && oneTypo(word, text) && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	for _, word := range t.near[text] {
		take(word)
	}
	var buf [64]byte
	for i := 0; i < len(text); {
		_, size := utf8.DecodeRuneInString(text[i:])
		less := append(append(buf[:0], text[:i]...), text[i+size:]...)
		i += size
		if es, ok := t.words[string(less)]; ok && utf8.RuneCount(less) >= typoLetters {
			take(es[0].word)
		}
		for _, word := range t.near[string(less)] {
			take(word)
		}
	}
	return found
}

// oneTypo reports whether a and b differ by one edit of letters or spaces.
func oneTypo(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) < len(y) {
		x, y = y, x
	}
	i := 0
	for i < len(y) && x[i] == y[i] {
		i++
	}
	x, y = x[i:], y[i:]
	for len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case slices.ContainsFunc(x, unicode.IsDigit) || slices.ContainsFunc(y, unicode.IsDigit):
		return false
	case len(x) == 1:
		return true // one more, or another one
	}
	return len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}
