package app

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// hostile makes what no honest SMSC sends. Frames keep the stream in step
// unless they say otherwise, so that what comes behind them is read as well.
type hostile struct {
	t      *testing.T
	random *rand.Rand
	number uint32
}

func (h *hostile) octets(n int) []byte {
	octets := make([]byte, n)
	for i := range octets {
		octets[i] = byte(h.random.Uint32())
	}
	return octets
}

// mo is a well-formed deliver_sm with any user data, of one of ten phones.
func (h *hostile) mo(esmClass uint8, userData []byte, tlvs ...pdu.TLV) []byte {
	h.number++
	return encodeMO(h.t, pdu.Message{
		Sequence: h.number & 0x7FFFFFFF, Source: pdu.Address{Addr: "3369000000" + string(rune('0'+h.random.IntN(10)))},
		ESMClass: esmClass, DataCoding: uint8(h.random.Uint32()), UserData: userData, TLVs: tlvs,
	})
}

// noise is a PDU of any command whose body is anything.
func (h *hostile) noise() []byte {
	commands := []pdu.Command{
		pdu.DeliverSMID, pdu.DataSMID, pdu.SubmitSMID, pdu.SubmitSMRespID, pdu.DeliverSMRespID, pdu.EnquireLinkID, pdu.EnquireLinkRespID,
		pdu.GenericNackID, pdu.OutbindID, pdu.AlertNotificationID, pdu.BindTransceiverRespID, pdu.QuerySMID, 0x999, 0x80000999,
	}
	frame := pdu.AppendHeader(nil, commands[h.random.IntN(len(commands))], pdu.Status(h.random.Uint32()), h.random.Uint32N(50))
	frame = append(frame, h.octets(h.random.IntN(80))...)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)))
	return frame
}

// truncated is a deliver_sm whose body ends somewhere.
func (h *hostile) truncated() []byte {
	whole := h.mo(0, []byte("ECHO truncated"))
	frame := whole[:pdu.HeaderLength+h.random.IntN(len(whole)-pdu.HeaderLength)]
	binary.BigEndian.PutUint32(frame, uint32(len(frame)))
	return frame
}

// part is a part of a long message: number 0, beyond the total, of 255, or of
// a set that is never completed.
func (h *hostile) part() []byte {
	ref, total, number := byte(h.random.Uint32()), byte(255), byte(h.random.IntN(254)+1)
	switch h.random.IntN(4) {
	case 0:
		number = 0
	case 1:
		total, number = 2, 200
	case 2:
		total, number = 2, 1
	}
	return h.mo(pdu.ESMUDHI, append([]byte{5, 0, 3, ref, total, number}, h.octets(100)...))
}

// optional is a deliver_sm with TLVs that say anything, one of them perhaps
// longer than the PDU.
func (h *hostile) optional() []byte {
	frame := h.mo(0, []byte("ECHO tlv"), pdu.TLV{Tag: pdu.TagSarMsgRefNum, Value: h.octets(h.random.IntN(4))},
		pdu.TLV{Tag: pdu.TagSarTotalSegments, Value: h.octets(h.random.IntN(3))}, pdu.TLV{Tag: uint16(h.random.Uint32()), Value: h.octets(h.random.IntN(300))})
	frame = append(frame, h.octets(h.random.IntN(12))...)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)))
	return frame
}

// receipt is a delivery receipt with any text.
func (h *hostile) receipt() []byte {
	text := h.octets(h.random.IntN(100))
	if h.random.IntN(2) == 0 {
		text = append([]byte("id:"), text...)
	}
	return h.mo(pdu.ESMTypeReceipt|uint8(h.random.Uint32())&pdu.ESMUDHI, text)
}

// round is some of everything, and at its end a length that ends the bind.
func (h *hostile) round() []byte {
	kinds := []func() []byte{
		h.noise, h.truncated, h.part, h.part, h.optional, h.receipt,
		func() []byte { return h.mo(uint8(h.random.Uint32()), h.octets(h.random.IntN(254))) },
	}
	var octets []byte
	for range 150 {
		octets = append(octets, kinds[h.random.IntN(len(kinds))]()...)
	}
	if h.random.IntN(2) == 0 {
		return append(octets, h.octets(5000)...)
	}
	return append(octets, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1)
}

// A carrier that sends nothing but trouble, over dozens of binds: the other
// carrier does not notice, memory stays where it is, nothing panics.
func TestHostileCarrierHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	peer := newPeer(t)
	w := bareWorld(t, smsc.Options{})
	w.apply(twoCarriers(w.smsc.Addr(), peer.addr, "", ", backoff: {min: 10ms, max: 20ms}"))
	w.start()
	load, err := w.smsc.StartLoad(smsc.LoadOptions{
		FirstPhone: 33610000000, Phones: 2000, Texts: []string{"ECHO #{n}"}, Rate: 150, Duration: 5 * time.Second, Numbered: true,
	})
	require.NoError(t, err)
	h := &hostile{t: t, random: rand.New(rand.NewPCG(7, 11))}
	before := uint64(0)
	const rounds = 60
	for n := range rounds {
		l := peer.bound(w.context())
		_ = l.write(h.round()) // the gateway may hang up in the middle
		if n == rounds/4 {
			before = heap()
		}
	}
	peer.bound(w.context())
	r, err := load.Wait(w.context())
	require.NoError(t, err)
	assert.Zero(t, r.Lost)
	assert.Zero(t, r.Rejected)
	assert.Zero(t, r.Duplicates)
	assert.Zero(t, r.OutOfOrder)
	assert.Less(t, r.Latency.P99, 15*time.Second, "the shop goes on")
	assert.EqualValues(t, 1, w.smsc.Account("shop").Counters().Binds)
	w.eventuallyIdle()
	assert.Less(t, heap(), before+32<<20, "three quarters of the trouble must not keep memory")
	assert.Greater(t, query[int](w, `SELECT count(*)::int FROM inbound WHERE carrier = 2`), 500, "it was read")
	assert.Greater(t, query[int](w, `SELECT count(*)::int FROM mo_sets`), 500)
	metrics := w.metrics()
	assert.Contains(t, metrics, "\nrepartee_inbox_panics_total 0\n")
	assert.Contains(t, metrics, "\nrepartee_inbox_quarantined_total 0\n")
	assert.Contains(t, metrics, "\nrepartee_outbox_record_failures_total 0\n")
	assert.Less(t, strings.Count(metrics, "\n"), 1000, "a peer must not make labels")
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// eventuallyIdle waits until the inbox has nothing to do.
func (w *world) eventuallyIdle() {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return w.gw.inbox.Queued() == 0 }, 20*time.Second, 10*time.Millisecond)
}
