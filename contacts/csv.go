package contacts

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// fields are a row by column.
type fields map[string]string

// read hands the rows to take; those that it, or the CSV, refuses are bad. Only
// a header that makes no sense, or a reader that fails, ends it.
func read(r io.Reader, columns []string, take func(line int, f fields) error) (bad []Bad, err error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord, c.TrimLeadingSpace = -1, true
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("the file has no header line: %w", err)
	}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(columns, header[i]) {
			return nil, fmt.Errorf("column %q is not known: there are %s", name, strings.Join(columns, ", "))
		}
	}
	for {
		record, err := c.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return bad, nil
		case errors.As(err, &broken):
			bad = append(bad, Bad{broken.StartLine, broken.Err.Error()})
			continue
		case err != nil:
			return bad, err
		}
		line, _ := c.FieldPos(0)
		if why := row(header, record, func(f fields) error { return take(line, f) }); why != nil {
			bad = append(bad, Bad{line, why.Error()})
		}
	}
}

func row(header, record []string, take func(fields) error) error {
	if len(record) != len(header) {
		return fmt.Errorf("%d fields instead of %d", len(record), len(header))
	}
	f := make(fields, len(header))
	for i, name := range header {
		f[name] = unguarded(strings.TrimSpace(record[i]))
	}
	return take(f)
}

// formula begins what a spreadsheet would run instead of showing it (OWASP, CSV
// injection).
const formula = "=+-@\t\r"

// guarded keeps a text from being taken for a formula.
func guarded(text string) string {
	if text != "" && strings.Contains(formula, text[:1]) {
		return "'" + text
	}
	return text
}

// unguarded is the inverse of guarded.
func unguarded(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.Contains(formula, text[1:2]) {
		return text[1:]
	}
	return text
}
