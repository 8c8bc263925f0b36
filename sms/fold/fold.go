// Package fold brings a text to the form in which people's spellings of one
// thing are equal: "Arrêt !", "ARRET" and "ａｒｒｅｔ" are one word.
//
// It owns that form for all that compare texts (keywords, reply matchers,
// opt-out words), so that they can never disagree about it. It is pure, imports
// nothing of this module, and accepts any string, valid UTF-8 or not.
//
// Every character folds on its own, whatever stands beside it: composed and
// decomposed spellings of a text therefore fold to the same octets, and
// folding twice changes nothing.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Letters folds a text without cutting it into words: compatibility forms made
// plain (NFKD), format characters (category Cf), variation selectors and emoji
// skin tones dropped, case folded, accents (category Mn) dropped, apostrophes
// deleted. Punctuation, emoji and line ends stay.
func Letters(s string) string {
	i := 0
	for i < len(s) && plain[s[i]] {
		i++
	}
	if i == len(s) {
		return s
	}
	dst := make([]byte, i, len(s)+8)
	copy(dst, s)
	for _, r := range s[i:] {
		dst = appendRune(dst, r)
	}
	return string(dst)
}

// Text folds a text and joins its words by single spaces.
func Text(s string) string {
	var buf [192]byte // longer than a message of one segment: those need no growth
	dst, gap := buf[:0], false
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			dst, gap = appendWords(dst, gap, r)
			i += size
			continue
		}
		i++
		switch w := asciiWord[c]; {
		case w > 1:
			if gap && len(dst) > 0 {
				dst = append(dst, ' ')
			}
			dst, gap = append(dst, w), false
		case w == 0:
			gap = true
		}
	}
	return string(dst)
}

// appendWords appends what r gives to words; gap says, before and after, that
// the next word character begins a new word.
func appendWords(dst []byte, gap bool, r rune) ([]byte, bool) {
	var buf [64]byte
	folded := appendRune(buf[:0], r)
	for len(folded) > 0 {
		f, size := utf8.DecodeRune(folded)
		if folded = folded[size:]; !inWord(f) {
			gap = true
			continue
		}
		if gap && len(dst) > 0 {
			dst = append(dst, ' ')
		}
		dst, gap = utf8.AppendRune(dst, f), false
	}
	return dst, gap
}

// Words folds a text and cuts it into its words of letters and digits.
func Words(s string) []string {
	t := Text(s)
	if t == "" {
		return nil
	}
	return strings.Split(t, " ")
}

// Fields cuts an already folded text into its words of letters and digits.
func Fields(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !inWord(r) })
}

// Rest returns what follows the first n words of a text as it was written,
// with the punctuation that ends the last of them: Rest("Pizza: 2 Large", 1)
// is ": 2 Large". A text of n words or fewer gives what follows the last.
func Rest(s string, n int) string {
	var buf [64]byte
	words, gap := 0, true
	for i, r := range s {
		before, letters := words, false
		folded := appendRune(buf[:0], r)
		for len(folded) > 0 {
			f, size := utf8.DecodeRune(folded)
			folded = folded[size:]
			in := inWord(f)
			if in && gap {
				words++
			}
			gap, letters = !in, letters || in
		}
		if words < n || words == n && (!gap || n == 0) {
			continue
		}
		if before < n || words == n && letters { // it ends the last word, and brings its own gap, such as "⑿" and "⅟"
			_, size := utf8.DecodeRuneInString(s[i:])
			return s[i+size:]
		}
		return s[i:]
	}
	return ""
}

// inWord reports whether a folded character is part of a word. Spacing marks
// (category Mc) are vowels of Indic scripts: cutting there would leave no words.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiWord[r] > 1
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r)
}
