package coding_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
)

func FuzzDecodeText(f *testing.F) {
	for _, seed := range []struct {
		dataCoding uint8
		octets     string
	}{
		{0, "\x00STOP\x1Be\x1B"},
		{0, "\x80\xFF\x1B\x80"},
		{3, "caf\xE9\x80\x00"},
		{8, "\xFE\xFF\xD8\x3D\xDE\x00\xD8"},
		{8, "\xFF\xFES\x00"},
		{0x18, "\x00f"},
		{4, "\x00\xFF"},
		{0x0E, "STOP"},
		{6, "\xBF"},
		{7, "\xFB"},
		{0xF5, "x"},
		{1, "\x7F\x80"},
	} {
		f.Add(seed.dataCoding, []byte(seed.octets), uint8(0))
	}
	f.Fuzz(func(t *testing.T, dataCoding uint8, octets []byte, setting uint8) {
		zero := zeros[int(setting)%len(zeros)]
		text, binary := coding.Decode(dataCoding, octets, zero)
		require.True(t, utf8.ValidString(text))
		require.NotContains(t, text, "\x00")
		require.False(t, binary && text != "")
		require.LessOrEqual(t, len(text), 3*len(octets))
		if !binary && !strings.ContainsRune(text, 0xFEFF) {
			code, _, again := coding.Encode(text, zero)
			back, _ := coding.Decode(code, again, zero)
			require.Equal(t, text, back)
		}
	})
}

func FuzzParseUDH(f *testing.F) {
	for _, seed := range []string{
		"\x05\x00\x03\x01\x02\x01STOP", "\x06\x08\x04\x01\x02\x02\x01STOP", "\x0B\x05\x04\x15\x81\x00\x00\x00\x03\x01\x02\x01",
		"\x05\x00\x03\x08\x02\x09", "\x05\x00\x03\x08\x00\x00", "\x00", "\x01\x00", "\xFFSTOP", "", "\x03\x00\xFF\x01x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, userData []byte) {
		c, text, ok := coding.ParseUDH(userData)
		if !ok {
			require.Nil(t, c)
			require.Equal(t, userData, text)
			return
		}
		require.Equal(t, len(userData)-int(userData[0])-1, len(text))
		if c != nil {
			require.GreaterOrEqual(t, c.Total, uint8(2))
			require.GreaterOrEqual(t, c.Part, uint8(1))
			require.LessOrEqual(t, c.Part, c.Total)
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add("plain", uint8(0), uint16(1))
	f.Add(a("€", 153), uint8(1), uint16(0x1234))
	f.Add(a("中", 66)+"😀😀", uint8(2), uint16(7))
	f.Add(a("é", 150), uint8(5), uint16(7))
	f.Add("\xFF\x00\x1B", uint8(8), uint16(0))
	f.Fuzz(func(t *testing.T, text string, choice uint8, ref uint16) {
		o := coding.SplitOptions{Zero: zeros[int(choice)%3], Method: methods[int(choice)/3%4], Ref: ref}
		s, err := coding.Split(text, o)
		if err != nil {
			require.ErrorContains(t, err, "shorten it")
			return
		}
		want := strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
		if want == text && !strings.HasPrefix(text, "\uFEFF") && !strings.HasPrefix(text, "\uFFFE") {
			checkParts(t, text, o.Zero, s)
		}
		n, alphabet := coding.Count(text, o.Zero)
		require.Equal(t, s.Alphabet, alphabet)
		if o.Method == coding.UDH8 {
			require.Equal(t, s.Total, n)
		}
	})
}

func FuzzTransliterate(f *testing.F) {
	f.Add("l\u2019offre \u00AB\u00A0Roma\u00A0\u00BB\u2026 e\u0301")
	f.Add("\xFF\u200B\t")
	f.Fuzz(func(t *testing.T, text string) {
		once := coding.Transliterate(text)
		for _, gone := range []string{"\u2019", "\u2026", "\u00A0", "\t", "`"} {
			require.NotContains(t, once, gone)
		}
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(once))
		}
	})
}
