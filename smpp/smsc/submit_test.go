package smsc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

func TestSubmitIsAnsweredAndShown(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	sequence := e.submit(text("Votre pizza arrive"))
	status, id, got := e.response()
	require.Equal(t, pdu.StatusOK, status)
	require.Equal(t, sequence, got)
	entry, err := s.Phone(phone).Expect(ctx(t), "pizza")
	require.NoError(t, err)
	require.Equal(t, code, entry.Code)

	mts := s.MTs(0)
	require.Len(t, mts, 1)
	require.Equal(t, id, mts[0].MessageID)
	require.Equal(t, phone, mts[0].Phone)
	require.Equal(t, "Votre pizza arrive", string(mts[0].Message.UserData))
	require.Equal(t, entry.Order, mts[0].Order)
}

func TestSubmitIsJudged(t *testing.T) {
	t.Parallel()
	long := make([]byte, 161)
	for name, test := range map[string]struct {
		change func(*pdu.Message)
		want   pdu.Status
	}{
		"another's code":        {func(m *pdu.Message) { m.Source.Addr = "12345" }, pdu.StatusInvSrcAdr},
		"letters":               {func(m *pdu.Message) { m.Source.Addr = "ACME" }, pdu.StatusInvSrcAdr},
		"plus":                  {func(m *pdu.Message) { m.Dest.Addr = "+33612345678" }, pdu.StatusInvDstAdr},
		"no phone":              {func(m *pdu.Message) { m.Dest.Addr = "" }, pdu.StatusInvDstAdr},
		"161 septets":           {func(m *pdu.Message) { m.UserData = long }, pdu.StatusInvMsgLen},
		"160 septets":           {func(m *pdu.Message) { m.UserData = long[:160] }, pdu.StatusOK},
		"142 octets of UCS-2":   {func(m *pdu.Message) { m.DataCoding, m.UserData = 8, long[:142] }, pdu.StatusInvMsgLen},
		"UDH longer than text":  {func(m *pdu.Message) { m.ESMClass, m.UserData = 0x40, []byte{9, 0} }, pdu.StatusInvMsgLen},
		"long message_payload":  {func(m *pdu.Message) { m.InPayload, m.UserData = true, make([]byte, 1000) }, pdu.StatusOK},
		"flash, 160 septets":    {func(m *pdu.Message) { m.DataCoding, m.UserData = 0x10, long[:160] }, pdu.StatusOK},
		"154 septets and a UDH": {func(m *pdu.Message) { m.ESMClass, m.UserData = 0x40, append([]byte{5, 0, 3, 1, 2, 1}, long[:154]...) }, pdu.StatusInvMsgLen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			e := bound(t, s, pdu.BindTransceiverID)
			m := text("hello")
			test.change(&m)
			e.submit(m)
			status, _, _ := e.response()
			require.Equal(t, test.want.String(), status.String())
		})
	}
}

func TestFailNextInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	s.Account("shop").FailNext(2, pdu.StatusThrottled)
	s.Account("shop").FailNext(1, pdu.StatusSubmitFail)
	for _, want := range []pdu.Status{pdu.StatusThrottled, pdu.StatusThrottled, pdu.StatusSubmitFail, pdu.StatusOK} {
		e.submit(text("hello"))
		status, _, _ := e.response()
		require.Equal(t, want.String(), status.String())
	}
	c := s.Account("shop").Counters()
	require.EqualValues(t, 4, c.Submitted)
	require.EqualValues(t, 2, c.Refused[pdu.StatusThrottled])
	require.EqualValues(t, 1, c.Accepted)
	require.Len(t, s.Phone(phone).Inbox(), 1)
}

func TestThrottleAndQueueFull(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	a := s.Account("shop")
	require.NoError(t, a.SetFaults(smsc.Faults{Throttle: 1}))
	var statuses []pdu.Status
	m := text("hello")
	m.RegisteredDelivery = 0
	for range 2 {
		e.submit(m)
		status, _, _ := e.response()
		statuses = append(statuses, status)
	}
	require.Equal(t, []pdu.Status{pdu.StatusOK, pdu.StatusThrottled}, statuses)
	require.NoError(t, a.SetFaults(smsc.Faults{QueueFull: true}))
	e.submit(text("hello"))
	status, _, _ := e.response()
	require.Equal(t, pdu.StatusMsgQFul, status)
	require.Error(t, a.SetFaults(smsc.Faults{DuplicateMO: 101}))
}

func TestResponsesInReverseOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.Account("shop").SetFaults(smsc.Faults{Shuffle: 3}))
	e := bound(t, s, pdu.BindTransceiverID)
	m := text("hello")
	m.RegisteredDelivery = 0
	var sent, got []uint32
	for range 4 {
		sent = append(sent, e.submit(m))
	}
	for range 4 {
		_, _, sequence := e.response()
		got = append(got, sequence)
	}
	require.Equal(t, []uint32{sent[2], sent[1], sent[0], sent[3]}, got)
}

func TestSilence(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.Account("shop")
	e := bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, a.SetFaults(smsc.Faults{Mute: true, MuteLinks: true}))
	m := text("taken, never answered")
	m.RegisteredDelivery = 0
	e.submit(m)
	_, err := s.Phone(phone).Next(ctx(t))
	require.NoError(t, err)
	e.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 77))
	e.write(pdu.AppendHeader(nil, 0x999, pdu.StatusOK, 78))
	require.EqualValues(t, 78, e.read(pdu.GenericNackID).Sequence, "the enquire_link before it has no answer")
}

func TestDeafness(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.Account("shop")
	require.NoError(t, a.SetFaults(smsc.Faults{Deaf: true}))
	e := bound(t, s, pdu.BindTransceiverID)
	e.submit(text("not read"))
	_, err := s.Phone(phone).Send(code, "goes out all the same")
	require.NoError(t, err)
	e.deliver()
	require.Zero(t, a.Counters().Submitted)
	require.NoError(t, a.SetFaults(smsc.Faults{}))
	e.response()
}

func TestDelay(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.Account("shop").SetFaults(smsc.Faults{Delay: 30 * time.Millisecond}))
	e := bound(t, s, pdu.BindTransceiverID)
	began := time.Now()
	e.submit(text("hello"))
	for { // the receipt does not wait
		f, err := e.frames.Read()
		require.NoError(t, err)
		if f.Command == pdu.SubmitSMRespID {
			break
		}
	}
	require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)
}

func TestDropAndGarbage(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.Account("shop")
	e := bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, a.WaitBound(ctx(t), 1))
	require.Equal(t, 1, a.Garbage([]byte{0, 0, 0, 16, 0, 0, 9, 9, 0, 0, 0, 0, 0, 0, 0, 1}))
	e.read(0x909)
	require.Equal(t, 1, a.Drop())
	e.closed()
	require.NoError(t, a.WaitUnbound(ctx(t)))
	bound(t, s, pdu.BindTransceiverID)
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		receipts smsc.Receipts
		check    func(t *testing.T, id string, m pdu.Message)
	}{
		"text": {smsc.Receipts{ResponseID: smsc.Hex, ReceiptID: smsc.Decimal}, func(t *testing.T, id string, m pdu.Message) {
			require.Equal(t, "33e9517a", id)
			require.Contains(t, string(m.UserData), "id:870928762 sub:001 dlvrd:001 submit date:")
			require.Contains(t, string(m.UserData), "stat:DELIVRD err:000 text:")
		}},
		"tlv": {smsc.Receipts{Form: smsc.ReceiptTLV, ResponseID: smsc.UUID, ReceiptID: smsc.UUID, States: map[string]int{"UNDELIV": 1}}, func(t *testing.T, id string, m pdu.Message) {
			require.Len(t, id, 36)
			require.Empty(t, m.UserData)
			value, ok := m.TLV(pdu.TagReceiptedMessageID)
			require.True(t, ok)
			require.Equal(t, id+"\x00", string(value))
			value, _ = m.TLV(pdu.TagMessageState)
			require.Equal(t, []byte{5}, value)
			value, _ = m.TLV(pdu.TagNetworkErrorCode)
			require.Equal(t, []byte{3, 0, 27}, value)
		}},
		"both, padded": {smsc.Receipts{Form: smsc.ReceiptBoth, ResponseID: smsc.Hex, ReceiptID: smsc.HexPadded, Delay: time.Millisecond, Jitter: time.Millisecond}, func(t *testing.T, id string, m pdu.Message) {
			require.Equal(t, "33e9517a", id)
			require.Contains(t, string(m.UserData), "id:0000000033E9517A ")
			value, _ := m.TLV(pdu.TagReceiptedMessageID)
			require.Equal(t, "0000000033E9517A\x00", string(value))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := shop()
			o.Receipts = test.receipts
			s := start(t, o)
			e := bound(t, s, pdu.BindTransceiverID)
			e.submit(text("hello"))
			_, id, _ := e.response()
			m := e.deliver()
			require.Equal(t, pdu.ESMTypeReceipt, m.Type())
			require.Equal(t, phone.String(), m.Source.Addr)
			require.Equal(t, code.String(), m.Dest.Addr)
			test.check(t, id, m)
			e.answer(m, pdu.StatusRXTAppn)
			e.answer(e.deliver(), pdu.StatusOK)
		})
	}
}

func TestReceiptsOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	o := shop()
	o.Receipts.Intermediate = true
	s := start(t, o)
	e := bound(t, s, pdu.BindTransceiverID)
	for _, registered := range []uint8{0x00, 0x02, 0x11} {
		m := text("hello")
		m.RegisteredDelivery = registered
		e.submit(m)
		e.response()
	}
	m := e.deliver()
	require.Equal(t, pdu.ESMTypeIntermediate, m.Type())
	require.Contains(t, string(m.UserData), "stat:ENROUTE")
	require.Contains(t, string(e.deliver().UserData), "stat:DELIVRD")
	require.EqualValues(t, 2, s.Account("shop").Counters().Receipts)
}

func TestReceiptBeforeTheResponse(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.Account("shop").SetFaults(smsc.Faults{ReceiptFirst: true}))
	e := bound(t, s, pdu.BindTransceiverID)
	e.submit(text("hello"))
	receipt := e.deliver()
	_, id, _ := e.response()
	require.Contains(t, string(receipt.UserData), "id:"+id)
}

func TestReceiptOnAnotherBind(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.Account("shop").SetFaults(smsc.Faults{ReceiptElsewhere: true}))
	e, other := bound(t, s, pdu.BindTransceiverID), bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, s.Account("shop").WaitBound(ctx(t), 2))
	for range 3 {
		e.submit(text("hello"))
		_, id, _ := e.response()
		require.Contains(t, string(other.deliver().UserData), "id:"+id)
	}
}

func TestRepeatedMTsAreCounted(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransmitterID)
	for _, words := range []string{"one", "two", "one"} {
		e.submit(text(words))
		e.response()
	}
	e.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 1))
	e.read(pdu.EnquireLinkRespID)
	require.EqualValues(t, 1, s.Account("shop").Counters().Identical)
	require.Len(t, s.Phone(phone).Inbox(), 3)
}
