package optout

import (
	"embed"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// files are the tables; each line carries its source and the date it was read.
//
//go:embed data/*.csv
var files embed.FS

// table reads a data file: the columns by name, line by line. A file that does
// not read is a mistake in the build, so it panics, as regexp.MustCompile does.
func table(name string, columns ...string) []map[string]string {
	f, err := files.Open("data/" + name)
	if err != nil {
		panic(err)
	}
	r := csv.NewReader(f)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("optout/data/%s: %v", name, err))
	}
	for _, c := range columns {
		if !slices.Contains(lines[0], c) {
			panic(fmt.Sprintf("optout/data/%s: no column %q", name, c))
		}
	}
	rows := make([]map[string]string, 0, len(lines)-1)
	for _, l := range lines[1:] {
		row := make(map[string]string, len(l))
		for i, c := range lines[0] {
			row[c] = strings.TrimSpace(l[i])
		}
		rows = append(rows, row)
	}
	return rows
}

// sorted returns the keys of a table in order, for messages.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
