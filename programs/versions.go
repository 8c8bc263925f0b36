package programs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"repartee/dialogs"
)

// FlowVersion is one version of a flow.
type FlowVersion struct {
	Version     int
	State       string // draft, published or retired
	PublishedAt *time.Time
	PublishedBy string
	Pinned      bool // new conversations begin on it
	Open        int  // conversations that run on it
	Source      string
}

// FlowSummary is a flow in a list.
type FlowSummary struct {
	Name        string
	Version     int // the published one, 0 for none
	PublishedAt *time.Time
	PublishedBy string
	Draft       int    // the version that the draft would be, 0 for none
	Pinned      int    // the version that new conversations begin on, 0: the published one
	Open        int    // conversations on any version
	Source      string // of the draft, else of the published version
}

// NotFoundError says that there is no such object.
type NotFoundError struct{ Kind, Key string }

// Error names the object.
func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no %s %s", e.Kind, e.Key) }

// OpenAt counts the open conversations of a flow in one state of a version, by
// the names that they have saved.
type OpenAt struct {
	Version int
	State   string
	Saved   []string
	Count   int
}

// OpenTalks are the open conversations of a flow when a version of it is to be
// published, and the sources of the versions that they run on.
type OpenTalks struct {
	At      []OpenAt
	Sources map[int]string
}

// Decide reports what a new version of a flow means for conversations that
// stand in states which it changes or lacks. Without a decision about them (the
// flow's `open`) that is an error; with one, a warning that says what becomes
// of them. made is the new version, compiled.
func (t *OpenTalks) Decide(f *Flow, made *dialogs.Flow) Problems {
	at := f.position().of("open")
	var problems Problems
	if f.Open.Policy == "move" {
		problems = t.cannotMove(f, made, at)
	}
	touched, names := t.touched(f)
	if len(touched) == 0 {
		return problems
	}
	list := make([]string, len(names))
	total := 0
	for i, name := range names {
		list[i] = fmt.Sprintf("%s %d", name, touched[name])
		total += touched[name]
	}
	text := fmt.Sprintf("flow %s: %s at states that version %d changes or lacks (%s)", f.Name, stands(total), f.Version, strings.Join(list, ", "))
	switch f.Open.Policy {
	case "":
		return Problems{{At: at, Text: text + " and nothing says what becomes of them", Hint: "open: finish, open: {move: {OLD: NEW}} or open: {end: TEXT}"}}
	case "finish":
		return Problems{{At: at, Text: text + ": they finish on their version", Warning: true}}
	case "end":
		return Problems{{At: at, Text: text + ": all that are open end with a text", Warning: true}}
	}
	return append(Problems{{At: at, Text: text + ": they move", Warning: true}}, problems...)
}

func stands(n int) string {
	if n == 1 {
		return "1 open conversation stands"
	}
	return fmt.Sprintf("%d open conversations stand", n)
}

// touched counts conversations by those states that the new version changes or
// lacks.
func (t *OpenTalks) touched(f *Flow) (map[string]int, []string) {
	now := dialogs.StatePrints([]byte(f.Source))
	prints := map[int]map[string]string{}
	touched := map[string]int{}
	for _, o := range t.At {
		if prints[o.Version] == nil {
			prints[o.Version] = dialogs.StatePrints([]byte(t.Sources[o.Version]))
		}
		if was := prints[o.Version][o.State]; was == "" || now[o.State] != was {
			touched[o.State] += o.Count
		}
	}
	return touched, slices.Sorted(maps.Keys(touched))
}

// cannotMove warns of conversations that will stay on their version: the state
// that they should move to is not there, or may read what they have not saved.
func (t *OpenTalks) cannotMove(f *Flow, made *dialogs.Flow, at Position) Problems {
	var problems Problems
	for _, o := range t.At {
		to, named := f.Open.Move[o.State]
		if !named {
			to = o.State
		}
		why := ""
		if made == nil || !slices.Contains(made.States(), to) {
			why = fmt.Sprintf("`%s` is not a state of the new version", to)
		} else if missing := lacking(made.Needs(to), o.Saved); missing != "" {
			why = fmt.Sprintf("`%s` may read `%s`, which they have not saved", to, missing)
		}
		if why != "" {
			problems = append(problems, Problem{At: at, Warning: true, Text: fmt.Sprintf("flow %s: %s at `%s` of version %d and cannot move: %s", f.Name, stands(o.Count), o.State, o.Version, why)})
		}
	}
	return problems
}

func lacking(needs, saved []string) string {
	for _, n := range needs {
		if !slices.Contains(saved, n) {
			return n
		}
	}
	return ""
}
