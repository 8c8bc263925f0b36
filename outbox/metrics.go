package outbox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"repartee/optout"
	"repartee/smpp/receipt"
	"repartee/sms"
)

// Metrics count what the outbox does. Labels: class is a message class, state
// a message state, receipt a receipt state; nothing else.
type Metrics struct {
	outcomes      *prometheus.CounterVec
	receipts      *prometheus.CounterVec
	failures      *prometheus.CounterVec
	judged        *prometheus.CounterVec
	late_         prometheus.Counter
	unknownTries  prometheus.Counter
	returned_     prometheus.Counter
	recordSeconds prometheus.Histogram
	recordRows    prometheus.Histogram
	recordErrors  prometheus.Counter
	parkedNew     prometheus.Counter
	parkedFound   prometheus.Counter
	parkedWaiting prometheus.Gauge
	unreadable_   prometheus.Counter
	claimSeen     prometheus.Counter
	claimTaken    prometheus.Counter
	expired_      prometheus.Counter
	firstSubmit   prometheus.Histogram
}

// NewMetrics returns metrics that are not registered yet.
func NewMetrics() *Metrics {
	c := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "repartee", Subsystem: "outbox", Name: name, Help: help})
	}
	h := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "repartee", Subsystem: "outbox", Name: name, Help: help, Buckets: buckets})
	}
	return &Metrics{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "repartee", Subsystem: "outbox", Name: "outcomes_total",
			Help: "Messages by class and the state in which they left their lane.",
		}, []string{"class", "state"}),
		receipts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "repartee", Subsystem: "outbox", Name: "receipts_total",
			Help: "Receipts by state.",
		}, []string{"state"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "repartee", Subsystem: "outbox", Name: "failures_total",
			Help: "Receipts of failures by cause, as the carrier's error map reads them.",
		}, []string{"cause"}),
		judged: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "repartee", Subsystem: "outbox", Name: "judged_total",
			Help: "Messages that no turn made, by the gate's verdict and rule.",
		}, []string{"verdict", "reason"}),
		late_:         c("late_responses_total", "Responses that came after their time-out and changed an outcome."),
		unknownTries:  c("unknown_attempts_total", "Attempts of unknown outcome that are tried again: each may be a duplicate."),
		returned_:     c("returned_total", "Messages that went from a lane back to the queue."),
		recordSeconds: h("record_seconds", "Duration of the recorder's transactions.", prometheus.ExponentialBuckets(0.0005, 2, 14)),
		recordRows:    h("record_rows", "Messages per transaction of the recorder.", prometheus.ExponentialBuckets(1, 2, 12)),
		recordErrors:  c("record_failures_total", "Outcomes that the database refused."),
		parkedNew:     c("receipts_parked_total", "Receipts that found no message when they came."),
		parkedFound:   c("receipts_unparked_total", "Parked receipts that found their message later."),
		parkedWaiting: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "repartee", Subsystem: "outbox", Name: "receipts_waiting", Help: "Parked receipts that are still tried."}),
		unreadable_:   c("receipts_dropped_total", "Receipts without a usable id, and acknowledgements of handsets."),
		claimSeen:     c("claim_rows_total", "Waiting rows that claims looked at."),
		claimTaken:    c("claimed_total", "Waiting messages that claims took."),
		expired_:      c("expired_total", "Waiting messages whose time was over."),
		firstSubmit:   h("birth_to_submit_seconds", "From the birth of an answer to its acceptance by the SMSC.", prometheus.ExponentialBuckets(0.001, 2, 15)),
	}
}

// Collectors returns all metrics, to be registered.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{
		m.outcomes, m.receipts, m.failures, m.judged, m.late_, m.unknownTries, m.returned_, m.recordSeconds, m.recordRows, m.recordErrors, m.parkedNew,
		m.parkedFound, m.parkedWaiting, m.unreadable_, m.claimSeen, m.claimTaken, m.expired_, m.firstSubmit,
	}
}

func (m *Metrics) outcome(x *message, s sms.State) {
	m.outcomes.WithLabelValues(x.Class.String(), s.String()).Inc()
}

func (m *Metrics) late()           { m.late_.Inc() }
func (m *Metrics) unknownAttempt() { m.unknownTries.Inc() }
func (m *Metrics) returned()       { m.returned_.Inc() }
func (m *Metrics) recordFailed()   { m.recordErrors.Inc() }
func (m *Metrics) unreadable()     { m.unreadable_.Inc() }
func (m *Metrics) expired(n int)   { m.expired_.Add(float64(n)) }

func (m *Metrics) recorded(rows int, took time.Duration, parked int) {
	m.recordRows.Observe(float64(rows))
	m.recordSeconds.Observe(took.Seconds())
	m.parkedNew.Add(float64(parked))
}

func (m *Metrics) parked(matched, waiting int) {
	m.parkedFound.Add(float64(matched))
	m.parkedWaiting.Set(float64(waiting))
}

func (m *Metrics) claimed(seen, taken int) {
	m.claimSeen.Add(float64(seen))
	m.claimTaken.Add(float64(taken))
}

func (m *Metrics) receipt(s receipt.State, cause optout.Delivery) {
	m.receipts.WithLabelValues(s.String()).Inc()
	if cause != "" && cause != optout.Delivered {
		m.failures.WithLabelValues(string(cause)).Inc()
	}
}
