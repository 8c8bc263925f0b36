package smsc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

func TestBindIsJudged(t *testing.T) {
	t.Parallel()
	o := shop()
	o.MaxBinds = 1
	for _, test := range []struct {
		name, systemID, password string
		faults                   smsc.Faults
		want                     pdu.Status
	}{
		{"good", "shop", "secret", smsc.Faults{}, pdu.StatusOK},
		{"wrong password", "shop", "wrong", smsc.Faults{}, pdu.StatusInvPaswd},
		{"unknown system_id", "nobody", "secret", smsc.Faults{}, pdu.StatusInvSysID},
		{"refused on demand", "shop", "secret", smsc.Faults{RefuseBinds: pdu.StatusSysErr}, pdu.StatusSysErr},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, o)
			require.NoError(t, s.Account("shop").SetFaults(test.faults))
			e := connect(t, s)
			require.Equal(t, test.want, e.bind(pdu.BindTransceiverID, test.systemID, test.password))
			if test.want != pdu.StatusOK {
				e.closed()
				require.Empty(t, s.Account("shop").Binds())
				return
			}
			require.Equal(t, pdu.StatusAlyBnd, connect(t, s).bind(pdu.BindTransceiverID, "shop", "secret"))
		})
	}
}

func TestUnbindEndsTheConnection(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	e.write(pdu.AppendHeader(nil, pdu.UnbindID, pdu.StatusOK, 7))
	require.EqualValues(t, 7, e.read(pdu.UnbindRespID).Sequence)
	e.closed()
	require.NoError(t, s.Account("shop").WaitUnbound(ctx(t)))
}

func TestServerUnbindsAndAwaitsTheAnswer(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, s.Account("shop").WaitBound(ctx(t), 1))
	require.Equal(t, 1, s.Account("shop").Unbind())
	f := e.read(pdu.UnbindID)
	e.write(pdu.AppendHeader(nil, pdu.UnbindRespID, pdu.StatusOK, f.Sequence))
	e.closed()
}

func TestShutdownUnbinds(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindReceiverID)
	require.NoError(t, s.Account("shop").WaitBound(ctx(t), 1))
	ended := make(chan error, 1)
	go func() { ended <- s.Shutdown(ctx(t)) }()
	f := e.read(pdu.UnbindID)
	e.write(pdu.AppendHeader(nil, pdu.UnbindRespID, pdu.StatusOK, f.Sequence))
	require.NoError(t, <-ended)
}

func TestWhatDoesNotBindIsClosed(t *testing.T) {
	t.Parallel()
	s, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{shop()}, BindTimeout: 20 * time.Millisecond})
	require.NoError(t, err)
	defer s.Close()
	connect(t, s).closed()
}

func TestEnquireLinkBothWays(t *testing.T) {
	t.Parallel()
	s, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{shop()}, EnquireInterval: 20 * time.Millisecond})
	require.NoError(t, err)
	defer s.Close()
	e := bound(t, s, pdu.BindTransceiverID)
	e.write(pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 0x1625d269))
	require.EqualValues(t, 0x1625d269, e.read(pdu.EnquireLinkRespID).Sequence)
	for range 3 {
		f := e.read(pdu.EnquireLinkID)
		e.write(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence))
	}
	e.closed() // the next ones stay without an answer
}

func TestPDUsThatDoNotBelongHere(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := connect(t, s)
	e.submit(text("before the bind"))
	status, _, _ := e.response()
	require.Equal(t, pdu.StatusInvBndSts, status)
	require.Equal(t, pdu.StatusOK, e.bind(pdu.BindTransceiverID, "shop", "secret"))

	e.write(pdu.AppendHeader(nil, 0x00000999, pdu.StatusOK, 42))
	f := e.read(pdu.GenericNackID)
	require.Equal(t, pdu.StatusInvCmdID, f.Status)
	require.EqualValues(t, 42, f.Sequence)
	e.write(pdu.AppendHeader(nil, 0x80000999, pdu.StatusOK, 43)) // a response: ignored
	require.Equal(t, pdu.StatusInvBndSts, e.bind(pdu.BindTransceiverID, "shop", "secret"))

	e.write([]byte{0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9})
	require.Equal(t, pdu.StatusInvCmdLen, e.read(pdu.GenericNackID).Status)
	e.closed()
}

func TestPDUsInPieces(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	octets := pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, 1)
	octets = pdu.AppendHeader(octets, pdu.EnquireLinkID, pdu.StatusOK, 2)
	e.write(octets[:20]) // the first is answered although the second is not there
	require.EqualValues(t, 1, e.read(pdu.EnquireLinkRespID).Sequence)
	for _, b := range octets[20:] {
		e.write([]byte{b})
	}
	require.EqualValues(t, 2, e.read(pdu.EnquireLinkRespID).Sequence)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := smsc.New(smsc.Options{})
	require.ErrorContains(t, err, "no account")
	bad := smsc.AccountOptions{SystemID: "much-too-long-a-name", Password: "far too long", PhonePrefix: "tel:"}
	bad.Receipts = smsc.Receipts{ResponseID: smsc.UUID, ReceiptID: smsc.Hex}
	_, err = smsc.New(smsc.Options{Accounts: []smsc.AccountOptions{bad, bad}})
	for _, want := range []string{"twice", "system_id must", "password has 12", "phone prefix", "cannot name the same message"} {
		require.ErrorContains(t, err, want)
	}
}
