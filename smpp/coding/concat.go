package coding

import (
	"encoding/binary"

	"repartee/smpp/pdu"
)

// Concat says which part of which long message a PDU carries.
type Concat struct {
	Method Method // UDH8, UDH16 or SAR: references of different methods are different
	Ref    uint16
	Total  uint8 // at least 2
	Part   uint8 // 1 to Total
}

// The elements of a UDH that tell parts (3GPP TS 23.040, 9.2.3.24).
const (
	elementRef8  = 0x00
	elementRef16 = 0x08
)

// ConcatOf returns which part of a long message m is, nil if it is a message
// of its own, and its user data without a UDH. A part number of 0 or above the
// total, or a total below 2, makes no long message.
func ConcatOf(m *pdu.Message) (c *Concat, text []byte) {
	text = m.UserData
	if m.HasUDH() {
		c, text, _ = ParseUDH(m.UserData)
	}
	if c == nil {
		c = sarOf(m)
	}
	return c, text
}

// ParseUDH takes the header off user data that says to have one. All elements
// are walked; those that are not understood are skipped, and a last one that
// overruns the header ends the walk. If an element comes twice, the last good
// one counts (3GPP TS 23.040, 9.2.3.24).
//
// ok is false when the header is longer than the user data: then there is
// none, whatever esm_class says, and all of it is text.
func ParseUDH(userData []byte) (concat *Concat, text []byte, ok bool) {
	if len(userData) == 0 || int(userData[0])+1 > len(userData) {
		return nil, userData, false
	}
	end := int(userData[0]) + 1
	for header := userData[1:end]; len(header) >= 2; {
		next := 2 + int(header[1])
		if next > len(header) {
			break
		}
		if c := concatElement(header[0], header[2:next]); c != nil {
			concat = c
		}
		header = header[next:]
	}
	return concat, userData[end:], true
}

func concatElement(id uint8, value []byte) *Concat {
	switch {
	case id == elementRef8 && len(value) == 3:
		return newConcat(UDH8, uint16(value[0]), value[1], value[2])
	case id == elementRef16 && len(value) == 4:
		return newConcat(UDH16, binary.BigEndian.Uint16(value), value[2], value[3])
	}
	return nil
}

func sarOf(m *pdu.Message) *Concat {
	ref, _ := m.TLV(pdu.TagSarMsgRefNum)
	total, _ := m.TLV(pdu.TagSarTotalSegments)
	part, _ := m.TLV(pdu.TagSarSegmentSeqnum)
	if len(ref) != 2 || len(total) != 1 || len(part) != 1 {
		return nil
	}
	return newConcat(SAR, binary.BigEndian.Uint16(ref), total[0], part[0])
}

func newConcat(m Method, ref uint16, total, part uint8) *Concat {
	if total < 2 || part == 0 || part > total {
		return nil
	}
	return &Concat{Method: m, Ref: ref, Total: total, Part: part}
}
