package dialogs

import (
	"time"

	"repartee/sms"
)

// Moment is a time in Unix milliseconds: what a stored conversation holds,
// equal after any number of trips through JSON. Zero is none.
type Moment int64

// At returns the moment of t; a zero time gives zero.
func At(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixMilli())
}

// Time is the inverse of [At], in UTC.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Talk is one open conversation: all that the engine remembers of it between
// two messages. It is a value: a step returns new ones and never changes a
// map or slice of those it was given. Keys are short since every turn writes
// it.
type Talk struct {
	ID      sms.ID `json:"i"`
	Program string `json:"p"`
	Flow    string `json:"f"`
	Version int    `json:"v"`
	State   string `json:"s"`
	// Language is what the conversation speaks.
	Language string `json:"l,omitempty"`
	// Keyword, Args and Place come from the text that began it.
	Keyword string `json:"k,omitempty"`
	Args    string `json:"a,omitempty"`
	Place   string `json:"pl,omitempty"`
	// Started and Expires bound its life.
	Started Moment `json:"b"`
	Expires Moment `json:"x"`
	// Asked is when its question was sent last; zero when it does not listen.
	Asked Moment `json:"q,omitempty"`
	// Moved is when it last acted.
	Moved Moment `json:"m,omitempty"`
	// Entry counts the states entered; a timer of an older entry is stale.
	Entry int `json:"n"`
	// Turns counts the inputs handled.
	Turns int `json:"u,omitempty"`
	// Tries counts the unmatched texts since the state was entered.
	Tries int `json:"t,omitempty"`
	// Page is the page of the menu shown last, from 0.
	Page int `json:"g,omitempty"`
	// Silent says that `else` has given up on unmatched texts.
	Silent bool           `json:"z,omitempty"`
	Timers []TimerAt      `json:"d,omitempty"`
	Inputs Values         `json:"in,omitempty"`
	Saved  Values         `json:"sv,omitempty"`
	Visits map[string]int `json:"vs,omitempty"`
	// Cart is what the phone has put together to order.
	Cart []Line `json:"ct,omitempty"`
	// Frames are the flows that wait for the one at work, the first one first.
	Frames []Frame `json:"fr,omitempty"`
	// Past are the questions that `back` returns to, newest last.
	Past []Question `json:"h,omitempty"`
	// Calling is the webhook whose answer is awaited, nil for none.
	Calling *Calling `json:"w,omitempty"`
	// Agent is the person who has taken a hand-off, empty while nobody has.
	Agent string `json:"ag,omitempty"`
	// Kept are events that no state heard yet, oldest first.
	Kept []Heard `json:"e,omitempty"`
}

// Heard is an event that waits for a state that listens to it.
type Heard struct {
	Name string `json:"n"`
	Data Values `json:"d,omitempty"`
}

// TimerAt is an armed timer: the index of the entry in its state's (or, from
// Anywhere, the flow's) `timeout` list and the moment when it is due.
// Index -1 is the beginning of a conversation that was put off.
type TimerAt struct {
	Index    int    `json:"i"`
	Anywhere bool   `json:"w,omitempty"`
	Due      Moment `json:"d"`
	// Depth is the number of frames below the one that armed it.
	Depth int `json:"p,omitempty"`
}

// Question is a question asked before. Undo holds what the values saved since
// were before it was answered, nil for names that had none; the moment at which
// it was asked is reached by undoing back to it.
type Question struct {
	State string `json:"s"`
	// Flow is set within a sub-flow.
	Flow string `json:"f,omitempty"`
	Undo Values `json:"u,omitempty"`
	// In is where the conversation stood, set when it has left or entered a
	// sub-flow since; nil otherwise.
	In *Setting `json:"in,omitempty"`
	// Cart is the cart as it was then, nil when it has not changed since.
	Cart *Cart `json:"c,omitempty"`
}

// Deadline returns the earliest moment at which the conversation acts by
// itself: a timer or the end of its lifetime.
func (t *Talk) Deadline() time.Time {
	due := t.Expires
	for _, d := range t.Timers {
		if due == 0 || d.Due < due {
			due = d.Due
		}
	}
	return due.Time()
}

// Listening reports whether the conversation waits for a text.
func (t *Talk) Listening() bool { return t.Asked != 0 }

// EndAll ends the conversations for which keep answers false (nil keeps none)
// with the given outcome, such as "stopped".
func EndAll(talks []Talk, keep func(Talk) bool, outcome string) (rest []Talk, ended []Ended) {
	for _, t := range talks {
		if keep != nil && keep(t) {
			rest = append(rest, t)
			continue
		}
		ended = append(ended, Ended{ID: t.ID, Outcome: outcome})
	}
	return rest, ended
}
