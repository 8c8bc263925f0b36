package programs

import "time"

// The days for which messages may be kept: shorter than this, a carrier's or a
// consumer's question could not be answered.
const (
	MinKeepDays = 35
	MaxKeepDays = 3660
)

// Retention is how long messages and conversations are kept. Consents and
// refusals have their own times and are not touched.
type Retention struct {
	KeepDays int       // 0: for ever
	Since    time.Time // what is older has been deleted; zero: nothing was yet
}
