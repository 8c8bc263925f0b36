package interop_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"repartee/smpp"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/receipt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	code  = "36111"
	phone = "33612345678"
)

// esme is a carrier of package smpp whose events a test awaits.
type esme struct {
	t          *testing.T
	carrier    *smpp.Carrier
	bound      chan *smpp.Bind
	deliveries chan *smpp.Delivery
	ended      chan error
	outcomes   chan smpp.Outcome
	states     chan smpp.BindInfo
}

func (e *esme) Bound(b *smpp.Bind)              { e.bound <- b }
func (e *esme) Deliver(d *smpp.Delivery)        { e.deliveries <- d }
func (e *esme) Ended(_ *smpp.Bind, cause error) { e.ended <- cause }
func (e *esme) Complete(o smpp.Outcome)         { e.outcomes <- o }

// observer passes on the states of the sessions.
type observer struct {
	smpp.Unobserved
	states chan smpp.BindInfo
}

func (o observer) BindState(info smpp.BindInfo) { o.states <- info }

// run starts the carrier; it is drained when the test ends, and the SMSC must
// have seen the unbind.
func run(t *testing.T, n *node, change func(*smpp.Config)) *esme {
	t.Helper()
	e := &esme{
		t: t, bound: make(chan *smpp.Bind, 100), deliveries: make(chan *smpp.Delivery, 100), ended: make(chan error, 100),
		outcomes: make(chan smpp.Outcome, 100), states: make(chan smpp.BindInfo, 1000),
	}
	cfg := smpp.Config{
		Name: "node", Addr: n.addr(), SystemID: "shop", Password: "secret", Sessions: 1, Window: 8,
		BackoffMin: 10 * time.Millisecond, BackoffMax: time.Minute,
	}
	if change != nil {
		change(&cfg)
	}
	e.carrier = smpp.NewCarrier(cfg, e, smpp.Options{Observer: observer{states: e.states}})
	finished := make(chan error, 1)
	go func() { finished <- e.carrier.Run(context.Background()) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		require.NoError(t, e.carrier.Drain(ctx))
		require.NoError(t, <-finished)
	})
	return e
}

// next takes from a channel within the limit.
func next[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(limit):
		require.Fail(t, "no "+what)
		panic("unreachable")
	}
}

// submit sends a text in as many segments as it needs and returns their
// outcomes by sequence number.
func (e *esme) submit(text string, method coding.Method) map[uint32]smpp.Outcome {
	e.t.Helper()
	segments, err := coding.Split(text, coding.SplitOptions{Method: method, Ref: 77})
	require.NoError(e.t, err)
	for i, part := range segments.Parts {
		m := pdu.Message{
			Source: pdu.Address{TON: 3, Addr: code}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: phone},
			RegisteredDelivery: pdu.RegisteredFinal, ValidityPeriod: "000000001500000R", DataCoding: segments.DataCoding,
			UserData: part, TLVs: segments.TLVs(i), InPayload: method == coding.Payload,
		}
		if segments.UDH {
			m.ESMClass = pdu.ESMUDHI
		}
		_, err := e.carrier.Pick(0).Submit(&m, e)
		require.NoError(e.t, err)
	}
	outcomes := map[uint32]smpp.Outcome{}
	for range segments.Parts {
		o := next(e.t, "outcome", e.outcomes)
		outcomes[o.Sequence] = o
	}
	return outcomes
}

// delivery answers the next deliver_sm with status 0.
func (e *esme) delivery() pdu.Message {
	e.t.Helper()
	d := next(e.t, "deliver_sm", e.deliveries)
	require.True(e.t, d.Answer(pdu.StatusOK))
	return d.Message
}

// text joins an MO of so many parts.
func (e *esme) text(parts int) string {
	e.t.Helper()
	texts := make([][]byte, parts)
	var dataCoding uint8
	for range parts {
		m := e.delivery()
		require.Equal(e.t, phone, m.Source.Addr)
		require.Equal(e.t, code, m.Dest.Addr)
		concat, octets := coding.ConcatOf(&m)
		at := 0
		if concat != nil {
			require.EqualValues(e.t, parts, concat.Total)
			at = int(concat.Part) - 1
		}
		texts[at], dataCoding = octets, m.DataCoding
	}
	text, binary := coding.Decode(dataCoding, coding.Join(texts), coding.GSM7)
	require.False(e.t, binary)
	return text
}

var (
	gsm     = "Bonjour ! Voilà l'été : menu à 12 €, dessert offert {café} [thé] ~ ñ Ü ß @ $ _"
	longGSM = strings.Repeat("Pizza à 10 € {promo} ", 20)
	emoji   = "Да! 🍕"
	long16  = strings.Repeat("Спасибо за заказ 🍕😀 ", 15)
)

func TestMOsOfNodeSMPP(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, nil)
	require.Equal(t, "bind_transceiver", n.await("bind").Mode)
	next(t, "bind", e.bound)
	for name, test := range map[string]struct {
		text  string
		parts int
	}{
		"GSM": {gsm, 1}, "long GSM": {longGSM, 3}, "UCS-2 with emoji": {emoji, 1}, "long UCS-2 with emoji": {long16, 5},
	} {
		n.do(command{"do": "mo", "from": phone, "to": code, "text": test.text})
		require.Equal(t, test.text, e.text(test.parts), name)
		for range test.parts {
			require.Zero(t, n.await("mo_answered").Status)
		}
	}
	n.do(command{"do": "enquire"})
	require.Zero(t, n.await("alive").Status)
}

func TestMTsAndReceiptsOfNodeSMPP(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, nil)
	next(t, "bind", e.bound)
	for _, form := range []string{"text", "tlv"} {
		n.set("receipts", form)
		for _, method := range []coding.Method{coding.UDH8, coding.UDH16, coding.SAR} {
			for _, text := range []string{gsm, longGSM, emoji, long16} {
				outcomes := e.submit(text, method)
				got := n.await("text")
				require.Equal(t, text, got.Text)
				require.Equal(t, len(outcomes), got.Parts)
				require.Equal(t, code, got.From)
				require.Equal(t, phone, got.To)
				e.receipts(n, outcomes)
			}
		}
	}
}

// receipts checks that each accepted segment gets its receipt, whose id is
// written in another way than that of the response.
func (e *esme) receipts(n *node, outcomes map[uint32]smpp.Outcome) {
	e.t.Helper()
	open := map[string]bool{}
	for _, o := range outcomes {
		require.Equal(e.t, smpp.Accepted, o.Kind)
		open[receipt.Canonical(o.MessageID, receipt.Hex)] = true
		mt := n.await("mt")
		require.EqualValues(e.t, 1, mt.Registered)
	}
	require.Len(e.t, open, len(outcomes))
	for range outcomes {
		m := e.delivery()
		r, ok := receipt.Parse(&m)
		require.True(e.t, ok)
		require.Equal(e.t, receipt.Final, r.Kind)
		require.True(e.t, r.State.Final())
		id := receipt.Canonical(r.ID, receipt.Decimal)
		require.True(e.t, open[id], "a receipt for %s", r.ID)
		delete(open, id)
		require.Zero(e.t, n.await("receipt_answered").Status)
	}
}

func TestNodeSMPPThrottles(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, func(c *smpp.Config) { c.Throughput = 1000 })
	next(t, "bind", e.bound)
	n.set("throttle", 1)
	for _, o := range e.submit("too fast", coding.UDH8) {
		require.Equal(t, smpp.Refused, o.Kind)
		require.Equal(t, pdu.StatusThrottled, o.Status)
		require.Equal(t, smpp.Temporary, e.carrier.Judge(o.Status))
	}
	require.Less(t, e.carrier.Pace(), 1000.0, "the carrier slows down")
	for _, o := range e.submit("slower", coding.UDH8) {
		require.Equal(t, smpp.Accepted, o.Kind)
	}
	require.Equal(t, "slower", n.await("text").Text)
}

func TestNodeSMPPDropsAndUnbinds(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, func(c *smpp.Config) { c.Sessions = 2 })
	for range 2 {
		next(t, "bind", e.bound)
	}
	n.do(command{"do": "drop"})
	for range 2 {
		next(t, "end of a bind", e.ended)
		next(t, "bind", e.bound)
	}
	for range 4 { // two from before
		n.await("bind")
	}
	n.do(command{"do": "unbind"})
	for range 2 {
		require.Zero(t, n.await("unbound").Status)
		require.ErrorIs(t, next(t, "end of a bind", e.ended), smpp.ErrUnbound)
		next(t, "bind", e.bound)
	}
	for _, o := range e.submit("back again", coding.UDH8) {
		require.Equal(t, smpp.Accepted, o.Kind)
	}
	require.Equal(t, "back again", n.await("text").Text)
}

func TestNodeSMPPTransmitterAndReceiver(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, func(c *smpp.Config) { c.Mode = smpp.Pair })
	modes := []string{n.await("bind").Mode, n.await("bind").Mode}
	require.ElementsMatch(t, []string{"bind_transmitter", "bind_receiver"}, modes)
	for range 2 {
		next(t, "bind", e.bound)
	}
	outcomes := e.submit("by the transmitter", coding.UDH8)
	require.Equal(t, "by the transmitter", n.await("text").Text)
	e.receipts(n, outcomes)
}

func TestNodeSMPPRefusesThePassword(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	e := run(t, n, func(c *smpp.Config) { c.Password = "wrong" })
	require.Equal(t, uint32(pdu.StatusInvPaswd), n.await("bind").Status)
	for {
		info := next(t, "state", e.states)
		if info.State == smpp.Waiting && info.LastError != "" {
			require.Contains(t, info.LastError, "ESME_RINVPASWD")
			require.Greater(t, time.Until(info.NextAttempt), 20*time.Second, "no storm of wrong passwords")
			return
		}
	}
}
