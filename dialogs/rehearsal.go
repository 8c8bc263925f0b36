package dialogs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"repartee/sms"
)

// Rehearsal plays a flow line by line, as golden conversations are written
// (docs/flows.md): what a phone, the staff and the clock do goes in, what is said
// comes out. It is for one goroutine.
type Rehearsal struct {
	g *golden
}

// Rehearse begins a rehearsal of the flow.
func (f *Flow) Rehearse(o TestOptions) *Rehearsal {
	return &Rehearsal{g: newGolden(f, o, "rehearsal")}
}

// Utterance is something that was said after a line.
type Utterance struct {
	To       string // a staff group or another number; empty: the phone
	Text     string
	Standard string    // the name of a program's standard answer, for one
	Class    sms.Class // of a message to the phone that is no standard answer
	Held     time.Time // until when it is held, zero: it leaves at once
	Segments int
	Odd      rune // the first character outside GSM 03.38, 0 for none
}

// Line is the utterance as a golden conversation expects it.
func (u Utterance) Line() string {
	m := uttered{Message{Text: u.Text, Standard: u.Standard}, u.Held}
	return u.To + "< " + strings.ReplaceAll(m.String(), "\n", "\n| ")
}

// Standing is where a conversation of the rehearsal is.
type Standing struct {
	Flow, State string
	Outcome     string // empty while it is open
}

// Reaction is what a line caused.
type Reaction struct {
	Now       time.Time
	Wake      time.Time // when the next timer fires, zero for none
	Said      []Utterance
	Standings []Standing // newest first, those that ended included
	Language  string     // of the phone
	Rule      string     // which step of the list of precedence took the last input
	Trace     []string
	Problem   string // why the line could not be played
}

// Play plays one line. A line that cannot be played changes nothing.
func (r *Rehearsal) Play(line string) Reaction {
	g := r.g
	g.trace, g.rule = nil, ""
	line = strings.TrimSpace(line)
	if line != "" && !strings.HasPrefix(line, "#") {
		g.play(line)
	}
	m := Reaction{Now: g.facts.Now, Wake: g.wake, Language: g.facts.Language, Rule: g.rule, Trace: g.trace}
	for _, u := range g.waiting {
		n, odd := segments(u.Text)
		m.Said = append(m.Said, Utterance{Text: u.Text, Standard: u.Standard, Class: u.Class, Held: u.held, Segments: n, Odd: odd})
	}
	for _, n := range g.notices {
		count, odd := segments(n.text)
		m.Said = append(m.Said, Utterance{To: n.group, Text: n.text, Segments: count, Odd: odd})
	}
	g.waiting, g.notices, g.expects = nil, nil, nil
	if len(g.failures) > 0 {
		m.Problem = g.failures[0].Text
		g.failures = nil
	}
	m.Standings = r.standings()
	return m
}

func (r *Rehearsal) standings() (all []Standing) {
	talks := make([]Talk, 0, len(r.g.lastTalk))
	for _, t := range r.g.lastTalk {
		talks = append(talks, t)
	}
	slices.SortFunc(talks, func(a, b Talk) int { return cmp.Compare(b.ID, a.ID) })
	for _, t := range talks {
		all = append(all, Standing{Flow: t.Flow, State: t.State, Outcome: r.g.ended[t.ID]})
	}
	return all
}

// Way is one way from a state to another, or to an end.
type Way struct {
	From string
	By   string // the event of the transition table: reply:0, else, timeout:1 …
	To   string // a state, empty for an end
	End  string // the outcome
}

// Start is the state where the flow begins.
func (f *Flow) Start() string { return f.start.name }

// Ways lists the transitions of the flow, in the order of the file.
func (f *Flow) Ways() []Way {
	var ways []Way
	for _, e := range f.table {
		for _, from := range e.Src {
			w := Way{From: from, By: e.Name, To: e.Dst}
			if outcome, ends := strings.CutPrefix(e.Dst, "end:"); ends {
				w.To, w.End = "", outcome
			}
			ways = append(ways, w)
		}
	}
	return ways
}
