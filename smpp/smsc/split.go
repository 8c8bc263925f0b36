package smsc

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

// Coding is how an MO's text is written.
type Coding string

// The codings of an MO. The last two are also used where a cheaper one would
// do, as some phones do.
const (
	CodingAuto   Coding = ""
	CodingLatin1 Coding = "latin1"
	CodingUCS2   Coding = "ucs2"
)

// split returns the PDUs of a text, without addresses.
func split(text string, zero coding.Alphabet, ref uint16, o MOOptions) ([]pdu.Message, error) {
	segments, err := segment(text, zero, ref, o)
	if err != nil {
		return nil, err
	}
	parts := make([]pdu.Message, len(segments.Parts))
	for i := range parts {
		parts[i] = pdu.Message{
			DataCoding: segments.DataCoding, UserData: segments.Parts[i], TLVs: segments.TLVs(i),
			InPayload: o.DataSM || o.Method == coding.Payload, Data: o.DataSM,
		}
		if segments.UDH {
			parts[i].ESMClass = pdu.ESMUDHI
		}
	}
	return parts, nil
}

// segment cuts a text as the gateway would, or in the odd way asked for.
func segment(text string, zero coding.Alphabet, ref uint16, o MOOptions) (coding.Segments, error) {
	if o.Coding == CodingAuto && o.Split == 0 {
		return coding.Split(text, coding.SplitOptions{Zero: zero, Method: o.Method, Ref: ref})
	}
	dataCoding, octets, err := encode(text, zero, o.Coding)
	if err != nil {
		return coding.Segments{}, err
	}
	parts := cut(octets, roomPerPart(dataCoding, len(octets), o))
	if len(parts) > coding.MaxSegments {
		return coding.Segments{}, &coding.TooLongError{Segments: len(parts), Max: coding.MaxSegments}
	}
	udh := len(parts) > 1 && (o.Method == coding.UDH8 || o.Method == coding.UDH16)
	for i := range parts {
		if udh {
			parts[i] = append(concatHeader(o.Method, ref, len(parts), i+1), parts[i]...)
		}
	}
	return coding.Segments{DataCoding: dataCoding, Parts: parts, UDH: udh, Method: o.Method, Ref: ref, Total: len(parts)}, nil
}

// concatHeader is the UDH of one part (3GPP TS 23.040, 9.2.3.24.1 and .8).
func concatHeader(method coding.Method, ref uint16, total, part int) []byte {
	if method == coding.UDH16 {
		return []byte{6, 8, 4, byte(ref >> 8), byte(ref), byte(total), byte(part)}
	}
	return []byte{5, 0, 3, byte(ref), byte(total), byte(part)}
}

// encode writes a text in the coding asked for.
func encode(text string, zero coding.Alphabet, c Coding) (dataCoding uint8, octets []byte, err error) {
	switch c {
	case CodingAuto:
		dataCoding, _, octets = coding.Encode(text, zero)
		return dataCoding, octets, nil
	case CodingLatin1:
		for _, r := range text {
			if r > 0xFF {
				return 0, nil, fmt.Errorf("%q is not in Latin-1: send it as ucs2", r)
			}
			octets = append(octets, byte(r))
		}
		return 3, octets, nil
	case CodingUCS2:
		for _, unit := range utf16.Encode([]rune(text)) {
			octets = binary.BigEndian.AppendUint16(octets, unit)
		}
		return 8, octets, nil
	}
	return 0, nil, fmt.Errorf("%q is not a coding of an MO: leave it empty, or use latin1 or ucs2", c)
}

// roomPerPart returns how many octets of text a part carries.
func roomPerPart(dataCoding uint8, octets int, o MOOptions) int {
	room := 140
	if o.Method == coding.Payload {
		room = octets
	}
	if septets := sevenBit(dataCoding); septets && o.Method != coding.Payload {
		room = 160
	}
	if octets > room || o.Split > 0 {
		room = min(room, 132)
	}
	if o.Split > 0 {
		room = min(room, o.Split)
	}
	return max(1, room)
}

// cut divides octets wherever a part is full, also inside an escape or
// surrogate pair: some handsets do.
func cut(octets []byte, room int) [][]byte {
	parts := [][]byte{}
	for len(octets) > room {
		parts = append(parts, octets[:room:room])
		octets = octets[room:]
	}
	return append(parts, octets)
}
