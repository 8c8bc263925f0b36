package programs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxWidth is the longest line that a map or list is written in.
const maxWidth = 120

// YAML writes a document, or a list of them, as a file has it.
func YAML(document any) []byte {
	var w yamlWriter
	w.block(document, 0)
	return w.b.Bytes()
}

// yamlWriter writes maps and lists in one line where they fit, else in a line
// for each entry.
type yamlWriter struct{ b bytes.Buffer }

// block writes a value in lines of that indentation. Only maps and lists that
// are not empty have such a form.
func (w *yamlWriter) block(value any, indent int) {
	blanks := strings.Repeat(" ", indent)
	switch value := value.(type) {
	case Document:
		for _, e := range value {
			w.b.WriteString(blanks + scalar(e.Key) + ":")
			w.after(e.Value, indent)
		}
	case []any:
		for _, item := range value {
			w.b.WriteString(blanks + "-")
			w.item(item, indent)
		}
	}
}

// after writes the value behind a key.
func (w *yamlWriter) after(value any, indent int) {
	if text, ok := value.(literal); ok {
		w.literal(string(text), indent+2)
		return
	}
	if line := inline(value); fits(value, line, indent) {
		w.b.WriteString(" " + line + "\n")
		return
	}
	w.b.WriteByte('\n')
	w.block(value, indent+2)
}

// item writes the value behind a dash; a map begins in the same line.
func (w *yamlWriter) item(value any, indent int) {
	if line := inline(value); fits(value, line, indent) {
		w.b.WriteString(" " + line + "\n")
		return
	}
	var inner yamlWriter
	inner.block(value, indent+2)
	w.b.WriteByte(' ')
	w.b.Write(inner.b.Bytes()[indent+2:])
}

// fits reports whether a value stands in one line: what is no map and no list
// has no other form.
func fits(value any, line string, indent int) bool {
	switch value := value.(type) {
	case Document:
		return len(value) == 0 || line != "" && indent+utf8.RuneCountInString(line) <= maxWidth
	case []any:
		return len(value) == 0 || line != "" && indent+utf8.RuneCountInString(line) <= maxWidth
	}
	return true
}

// inline writes a value in one line, "" when it has no such form.
func inline(value any) string {
	var parts []string
	add := func(prefix string, value any) bool {
		part := inline(value)
		parts = append(parts, prefix+part)
		return part != ""
	}
	switch value := value.(type) {
	case Document:
		for _, e := range value {
			if !add(scalar(e.Key)+": ", e.Value) {
				return ""
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, item := range value {
			if !add("", item) {
				return ""
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case literal:
		return ""
	case string:
		return scalar(value)
	default:
		return fmt.Sprint(value) // a number, true, false
	}
}

// literal is a text of whole lines that is written as it is.
type literal string

// literalForm is what a literal can hold without a change.
var literalForm = regexp.MustCompile(`\A[^\s].*\n(.*[^\s]\n|\n+.*[^\s]\n)*\z`)

func (w *yamlWriter) literal(text string, indent int) {
	w.b.WriteString(" |\n")
	for line := range strings.Lines(text) {
		if line != "\n" {
			w.b.WriteString(strings.Repeat(" ", indent))
		}
		w.b.WriteString(line)
	}
}

// plainForm is text that means itself without quotes, wherever it stands.
var plainForm = regexp.MustCompile(`\A\pL[\pL\pN ._/@&'+-]*\z`)

// words are plain text that other readers take for something else.
var words = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// scalar writes a text, in quotes when it could be anything else.
func scalar(text string) string {
	if plainForm.MatchString(text) && !strings.HasSuffix(text, " ") && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	return quoted(text)
}

// quoted writes a text in double quotes, as JSON and YAML have them.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic("programs: " + err.Error()) // a text always has a form
	}
	return strings.TrimSuffix(b.String(), "\n")
}
