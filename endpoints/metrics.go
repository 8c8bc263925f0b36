package endpoints

import "github.com/prometheus/client_golang/prometheus"

// Metrics count what is delivered to event endpoints.
type Metrics struct {
	attempts *prometheus.CounterVec
	seconds  prometheus.Histogram
	waiting  prometheus.Gauge
}

// NewMetrics returns metrics that are not registered yet.
func NewMetrics() *Metrics {
	return &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "repartee", Subsystem: "endpoints", Name: "attempts_total",
			Help: "Requests to event endpoints by what became of the event: delivered, again, failed.",
		}, []string{"result"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "repartee", Subsystem: "endpoints", Name: "attempt_seconds",
			Help: "Duration of requests to event endpoints.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "repartee", Subsystem: "endpoints", Name: "waiting", Help: "Events that endpoints have not been told yet, or not successfully.",
		}),
	}
}

// Collectors returns all metrics, to be registered.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{m.attempts, m.seconds, m.waiting}
}

// Waiting sets how many deliveries are not made yet.
func (m *Metrics) Waiting(n int64) { m.waiting.Set(float64(n)) }

func (m *Metrics) tried(a Attempt, v Verdict) {
	result := string(v.State)
	if v.State == Pending {
		result = "again"
	}
	m.attempts.WithLabelValues(result).Inc()
	m.seconds.Observe(a.Took.Seconds())
}
