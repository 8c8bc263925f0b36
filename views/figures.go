package views

import (
	"cmp"
	"slices"
	"time"
)

// Figure is how often something happened in a minute.
type Figure struct {
	Minute time.Time
	Name   string
	Label  string // a class, a state, a rule
	N      int64
}

// The names of figures.
const (
	FigureMO       = "mo"       // texts of phones, by class
	FigureOutcome  = "outcome"  // messages that left their lane, by state
	FigureReceipt  = "receipt"  // receipts, by state
	FigureRefused  = "refused"  // messages that the gate refused, by rule
	FigureHeld     = "held"     // messages that the gate held, by rule
	FigureResponse = "response" // responses of carriers that were no success, by carrier and status
)

// Counted is how often something happened under one label.
type Counted struct {
	Label string
	N     int64
}

// Sum adds the figures of a name from a moment on, the largest label first.
func Sum(figures []Figure, name string, from time.Time) (total int64, by []Counted) {
	sums := map[string]int64{}
	for _, f := range figures {
		if f.Name == name && !f.Minute.Before(from) {
			sums[f.Label] += f.N
			total += f.N
		}
	}
	for label, n := range sums {
		by = append(by, Counted{label, n})
	}
	slices.SortFunc(by, func(a, b Counted) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
	return total, by
}

// Warning says that something is unusual. N and Of are what it is about.
type Warning struct {
	Kind  string // mo-spike, mo-silence, opt-outs, undelivered, rejected
	N, Of int64
}

// What is unusual: thresholds under which small numbers play, and shares.
const (
	spikeTimes   = 4    // as many texts in five minutes as usual in four times that
	spikeLeast   = 100  // texts in five minutes
	silenceLeast = 300  // texts in the hour before five minutes of silence
	shareLeast   = 50   // messages of the hour
	optOutShare  = 0.05 // of the texts of the last hour
	failedShare  = 0.20 // of the receipts of the last hour
	rejectShare  = 0.05 // of the messages of the last hour
)

// Warnings tells what is unusual in the last hour. Figures reach back that far
// at least.
func Warnings(figures []Figure, now time.Time) (found []Warning) {
	hour, five := now.Add(-time.Hour), now.Add(-5*time.Minute)
	all, classes := Sum(figures, FigureMO, hour)
	last, _ := Sum(figures, FigureMO, five)
	before := all - last // in 55 minutes
	switch {
	case last >= spikeLeast && last*11 > before*spikeTimes:
		found = append(found, Warning{"mo-spike", last, before / 11})
	case last == 0 && before >= silenceLeast:
		found = append(found, Warning{"mo-silence", 0, before})
	}
	share := func(kind string, part, of int64, limit float64) {
		if of >= shareLeast && float64(part) > limit*float64(of) {
			found = append(found, Warning{kind, part, of})
		}
	}
	share("opt-outs", CountOf(classes, "opt-out"), all, optOutShare)
	receipts, states := Sum(figures, FigureReceipt, hour)
	share("undelivered", receipts-CountOf(states, "delivered"), receipts, failedShare)
	outcomes, ends := Sum(figures, FigureOutcome, hour)
	share("rejected", CountOf(ends, "rejected"), outcomes, rejectShare)
	return found
}

// CountOf is what was counted under a label.
func CountOf(counted []Counted, label string) int64 {
	for _, c := range counted {
		if c.Label == label {
			return c.N
		}
	}
	return 0
}
