package outbox

import (
	"time"

	"repartee/programs"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/receipt"
)

// MaxSegments is the longest message that is sent.
const MaxSegments = 10

// Measure returns data_coding and number of segments of a text on a carrier,
// [MaxSegments]+1 for one that is longer than any.
func Measure(c *programs.Carrier, text string) (dataCoding uint8, segments int16) {
	parts, err := coding.Split(wording(c, text), splitOptions(c, 1))
	if err != nil || len(parts.Parts) > MaxSegments {
		return parts.DataCoding, MaxSegments + 1
	}
	return parts.DataCoding, int16(max(len(parts.Parts), 1))
}

// split cuts a text as the carrier wants it.
func (l *line) split(text string, ref uint16) (coding.Segments, error) {
	return coding.Split(wording(l.conf, text), splitOptions(l.conf, ref))
}

// wording is the text as it leaves: with GSM characters in place of
// typographic ones where the carrier's configuration says so.
func wording(c *programs.Carrier, text string) string {
	if c.Transliterate {
		return coding.Transliterate(text)
	}
	return text
}

var segmentations = map[string]coding.Method{
	"udh8": coding.UDH8, "udh16": coding.UDH16, "sar": coding.SAR, "payload": coding.Payload,
}

var alphabets = map[string]coding.Alphabet{
	"gsm7": coding.GSM7, "latin1": coding.Latin1, "ascii": coding.ASCII,
}

// Alphabet returns what data_coding 0 means to the carrier.
func Alphabet(c *programs.Carrier) coding.Alphabet { return alphabets[c.Alphabet] }

func splitOptions(c *programs.Carrier, ref uint16) coding.SplitOptions {
	return coding.SplitOptions{Zero: Alphabet(c), Method: segmentations[c.Segmentation], Ref: ref}
}

// fill writes a segment into the line's scratch PDU.
func (l *line) fill(m *message, s *segment, now time.Time) {
	c := l.conf
	p := &l.scratch
	*p = pdu.Message{
		Source:     pdu.Address{TON: c.Addresses.ShortCode.TON, NPI: c.Addresses.ShortCode.NPI, Addr: m.Code.String()},
		Dest:       pdu.Address{TON: c.Addresses.MSISDN.TON, NPI: c.Addresses.MSISDN.NPI, Addr: m.To.String()},
		DataCoding: m.parts.DataCoding,
		UserData:   m.parts.Parts[s.index],
		InPayload:  m.parts.Method == coding.Payload,
		TLVs:       m.parts.TLVs(int(s.index)),
	}
	if m.parts.UDH {
		p.ESMClass = pdu.ESMUDHI
	}
	if c.Receipts.Enabled {
		p.RegisteredDelivery = pdu.RegisteredFinal
	}
	if c.Validity {
		p.ValidityPeriod = pdu.ValidityPeriod(m.lastMoment().Sub(now))
	}
}

// lastMoment is when the SMSC shall stop trying.
func (m *message) lastMoment() time.Time {
	if !m.closes.IsZero() && m.closes.Before(m.Expires) {
		return m.closes
	}
	return m.Expires
}

var forms = map[string]receipt.Form{"opaque": receipt.Opaque, "decimal": receipt.Decimal, "hex": receipt.Hex}

// canonical brings the id of a submit_sm_resp to the form in which receipts are compared.
func (l *line) canonical(id string) string {
	return receipt.Canonical(id, forms[l.conf.Receipts.ResponseID])
}
