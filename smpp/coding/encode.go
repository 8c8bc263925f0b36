package coding

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode returns the text in the cheapest alphabet that holds all of it, with
// its data_coding; zero is what the carrier means by 0.
//
// A GSM 7-bit carrier gets GSM 7-bit or UCS-2, a Latin-1 carrier Latin-1 or
// UCS-2, an ASCII carrier ASCII, Latin-1 or UCS-2. Nothing is replaced on the
// way, except octets that are not UTF-8: they become U+FFFD.
func Encode(text string, zero Alphabet) (dataCoding uint8, alphabet Alphabet, octets []byte) {
	alphabet, units := measure(text, zero)
	octets = appendAs(make([]byte, 0, units), text, alphabet)
	return dataCodingOf(alphabet, zero), alphabet, octets
}

func dataCodingOf(a, zero Alphabet) uint8 {
	switch a {
	case zero:
		return codingDefault
	case Latin1:
		return codingLatin1
	}
	return codingUCS2
}

// appendAs writes a text that fits the alphabet.
func appendAs(dst []byte, text string, a Alphabet) []byte {
	switch a {
	case GSM7:
		return appendGSM(dst, text)
	case ASCII:
		return append(dst, text...)
	case Latin1:
		for _, r := range text {
			dst = append(dst, uint8(r))
		}
		return dst
	}
	for _, r := range text {
		if high, low := utf16.EncodeRune(r); high != replacement {
			dst = binary.BigEndian.AppendUint16(dst, uint16(high))
			r = low
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(r))
	}
	return dst
}

// replacement stands for what cannot be read.
const replacement = utf8.RuneError

// measure chooses the alphabet of a text and counts its octets (septets in
// GSM 7-bit) in it.
func measure(text string, zero Alphabet) (Alphabet, int) {
	alphabet, units := zero, 0
	for i, r := range text {
		width := widthOf(r, alphabet)
		if width > 0 {
			units += width
			continue
		}
		if alphabet == ASCII && widthOf(r, Latin1) > 0 {
			alphabet, units = Latin1, i+1 // all ASCII so far: one octet each
			continue
		}
		return UCS2, lengthUCS2(text)
	}
	return alphabet, units
}

// widthOf returns how many units a character takes, 0 if it does not fit.
func widthOf(r rune, a Alphabet) int {
	switch a {
	case GSM7:
		s := gsmOf(r)
		if s == gsmNone {
			return 0
		}
		if s >= escape<<8 {
			return 2
		}
		return 1
	case ASCII:
		return oneIf(isText(r) && r < 0x80)
	case Latin1:
		// 0x80 to 0x9F are control characters in ISO-8859-1. go-smpp's Latin1
		// is Windows-1252, which sends a euro sign there.
		return oneIf(isText(r) && (r < 0x80 || 0xA0 <= r && r <= 0xFF))
	}
	if r > 0xFFFF {
		return 4
	}
	return 2
}

// isText is false for the control characters that carriers drop or misread
// in eight-bit alphabets.
func isText(r rune) bool { return r >= ' ' && r != 0x7F || r == '\n' || r == '\r' || r == '\t' }

func oneIf(fits bool) int {
	if fits {
		return 1
	}
	return 0
}

func lengthUCS2(text string) int {
	n := 0
	for _, r := range text {
		n += widthOf(r, UCS2)
	}
	return n
}
