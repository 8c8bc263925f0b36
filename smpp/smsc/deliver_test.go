package smsc_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// impatient is the account shop with short pauses.
func impatient() smsc.AccountOptions {
	o := shop()
	o.RetryAfter = time.Millisecond
	return o
}

func TestMOReachesTheESME(t *testing.T) {
	t.Parallel()
	s := start(t)
	mo, err := s.Phone(phone).Send(code, "PIZZA") // before there is a bind
	require.NoError(t, err)
	e := bound(t, s, pdu.BindReceiverID)
	m := e.deliver()
	require.Equal(t, pdu.Address{TON: 1, NPI: 1, Addr: "33612345678"}, m.Source)
	require.Equal(t, "36111", m.Dest.Addr)
	require.Equal(t, "PIZZA", string(m.UserData))
	require.Equal(t, smsc.Waiting, s.Phone(phone).Transcript(0)[0].State)
	e.answer(m, pdu.StatusOK)
	require.NoError(t, mo.Wait(ctx(t)))
	require.Equal(t, 1, mo.Attempts())
	require.Equal(t, smsc.Acknowledged, s.Phone(phone).Transcript(0)[0].State)
}

func TestMOIsSentAgainAfterATemporaryError(t *testing.T) {
	t.Parallel()
	s := start(t, impatient())
	e := bound(t, s, pdu.BindTransceiverID)
	mo, err := s.Phone(phone).Send(code, "STOP")
	require.NoError(t, err)
	sequences := map[uint32]bool{}
	for _, status := range []pdu.Status{pdu.StatusRXTAppn, pdu.StatusMsgQFul, pdu.StatusThrottled, pdu.StatusOK} {
		m := e.deliver()
		sequences[m.Sequence] = true
		e.answer(m, status)
	}
	require.NoError(t, mo.Wait(ctx(t)))
	require.Equal(t, 4, mo.Attempts())
	require.Len(t, sequences, 4, "each attempt has its own sequence number")
	require.EqualValues(t, 3, s.Account("shop").Counters().Temporary)
}

func TestMOIsGivenUpAfterAPermanentError(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	mo, err := s.Phone(phone).Send(code, "PIZZA")
	require.NoError(t, err)
	e.answer(e.deliver(), pdu.StatusRXPAppn)
	var rejected *smsc.RejectedError
	require.ErrorAs(t, mo.Wait(ctx(t)), &rejected)
	require.Equal(t, pdu.StatusRXPAppn, rejected.Status)
	require.Equal(t, smsc.Rejected, s.Phone(phone).Transcript(0)[0].State)
}

func TestMOIsSentAgainWhenNotAnsweredInTime(t *testing.T) {
	t.Parallel()
	o := shop()
	o.DeliverTimeout = 20 * time.Millisecond
	s := start(t, o)
	e := bound(t, s, pdu.BindTransceiverID)
	_, err := s.Phone(phone).Send(code, "PIZZA")
	require.NoError(t, err)
	first := e.deliver()
	second := e.deliver()
	require.Equal(t, first.UserData, second.UserData)
	require.NotEqual(t, first.Sequence, second.Sequence)
	e.answer(first, pdu.StatusOK) // too late: counted, not believed
	e.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 1))
	for {
		f, err := e.frames.Read()
		require.NoError(t, err)
		if f.Command == pdu.EnquireLinkRespID {
			break
		}
	}
	require.Positive(t, s.Account("shop").Counters().TimedOut)
	require.Positive(t, s.Account("shop").Counters().Unmatched)
}

func TestMOIsSentAgainOnAnotherBindWhenItsBindEnds(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := bound(t, s, pdu.BindTransceiverID)
	mo, err := s.Phone(phone).Send(code, "one")
	require.NoError(t, err)
	_, err = s.Phone(phone).Send(code, "two")
	require.NoError(t, err)
	require.Equal(t, "one", string(first.deliver().UserData))
	second := bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, first.conn.Close())

	m := second.deliver()
	require.Equal(t, "one", string(m.UserData), "the order of the phone holds")
	second.answer(m, pdu.StatusOK)
	require.NoError(t, mo.Wait(ctx(t)))
	require.Equal(t, 2, mo.Attempts())
	require.Equal(t, "two", string(second.deliver().UserData))
	require.EqualValues(t, 1, s.Account("shop").Counters().Cut)
}

func TestOrderOfAPhoneHoldsThroughErrors(t *testing.T) {
	t.Parallel()
	s := start(t, impatient())
	e := bound(t, s, pdu.BindTransceiverID)
	var last *smsc.MO
	for i := range 20 {
		mo, err := s.Phone(phone).Send(code, fmt.Sprint(i))
		require.NoError(t, err)
		last = mo
	}
	var got []string
	for i := 0; len(got) < 20; i++ {
		m := e.deliver()
		if i%3 == 0 {
			e.answer(m, pdu.StatusRXTAppn)
			continue
		}
		got = append(got, string(m.UserData))
		e.answer(m, pdu.StatusOK)
	}
	require.NoError(t, last.Wait(ctx(t)))
	for i := range 20 {
		require.Equal(t, fmt.Sprint(i), got[i])
	}
}

func TestWindowOfUnansweredDeliveries(t *testing.T) {
	t.Parallel()
	o := shop()
	o.Window = 3
	s := start(t, o)
	e := bound(t, s, pdu.BindTransceiverID)
	for i := range 10 {
		_, err := s.Phone(phone+sms.MSISDN(i)).Send(code, "x")
		require.NoError(t, err)
	}
	var open []pdu.Message
	for range 3 {
		open = append(open, e.deliver())
	}
	e.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 1))
	e.read(pdu.EnquireLinkRespID) // and not a fourth delivery
	require.EqualValues(t, 3, s.Account("shop").Counters().Unanswered)
	e.answer(open[0], pdu.StatusOK)
	e.deliver()
}

func TestAFullQueueIsAnError(t *testing.T) {
	t.Parallel()
	o := shop()
	o.Queue = 1
	s := start(t, o)
	_, err := s.Phone(phone).Send(code, "one")
	require.NoError(t, err)
	_, err = s.Phone(phone).Send(code, "two")
	require.ErrorIs(t, err, smsc.ErrQueueFull)
	_, err = s.Phone(phone).Send(12345, "to nobody")
	require.ErrorContains(t, err, "no account serves 12345")
}

func TestDuplicateMO(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.Account("shop").SetFaults(smsc.Faults{DuplicateMO: 100}))
	e := bound(t, s, pdu.BindTransceiverID)
	mo, err := s.Phone(phone).Send(code, "PIZZA")
	require.NoError(t, err)
	e.answer(e.deliver(), pdu.StatusOK)
	require.NoError(t, mo.Wait(ctx(t)))
	again := e.deliver()
	require.Equal(t, "PIZZA", string(again.UserData))
	e.answer(again, pdu.StatusOK)
	require.EqualValues(t, 1, s.Account("shop").Counters().Repeated)
}

func TestATransmitterGetsNoDeliveries(t *testing.T) {
	t.Parallel()
	s := start(t)
	tx := bound(t, s, pdu.BindTransmitterID)
	rx := bound(t, s, pdu.BindReceiverID)
	for range 4 {
		_, err := s.Phone(phone).Send(code, "x")
		require.NoError(t, err)
		rx.answer(rx.deliver(), pdu.StatusOK)
	}
	tx.submit(text("hello"))
	status, id, _ := tx.response()
	require.Equal(t, pdu.StatusOK, status)
	require.Contains(t, string(rx.deliver().UserData), "id:"+id, "the receipt goes to the receiver")
	rx.submit(text("not allowed"))
	status, _, _ = rx.response()
	require.Equal(t, pdu.StatusInvBndSts, status)
}
