package dialogs

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// builtins are the functions of expr-lang that flows may use; all others are
// switched off.
var builtins = []string{"len", "lower", "upper", "trim", "first", "last", "take", "count", "sum", "min", "max", "abs", "round", "int", "filter", "map", "any", "all", "none", "one", "find", "sort", "sortBy"}

// predicates are the built-ins that run an expression per element.
var predicates = map[string]bool{"count": true, "sum": true, "filter": true, "map": true, "any": true, "all": true, "none": true, "one": true, "find": true, "sortBy": true}

// function is one of ours. Those that speak get the turn's *speaker as their
// first argument: an AST patch adds it.
type function struct {
	name   string
	call   func(args ...any) (any, error)
	types  []any
	speaks bool
}

var functions = []function{
	{"plural", pluralText, []any{new(func(*speaker, any, string, string) string), new(func(*speaker, any, map[string]any) string)}, true},
	{"date", dateText, []any{new(func(*speaker, any) string), new(func(*speaker, any, string) string)}, true},
	{"clock", clockText, []any{new(func(*speaker, any) string)}, true},
	{"weekday", weekday, []any{new(func(*speaker, any) string)}, true},
	{"money", moneyOf, []any{new(func(*speaker, any) Money)}, true},
	{"datetime", datetimeOf, []any{new(func(*speaker, any) time.Time)}, true},
	{"join", joinList, []any{new(func(*speaker, []any, string) string)}, true},
	{"string", stringOf, []any{new(func(*speaker, any) string)}, true},
	{"label", labelOf, []any{new(func(*speaker, string, any) string)}, true},
	{"minutes", duration(time.Minute), []any{new(func(any) time.Duration)}, false},
	{"hours", duration(time.Hour), []any{new(func(any) time.Duration)}, false},
	{"days", duration(24 * time.Hour), []any{new(func(any) time.Duration)}, false},
	{"subscribed", subscribedTo, []any{new(func(*speaker) bool), new(func(*speaker, string) bool)}, true},
	{"cut", cut, []any{new(func(any, int) string)}, false},
}

var functionNames = func() map[string]*function {
	out := make(map[string]*function, len(functions))
	for i := range functions {
		out[functions[i].name] = &functions[i]
	}
	return out
}()

// subscribedTo reports whether the person gets the program's marketing, the
// conversation's own program's without a name.
func subscribedTo(args ...any) (any, error) {
	p, name := args[0].(*speaker), ""
	if len(args) > 1 {
		name, _ = args[1].(string)
	}
	return p.subscribed != nil && p.subscribed(name), nil
}

var errText = errors.New("the text is longer than 2000 characters")

func pluralText(args ...any) (any, error) {
	p := args[0].(*speaker)
	n, ok := float(args[1])
	if !ok {
		return nil, fmt.Errorf("plural wants a number, not %v", kindOfValue(args[1]))
	}
	if forms, ok := args[2].(map[string]any); ok {
		if s, ok := forms[p.pluralOf(n)].(string); ok {
			return s, nil
		}
		s, _ := forms["other"].(string)
		return s, nil
	}
	if p.pluralOf(n) == "one" {
		return args[2], nil
	}
	return args[3], nil
}

func kindOfValue(v any) kind {
	if v == nil {
		return kindAny
	}
	return kindOf(reflect.TypeOf(v))
}

func dateText(args ...any) (any, error) {
	p := args[0].(*speaker)
	long := len(args) > 2 && args[2] == "long"
	switch x := args[1].(type) {
	case time.Time:
		return p.date(dateOf(x.In(p.zone)), long), nil
	case Date:
		return p.date(x, long), nil
	case string:
		if d, ok := parseDate(x); ok {
			return p.date(d, long), nil
		}
	case nil:
		return "", nil
	}
	return nil, errors.New("date wants a date or a datetime")
}

func clockText(args ...any) (any, error) {
	p := args[0].(*speaker)
	switch x := args[1].(type) {
	case time.Time:
		return p.clock(clockOf(x.In(p.zone))), nil
	case Clock:
		return p.clock(x), nil
	case nil:
		return "", nil
	}
	return nil, errors.New("clock wants a time or a datetime")
}

func weekday(args ...any) (any, error) {
	p := args[0].(*speaker)
	var t time.Time
	switch x := args[1].(type) {
	case time.Time:
		t = x.In(p.zone)
	case Date:
		t = x.at(time.UTC)
	default:
		return nil, errors.New("weekday wants a date or a datetime")
	}
	return strings.ToLower(t.Weekday().String()[:3]), nil
}

func moneyOf(args ...any) (any, error) {
	p := args[0].(*speaker)
	if m, ok := args[1].(Money); ok {
		return m, nil
	}
	c, ok := cents(args[1], p.currency)
	if !ok {
		return nil, errors.New("money wants a number")
	}
	return Money{c, p.currency}, nil
}

func datetimeOf(args ...any) (any, error) {
	p := args[0].(*speaker)
	switch x := args[1].(type) {
	case time.Time:
		return x, nil
	case string:
		if t, ok := parseDatetime(x, p.zone); ok {
			return t.In(p.zone), nil
		}
	}
	return nil, errors.New("datetime wants a text such as 2026-11-20T12:00")
}

func joinList(args ...any) (any, error) {
	xs, ok := args[1].([]any)
	between, ok2 := args[2].(string)
	if !ok || !ok2 {
		return "", errors.New("join wants a list and a text")
	}
	var b strings.Builder
	args[0].(*speaker).list(&b, xs, between, 0)
	return limited(b.String())
}

func stringOf(args ...any) (any, error) { return limited(args[0].(*speaker).print(args[1])) }

// labelOf gives the menu label of a saved choice; the patch adds its name.
func labelOf(args ...any) (any, error) {
	name, ok := args[1].(string)
	if !ok || args[2] == nil {
		return "", nil
	}
	return args[0].(*speaker).labels(name, args[2])
}

func duration(unit time.Duration) func(args ...any) (any, error) {
	return func(args ...any) (any, error) {
		n, ok := float(args[0])
		if !ok || n > 1e5 || n < -1e5 {
			return nil, errors.New("a number of at most 100000 is expected")
		}
		return time.Duration(n * float64(unit)), nil
	}
}

func cut(args ...any) (any, error) {
	s, ok := args[0].(string)
	n, ok2 := args[1].(int)
	if args[0] == nil {
		return "", nil
	}
	if !ok || !ok2 {
		return nil, errors.New("cut wants a text and a number")
	}
	r := []rune(s)
	return string(r[:max(0, min(n, len(r)))]), nil
}

func limited(s string) (any, error) {
	if len(s) > 4*maxText {
		return nil, errText
	}
	return s, nil
}

// operators lists what + - * and the comparisons do beyond numbers.
func operators() []expr.Option {
	type m = Money
	order := []any{
		new(func(m, m) bool), new(func(m, int) bool), new(func(int, m) bool), new(func(m, float64) bool), new(func(float64, m) bool),
		new(func(Date, Date) bool), new(func(Date, string) bool), new(func(string, Date) bool), new(func(time.Time, Date) bool), new(func(Date, time.Time) bool),
		new(func(Clock, Clock) bool), new(func(Clock, string) bool), new(func(string, Clock) bool), new(func(time.Time, Clock) bool), new(func(Clock, time.Time) bool),
		new(func(time.Time, string) bool), new(func(string, time.Time) bool), new(func(time.Time, time.Time) bool),
		new(func(Money, any) bool), new(func(any, Money) bool), new(func(Date, any) bool), new(func(any, Date) bool), new(func(Clock, any) bool), new(func(any, Clock) bool),
	}
	opts := []expr.Option{
		expr.Function("_add", add, new(func(string, string) string), new(func(string, int) string), new(func(int, string) string), new(func(int, int) int),
			new(func(int, float64) float64), new(func(float64, int) float64), new(func(float64, float64) float64),
			new(func(m, m) m), new(func(m, int) m), new(func(int, m) m), new(func(m, float64) m), new(func(float64, m) m),
			new(func(Date, time.Duration) Date), new(func(time.Time, time.Duration) time.Time), new(func(time.Duration, time.Duration) time.Duration), new(func(any, any) any)),
		expr.Operator("+", "_add"),
		expr.Function("_sub", sub, new(func(m, m) m), new(func(m, int) m), new(func(m, float64) m), new(func(Date, time.Duration) Date)),
		expr.Operator("-", "_sub"),
		expr.Function("_mul", mul, new(func(m, int) m), new(func(int, m) m), new(func(m, float64) m), new(func(float64, m) m)),
		expr.Operator("*", "_mul"),
	}
	for name, holds := range map[string]func(int) bool{
		"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
	} {
		fn := "_order" + name
		opts = append(opts, expr.Function(fn, ordered(holds), order...), expr.Operator(name, fn))
	}
	opts = append(opts,
		expr.Function("_eq", equal(true), order...), expr.Operator("==", "_eq"),
		expr.Function("_ne", equal(false), order...), expr.Operator("!=", "_ne"))
	return opts
}

func ordered(holds func(int) bool) func(args ...any) (any, error) {
	return func(args ...any) (any, error) {
		c, ok := compare(args[0], args[1])
		if !ok {
			return nil, fmt.Errorf("%s and %s cannot be compared", kindOfValue(args[0]), kindOfValue(args[1]))
		}
		return holds(c), nil
	}
}

// equal never fails: what cannot be compared is not equal.
func equal(want bool) func(args ...any) (any, error) {
	return func(args ...any) (any, error) {
		c, ok := compare(args[0], args[1])
		return (ok && c == 0) == want, nil
	}
}

func add(args ...any) (any, error) {
	a, b := args[0], args[1]
	switch x := a.(type) {
	case int:
		if y, ok := b.(int); ok {
			return x + y, nil
		}
	case Date:
		if d, ok := b.(time.Duration); ok {
			return x.add(int(d / (24 * time.Hour))), nil
		}
	case time.Time:
		if d, ok := b.(time.Duration); ok {
			return x.Add(d), nil
		}
	case time.Duration:
		if d, ok := b.(time.Duration); ok {
			return x + d, nil
		}
	}
	if _, ok := a.(string); ok {
		return concat(a, b)
	}
	if _, ok := b.(string); ok {
		return concat(a, b)
	}
	return arithmetic(a, b, 1)
}

func sub(args ...any) (any, error) {
	if d, ok := args[0].(Date); ok {
		if n, ok := args[1].(time.Duration); ok {
			return d.add(-int(n / (24 * time.Hour))), nil
		}
	}
	return arithmetic(args[0], args[1], -1)
}

func concat(a, b any) (any, error) {
	if a == nil || b == nil {
		return nil, errors.New("a value is missing: write ?? ''")
	}
	for _, v := range []any{a, b} {
		if k := kindOfValue(v); k == kindList || k == kindMap {
			return nil, errors.New("a list cannot be added to a text: use join")
		}
	}
	s, t := fmt.Sprint(a), fmt.Sprint(b)
	if len(s)+len(t) > 4*maxText {
		return nil, errText
	}
	return s + t, nil
}

func arithmetic(a, b any, sign int64) (any, error) {
	x, okX := a.(Money)
	y, okY := b.(Money)
	if okX || okY {
		currency := x.Currency
		if !okX {
			currency = y.Currency
		}
		p, ok1 := cents(a, currency)
		q, ok2 := cents(b, currency)
		if !ok1 || !ok2 {
			return nil, errors.New("these amounts cannot be added")
		}
		return Money{p + sign*q, currency}, nil
	}
	p, ok1 := float(a)
	q, ok2 := float(b)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("%s and %s cannot be added", kindOfValue(a), kindOfValue(b))
	}
	return p + float64(sign)*q, nil
}

func mul(args ...any) (any, error) {
	m, ok := args[0].(Money)
	n, ok2 := float(args[1])
	if !ok {
		m, ok = args[1].(Money)
		n, ok2 = float(args[0])
	}
	if !ok || !ok2 {
		return nil, errors.New("an amount times a number is expected")
	}
	c, ok := roundCents(float64(m.Cents) * n)
	if !ok {
		return nil, errors.New("the amount is too large")
	}
	return Money{c, m.Currency}, nil
}
