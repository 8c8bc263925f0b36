package coding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

func TestParseUDH(t *testing.T) {
	t.Parallel()
	concat := func(m coding.Method, ref uint16, total, part uint8) *coding.Concat {
		return &coding.Concat{Method: m, Ref: ref, Total: total, Part: part}
	}
	for _, c := range []struct {
		name, userData string
		want           *coding.Concat
		text           string
		none           bool // no header at all
	}{
		{"8-bit reference", "\x05\x00\x03\xAB\x02\x01STOP", concat(coding.UDH8, 0xAB, 2, 1), "STOP", false},
		{"pitfall 18: 16-bit reference", "\x06\x08\x04\xAB\xCD\x02\x02STOP", concat(coding.UDH16, 0xABCD, 2, 2), "STOP", false},
		{"255 parts", "\x05\x00\x03\x00\xFF\xFFx", concat(coding.UDH8, 0, 255, 255), "x", false},
		{"pitfall 24: part above the total", "\x05\x00\x03\x08\x02\x09STOP", nil, "STOP", false},
		{"pitfall 24: part 0", "\x05\x00\x03\x08\x02\x00STOP", nil, "STOP", false},
		{"pitfall 24: total 0", "\x05\x00\x03\x08\x00\x00STOP", nil, "STOP", false},
		{"pitfall 24: header of 0 octets", "\x00STOP", nil, "STOP", false},
		{"pitfall 24: header of 1 octet", "\x01\x00STOP", nil, "STOP", false},
		{"pitfall 24: header of 255 octets", "\xFFSTOP", nil, "\xFFSTOP", true},
		{"a header of 255 octets that is there", "\xFF" + strings.Repeat("\x00", 255) + "STOP", nil, "STOP", false},
		{"pitfall 25: ports before it", "\x0B\x05\x04\x15\x81\x00\x00\x00\x03\x01\x02\x01STOP", concat(coding.UDH8, 1, 2, 1), "STOP", false},
		{"pitfall 25: shift tables around it", "\x0B\x24\x01\x01\x00\x03\x01\x02\x01\x25\x01\x01STOP", concat(coding.UDH8, 1, 2, 1), "STOP", false},
		{"pitfall 26: nothing understood", "\x03\x70\x01\x00STOP", nil, "STOP", false},
		{"element beyond the header", "\x03\x00\x03\x01STOP", nil, "STOP", false},
		{"element of a wrong length", "\x04\x00\x02\x02\x01STOP", nil, "STOP", false},
		{"the last of two counts", "\x0A\x00\x03\x01\x02\x01\x00\x03\x07\x03\x02x", concat(coding.UDH8, 7, 3, 2), "x", false},
		{"a bad second one does not", "\x0A\x00\x03\x01\x02\x01\x00\x03\x07\x03\x00x", concat(coding.UDH8, 1, 2, 1), "x", false},
		{"pitfall 28: one part", "\x05\x00\x03\x01\x01\x01STOP", nil, "STOP", false},
		{"pitfall 28: UDHI without a UDH", "STOP", nil, "STOP", true},
		{"pitfall 40: only a header", "\x03\x70\x01\x00", nil, "", false},
		{"nothing", "", nil, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, text, ok := coding.ParseUDH([]byte(c.userData))
			require.Equal(t, c.want, got)
			require.Equal(t, c.text, string(text))
			require.Equal(t, !c.none, ok)
		})
	}
}

func TestConcatOf(t *testing.T) {
	t.Parallel()
	sar := func(ref, total, part string) []pdu.TLV {
		return []pdu.TLV{
			{Tag: pdu.TagSarTotalSegments, Value: []byte(total)},
			{Tag: pdu.TagSarSegmentSeqnum, Value: []byte(part)},
			{Tag: pdu.TagSarMsgRefNum, Value: []byte(ref)},
		}
	}
	udh := "\x05\x00\x03\x09\x02\x01"
	for _, c := range []struct {
		name string
		m    pdu.Message
		want *coding.Concat
		text string
	}{
		{"a message of its own", pdu.Message{UserData: []byte("STOP")}, nil, "STOP"},
		{"UDH", pdu.Message{ESMClass: 0x40, UserData: []byte(udh + "STOP")}, &coding.Concat{Method: coding.UDH8, Ref: 9, Total: 2, Part: 1}, "STOP"},
		{"pitfall 26: UDH on a receipt", pdu.Message{ESMClass: 0x44, UserData: []byte("\x02\x70\x00id:1")}, nil, "id:1"},
		{"pitfall 27: UDH in message_payload", pdu.Message{ESMClass: 0x40, InPayload: true, UserData: []byte(udh + "STOP")}, &coding.Concat{Method: coding.UDH8, Ref: 9, Total: 2, Part: 1}, "STOP"},
		{"the octets of a UDH without UDHI", pdu.Message{UserData: []byte(udh)}, nil, udh},
		{"pitfall 19: SAR", pdu.Message{UserData: []byte("STOP"), TLVs: sar("\x12\x34", "\x03", "\x02")}, &coding.Concat{Method: coding.SAR, Ref: 0x1234, Total: 3, Part: 2}, "STOP"},
		{"SAR behind a UDH of something else", pdu.Message{ESMClass: 0x40, UserData: []byte("\x02\x70\x00STOP"), TLVs: sar("\x12\x34", "\x03", "\x02")}, &coding.Concat{Method: coding.SAR, Ref: 0x1234, Total: 3, Part: 2}, "STOP"},
		{"pitfall 24: SAR part 0", pdu.Message{TLVs: sar("\x12\x34", "\x03", "\x00")}, nil, ""},
		{"pitfall 24: SAR part above the total", pdu.Message{TLVs: sar("\x12\x34", "\x03", "\x04")}, nil, ""},
		{"SAR of one part", pdu.Message{TLVs: sar("\x12\x34", "\x01", "\x01")}, nil, ""},
		{"SAR of a wrong length", pdu.Message{TLVs: sar("\x12", "\x02", "\x01")}, nil, ""},
		{"SAR without a value", pdu.Message{TLVs: sar("\x12\x34", "", "\x01")}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, text := coding.ConcatOf(&c.m)
			require.Equal(t, c.want, got)
			require.Equal(t, c.text, string(text))
		})
	}
}
