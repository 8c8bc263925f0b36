package bench

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/programs"
	"repartee/smpp/smsc"
	"repartee/smpp/smsc/control"
)

const metricsBefore = `# HELP x_seconds Something.
# TYPE x_seconds histogram
x_seconds_bucket{carrier="a",le="0.1"} 10
x_seconds_bucket{carrier="a",le="1"} 10
x_seconds_bucket{carrier="a",le="+Inf"} 10
x_seconds_sum{carrier="a"} 0.5
x_seconds_count{carrier="a"} 10
`

const metricsAfter = `x_seconds_bucket{carrier="a",le="0.1"} 11
x_seconds_bucket{carrier="a",le="1"} 110
x_seconds_bucket{carrier="a",le="+Inf"} 110
x_seconds_sum{carrier="a"} 50.5
x_seconds_count{carrier="a"} 110
go_goroutines 42
`

func TestHistogramsBetweenTwoScrapes(t *testing.T) {
	t.Parallel()
	before, err := parseMetrics(strings.NewReader(metricsBefore))
	require.NoError(t, err)
	after, err := parseMetrics(strings.NewReader(metricsAfter))
	require.NoError(t, err)
	s, ok := between(before, after, "x_seconds")
	require.True(t, ok)
	require.Equal(t, spread{Count: 100, Mean: 0.5, P99: 1}, s)
	require.InDelta(t, 42, after["go_goroutines"], 0)
	_, ok = between(after, after, "x_seconds")
	require.False(t, ok, "nothing happened")
	_, ok = between(before, after, "y_seconds")
	require.False(t, ok)
	_, err = parseMetrics(strings.NewReader("x one\n"))
	require.Error(t, err)
}

func TestProcessorTimeAndMemoryOfThisProcess(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		_, err := cpu(os.Getpid())
		require.ErrorContains(t, err, "Linux only")
		return
	}
	before, err := cpu(os.Getpid())
	require.NoError(t, err)
	now := before
	for i := 0; now == before; i++ {
		_ = math.Sqrt(float64(i)) // uses the processor
		if i%1_000_000 == 0 {
			now, err = cpu(os.Getpid())
			require.NoError(t, err)
		}
	}
	family, err := familyCPU(os.Getpid())
	require.NoError(t, err)
	require.GreaterOrEqual(t, family, now)
	peak, err := memory(os.Getpid(), "VmHWM")
	require.NoError(t, err)
	require.Greater(t, peak, int64(1<<20))
	_, err = memory(os.Getpid(), "VmNone")
	require.ErrorContains(t, err, "VmNone")
}

func TestAPhaseWithLossesReportsNoFigures(t *testing.T) {
	t.Parallel()
	p := newPhase(smsc.Report{Turns: 10, Seconds: 1, TurnsPerSecond: 10, Lost: 1, Duplicates: 2}, sample{}, sample{})
	require.False(t, p.usable())
	r := &Report{Rows: rowsClean, Saturation: p, Ceilings: []*Ceiling{{}}}
	require.False(t, r.OK())
	var out strings.Builder
	require.NoError(t, r.Print(&out))
	require.Contains(t, out.String(), "1 turns had no answer; 2 answers came twice")
	require.NotContains(t, out.String(), "MO to MT")
	require.Contains(t, out.String(), "share not reported")

	p = newPhase(smsc.Report{}, sample{}, sample{})
	require.Equal(t, []string{"no turn was completed"}, p.Problems)
}

func TestAFigureThatIsMissingIsSaidToBe(t *testing.T) {
	t.Parallel()
	r := &Report{Saturation: newPhase(smsc.Report{Turns: 10, Seconds: 1, TurnsPerSecond: 10}, sample{}, sample{}), Ceilings: []*Ceiling{{}}}
	var out strings.Builder
	require.NoError(t, r.Print(&out))
	require.Contains(t, out.String(), "inbox batch              not measured")
	require.Contains(t, out.String(), "PostgreSQL's counters are too slow")
}

func TestTheSoakKnowsGrowthFromBreathing(t *testing.T) {
	t.Parallel()
	steady := func() *Soak {
		s := &Soak{}
		for i := range soakSamples {
			p := SoakPoint{TurnsPerSecond: 1000, RSS: int64(100+i%3) << 20, Goroutines: 80 + float64(i%2)}
			p.Latency.P99 = 20 * time.Millisecond
			s.Samples = append(s.Samples, p)
		}
		return s
	}
	for name, c := range map[string]struct {
		change func(i int, p *SoakPoint)
		grew   string
	}{
		"nothing":    {func(int, *SoakPoint) {}, ""},
		"warming up": {func(i int, p *SoakPoint) { p.RSS = int64(100-50/(i+1)) << 20 }, ""},
		"one hiccup": {func(i int, p *SoakPoint) { p.Latency.P99 += time.Duration(i/9) * time.Second }, ""},
		"memory":     {func(i int, p *SoakPoint) { p.RSS += int64(10*i) << 20 }, "memory (MB) from 122 to 171"},
		"goroutines": {func(i int, p *SoakPoint) { p.Goroutines += float64(10 * i) }, "goroutines from 100 to 151"},
		"latency":    {func(i int, p *SoakPoint) { p.Latency.P99 += time.Duration(10*i) * time.Millisecond }, "p99 (ms) from 40 to 90"},
	} {
		s := steady()
		for i := range s.Samples {
			c.change(i, &s.Samples[i])
		}
		s.judge(1000)
		require.Equal(t, c.grew, strings.Join(s.Grew, "; "), name)
		require.Empty(t, s.Problems, name)
		r := &Report{Rows: rowsClean, Soak: s, Rate: 1000}
		require.Equal(t, c.grew == "", r.OK(), name)
		require.False(t, (&Report{Rows: "a turn without its text", Soak: s}).OK(), name)
		require.NoError(t, r.Print(&strings.Builder{}))
	}
	s := steady()
	s.Samples[4].TurnsPerSecond = 900
	s.judge(1000)
	require.Len(t, s.Problems, 1, "a rate that was not kept proves nothing")
}

func TestTheFilesOfTheBenchAreInOrder(t *testing.T) {
	t.Parallel()
	c, err := control.ParseConfig([]byte(simFile))
	require.NoError(t, err)
	require.Equal(t, account, c.Accounts[0].SystemID)
	read, problems := programs.Read(programs.Options{Env: func(string) (string, bool) { return "127.0.0.1:2775", true }}, programs.Source{Name: "shop.yaml", Text: []byte(shop)})
	require.NoError(t, problems.Err())
	_, problems = programs.Compile(read, programs.DefaultRules(), &programs.Flows{})
	require.Empty(t, problems)
}

func TestAnotherDatabaseOfTheServer(t *testing.T) {
	t.Parallel()
	got, err := otherDatabase("postgres://u:p%40@/repartee?host=%2Ftmp%2Fx&port=5432", "ceiling")
	require.NoError(t, err)
	require.Equal(t, "postgres://u:p%40@/ceiling?host=%2Ftmp%2Fx&port=5432", got)
	_, err = otherDatabase("postgres://u:geheim@[/x", "ceiling")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "geheim")
}
