package programs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Edit is one object as somebody who edits it has written it.
type Edit struct {
	Kind   string
	Key    string
	Wanted *Shop // the object alone, to be planned and applied
	paths  map[Position]string
}

// ReadObject reads an object from JSON, with the checks of a file: a map, for a
// keyword the list of its entries. Secrets that it does not name stay what they
// are in current. An object keeps its key; with key "" it may have any.
func ReadObject(current *Shop, kind, key string, body []byte) (*Edit, Problems) {
	e := &Edit{Kind: kind, Key: key, Wanted: &Shop{}}
	value, err := decode(body)
	if err != nil {
		return e, Problems{{Text: err.Error()}}
	}
	if kind != "keywords" {
		value = []any{value}
	}
	r := &reader{text: jsonLines(Document{{Key: kind, Value: value}})}
	if kind == "flows" || !e.Wanted.list(kind).IsValid() {
		return e, Problems{{Text: fmt.Sprintf("`%s` are no objects that are edited as documents", kind)}}
	}
	r.readFile(e.Wanted)
	e.locate(r)
	problems := append(r.problems, e.Wanted.twice()...)
	if !problems.Failed() {
		problems = append(problems, e.checkKey()...)
	}
	e.keepSecrets(current)
	return e, problems.sorted()
}

// Path is the key that a problem is about, such as "hours" or
// "items[1].price"; "" when it is about the whole object, or another one.
func (e *Edit) Path(p Problem) string {
	path := e.paths[p.At]
	if p.Missing != "" && path != "" {
		return path + "." + p.Missing
	}
	return path + p.Missing
}

// locate remembers where each key of the object stands.
func (e *Edit) locate(r *reader) {
	e.paths = map[Position]string{}
	inner := &reader{text: r.text} // what is wrong was said before
	root := inner.parse()
	for _, list := range inner.entries(root) {
		if e.Kind == "keywords" {
			e.walk(inner, list.value, "")
			continue
		}
		if items, ok := bare(list.value).(*ast.SequenceNode); ok && len(items.Values) == 1 {
			e.walk(inner, items.Values[0], "")
		}
	}
}

func (e *Edit) walk(r *reader, n ast.Node, path string) {
	e.paths[r.at(n)] = path
	if list, ok := bare(n).(*ast.SequenceNode); ok {
		for i, item := range list.Values {
			e.walk(r, item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	m, ok := bare(n).(ast.MapNode)
	if !ok {
		return
	}
	for it := m.MapRange(); it.Next(); { // with the keys that are given twice
		inner, _ := scalarText(bare(it.Key()))
		if path != "" {
			inner = path + "." + inner
		}
		e.paths[r.at(it.Key())] = inner
		e.walk(r, it.Value(), inner)
	}
}

// checkKey refuses to make another object of it: others refer to it by its key.
func (e *Edit) checkKey() (problems Problems) {
	objects := e.Wanted.ofKind(e.Kind)
	if len(objects) == 0 {
		return Problems{{Text: "the list is empty: delete the keyword instead"}}
	}
	if e.Key == "" {
		e.Key = objects[0].key()
	}
	for _, o := range objects {
		if o.key() != e.Key {
			problems = append(problems, Problem{
				At:   o.position().of(keyPath(o)),
				Text: fmt.Sprintf("this is %s %s, not %s", o.kind(), e.Key, o.key()), Hint: "keep its key, or make another object of it",
			})
		}
	}
	return problems
}

// keyPath is the key by which an object is known.
func keyPath(o object) string {
	switch o.(type) {
	case *ShortCode:
		return "number"
	case *Keyword:
		return "word"
	case *Catalogue:
		return "program"
	}
	return "name"
}

// keepSecrets takes the secrets that the object does not name from the one that
// is there.
func (e *Edit) keepSecrets(current *Shop) {
	for _, o := range e.Wanted.ofKind(e.Kind) {
		before := current.find(e.Kind, o.key())
		if len(before) == 0 {
			continue
		}
		from, to := reflect.ValueOf(before[0]).Elem(), reflect.ValueOf(o).Elem()
		for _, f := range fieldsOf(to.Type()) {
			if _, given := o.position()[f.key]; f.secret && !given {
				to.Field(f.index).Set(from.Field(f.index))
			}
		}
	}
}

// decode reads JSON and keeps the order of keys, repeated keys, and numbers as
// they are written.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := decodeValue(d, 0)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return value, nil
		}
		err = errors.New("something follows the object")
	}
	return nil, fmt.Errorf("this is not JSON: %w", err)
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth-10 {
		return nil, fmt.Errorf("it is nested more than %d levels deep", maxDepth-10)
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := decodeValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		return decodeMap(d, depth)
	}
	return token, nil
}

func decodeMap(d *json.Decoder, depth int) (any, error) {
	object := Document{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		object = append(object, Entry{Key: key.(string), Value: value}) // the decoder has made sure
	}
	_, err := d.Token()
	return object, err
}

// jsonLines writes JSON that is YAML too, an entry in each line: every map and
// key has a position of its own.
func jsonLines(value any) []byte {
	var b strings.Builder
	writeLines(&b, value)
	return []byte(b.String())
}

func writeLines(b *strings.Builder, value any) {
	switch value := value.(type) {
	case Document:
		b.WriteString("{\n")
		for i, e := range value {
			b.WriteString(separator(i) + quoted(e.Key) + ": ")
			writeLines(b, e.Value)
		}
		b.WriteString("\n}")
	case []any:
		b.WriteString("[\n")
		for i, item := range value {
			b.WriteString(separator(i))
			writeLines(b, item)
		}
		b.WriteString("\n]")
	case string:
		b.WriteString(quoted(value))
	case nil:
		b.WriteString("null")
	default:
		fmt.Fprint(b, value) // a number, true, false
	}
}

func separator(i int) string {
	if i == 0 {
		return " "
	}
	return ",\n "
}
