package smpp

import (
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// randomFrames makes frames whose length is right and everything else is not.
func randomFrames(random *rand.Rand, n int) []byte {
	commands := []pdu.Command{
		pdu.DeliverSMID, pdu.DataSMID, pdu.SubmitSMID, pdu.SubmitSMRespID, pdu.DeliverSMRespID, pdu.EnquireLinkRespID,
		pdu.GenericNackID, pdu.OutbindID, pdu.AlertNotificationID, pdu.BindTransceiverRespID, pdu.QuerySMID, 0x999, 0x80000999,
	}
	var octets []byte
	for range n {
		frame := pdu.AppendHeader(nil, commands[random.IntN(len(commands))], pdu.Status(random.Uint32()), random.Uint32N(20))
		for range random.IntN(80) {
			frame = append(frame, byte(random.Uint32()))
		}
		octets = append(octets, with(frame)...)
	}
	return octets
}

// A hostile stream costs its own session at most; the other one does not
// notice.
func TestHostileStreamDisturbsNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	cfg := testConfig(p)
	cfg.Sessions = 2
	marked := make(chan struct{})
	e := startWith(t, p, cfg, Options{}, func(d *Delivery) {
		d.Answer(pdu.StatusOK)
		if string(d.Message.UserData) == "marker" {
			close(marked)
		}
	})
	hostile, friendly := p.bound(), p.bound()
	go func() { _, _ = io.Copy(io.Discard, hostile.conn) }()
	random := rand.New(rand.NewPCG(1, 2))
	hostile.write(randomFrames(random, 5000))
	hostile.deliver(1, "marker")
	receive(t, marked) // the stream is still in step
	require.Empty(t, e.ended)
	garbage := make([]byte, 100_000)
	for i := range garbage {
		garbage[i] = byte(random.Uint32())
	}
	_, _ = hostile.conn.Write(garbage) // it may be closed in the middle
	require.ErrorIs(t, receive(t, e.ended), ErrOutOfStep)
	friendly.alive()
	eventually(t, e.Up, "the other session")
}

// FuzzSession feeds a bound session any octets, in two halves: it ends, and
// nothing else happens.
func FuzzSession(f *testing.F) {
	f.Add(deliverSM(f, pdu.DeliverSMID, 1, "PIZZA"), uint16(9))
	f.Add(pdu.AppendHeader(nil, pdu.UnbindID, 0, 1), uint16(3))
	f.Add(pdu.AppendResp(nil, pdu.SubmitSMRespID, 0, 2, "id"), uint16(20))
	f.Add(randomFrames(rand.New(rand.NewPCG(3, 4)), 20), uint16(100))
	f.Add([]byte{0, 0, 0, 1, 0x80, 0, 0, 0}, uint16(4))
	f.Fuzz(func(t *testing.T, octets []byte, cut uint16) {
		p := newPeer(t)
		cfg := testConfig(p)
		e := startWith(t, p, cfg, Options{}, func(d *Delivery) { d.Answer(pdu.StatusOK) })
		l := p.bound()
		b := receive(t, e.bound)
		e.submit(b, "hello")
		l.submit()
		go func() { _, _ = io.Copy(io.Discard, l.conn) }()
		half := min(int(cut), len(octets))
		for _, part := range [][]byte{octets[:half], octets[half:]} {
			if _, err := l.conn.Write(part); err != nil {
				break // the session has had enough
			}
		}
		l.close()
		receive(t, e.ended)
		require.Len(t, e.outcomes, 1, "the submit ended once")
	})
}
