package coding

import "github.com/fiorix/go-smpp/smpp/pdu/pdutext"

// escape leads to the extension table (3GPP TS 23.038, 6.2.1).
const escape = 0x1B

// The GSM 03.38 tables, made from go-smpp's when the program starts. Its
// tables are sound (all 137 characters); its GSM7.Encode is not used, since it
// returns the UTF-8 octets of a text that does not fit, without an error.
var (
	gsmRune     [128]rune // by septet; 0 for the escape
	gsmExtended [128]rune // by the septet behind an escape; 0 where there is none
	gsmSeptets  [gsmTable]uint16
)

const (
	gsmTable = 0x400  // every character of the alphabet but the euro sign is below
	gsmNone  = 0xFFFF // no character of the alphabet
	gsmEuro  = escape<<8 | 0x65
	euro     = '€'
)

func init() {
	for r := range gsmSeptets {
		gsmSeptets[r] = gsmNone
	}
	for c := range uint8(128) {
		if c != escape {
			gsmRune[c] = gsmCharacter(c)
			gsmSeptets[gsmRune[c]] = uint16(c)
		}
		r := gsmCharacter(escape, c)
		if r == escape {
			continue // go-smpp returns what it cannot decode
		}
		gsmExtended[c] = r
		if r != euro {
			gsmSeptets[r] = escape<<8 | uint16(c)
		}
	}
}

func gsmCharacter(septets ...uint8) rune {
	return []rune(string(pdutext.GSM7(septets).Decode()))[0]
}

// gsmOf returns the septet of a character, or the escape and its septet in
// two octets, or gsmNone.
func gsmOf(r rune) uint16 {
	if uint32(r) < gsmTable {
		return gsmSeptets[r]
	}
	if r == euro {
		return gsmEuro
	}
	return gsmNone
}

func appendGSM(dst []byte, text string) []byte {
	for _, r := range text {
		s := gsmOf(r)
		if s >= escape<<8 {
			dst = append(dst, escape)
		}
		dst = append(dst, uint8(s))
	}
	return dst
}

// decodeGSM reads septets. As 3GPP TS 23.038, 6.2.1 wants, an escape with a
// septet that the extension table has not is the character of the default
// table, and an escape before nothing or another escape is a blank. An octet
// above 0x7F is no septet: U+FFFD.
func decodeGSM(octets []byte) string {
	out := make([]byte, 0, len(octets)+len(octets)/8)
	escaped := false
	for _, c := range octets {
		switch {
		case escaped:
			out, escaped = appendExtended(out, c), false
		case c == escape:
			escaped = true
		default:
			out = appendRune(out, gsmDefault(c))
		}
	}
	if escaped {
		out = append(out, ' ')
	}
	return string(out)
}

func appendExtended(out []byte, c uint8) []byte {
	if c == escape {
		return append(out, ' ')
	}
	if c < 128 && gsmExtended[c] != 0 {
		return appendRune(out, gsmExtended[c])
	}
	return appendRune(out, gsmDefault(c))
}

func gsmDefault(c uint8) rune {
	if c < 128 {
		return gsmRune[c]
	}
	return replacement
}
