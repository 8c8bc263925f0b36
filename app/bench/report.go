package bench

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"repartee/postgres"
	"repartee/smpp/smsc"
)

// Report is what was found. Times of one turn are in microseconds, memory in
// octets; what is nil was not measured.
type Report struct {
	CPUs       int     `json:"cpus"`
	PostgreSQL string  `json:"postgresql"`
	Rate       float64 `json:"rate"`
	Phones     int     `json:"phones"`

	Steady      *Phase     `json:"steady,omitempty"`     // at Rate
	Saturation  *Phase     `json:"saturation,omitempty"` // as fast as it goes
	Ceilings    []*Ceiling `json:"ceilings,omitempty"`
	GatewayPeak int64      `json:"gateway_peak_rss,omitempty"`
	Rows        string     `json:"rows,omitempty"` // what `repartee verify` found
	Soak        *Soak      `json:"soak,omitempty"`
	Lists       *Lists     `json:"lists,omitempty"`
}

// Phase is one load.
type Phase struct {
	Problems       []string       `json:"problems,omitempty"` // why its figures are none
	Turns          int64          `json:"turns"`
	Seconds        float64        `json:"seconds"`
	TurnsPerSecond float64        `json:"turns_per_second"`
	Latency        smsc.Quantiles `json:"latency"`         // MO to MT
	Acknowledged   smsc.Quantiles `json:"acknowledgement"` // MO to deliver_sm_resp

	ServerCPU  float64 `json:"server_cpu_us"`
	GatewayCPU float64 `json:"gateway_cpu_us"`
	SimCPU     float64 `json:"simulator_cpu_us"`
	Others     float64 `json:"others_cpu_share"` // of the processors, used by what is not measured

	Batch        *spread  `json:"inbox_batch,omitempty"`
	Decide       *spread  `json:"inbox_decide_seconds,omitempty"`
	Commit       *spread  `json:"inbox_commit_seconds,omitempty"`
	RecordRows   *spread  `json:"record_rows,omitempty"`
	Record       *spread  `json:"record_seconds,omitempty"`
	Response     *spread  `json:"submit_response_seconds,omitempty"`
	WAL          float64  `json:"wal_octets_per_turn"`
	ThreadsHOT   *float64 `json:"threads_hot_share,omitempty"`
	OutboundHOT  *float64 `json:"outbound_hot_share,omitempty"`
	OutboundUpds float64  `json:"outbound_updates_per_turn,omitempty"`
}

// Ceiling is the bare SQL.
type Ceiling struct {
	Batch       int     `json:"batch"`
	Connections int     `json:"connections"`
	Turns       int64   `json:"turns"`
	PerSecond   float64 `json:"turns_per_second"`
	ServerCPU   float64 `json:"server_cpu_us"`
	ClientCPU   float64 `json:"client_cpu_us"`
	Others      float64 `json:"others_cpu_share"`
	WAL         float64 `json:"wal_octets_per_turn"`
}

func newReport(o Options) *Report {
	return &Report{CPUs: runtime.NumCPU(), Rate: o.Rate, Phones: o.Phones}
}

// rowsClean says that the stored rows are as they must be.
const rowsClean = "clean"

// newPhase takes together what a load and the samples around it say.
func newPhase(l smsc.Report, before, after sample) *Phase {
	p := &Phase{Turns: l.Turns, Seconds: l.Seconds, TurnsPerSecond: l.TurnsPerSecond, Latency: l.Latency, Acknowledged: l.Acknowledgement}
	for _, wrong := range []struct {
		n    int64
		what string
	}{
		{l.Unacknowledged, "MOs were not acknowledged"},
		{l.Rejected, "MOs were rejected"},
		{l.Lost, "turns had no answer"},
		{l.Duplicates, "answers came twice"},
		{l.Strange, "answers went to the wrong phone"},
		{l.Redelivered, "MOs had to be sent again"},
	} {
		if wrong.n > 0 {
			p.problem("%d %s", wrong.n, wrong.what)
		}
	}
	if l.Turns == 0 {
		p.problem("no turn was completed")
		return p
	}
	p.ServerCPU = perTurn(after.server-before.server, l.Turns)
	p.GatewayCPU = perTurn(after.gateway-before.gateway, l.Turns)
	p.SimCPU = perTurn(after.sim-before.sim, l.Turns)
	p.Others = after.others(before)
	p.WAL = float64(after.stats.WALBytes-before.stats.WALBytes) / float64(l.Turns)
	p.hot(before.stats, after.stats)
	for name, into := range map[string]**spread{
		"repartee_inbox_batch_size":           &p.Batch,
		"repartee_inbox_batch_decide_seconds": &p.Decide,
		"repartee_inbox_batch_commit_seconds": &p.Commit,
		"repartee_outbox_record_rows":         &p.RecordRows,
		"repartee_outbox_record_seconds":      &p.Record,
		"repartee_smpp_response_seconds":      &p.Response,
	} {
		if s, ok := between(before.metrics, after.metrics, name); ok {
			*into = &s
		}
	}
	return p
}

// statsLag is how far PostgreSQL's own counters may be behind.
const statsLag = time.Second

// hot tells how many updates stayed on their page and touched no index.
func (p *Phase) hot(before, after postgres.ServerStats) {
	if p.Seconds < 10*statsLag.Seconds() {
		return
	}
	updates := after.OutboundUpdates - before.OutboundUpdates
	threads := share(after.ThreadHOT-before.ThreadHOT, after.ThreadUpdates-before.ThreadUpdates)
	outbound := share(after.OutboundHOT-before.OutboundHOT, updates)
	p.ThreadsHOT, p.OutboundHOT, p.OutboundUpds = &threads, &outbound, share(updates, p.Turns)
}

func (p *Phase) problem(format string, args ...any) {
	p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
}

func (p *Phase) usable() bool { return p != nil && len(p.Problems) == 0 }

// perTurn is in microseconds.
func perTurn(d time.Duration, turns int64) float64 {
	return float64(d.Microseconds()) / float64(max(1, turns))
}

func share(part, whole int64) float64 { return float64(part) / float64(max(1, whole)) }

// OK reports whether all that was asked for could be measured, and nothing
// grew.
func (r *Report) OK() bool {
	if r.Lists != nil {
		return len(r.Lists.Problems) == 0
	}
	if r.Rows != rowsClean {
		return false
	}
	if r.Soak != nil {
		return len(r.Soak.Problems) == 0 && len(r.Soak.Grew) == 0
	}
	return (r.Steady == nil || r.Steady.usable()) && r.Saturation.usable() && len(r.Ceilings) > 0
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d processors, PostgreSQL %s (fsync, synchronous_commit and full_page_writes on), receipts on\n", r.CPUs, r.PostgreSQL)
	if r.Steady != nil {
		r.Steady.print(&b, fmt.Sprintf("At %.0f MOs a second", r.Rate))
	}
	if r.Saturation != nil {
		r.Saturation.print(&b, fmt.Sprintf("As fast as it goes, %d phones", r.Phones))
	}
	for _, c := range r.Ceilings {
		c.print(&b, r.Saturation)
	}
	if r.GatewayPeak > 0 {
		b.WriteByte('\n')
		line(&b, "gateway's peak memory", "%.0f MB", megabytes(r.GatewayPeak))
	}
	if r.Rows != "" {
		line(&b, "repartee verify", "%s", r.Rows)
	}
	if r.Soak != nil {
		r.Soak.print(&b, r.Rate)
	}
	if r.Lists != nil {
		r.Lists.print(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Ceiling) print(b *strings.Builder, gateway *Phase) {
	fmt.Fprintf(b, "\nThe same rows by bare SQL, batches of %d on %d connections\n", c.Batch, c.Connections)
	line(b, "turns per second", "%.0f", c.PerSecond)
	line(b, "CPU per turn", "server %.0f µs, client %.0f µs", c.ServerCPU, c.ClientCPU)
	line(b, "others on the machine", "%s", others(c.Others))
	line(b, "WAL per turn", "%.0f octets", c.WAL)
	if gateway.usable() {
		line(b, "gateway", "%.0f %% of this", 100*gateway.TurnsPerSecond/c.PerSecond)
	} else {
		line(b, "gateway", "share not reported: see above")
	}
}

func line(b *strings.Builder, name, format string, args ...any) {
	fmt.Fprintf(b, "  %-24s "+format+"\n", append([]any{name}, args...)...)
}

func megabytes(octets int64) float64 { return float64(octets) / (1 << 20) }

func (p *Phase) print(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n%s\n", title)
	if !p.usable() {
		line(b, "not measured", "%s", strings.Join(p.Problems, "; "))
		return
	}
	line(b, "turns per second", "%.0f (%d turns in %.1f s)", p.TurnsPerSecond, p.Turns, p.Seconds)
	line(b, "MO to MT", "%s", quantiles(p.Latency))
	line(b, "MO to acknowledgement", "%s", quantiles(p.Acknowledged))
	line(b, "CPU per turn", "server %.0f µs, gateway %.0f µs, simulator %.0f µs: %.0f µs", p.ServerCPU, p.GatewayCPU, p.SimCPU, p.ServerCPU+p.GatewayCPU+p.SimCPU)
	line(b, "others on the machine", "%s", others(p.Others))
	line(b, "inbox batch", "%s", p.Batch.numbers())
	line(b, "  to the last decision", "%s", p.Decide.times())
	line(b, "  write and commit", "%s", p.Commit.times())
	line(b, "submit_sm to its answer", "%s", p.Response.times())
	line(b, "recorder batch", "%s", p.RecordRows.numbers())
	line(b, "  write and commit", "%s", p.Record.times())
	line(b, "WAL per turn", "%.0f octets", p.WAL)
	if p.ThreadsHOT == nil {
		line(b, "updates that were HOT", "not measured: PostgreSQL's counters are too slow for %.1f s", p.Seconds)
		return
	}
	line(b, "updates that were HOT", "threads %.1f %%, outbound %.1f %% (%.2f a turn)", 100**p.ThreadsHOT, 100**p.OutboundHOT, p.OutboundUpds)
}

// disturbed is the share of the processors above which a figure says as much
// about the neighbours as about the gateway.
const disturbed = 0.05

func others(share float64) string {
	text := fmt.Sprintf("%.0f %% of the processors", 100*share)
	if share > disturbed {
		text += ": the figures would be better on a machine that does nothing else"
	}
	return text
}

func quantiles(q smsc.Quantiles) string {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, max %.1f ms", ms(q.P50), ms(q.P99), ms(q.P999), ms(q.Max))
}

const unmeasured = "not measured: /metrics has nothing about it"

func (s *spread) numbers() string {
	if s == nil {
		return unmeasured
	}
	return fmt.Sprintf("mean %.0f, p99 up to %.0f", s.Mean, s.P99)
}

func (s *spread) times() string {
	if s == nil {
		return unmeasured
	}
	return fmt.Sprintf("mean %.1f ms, p99 up to %.1f ms", 1000*s.Mean, 1000*s.P99)
}
