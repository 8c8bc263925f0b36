package pdu

import (
	"bytes"
	"fmt"
)

// The bits of esm_class (SMPP v3.4, 5.2.12).
const (
	ESMTypeMask         uint8 = 0x3C // the message type, see [Message.Type]
	ESMTypeReceipt      uint8 = 0x04 // SMSC delivery receipt
	ESMTypeDeliveryAck  uint8 = 0x08 // acknowledgement of the handset
	ESMTypeUserAck      uint8 = 0x10 // manual acknowledgement of the user
	ESMTypeIntermediate uint8 = 0x20 // intermediate delivery notification
	ESMUDHI             uint8 = 0x40 // the user data begins with a UDH
)

// The values of registered_delivery that are sent (SMPP v3.4, 5.2.17).
const (
	RegisteredNone  uint8 = 0x00 // no receipt
	RegisteredFinal uint8 = 0x01 // a receipt for success and for failure
)

// Type returns the message type, esm_class without its other bits: 0 is a
// message of a subscriber, whatever its text says.
func (m *Message) Type() uint8 { return m.ESMClass & ESMTypeMask }

// HasUDH reports whether UserData begins with a user data header.
func (m *Message) HasUDH() bool { return m.ESMClass&ESMUDHI != 0 }

// TLV returns the value of the first optional parameter with the tag.
func (m *Message) TLV(tag uint16) ([]byte, bool) { return find(m.TLVs, tag) }

// DecodeMessage reads a submit_sm, deliver_sm or data_sm (SMPP v3.4, 4.4.1,
// 4.6.1, 4.7.1). The message owns its memory. Its texts are octets as they
// came, which need not be UTF-8.
//
// A mandatory part that ends early or holds an over-long field is an
// [*Error] that is not Fatal; in the optional part whatever came before a
// fault is kept. go-smpp's codec is not used here: it takes truncated bodies
// for good ones, refuses UDHI with an empty short_message, knows no data_sm
// and refuses a PDU for a TLV that overruns.
func DecodeMessage(f Frame) (Message, error) {
	m := Message{Sequence: f.Sequence, Data: f.Command == DataSMID}
	c := newCursor(f.Body)
	m.ServiceType = c.text("service_type", StatusInvSerTyp)
	m.Source = c.address("source_addr", StatusInvSrcAdr)
	m.Dest = c.address("destination_addr", StatusInvDstAdr)
	m.ESMClass = c.octet("esm_class")
	length := 0
	if m.Data {
		m.RegisteredDelivery = c.octet("registered_delivery")
		m.DataCoding = c.octet("data_coding")
	} else {
		length = c.delivery(&m)
	}
	if c.failed != nil {
		c.failed.Header = f.Header
		return Message{}, c.failed
	}
	m.keep(c.rest(), length)
	return m, nil
}

// delivery reads the fields between esm_class and short_message, which
// data_sm has not, and returns sm_length.
func (c *cursor) delivery(m *Message) int {
	m.ProtocolID = c.octet("protocol_id")
	m.Priority = c.octet("priority_flag")
	m.ScheduleTime = c.text("schedule_delivery_time", StatusInvSched)
	m.ValidityPeriod = c.text("validity_period", StatusInvExpiry)
	m.RegisteredDelivery = c.octet("registered_delivery")
	m.ReplaceIfPresent = c.octet("replace_if_present_flag")
	m.DataCoding = c.octet("data_coding")
	m.DefaultMsgID = c.octet("sm_default_msg_id")
	length := int(c.octet("sm_length"))
	if length > len(c.rest()) {
		c.fail("short_message", "ends early", StatusInvCmdLen)
	}
	return length
}

// keep copies the short_message of the given length and the TLVs behind it.
func (m *Message) keep(octets []byte, length int) {
	octets = bytes.Clone(octets)
	m.UserData = octets[:length:length]
	m.TLVs = parseTLVs(octets[length:])
	if length > 0 {
		return
	}
	for i := range m.TLVs {
		if m.TLVs[i].Tag == TagMessagePayload {
			m.UserData, m.InPayload = m.TLVs[i].Value, true
			m.TLVs = append(m.TLVs[:i], m.TLVs[i+1:]...)
			return
		}
	}
}

// AppendMessage appends m as a submit_sm, deliver_sm or data_sm. A field that
// does not fit is a [*FieldError], and dst comes back as it was.
//
// go-smpp's codec is not used here: it writes 300 octets of text with an
// sm_length of 44, checks no other length either and writes TLVs in the order
// of a map.
func AppendMessage(dst []byte, cmd Command, m *Message) ([]byte, error) {
	data := cmd == DataSMID
	if err := m.check(cmd); err != nil {
		return dst, err
	}
	start := len(dst)
	out := AppendHeader(dst, cmd, StatusOK, m.Sequence)
	out = appendText(out, m.ServiceType)
	out = appendAddress(out, m.Source)
	out = appendAddress(out, m.Dest)
	if data {
		out = append(out, m.ESMClass, m.RegisteredDelivery, m.DataCoding)
	} else {
		out = m.appendDelivery(out)
	}
	if data || m.InPayload {
		out = appendTLV(out, TagMessagePayload, m.UserData)
	}
	out = appendTLVs(out, m.TLVs)
	if len(out)-start > MaxLength {
		return dst, tooLong(cmd.String(), len(out)-start, MaxLength)
	}
	return finish(out, start), nil
}

func (m *Message) appendDelivery(dst []byte) []byte {
	dst = append(dst, m.ESMClass, m.ProtocolID, m.Priority)
	dst = appendText(dst, m.ScheduleTime)
	dst = appendText(dst, m.ValidityPeriod)
	dst = append(dst, m.RegisteredDelivery, m.ReplaceIfPresent, m.DataCoding, m.DefaultMsgID)
	if m.InPayload {
		return append(dst, 0)
	}
	dst = append(dst, uint8(len(m.UserData)))
	return append(dst, m.UserData...)
}

// The longest values that may be written, in octets without their end (SMPP
// v3.4, 4.4.1 and 4.7.1).
const (
	maxServiceType  = 5
	maxAddress      = 20
	maxDataAddress  = 64
	maxShortMessage = 254
	timeLength      = 16
)

// check reports the first value that its field cannot carry.
func (m *Message) check(cmd Command) error {
	if cmd != SubmitSMID && cmd != DeliverSMID && cmd != DataSMID {
		return fmt.Errorf("%s carries no message", cmd)
	}
	address, text := maxAddress, maxShortMessage
	if cmd == DataSMID {
		address = maxDataAddress
	}
	if cmd == DataSMID || m.InPayload {
		text = maxTLV
	}
	if len(m.UserData) > text {
		return tooLong("short_message", len(m.UserData), text)
	}
	if err := checkTexts(
		field{"service_type", m.ServiceType, maxServiceType},
		field{"source_addr", m.Source.Addr, address},
		field{"destination_addr", m.Dest.Addr, address},
	); err != nil {
		return err
	}
	if err := checkTime("schedule_delivery_time", m.ScheduleTime); err != nil {
		return err
	}
	if err := checkTime("validity_period", m.ValidityPeriod); err != nil {
		return err
	}
	return checkTLVs(m.TLVs)
}
