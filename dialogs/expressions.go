package dialogs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// The bounds of one expression: what a hostile one may cost.
const (
	maxNodes      = 500
	memoryBudget  = 20_000
	maxPredicates = 4
	maxSource     = 4000
)

// expression is one compiled expression.
type expression struct {
	at   pos
	src  string
	prog *vm.Program
	kind kind
	// uses are the saved names that it reads without a guard.
	uses []string
	// constant is set for a literal, which needs no run.
	constant any
}

// machines are reused: a machine keeps its stack between runs.
var machines = sync.Pool{New: func() any { return &vm.VM{MemoryBudget: memoryBudget} }}

// run evaluates the expression.
func (e *expression) run(env map[string]any) (any, error) {
	if e.prog == nil {
		return e.constant, nil
	}
	m := machines.Get().(*vm.VM)
	v, err := m.Run(e.prog, env)
	if err != nil {
		return nil, fmt.Errorf("line %d: %s: %s", e.at.line, e.src, firstLine(err.Error()))
	}
	machines.Put(m)
	return v, nil
}

// scope is what an expression may name at its place.
type scope struct {
	answer  kind
	answers bool // there is an `answer`
	event   bool
	menu    bool
	unknown bool
	// prints: a missing value prints nothing, so it needs no guard.
	prints bool
}

// optional members may be missing; everything else is always there.
var (
	contactMembers = map[string]types.Type{
		"msisdn": types.String, "country": types.String, "time_zone": types.String, "tags": types.Array(types.Any),
		"first_name": types.Any, "last_name": types.Any, "language": types.Any, "postcode": types.Any, "birthday": types.Any, "card": types.Any,
	}
	contactOptional = map[string]bool{"first_name": true, "last_name": true, "language": true, "postcode": true, "birthday": true, "card": true}
	programMembers  = types.Map{
		"name": types.String, "brand": types.String, "contact": types.String, "country": types.String, "currency": types.String, "time_zone": types.String,
	}
	conversationMembers = types.Map{"started": timeType, "reference": types.String}
	rootNames           = types.Map{
		"program": programMembers, "conversation": conversationMembers, "now": timeType, "today": dateType, "lang": types.String,
		"short_code": types.String, "keyword": types.Any, "place": types.Any, "args": types.String, "text": types.String, "visits": types.Int, "tries": types.Int,
	}
	rootOptional = map[string]bool{"keyword": true, "place": true}
	// inPlace are names that exist at some places only.
	inPlace = []string{"answer", "event", "it", "menu", "unknown"}
)

// reservedName says why a saved name cannot be used.
func reservedName(name string) string {
	_, root := rootNames[name]
	switch {
	case functionNames[name] != nil || slices.Contains(builtins, name) || unavailable[name]:
		return "a function"
	case root || name == "contact" || name == "inputs" || name == "cart" || name == "catalogue" || slices.Contains(inPlace, name):
		return "a name of the flow language"
	case slices.Contains([]string{"true", "false", "nil", "let", "in", "not", "and", "or", "if", "else", "matches", "contains"}, name):
		return "a word of the expression language"
	}
	return ""
}

// expressions compiles the expressions of one flow.
type expressions struct {
	report  *report
	saved   map[string]kind // saved names
	inputs  map[string]kind
	fields  map[string]string // declared contact fields
	base    []expr.Option
	labelOf map[string]bool // saved names that hold a choice
}

func newExpressions(r *report, fields map[string]string) *expressions {
	x := &expressions{report: r, saved: map[string]kind{}, inputs: map[string]kind{}, fields: fields, labelOf: map[string]bool{}}
	x.base = []expr.Option{expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes)}
	for _, b := range builtins {
		x.base = append(x.base, expr.EnableBuiltin(b))
	}
	for _, f := range functions {
		x.base = append(x.base, expr.Function(f.name, f.call, f.types...))
	}
	x.base = append(x.base, operators()...)
	return x
}

func (x *expressions) names(s scope) types.Map {
	env := maps.Clone(rootNames)
	contact := types.Map(maps.Clone(contactMembers))
	for f := range x.fields {
		contact[f] = types.Any
	}
	inputs := types.Map{}
	for n, k := range x.inputs {
		inputs[n], env[n] = k.typed(), k.typed()
	}
	for n, k := range x.saved {
		env[n] = k.typed()
	}
	env["contact"], env["inputs"], env["_speaker"] = contact, inputs, types.TypeOf(&speaker{})
	if s.answers {
		env["answer"] = s.answer.typed()
	}
	if s.event {
		env["event"] = types.Map{types.Extra: types.Any}
	}
	if s.menu {
		env["menu"] = types.String
	}
	if s.unknown {
		env["unknown"] = types.String
	}
	return env
}

// compile checks and compiles an expression; a nil result has been reported.
func (x *expressions) compile(e *expression, s scope) bool {
	if len(e.src) > maxSource {
		x.report.err(e.at, "", "the expression is longer than %d characters", maxSource)
		return false
	}
	tree, err := parser.Parse(e.src)
	if err != nil {
		x.report.err(e.at, "", "`%s` is no expression: %s", e.src, firstLine(err.Error()))
		return false
	}
	env := x.names(s)
	w := &walker{x: x, e: e, env: env, scope: s}
	w.walk(tree.Node, guards{lenient: s.prints})
	if w.failed {
		return false
	}
	p := &patcher{x: x}
	opts := append(slices.Clip(x.base), expr.Env(env), expr.Patch(p))
	prog, err := expr.Compile(e.src, opts...)
	if err != nil {
		x.report.err(e.at, "", "`%s`: %s", e.src, firstLine(err.Error()))
		return false
	}
	e.prog = prog
	if n := prog.Node(); n != nil {
		e.kind = kindOf(n.Type())
		if id, ok := n.(*ast.IdentifierNode); ok {
			e.kind = x.kindOfName(id.Value, s, e.kind)
		}
	}
	slices.Sort(e.uses)
	e.uses = slices.Compact(e.uses)
	return true
}

func (x *expressions) kindOfName(name string, s scope, otherwise kind) kind {
	if k, ok := x.saved[name]; ok {
		return k
	}
	if k, ok := x.inputs[name]; ok {
		return k
	}
	if name == "answer" && s.answers {
		return s.answer
	}
	return otherwise
}

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
func (g guards) loose() guards  { g.lenient = true; return g }
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
	if rootOptional[name] {
		w.missing(name, g)
	}
}

func (w *walker) unknown(name string) {
	if slices.Contains(inPlace, name) {
		w.fail("", "`%s` is not known at this place", name)
		return
	}
	if name == "cart" || name == "catalogue" {
		w.fail("", "`%s` is not available in this version", name)
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
	case unavailable[id.Value]:
		w.fail("", "`%s()` is not available in this version", id.Value)
		return
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

// patcher makes every `.` an optional one and hands the speaker to the
// functions that speak.
type patcher struct{ x *expressions }

func (p *patcher) Visit(n *ast.Node) {
	switch v := (*n).(type) {
	case *ast.MemberNode:
		if _, ok := v.Property.(*ast.StringNode); ok && !v.Optional {
			v.Optional = true
			if c, ok := v.Node.(*ast.ChainNode); ok {
				v.Node = c.Node
			}
			ast.Patch(n, &ast.ChainNode{Node: v})
		}
	case *ast.CallNode:
		id, ok := v.Callee.(*ast.IdentifierNode)
		if !ok || functionNames[id.Value] == nil || !functionNames[id.Value].speaks {
			return
		}
		args := []ast.Node{&ast.IdentifierNode{Value: "_speaker"}}
		if id.Value == "label" && len(v.Arguments) == 1 {
			args = append(args, &ast.StringNode{Value: path(v.Arguments[0])})
		}
		v.Arguments = append(args, v.Arguments...)
	}
}
