package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"repartee/smpp/smsc"
)

// soakSamples is how many parts a soak has: minutes in ten minutes.
const soakSamples = 10

// Soak is a long run at one rate.
type Soak struct {
	Problems []string    `json:"problems,omitempty"`
	Grew     []string    `json:"grew,omitempty"`
	Samples  []SoakPoint `json:"samples"`
}

// SoakPoint is one part of a soak, measured at its end.
type SoakPoint struct {
	Seconds        float64        `json:"seconds"` // since the beginning
	TurnsPerSecond float64        `json:"turns_per_second"`
	Latency        smsc.Quantiles `json:"latency"`
	RSS            int64          `json:"rss"`
	Heap           float64        `json:"heap_in_use"`
	Goroutines     float64        `json:"goroutines"`
	GatewayCPU     float64        `json:"gateway_cpu_us"`
	ServerCPU      float64        `json:"server_cpu_us"`
	Others         float64        `json:"others_cpu_share"`
}

// soak runs the same phones over and over: in each part each of them has
// exactly one conversation.
func (r *run) soak(ctx context.Context) error {
	part := r.o.Soak / soakSamples
	phones := max(1, int(r.o.Rate*part.Seconds())/len(laterTexts))
	r.o.Progress(fmt.Sprintf("%.0f MOs a second for %s from %d phones", r.o.Rate, r.o.Soak, phones))
	soak := &Soak{}
	r.report.Soak, r.report.Phones = soak, phones
	first := r.take(phones)
	begin := smsc.LoadOptions{FirstPhone: first, Phones: phones, Texts: []string{firstText}, Turns: int64(phones), Outstanding: r.o.Outstanding}
	if _, err := r.load(ctx, begin, time.Duration(phones/100+1)*time.Second); err != nil {
		return err
	}
	begun := time.Now()
	for range soakSamples {
		before, err := r.sample(ctx)
		if err != nil {
			return err
		}
		load, err := r.load(ctx, smsc.LoadOptions{FirstPhone: first, Phones: phones, Texts: laterTexts, Rate: r.o.Rate, Turns: int64(phones * len(laterTexts))}, part)
		if err != nil {
			return err
		}
		if err := r.soaked(ctx, soak, load, before, begun); err != nil {
			return err
		}
	}
	soak.judge(r.o.Rate)
	var err error
	if r.report.GatewayPeak, err = memory(r.gateway.pid(), "VmHWM"); err != nil {
		return err
	}
	return r.verify(ctx)
}

// soaked books one part.
func (r *run) soaked(ctx context.Context, soak *Soak, load smsc.Report, before sample, begun time.Time) error {
	after, err := r.sample(ctx)
	if err != nil {
		return err
	}
	phase := newPhase(load, before, after)
	soak.Problems = append(soak.Problems, phase.Problems...)
	p := SoakPoint{
		Seconds: time.Since(begun).Seconds(), TurnsPerSecond: phase.TurnsPerSecond, Latency: phase.Latency,
		GatewayCPU: phase.GatewayCPU, ServerCPU: phase.ServerCPU, Others: phase.Others,
		Heap: after.metrics["go_memstats_heap_inuse_bytes"], Goroutines: after.metrics["go_goroutines"],
	}
	if p.Goroutines == 0 || p.Heap == 0 {
		return fmt.Errorf("the gateway's /metrics has no go_goroutines or go_memstats_heap_inuse_bytes: growth cannot be measured")
	}
	if p.RSS, err = memory(r.gateway.pid(), "VmRSS"); err != nil {
		return err
	}
	soak.Samples = append(soak.Samples, p)
	r.o.Progress(fmt.Sprintf("%4.0f s: %s, %.0f MB, %.0f goroutines", p.Seconds, quantiles(p.Latency), megabytes(p.RSS), p.Goroutines))
	return nil
}

// judge compares the third part and those after it, when caches are full, with
// the last ones. Memory may breathe by a tenth and 16 MB, goroutines by as many
// as connections come and go, latency by half and 10 ms.
func (s *Soak) judge(rate float64) {
	for _, p := range s.Samples {
		if p.TurnsPerSecond < kept*rate {
			s.Problems = append(s.Problems, fmt.Sprintf("the rate was not reached until %.0f s: %.0f a second", p.Seconds, p.TurnsPerSecond))
		}
	}
	early, late := s.Samples[2:5], s.Samples[len(s.Samples)-3:]
	for _, g := range []struct {
		what          string
		of            func(SoakPoint) float64
		factor, slack float64
	}{
		{"memory (MB)", func(p SoakPoint) float64 { return megabytes(p.RSS) }, 1.1, 16},
		{"goroutines", func(p SoakPoint) float64 { return p.Goroutines }, 1, 10},
		{"p99 (ms)", func(p SoakPoint) float64 { return float64(p.Latency.P99.Microseconds()) / 1000 }, 1.5, 10},
	} {
		from, to := least(early, g.of), least(late, g.of)
		if to > from*g.factor+g.slack {
			s.Grew = append(s.Grew, fmt.Sprintf("%s from %.0f to %.0f", g.what, from, to))
		}
	}
}

// least is the smallest of some points: what a neighbour on the machine adds
// for a moment is no growth.
func least(points []SoakPoint, of func(SoakPoint) float64) float64 {
	m := of(points[0])
	for _, p := range points[1:] {
		m = min(m, of(p))
	}
	return m
}

func (s *Soak) print(b *strings.Builder, rate float64) {
	fmt.Fprintf(b, "\nSoak at %.0f MOs a second\n", rate)
	fmt.Fprintf(b, "  %8s %9s %9s %9s %9s %8s %8s %11s %12s %12s %7s\n", "at", "turns/s", "p50 ms", "p99 ms", "max ms", "RSS MB", "heap MB", "goroutines", "gateway µs", "server µs", "others")
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	for _, p := range s.Samples {
		fmt.Fprintf(b, "  %6.0f s %9.0f %9.1f %9.1f %9.1f %8.0f %8.0f %11.0f %12.0f %12.0f %5.0f %%\n", p.Seconds, p.TurnsPerSecond,
			ms(p.Latency.P50), ms(p.Latency.P99), ms(p.Latency.Max), megabytes(p.RSS), p.Heap/(1<<20), p.Goroutines, p.GatewayCPU, p.ServerCPU, 100*p.Others)
	}
	switch {
	case len(s.Problems) > 0:
		line(b, "not a soak", "%s", strings.Join(s.Problems, "; "))
	case len(s.Grew) > 0:
		line(b, "GREW", "%s", strings.Join(s.Grew, "; "))
	default:
		line(b, "grew", "nothing: memory, goroutines and latency are as they were")
	}
}
