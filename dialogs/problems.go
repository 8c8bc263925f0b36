package dialogs

import (
	"fmt"
	"strings"
)

// Problem is something wrong with a flow, where it stands and what to do.
// Line and Column count from 1; Column counts characters.
type Problem struct {
	File    string
	Line    int
	Column  int
	Text    string
	Hint    string
	Warning bool
}

// String returns the problem as "file:line:column: text (hint)".
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Warning {
		s += "warning: "
	}
	s += p.Text
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Problems are what [Load] found, in the order of the file.
type Problems []Problem

// Failed reports whether one of them is more than a warning.
func (ps Problems) Failed() bool {
	for _, p := range ps {
		if !p.Warning {
			return true
		}
	}
	return false
}

// Err returns the problems as an error, nil when all of them are warnings.
func (ps Problems) Err() error {
	if !ps.Failed() {
		return nil
	}
	return ps
}

// Error makes Problems an error: one problem per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
