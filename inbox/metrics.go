package inbox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"repartee/sms"
)

// Metrics count what the inbox does. Labels: outcome is turn, ignored or
// failed; class is opt-out, help, opt-in or neither; verdict is allow, hold or
// refuse; reason is a rule of the gate.
type Metrics struct {
	received, turnedAway, duplicates, proofWaits, locked, panics, quarantined, retries, incomplete prometheus.Counter

	inbound  *prometheus.CounterVec
	outbound *prometheus.CounterVec
	refused  *prometheus.CounterVec
	size     prometheus.Histogram
	decide   prometheus.Histogram
	commit   prometheus.Histogram
	answered prometheus.Histogram
}

// NewMetrics returns metrics that are not registered yet.
func NewMetrics() *Metrics {
	c := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "repartee", Subsystem: "inbox", Name: name, Help: help})
	}
	v := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "repartee", Subsystem: "inbox", Name: name, Help: help}, labels)
	}
	h := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "repartee", Subsystem: "inbox", Name: name, Help: help, Buckets: buckets})
	}
	seconds := prometheus.ExponentialBuckets(0.0005, 2, 14)
	return &Metrics{
		received:    c("received_total", "MOs and parts of MOs that were queued."),
		turnedAway:  c("turned_away_total", "MOs answered ESME_RX_T_APPN: the SMSC sends them again."),
		duplicates:  c("duplicates_total", "MOs that the SMSC had sent before."),
		proofWaits:  c("proof_waits_total", "MOs that waited for the proof of their twin's acknowledgement."),
		locked:      c("locked_threads_total", "MOs that waited for a thread held elsewhere."),
		panics:      c("panics_total", "Decisions that failed; their messages are quarantined."),
		quarantined: c("quarantined_total", "MOs that the database refused."),
		retries:     c("batch_retries_total", "Batches that waited for the database."),
		incomplete:  c("incomplete_total", "Long MOs handed on with parts missing."),
		inbound:     v("messages_total", "MOs by outcome and class.", "outcome", "class"),
		outbound:    v("answers_total", "MTs by class and the gate's verdict.", "class", "verdict"),
		refused:     v("refused_total", "MTs that the gate held or refused, by rule.", "verdict", "reason"),
		size:        h("batch_size", "Items per transaction.", prometheus.ExponentialBuckets(1, 2, 10)),
		decide:      h("batch_decide_seconds", "From the beginning of a batch to its last decision.", seconds),
		commit:      h("batch_commit_seconds", "Writing and committing of a batch.", seconds),
		answered:    h("answer_seconds", "From the reading of an MO to its acknowledgement.", seconds),
	}
}

// Collectors returns all metrics, to be registered.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{
		m.received, m.turnedAway, m.duplicates, m.proofWaits, m.locked, m.panics, m.quarantined, m.retries, m.incomplete,
		m.inbound, m.outbound, m.refused, m.size, m.decide, m.commit, m.answered,
	}
}

func (m *Metrics) batch(items int, decide, commit time.Duration) {
	m.size.Observe(float64(items))
	m.decide.Observe(decide.Seconds())
	m.commit.Observe(commit.Seconds())
}

func (m *Metrics) outcomes(w *Writes) {
	for _, r := range w.Inbound {
		m.inbound.WithLabelValues(r.Outcome, r.Class).Inc()
	}
	for _, o := range w.Outbound {
		m.outbound.WithLabelValues(o.Class.String(), o.Verdict).Inc()
		if o.State == sms.Refused || o.State == sms.Held {
			m.refused.WithLabelValues(o.Verdict, o.Rule).Inc()
		}
	}
}
