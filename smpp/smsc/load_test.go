package smsc_test

import (
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// gateway answers every MO as its answer function says, until its connection
// ends.
type gateway struct {
	status func(pdu.Message) pdu.Status
	answer func(text string) []string
}

func polite(string) []string { return []string{"thank you"} }

func echo(text string) []string { return []string{"got #" + strings.TrimPrefix(text, "NUM ")} }

// run binds and serves in the background.
func (g gateway) run(t testing.TB, s *smsc.Server) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- g.serve(conn) }()
	t.Cleanup(func() {
		conn.Close()
		if err := <-ended; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

// batch writes what has gathered before it waits for more, as the real
// gateway does.
type batch struct {
	net.Conn
	out []byte
}

func (b *batch) Read(p []byte) (int, error) {
	if _, err := b.Write(b.out); err != nil {
		return 0, err
	}
	b.out = b.out[:0]
	return b.Conn.Read(p)
}

func (g gateway) serve(conn net.Conn) error {
	b := &batch{Conn: conn}
	frames, sequence := pdu.NewReader(b), uint32(1)
	var err error
	b.out, err = pdu.AppendBind(nil, &pdu.Bind{Command: pdu.BindTransceiverID, Sequence: 1, SystemID: "shop", Password: "secret"})
	for err == nil {
		var f pdu.Frame
		if f, err = frames.Read(); err == nil && f.Command == pdu.DeliverSMID {
			err = g.handle(b, f, &sequence)
		}
	}
	return err
}

func (g gateway) handle(b *batch, f pdu.Frame, sequence *uint32) error {
	m, err := pdu.DecodeMessage(f)
	if err != nil {
		return err
	}
	status := pdu.StatusOK
	if g.status != nil {
		status = g.status(m)
	}
	b.out = pdu.AppendResp(b.out, pdu.DeliverSMRespID, status, m.Sequence, "")
	if m.Type() != 0 || status != pdu.StatusOK {
		return nil
	}
	for _, text := range g.answer(string(m.UserData)) {
		*sequence++
		b.out, err = pdu.AppendMessage(b.out, pdu.SubmitSMID, &pdu.Message{
			Sequence: *sequence, Source: pdu.Address{Addr: m.Dest.Addr}, Dest: m.Source, RegisteredDelivery: 1, UserData: []byte(text),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func finished(t *testing.T, s *smsc.Server, o smsc.LoadOptions) smsc.Report {
	t.Helper()
	l, err := s.StartLoad(o)
	require.NoError(t, err)
	report, err := l.Wait(ctx(t))
	require.NoError(t, err)
	return report
}

func TestLoadAtSaturation(t *testing.T) {
	t.Parallel()
	s := start(t)
	gateway{answer: polite}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{Texts: []string{"PIZZA {n}", "1", "oui"}, Phones: 300, Outstanding: 50, Turns: 2000})
	require.EqualValues(t, 2000, r.MOs)
	require.EqualValues(t, 2000, r.Turns)
	require.EqualValues(t, 2000, r.Acknowledged)
	require.EqualValues(t, 2000, r.Latency.Count)
	require.Zero(t, r.Lost+r.Duplicates+r.Strange+r.Open+r.Unacknowledged)
	require.Positive(t, r.TurnsPerSecond)
	require.LessOrEqual(t, r.Latency.P50, r.Latency.P99)
	require.Empty(t, s.MTs(0), "the MTs of a load are not kept")
	require.Empty(t, s.Phones())
}

func TestLoadAtARate(t *testing.T) {
	t.Parallel()
	s := start(t)
	gateway{answer: polite}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{Texts: []string{"PIZZA"}, Rate: 1000, Duration: 300 * time.Millisecond, Warmup: 50 * time.Millisecond})
	require.InDelta(t, 300, r.MOs, 1)
	require.Equal(t, r.MOs, r.Turns)
	require.Less(t, r.Latency.Count, uint64(r.MOs))
}

func TestNumberedLoadFindsWhatWentWrong(t *testing.T) {
	t.Parallel()
	s := start(t)
	gateway{answer: func(text string) []string {
		n, err := strconv.Atoi(strings.TrimPrefix(text, "NUM "))
		switch {
		case err != nil:
			return nil
		case n == 7: // never answered
			return nil
		case n == 8: // answered twice
			return append(echo(text), echo(text)...)
		case n == 9: // another phone's number
			return append([]string{"got #3"}, echo(text)...)
		}
		return echo(text)
	}}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{
		Texts: []string{"NUM {n}"}, Numbered: true, Phones: 20, PerPhone: 2, Outstanding: 40, Turns: 200, Timeout: 200 * time.Millisecond,
	})
	require.EqualValues(t, 200, r.Acknowledged)
	require.EqualValues(t, 199, r.Turns)
	require.EqualValues(t, 1, r.Lost)
	require.Equal(t, []int64{7}, r.Missing)
	require.EqualValues(t, 1, r.Duplicates)
	require.EqualValues(t, 1, r.Strange)
	require.Zero(t, r.OutOfOrder)
}

func TestNumberedLoadSeesDisorder(t *testing.T) {
	t.Parallel()
	o := shop()
	o.Overlap = 2
	s := start(t, o)
	var first string
	gateway{answer: func(text string) []string {
		if first == "" {
			first = text
			return nil
		}
		return append(echo(text), echo(first)...)
	}}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{Texts: []string{"NUM {n}"}, Numbered: true, Phones: 1, PerPhone: 2, Turns: 2})
	require.EqualValues(t, 1, r.OutOfOrder)
}

func TestLoadCountsRedeliveries(t *testing.T) {
	t.Parallel()
	s := start(t, impatient())
	seen := map[string]bool{}
	gateway{
		status: func(m pdu.Message) pdu.Status {
			if m.Type() != 0 || seen[string(m.UserData)] {
				return pdu.StatusOK
			}
			seen[string(m.UserData)] = true
			return pdu.StatusRXTAppn
		},
		answer: echo,
	}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{Texts: []string{"NUM {n}"}, Numbered: true, Turns: 100})
	require.EqualValues(t, 100, r.Redelivered)
	require.EqualValues(t, 100, r.Turns)
	require.Zero(t, r.Duplicates)
}

func TestLoadGivesUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	gateway{status: func(m pdu.Message) pdu.Status { return pdu.StatusRXPAppn }}.run(t, s)
	r := finished(t, s, smsc.LoadOptions{Texts: []string{"x"}, Turns: 10})
	require.EqualValues(t, 10, r.Rejected)
	require.Zero(t, r.Turns+r.Lost+r.Unacknowledged)

	alone := start(t) // nobody bound
	r = finished(t, alone, smsc.LoadOptions{Texts: []string{"x"}, Turns: 10, Timeout: 30 * time.Millisecond})
	require.EqualValues(t, 10, r.Unacknowledged)
}

func TestLoadEndsWithItsServer(t *testing.T) {
	t.Parallel()
	s := start(t)
	l, err := s.StartLoad(smsc.LoadOptions{Texts: []string{"x"}, Duration: time.Hour})
	require.NoError(t, err)
	_, err = s.StartLoad(smsc.LoadOptions{Texts: []string{"x"}, Turns: 1})
	require.ErrorIs(t, err, smsc.ErrLoadRunning)
	require.NoError(t, s.Close())
	_, err = l.Wait(ctx(t))
	require.ErrorIs(t, err, smsc.ErrClosed)
	_, err = s.StartLoad(smsc.LoadOptions{Texts: []string{"x"}, Turns: 1})
	require.ErrorIs(t, err, smsc.ErrClosed)
}

func TestLoadOptionsAreChecked(t *testing.T) {
	t.Parallel()
	s := start(t)
	for want, o := range map[string]smsc.LoadOptions{
		"no text":         {Turns: 1},
		"no end":          {Texts: []string{"x"}},
		"must contain":    {Texts: []string{"x"}, Turns: 1, Numbered: true},
		"numbered texts":  {Texts: []string{"x"}, Turns: 1, PerPhone: 2},
		"too long":        {Texts: []string{strings.Repeat("x", 161)}, Turns: 1},
		"no account":      {Texts: []string{"x"}, Turns: 1, Targets: []smsc.Target{{Code: 12345}}},
		"does not serve":  {Texts: []string{"x"}, Turns: 1, Targets: []smsc.Target{{Code: sms.ShortCode(1), Account: "shop"}}},
		"cannot be negat": {Texts: []string{"x"}, Turns: 1, Rate: -1},
	} {
		_, err := s.StartLoad(o)
		require.ErrorContains(t, err, want)
	}
}

// BenchmarkTurn is the simulator and a minimal gateway in one process: an MO,
// its answer and its receipt, all acknowledged.
func BenchmarkTurn(b *testing.B) {
	s, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{shop()}})
	require.NoError(b, err)
	defer s.Close()
	gateway{answer: polite}.run(b, s)
	b.ReportAllocs()
	b.ResetTimer()
	l, err := s.StartLoad(smsc.LoadOptions{Texts: []string{"PIZZA {n}", "1", "oui"}, Turns: int64(b.N)})
	require.NoError(b, err)
	r, err := l.Wait(b.Context())
	require.NoError(b, err)
	b.ReportMetric(float64(r.Latency.P99.Microseconds()), "p99-µs")
}
