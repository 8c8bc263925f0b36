package smsc_test

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	code  = sms.ShortCode(36111)
	phone = sms.MSISDN(33612345678)
	limit = 10 * time.Second
)

func shop() smsc.AccountOptions {
	return smsc.AccountOptions{SystemID: "shop", Password: "secret", Codes: []sms.ShortCode{code}}
}

// start serves the accounts on a free port until the test ends.
func start(t *testing.T, accounts ...smsc.AccountOptions) *smsc.Server {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []smsc.AccountOptions{shop()}
	}
	s, err := smsc.Start(smsc.Options{Accounts: accounts})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func ctx(t *testing.T) context.Context {
	t.Helper()
	c, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return c
}

// esme is a client that does exactly what a test tells it, octet by octet if
// need be.
type esme struct {
	t      *testing.T
	conn   net.Conn
	frames *pdu.Reader
	last   uint32
}

func connect(t *testing.T, s *smsc.Server) *esme {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(limit)))
	return &esme{t: t, conn: conn, frames: pdu.NewReader(conn)}
}

// bound connects and binds as the account shop.
func bound(t *testing.T, s *smsc.Server, role pdu.Command) *esme {
	t.Helper()
	e := connect(t, s)
	require.Equal(t, pdu.StatusOK, e.bind(role, "shop", "secret"))
	return e
}

func (e *esme) write(octets []byte) {
	e.t.Helper()
	_, err := e.conn.Write(octets)
	require.NoError(e.t, err)
}

func (e *esme) bind(role pdu.Command, systemID, password string) pdu.Status {
	e.t.Helper()
	e.last++
	octets, err := pdu.AppendBind(nil, &pdu.Bind{
		Command: role, Sequence: e.last, SystemID: systemID, Password: password, InterfaceVersion: 0x34,
	})
	require.NoError(e.t, err)
	e.write(octets)
	return e.read(role.Resp()).Status
}

// read returns the next PDU, which must be of the command.
func (e *esme) read(want pdu.Command) pdu.Frame {
	e.t.Helper()
	f, err := e.frames.Read()
	require.NoError(e.t, err, "awaiting %s", want)
	require.Equal(e.t, want.String(), f.Command.String())
	return f
}

// deliver reads the next deliver_sm without answering it.
func (e *esme) deliver() pdu.Message {
	e.t.Helper()
	return e.message(pdu.DeliverSMID)
}

func (e *esme) message(want pdu.Command) pdu.Message {
	e.t.Helper()
	m, err := pdu.DecodeMessage(e.read(want))
	require.NoError(e.t, err)
	return m
}

func (e *esme) answer(m pdu.Message, status pdu.Status) {
	e.t.Helper()
	command := pdu.DeliverSMRespID
	if m.Data {
		command = pdu.DataSMRespID
	}
	e.write(pdu.AppendResp(nil, command, status, m.Sequence, ""))
}

// submit writes a submit_sm and returns its sequence number.
func (e *esme) submit(m pdu.Message) uint32 {
	e.t.Helper()
	e.last++
	m.Sequence = e.last
	octets, err := pdu.AppendMessage(nil, pdu.SubmitSMID, &m)
	require.NoError(e.t, err)
	e.write(octets)
	return e.last
}

// response reads the next submit_sm_resp.
func (e *esme) response() (status pdu.Status, messageID string, sequence uint32) {
	e.t.Helper()
	f := e.read(pdu.SubmitSMRespID)
	id, _ := pdu.DecodeSubmitResp(f)
	return f.Status, id, f.Sequence
}

// text is an MT from the code to the phone that asks for a receipt.
func text(s string) pdu.Message {
	return pdu.Message{
		Source: pdu.Address{Addr: code.String()}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: phone.String()},
		RegisteredDelivery: 1, UserData: []byte(s),
	}
}

// closed checks that the server ends the connection, whatever it says before.
func (e *esme) closed() {
	e.t.Helper()
	for {
		_, err := e.frames.Read()
		if err == nil {
			continue
		}
		require.NotErrorIs(e.t, err, os.ErrDeadlineExceeded, "the connection should be closed")
		return
	}
}
