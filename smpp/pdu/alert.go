package pdu

import "bytes"

// Alert is an alert_notification (SMPP v3.4, 4.12.1): a phone that could not
// be reached is there again. It has no response.
type Alert struct {
	Sequence uint32
	Source   Address // the phone
	ESME     Address // who is told
	TLVs     []TLV   // ms_availability_status, if any
}

// AppendAlert appends an alert_notification. A value that does not fit is a
// [*FieldError], and dst comes back as it was.
func AppendAlert(dst []byte, a *Alert) ([]byte, error) {
	if err := checkTexts(
		field{"source_addr", a.Source.Addr, maxDataAddress},
		field{"esme_addr", a.ESME.Addr, maxDataAddress},
	); err != nil {
		return dst, err
	}
	if err := checkTLVs(a.TLVs); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = AppendHeader(dst, AlertNotificationID, StatusOK, a.Sequence)
	dst = appendAddress(appendAddress(dst, a.Source), a.ESME)
	return finish(appendTLVs(dst, a.TLVs), start), nil
}

// DecodeAlert reads an alert_notification. A body that ends early is an
// [*Error] that is not Fatal. (go-smpp's Decode knows no alert_notification.)
func DecodeAlert(f Frame) (Alert, error) {
	c := newCursor(f.Body)
	a := Alert{
		Sequence: f.Sequence,
		Source:   c.address("source_addr", StatusInvSrcAdr),
		ESME:     c.address("esme_addr", StatusInvDstAdr),
	}
	if c.failed != nil {
		c.failed.Header = f.Header
		return Alert{}, c.failed
	}
	a.TLVs = parseTLVs(bytes.Clone(c.rest()))
	return a, nil
}
