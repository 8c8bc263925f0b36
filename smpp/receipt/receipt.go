package receipt

import (
	"encoding/binary"
	"strconv"
	"strings"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

// Kind is what esm_class says about a message that no subscriber wrote.
type Kind uint8

// The kinds.
const (
	Final           Kind = iota + 1 // delivery receipt
	Intermediate                    // intermediate delivery notification
	Acknowledgement                 // of the handset or its user, and types that the standard reserves: about no message of ours
)

// Receipt is what an SMSC says about a message.
type Receipt struct {
	Kind         Kind
	ID           string // as written, empty if there is none; see [Canonical]
	State        State
	Raw          string // stat as written
	Err          string // err as written
	NetworkType  uint8  // of network_error_code: 1 ANSI-136, 2 IS-95, 3 GSM; 0 none
	NetworkError int    // of network_error_code, else err if that is a number, else 0
}

// Parse reads a receipt. It reports false for a message of a subscriber: the
// type in esm_class decides, never the text (SMPP v3.4, 5.2.12). No message
// for which it reports true is ever answered by a text.
//
// TLVs count before the text. A TLV that makes no sense counts as absent.
func Parse(m *pdu.Message) (Receipt, bool) {
	r := Receipt{Kind: kindOf(m.Type())}
	switch r.Kind {
	case 0:
		return Receipt{}, false
	case Acknowledgement:
		return r, true
	}
	r.text(readable(m))
	r.tlvs(m)
	return r, true
}

func kindOf(esmType uint8) Kind {
	switch esmType {
	case 0:
		return 0
	case pdu.ESMTypeReceipt:
		return Final
	case pdu.ESMTypeIntermediate:
		return Intermediate
	}
	return Acknowledgement
}

// readable returns the text of a receipt. That is ASCII whatever data_coding
// says, since SMSCs copy it from the message, unless it says UCS-2 and the
// octets look like it.
func readable(m *pdu.Message) string {
	_, octets := coding.ConcatOf(m)
	wide := len(octets) >= 2 && (octets[0] == 0 || octets[0] == 0xFE && octets[1] == 0xFF)
	if wide && coding.AlphabetOf(m.DataCoding, coding.GSM7) == coding.UCS2 {
		text, _ := coding.Decode(m.DataCoding, octets, coding.GSM7)
		return text
	}
	return string(octets)
}

// maxVerbatim bounds what is kept of a word, in octets.
const maxVerbatim = 64

func (r *Receipt) text(text string) {
	f := parse(text)
	r.ID = f.id
	r.State, r.Raw, r.Err = stateOf(f.stat), verbatim(f.stat), verbatim(f.err)
	if n, err := strconv.ParseUint(f.err, 10, 31); err == nil {
		r.NetworkError = int(n)
	}
}

func (r *Receipt) tlvs(m *pdu.Message) {
	if v, ok := m.TLV(pdu.TagReceiptedMessageID); ok {
		if id := clean(string(v)); id != "" {
			r.ID = id
		}
	}
	if v, ok := m.TLV(pdu.TagMessageState); ok && len(v) == 1 && v[0] != 0 && State(v[0]) <= Rejected {
		r.State = State(v[0])
	}
	if v, ok := m.TLV(pdu.TagNetworkErrorCode); ok && len(v) == 3 {
		r.NetworkType, r.NetworkError = v[0], int(binary.BigEndian.Uint16(v[1:]))
	}
}

func verbatim(word string) string {
	if len(word) > maxVerbatim {
		word = word[:maxVerbatim]
	}
	return strings.ToValidUTF8(word, "\uFFFD")
}
