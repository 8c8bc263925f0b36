package pdu_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// The hot path: a gateway reads and writes more than 10,000 of these a second.

// Not parallel: AllocsPerRun counts what other tests allocate as well.
func TestHotPathAllocations(t *testing.T) {
	m := withTLVs(mo("PIZZA margherita"), pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{2}})
	f := frameOf(t, encode(t, pdu.DeliverSMID, m))
	dst := make([]byte, 0, 1024)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = pdu.DecodeMessage(f) }), 3.0)
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = pdu.AppendMessage(dst, pdu.SubmitSMID, m) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { pdu.AppendResp(dst, pdu.DeliverSMID, 0, 7, "") }))
	r := pdu.NewReader(&forever{octets: encode(t, pdu.DeliverSMID, m)})
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = r.Read() }))
}

// forever repeats its octets.
type forever struct {
	octets []byte
	at     int
}

func (f *forever) Read(p []byte) (int, error) {
	n := copy(p, f.octets[f.at:])
	f.at = (f.at + n) % len(f.octets)
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	one := encode(b, pdu.DeliverSMID, mo("PIZZA margherita"))
	r := pdu.NewReader(&forever{octets: bytes.Repeat(one, 100)})
	b.ReportAllocs()
	b.SetBytes(int64(len(one)))
	for b.Loop() {
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeDeliverSM(b *testing.B) {
	f := frameOf(b, encode(b, pdu.DeliverSMID, mo("PIZZA margherita")))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pdu.DecodeMessage(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeReceipt(b *testing.B) {
	m := withTLVs(mo("id:33e95179 sub:001 dlvrd:001 submit date:2611221200 done date:2611221200 stat:DELIVRD err:000 text:hello"),
		pdu.TLV{Tag: pdu.TagReceiptedMessageID, Value: []byte("33e95179\x00")}, pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{2}})
	f := frameOf(b, encode(b, pdu.DeliverSMID, m))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pdu.DecodeMessage(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeSubmitResp(b *testing.B) {
	f := frameOf(b, pdu.AppendResp(nil, pdu.SubmitSMID, pdu.StatusOK, 1, "33e95179"))
	b.ReportAllocs()
	for b.Loop() {
		pdu.DecodeSubmitResp(f)
	}
}

func BenchmarkAppendSubmitSM(b *testing.B) {
	m, dst := mo("Enjoy! Your code: 4711"), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pdu.AppendMessage(dst, pdu.SubmitSMID, m); err != nil {
			b.Fatal(err)
		}
	}
}
