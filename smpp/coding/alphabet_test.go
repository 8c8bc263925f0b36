package coding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/coding"
)

// gsmBasic is the default alphabet of 3GPP TS 23.038, 6.2.1, by septet, with
// U+001B where the escape stands. gsmExtension are the septets behind it.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmnopqrstuvwxyzäöñüà"

var gsmExtension = map[byte]string{
	0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: `\`, 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}

// gsmAll is every character with its octets.
func gsmAll() map[string][]byte {
	all := map[string][]byte{}
	for c, r := range []rune(gsmBasic) {
		if r != 0x1B {
			all[string(r)] = []byte{byte(c)}
		}
	}
	for c, s := range gsmExtension {
		all[s] = []byte{0x1B, c}
	}
	return all
}

var zeros = []coding.Alphabet{coding.GSM7, coding.Latin1, coding.ASCII}

func TestPitfall32All137CharactersBothWays(t *testing.T) {
	t.Parallel()
	all := gsmAll()
	require.Len(t, all, 137)
	for text, octets := range all {
		dataCoding, alphabet, got := coding.Encode(text, coding.GSM7)
		require.Equal(t, coding.GSM7, alphabet, "%q", text)
		require.Zero(t, dataCoding)
		require.Equal(t, octets, got, "%q", text)
		back, binary := coding.Decode(0, octets, coding.GSM7)
		require.Equal(t, text, back)
		require.False(t, binary)
	}
}

func TestPitfall32EveryCharacterUnderEachSetting(t *testing.T) {
	t.Parallel()
	for _, zero := range zeros {
		for text := range gsmAll() {
			dataCoding, alphabet, octets := coding.Encode(text, zero)
			require.Equal(t, alphabet, coding.AlphabetOf(dataCoding, zero))
			got, _ := coding.Decode(dataCoding, octets, zero)
			require.Equal(t, text, got, "%s means %s", zero, alphabet)
		}
	}
}

func TestPitfall32SameOctetsOtherAlphabet(t *testing.T) {
	t.Parallel()
	octets := []byte{0x40, 0xA3, 0x24, 0x5F}
	for zero, want := range map[coding.Alphabet]string{
		coding.GSM7: "¡\uFFFD¤§", coding.Latin1: "@£$_", coding.ASCII: "@\uFFFD$_",
	} {
		got, _ := coding.Decode(0, octets, zero)
		require.Equal(t, want, got, zero.String())
	}
	got, _ := coding.Decode(0, []byte{0x00, 0x02, 0x11, 0x24}, coding.GSM7)
	require.Equal(t, "@$_¤", got)
}

func TestPitfall33WhatDoesNotFitGSMGoesAsUCS2(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ç", "`", "中", "\t", "\u00A0", "\u2019", "\u201C", "😀", "\x00", "\x1B"} {
		dataCoding, alphabet, octets := coding.Encode("a"+text, coding.GSM7)
		require.Equal(t, coding.UCS2, alphabet, "%q", text)
		require.Equal(t, uint8(0x08), dataCoding)
		require.Equal(t, []byte{0, 'a'}, octets[:2])
		got, _ := coding.Decode(dataCoding, octets, coding.GSM7)
		if text != "\x00" { // pitfall 38: it is not handed on
			require.Equal(t, "a"+text, got)
		}
	}
}

func TestPitfall34Latin1IsNotWindows1252(t *testing.T) {
	t.Parallel()
	for _, zero := range []coding.Alphabet{coding.Latin1, coding.ASCII} {
		for _, text := range []string{"€", "„", "é€", "\u0080", "\u009F"} {
			_, alphabet, _ := coding.Encode(text, zero)
			require.Equal(t, coding.UCS2, alphabet, "%q", text)
		}
	}
	for zero, want := range map[coding.Alphabet]uint8{coding.Latin1: 0, coding.ASCII: 3} {
		dataCoding, alphabet, octets := coding.Encode("aéÿ", zero)
		require.Equal(t, coding.Latin1, alphabet)
		require.Equal(t, want, dataCoding)
		require.Equal(t, []byte{'a', 0xE9, 0xFF}, octets)
	}
}

func TestPitfall35MessageClasses(t *testing.T) {
	t.Parallel()
	for dataCoding, want := range map[uint8]coding.Alphabet{
		0x10: coding.GSM7, 0x11: coding.GSM7, 0x14: coding.Binary, 0x18: coding.UCS2, 0x1C: coding.Unspecified,
		0x20: coding.Binary, 0x3F: coding.Binary, 0x40: coding.GSM7, 0x48: coding.UCS2, 0x58: coding.UCS2, 0x60: coding.Binary,
		0x80: coding.Unspecified, 0xC0: coding.GSM7, 0xD0: coding.GSM7, 0xE0: coding.UCS2,
		0xF0: coding.GSM7, 0xF1: coding.GSM7, 0xF4: coding.Binary, 0xF5: coding.Binary, 0xFF: coding.Binary,
		0x01: coding.ASCII, 0x02: coding.Binary, 0x03: coding.Latin1, 0x04: coding.Binary, 0x05: coding.Unspecified,
		0x06: coding.Cyrillic, 0x07: coding.Hebrew, 0x08: coding.UCS2, 0x0E: coding.Unspecified,
	} {
		require.Equal(t, want, coding.AlphabetOf(dataCoding, coding.Latin1), "%#x", dataCoding)
	}
	got, _ := coding.Decode(0x18, []byte("\x00f\x00l\x00a\x00s\x00h"), coding.GSM7)
	require.Equal(t, "flash", got)
}

func TestPitfall36BinaryIsNoText(t *testing.T) {
	t.Parallel()
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, dataCoding := range []uint8{0x02, 0x04, 0x14, 0xF4, 0xF5} {
		for _, octets := range [][]byte{every, []byte("STOP"), nil} {
			text, binary := coding.Decode(dataCoding, octets, coding.GSM7)
			require.True(t, binary)
			require.Empty(t, text)
		}
	}
	// An alphabet that is not read here: binary, unless it can only be ASCII.
	text, binary := coding.Decode(0x0E, []byte("STOP\x00"), coding.GSM7)
	require.False(t, binary)
	require.Equal(t, "STOP", text)
	_, binary = coding.Decode(0x0E, every, coding.GSM7)
	require.True(t, binary)
}

func TestPitfall37UCS2(t *testing.T) {
	t.Parallel()
	for octets, want := range map[string]string{
		"\xFE\xFF\x00S\x00T\x00O\x00P":         "STOP",
		"\xFF\xFES\x00T\x00O\x00P\x00":         "STOP",
		"\x00S\x00T\x00O\x00P\x00":             "STOP", // a last odd octet
		"\xD8\x3D\xDE\x00":                     "😀",
		"\xD8\x3D":                             "\uFFFD",
		"\xDE\x00":                             "\uFFFD",
		"\xD8\x3D\x00A":                        "\uFFFDA",
		"\xD8\x3D\xD8\x3D\xDE\x00":             "\uFFFD😀",
		"\xD8\x3D\xDE":                         "\uFFFD",
		"\x00A\x00\x00\x00B":                   "AB", // U+0000
		"\xFE\xFF":                             "",
		"\x00":                                 "",
		"":                                     "",
		"\x00A\xFE\xFF\x00B":                   "A\uFEFFB", // no mark in the middle
		"\x04\x1f\x04\x40\x04\x38\x04\x32\x00": "Прив",
	} {
		got, binary := coding.Decode(8, []byte(octets), coding.GSM7)
		require.Equal(t, want, got, "% x", octets)
		require.False(t, binary)
	}
}

func TestPitfalls38And39NULs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dataCoding   uint8
		octets, want string
	}{
		{0x00, "\x00\x00STOP\x00", "@@STOP@"},
		{0x01, "STOP\x00", "STOP"},
		{0x03, "\x00ST\x00OP\x00", "STOP"},
		{0x08, "\x00S\x00\x00", "S"},
	} {
		got, _ := coding.Decode(c.dataCoding, []byte(c.octets), coding.GSM7)
		require.Equal(t, c.want, got)
	}
	// For the carrier that is known to append one.
	got, _ := coding.Decode(0, coding.TrimNUL([]byte("\x00STOP\x00")), coding.GSM7)
	require.Equal(t, "@STOP", got)
}

func TestPitfall40EmptyText(t *testing.T) {
	t.Parallel()
	for _, zero := range zeros {
		for dataCoding := range 256 {
			text, _ := coding.Decode(uint8(dataCoding), nil, zero)
			require.Empty(t, text)
		}
		_, alphabet, octets := coding.Encode("", zero)
		require.Equal(t, zero, alphabet)
		require.Empty(t, octets)
	}
}

func TestDecodeGSMEscapes(t *testing.T) {
	t.Parallel()
	for octets, want := range map[string]string{
		"\x1Be":     "€",
		"\x1Ba":     "a", // not in the extension table: as in the default one
		"\x1B":      " ",
		"\x1B\x1Be": " e",
		"\x80":      "\uFFFD",
		"\x1B\xFF":  "\uFFFD",
	} {
		got, _ := coding.Decode(0, []byte(octets), coding.GSM7)
		require.Equal(t, want, got, "% x", octets)
	}
}

func TestDecodeOtherAlphabets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dataCoding   uint8
		octets, want string
	}{
		{0x03, "\x80 caf\xE9", "€ café"}, // Windows-1252 is read, not written
		{0x06, "\xBF\xE0\xD8\xD2", "Прив"},
		{0x07, "\xF9\xEC", "של"},
	} {
		got, binary := coding.Decode(c.dataCoding, []byte(c.octets), coding.GSM7)
		require.Equal(t, c.want, got)
		require.False(t, binary)
	}
}

func TestEncodeDecodeIsTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, zero := textGen.Draw(t, "text"), rapid.SampledFrom(zeros).Draw(t, "zero")
		dataCoding, alphabet, octets := coding.Encode(text, zero)
		require.Equal(t, alphabet, coding.AlphabetOf(dataCoding, zero))
		got, binary := coding.Decode(dataCoding, octets, zero)
		require.False(t, binary)
		require.Equal(t, text, got)
	})
}

// textGen makes texts of any length in each alphabet, dense at what goes wrong.
var textGen = rapid.OneOf(
	rapid.StringOf(rapid.SampledFrom([]rune(strings.ReplaceAll(gsmBasic, "\x1b", "")+`^{}\[~]|€€€€`))),
	rapid.StringOf(rapid.RuneFrom([]rune("abc é€{ç😀中"))),
	rapid.StringOf(rapid.SampledFrom([]rune("aéçß¿\u00A0"))),
	rapid.StringOf(rapid.SampledFrom([]rune("a😀"))),
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, a := range zeros {
		got, err := coding.ParseZero(a.String())
		require.NoError(t, err)
		require.Equal(t, a, got)
	}
	_, err := coding.ParseZero("ucs2")
	require.ErrorContains(t, err, "write gsm7, latin1 or ascii")
	for _, m := range methods {
		got, err := coding.ParseMethod(m.String())
		require.NoError(t, err)
		require.Equal(t, m, got)
	}
	_, err = coding.ParseMethod("")
	require.ErrorContains(t, err, "write udh8, udh16, sar or payload")
	require.Equal(t, "alphabet(99)", coding.Alphabet(99).String())
	require.Equal(t, "method(99)", coding.Method(99).String())
}
