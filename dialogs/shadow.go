package dialogs

import (
	"slices"
	"strings"
	"time"
)

// Told is a text of a phone.
type Told struct {
	At   time.Time
	Text string
}

// Divergence is the first place at which two versions of a flow go apart.
type Divergence struct {
	State  string // where the version before stood; empty: no conversation was open
	Text   string // what the phone said; empty: nothing, time passed
	Before []string
	After  []string
}

// Shadow tells two versions of a flow what a phone once said, at its pace, and
// returns where they answer differently for the first time: what the phone said
// after that was said to another question. Setting lines (keywords, places) come
// first. It is nil when they answer alike, or when the version before cannot be
// told it. Both rehearsals are used up.
func Shadow(before, after *Rehearsal, setting []string, said []Told) *Divergence {
	for _, line := range setting {
		before.Play(line)
		after.Play(line)
	}
	state, last := "", time.Time{}
	for _, t := range said {
		lines := []string{"> " + strings.Join(strings.Fields(t.Text), " ")}
		if gap := t.At.Sub(last).Truncate(time.Second); !last.IsZero() && gap > 0 {
			lines = []string{"@ +" + gap.String(), lines[0]}
		}
		last = t.At
		for i, line := range lines {
			a, b := before.Play(line), after.Play(line)
			if a.Problem != "" {
				return nil
			}
			d := Divergence{State: state, Before: answers(a), After: answers(b)}
			if i == len(lines)-1 {
				d.Text = t.Text
			}
			if !slices.Equal(d.Before, d.After) {
				return &d
			}
			state = stands(a)
		}
	}
	return nil
}

// answers is what a reaction says, or why it cannot.
func answers(r Reaction) []string {
	all := []string{}
	for _, u := range r.Said {
		all = append(all, u.Line())
	}
	if r.Problem != "" {
		all = append(all, "# "+r.Problem)
	}
	return all
}

// stands is the state of the newest open conversation.
func stands(r Reaction) string {
	for _, s := range r.Standings {
		if s.Outcome == "" {
			return s.State
		}
	}
	return ""
}
