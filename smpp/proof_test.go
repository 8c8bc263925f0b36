package smpp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
)

// A response proves the answers that were written before its request, and no
// others.
func TestProofBySubmit(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.ProofDelay = time.Hour })
	l.deliver(1, "one")
	l.deliver(2, "two")
	one, two := receive(t, e.deliveries), receive(t, e.deliveries)

	early := e.submit(b, "before the answers")
	l.submit()
	require.True(t, two.Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	l.resp(early, pdu.StatusOK, "id")
	e.outcomes.next(t)
	require.EqualValues(t, 0, b.Proved())
	require.True(t, b.Unproved())

	second := e.submit(b, "after the answer to two")
	l.submit()
	l.resp(second, pdu.StatusInvDstAdr, "")
	e.outcomes.next(t)
	require.EqualValues(t, 0, b.Proved(), "one is not answered")
	require.False(t, b.Unproved())

	require.True(t, one.Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	third := e.submit(b, "after both")
	l.submit()
	l.resp(third, pdu.StatusOK, "id")
	e.outcomes.next(t)
	require.EqualValues(t, 2, b.Proved())
}

func TestProofByEnquireLink(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.ProofDelay = 20 * time.Millisecond })
	l.deliver(1, "one")
	require.True(t, receive(t, e.deliveries).Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	enquiry := l.read(pdu.EnquireLinkID) // by itself, since it is unproven
	l.header(pdu.EnquireLinkRespID, pdu.StatusOK, enquiry.Sequence)
	eventually(t, func() bool { return b.Proved() == 1 && !b.Unproved() }, "the proof")
}

// Probe asks at once, and again for what was answered while it was under way.
func TestProbe(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, func(c *Config) { c.ProofDelay = time.Hour })
	b.Probe()
	first := l.read(pdu.EnquireLinkID)
	l.deliver(1, "one")
	require.True(t, receive(t, e.deliveries).Answer(pdu.StatusOK))
	l.read(pdu.DeliverSMRespID)
	b.Probe()
	b.Probe()
	l.header(pdu.EnquireLinkRespID, pdu.StatusOK, first.Sequence)
	second := l.read(pdu.EnquireLinkID)
	require.EqualValues(t, 0, b.Proved())
	l.header(pdu.EnquireLinkRespID, pdu.StatusOK, second.Sequence)
	eventually(t, func() bool { return b.Proved() == 1 }, "the proof")
	l.alive() // no third
}

// The proof of any order of answers and responses equals its definition.
func TestProofProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p proof
		var position, responded uint64
		answered := map[int64]uint64{}
		waiting := rapid.Permutation([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}).Draw(t, "order")
		var requests []uint64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			position++
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				if len(waiting) > 0 {
					p.answered(waiting[0], position, time.Time{})
					answered[waiting[0]], waiting = position, waiting[1:]
				}
			case 1:
				requests = append(requests, position)
			case 2:
				if len(requests) > 0 {
					r := rapid.SampledFrom(requests).Draw(t, "request")
					responded = max(responded, r)
					p.respond(r, time.Time{})
				}
			}
			var want int64
			for at, ok := answered[want+1]; ok && at < responded; at, ok = answered[want+1] {
				want++
			}
			if p.proved != want {
				t.Fatalf("proved %d, want %d", p.proved, want)
			}
		}
	})
}
