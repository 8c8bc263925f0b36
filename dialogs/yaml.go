package dialogs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxFile     = 256 << 10
	maxDepth    = 48
	maxProblems = 200
	maxKeys     = 1000 // of one map: the parser takes the square of their number
)

type nodeKind uint8

const (
	scalar nodeKind = iota
	list
	dict
)

func (k nodeKind) String() string { return [...]string{"a value", "a list", "a map"}[k] }

// pos is a place in the file.
type pos struct{ line, col int }

// node is one value of the file. Scalars are the text as written: what they
// mean is decided by the key that they stand at, never by YAML.
type node struct {
	pos
	kind   nodeKind
	text   string
	braces []pos // what stands behind each {{ of a quoted text of one line
	pairs  []pair
	items  []*node
}

type pair struct {
	key   string
	at    pos
	value *node
}

// get returns the value of a key, nil when it is absent.
func (n *node) get(key string) *node {
	for i := range n.pairs {
		if n.pairs[i].key == key {
			return n.pairs[i].value
		}
	}
	return nil
}

// report collects problems of one file.
type report struct {
	file  string
	found Problems
}

func (r *report) err(at pos, hint, format string, args ...any) {
	r.add(at, hint, false, format, args...)
}

func (r *report) warn(at pos, hint, format string, args ...any) {
	r.add(at, hint, true, format, args...)
}

func (r *report) add(at pos, hint string, warning bool, format string, args ...any) {
	p := Problem{File: r.file, Line: max(at.line, 1), Column: max(at.col, 1), Text: fmt.Sprintf(format, args...), Hint: hint, Warning: warning}
	if len(r.found) >= maxProblems && (warning || r.found.Failed()) {
		return // what comes after so many helps nobody
	}
	if slices.Contains(r.found, p) {
		return
	}
	r.found = append(r.found, p)
}

// readYAML turns the source into nodes, nil when it is no YAML document of
// the kind that flows are written in.
func readYAML(src []byte, r *report) (root *node) {
	if len(src) > maxFile {
		r.err(pos{1, 1}, "split the flow", "the file has %d KB, 256 are allowed", len(src)>>10)
		return nil
	}
	// The parser is another's: whatever it does with hostile input stays here.
	defer func() {
		if p := recover(); p != nil {
			r.err(pos{1, 1}, "check brackets, quotes and indentation", "the file is not readable as YAML")
			root = nil
		}
	}()
	text := strings.TrimPrefix(string(src), "\ufeff")
	tokens := lexer.Tokenize(text)
	if !tokensSound(tokens, r) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, msg := syntaxError(err)
		r.err(at, syntaxHint(text, at), "not readable as YAML: %s", msg)
		return nil
	}
	if len(file.Docs) == 0 || len(file.Docs) == 1 && file.Docs[0].Body == nil {
		r.err(pos{1, 1}, "begin it with flow: NAME", "the file is empty")
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.err(pos{1, 1}, "one file holds one flow", "the file holds %d documents", len(file.Docs))
		return nil
	}
	return convert(file.Docs[0].Body, r, 0)
}

func syntaxError(err error) (pos, string) {
	at := pos{1, 1}
	var se *yaml.SyntaxError
	if !errors.As(err, &se) {
		return at, err.Error()
	}
	if se.Token != nil && se.Token.Position != nil {
		at = pos{se.Token.Position.Line, se.Token.Position.Column}
	}
	return at, se.Message
}

// syntaxHint guesses from the line what the writer forgot.
func syntaxHint(text string, at pos) string {
	lines := strings.SplitN(text, "\n", at.line+1)
	if at.line > len(lines) {
		return ""
	}
	line := lines[at.line-1]
	switch {
	case strings.Contains(line, "\t"):
		return "use spaces, not tabs"
	case strings.Count(line, `"`)%2 == 1:
		return "close the double quotes"
	case strings.Contains(line, ": {{"):
		return "put a text that holds {{ }} in double quotes"
	case strings.Count(line, ": ") > 1 && !strings.Contains(line, "{"):
		return "put a text that holds `: ` in double quotes"
	}
	return "check brackets, quotes and indentation"
}

// tokensSound refuses what the parser would not survive (deep nesting, maps
// without end) and what flows may not hold.
func tokensSound(tokens token.Tokens, r *report) bool {
	shape := shape{keys: map[int]int{}}
	for _, t := range tokens {
		at := pos{t.Position.Line, t.Position.Column}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType, token.MappingKeyType:
			r.err(at, "write the value out", "%q is not part of the flow language: no tags, anchors, aliases, merge keys, directives or ? keys", strings.TrimSpace(t.Value))
			return false
		case token.InvalidType:
			r.err(at, invalidHint(t.Origin), "not readable as YAML: %s", firstLine(t.Error))
			return false
		}
		if problem := shape.add(t); problem != "" {
			r.err(at, "", "%s", problem)
			return false
		}
	}
	return true
}

// shape follows how deep and how wide a file is.
type shape struct {
	depth, dashes, line int
	keys                map[int]int // by column: keys of the block map there
}

func (s *shape) add(t *token.Token) string {
	if t.Position.Line != s.line {
		s.line, s.dashes = t.Position.Line, 0
	}
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		s.depth++
	case token.MappingEndType, token.SequenceEndType:
		s.depth--
	case token.SequenceEntryType:
		s.dashes++
		s.leave(t.Position.Column)
	case token.MappingValueType:
		if s.depth > 0 || t.Prev == nil {
			break
		}
		column := t.Prev.Position.Column
		s.leave(column)
		if s.keys[column]++; s.keys[column] > maxKeys {
			return fmt.Sprintf("more than %d keys in one map", maxKeys)
		}
	}
	if s.depth > maxDepth || s.dashes > maxDepth || len(s.keys) > maxDepth {
		return "nested too deeply"
	}
	return ""
}

// leave forgets the maps to the right of a column: they have ended.
func (s *shape) leave(column int) {
	for c := range s.keys {
		if c > column {
			delete(s.keys, c)
		}
	}
}

func invalidHint(origin string) string {
	if strings.Contains(origin, "\t") {
		return "indent with spaces, not tabs"
	}
	return "check quotes and brackets"
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func convert(n ast.Node, r *report, depth int) *node {
	if depth > 2*maxDepth {
		r.err(position(n), "", "nested too deeply")
		return nil
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return convertDict(n.Values, position(n), r, depth)
	case *ast.MappingValueNode:
		return convertDict([]*ast.MappingValueNode{n}, position(n), r, depth)
	case *ast.SequenceNode:
		out := &node{pos: position(n), kind: list}
		for _, v := range n.Values {
			if c := convert(v, r, depth+1); c != nil {
				out.items = append(out.items, c)
			}
		}
		return out
	case *ast.NullNode:
		at := position(n)
		if s := n.GetToken().Value; n.GetToken().Type == token.NullType && s != "" {
			return plain(at, s, r)
		}
		r.err(at, "", "the value is empty")
		return nil
	case *ast.LiteralNode:
		return &node{pos: position(n), text: n.Value.Value}
	case *ast.StringNode:
		at := position(n)
		if t := n.Token.Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			return &node{pos: at, text: n.Value, braces: braces(at, n.Token.Origin)}
		}
		return plain(at, n.Value, r)
	case ast.ScalarNode:
		return plain(position(n), n.GetToken().Value, r)
	}
	r.err(position(n), "write a value, a list or a map", "not understood here")
	return nil
}

// braces finds where the expressions of a quoted text begin, as the file writes
// it.
func braces(at pos, origin string) (found []pos) {
	written := strings.TrimSpace(origin)
	if strings.Contains(written, "\n") {
		return nil
	}
	col := at.col
	for {
		before, after, open := strings.Cut(written, "{{")
		if !open {
			return found
		}
		written = strings.TrimLeft(after, " ")
		col += runes(before) + len("{{") + len(after) - len(written)
		found = append(found, pos{at.line, col})
	}
}

// plain is an unquoted scalar.
func plain(at pos, text string, r *report) *node {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		r.err(at, "", "the value is empty")
		return nil
	case strings.HasPrefix(text, "“") || strings.HasPrefix(text, "”") || strings.HasPrefix(text, "‘") || strings.HasPrefix(text, "«"):
		r.err(at, `use straight quotes: "…"`, "typographic quotes are part of the text here")
	}
	return &node{pos: at, text: text}
}

func convertDict(values []*ast.MappingValueNode, at pos, r *report, depth int) *node {
	out := &node{pos: at, kind: dict}
	seen := make(map[string]bool, len(values))
	for i, v := range values {
		keyAt := position(v.Key)
		if i == 0 {
			out.pos = keyAt
		}
		key := keyText(v.Key)
		if seen[key] {
			r.err(keyAt, "", "key `%s` stands here twice", key)
			continue
		}
		seen[key] = true
		if null, ok := v.Value.(*ast.NullNode); ok && null.GetToken().Type != token.NullType || v.Value == nil {
			r.err(keyAt, "", "`%s` has no value", key)
			continue
		}
		if c := convert(v.Value, r, depth+1); c != nil {
			out.pairs = append(out.pairs, pair{key, keyAt, c})
		}
	}
	return out
}

func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return strings.TrimSpace(k.GetToken().Value)
}

// position of a block map is its first key: the node's own token is a colon.
func position(n ast.Node) pos {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 && !m.IsFlowStyle {
			return position(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(m.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return pos{t.Position.Line, t.Position.Column}
	}
	return pos{1, 1}
}

// nearest returns the candidate that is most like the word, empty when none
// is close enough to be meant.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", 3
	if len(word) <= 3 {
		bestDistance = 2
	}
	for _, c := range candidates {
		if d := distance(word, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the number of edits (insert, delete, replace, swap of
// neighbours) between two words.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(y)]
}
