package app

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"repartee/postgres"
	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/views"
)

// carrierMetrics count what happens on the binds. Labels: carrier is a
// configured name, role trx, tx or rx, status the name of a command_status
// ("other" for those that SMPP v3.4 does not define).
type carrierMetrics struct {
	submitted, delivered, unanswered, late, unknown *prometheus.CounterVec
	responses, answers                              *prometheus.CounterVec
	latency                                         *prometheus.HistogramVec
	bound, pace                                     *prometheus.GaugeVec

	mu      sync.Mutex
	carrier map[string]*carrierObserver
}

func newCarrierMetrics() *carrierMetrics {
	c := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "repartee", Subsystem: "smpp", Name: name, Help: help}, append([]string{"carrier"}, labels...))
	}
	g := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "repartee", Subsystem: "smpp", Name: name, Help: help}, append([]string{"carrier"}, labels...))
	}
	return &carrierMetrics{
		submitted:  c("submitted_total", "submit_sm queued for a bind."),
		delivered:  c("delivered_total", "deliver_sm and data_sm read."),
		unanswered: c("unanswered_total", "submit_sm of unknown outcome.", "kind"),
		late:       c("late_responses_total", "Responses that came after their time-out."),
		unknown:    c("unknown_responses_total", "Responses that matched no request."),
		responses:  c("responses_total", "submit_sm_resp by status.", "status"),
		answers:    c("answers_total", "deliver_sm_resp by status.", "status"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "repartee", Subsystem: "smpp", Name: "response_seconds",
			Help: "From the writing of a submit_sm to its response.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15),
		}, []string{"carrier"}),
		bound:   g("bound", "1 while the session is bound.", "role", "slot"),
		pace:    g("pace", "Segments per second that the carrier is paced at; 0: no limit."),
		carrier: map[string]*carrierObserver{},
	}
}

func (m *carrierMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.submitted, m.delivered, m.unanswered, m.late, m.unknown, m.responses, m.answers, m.latency, m.bound, m.pace}
}

// carrierObserver implements [smpp.Observer] for one carrier; the counters of
// the hot path are looked up once.
type carrierObserver struct {
	m                    *carrierMetrics
	name                 string
	submitted, delivered prometheus.Counter
	accepted, kept       prometheus.Counter
	latency              prometheus.Observer
}

var _ smpp.Observer = (*carrierObserver)(nil)

// of returns the observer of a carrier.
func (m *carrierMetrics) of(name string) *carrierObserver {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.carrier[name]
	if o == nil {
		ok := statusLabel(pdu.StatusOK)
		o = &carrierObserver{
			m: m, name: name, submitted: m.submitted.WithLabelValues(name), delivered: m.delivered.WithLabelValues(name),
			accepted: m.responses.WithLabelValues(name, ok), kept: m.answers.WithLabelValues(name, ok), latency: m.latency.WithLabelValues(name),
		}
		m.carrier[name] = o
	}
	return o
}

// Submitted implements [smpp.Observer].
func (o *carrierObserver) Submitted() { o.submitted.Inc() }

// Responded implements [smpp.Observer].
func (o *carrierObserver) Responded(s pdu.Status, latency time.Duration) {
	o.latency.Observe(latency.Seconds())
	if s == pdu.StatusOK {
		o.accepted.Inc()
		return
	}
	o.m.responses.WithLabelValues(o.name, statusLabel(s)).Inc()
}

// Unanswered implements [smpp.Observer].
func (o *carrierObserver) Unanswered(k smpp.OutcomeKind) {
	o.m.unanswered.WithLabelValues(o.name, k.String()).Inc()
}

// Delivered implements [smpp.Observer].
func (o *carrierObserver) Delivered() { o.delivered.Inc() }

// Answered implements [smpp.Observer].
func (o *carrierObserver) Answered(s pdu.Status) {
	if s == pdu.StatusOK {
		o.kept.Inc()
		return
	}
	o.m.answers.WithLabelValues(o.name, statusLabel(s)).Inc()
}

// LateResponse implements [smpp.Observer].
func (o *carrierObserver) LateResponse() { o.m.late.WithLabelValues(o.name).Inc() }

// UnknownResponse implements [smpp.Observer].
func (o *carrierObserver) UnknownResponse(pdu.Command) { o.m.unknown.WithLabelValues(o.name).Inc() }

// BindState implements [smpp.Observer].
func (o *carrierObserver) BindState(info smpp.BindInfo) {
	v := 0.0
	if info.State == smpp.Bound {
		v = 1
	}
	o.m.bound.WithLabelValues(o.name, info.Role.String(), strconv.Itoa(info.Slot)).Set(v)
}

// Paced implements [smpp.Observer].
func (o *carrierObserver) Paced(segments float64) { o.m.pace.WithLabelValues(o.name).Set(segments) }

// statusLabel is the status's name; vendors' numbers share one label.
func statusLabel(s pdu.Status) string {
	name, _, _ := strings.Cut(s.String(), " ")
	if name == unnamedStatus {
		return "other"
	}
	return name
}

// unnamedStatus is how [pdu.Status.String] calls a number that SMPP v3.4 does
// not define.
const unnamedStatus = "ESME_R?"

// count fills in what was counted for a carrier.
func (o *carrierObserver) count(c *views.Carrier) {
	c.Submitted, c.Delivered = int64(valueOf(o.submitted)), int64(valueOf(o.delivered))
	each(o.m.responses, o.name, func(labels map[string]string, n float64) {
		c.Responses = append(c.Responses, views.Counted{Label: labels["status"], N: int64(n)})
	})
	each(o.m.unanswered, o.name, func(_ map[string]string, n float64) { c.Unanswered += int64(n) })
	slices.SortFunc(c.Responses, func(a, b views.Counted) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
}

func valueOf(c prometheus.Metric) float64 {
	var m dto.Metric
	_ = c.Write(&m) // a counter's never fails
	return m.GetCounter().GetValue()
}

// each gives a carrier's series of a counter that is not zero.
func each(vec *prometheus.CounterVec, carrier string, f func(labels map[string]string, n float64)) {
	ch := make(chan prometheus.Metric)
	go func() { defer close(ch); vec.Collect(ch) }()
	for c := range ch {
		var m dto.Metric
		labels := map[string]string{}
		_ = c.Write(&m) // a counter's never fails
		for _, l := range m.GetLabel() {
			labels[l.GetName()] = l.GetValue()
		}
		if n := m.GetCounter().GetValue(); n > 0 && labels["carrier"] == carrier {
			f(labels, n)
		}
	}
}

// forget removes the series of a carrier's sessions, which another
// configuration may not have.
func (m *carrierMetrics) forget(carrier string) {
	m.bound.DeletePartialMatch(prometheus.Labels{"carrier": carrier})
}

// waitingGauges tell what waits in the outbox. Labels: carrier is a configured
// name, kind answers or marketing, when due or later.
type waitingGauges struct{ messages *prometheus.GaugeVec }

func newWaitingGauges() *waitingGauges {
	return &waitingGauges{prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "repartee", Subsystem: "outbox", Name: "waiting", Help: "Messages in the outbox: due, or held until later.",
	}, []string{"carrier", "kind", "when"})}
}

func (w *waitingGauges) set(rows []postgres.Waiting, snap *programs.Snapshot) {
	w.messages.Reset()
	for _, r := range rows {
		c, kind := snap.Carriers[r.Carrier], "answers"
		if c == nil {
			continue
		}
		if r.Marketing {
			kind = "marketing"
		}
		w.messages.WithLabelValues(c.Name, kind, "due").Set(float64(r.Due))
		w.messages.WithLabelValues(c.Name, kind, "later").Set(float64(r.Later))
	}
}
