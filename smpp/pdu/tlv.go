package pdu

import (
	"encoding/binary"
	"fmt"
)

// The tags of optional parameters that are looked at here or above (SMPP
// v3.4, 5.3.2).
const (
	TagReceiptedMessageID  uint16 = 0x001E
	TagUserMessageRef      uint16 = 0x0204
	TagSarMsgRefNum        uint16 = 0x020C
	TagSarTotalSegments    uint16 = 0x020E
	TagSarSegmentSeqnum    uint16 = 0x020F
	TagSCInterfaceVersion  uint16 = 0x0210
	TagNetworkErrorCode    uint16 = 0x0423
	TagMessagePayload      uint16 = 0x0424
	TagDeliveryFailReason  uint16 = 0x0425
	TagMoreMessagesToSend  uint16 = 0x0426
	TagMessageState        uint16 = 0x0427
	TagMSAvailabilityState uint16 = 0x0422
)

const tlvHeader = 4

// find returns the value of the first TLV with the tag.
func find(tlvs []TLV, tag uint16) ([]byte, bool) {
	for i := range tlvs {
		if tlvs[i].Tag == tag {
			return tlvs[i].Value, true
		}
	}
	return nil, false
}

// nextTLV takes one TLV off the octets. It reports false at their end, for
// stray octets too few for a TLV (a NUL behind the text, say) and for a TLV
// longer than what is left: what came before it stays good.
//
// go-smpp's DecodeTLV refuses the whole PDU for such a TLV and keeps no order.
func nextTLV(octets []byte) (tlv TLV, rest []byte, ok bool) {
	if len(octets) < tlvHeader {
		return TLV{}, nil, false
	}
	end := tlvHeader + int(binary.BigEndian.Uint16(octets[2:]))
	if end > len(octets) {
		return TLV{}, nil, false
	}
	return TLV{Tag: binary.BigEndian.Uint16(octets), Value: octets[tlvHeader:end:end]}, octets[end:], true
}

// parseTLVs returns the TLVs of the octets and shares their memory.
func parseTLVs(octets []byte) []TLV {
	n := 0
	for _, rest, ok := nextTLV(octets); ok; _, rest, ok = nextTLV(rest) {
		n++
	}
	if n == 0 {
		return nil
	}
	tlvs := make([]TLV, n)
	for i := range tlvs {
		tlvs[i], octets, _ = nextTLV(octets)
	}
	return tlvs
}

// appendTLV writes one TLV. Its value must have at most 65,535 octets.
func appendTLV(dst []byte, tag uint16, value []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, tag)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)))
	return append(dst, value...)
}

// appendTLVs writes the TLVs in the order given, which makes equal PDUs equal
// octets. (go-smpp writes them in the order of a map.)
func appendTLVs(dst []byte, tlvs []TLV) []byte {
	for i := range tlvs {
		dst = appendTLV(dst, tlvs[i].Tag, tlvs[i].Value)
	}
	return dst
}

const maxTLV = 0xFFFF

func checkTLVs(tlvs []TLV) error {
	for i := range tlvs {
		if n := len(tlvs[i].Value); n > maxTLV {
			return tooLong(fmt.Sprintf("TLV 0x%04X", tlvs[i].Tag), n, maxTLV)
		}
	}
	return nil
}
