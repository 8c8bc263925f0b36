package coding

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Decode returns the text of user data without its UDH; zero is what the
// carrier means by data_coding 0. It never fails: what cannot be read is
// U+FFFD, a byte order mark and U+0000 are left out, so the text is valid
// UTF-8 that a database accepts. Binary is true, and the text empty, when
// data_coding says that there is no text, or names an alphabet that is not
// read here and the octets are more than ASCII: an opt-out under an odd
// data_coding is still one.
func Decode(dataCoding uint8, octets []byte, zero Alphabet) (text string, binary bool) {
	switch a := AlphabetOf(dataCoding, zero); a {
	case GSM7:
		return decodeGSM(octets), false
	case UCS2:
		return decodeUCS2(octets), false
	case Binary:
		return "", true
	case Unspecified:
		if !plain(octets) {
			return "", true
		}
		return decodeBytes(octets, asciiRune), false
	default:
		return decodeBytes(octets, runeOf[a]), false
	}
}

// TrimNUL takes one NUL off the end of user data. It is for carriers known to
// append one, and for user data whose [AlphabetOf] is [GSM7]: there 0x00 is
// "@", so Decode keeps it, while in UCS-2 it may be half a character.
func TrimNUL(octets []byte) []byte { return bytes.TrimSuffix(octets, []byte{0}) }

// Join puts the user data of the parts of one message together, each without
// its UDH, in their order. Parts are joined before they are decoded: carriers
// and phones do cut escape and surrogate pairs.
func Join(parts [][]byte) []byte { return bytes.Join(parts, nil) }

func plain(octets []byte) bool {
	for _, c := range octets {
		if c != 0 && (c >= 0x80 || !isText(rune(c))) {
			return false
		}
	}
	return true
}

var runeOf = [...]func(uint8) rune{
	ASCII: asciiRune,
	// Octets 0x80 to 0x9F are read as Windows-1252: they are no characters of
	// ISO-8859-1, and carriers that send them mean that.
	Latin1:   charmap.Windows1252.DecodeByte,
	Cyrillic: charmap.ISO8859_5.DecodeByte,
	Hebrew:   charmap.ISO8859_8.DecodeByte,
}

func asciiRune(c uint8) rune {
	if c < 0x80 {
		return rune(c)
	}
	return replacement
}

func decodeBytes(octets []byte, runeOf func(uint8) rune) string {
	out := make([]byte, 0, len(octets)+len(octets)/8)
	for _, c := range octets {
		if c != 0 {
			out = appendRune(out, runeOf(c))
		}
	}
	return string(out)
}

// decodeUCS2 reads UTF-16: big-endian unless a byte order mark says otherwise.
// A last odd octet is dropped.
func decodeUCS2(octets []byte) string {
	order := binary.ByteOrder(binary.BigEndian)
	if len(octets) >= 2 {
		switch binary.BigEndian.Uint16(octets) {
		case 0xFEFF:
			octets = octets[2:]
		case 0xFFFE:
			octets, order = octets[2:], binary.LittleEndian
		}
	}
	var out strings.Builder
	out.Grow(len(octets))
	for len(octets) >= 2 {
		r := rune(order.Uint16(octets))
		octets = octets[2:]
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if len(octets) >= 2 {
				low = rune(order.Uint16(octets))
			}
			if r = utf16.DecodeRune(r, low); r != replacement {
				octets = octets[2:]
			}
		}
		if r != 0 {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func appendRune(out []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(out, uint8(r))
	}
	return utf8.AppendRune(out, r)
}
