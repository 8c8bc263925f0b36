// Package bench measures a gateway as its users meet it: conversation turns
// over real SMPP, durable, each part a process of its own.
//
// It owns the load, what is read from /proc, /metrics and PostgreSQL, and the
// report. It starts the program itself (simulator, apply, gateway) and must not
// import what those commands are made of, but for the simulator's client. A
// figure that cannot be measured, or was measured while something else was
// wrong, is not reported: the report says why.
package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"repartee/migrations"
	"repartee/postgres"
	"repartee/postgres/embedded"
	"repartee/smpp/smsc/control"
)

//go:embed shop.yaml
var shop string

// simFile is the simulator's: receipts come a moment later, as from a network,
// so that each turn has all of its row writes.
const simFile = `
accounts:
  - {system_id: bench, password: bench, codes: [36111], receipts: {delay: 300ms, jitter: 400ms}}
keep: -1
`

// account is that of the simulator's file.
const account = "bench"

// The conversation of the shop. Each phone has said the first text before the
// measuring begins; a whole conversation later it says it again.
const firstText = "PIZZA"

var laterTexts = []string{"2", "1", "3", "2", "oui", firstText}

// Options say what is measured.
type Options struct {
	Exe         string // this program
	Dir         string // data folder of the run: must not exist; it is removed
	PostgresBin string // see [embedded.Options]

	Rate        float64       // MOs per second of the first part
	Duration    time.Duration // of the first part
	Phones      int           // of the second part: each of them has one conversation
	Outstanding int           // of the second part: turns under way
	Ceiling     time.Duration // of each try of the third part
	Soak        time.Duration // above 0: this long at Rate, and nothing else
	Lists       bool          // how fast lists answer meanwhile, and nothing else

	CPUProfile string            // file for a CPU profile of the gateway; empty: none
	Progress   func(text string) // told what happens
}

// Run measures and returns what was found. An error means that nothing of use
// was.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	r := &run{o: o, report: newReport(o)}
	defer func() {
		if ctx.Err() != nil {
			err = errors.New("interrupted: nothing was measured")
		}
		err = errors.Join(err, r.close(ctx))
	}()
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	if o.Soak > 0 {
		return r.report, r.soak(ctx)
	}
	if o.Lists {
		return r.report, r.lists(ctx)
	}
	if err := r.measure(ctx); err != nil {
		return nil, err
	}
	return r.report, nil
}

// run is a bench under way.
type run struct {
	o      Options
	report *Report

	server       *embedded.Server
	sim, gateway *process
	client       *control.Client
	metricsAddr  string
	publicAddr   string
	postmaster   int // process of PostgreSQL
	phones       int // first number of the next load, above the base
}

// startWithin bounds the start of each part.
const startWithin = time.Minute

// open starts everything.
func (r *run) open(ctx context.Context) (err error) {
	r.o.Progress("starting PostgreSQL")
	if r.server, err = embedded.Open(ctx, embedded.Options{DataDir: r.o.Dir, BinDir: r.o.PostgresBin}); err != nil {
		return err
	}
	stats, err := postgres.ReadServerStats(ctx, r.server.URL())
	if err != nil {
		return err
	}
	r.report.PostgreSQL = stats.Version
	r.postmaster = stats.PID
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	if err := r.startSimulator(ctx); err != nil {
		return err
	}
	return r.startGateway(ctx)
}

func (r *run) startSimulator(ctx context.Context) error {
	smpp, web, err := freeAddrs()
	if err != nil {
		return err
	}
	if r.sim, err = start(context.WithoutCancel(ctx), r.o.Exe, r.o.Dir, "simulator", []string{"REPARTEE_LOG_LEVEL=warn"}, strings.NewReader(simFile),
		"sim", "-f", "-", "--listen", smpp, "--control", web); err != nil {
		return err
	}
	r.client = control.NewClient(web)
	if err := r.sim.await(ctx, "does not answer", func() error { _, err := r.client.SMSC(ctx); return err }); err != nil {
		return err
	}
	r.o.Progress("applying the shop of the bench")
	apply, err := start(ctx, r.o.Exe, r.o.Dir, "apply", r.environment("BENCH_SMSC_ADDR="+smpp), strings.NewReader(shop), "apply", "-f", "-")
	if err != nil {
		return err
	}
	return apply.finish()
}

// environment is that of commands which share the data folder.
func (r *run) environment(more ...string) []string {
	return append([]string{
		"REPARTEE_DATA_DIR=" + r.o.Dir, "REPARTEE_DATABASE_URL=", "REPARTEE_SECRET_KEY=", "REPARTEE_CONFIG=", "REPARTEE_LOG_LEVEL=warn", "REPARTEE_LOG_FORMAT=json",
	}, more...)
}

func (r *run) startGateway(ctx context.Context) error {
	public, metrics, err := freeAddrs()
	if err != nil {
		return err
	}
	args := []string{"serve"}
	if r.o.CPUProfile != "" {
		args = append(args, "--cpuprofile", r.o.CPUProfile)
	}
	r.metricsAddr, r.publicAddr = metrics, public
	r.o.Progress("starting the gateway")
	r.gateway, err = start(context.WithoutCancel(ctx), r.o.Exe, r.o.Dir, "gateway", r.environment("REPARTEE_HTTP_ADDR="+public, "REPARTEE_METRICS_ADDR="+metrics), nil, args...)
	if err != nil {
		return err
	}
	return r.gateway.await(ctx, "is not ready", func() error { return ready(ctx, public) })
}

// ready asks whether the gateway takes texts.
func ready(ctx context.Context, addr string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// freeAddrs returns two addresses of the loopback that are free now.
func freeAddrs() (string, string, error) {
	var addrs [2]string
	for i := range addrs {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() //nolint:errcheck // nothing was written to it
		addrs[i] = l.Addr().String()
	}
	return addrs[0], addrs[1], nil
}

// close ends what open started, from the top to the bottom.
func (r *run) close(ctx context.Context) error {
	var errs []error
	for _, p := range []*process{r.gateway, r.sim} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	if r.client != nil {
		r.client.Close()
	}
	if r.server != nil {
		errs = append(errs, r.server.Close())
	}
	return errors.Join(append(errs, embedded.Remove(context.WithoutCancel(ctx), r.o.Dir))...)
}

// The bare SQL's batches are those of a gateway under load. Two connections
// wait for the disk in turn; how many more it takes to keep the server busy
// depends on it. The best counts.
const ceilingBatch = 256

var ceilingConns = []int{2, 4}

// runCeiling measures the bare SQL while the gateway has nothing to do.
func (r *run) runCeiling(ctx context.Context) (tries []*Ceiling, err error) {
	turn, err := postgres.SampleTurn(ctx, r.server.URL())
	if err != nil {
		return nil, err
	}
	for _, conns := range ceilingConns {
		c, err := r.tryCeiling(ctx, turn, conns)
		if err != nil {
			return nil, err
		}
		tries = append(tries, c)
	}
	return tries, nil
}

// tryCeiling does so in a database of its own on the same server.
func (r *run) tryCeiling(ctx context.Context, turn postgres.CeilingTurn, conns int) (*Ceiling, error) {
	name := fmt.Sprintf("ceiling%d", conns)
	if err := postgres.CreateDatabase(ctx, r.server.URL(), name); err != nil {
		return nil, err
	}
	address, err := otherDatabase(r.server.URL(), name)
	if err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, address); err != nil {
		return nil, err
	}
	var before sample
	turns, elapsed, err := postgres.RunCeiling(ctx, address, postgres.CeilingOptions{
		Turn: turn, Phones: r.o.Phones, Batch: ceilingBatch, Conns: conns, Duration: r.o.Ceiling,
		Begun: func() (err error) { before, err = r.sample(ctx); return err },
	})
	if err != nil {
		return nil, err
	}
	after, err := r.sample(ctx)
	if err != nil {
		return nil, err
	}
	return &Ceiling{
		Batch: ceilingBatch, Connections: conns, Turns: turns, PerSecond: float64(turns) / elapsed.Seconds(),
		ServerCPU: perTurn(after.server-before.server, turns), ClientCPU: perTurn(after.self-before.self, turns), Others: after.others(before),
		WAL: float64(after.stats.WALBytes-before.stats.WALBytes) / float64(turns),
	}, nil
}

// otherDatabase replaces the database's name in a server's address.
func otherDatabase(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("the server's address is not usable: %w", errors.Unwrap(err)) // its text has the password
	}
	u.Path = "/" + name
	return u.String(), nil
}
