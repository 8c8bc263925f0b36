package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"repartee/postgres"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// firstPhone is the lowest number that texts; each load has phones of its own,
// so that each begins with all of them in the same place of the conversation.
const firstPhone sms.MSISDN = 33_700_000_000

const (
	// loadOver is how long after its due end a load may last: what is under way
	// is awaited.
	loadOver = 40 * time.Second
	// kept is the share of the asked rate that must have been reached for a
	// latency at that rate to be one.
	kept = 0.99
)

// sample is what has been used at one moment.
type sample struct {
	at                               time.Time
	server, gateway, sim, self, busy time.Duration // processor time; busy: of the whole machine
	stats                            postgres.ServerStats
	metrics                          scrape
}

// others returns the share of the processors that was used meanwhile by what
// does not belong to the measurement.
func (s sample) others(before sample) float64 {
	ours := func(s sample) time.Duration { return s.server + s.gateway + s.sim + s.self }
	used := s.busy - before.busy - (ours(s) - ours(before))
	all := s.at.Sub(before.at) * time.Duration(runtime.NumCPU())
	return float64(max(0, used)) / float64(max(1, all))
}

func (r *run) sample(ctx context.Context) (s sample, err error) {
	if s.stats, err = postgres.ReadServerStats(ctx, r.server.URL()); err != nil {
		return s, err
	}
	if s.metrics, err = readMetrics(ctx, r.metricsAddr); err != nil {
		return s, err
	}
	var errs [5]error
	s.server, errs[0] = familyCPU(r.postmaster)
	s.gateway, errs[1] = cpu(r.gateway.pid())
	s.sim, errs[2] = cpu(r.sim.pid())
	s.self, errs[3] = cpu(os.Getpid())
	s.busy, errs[4] = busy()
	s.at = time.Now()
	return s, errors.Join(errs[:]...)
}

// settled takes a sample when the receipts of all that was sent have been
// acknowledged: they belong to the turns before.
func (r *run) settled(ctx context.Context) (sample, error) {
	limited, cancel := context.WithTimeout(ctx, loadOver)
	defer cancel()
	err := r.sim.await(limited, "the receipts are not acknowledged", func() error {
		a, err := r.client.Account(ctx, account)
		if err == nil && (a.Counters.Receipts < a.Counters.Accepted || a.Counters.Backlog > 0) {
			err = fmt.Errorf("%d submits, %d receipts, %d of them open", a.Counters.Accepted, a.Counters.Receipts, a.Counters.Backlog)
		}
		return err
	})
	if err != nil {
		return sample{}, err
	}
	return r.sample(ctx)
}

// measure does the three parts.
func (r *run) measure(ctx context.Context) error {
	if r.o.Rate > 0 {
		phase, err := r.steady(ctx)
		if err != nil {
			return err
		}
		r.report.Steady = phase
	}
	phase, err := r.saturate(ctx)
	if err != nil {
		return err
	}
	r.report.Saturation = phase
	if r.report.GatewayPeak, err = memory(r.gateway.pid(), "VmHWM"); err != nil {
		return err
	}
	if err := r.verify(ctx); err != nil {
		return err
	}
	r.o.Progress("the same rows by bare SQL")
	r.report.Ceilings, err = r.runCeiling(ctx)
	return err
}

// verify has the stored rows checked: turns that broke a promise are none.
func (r *run) verify(ctx context.Context) error {
	r.o.Progress("verifying the stored rows")
	p, err := start(ctx, r.o.Exe, r.o.Dir, "verify", r.environment(), nil, "verify", "--list", "0")
	if err != nil {
		return err
	}
	r.report.Rows = rowsClean
	if err := p.finish(); err != nil {
		r.report.Rows = err.Error()
	}
	return ctx.Err()
}

// steady measures at the given rate. There are as many phones as it takes for
// each to have about one conversation.
func (r *run) steady(ctx context.Context) (*Phase, error) {
	phones := r.phonesFor(r.o.Duration)
	r.o.Progress(fmt.Sprintf("%.0f MOs a second for %s from %d phones", r.o.Rate, r.o.Duration, phones))
	phase, err := r.phase(ctx, phones, smsc.LoadOptions{Rate: r.o.Rate, Duration: r.o.Duration}, r.o.Duration)
	if err != nil {
		return nil, err
	}
	if phase.TurnsPerSecond < kept*r.o.Rate {
		phase.problem("the rate was not reached (%.0f of %.0f a second): the latencies are not those of this rate", phase.TurnsPerSecond, r.o.Rate)
	}
	return phase, nil
}

// phonesFor returns how many phones share a rate for so long; none texts more
// often than once a second, which the gateway would take for a machine.
func (r *run) phonesFor(d time.Duration) int {
	return max(1, int(r.o.Rate*d.Seconds())/len(laterTexts), int(r.o.Rate))
}

// saturate has each phone take its whole conversation, as many at a time as
// asked for: every kind of turn has its true share.
func (r *run) saturate(ctx context.Context) (*Phase, error) {
	turns := int64(r.o.Phones * len(laterTexts))
	r.o.Progress(fmt.Sprintf("%d turns as fast as they go, %d at a time, from %d phones", turns, r.o.Outstanding, r.o.Phones))
	// 100 a second is slower than any machine that is worth a measurement.
	return r.phase(ctx, r.o.Phones, smsc.LoadOptions{Turns: turns, Outstanding: r.o.Outstanding}, time.Duration(turns/100)*time.Second)
}

// phase has each of the phones begin a conversation, unmeasured, and then runs
// the load over them.
func (r *run) phase(ctx context.Context, phones int, o smsc.LoadOptions, limit time.Duration) (*Phase, error) {
	o.FirstPhone, o.Phones = r.take(phones), phones
	begin := smsc.LoadOptions{FirstPhone: o.FirstPhone, Phones: phones, Texts: []string{firstText}, Turns: int64(phones), Outstanding: r.o.Outstanding}
	begun, err := r.load(ctx, begin, time.Duration(phones/100+1)*time.Second)
	if err != nil {
		return nil, err
	}
	if begun.Turns != int64(phones) {
		return nil, fmt.Errorf("only %d of %d conversations began (%d MOs not acknowledged, %d without an answer): look at the gateway's log", begun.Turns, phones, begun.Unacknowledged, begun.Lost)
	}
	before, err := r.settled(ctx)
	if err != nil {
		return nil, err
	}
	o.Texts = laterTexts
	load, err := r.load(ctx, o, limit)
	if err != nil {
		return nil, err
	}
	after, err := r.settled(ctx)
	if err != nil {
		return nil, err
	}
	return newPhase(load, before, after), nil
}

// take returns the first of so many phones that have not texted yet.
func (r *run) take(phones int) sms.MSISDN {
	first := firstPhone + sms.MSISDN(r.phones)
	r.phones += phones
	return first
}

// load runs one load to its end.
func (r *run) load(ctx context.Context, o smsc.LoadOptions, limit time.Duration) (smsc.Report, error) {
	if err := r.client.StartLoad(ctx, o); err != nil {
		return smsc.Report{}, err
	}
	until := time.Now().Add(limit + loadOver)
	for {
		report, err := r.client.Load(ctx, time.Minute)
		switch {
		case err != nil:
			return report, err
		case !report.Running:
			return report, nil
		case time.Now().After(until):
			return report, fmt.Errorf("the load does not end (%d turns, %d open): look at the gateway's log", report.Turns, report.Open)
		}
	}
}
