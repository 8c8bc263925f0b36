package endpoints

import (
	"fmt"
	"time"
)

// State is what became of a delivery.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Failed    State = "failed"
)

// pauses are those after the first failures; the last one repeats.
var pauses = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

const (
	// tryFor is how long an event is tried.
	tryFor = 72 * time.Hour
	// maxAfter is the longest pause that an endpoint may ask for.
	maxAfter = 24 * time.Hour
	// gone is the status (410) with which an endpoint says that it wants nothing more.
	gone = 410
)

// Attempt is how one request went.
type Attempt struct {
	At     time.Time
	Took   time.Duration
	Status int           // 0: no answer came
	After  time.Duration // that the answer asks to wait (Retry-After)
	Error  string        // why no answer came
}

// Verdict is what becomes of a delivery after an attempt.
type Verdict struct {
	State   State
	Due     time.Time // of the next attempt, while pending
	Disable bool      // the endpoint wants nothing more
	Error   string    // empty: it went well
}

// Judge decides about a delivery that was queued at that moment and has been
// tried so often, this attempt included. Chance is from 0 to below 1: it
// spreads the tries of many deliveries by a fifth to both sides.
func Judge(a Attempt, queued time.Time, tries int, once bool, chance float64) Verdict {
	switch {
	case a.Status >= 200 && a.Status < 300:
		return Verdict{State: Delivered}
	case a.Status == gone:
		return Verdict{State: Failed, Disable: true, Error: "the endpoint answered that it is gone (410)"}
	}
	v := Verdict{State: Failed, Error: a.Error}
	if a.Status != 0 {
		v.Error = fmt.Sprintf("the endpoint answered with status %d", a.Status)
	}
	pause := pauses[min(max(tries, 1), len(pauses))-1]
	pause = max(time.Duration(float64(pause)*(0.8+0.4*chance)), min(a.After, maxAfter))
	if due := a.At.Add(a.Took + pause); !once && due.Sub(queued) <= tryFor {
		v.State, v.Due = Pending, due
	}
	return v
}
