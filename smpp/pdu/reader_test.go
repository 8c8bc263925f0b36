package pdu_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

func TestReaderPitfall52FiftyPDUsInOneWrite(t *testing.T) {
	t.Parallel()
	var stream []byte
	for i := range uint32(50) {
		stream = pdu.AppendHeader(stream, pdu.EnquireLinkID, pdu.StatusOK, i+1)
	}
	r := pdu.NewReader(bytes.NewReader(stream))
	for i := range 50 {
		f, err := r.Read()
		require.NoError(t, err)
		require.Equal(t, uint32(i+1), f.Sequence)
		require.Equal(t, (49-i)*pdu.HeaderLength, r.Buffered())
	}
	_, err := r.Read()
	require.ErrorIs(t, err, io.EOF)
}

func TestReaderPitfall52ByteByByte(t *testing.T) {
	t.Parallel()
	want := encode(t, pdu.DeliverSMID, mo("STOP"))
	r := pdu.NewReader(iotest.OneByteReader(bytes.NewReader(append(want, want...))))
	for range 2 {
		f, err := r.Read()
		require.NoError(t, err)
		require.Equal(t, want[pdu.HeaderLength:], f.Body)
		require.Equal(t, pdu.Header{Length: uint32(len(want)), Command: pdu.DeliverSMID, Sequence: 7}, f.Header)
	}
}

func TestReaderEndInsideFrame(t *testing.T) {
	t.Parallel()
	whole := encode(t, pdu.DeliverSMID, mo("STOP"))
	for n := 1; n < len(whole); n++ {
		_, err := pdu.NewReader(bytes.NewReader(whole[:n])).Read()
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "after %d octets", n)
	}
	_, err := pdu.NewReader(bytes.NewReader(nil)).Read()
	require.ErrorIs(t, err, io.EOF)
}

func TestReaderGoesOnAfterDeadline(t *testing.T) {
	t.Parallel()
	whole := encode(t, pdu.DeliverSMID, mo("STOP"))
	for n := range whole {
		r := pdu.NewReader(io.MultiReader(
			bytes.NewReader(whole[:n]), &failOnce{err: os.ErrDeadlineExceeded}, bytes.NewReader(whole[n:])))
		_, err := r.Read()
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		f, err := r.Read()
		require.NoError(t, err)
		require.Equal(t, whole[pdu.HeaderLength:], f.Body, "cut after %d octets", n)
	}
}

type failOnce struct{ err error }

func (f *failOnce) Read([]byte) (int, error) {
	err := f.err
	f.err = io.EOF
	return 0, err
}

func TestReaderPitfall51BadLength(t *testing.T) {
	t.Parallel()
	for _, length := range []uint32{0, 8, 15, pdu.MaxLength + 1, 17 << 20, 1<<31 - 1, 1<<32 - 1} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			t.Parallel()
			head := pdu.AppendHeader(nil, pdu.SubmitSMRespID, pdu.StatusOK, 9)
			copy(head, []byte{uint8(length >> 24), uint8(length >> 16), uint8(length >> 8), uint8(length)})
			r := pdu.NewReader(io.MultiReader(bytes.NewReader(head), endless{}))
			for range 2 { // it stays so
				_, err := r.Read()
				var bad *pdu.Error
				require.ErrorAs(t, err, &bad)
				require.True(t, bad.Fatal)
				require.Equal(t, pdu.StatusInvCmdLen, bad.Status)
				require.Equal(t, uint32(9), bad.Sequence)
				require.ErrorContains(t, err, "command_length")
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestReaderPitfall51LongPayload(t *testing.T) {
	t.Parallel()
	m := mo("")
	m.UserData, m.InPayload = bytes.Repeat([]byte("x"), 60_000), true
	r := pdu.NewReader(bytes.NewReader(append(
		encode(t, pdu.DeliverSMID, m), pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 8)...)))
	f, err := r.Read()
	require.NoError(t, err)
	got, err := pdu.DecodeMessage(f)
	require.NoError(t, err)
	require.Equal(t, m.UserData, got.UserData)
	f, err = r.Read()
	require.NoError(t, err)
	require.Equal(t, pdu.EnquireLinkID, f.Command, "the stream is in step")
}

func TestReaderPitfall44UnknownCommandKeepsHeader(t *testing.T) {
	t.Parallel()
	for _, cmd := range []pdu.Command{0x999, 0x80000999} {
		r := pdu.NewReader(bytes.NewReader(append(
			raw(cmd, 0, 0x1625d269, 1, 2, 3), pdu.AppendHeader(nil, pdu.UnbindID, pdu.StatusOK, 1)...)))
		f, err := r.Read()
		require.NoError(t, err)
		require.Equal(t, uint32(0x1625d269), f.Sequence)
		require.False(t, f.Command.Known())
		require.Equal(t, cmd == 0x80000999, f.Command.Response())
		f, err = r.Read()
		require.NoError(t, err)
		require.Equal(t, pdu.UnbindID, f.Command)
	}
}

func TestErrorSaysWhatToAnswer(t *testing.T) {
	t.Parallel()
	err := error(&pdu.Error{Header: pdu.Header{Command: pdu.DeliverSMID, Sequence: 3}, Status: pdu.StatusInvCmdLen, Reason: "esm_class is missing"})
	require.EqualError(t, err, "deliver_sm with sequence number 3: esm_class is missing: answer ESME_RINVCMDLEN (0x00000002)")
	require.False(t, errors.Is(err, io.EOF))
}

func TestStatusAndCommandNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ESME_RTHROTTLED (0x00000058)", pdu.StatusThrottled.String())
	require.Equal(t, "ESME_R? (0x00000400)", pdu.Status(0x400).String())
	require.Equal(t, "deliver_sm", pdu.DeliverSMID.String())
	require.Equal(t, "command 0x00000999", pdu.Command(0x999).String())
	require.Equal(t, pdu.DataSMRespID, pdu.DataSMID.Resp())
	for text, want := range map[string]pdu.Status{"ESME_RMSGQFUL": 0x14, "0x58": 0x58, "88": 88} {
		got, err := pdu.ParseStatus(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := pdu.ParseStatus("throttled")
	require.ErrorContains(t, err, "write a name such as")
}
