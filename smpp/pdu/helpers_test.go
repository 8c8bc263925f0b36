package pdu_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// frameOf reads octets as exactly one frame.
func frameOf(t testing.TB, octets []byte) pdu.Frame {
	t.Helper()
	r := pdu.NewReader(bytes.NewReader(octets))
	f, err := r.Read()
	require.NoError(t, err)
	require.Zero(t, r.Buffered(), "more than one frame")
	return f
}

// raw makes a PDU of a header and any body.
func raw(cmd pdu.Command, status pdu.Status, sequence uint32, body ...byte) []byte {
	octets := append(pdu.AppendHeader(nil, cmd, status, sequence), body...)
	octets[2], octets[3] = uint8(len(octets)>>8), uint8(len(octets))
	return octets
}

func encode(t testing.TB, cmd pdu.Command, m *pdu.Message) []byte {
	t.Helper()
	octets, err := pdu.AppendMessage(nil, cmd, m)
	require.NoError(t, err)
	return octets
}

func decode(t testing.TB, octets []byte) pdu.Message {
	t.Helper()
	m, err := pdu.DecodeMessage(frameOf(t, octets))
	require.NoError(t, err)
	return m
}

// mo is a message of a subscriber with every field set.
func mo(text string) *pdu.Message {
	return &pdu.Message{
		Sequence:           7,
		ServiceType:        "CMT",
		Source:             pdu.Address{TON: 1, NPI: 1, Addr: "33600000001"},
		Dest:               pdu.Address{TON: 3, NPI: 9, Addr: "36111"},
		ESMClass:           0x01,
		ProtocolID:         2,
		Priority:           3,
		ScheduleTime:       "261122120000000+",
		ValidityPeriod:     "000000001500000R",
		RegisteredDelivery: 1,
		ReplaceIfPresent:   1,
		DataCoding:         3,
		DefaultMsgID:       4,
		UserData:           []byte(text),
	}
}

func withTLVs(m *pdu.Message, tlvs ...pdu.TLV) *pdu.Message {
	m.TLVs = tlvs
	return m
}
