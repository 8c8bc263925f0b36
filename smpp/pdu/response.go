package pdu

import "bytes"

// DecodeSubmitResp reads a submit_sm_resp or data_sm_resp: the message id as
// the SMSC wrote it and the optional parameters. It never fails: with a status
// other than 0 a body is optional (SMPP v3.4, 4.4.2), is sent nevertheless by
// some SMSCs, and is left out or left without its end by others whatever the
// status. The id can be of any length and need not be text: see
// receipt.Canonical.
func DecodeSubmitResp(f Frame) (messageID string, tlvs []TLV) {
	id, rest := splitText(f.Body)
	if len(rest) > 0 {
		tlvs = parseTLVs(bytes.Clone(rest))
	}
	return string(id), tlvs
}

// splitText cuts octets behind the first C-octet string, whose end may be
// missing.
func splitText(octets []byte) (text, rest []byte) {
	if n := bytes.IndexByte(octets, 0); n >= 0 {
		return octets[:n], octets[n+1:]
	}
	return octets, nil
}
