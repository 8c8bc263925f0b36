package programs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file, counted from 1. The zero Position is that of
// an object that was not read from a file.
type Position struct {
	File         string
	Line, Column int
}

// String returns file:line:column.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// positions are those of an object (key "") and of its keys, by dotted path.
type positions map[string]Position

// of returns the position of a key, else of the nearest key around it.
func (p positions) of(path string) Position {
	for path != "" {
		if at, ok := p[path]; ok {
			return at
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
	return p[""]
}

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	At      Position
	Text    string // what is wrong
	Hint    string // what to do; may be empty
	Warning bool   // does not hinder an apply
	Missing string // the key that is not given at At; empty for other problems
	Kind    string // of the object that it is about, such as short_codes; empty when it is about none
	Key     string // of that object
}

// String returns "file:line:column: text: hint".
func (p Problem) String() string {
	var b strings.Builder
	if at := p.At.String(); at != "" {
		b.WriteString(at + ": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString(": " + p.Hint)
	}
	return b.String()
}

// Problems are all things wrong with a configuration, in the order of the
// files. As an error it lists one per line.
type Problems []Problem

// Error lists the problems, one per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Failed reports whether any of the problems is more than a warning.
func (ps Problems) Failed() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return !p.Warning })
}

// Err returns the problems as an error if one of them is more than a warning.
func (ps Problems) Err() error {
	if ps.Failed() {
		return ps
	}
	return nil
}

// Without returns the problems that are not among the known ones.
func (ps Problems) Without(known Problems) Problems {
	return slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return slices.Contains(known, p) })
}

// sorted puts the problems in the order of the files and drops repetitions.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	return slices.Compact(ps)
}
