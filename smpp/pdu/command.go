package pdu

import (
	"fmt"
	"strconv"
)

var commandNames = map[Command]string{
	GenericNackID:         "generic_nack",
	BindReceiverID:        "bind_receiver",
	BindReceiverRespID:    "bind_receiver_resp",
	BindTransmitterID:     "bind_transmitter",
	BindTransmitterRespID: "bind_transmitter_resp",
	QuerySMID:             "query_sm",
	QuerySMRespID:         "query_sm_resp",
	SubmitSMID:            "submit_sm",
	SubmitSMRespID:        "submit_sm_resp",
	DeliverSMID:           "deliver_sm",
	DeliverSMRespID:       "deliver_sm_resp",
	UnbindID:              "unbind",
	UnbindRespID:          "unbind_resp",
	CancelSMID:            "cancel_sm",
	CancelSMRespID:        "cancel_sm_resp",
	BindTransceiverID:     "bind_transceiver",
	BindTransceiverRespID: "bind_transceiver_resp",
	OutbindID:             "outbind",
	EnquireLinkID:         "enquire_link",
	EnquireLinkRespID:     "enquire_link_resp",
	AlertNotificationID:   "alert_notification",
	DataSMID:              "data_sm",
	DataSMRespID:          "data_sm_resp",
}

// Response reports whether the command is a response (bit 31).
func (c Command) Response() bool { return c&responseBit != 0 }

// Resp returns the response that belongs to the command; a response is its
// own.
func (c Command) Resp() Command { return c | responseBit }

// Known reports whether the command is one of SMPP v3.4 that this package
// names. A request that is not known is answered with generic_nack and
// [StatusInvCmdID]; a response that is not known is ignored.
func (c Command) Known() bool {
	_, ok := commandNames[c]
	return ok
}

// String returns the name as the standard writes it, or the number.
func (c Command) String() string {
	if name, ok := commandNames[c]; ok {
		return name
	}
	return fmt.Sprintf("command 0x%08X", uint32(c))
}

const responseBit = 0x80000000

func parseUint32(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 0, 32)
	return uint32(n), err
}
