package control_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	code  = sms.ShortCode(36111)
	phone = sms.MSISDN(33612345678)
)

const file = `
listen: 127.0.0.1:0
control: 127.0.0.1:0
accounts:
  - system_id: shop
    password: secret
    codes: ["36111", 36112]
    retry_after: 1ms
    receipts: {response_id: hex, receipt_id: decimal, delay: 1ms, states: {DELIVRD: 1}}
    faults: {refuse_binds: ESME_RSYSERR}
`

// sim is a simulator that runs as its own process would.
type sim struct {
	*control.Client
	smpp, control string
	ctx           context.Context
}

func run(t *testing.T) *sim {
	t.Helper()
	c, err := control.ParseConfig([]byte(file))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	ready, ended := make(chan *sim, 1), make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.RunConfig{Config: c, Ready: func(smpp, addr string) {
			ready <- &sim{Client: control.NewClient(addr), smpp: smpp, control: addr, ctx: ctx}
		}})
	}()
	select {
	case s := <-ready:
		t.Cleanup(func() {
			s.Close()
			cancel()
			require.NoError(t, <-ended)
		})
		return s
	case err := <-ended:
		cancel()
		require.NoError(t, err)
		return nil
	}
}

// answering binds an ESME that acknowledges each MO and answers it "got" with
// the text.
func (s *sim) answering(t *testing.T) {
	t.Helper()
	require.NoError(t, s.SetFaults(s.ctx, "shop", smsc.Faults{}))
	conn, err := net.Dial("tcp", s.smpp)
	require.NoError(t, err)
	octets, err := pdu.AppendBind(nil, &pdu.Bind{Command: pdu.BindTransceiverID, Sequence: 1, SystemID: "shop", Password: "secret"})
	require.NoError(t, err)
	_, err = conn.Write(octets)
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		answer(conn)
	}()
	t.Cleanup(func() {
		conn.Close()
		<-ended
	})
}

func answer(conn net.Conn) {
	frames := pdu.NewReader(conn)
	for sequence := uint32(2); ; sequence++ {
		f, err := frames.Read()
		if err != nil {
			return
		}
		var out []byte
		switch f.Command {
		case pdu.UnbindID:
			out = pdu.AppendHeader(nil, pdu.UnbindRespID, 0, f.Sequence)
		case pdu.DeliverSMID:
			m, err := pdu.DecodeMessage(f)
			if err != nil {
				return
			}
			out = pdu.AppendResp(nil, pdu.DeliverSMRespID, 0, f.Sequence, "")
			if m.Type() == 0 {
				m.Source, m.Dest = m.Dest, m.Source
				m.Sequence, m.RegisteredDelivery, m.UserData = sequence, 1, append([]byte("got "), m.UserData...)
				if out, err = pdu.AppendMessage(out, pdu.SubmitSMID, &m); err != nil {
					return
				}
			}
		}
		if _, err := conn.Write(out); err != nil {
			return
		}
	}
}

func TestAConversationThroughTheControlPort(t *testing.T) {
	t.Parallel()
	s := run(t)
	overview, err := s.SMSC(s.ctx)
	require.NoError(t, err)
	require.Equal(t, s.smpp, overview.Addr)
	require.Equal(t, []sms.ShortCode{36111, 36112}, overview.Accounts[0].Codes)
	require.Equal(t, control.Status(pdu.StatusSysErr), overview.Accounts[0].Faults.RefuseBinds)

	s.answering(t)
	sent, err := s.Send(s.ctx, phone, control.MO{To: code, Text: "PIZZA", Wait: control.Duration(10 * time.Second)})
	require.NoError(t, err)
	require.Equal(t, smsc.Acknowledged, sent.State)
	require.Positive(t, sent.Order)
	entries, err := s.Messages(s.ctx, phone, 1, 10*time.Second)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.True(t, entries[0].Received)
	require.Equal(t, "got PIZZA", entries[0].Text)

	mts, err := s.MTs(s.ctx, 0, 10*time.Second)
	require.NoError(t, err)
	require.Len(t, mts, 1)
	require.Equal(t, "33e9517a", mts[0].MessageID)
	require.Equal(t, "676f742050495a5a41", mts[0].Hex)

	account, err := s.Account(s.ctx, "shop")
	require.NoError(t, err)
	require.Len(t, account.Binds, 1)
	require.EqualValues(t, 1, account.Counters.Accepted)
}

func TestMisbehaviourThroughTheControlPort(t *testing.T) {
	t.Parallel()
	s := run(t)
	s.answering(t)
	require.NoError(t, s.FailNext(s.ctx, "shop", 1, pdu.StatusThrottled))
	_, err := s.Send(s.ctx, phone, control.MO{To: code, Raw: []control.Raw{{DataCoding: 0, Hex: "41"}}, Method: "sar"})
	require.NoError(t, err)
	mts, err := s.MTs(s.ctx, 0, 10*time.Second)
	require.NoError(t, err)
	require.Equal(t, control.Status(pdu.StatusThrottled), mts[0].Status)
	account, err := s.Account(s.ctx, "shop")
	require.NoError(t, err)
	require.Equal(t, smsc.Refusals{pdu.StatusThrottled: 1}, account.Counters.Refused)

	n, err := s.Garbage(s.ctx, "shop", pdu.AppendHeader(nil, 0x999, 0, 1))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = s.Drop(s.ctx, "shop")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	s.answering(t)
	require.Contains(t, get(t, s, "/metrics"), `smsc_submits_refused_total{account="shop",status="ESME_RTHROTTLED"} 1`)

	changed := request(t, s, http.MethodPatch, "/v1/accounts/shop/faults", `{"delay": "5ms"}`)
	require.Contains(t, changed, `"delay":"5ms"`)
	changed = request(t, s, http.MethodPatch, "/v1/accounts/shop/faults", `{"throttle": 7}`)
	require.Contains(t, changed, `"delay":"5ms"`)
	require.Contains(t, changed, `"throttle":7`)
}

func TestLoadThroughTheControlPort(t *testing.T) {
	t.Parallel()
	s := run(t)
	_, err := s.Load(s.ctx, 0)
	require.ErrorContains(t, err, "no load was started")
	s.answering(t)
	o := smsc.LoadOptions{
		Texts: []string{"#{n}"}, Numbered: true, Turns: 50, Targets: []smsc.Target{{Account: "shop", Code: 36112}},
	}
	require.NoError(t, s.StartLoad(s.ctx, o))
	report, err := s.Load(s.ctx, 20*time.Second)
	require.NoError(t, err)
	require.False(t, report.Running)
	require.EqualValues(t, 50, report.Turns)
	require.Positive(t, report.Latency.P99)

	require.NoError(t, s.StartLoad(s.ctx, smsc.LoadOptions{Texts: []string{"x"}, Duration: time.Hour}))
	require.ErrorContains(t, s.StartLoad(s.ctx, o), "a load is running")
	_, err = s.StopLoad(s.ctx)
	require.NoError(t, err)
	_, err = s.Load(s.ctx, 20*time.Second)
	require.NoError(t, err)
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := run(t)
	s.answering(t)
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, "http://"+s.control+"/v1/phones/33612345678/events", nil)
	require.NoError(t, err)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	_, err = s.Send(s.ctx, phone, control.MO{To: code, Text: "PIZZA"})
	require.NoError(t, err)
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") && strings.Contains(lines.Text(), `"text":"got PIZZA"`) {
			return
		}
	}
	require.Fail(t, "the answer did not come", lines.Err())
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := run(t)
	for _, test := range []struct{ method, path, body, want string }{
		{"GET", "/v1/accounts/nobody", "", `no account \"nobody\": GET /v1/smsc lists them`},
		{"PUT", "/v1/accounts/shop/faults", `{"throtle": 1}`, `unknown field`},
		{"PUT", "/v1/accounts/shop/faults", `{"delay": "soon"}`, `is not a time span`},
		{"PUT", "/v1/accounts/shop/faults", `{"duplicate_mo": 200}`, `percentage`},
		{"POST", "/v1/accounts/shop/fail-next", `{"count": 1}`, `a status that is an error`},
		{"POST", "/v1/accounts/shop/garbage", `{"hex": "xyz"}`, `in hexadecimal`},
		{"POST", "/v1/phones/0612345678/messages", `{"to": 36111}`, `national number`},
		{"POST", "/v1/phones/33612345678/messages", `{"to": 12345, "text": "x"}`, `no account serves 12345`},
		{"POST", "/v1/phones/33612345678/messages", `{"to": 36111, "text": "x", "method": "morse"}`, `morse`},
		{"GET", "/v1/phones/33612345678/messages?after=x", "", `is not a number`},
		{"POST", "/v1/load", `{"turns": 1}`, `no text`},
	} {
		require.Contains(t, request(t, s, test.method, test.path, test.body), test.want)
	}
	web, err := http.NewRequestWithContext(s.ctx, http.MethodPost, "http://"+s.control+"/v1/accounts/shop/drop", nil)
	require.NoError(t, err)
	web.Header.Set("Origin", "https://example.com")
	require.Contains(t, do(t, web), "not from a web page")
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	_, err := control.ParseConfig([]byte("acounts: []"))
	require.ErrorContains(t, err, "acounts")
	c, err := control.ParseConfig(nil)
	require.NoError(t, err)
	require.Equal(t, control.DefaultListen, c.Listen)
	require.Equal(t, "shop", c.Accounts[0].SystemID)

	c.Accounts[0].Codes = []string{"x"}
	c.Accounts[0].Receipts.Form = "pigeon"
	c.Accounts[0].Alphabet = "klingon"
	c.TLS.CertFile = "absent.pem"
	err = control.Run(t.Context(), control.RunConfig{Config: c})
	for _, want := range []string{"is not a short code", "pigeon", "klingon", "cert_file and key_file"} {
		require.ErrorContains(t, err, want)
	}
	c, _ = control.ParseConfig([]byte("control: 0.0.0.0:0"))
	require.ErrorContains(t, control.Run(t.Context(), control.RunConfig{Config: c}), "loopback only")
}

func get(t *testing.T, s *sim, path string) string {
	t.Helper()
	return request(t, s, http.MethodGet, path, "")
}

func request(t *testing.T, s *sim, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, method, "http://"+s.control+path, strings.NewReader(body))
	require.NoError(t, err)
	return do(t, r)
}

func do(t *testing.T, r *http.Request) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	octets, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(octets)
}

// TestTheFileInTheManual keeps docs/simulator.md right.
func TestTheFileInTheManual(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../../docs/simulator.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(manual), "```yaml\n")
	block, _, found := strings.Cut(rest, "```")
	require.True(t, found)
	c, err := control.ParseConfig([]byte(block))
	require.NoError(t, err)
	require.Equal(t, []string{"36111", "36112"}, c.Accounts[0].Codes)
	c.Listen, c.Control = "127.0.0.1:0", "127.0.0.1:0"
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, control.Run(ctx, control.RunConfig{Config: c, Ready: func(string, string) { cancel() }}))
}
