package dialogs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/types"
)

// guards are the facts that hold at a place of an expression.
type guards struct {
	lenient   bool            // a missing value is fine here
	coalesced bool            // left of `??`, or compared with nil
	present   map[string]bool // paths known to be there
	predicate bool
}

func (g guards) with(paths []string) guards {
	if len(paths) == 0 {
		return g
	}
	p := maps.Clone(g.present)
	if p == nil {
		p = map[string]bool{}
	}
	for _, s := range paths {
		p[s] = true
	}
	g.present = p
	return g
}

func (g guards) strict() guards { g.lenient, g.coalesced = false, false; return g }
func (g guards) beside() guards { g.lenient, g.coalesced = true, true; return g }

// walker holds the rules that expr-lang does not know: which names exist (with
// a proposal), what may be missing, what would cost too much.
type walker struct {
	x          *expressions
	e          *expression
	env        types.Map
	scope      scope
	predicates int
	failed     bool
}

func (w *walker) fail(hint, format string, args ...any) {
	w.failed = true
	w.x.report.err(w.e.at, hint, format, args...)
}

func (w *walker) walk(n ast.Node, g guards) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		w.identifier(n.Value, g)
	case *ast.ChainNode:
		w.walk(n.Node, g)
	case *ast.MemberNode:
		w.member(n, g)
	case *ast.UnaryNode:
		w.walk(n.Node, g.strict())
	case *ast.BinaryNode:
		w.binary(n, g)
	case *ast.ConditionalNode:
		w.walk(n.Cond, g.strict())
		w.walk(n.Exp1, g.with(present(n.Cond, "!=")))
		w.walk(n.Exp2, g.with(present(n.Cond, "==")))
	case *ast.CallNode:
		w.call(n, g)
	case *ast.BuiltinNode:
		w.builtin(n, g)
	case *ast.PredicateNode:
		g.predicate = true
		w.walk(n.Node, g.strict())
	case *ast.SliceNode:
		w.each(g.strict(), n.Node, n.From, n.To)
	case *ast.ArrayNode:
		if g.predicate {
			w.fail("", "`%s` makes a list inside a predicate", w.e.src)
		}
		w.each(g.strict(), n.Nodes...)
	case *ast.MapNode:
		if g.predicate {
			w.fail("", "`%s` makes a map inside a predicate", w.e.src)
		}
		for _, p := range n.Pairs {
			w.walk(p.(*ast.PairNode).Value, g.strict())
		}
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		w.fail("save the value with `set` in a state", "`let` and `;` are not part of expressions here")
	}
}

func (w *walker) each(g guards, nodes ...ast.Node) {
	for _, n := range nodes {
		if n != nil {
			w.walk(n, g)
		}
	}
}

func (w *walker) identifier(name string, g guards) {
	if _, ok := w.env[name]; !ok || strings.HasPrefix(name, "_") {
		w.unknown(name)
		return
	}
	if _, saved := w.x.saved[name]; saved && !g.present[name] && !g.coalesced {
		w.e.uses = append(w.e.uses, name)
	}
	w.x.reads[name] = true
	if rootOptional[name] {
		w.missing(name, g)
	}
}

func (w *walker) unknown(name string) {
	if slices.Contains(inPlace, name) {
		w.fail("", "`%s` is not known at this place", name)
		return
	}
	hint := fmt.Sprintf("for the text write \"'%s'\"", name)
	bare := w.e.src == name && !w.scope.prints
	if near := nearest(name, slices.Sorted(maps.Keys(w.env))); near != "" && !strings.HasPrefix(near, "_") && (!bare || distance(name, near) == 1) {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	w.fail(hint, "`%s` is not known here", name)
}

func (w *walker) missing(path string, g guards) {
	if g.lenient || g.present[path] {
		return
	}
	w.fail(fmt.Sprintf("write `%s ?? '…'`", path), "`%s` may be missing", path)
}

// path is the dotted name that a node reads, empty for another kind of node.
func path(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.ChainNode:
		return path(n.Node)
	case *ast.MemberNode:
		if s, ok := n.Property.(*ast.StringNode); ok {
			if p := path(n.Node); p != "" {
				return p + "." + s.Value
			}
		}
	}
	return ""
}

func (w *walker) member(n *ast.MemberNode, g guards) {
	root, member := path(n.Node), ""
	if s, ok := n.Property.(*ast.StringNode); ok {
		member = s.Value
	} else {
		w.walk(n.Property, g.strict())
	}
	inner := g
	if g.present[path(n)] {
		inner = g.beside() // a.b != nil says that a is there
	}
	w.walk(n.Node, inner)
	if m, ok := w.env[root].(types.Map); ok && member != "" {
		if _, open := m[types.Extra]; !open && m[member] == nil {
			hint := ""
			if near := nearest(member, slices.Sorted(maps.Keys(m))); near != "" {
				hint = fmt.Sprintf("did you mean `%s.%s`?", root, near)
			}
			w.fail(hint, "`%s.%s` is not known", root, member)
			return
		}
	}
	if root == "cart" && member == "open" {
		w.missing("cart.open", g)
	}
	if root == "contact" && (contactOptional[member] || w.x.fields[member] != "") {
		w.missing("contact."+member, g)
	}
}

func (w *walker) binary(n *ast.BinaryNode, g guards) {
	_, nilLeft := n.Left.(*ast.NilNode)
	_, nilRight := n.Right.(*ast.NilNode)
	switch {
	case n.Operator == "??":
		w.walk(n.Left, g.beside())
		w.walk(n.Right, g)
	case n.Operator == "&&" || n.Operator == "and":
		w.walk(n.Left, g.strict())
		w.walk(n.Right, g.strict().with(present(n.Left, "!=")))
	case n.Operator == "||" || n.Operator == "or":
		w.walk(n.Left, g.strict())
		w.walk(n.Right, g.strict().with(present(n.Left, "==")))
	case (n.Operator == "==" || n.Operator == "!=") && (nilLeft || nilRight):
		w.each(g.beside(), n.Left, n.Right)
	case n.Operator == "..":
		w.fail("", "`..` is not part of expressions here")
	case n.Operator == "matches":
		if _, ok := n.Right.(*ast.StringNode); !ok {
			w.fail("", "`matches` wants a fixed pattern")
		}
		w.walk(n.Left, g.strict())
	default:
		w.each(g.strict(), n.Left, n.Right)
	}
}

// present lists the paths that are there when the condition is true (for
// operator "!=") or false (for "==").
func present(cond ast.Node, operator string) []string {
	b, ok := cond.(*ast.BinaryNode)
	if !ok {
		return nil
	}
	joint := b.Operator == "&&" || b.Operator == "and"
	if operator == "==" {
		joint = b.Operator == "||" || b.Operator == "or"
	}
	if joint {
		return append(present(b.Left, operator), present(b.Right, operator)...)
	}
	if b.Operator != operator {
		return nil
	}
	if _, ok := b.Right.(*ast.NilNode); ok && path(b.Left) != "" {
		return []string{path(b.Left)}
	}
	if _, ok := b.Left.(*ast.NilNode); ok && path(b.Right) != "" {
		return []string{path(b.Right)}
	}
	return nil
}

func (w *walker) call(n *ast.CallNode, g guards) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		w.fail("", "methods cannot be called in `%s`", w.e.src)
		return
	}
	f := functionNames[id.Value]
	switch {
	case f == nil:
		names := append(slices.Sorted(maps.Keys(functionNames)), builtins...)
		hint := ""
		if near := nearest(id.Value, names); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		w.fail(hint, "there is no function `%s`", id.Value)
		return
	}
	if id.Value == "label" {
		if len(n.Arguments) != 1 || !w.x.labelOf[path(n.Arguments[0])] {
			w.fail("label(NAME) wants a name that a `choice` was saved under", "`%s` holds no choice", w.e.src)
			return
		}
	}
	for _, a := range n.Arguments {
		w.walk(a, g.strict())
	}
}

func (w *walker) builtin(n *ast.BuiltinNode, g guards) {
	if !slices.Contains(builtins, n.Name) && n.Name != "get" {
		w.call(&ast.CallNode{Callee: &ast.IdentifierNode{Value: n.Name}, Arguments: n.Arguments}, g)
		return
	}
	if predicates[n.Name] {
		w.predicates++
		if g.predicate {
			w.fail("", "a predicate inside a predicate in `%s`", w.e.src)
		}
		if w.predicates > maxPredicates {
			w.fail("", "more than %d of filter, map, any … in `%s`", maxPredicates, w.e.src)
		}
	}
	w.each(g.strict(), n.Arguments...)
}
