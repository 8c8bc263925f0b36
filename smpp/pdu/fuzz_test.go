package pdu_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

func FuzzDecodeMessage(f *testing.F) {
	for _, cmd := range []pdu.Command{pdu.SubmitSMID, pdu.DeliverSMID, pdu.DataSMID} {
		whole := encode(f, cmd, withTLVs(mo("STOP"), pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{2}}))
		for _, n := range []int{len(whole), len(whole) - 1, 40, pdu.HeaderLength} {
			f.Add(uint32(cmd), whole[pdu.HeaderLength:n])
		}
	}
	f.Add(uint32(pdu.DeliverSMID), []byte("\x00\x01\x01336\x00\x00\x00361\x00\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x24\x00\x04STOP"))
	f.Fuzz(func(t *testing.T, cmd uint32, body []byte) {
		m, err := pdu.DecodeMessage(pdu.Frame{Header: pdu.Header{Command: pdu.Command(cmd), Sequence: 7}, Body: body})
		if err != nil {
			var bad *pdu.Error
			require.ErrorAs(t, err, &bad)
			require.False(t, bad.Fatal)
			require.Equal(t, uint32(7), bad.Sequence)
			return
		}
		require.LessOrEqual(t, size(m), len(body))
		again(t, m)
	})
}

// again writes the message, if its fields fit, and reads it back.
func again(t *testing.T, m pdu.Message) {
	cmd := pdu.DeliverSMID
	if m.Data {
		cmd = pdu.DataSMID
	}
	octets, err := pdu.AppendMessage(nil, cmd, &m)
	if err != nil {
		return // longer than what is written
	}
	frame, err := pdu.NewReader(bytes.NewReader(octets)).Read()
	require.NoError(t, err)
	got, err := pdu.DecodeMessage(frame)
	require.NoError(t, err)
	got.InPayload = m.InPayload // an absent payload and an empty one are the same
	require.Equal(t, m.Source, got.Source)
	require.Equal(t, m.Dest, got.Dest)
	require.True(t, bytes.Equal(m.UserData, got.UserData))
	second, err := pdu.AppendMessage(nil, cmd, &got)
	require.NoError(t, err)
	require.Equal(t, octets, second)
}

func size(m pdu.Message) int {
	n := len(m.ServiceType) + len(m.Source.Addr) + len(m.Dest.Addr) + len(m.ScheduleTime) + len(m.ValidityPeriod) + len(m.UserData)
	for _, tlv := range m.TLVs {
		n += 4 + len(tlv.Value)
	}
	return n
}

// FuzzReader feeds a stream whole and in two halves: the frames must be the
// same.
func FuzzReader(f *testing.F) {
	stream := pdu.AppendHeader(encode(f, pdu.DeliverSMID, mo("STOP")), pdu.EnquireLinkID, pdu.StatusOK, 2)
	f.Add(stream, uint16(20))
	f.Add(stream, uint16(len(stream)-1))
	f.Add(stream[:30], uint16(8))
	f.Add([]byte("\x00\x00\x00\x0F\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01"), uint16(4))
	f.Add([]byte("\x7F\xFF\xFF\xFF\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01"), uint16(4))
	f.Fuzz(func(t *testing.T, stream []byte, cut uint16) {
		at := min(int(cut), len(stream))
		want, wantErr := readAll(t, pdu.NewReader(bytes.NewReader(stream)))
		got, gotErr := readAll(t, pdu.NewReader(io.MultiReader(bytes.NewReader(stream[:at]), bytes.NewReader(stream[at:]))))
		require.Equal(t, want, got)
		require.Equal(t, wantErr, gotErr)
	})
}

// readAll returns the frames as octets, and what ended them.
func readAll(t *testing.T, r *pdu.Reader) (frames [][]byte, end error) {
	for {
		frame, err := r.Read()
		if err != nil {
			var bad *pdu.Error
			if errors.As(err, &bad) {
				require.True(t, bad.Fatal)
				return frames, err
			}
			require.True(t, errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF), "%v", err)
			return frames, err
		}
		require.Equal(t, int(frame.Length), pdu.HeaderLength+len(frame.Body))
		frames = append(frames, append(pdu.AppendHeader(nil, frame.Command, frame.Status, frame.Sequence), frame.Body...))
	}
}

// FuzzDecodeOthers reads a body as each of the PDUs that carry no message.
func FuzzDecodeOthers(f *testing.F) {
	whole, err := pdu.AppendBind(nil, bind(pdu.BindTransceiverID))
	require.NoError(f, err)
	f.Add(whole[pdu.HeaderLength:])
	f.Add([]byte("smsc\x00\x02\x10\x00\x01\x34"))
	f.Add([]byte("33e95179\x00\x14\x00\xFF\xFFx"))
	f.Add([]byte("\x01\x01336\x00\x03\x0036111\x00\x04\x22\x00\x01\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		frame := pdu.Frame{Header: pdu.Header{Command: pdu.BindTransceiverID, Sequence: 7}, Body: body}
		if b, err := pdu.DecodeBind(frame); err == nil {
			if octets, err := pdu.AppendBind(nil, &b); err == nil {
				got, err := pdu.DecodeBind(frameOf(t, octets))
				require.NoError(t, err)
				require.Equal(t, b, got)
			}
		}
		pdu.DecodeBindResp(frame)
		id, tlvs := pdu.DecodeSubmitResp(frame)
		require.LessOrEqual(t, len(id)+4*len(tlvs), len(body))
		_, outbindErr := pdu.DecodeOutbind(frame)
		_, alertErr := pdu.DecodeAlert(frame)
		for _, err := range []error{outbindErr, alertErr} {
			var bad *pdu.Error
			require.True(t, err == nil || errors.As(err, &bad) && !bad.Fatal && bad.Sequence == 7)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"", "261122120000000+", "000000001500000R", "991231235959948-", "000000000000000R"} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		at, err := pdu.ParseTime(text, now)
		if err != nil || text == "" || text[len(text)-1] == 'R' {
			return
		}
		got, err := pdu.ParseTime(pdu.AbsoluteTime(at), now)
		if at.UTC().Year() < 2000 || at.UTC().Year() > 2099 {
			return // its zone carries it out of the century
		}
		require.NoError(t, err)
		require.True(t, at.Equal(got))
	})
}
