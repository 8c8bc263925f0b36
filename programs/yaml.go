package programs

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser recurses, and takes quadratic time for the keys of one map and
// for the marks of one line: no honest file comes near these.
const (
	maxDepth = 100   // brackets open at once
	maxLine  = 32768 // octets of one line
	maxMarks = 500   // dashes, colons, tags, anchors and aliases in one line
	maxKeys  = 4000  // lines of one map, or lone dashes
)

// entry is one key of a map.
type entry struct {
	key   string
	at    Position // of the key
	value ast.Node
}

// parse returns the root of the file, nil (with a problem) when it is no YAML
// of one document.
func (r *reader) parse() (root ast.Node) {
	start := Position{File: r.file, Line: 1, Column: 1}
	if len(r.text) > maxFile {
		r.failAt(start, "", "the file is larger than %d MB", maxFile>>20)
		return nil
	}
	if line, what := excessive(r.text); what != "" {
		r.failAt(Position{File: r.file, Line: line, Column: 1}, "", "the file %s", what)
		return nil
	}
	// The parser has panicked on hostile input before; a file must not end the
	// process that reads it.
	defer func() {
		if recover() != nil {
			root = nil
			r.failAt(start, "check its indentation and quotes", "the file is not YAML")
		}
	}()
	file, err := parser.ParseBytes(r.text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		r.fail(file.Docs[1].Body, "write them into several files", "the file holds more than one document")
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		r.failAt(start, "", "the file is empty")
		return nil
	}
	return file.Docs[0].Body
}

func (r *reader) syntax(err error) {
	at := Position{File: r.file, Line: 1, Column: 1}
	text := err.Error()
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		text = syntax.GetMessage()
		at = r.tokenAt(syntax.GetToken())
	}
	hint := ""
	if strings.ContainsRune(text, '\t') || strings.Contains(text, "tab") {
		hint = "indent with spaces"
	}
	r.failAt(at, hint, "%s", strings.ReplaceAll(text, "\t", `\t`))
}

// excessive looks for what would keep the parser busy for minutes.
func excessive(text []byte) (line int, what string) {
	brackets, keys, indent := 0, 0, 0
	for l := range bytes.Lines(text) {
		line++
		marks := 0
		for i, c := range l {
			switch c {
			case '[', '{':
				brackets++
			case ']', '}':
				brackets = max(0, brackets-1)
			case '-', '?', '!', '&', '*', ':':
				if i+1 < len(l) && l[i+1] != '-' {
					marks++
				}
			}
		}
		content := bytes.TrimLeft(l, " ")
		lone := bytes.HasPrefix(content, []byte("-\n"))
		if at := len(l) - len(content); at != indent || !lone && !bytes.Contains(content, []byte(":")) {
			keys, indent = 0, at
		}
		keys++
		switch {
		case len(l) > maxLine:
			return line, fmt.Sprintf("has a line of more than %d octets", maxLine)
		case brackets > maxDepth:
			return line, fmt.Sprintf("is nested more than %d levels deep", maxDepth)
		case marks > maxMarks:
			return line, fmt.Sprintf("has more than %d marks in one line", maxMarks)
		case keys > maxKeys:
			return line, fmt.Sprintf("has a map of more than %d keys", maxKeys)
		}
	}
	return 0, ""
}

// bare takes the wrappings off a node that carry no value of their own.
func bare(n ast.Node) ast.Node {
	for {
		switch wrapped := n.(type) {
		case *ast.MappingKeyNode:
			n = wrapped.Value
		case *ast.DocumentNode:
			n = wrapped.Body
		default:
			return n
		}
	}
}

// at returns where a node begins.
func (r *reader) at(n ast.Node) Position {
	n = bare(n)
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if n == nil {
		return Position{File: r.file, Line: 1, Column: 1}
	}
	return r.tokenAt(n.GetToken())
}

func (r *reader) tokenAt(t *token.Token) Position {
	if t == nil || t.Position == nil {
		return Position{File: r.file, Line: 1, Column: 1}
	}
	return Position{File: r.file, Line: t.Position.Line, Column: t.Position.Column}
}

// entries returns the keys of a map in their order, nothing for any other
// node. Keys that are no plain text or come twice are reported and left out.
func (r *reader) entries(n ast.Node) []entry {
	m, ok := bare(n).(ast.MapNode)
	if !ok {
		return nil
	}
	var list []entry
	first := map[string]Position{}
	for it := m.MapRange(); it.Next(); {
		key := bare(it.Key())
		text, ok := scalarText(key)
		if !ok || text == "" {
			r.fail(it.Key(), "", "a key must be plain text: %s", notScalar(key))
			continue
		}
		e := entry{key: text, at: r.at(it.Key()), value: it.Value()}
		if at, twice := first[text]; twice {
			r.failAt(e.at, "", "`%s` is given twice: first in line %d", text, at.Line)
			continue
		}
		first[text] = e.at
		list = append(list, e)
	}
	return list
}

// mapping returns the keys of a node that must be a map.
func (r *reader) mapping(n ast.Node, what string) ([]entry, bool) {
	if _, ok := bare(n).(ast.MapNode); !ok {
		r.fail(n, "", "%s must be a map of keys and values", what)
		return nil, false
	}
	return r.entries(n), true
}

// items returns the elements of a node that must be a list.
func (r *reader) items(n ast.Node, what string) []ast.Node {
	list, ok := bare(n).(*ast.SequenceNode)
	if !ok {
		r.fail(n, "begin each of them with a dash", "%s must be a list", what)
		return nil
	}
	return list.Values
}

// scalarText returns a scalar as written: 0600, yes and 12:30 are what they
// look like.
func scalarText(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// notScalar says why a node is no plain value.
func notScalar(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "it is empty: give a value or leave the key out"
	case *ast.SequenceNode:
		return "one value is expected, not a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "one value is expected, not a map"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "anchors, aliases and merge keys are not understood: write it out"
	case *ast.TagNode:
		return "tags are not understood: leave it out"
	}
	return fmt.Sprintf("%s is not understood here", n.Type())
}
