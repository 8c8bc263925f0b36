package pdu

import (
	"bytes"
	"fmt"

	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
)

// Bind is a bind_transmitter, bind_receiver or bind_transceiver (SMPP v3.4,
// 4.1). It holds a password: it must not be logged.
type Bind struct {
	Command          Command
	Sequence         uint32
	SystemID         string // at most 15 octets
	Password         string // at most 8 octets
	SystemType       string // at most 12 octets
	InterfaceVersion uint8  // [InterfaceVersion34]
	TON, NPI         uint8
	AddressRange     string // at most 40 octets
}

// InterfaceVersion34 is the interface_version of SMPP v3.4.
const InterfaceVersion34 uint8 = 0x34

// Check reports the first value that its field cannot carry, as a
// [*FieldError], so that a configuration can be refused before anything is
// dialled.
func (b *Bind) Check() error {
	return checkTexts(
		field{"system_id", b.SystemID, maxSystemID},
		field{"password", b.Password, maxPassword},
		field{"system_type", b.SystemType, 12},
		field{"address_range", b.AddressRange, 40},
	)
}

// The longest names and passwords, in octets without their end (SMPP v3.4,
// 4.1.1 and 4.1.7).
const (
	maxSystemID = 15
	maxPassword = 8
)

// AppendBind appends a bind. A value that does not fit is a [*FieldError],
// and dst comes back as it was.
func AppendBind(dst []byte, b *Bind) ([]byte, error) {
	if !isBind(b.Command) {
		return dst, fmt.Errorf("%s is no bind", b.Command)
	}
	if err := b.Check(); err != nil {
		return dst, err
	}
	start := len(dst)
	out, err := bindLayout.append(AppendHeader(dst, b.Command, StatusOK, b.Sequence), pdufield.Map{
		pdufield.SystemID:         octets(b.SystemID),
		pdufield.Password:         octets(b.Password),
		pdufield.SystemType:       octets(b.SystemType),
		pdufield.InterfaceVersion: octet(b.InterfaceVersion),
		pdufield.AddrTON:          octet(b.TON),
		pdufield.AddrNPI:          octet(b.NPI),
		pdufield.AddressRange:     octets(b.AddressRange),
	})
	if err != nil {
		return dst, err
	}
	return finish(out, start), nil
}

func isBind(c Command) bool {
	return c == BindTransceiverID || c == BindTransmitterID || c == BindReceiverID
}

// DecodeBind reads a bind. A body that ends early is an [*Error] that is not
// Fatal; optional parameters are ignored.
func DecodeBind(f Frame) (Bind, error) {
	v, _, missing := bindLayout.decode(f.Body)
	if missing != "" {
		return Bind{}, early(f, missing)
	}
	return Bind{
		Command:          f.Command,
		Sequence:         f.Sequence,
		SystemID:         textOf(v, pdufield.SystemID),
		Password:         textOf(v, pdufield.Password),
		SystemType:       textOf(v, pdufield.SystemType),
		InterfaceVersion: octetOf(v, pdufield.InterfaceVersion),
		TON:              octetOf(v, pdufield.AddrTON),
		NPI:              octetOf(v, pdufield.AddrNPI),
		AddressRange:     textOf(v, pdufield.AddressRange),
	}, nil
}

// BindResp is the answer to a bind (SMPP v3.4, 4.1.2).
type BindResp struct {
	Command  Command
	Status   Status
	Sequence uint32
	SystemID string // at most 15 octets
	TLVs     []TLV  // sc_interface_version, if any
}

// AppendBindResp appends the answer to a bind; Command is the response or its
// request. A value that does not fit is a [*FieldError], and dst comes back
// as it was.
func AppendBindResp(dst []byte, b *BindResp) ([]byte, error) {
	if err := checkTexts(field{"system_id", b.SystemID, maxSystemID}); err != nil {
		return dst, err
	}
	if err := checkTLVs(b.TLVs); err != nil {
		return dst, err
	}
	start := len(dst)
	out, err := bindRespLayout.append(AppendHeader(dst, b.Command.Resp(), b.Status, b.Sequence),
		pdufield.Map{pdufield.SystemID: octets(b.SystemID)})
	if err != nil {
		return dst, err
	}
	return finish(appendTLVs(out, b.TLVs), start), nil
}

// DecodeBindResp reads the answer to a bind. It never fails: whatever stands
// behind the header is optional, since a refusal often has no body and a
// minimal SMSC writes 16 or 17 octets.
func DecodeBindResp(f Frame) BindResp {
	v, rest, _ := bindRespLayout.decode(f.Body)
	return BindResp{
		Command:  f.Command,
		Status:   f.Status,
		Sequence: f.Sequence,
		SystemID: textOf(v, pdufield.SystemID),
		TLVs:     parseTLVs(bytes.Clone(rest)),
	}
}

// TLV returns the value of the first optional parameter with the tag.
func (b *BindResp) TLV(tag uint16) ([]byte, bool) { return find(b.TLVs, tag) }

// Outbind is the SMSC's request to be bound to (SMPP v3.4, 4.1.7). It holds a
// password: it must not be logged.
type Outbind struct {
	Sequence uint32
	SystemID string // at most 15 octets
	Password string // at most 8 octets
}

// AppendOutbind appends an outbind. A value that does not fit is a
// [*FieldError], and dst comes back as it was.
func AppendOutbind(dst []byte, o *Outbind) ([]byte, error) {
	if err := checkTexts(
		field{"system_id", o.SystemID, maxSystemID},
		field{"password", o.Password, maxPassword},
	); err != nil {
		return dst, err
	}
	start := len(dst)
	out, err := outbindLayout.append(AppendHeader(dst, OutbindID, StatusOK, o.Sequence), pdufield.Map{
		pdufield.SystemID: octets(o.SystemID),
		pdufield.Password: octets(o.Password),
	})
	if err != nil {
		return dst, err
	}
	return finish(out, start), nil
}

// DecodeOutbind reads an outbind. A body that ends early is an [*Error] that
// is not Fatal. (go-smpp's Decode knows no outbind.)
func DecodeOutbind(f Frame) (Outbind, error) {
	v, _, missing := outbindLayout.decode(f.Body)
	if missing != "" {
		return Outbind{}, early(f, missing)
	}
	return Outbind{
		Sequence: f.Sequence,
		SystemID: textOf(v, pdufield.SystemID),
		Password: textOf(v, pdufield.Password),
	}, nil
}
