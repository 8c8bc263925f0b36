package pdu

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// AppendHeader appends a PDU that is a header alone: enquire_link, unbind,
// their responses, generic_nack, or a refusal without a body.
func AppendHeader(dst []byte, cmd Command, status Status, sequence uint32) []byte {
	dst = binary.BigEndian.AppendUint32(dst, HeaderLength)
	dst = binary.BigEndian.AppendUint32(dst, uint32(cmd))
	dst = binary.BigEndian.AppendUint32(dst, uint32(status))
	return binary.BigEndian.AppendUint32(dst, sequence)
}

// AppendResp appends the response to a submit_sm, deliver_sm or data_sm; cmd
// is the response or its request. An ESME answers a deliver_sm with an empty
// messageID, which makes 17 octets: some SMSCs cannot parse anything else
// (SMPP v3.4, 4.6.2: the field is unused and NULL).
func AppendResp(dst []byte, cmd Command, status Status, sequence uint32, messageID string) []byte {
	start := len(dst)
	dst = AppendHeader(dst, cmd.Resp(), status, sequence)
	return finish(appendText(dst, messageID), start)
}

// finish writes the length of the PDU that begins at start.
func finish(dst []byte, start int) []byte {
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}

func appendText(dst []byte, text string) []byte {
	return append(append(dst, text...), 0)
}

func appendAddress(dst []byte, a Address) []byte {
	return appendText(append(dst, a.TON, a.NPI), a.Addr)
}

// field is a text about to be written, and the most octets it may have.
type field struct {
	name, value string
	limit       int
}

func checkTexts(fields ...field) error {
	for _, f := range fields {
		if len(f.value) > f.limit {
			return tooLong(f.name, len(f.value), f.limit)
		}
		if strings.IndexByte(f.value, 0) >= 0 {
			return &FieldError{Field: f.name, Reason: "holds a NUL, which would end it"}
		}
	}
	return nil
}

// checkTime refuses what is neither empty nor a time of 16 characters: SMSCs
// answer ESME_RINVEXPIRY, or never deliver.
func checkTime(name, value string) error {
	if value == "" {
		return nil
	}
	if len(value) != timeLength {
		return &FieldError{Field: name, Reason: fmt.Sprintf("has %d characters, it must be empty or have %d", len(value), timeLength)}
	}
	return checkTexts(field{name, value, timeLength})
}
