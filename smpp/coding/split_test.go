package coding_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

var methods = []coding.Method{coding.UDH8, coding.UDH16, coding.SAR, coding.Payload}

func split(t testing.TB, text string, o coding.SplitOptions) coding.Segments {
	t.Helper()
	s, err := coding.Split(text, o)
	require.NoError(t, err)
	return s
}

// a repeats a text.
func a(text string, n int) string { return strings.Repeat(text, n) }

func TestPitfalls13To15NumberOfSegments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text        string
		zero              coding.Alphabet
		udh8, udh16, sarN int
	}{
		{"1 septet", "a", coding.GSM7, 1, 1, 1},
		{"none", "", coding.GSM7, 1, 1, 1},
		{"160 septets", a("a", 160), coding.GSM7, 1, 1, 1},
		{"161 septets", a("a", 161), coding.GSM7, 2, 2, 2},
		{"304 septets", a("a", 304), coding.GSM7, 2, 2, 2},
		{"305 septets", a("a", 305), coding.GSM7, 2, 3, 2},
		{"306 septets", a("a", 306), coding.GSM7, 2, 3, 2},
		{"307 septets", a("a", 307), coding.GSM7, 3, 3, 3},
		{"459 septets", a("a", 459), coding.GSM7, 3, 4, 3},
		{"460 septets", a("a", 460), coding.GSM7, 4, 4, 4},
		{"159 and an escaped character", a("a", 159) + "{", coding.GSM7, 2, 2, 2},
		{"158 and an escaped character", a("a", 158) + "{", coding.GSM7, 1, 1, 1},
		{"80 escaped characters", a("€", 80), coding.GSM7, 1, 1, 1},
		{"153 escaped characters: 76 fit a part", a("€", 153), coding.GSM7, 3, 3, 3},
		{"70 code units", a("中", 70), coding.GSM7, 1, 1, 1},
		{"71 code units", a("中", 71), coding.GSM7, 2, 2, 2},
		{"132 code units", a("中", 132), coding.GSM7, 2, 2, 2},
		{"133 code units", a("中", 133), coding.GSM7, 2, 3, 2},
		{"134 code units", a("中", 134), coding.GSM7, 2, 3, 2},
		{"135 code units", a("中", 135), coding.GSM7, 3, 3, 3},
		{"35 emoji", a("😀", 35), coding.GSM7, 1, 1, 1},
		{"36 emoji", a("😀", 36), coding.GSM7, 2, 2, 2},
		{"66 emoji: 33 fit a part", a("😀", 66), coding.GSM7, 2, 2, 2},
		{"67 emoji", a("😀", 67), coding.GSM7, 3, 3, 3},
		{"140 octets", a("é", 140), coding.Latin1, 1, 1, 1},
		{"141 octets", a("é", 141), coding.Latin1, 2, 2, 2},
		{"266 octets", a("é", 266), coding.Latin1, 2, 2, 2},
		{"267 octets", a("é", 267), coding.Latin1, 2, 3, 2},
		{"269 octets", a("é", 269), coding.Latin1, 3, 3, 3},
		{"160 ASCII", a("a", 160), coding.ASCII, 1, 1, 1},
		{"161 ASCII", a("a", 161), coding.ASCII, 2, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for method, want := range map[coding.Method]int{coding.UDH8: c.udh8, coding.UDH16: c.udh16, coding.SAR: c.sarN, coding.Payload: 1} {
				s := split(t, c.text, coding.SplitOptions{Zero: c.zero, Method: method, Ref: 0x1234})
				require.Len(t, s.Parts, want, method.String())
				require.Equal(t, want, s.Total)
				checkParts(t, c.text, c.zero, s)
			}
			n, _ := coding.Count(c.text, c.zero)
			require.Equal(t, c.udh8, n)
		})
	}
}

// checkParts holds what is true of every split text.
func checkParts(t require.TestingT, text string, zero coding.Alphabet, s coding.Segments) {
	require.Equal(t, s.Total, len(s.Parts))
	require.Equal(t, s.UDH, s.Total > 1 && (s.Method == coding.UDH8 || s.Method == coding.UDH16), "pitfall 28: UDHI only with a UDH")
	texts := make([][]byte, 0, s.Total)
	for i, part := range s.Parts {
		m := message(s, i)
		require.LessOrEqual(t, bits(s, m), 140*8, "part %d of %s", i+1, s.Method)
		c, octets := coding.ConcatOf(m)
		if s.Total > 1 {
			require.Equal(t, &coding.Concat{Method: s.Method, Ref: s.Ref, Total: uint8(s.Total), Part: uint8(i + 1)}, c)
			require.NotEmpty(t, octets)
		} else {
			require.Nil(t, c)
			require.Equal(t, part, octets)
		}
		requireNoPairCut(t, s.Alphabet, octets)
		texts = append(texts, octets)
	}
	got, _ := coding.Decode(s.DataCoding, coding.Join(texts), zero)
	require.Equal(t, text, got)
}

// message is a part as it is sent.
func message(s coding.Segments, part int) *pdu.Message {
	m := &pdu.Message{DataCoding: s.DataCoding, UserData: s.Parts[part], TLVs: s.TLVs(part)}
	if s.UDH {
		m.ESMClass = pdu.ESMUDHI
	}
	return m
}

// bits is the length of a part on the air, with the header that the SMSC adds
// for SAR; a payload has none that counts here.
func bits(s coding.Segments, m *pdu.Message) int {
	if s.Method == coding.Payload {
		return 0
	}
	_, text := coding.ConcatOf(m)
	n := 8 * (len(m.UserData) - len(text))
	if len(m.TLVs) > 0 {
		n = 8 * 6
	}
	if s.Alphabet == coding.GSM7 || s.Alphabet == coding.ASCII {
		return (n+6)/7*7 + 7*len(text) // septets begin at a septet boundary
	}
	return n + 8*len(text)
}

func requireNoPairCut(t require.TestingT, alphabet coding.Alphabet, octets []byte) {
	switch alphabet {
	case coding.GSM7:
		require.False(t, bytes.HasSuffix(octets, []byte{0x1B}), "pitfall 16: escape pair cut")
	case coding.UCS2:
		require.Zero(t, len(octets)%2)
		for i := 0; i < len(octets); i += 2 {
			r := rune(octets[i])<<8 | rune(octets[i+1])
			if utf16.IsSurrogate(r) {
				require.Less(t, r, rune(0xDC00), "pitfall 17: a low surrogate alone")
				require.Less(t, i+3, len(octets), "pitfall 17: surrogate pair cut")
				i += 2
			}
		}
	}
}

func TestPitfall16EscapePairMovesToTheNextPart(t *testing.T) {
	t.Parallel()
	s := split(t, a("a", 152)+"€"+a("b", 20), coding.SplitOptions{Ref: 7})
	require.Equal(t, 6+152, len(s.Parts[0]))
	require.Equal(t, []byte("\x05\x00\x03\x07\x02\x01a"), s.Parts[0][:7])
	require.Equal(t, []byte("\x05\x00\x03\x07\x02\x02\x1Beb"), s.Parts[1][:9])
	// Count sees it as well: 153 + 152 septets would fit two parts.
	n, _ := coding.Count(a("a", 152)+"€"+a("b", 152), coding.GSM7)
	require.Equal(t, 3, n)
}

func TestPitfall16And17JoinBeforeDecoding(t *testing.T) {
	t.Parallel()
	got, _ := coding.Decode(0, coding.Join([][]byte{[]byte("5 \x1B"), []byte("e")}), coding.GSM7)
	require.Equal(t, "5 €", got)
	got, _ = coding.Decode(8, coding.Join([][]byte{{0xD8, 0x3D}, {0xDE, 0x00}}), coding.GSM7)
	require.Equal(t, "😀", got)
}

func TestPitfall17SurrogatePairMovesToTheNextPart(t *testing.T) {
	t.Parallel()
	s := split(t, a("中", 66)+"😀"+a("中", 10), coding.SplitOptions{Method: coding.UDH8})
	require.Equal(t, 6+132, len(s.Parts[0]))
	require.Equal(t, []byte{0xD8, 0x3D, 0xDE, 0x00}, s.Parts[1][6:10])
}

func TestPitfall28NoHeaderOnASinglePart(t *testing.T) {
	t.Parallel()
	for _, method := range methods {
		s := split(t, a("a", 160), coding.SplitOptions{Method: method, Ref: 9})
		require.False(t, s.UDH)
		require.Equal(t, a("a", 160), string(s.Parts[0]))
		require.Empty(t, s.TLVs(0))
	}
}

func TestPitfall31ReferencesOnTheWire(t *testing.T) {
	t.Parallel()
	text := a("a", 161)
	s := split(t, text, coding.SplitOptions{Method: coding.UDH8, Ref: 0x1234})
	require.Equal(t, uint16(0x34), s.Ref)
	s = split(t, text, coding.SplitOptions{Method: coding.UDH16, Ref: 0x1234})
	require.Equal(t, []byte{6, 8, 4, 0x12, 0x34, 2, 1}, s.Parts[0][:7])
	s = split(t, text, coding.SplitOptions{Method: coding.SAR, Ref: 0x1234})
	require.Equal(t, []pdu.TLV{
		{Tag: pdu.TagSarMsgRefNum, Value: []byte{0x12, 0x34}},
		{Tag: pdu.TagSarTotalSegments, Value: []byte{2}},
		{Tag: pdu.TagSarSegmentSeqnum, Value: []byte{2}},
	}, s.TLVs(1))
}

func TestSplitTooLong(t *testing.T) {
	t.Parallel()
	_, err := coding.Split(a("a", 256*153), coding.SplitOptions{})
	require.EqualError(t, err, "the text needs 256 segments, at most 255 are allowed: shorten it")
	require.Len(t, split(t, a("a", 255*153), coding.SplitOptions{}).Parts, 255)

	_, err = coding.Split(a("a", 11*153), coding.SplitOptions{Max: 10})
	var long *coding.TooLongError
	require.ErrorAs(t, err, &long)
	require.Equal(t, coding.TooLongError{Segments: 11, Max: 10}, *long)
	_, err = coding.Split(a("a", 11*153), coding.SplitOptions{Max: 10, Method: coding.Payload})
	require.ErrorAs(t, err, &long, "the SMSC makes as many parts")
	_, err = coding.Split(a("a", 256*153), coding.SplitOptions{Max: 1000})
	require.ErrorContains(t, err, "at most 255")
}

func TestSplitProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := a(textGen.Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "times"))
		o := coding.SplitOptions{
			Zero:   rapid.SampledFrom(zeros).Draw(t, "zero"),
			Method: rapid.SampledFrom(methods).Draw(t, "method"),
			Ref:    rapid.Uint16().Draw(t, "ref"),
		}
		s, err := coding.Split(text, o)
		n, alphabet := coding.Count(text, o.Zero)
		if err != nil {
			require.Greater(t, n, 240)
			return
		}
		require.Equal(t, s.Alphabet, alphabet)
		if o.Method == coding.UDH8 || o.Method == coding.SAR {
			require.Equal(t, s.Total, n)
		}
		checkParts(t, text, o.Zero, s)
	})
}

func TestTransliterate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"l\u2019offre \u00AB\u00A0Roma\u00A0\u00BB \u2013 10\u202F€\u2026": "l'offre \"Roma\" - 10 €...",
		"e\u0301te\u0301":            "été",
		"a\tb\u00A0c\r\nd\u200B`":    "a b c\nd'",
		"\u0153uf":                   "oeuf",
		"\u201Cok\u201D":             `"ok"`,
		"ça":                         "ça", // letters stay
		"👨\u200D👩":                   "👨\u200D👩",
		"plain":                      "plain",
		"not UTF-8: \xFF":            "not UTF-8: \xFF",
		"c\u0327":                    "ç",
		"\u2039x\u203A \uFB01n":      "'x' fin",
		"\u00AB ok \u00BB ou \u00AB": `"ok" ou "`,
	} {
		require.Equal(t, want, coding.Transliterate(text), "%q", text)
	}
}

func TestSimplifyOnlyWhereItIsCheaper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		zero coding.Alphabet
		want string
	}{
		{"it\u2019s", coding.GSM7, "it's"},
		{"it\u2019s\u2026 😀", coding.GSM7, "it\u2019s\u2026 😀"},
		{"ça\u2026", coding.GSM7, "ça\u2026"},
		{"ça\u2026", coding.Latin1, "ça..."},
		{"`", coding.Latin1, "`"},
		{"plain", coding.ASCII, "plain"},
	} {
		require.Equal(t, c.want, coding.Simplify(c.text, c.zero))
	}
}
