package coding

import (
	"fmt"

	"repartee/smpp/pdu"
)

// Method is how the parts of a long message are told to belong together.
type Method uint8

// The methods. UDH8 is the zero value: every SMSC and phone knows it.
const (
	UDH8    Method = iota // UDH with an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1)
	UDH16                 // UDH with a 16-bit reference (9.2.3.24.8)
	SAR                   // sar_* TLVs (SMPP v3.4, 5.3.2.22 to 24): the SMSC writes the UDH
	Payload               // one PDU with message_payload: the SMSC splits
)

var methodNames = [...]string{"udh8", "udh16", "sar", "payload"}

// String returns the name as a configuration writes it.
func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return fmt.Sprintf("method(%d)", uint8(m))
}

// ParseMethod is the inverse of String.
func ParseMethod(name string) (Method, error) {
	for m := UDH8; m <= Payload; m++ {
		if m.String() == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("%q is not a way to split long texts: write udh8, udh16, sar or payload", name)
}

// MaxSegments is the most segments that a message can have: their number is
// one octet.
const MaxSegments = 255

// SplitOptions says how a text is split for a carrier.
type SplitOptions struct {
	Zero   Alphabet // what data_coding 0 means
	Method Method
	Ref    uint16 // the reference; UDH8 takes its lower octet
	Max    int    // the most segments; 0 is MaxSegments
}

// Segments is a text ready to be sent.
type Segments struct {
	DataCoding uint8
	Alphabet   Alphabet
	Parts      [][]byte // the user data of each PDU, with its UDH if UDH is true
	UDH        bool     // esm_class needs pdu.ESMUDHI
	Method     Method   // without meaning when there is one part
	Ref        uint16   // the reference as it is on the wire
	Total      int      // len(Parts)
}

// TooLongError is a text of more segments than there may be.
type TooLongError struct {
	Segments, Max int
}

// Error says the number and the maximum.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("the text needs %d segments, at most %d are allowed: shorten it", e.Segments, e.Max)
}

// Split encodes a text and cuts it into segments, never inside an escape pair
// or a surrogate pair. A text that fits one segment has no UDH. The only error
// is a [*TooLongError].
func Split(text string, o SplitOptions) (Segments, error) {
	dataCoding, alphabet, octets := Encode(text, o.Zero)
	s := Segments{DataCoding: dataCoding, Alphabet: alphabet, Method: o.Method, Ref: o.Ref}
	if o.Method == UDH8 {
		s.Ref &= 0xFF
	}
	n := segments(octets, alphabet, o.Method)
	if most := o.most(); n > most {
		return Segments{}, &TooLongError{Segments: n, Max: most}
	}
	s.Total = n
	if n == 1 || o.Method == Payload {
		s.Total, s.Parts = 1, [][]byte{octets}
		return s, nil
	}
	s.UDH = o.Method != SAR
	s.cut(octets)
	return s, nil
}

func (o SplitOptions) most() int {
	if o.Max > 0 {
		return min(o.Max, MaxSegments)
	}
	return MaxSegments
}

// Count returns how many segments a text makes with the sizes of UDH8, and
// its alphabet, without encoding it. Like Encode it takes what the carrier
// means by data_coding 0.
func Count(text string, zero Alphabet) (n int, alphabet Alphabet) {
	alphabet, units := measure(text, zero)
	if units <= single(alphabet) {
		return 1, alphabet
	}
	limit, filled := partSize(alphabet, UDH8), 0
	n = 1
	for _, r := range text {
		width := widthOf(r, alphabet)
		if filled+width > limit {
			n, filled = n+1, 0
		}
		filled += width
	}
	return n, alphabet
}

// TLVs returns the optional parameters of one part, counted from 0: those of
// SAR in their order, none for the other methods.
func (s *Segments) TLVs(part int) []pdu.TLV {
	if s.Method != SAR || s.Total < 2 {
		return nil
	}
	v := []byte{uint8(s.Ref >> 8), uint8(s.Ref), uint8(s.Total), uint8(part + 1)}
	return []pdu.TLV{
		{Tag: pdu.TagSarMsgRefNum, Value: v[0:2:2]},
		{Tag: pdu.TagSarTotalSegments, Value: v[2:3:3]},
		{Tag: pdu.TagSarSegmentSeqnum, Value: v[3:4:4]},
	}
}

// userData is the octets of a short message on the air (3GPP TS 23.040,
// 9.2.3.16).
const userData = 140

// single returns the units of a message of one part.
func single(a Alphabet) int { return sizeOf(a, userData) }

// partSize returns the units of one of several parts. With SAR the SMSC adds
// the header of UDH8.
func partSize(a Alphabet, m Method) int {
	if m == UDH16 {
		return sizeOf(a, userData-7)
	}
	return sizeOf(a, userData-6)
}

// sizeOf returns how many units fit into octets on the air: septets are
// packed, UTF-16 takes whole pairs.
func sizeOf(a Alphabet, octets int) int {
	switch a {
	case GSM7, ASCII:
		return octets * 8 / 7
	case UCS2:
		return octets &^ 1
	}
	return octets
}

// segments returns how many parts the octets make.
func segments(octets []byte, a Alphabet, m Method) int {
	if len(octets) <= single(a) {
		return 1
	}
	n, limit := 0, partSize(a, m)
	for at := 0; at < len(octets); at = cutAt(octets, at, limit, a) {
		n++
	}
	return n
}

// cutAt returns where the part that begins at the given octet ends: before
// an escape or a high surrogate whose other half would not fit.
func cutAt(octets []byte, at, limit int, a Alphabet) int {
	end := at + limit
	if end >= len(octets) {
		return len(octets)
	}
	switch {
	case a == GSM7 && octets[end-1] == escape:
		return end - 1
	case a == UCS2 && octets[end-2]&0xFC == 0xD8:
		return end - 2
	}
	return end
}

// cut makes the parts, all in one piece of memory.
func (s *Segments) cut(octets []byte) {
	limit := partSize(s.Alphabet, s.Method)
	memory := make([]byte, 0, len(octets)+s.Total*maxUDH)
	s.Parts = make([][]byte, 0, s.Total)
	for at := 0; at < len(octets); {
		end, start := cutAt(octets, at, limit, s.Alphabet), len(memory)
		memory = s.appendUDH(memory, len(s.Parts)+1)
		memory = append(memory, octets[at:end]...)
		s.Parts = append(s.Parts, memory[start:len(memory):len(memory)])
		at = end
	}
}

const maxUDH = 7

func (s *Segments) appendUDH(dst []byte, part int) []byte {
	switch s.Method {
	case UDH8:
		return append(dst, 5, elementRef8, 3, uint8(s.Ref), uint8(s.Total), uint8(part))
	case UDH16:
		return append(dst, 6, elementRef16, 4, uint8(s.Ref>>8), uint8(s.Ref), uint8(s.Total), uint8(part))
	}
	return dst
}
