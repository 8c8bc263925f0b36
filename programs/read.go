package programs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// maxFile bounds one file, so that a wrong path does not fill the memory.
const maxFile = 4 << 20

// Source is one file to read: its name as errors shall show it, and its text.
type Source struct {
	Name string
	Text []byte
}

// Options connect a reader to the world outside.
type Options struct {
	// ReadFile reads a flow that a file names; nil refuses such names.
	ReadFile func(path string) ([]byte, error)
	// Env looks up {env: NAME}; nil knows no variable.
	Env func(name string) (string, bool)
}

// Read reads the objects that the sources name, each with its defaults. It
// checks every key and value by itself, not what they refer to: see [Check].
// A source that begins with `flow:` is a flow. The shop is of use only when
// the problems have not failed.
func Read(opts Options, sources ...Source) (*Shop, Problems) {
	shop := &Shop{}
	var problems Problems
	for _, source := range sources {
		r := &reader{opts: opts, file: source.Name, text: source.Text}
		r.readFile(shop)
		problems = append(problems, r.problems...)
	}
	problems = append(problems, shop.twice()...)
	return shop, problems.sorted()
}

// reader reads one file.
type reader struct {
	opts     Options
	file     string
	text     []byte
	problems Problems
}

func (r *reader) failAt(at Position, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{At: at, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *reader) fail(n ast.Node, hint, format string, args ...any) {
	r.failAt(r.at(n), hint, format, args...)
}

func (r *reader) readFile(shop *Shop) {
	root := r.parse()
	if root == nil {
		return
	}
	entries, _ := r.mapping(root, "the file")
	if len(entries) > 0 && entries[0].key == "flow" {
		shop.Flows = append(shop.Flows, r.flowFile(r.file, string(r.text), r.at(root)))
		return
	}
	target := reflect.ValueOf(shop).Elem()
	known := fieldsOf(target.Type())
	for _, e := range entries {
		i := slices.IndexFunc(known, func(f field) bool { return f.key == e.key })
		if i < 0 {
			r.failAt(e.at, unknown(e.key, keysOf(target.Type())), "`%s` is not a kind of object", e.key)
			continue
		}
		r.readObjects(e.value, target.Field(known[i].index), e.key)
	}
}

// object is what every configuration object has in common.
type object interface {
	kind() string
	key() string           // what makes it the same object
	position() positions   // nil when it was not read from a file
	setPosition(positions) // called once, by the reader
}

// readObjects reads a list of objects into a slice of pointers to them.
func (r *reader) readObjects(n ast.Node, list reflect.Value, kind string) {
	for _, item := range r.items(n, "`"+kind+"`") {
		if kind == "flows" {
			if flow := r.readFlow(item); flow != nil {
				list.Set(reflect.Append(list, reflect.ValueOf(flow)))
			}
			continue
		}
		made := reflect.New(list.Type().Elem().Elem())
		preset(made.Elem())
		at := positions{"": r.at(item)}
		o := made.Interface().(object)
		if r.readStruct(item, made.Elem(), "", at, "a "+o.kind()) {
			o.setPosition(at)
			if p, ok := o.(*Program); ok && p.Currency == "" {
				p.Currency = currencyOf(p.Country)
			}
			list.Set(reflect.Append(list, made))
		}
	}
}

// readStruct reads a map into a struct and remembers where its keys stand. It
// reports false when there is no map.
func (r *reader) readStruct(n ast.Node, v reflect.Value, path string, at positions, what string) bool {
	entries, ok := r.mapping(n, what)
	if !ok {
		return false
	}
	given := map[string]bool{}
	known := fieldsOf(v.Type())
	for _, e := range entries {
		i := slices.IndexFunc(known, func(f field) bool { return f.key == e.key })
		if i < 0 {
			r.failAt(e.at, unknown(e.key, keysOf(v.Type())), "`%s` is not a key of %s", e.key, what)
			continue
		}
		given[e.key] = true
		at[join(path, e.key)] = r.at(e.value)
		r.readValue(e.value, v.Field(known[i].index), known[i], join(path, e.key), at)
	}
	for _, f := range known {
		if f.required && !given[f.key] {
			r.problems = append(r.problems, Problem{At: r.at(n), Text: fmt.Sprintf("%s needs `%s`", what, f.key), Missing: f.key})
		}
	}
	return true
}

// noder is a type with forms of its own in the file, such as true or a map.
type noder interface {
	readNode(r *reader, n ast.Node, path string, at positions)
}

func (r *reader) readValue(n ast.Node, v reflect.Value, f field, path string, at positions) {
	if custom, ok := v.Addr().Interface().(noder); ok {
		custom.readNode(r, n, path, at)
		return
	}
	_, hasText := v.Addr().Interface().(texter)
	switch {
	case hasText:
		r.readScalar(n, v, f)
	case v.Kind() == reflect.Struct:
		r.readStruct(n, v, path, at, "`"+path+"`")
	case v.Kind() == reflect.Slice:
		r.readList(n, v, f, path, at)
	case v.Kind() == reflect.Map:
		r.readMap(n, v, f, path, at)
	default:
		r.readScalar(n, v, f)
	}
}

func (r *reader) readScalar(n ast.Node, v reflect.Value, f field) {
	text, ok := r.scalar(n, "`"+f.key+"`")
	if !ok {
		return
	}
	if text == "" && (f.required || f.is != "" && !f.secret) {
		r.fail(n, "", "`%s` is empty", f.key)
		return
	}
	if err := setText(v, text, f); err != nil {
		r.fail(n, "", "`%s`: %v", f.key, err)
	}
}

// readList reads a list; one value stands for a list of one.
func (r *reader) readList(n ast.Node, v reflect.Value, f field, path string, at positions) {
	items := []ast.Node{n}
	if _, isList := bare(n).(*ast.SequenceNode); isList {
		items = r.items(n, "`"+f.key+"`")
		if len(items) == 0 && f.required {
			r.fail(n, "", "`%s` is empty", f.key)
		}
	}
	list := reflect.MakeSlice(v.Type(), 0, len(items))
	for i, item := range items {
		one := reflect.New(v.Type().Elem()).Elem()
		at[fmt.Sprintf("%s.%d", path, i)] = r.at(item)
		if one.Kind() == reflect.Struct {
			preset(one)
			r.readStruct(item, one, fmt.Sprintf("%s.%d", path, i), at, "one of `"+f.key+"`")
		} else {
			r.readScalar(item, one, field{key: f.key, is: f.is, max: f.max, required: true})
		}
		list = reflect.Append(list, one)
	}
	v.Set(list)
}

// readMap reads a map whose keys are names or languages. A text instead of a
// map from language to text stands for all languages: the key is "".
func (r *reader) readMap(n ast.Node, v reflect.Value, f field, path string, at positions) {
	entries, ok := r.mapping(n, "`"+f.key+"`")
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range entries {
		if f.is == "group" {
			if err := checkName(e.key); err != nil {
				r.failAt(e.at, "", "`%s`: %v", f.key, err)
				continue
			}
		}
		if f.is == "opening" {
			if _, err := ParseDays(e.key); err != nil {
				r.failAt(e.at, "", "`%s`: %v", f.key, err)
			}
		}
		one := reflect.New(v.Type().Elem()).Elem()
		at[join(path, e.key)] = r.at(e.value)
		r.readValue(e.value, one, field{key: join(f.key, e.key), max: f.max, is: elementsOnly(f.is)}, join(path, e.key), at)
		v.SetMapIndex(reflect.ValueOf(e.key), one)
	}
}

// elementsOnly is the check of a map's values: `group` is one of its keys.
func elementsOnly(is string) string {
	if is == "group" {
		return ""
	}
	return is
}

// scalar returns the text of a scalar as written. {env: NAME} is the value of
// an environment variable, {env: NAME, default: TEXT} has one for its absence.
func (r *reader) scalar(n ast.Node, what string) (string, bool) {
	n = bare(n)
	if _, isMap := n.(ast.MapNode); isMap {
		return r.fromEnv(n, what)
	}
	text, ok := scalarText(n)
	if !ok {
		r.fail(n, "", "%s: %s", what, notScalar(n))
	}
	return text, ok
}

func (r *reader) fromEnv(n ast.Node, what string) (string, bool) {
	var name, preset string
	hasDefault := false
	for _, e := range r.entries(n) {
		text, ok := scalarText(bare(e.value))
		switch {
		case e.key == "env" && ok:
			name = text
		case e.key == "default" && ok:
			preset, hasDefault = text, true
		default:
			r.failAt(e.at, "", "%s is one value, or {env: NAME, default: VALUE}", what)
			return "", false
		}
	}
	if name == "" {
		r.fail(n, "", "%s is one value, or {env: NAME, default: VALUE}", what)
		return "", false
	}
	if r.opts.Env != nil {
		if value, ok := r.opts.Env(name); ok {
			return value, true
		}
	}
	if !hasDefault {
		r.fail(n, "set it, or write {env: "+name+", default: …}", "%s: the environment variable %s is not set", what, name)
	}
	return preset, hasDefault
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + strings.ReplaceAll(key, ".", "_")
}
