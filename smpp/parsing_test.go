package smpp

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// with appends octets to a PDU and corrects its length.
func with(frame []byte, octets ...byte) []byte {
	frame = append(frame, octets...)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)))
	return frame
}

var vendorTLV = []byte{0x14, 0x28, 0, 3, 'a', 'b', 'c'}

func TestPitfall42UnknownTLV(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	e := start(t, p, testConfig(p), Options{})
	l := p.accept()
	b := l.readBind()
	l.write(with(pdu.AppendResp(nil, b.Command.Resp(), pdu.StatusOK, b.Sequence, "smsc"), vendorTLV...))
	bind := receive(t, e.bound)

	l.write(with(deliverSM(t, pdu.DeliverSMID, 7, "PIZZA"), vendorTLV...))
	d := receive(t, e.deliveries)
	require.Equal(t, "PIZZA", string(d.Message.UserData))

	e.submit(bind, "hello")
	m := l.submit()
	l.write(with(pdu.AppendResp(nil, pdu.SubmitSMRespID, pdu.StatusOK, m.Sequence, "id-1"), vendorTLV...))
	o := e.outcomes.next(t)
	require.Equal(t, Accepted, o.Kind)
	require.Equal(t, "id-1", o.MessageID)

	l.write(with(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 9), vendorTLV...))
	require.EqualValues(t, 9, l.read(pdu.EnquireLinkRespID).Sequence)
}

func TestPitfall43TLVLongerThanPDU(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	for i, tail := range [][]byte{{0x04, 0x24, 0xFF, 0xFF}, {0x04, 0x24}, {0x02, 0x0C, 0, 0}} {
		l.write(with(deliverSM(t, pdu.DeliverSMID, uint32(i+1), "STOP"), tail...))
		d := receive(t, e.deliveries)
		require.Equal(t, "STOP", string(d.Message.UserData))
		require.True(t, d.Answer(pdu.StatusOK))
		require.EqualValues(t, i+1, l.read(pdu.DeliverSMRespID).Sequence)
	}
	l.alive()
}

func TestPitfall44UnknownCommand(t *testing.T) {
	t.Parallel()
	_, l, _ := connected(t, nil)
	l.header(0x999, pdu.StatusOK, 77)
	f := l.read(pdu.GenericNackID)
	require.EqualValues(t, 77, f.Sequence)
	require.Equal(t, pdu.StatusInvCmdID, f.Status)
	l.header(0x80000999, pdu.StatusOK, 78) // a response is never nacked
	l.alive()
}

func TestPitfall45DataSM(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	for i, class := range []uint8{0, pdu.ESMTypeReceipt} {
		octets, err := pdu.AppendMessage(nil, pdu.DataSMID, &pdu.Message{Sequence: uint32(50 + i), ESMClass: class, UserData: []byte("PIZZA")})
		require.NoError(t, err)
		l.write(octets)
		d := receive(t, e.deliveries)
		require.True(t, d.Message.Data)
		require.Equal(t, class, d.Message.Type())
		require.Equal(t, "PIZZA", string(d.Message.UserData))
		require.True(t, d.Answer(pdu.StatusOK))
		require.EqualValues(t, 50+i, l.read(pdu.DataSMRespID).Sequence)
	}
}

func TestPitfall46AlertNotificationAndOutbind(t *testing.T) {
	t.Parallel()
	_, l, _ := connected(t, nil)
	alert, err := pdu.AppendAlert(nil, &pdu.Alert{Sequence: 5})
	require.NoError(t, err)
	l.write(alert)
	outbind, err := pdu.AppendOutbind(nil, &pdu.Outbind{Sequence: 6, SystemID: "smsc"})
	require.NoError(t, err)
	l.write(outbind)
	f := l.read(pdu.GenericNackID) // the alert got nothing
	require.EqualValues(t, 6, f.Sequence)
	require.Equal(t, pdu.StatusInvCmdID, f.Status)
	l.alive()
}

func TestPitfall47RefusedResponseWithoutBody(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Transceiver, Transmitter, Receiver} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			cfg := testConfig(p)
			cfg.Mode = mode
			e := start(t, p, cfg, Options{})
			l := p.accept()
			bind := l.readBind()
			l.header(bind.Command.Resp(), pdu.StatusSysErr, bind.Sequence)
			l.gone()
			l = p.bound()
			b := receive(t, e.bound)
			if !b.Role().Transmits() {
				return
			}
			e.submit(b, "hello")
			l.header(pdu.SubmitSMRespID, pdu.StatusInvDstAdr, l.submit().Sequence)
			o := e.outcomes.next(t)
			require.Equal(t, Refused, o.Kind)
			require.Equal(t, pdu.StatusInvDstAdr, o.Status)
			l.alive()
		})
	}
}

func TestPitfall48RefusedResponseWithBody(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	e.submit(b, "hello")
	l.resp(l.submit().Sequence, pdu.StatusInvDstAdr, "id-2")
	o := e.outcomes.next(t)
	require.Equal(t, Refused, o.Kind)
	require.Equal(t, "id-2", o.MessageID)
	l.alive()
}

func TestPitfall49MinimalBindResp(t *testing.T) {
	t.Parallel()
	ok := func(b pdu.Bind) []byte { return pdu.AppendHeader(nil, b.Command.Resp(), pdu.StatusOK, b.Sequence) }
	for name, resp := range map[string]func(pdu.Bind) []byte{
		"16 octets":   ok,
		"17 octets":   func(b pdu.Bind) []byte { return with(ok(b), 0) },
		"version TLV": func(b pdu.Bind) []byte { return with(ok(b), 0, 0x02, 0x10, 0, 1, 0x34) },
		"vendor TLV":  func(b pdu.Bind) []byte { return with(with(ok(b), 0), vendorTLV...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			e := start(t, p, testConfig(p), Options{})
			l := p.accept()
			l.write(resp(l.readBind()))
			receive(t, e.bound)
			l.alive()
		})
	}
}

func TestPitfall50GenericNackAnswersItsRequest(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	for _, status := range []pdu.Status{pdu.StatusSysErr, pdu.StatusInvCmdID} {
		e.submit(b, "hello")
		m := l.submit()
		l.header(pdu.GenericNackID, pdu.StatusInvCmdLen, 0) // concerns nobody
		l.header(pdu.GenericNackID, pdu.StatusInvCmdLen, m.Sequence+100)
		l.header(pdu.GenericNackID, status, m.Sequence)
		o := e.outcomes.next(t)
		require.Equal(t, Refused, o.Kind)
		require.Equal(t, status, o.Status)
		require.Equal(t, m.Sequence, o.Sequence)
	}
	l.alive()
	require.Empty(t, e.outcomes)
}

// Cloudhopper: "impossible length".
func TestPitfall51BadLength(t *testing.T) {
	t.Parallel()
	for _, length := range []uint32{0, 8, 15, 17 << 20, 1<<31 - 1} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			e := start(t, p, testConfig(p), Options{})
			l := p.bound()
			b := receive(t, e.bound)
			e.submit(b, "hello")
			l.submit()
			frame := pdu.AppendHeader(nil, pdu.DeliverSMID, pdu.StatusOK, 33)
			binary.BigEndian.PutUint32(frame, length)
			l.write(append(frame, make([]byte, 2000)...))
			nack := l.read(pdu.GenericNackID)
			require.Equal(t, pdu.StatusInvCmdLen, nack.Status)
			require.EqualValues(t, 33, nack.Sequence)
			l.gone()
			require.Equal(t, Cut, e.outcomes.next(t).Kind)
			require.ErrorIs(t, receive(t, e.ended), ErrOutOfStep)
			p.bound() // and binds again
		})
	}
}

func TestPitfall51LongPayload(t *testing.T) {
	t.Parallel()
	e, l, b := connected(t, nil)
	long := &pdu.Message{Sequence: 3, UserData: make([]byte, 60_000), InPayload: true}
	octets, err := pdu.AppendMessage(nil, pdu.DeliverSMID, long)
	require.NoError(t, err)
	l.write(octets)
	d := receive(t, e.deliveries)
	require.Len(t, d.Message.UserData, 60_000)
	require.Greater(t, d.Size(), 60_000)
	_, err = b.Submit(long, e.outcomes)
	require.NoError(t, err)
	require.Len(t, l.submit().UserData, 60_000)
}

// Cloudhopper: "bytes arrive in fragments".
func TestPitfall52Fragments(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	for _, octet := range deliverSM(t, pdu.DeliverSMID, 1, "byte by byte") {
		l.write([]byte{octet})
	}
	require.Equal(t, "byte by byte", string(receive(t, e.deliveries).Message.UserData))
	var many []byte
	for i := range uint32(50) {
		many = append(many, deliverSM(t, pdu.DeliverSMID, i+2, fmt.Sprint("part ", i))...)
	}
	l.write(many)
	for i := range 50 {
		d := receive(t, e.deliveries)
		require.Equal(t, fmt.Sprint("part ", i), string(d.Message.UserData))
		require.EqualValues(t, i+2, d.Arrival)
	}
}

// Cloudhopper: "no terminator".
func TestPitfall53BodyThatEndsEarly(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	whole := deliverSM(t, pdu.DeliverSMID, 21, "PIZZA")
	for cut := pdu.HeaderLength; cut < len(whole); cut += 5 {
		l.write(with(append([]byte(nil), whole[:cut]...)))
		f := l.read(pdu.DeliverSMRespID)
		require.Equal(t, pdu.StatusInvCmdLen, f.Status, "cut at %d", cut)
		require.EqualValues(t, 21, f.Sequence)
	}
	require.Empty(t, e.deliveries)
	l.write(whole)
	require.EqualValues(t, 1, receive(t, e.deliveries).Arrival)
}

func TestPitfall57DeliverSMRespHas17Octets(t *testing.T) {
	t.Parallel()
	e, l, _ := connected(t, nil)
	l.deliver(8, "PIZZA")
	d := receive(t, e.deliveries)
	require.True(t, d.Answer(pdu.StatusOK))
	require.False(t, d.Answer(pdu.StatusSysErr), "a second answer is none")
	f := l.read(pdu.DeliverSMRespID)
	require.EqualValues(t, 17, f.Length)
	require.Equal(t, pdu.StatusOK, f.Status)
	l.alive()
}
