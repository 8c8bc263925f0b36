// Package pdu turns octets into SMPP v3.4 PDUs and back.
//
// It owns the frame (header and length), one struct per PDU, TLVs and the
// command states; it is the only place that touches fiorix/go-smpp's codecs.
// It knows no session, no text and nothing of this module above it, and it
// never panics: a frame that cannot be understood comes back as an [*Error]
// that says whether the stream can still be trusted.
package pdu

// Command is a command_id (SMPP v3.4, 5.1.2.1).
type Command uint32

// The commands of SMPP v3.4.
const (
	GenericNackID         Command = 0x80000000
	BindReceiverID        Command = 0x00000001
	BindReceiverRespID    Command = 0x80000001
	BindTransmitterID     Command = 0x00000002
	BindTransmitterRespID Command = 0x80000002
	QuerySMID             Command = 0x00000003
	QuerySMRespID         Command = 0x80000003
	SubmitSMID            Command = 0x00000004
	SubmitSMRespID        Command = 0x80000004
	DeliverSMID           Command = 0x00000005
	DeliverSMRespID       Command = 0x80000005
	UnbindID              Command = 0x00000006
	UnbindRespID          Command = 0x80000006
	CancelSMID            Command = 0x00000008
	CancelSMRespID        Command = 0x80000008
	BindTransceiverID     Command = 0x00000009
	BindTransceiverRespID Command = 0x80000009
	OutbindID             Command = 0x0000000B
	EnquireLinkID         Command = 0x00000015
	EnquireLinkRespID     Command = 0x80000015
	AlertNotificationID   Command = 0x00000102
	DataSMID              Command = 0x00000103
	DataSMRespID          Command = 0x80000103
)

// Header is the 16 octets before every body (SMPP v3.4, 3.2).
type Header struct {
	Length   uint32
	Command  Command
	Status   Status
	Sequence uint32
}

// Frame is one whole PDU as it came: its header and its body.
type Frame struct {
	Header
	Body []byte // without the header; valid until the next Read of its reader
}

// Address is an SME address (SMPP v3.4, 5.2.5 to 5.2.9).
type Address struct {
	TON, NPI uint8
	Addr     string
}

// TLV is an optional parameter (SMPP v3.4, 5.3).
type TLV struct {
	Tag   uint16
	Value []byte
}

// Message is the body that submit_sm, deliver_sm and data_sm share. UserData
// is short_message or, when that is empty, message_payload; its UDH, if
// ESMClass has bit 0x40, is still in front.
type Message struct {
	Sequence           uint32
	Data               bool // travelled as data_sm
	ServiceType        string
	Source, Dest       Address
	ESMClass           uint8
	ProtocolID         uint8
	Priority           uint8
	ScheduleTime       string
	ValidityPeriod     string // 16 characters or empty (SMPP v3.4, 7.1.1)
	RegisteredDelivery uint8
	ReplaceIfPresent   uint8
	DataCoding         uint8
	DefaultMsgID       uint8
	UserData           []byte
	InPayload          bool  // UserData stands (or shall be written) in message_payload
	TLVs               []TLV // all others, in the order of the wire
}
