package config

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// readFile reads the settings of a YAML file: one mapping of names to plain
// values.
func readFile(file string) (map[string]setting, []error) {
	settings := map[string]setting{}
	raw, err := os.ReadFile(file)
	if err != nil {
		return settings, []error{fmt.Errorf("the configuration file cannot be read: %w", err)}
	}
	tree, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return settings, []error{syntaxError(file, err)}
	}
	var problems []error
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		mapping, ok := doc.Body.(ast.MapNode)
		if !ok {
			problems = append(problems, fmt.Errorf("%s: expected lines such as `http_addr: 127.0.0.1:8080`", file))
			continue
		}
		for entries := mapping.MapRange(); entries.Next(); {
			if err := addEntry(settings, file, entries.Key(), entries.Value()); err != nil {
				problems = append(problems, err)
			}
		}
	}
	return settings, problems
}

// syntaxError tells where and what, without the lines around, which the library
// adds and which may hold secrets.
func syntaxError(file string, err error) error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) {
		return fmt.Errorf("%s is not YAML", file)
	}
	return fmt.Errorf("%s:%d is not YAML: %s", file, syntax.GetToken().Position.Line, syntax.GetMessage())
}

func addEntry(settings map[string]setting, file string, key, value ast.Node) error {
	name := key.GetToken().Value
	where := fmt.Sprintf("%s:%d", file, key.GetToken().Position.Line)
	known := names()
	if !slices.Contains(known, name) {
		if near := nearest(name, known); near != "" {
			return fmt.Errorf("%s: %q is unknown: did you mean %q?", where, name, near)
		}
		return fmt.Errorf("%s: %q is unknown: `repartee config` lists what there is", where, name)
	}
	scalar, ok := value.(ast.ScalarNode)
	if !ok {
		return fmt.Errorf("%s: %q takes one plain value", where, name)
	}
	text := ""
	if scalar.Type() != ast.NullType {
		text = scalar.GetToken().Value
	}
	settings[name] = setting{text, where}
	return nil
}

// nearest returns the known name that differs from name by at most two letters
// added, left out or changed (one for short names); "" when none does.
func nearest(name string, known []string) string {
	best, bestDistance := "", min(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the single-letter edits between two names (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
