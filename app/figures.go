package app

import (
	"context"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.uber.org/zap"

	"repartee/views"
)

// figuresEach is how often what was counted is added to the database's figures.
const figuresEach = 5 * time.Second

// figureOf says which counters are figures, and what their label is. A counter
// is one figure per value of the label.
var figureOf = map[string]struct {
	name  string
	label func(map[string]string) (label, name string) // another name than the figure's
}{
	"repartee_inbox_messages_total":  {name: views.FigureMO, label: labelled("class")},
	"repartee_outbox_outcomes_total": {name: views.FigureOutcome, label: labelled("state")},
	"repartee_outbox_receipts_total": {name: views.FigureReceipt, label: labelled("state")},
	"repartee_inbox_refused_total":   {label: byVerdict},
	"repartee_outbox_judged_total":   {label: byVerdict},
	"repartee_smpp_responses_total": {label: func(l map[string]string) (string, string) {
		if l["status"] == "ESME_ROK" {
			return "", ""
		}
		return l["carrier"] + " " + l["status"], views.FigureResponse
	}},
}

// byVerdict tells what was held from what was refused.
func byVerdict(l map[string]string) (label, name string) {
	switch l["verdict"] {
	case "hold":
		return l["reason"], views.FigureHeld
	case "refuse":
		return l["reason"], views.FigureRefused
	}
	return "", ""
}

func labelled(by string) func(map[string]string) (string, string) {
	return func(l map[string]string) (string, string) { return l[by], "" }
}

// figures adds to the database what the counters have counted since the last
// time. What could not be added is added with the next.
type figures struct {
	gather func() ([]*dto.MetricFamily, error)
	add    func(context.Context, []views.Figure) error
	seen   map[[2]string]int64
}

// flush adds what is new, under the minute of now.
func (f *figures) flush(ctx context.Context, now time.Time) error {
	families, err := f.gather()
	if err != nil {
		return err
	}
	counts := map[[2]string]int64{}
	for _, family := range families {
		kind, ok := figureOf[family.GetName()]
		if !ok {
			continue
		}
		for _, m := range family.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			label, name := kind.label(labels)
			if name == "" {
				name = kind.name
			}
			if name != "" {
				counts[[2]string{name, label}] += int64(m.GetCounter().GetValue())
			}
		}
	}
	var fresh []views.Figure
	minute := now.UTC().Truncate(time.Minute)
	for key, n := range counts {
		if d := n - f.seen[key]; d > 0 {
			fresh = append(fresh, views.Figure{Minute: minute, Name: key[0], Label: key[1], N: d})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := f.add(ctx, fresh); err != nil {
		return err
	}
	f.seen = counts
	return nil
}

// keepFigures counts until ctx ends, and once more then.
func (g *Gateway) keepFigures(ctx context.Context) {
	f := &figures{gather: g.registry.Gather, add: g.store.AddFigures, seen: map[[2]string]int64{}}
	flush := func(ctx context.Context) {
		if g.fence.Up() {
			return
		}
		if err := f.flush(ctx, g.clock()); err != nil && ctx.Err() == nil {
			g.log.Warn("figures wait", zap.Error(err))
		}
	}
	every(ctx, figuresEach, func() { flush(ctx) })
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	flush(last)
}
