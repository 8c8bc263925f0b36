package fold

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// asciiWord maps an ASCII character to its folded form inside a word: 0 for a
// separator, 1 for an apostrophe, which is dropped.
var asciiWord = func() (t [utf8.RuneSelf]byte) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = c
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	t['\''], t['`'] = 1, 1
	return t
}()

// plain marks the octets that fold to themselves.
var plain = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = (c < 'A' || c > 'Z') && c != '\'' && c != '`'
	}
	return t
}()

// common holds the folded form of the characters below U+0600: Latin, Greek,
// Cyrillic and Hebrew letters, most of what phones send.
var common = func() (t [0x600]string) {
	for r := range t {
		t[r] = string(appendAny(nil, rune(r)))
	}
	return t
}()

// appendRune appends the folded form of r, which may be nothing.
func appendRune(dst []byte, r rune) []byte {
	if r >= 0 && int(r) < len(common) {
		return append(dst, common[r]...)
	}
	return appendAny(dst, r)
}

// appendAny folds without the table.
func appendAny(dst []byte, r rune) []byte {
	if apostrophe(unicode.ToLower(r)) { // one of them has a capital
		return dst
	}
	if r >= hangulFirst && r <= hangulLast {
		return appendHangul(dst, r)
	}
	var buf [utf8.UTFMax]byte
	written := buf[:utf8.EncodeRune(buf[:], r)]
	if d := norm.NFD.Properties(written).Decomposition(); d != nil { // what is composed folds as its parts do
		for len(d) > 0 {
			b, n := utf8.DecodeRune(d)
			dst, d = appendAny(dst, b), d[n:]
		}
		return dst
	}
	d := norm.NFKD.Properties(written).Decomposition()
	if d == nil {
		return appendBase(dst, r)
	}
	for len(d) > 0 {
		b, n := utf8.DecodeRune(d)
		if d = d[n:]; !apostrophe(b) {
			dst = appendBase(dst, b)
		}
	}
	return dst
}

// appendBase appends the case-folded form of a character that has no
// decomposition, or nothing when it carries no meaning of its own.
func appendBase(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(dst, byte(unicode.ToLower(r)))
	}
	if invisible(r) {
		return dst
	}
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return append(dst, "ss"...)
	case 'œ':
		return append(dst, "oe"...)
	case 'æ':
		return append(dst, "ae"...)
	case 'ø':
		return append(dst, 'o')
	case 'ı':
		return append(dst, 'i')
	case 'ł':
		return append(dst, 'l')
	case 'đ':
		return append(dst, 'd')
	case 'ς':
		r = 'σ'
	}
	if c, ok := badge(r); ok {
		return append(dst, c)
	}
	return utf8.AppendRune(dst, r)
}

// apostrophe reports whether r is one of the marks that people's keyboards put
// for the apostrophe. It is asked before decomposing, which would turn U+00B4
// into a space and an accent.
func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u00B4', '‘', '’', '‛', '′', '‵', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ˈ', 'ˊ', 'ˋ',
		'\u1FBD', '\u1FBF', '\u1FEF', '\u1FFD', '\u1FFE', '\u02EE', '＇', '｀', 'ꞌ':
		return true
	}
	return false
}

// invisible reports whether r is nothing of its own: accents and enclosing
// marks, format characters, variation selectors (category Mn), skin tones, and
// the letters that exist to be blank.
func invisible(r rune) bool {
	switch {
	case r >= 0x1F3FB && r <= 0x1F3FF, r == '\u115F', r == '\u1160':
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf)
}

// badge gives the letter on a white-on-black disc or square (🅢, 🆂), which
// Unicode does not decompose.
func badge(r rune) (byte, bool) {
	switch {
	case r >= 0x1F150 && r <= 0x1F169:
		return 'a' + byte(r-0x1F150), true
	case r >= 0x1F170 && r <= 0x1F189:
		return 'a' + byte(r-0x1F170), true
	}
	return 0, false
}

// Hangul syllables decompose by arithmetic (The Unicode Standard, 3.12).
const (
	hangulFirst, hangulLast = 0xAC00, 0xD7A3
	jamoL, jamoV, jamoT     = 0x1100, 0x1161, 0x11A7
	jamoTCount, jamo        = 28, 21 * 28
)

func appendHangul(dst []byte, r rune) []byte {
	s := r - hangulFirst
	dst = utf8.AppendRune(dst, jamoL+s/jamo)
	dst = utf8.AppendRune(dst, jamoV+s%jamo/jamoTCount)
	if t := s % jamoTCount; t > 0 {
		dst = utf8.AppendRune(dst, jamoT+t)
	}
	return dst
}
