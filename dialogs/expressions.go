package dialogs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
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
	it      bool
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
	catalogueMembers = types.Map{"items": types.Array(types.Any)}
	cartMembers      = types.Map{
		"lines": types.Array(types.Any), "count": types.Int, "total": moneyType,
		"open": types.Map{"name": types.String, "option": types.String, "choices": types.Array(types.Any)},
	}
	conversationMembers = types.Map{"started": timeType, "reference": types.String}
	rootNames           = types.Map{
		"program": programMembers, "cart": cartMembers, "catalogue": catalogueMembers, "conversation": conversationMembers, "now": timeType, "today": dateType, "lang": types.String,
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
	case functionNames[name] != nil || slices.Contains(builtins, name):
		return "a function"
	case root || name == "contact" || name == "inputs" || slices.Contains(inPlace, name):
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
	reads   map[string]bool // the names that some expression reads
}

func newExpressions(r *report, fields map[string]string) *expressions {
	x := &expressions{report: r, saved: map[string]kind{}, inputs: map[string]kind{}, fields: fields, labelOf: map[string]bool{}, reads: map[string]bool{}}
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
	if s.it {
		env["it"] = types.Any
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
		x.report.err(e.at, "", "`%s` is no expression: %s", e.src, complaint(err))
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
		x.report.err(e.at, "", "`%s`: %s", e.src, complaint(err))
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

var exprPlace = regexp.MustCompile(` \(\d+:\d+\)$`)

// complaint is what the compiler says, without the place within the expression.
func complaint(err error) string { return exprPlace.ReplaceAllString(firstLine(err.Error()), "") }

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
