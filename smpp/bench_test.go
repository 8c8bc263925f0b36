package smpp

import (
	"bufio"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// slots is a Completer that frees a place of the benchmark's window.
type slots chan struct{}

func (s slots) Complete(Outcome) { <-s }

// echo answers every request with what answers it, as cheaply as it can, and
// flushes when nothing more has come.
func (l *link) echo() {
	out := bufio.NewWriterSize(l.conn, 64<<10)
	for {
		f, err := l.r.Read()
		if err != nil {
			return
		}
		if !f.Command.Response() {
			octets := pdu.AppendResp(out.AvailableBuffer(), f.Command, pdu.StatusOK, f.Sequence, "0123456789abcdef")
			if _, err := out.Write(octets); err != nil {
				return
			}
		}
		if l.r.Buffered() < pdu.HeaderLength && out.Flush() != nil {
			return
		}
	}
}

// BenchmarkSubmit measures submit_sm and submit_sm_resp over loopback, peer
// included.
func BenchmarkSubmit(b *testing.B) {
	p := newPeer(b)
	cfg := testConfig(p)
	cfg.Window = 256
	e := start(b, p, cfg, Options{})
	l := p.bound()
	bind := receive(b, e.bound)
	go l.echo()
	window := make(slots, cfg.Window-1)
	m := message("Your pizza is in the oven. It will be with you in 25 minutes.")
	b.ReportAllocs()
	for b.Loop() {
		window <- struct{}{}
		if _, err := bind.Submit(m, window); err != nil {
			b.Fatal(err)
		}
	}
	for range cap(window) {
		window <- struct{}{}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
}

// BenchmarkDeliver measures deliver_sm, its hand-over, answer and
// deliver_sm_resp over loopback, peer included.
func BenchmarkDeliver(b *testing.B) {
	p := newPeer(b)
	startWith(b, p, testConfig(p), Options{}, func(d *Delivery) { d.Answer(pdu.StatusOK) })
	l := p.bound()
	frame := deliverSM(b, pdu.DeliverSMID, 1, "PIZZA margherita")
	room, done := make(slots, 256), make(chan struct{})
	go func() { l.answers(b.N, room); close(done) }()
	out := bufio.NewWriterSize(l.conn, 64<<10)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		select {
		case room <- struct{}{}:
		default:
			require.NoError(b, out.Flush())
			room <- struct{}{}
		}
		binary.BigEndian.PutUint32(frame[12:], uint32(i))
		if _, err := out.Write(frame); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, out.Flush())
	receive(b, done)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}

// answers reads the answers to n deliveries and frees their places.
func (l *link) answers(n int, room slots) {
	for n > 0 {
		f, err := l.r.Read()
		switch {
		case err != nil:
			return
		case f.Command == pdu.DeliverSMRespID:
			n--
			<-room
		case f.Command == pdu.EnquireLinkID: // it wants its proof
			if _, err := l.conn.Write(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence)); err != nil {
				return
			}
		}
	}
}
