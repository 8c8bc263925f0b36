package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func figure(ago time.Duration, name, label string, n int64) Figure {
	return Figure{Minute: noon.Add(-ago), Name: name, Label: label, N: n}
}

func TestSumTakesOneNameSinceAMoment(t *testing.T) {
	figures := []Figure{
		figure(2*time.Hour, FigureMO, "neither", 9), figure(10*time.Minute, FigureMO, "neither", 3), figure(time.Minute, FigureMO, "opt-out", 4),
		figure(time.Minute, FigureMO, "neither", 1), figure(time.Minute, FigureReceipt, "delivered", 5),
	}
	total, by := Sum(figures, FigureMO, noon.Add(-time.Hour))
	assert.Equal(t, int64(8), total)
	assert.Equal(t, []Counted{{"neither", 4}, {"opt-out", 4}}, by)
}

func TestWarningsTellWhatIsUnusual(t *testing.T) {
	for name, c := range map[string]struct {
		figures []Figure
		want    []Warning
	}{
		"nothing":           {nil, nil},
		"a spot on TV":      {[]Figure{figure(30*time.Minute, FigureMO, "neither", 110), figure(2*time.Minute, FigureMO, "neither", 500)}, []Warning{{"mo-spike", 500, 10}}},
		"as every hour":     {[]Figure{figure(30*time.Minute, FigureMO, "neither", 1100), figure(2*time.Minute, FigureMO, "neither", 120)}, nil},
		"few texts":         {[]Figure{figure(2*time.Minute, FigureMO, "neither", 20)}, nil},
		"silence":           {[]Figure{figure(30*time.Minute, FigureMO, "neither", 400)}, []Warning{{"mo-silence", 0, 400}}},
		"many refusals":     {[]Figure{figure(30*time.Minute, FigureMO, "neither", 80), figure(30*time.Minute, FigureMO, "opt-out", 20)}, []Warning{{"opt-outs", 20, 100}}},
		"phones away":       {[]Figure{figure(time.Minute, FigureReceipt, "delivered", 60), figure(time.Minute, FigureReceipt, "undeliverable", 40)}, []Warning{{"undelivered", 40, 100}}},
		"carrier refuses":   {[]Figure{figure(time.Minute, FigureOutcome, "sent", 60), figure(time.Minute, FigureOutcome, "rejected", 40)}, []Warning{{"rejected", 40, 100}}},
		"yesterday's storm": {[]Figure{figure(20*time.Hour, FigureOutcome, "rejected", 4000)}, nil},
	} {
		assert.Equal(t, c.want, Warnings(c.figures, noon), name)
	}
}
