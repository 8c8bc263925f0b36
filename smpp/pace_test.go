package smpp

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

func TestPitfall77TemporaryOrPermanent(t *testing.T) {
	t.Parallel()
	c := NewCarrier(Config{Temporary: []pdu.Status{0x400}, Permanent: []pdu.Status{pdu.StatusSysErr}}, nil, Options{})
	for status, want := range map[pdu.Status]Verdict{
		pdu.StatusThrottled: Temporary, pdu.StatusMsgQFul: Temporary, pdu.StatusRXTAppn: Temporary, pdu.StatusInvBndSts: Temporary,
		pdu.StatusInvDstAdr: Permanent, pdu.StatusInvSrcAdr: Permanent, pdu.StatusSubmitFail: Permanent, pdu.StatusInvExpiry: Permanent,
		pdu.StatusInvCmdID: Permanent, pdu.StatusUnknownErr: Permanent, 0x401: Permanent,
		0x400: Temporary, pdu.StatusSysErr: Permanent, // this carrier's own
	} {
		require.Equal(t, want, c.Judge(status), status.String())
	}
	plain := NewCarrier(Config{}, nil, Options{})
	require.Equal(t, Temporary, plain.Judge(pdu.StatusSysErr))
	require.Equal(t, Permanent, plain.Judge(0x400))
}

// limited answers submits like an SMSC that takes so many per second (a token
// bucket of that size) and counts.
type limited struct {
	perSecond         float64
	accepted, refused atomic.Int64
	times             []time.Time // of all submits
}

func (s *limited) serve(l *link, throttled pdu.Status) {
	tokens, last := s.perSecond, time.Now()
	for {
		f, err := l.next()
		if err != nil {
			return
		}
		now := time.Now()
		status := pdu.StatusOK
		if f.Command == pdu.SubmitSMID {
			s.times = append(s.times, now)
			tokens = min(tokens+now.Sub(last).Seconds()*s.perSecond, s.perSecond)
			last = now
			if tokens < 1 {
				status = throttled
				s.refused.Add(1)
			} else {
				tokens--
				s.accepted.Add(1)
			}
		}
		if _, err := l.conn.Write(pdu.AppendHeader(nil, f.Command.Resp(), status, f.Sequence)); err != nil {
			return
		}
	}
}

// sendAll submits so many messages through the pace, again after temporary
// refusals, until all are accepted.
func (e *esme) sendAll(messages int) {
	e.t.Helper()
	queued := messages
	settle := func(o Outcome) {
		switch {
		case o.Kind == Accepted:
			messages--
		case o.Kind == Refused && e.Judge(o.Status) == Temporary:
			queued++
		default:
			require.FailNow(e.t, "unexpected outcome", o.Kind.String())
		}
	}
	for messages > 0 {
		select {
		case o := <-e.outcomes:
			settle(o)
			continue
		default:
		}
		b := e.Pick(0)
		if queued == 0 || b == nil {
			settle(e.outcomes.next(e.t))
			continue
		}
		if wait := e.Take(time.Now(), 1); wait > 0 {
			select {
			case o := <-e.outcomes:
				settle(o)
			case <-time.After(wait):
			}
			continue
		}
		e.submit(b, "hello")
		queued--
	}
}

// An SMSC that takes 10 per second, 200 messages: refusals stay below 10 %
// whatever the contract says, and the pace comes back up.
func TestPitfall78ThrottledCarrierSlowsDown(t *testing.T) {
	t.Parallel()
	for name, throughput := range map[string]float64{"no contract": 0, "too high": 100, "far too high": 1000, "right": 10} {
		for _, status := range []pdu.Status{pdu.StatusThrottled, pdu.StatusMsgQFul} {
			t.Run(name+" "+status.String(), func(t *testing.T) {
				bubble(t, func(t *testing.T, p *peer) {
					cfg := testConfig(p)
					cfg.Throughput = throughput
					e := start(t, p, cfg, Options{})
					l := p.bound()
					receive(t, e.bound)
					synctest.Wait()
					smsc := limited{perSecond: 10}
					go smsc.serve(l, status)
					begun := time.Now()
					e.sendAll(200)
					took := time.Since(begun)
					submits := smsc.accepted.Load() + smsc.refused.Load()
					t.Logf("%d of %d refused, %s", smsc.refused.Load(), submits, took.Round(time.Second))
					require.Less(t, 10*smsc.refused.Load(), submits)
					require.Less(t, took, 45*time.Second, "no slower than half of what it takes")
				})
			})
		}
	}
}

// Over a real socket: one refusal stops the carrier for a moment and lowers
// its pace, and an unlimited one gets a limit that was measured.
func TestPitfall78RefusalOverTheWire(t *testing.T) {
	t.Parallel()
	for _, throughput := range []float64{0, 80} {
		p := newPeer(t)
		counts := newCounts()
		cfg := testConfig(p)
		cfg.Throughput = throughput
		e := start(t, p, cfg, Options{Observer: counts})
		l := p.bound()
		b := receive(t, e.bound)
		before := e.Pace()
		require.Zero(t, e.Take(time.Now(), 1))
		e.submit(b, "hello")
		l.resp(l.submit().Sequence, pdu.StatusThrottled, "")
		require.Equal(t, Refused, e.outcomes.next(t).Kind)
		require.Greater(t, e.Take(time.Now(), 1), 500*time.Millisecond)
		require.Less(t, e.Pace(), before)
		require.Positive(t, e.Pace())
		counts.mu.Lock()
		require.NotEmpty(t, counts.paces)
		counts.mu.Unlock()
	}
}

func TestPaceRecovers(t *testing.T) {
	t.Parallel()
	for _, contract := range []float64{100, 0.5, 0} {
		p := newPace(contract, func(float64) {})
		now := time.Unix(0, 0)
		for range 20 { // a storm
			now = now.Add(2 * time.Second)
			p.refused(now, now)
		}
		require.Equal(t, min(slowest, p.contract), p.limit)
		for range 20 * 60 * 10 {
			now = now.Add(100 * time.Millisecond)
			p.accepted(now)
		}
		require.Equal(t, p.contract, p.limit)
	}
}

// No second in which more than the contract leaves, also after a rebind.
func TestPitfall79NoSecondAboveTheRate(t *testing.T) {
	for _, throughput := range []float64{10, 100, 1000} {
		t.Run("", func(t *testing.T) {
			bubble(t, func(t *testing.T, p *peer) {
				cfg := testConfig(p)
				cfg.Throughput, cfg.Sessions = throughput, 2
				e := start(t, p, cfg, Options{})
				smsc := limited{perSecond: 1e9}
				for range 3 {
					links := []*link{p.bound(), p.bound()}
					receive(t, e.bound)
					receive(t, e.bound)
					synctest.Wait()
					go smsc.serve(links[0], 0)
					more := limited{perSecond: 1e9}
					go more.serve(links[1], 0)
					e.sendAll(int(throughput))
					links[0].close()
					links[1].close()
					synctest.Wait()
					smsc.times = append(smsc.times, more.times...)
				}
				times := sorted(smsc.times)
				require.Len(t, times, 3*int(throughput))
				for i, from := 0, 0; i < len(times); i++ {
					for times[i].Sub(times[from]) >= time.Second {
						from++
					}
					require.LessOrEqual(t, i-from+1, int(throughput))
				}
			})
		})
	}
}

func sorted(times []time.Time) []time.Time {
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// Segments are tokens; a long message on a slow carrier is paid for
// afterwards.
func TestTakeSegments(t *testing.T) {
	t.Parallel()
	p := newPace(10, func(float64) {})
	now := time.Unix(0, 0)
	require.Zero(t, p.take(now, 5))
	wait := p.take(now, 1)
	require.InDelta(t, 500*time.Millisecond, wait, float64(time.Millisecond))
	require.Equal(t, wait, p.take(now, 1), "nothing was taken")
	require.Zero(t, p.take(now.Add(wait), 1))
}
