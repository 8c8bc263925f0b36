package dialogs

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"repartee/sms"
)

// The limits of a flow.
const (
	maxStates       = 300
	maxReplies      = 50
	maxOptions      = 200
	maxNames        = 100
	maxExpressions  = 5000
	defaultLifetime = 24 * time.Hour
	defaultBudget   = 2
	defaultTries    = 3
)

var (
	flowName  = regexp.MustCompile(`^[a-z][a-z0-9.-]*$`)
	stateName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	savedName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// loader holds what one Load builds up.
type loader struct {
	*report
	env    Env
	flow   *Flow
	x      *expressions
	ways   []*way
	later  []pending
	texts  []*sayable
	saves  []saving
	choice map[string]*choice // what a name was saved from
	longs  map[string]int     // longest text that a saved name can hold
	named  []*expression      // may name an item of the catalogue
	// hasFailed: the flow says where a result goes that nothing else handles.
	hasFailed bool
	inState   string // the state that is read, empty for `anywhere`
}

// pending is an expression that waits for all saved names to be known.
type pending struct {
	e     *expression
	scope scope
	want  kind // kindAny: whatever
	what  string
}

// sayable is a text with what may stand in it.
type sayable struct {
	*text
	scope  scope
	budget bool   // count segments
	state  string // that it belongs to, empty for `anywhere`
}

// saving is a place where a name gets its value.
type saving struct {
	at   pos
	name string
	kind kind
	set  *assignment
	in   scope
}

// Load reads, checks and compiles one flow file of at most 256 KB. The flow is
// nil when a problem is more than a warning.
func Load(file string, src []byte, env Env) (*Flow, Problems) {
	r := &report{file: file}
	root := readYAML(src, r)
	if root == nil {
		return nil, r.sorted()
	}
	if env.Zone == nil {
		env.Zone = time.UTC
	}
	l := &loader{report: r, env: env, flow: &Flow{Version: env.Version, byName: map[string]*state{}, currency: env.Currency}, x: newExpressions(r, env.Fields), choice: map[string]*choice{}, longs: map[string]int{}}
	l.flowFile(root)
	l.resolve()
	if !r.found.Failed() {
		l.compileAll()
	}
	if !r.found.Failed() {
		l.check()
	}
	if r.found.Failed() {
		return nil, r.sorted()
	}
	l.flow.buildTable()
	l.flow.findNeeds()
	l.flow.names, l.flow.reads = l.x, maps.Clone(l.x.reads)
	l.flow.goesBack = slices.ContainsFunc(l.ways, func(w *way) bool { return w.kind == wayBack }) || slices.ContainsFunc(l.flow.states, (*state).returns)
	return l.flow, r.sorted()
}

func (r *report) sorted() Problems {
	slices.SortStableFunc(r.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.found
}

// keys checks that a map has only these keys.
func (l *loader) keys(n *node, what string, known ...string) bool {
	if n.kind != dict {
		l.err(n.pos, "", "%s must be a map, not %s", what, n.kind)
		return false
	}
	for _, p := range n.pairs {
		if slices.Contains(known, p.key) {
			continue
		}
		hint := "known: " + strings.Join(known, ", ")
		if near := nearest(p.key, known); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		l.err(p.at, hint, "unknown key `%s` in %s", p.key, what)
	}
	return true
}

// value is the text of a scalar.
func (l *loader) value(n *node, what string) string {
	if n == nil {
		return ""
	}
	if n.kind != scalar {
		l.err(n.pos, "", "`%s` wants a single value, not %s", what, n.kind)
		return ""
	}
	return n.text
}

func (l *loader) name(n *node, what string, form *regexp.Regexp) string {
	s := l.value(n, what)
	if n != nil && n.kind == scalar && (!form.MatchString(s) || len(s) > 64) {
		l.err(n.pos, "lower-case letters, digits and - are allowed", "`%s` is not a name for %s", s, what)
		return ""
	}
	return s
}

func (l *loader) integer(n *node, what string, low, high, otherwise int) int {
	if n == nil {
		return otherwise
	}
	i, err := strconv.Atoi(l.value(n, what))
	if err != nil || i < low || i > high {
		l.err(n.pos, "", "`%s` wants a whole number from %d to %d", what, low, high)
		return otherwise
	}
	return i
}

var durationForm = regexp.MustCompile(`^(?:\d{1,6}[smhdw])+$`)

func (l *loader) duration(n *node, what string) time.Duration {
	s := l.value(n, what)
	if !durationForm.MatchString(s) {
		l.err(n.pos, "write 90s, 30m, 2h, 1d or 1w", "`%s` is not a duration", s)
		return 0
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	var total time.Duration
	digits := 0
	for i := 0; i < len(s); i++ {
		if u, ok := units[s[i]]; ok {
			total += time.Duration(digits) * u
			digits = 0
			continue
		}
		digits = digits*10 + int(s[i]-'0')
	}
	if total <= 0 || total > 366*24*time.Hour {
		l.err(n.pos, "", "`%s` must be more than nothing and at most a year", what)
		return 0
	}
	return total
}

func oneOf[T any](l *loader, n *node, what string, values map[string]T) (v T) {
	if n == nil {
		return v
	}
	s := l.value(n, what)
	v, ok := values[s]
	if !ok && n.kind == scalar {
		known := make([]string, 0, len(values))
		for k := range values {
			known = append(known, k)
		}
		slices.Sort(known)
		l.err(n.pos, "one of: "+strings.Join(known, ", "), "`%s` is no value of `%s`", s, what)
	}
	return v
}

var (
	classes    = map[string]sms.Class{"marketing": sms.Marketing, "transactional": sms.Transactional}
	onKeywords = map[string]onKeyword{"suspend": keywordSuspend, "end": keywordEnd, "ignore": keywordIgnore}
)

func (l *loader) flowFile(root *node) {
	if !l.keys(root, "a flow", "flow", "title", "note", "start", "states", "class", "lifetime", "languages", "segments", "on_keyword", "failed", "inputs", "returns", "anywhere", "tests") {
		return
	}
	f := l.flow
	for _, k := range []string{"flow", "start", "states"} {
		if root.get(k) == nil {
			l.err(root.pos, "", "the flow has no `%s`", k)
		}
	}
	l.hasFailed = root.get("failed") != nil
	f.Name = l.name(root.get("flow"), "a flow", flowName)
	f.Title = l.value(root.get("title"), "title")
	f.Class, f.onKeyword = sms.Marketing, keywordSuspend
	if n := root.get("class"); n != nil {
		f.Class = oneOf(l, n, "class", classes)
	}
	if n := root.get("on_keyword"); n != nil {
		f.onKeyword = oneOf(l, n, "on_keyword", onKeywords)
	}
	f.Lifetime, f.budget = defaultLifetime, l.integer(root.get("segments"), "segments", 1, 10, defaultBudget)
	if n := root.get("lifetime"); n != nil {
		f.Lifetime = l.duration(n, "lifetime")
	}
	if n := root.get("tests"); n != nil {
		f.Tests, f.TestsLine = l.value(n, "tests"), n.line
	}
	l.languages(root.get("languages"))
	l.inputs(root.get("inputs"))
	if n := root.get("anywhere"); n != nil && l.keys(n, "`anywhere`", "note", "replies", "else", "timeout", "events") {
		f.anywhere = l.handlers(n, "anywhere.", nil)
	}
	l.states(root.get("states"))
	l.entry(root)
	l.checkReturns(root.get("returns"))
}

// entry resolves `start` and `failed`.
func (l *loader) entry(root *node) {
	for key, to := range map[string]**state{"start": &l.flow.start, "failed": &l.flow.failed} {
		n := root.get(key)
		if n == nil {
			continue
		}
		name := l.value(n, key)
		if *to = l.flow.byName[name]; *to == nil {
			l.noState(n.pos, name)
		}
	}
}

func (l *loader) noState(at pos, name string) {
	hint := ""
	if near := nearest(name, l.flow.States()); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	l.err(at, hint, "`%s` is not a state", name)
}

func (l *loader) languages(n *node) {
	f := l.flow
	f.Languages = slices.Clone(l.env.Languages)
	if n != nil {
		f.Languages = l.names(n, "languages", regexp.MustCompile(`^[a-z]{2,3}$`))
	}
	if len(f.Languages) == 0 {
		f.Languages = []string{"en"}
	}
	for _, name := range f.Languages {
		x := lexicons[name]
		if x == nil {
			x = &lexicon{language: name}
		}
		f.lexicons = append(f.lexicons, x)
	}
	for i := range f.lexicons {
		order := []*lexicon{f.lexicons[i]}
		for j, x := range f.lexicons {
			if j != i {
				order = append(order, x)
			}
		}
		f.hearing = append(f.hearing, order)
	}
}

// names reads one name or a list of names.
func (l *loader) names(n *node, what string, form *regexp.Regexp) []string {
	items := []*node{n}
	if n.kind == list {
		items = n.items
	}
	var out []string
	for _, i := range items {
		if s := l.name(i, what, form); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (l *loader) inputs(n *node) {
	if n == nil {
		return
	}
	if n.kind != dict {
		l.err(n.pos, "write {table: text}", "`inputs` must be a map, not %s", n.kind)
		return
	}
	for _, p := range n.pairs {
		in := inputSpec{name: p.key, at: p.at, required: true}
		if !l.savable(p.at, p.key) {
			continue
		}
		typ := p.value
		if p.value.kind == dict {
			if l.keys(p.value, "an input", "type", "default", "note"); p.value.get("type") == nil {
				l.err(p.at, "", "input `%s` has no `type`", p.key)
				continue
			}
			typ = p.value.get("type")
		}
		k, ok := kindNamed(l.value(typ, "type"))
		if !ok {
			l.err(typ.pos, "text, number, money, flag, date, time, datetime, phone, list or map", "`%s` is no type", typ.text)
			continue
		}
		in.kind = k
		if d := p.value.get("default"); d != nil {
			in.required = false
			if in.value, ok = k.read(l.value(d, "default"), l.env.Currency, l.env.Zone); !ok {
				l.err(d.pos, "", "`%s` is no %s", d.text, k)
			}
		}
		l.x.inputs[p.key] = k
		l.flow.inputs = append(l.flow.inputs, in)
	}
}

// savable checks a name that a value is saved under.
func (l *loader) savable(at pos, name string) bool {
	if !savedName.MatchString(name) || len(name) > 40 {
		l.err(at, "lower-case letters, digits and _ are allowed", "`%s` is not a name to save under", name)
		return false
	}
	if why := reservedName(name); why != "" {
		l.err(at, "choose another name", "saved name `%s` is %s", name, why)
		return false
	}
	return true
}
