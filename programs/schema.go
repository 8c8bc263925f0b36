package programs

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// field is one key of an object, as its struct tags describe it:
//
//	key       the key in the file; "-" is no key
//	required  "true": must be given and not be empty
//	default   the value when the key is not given, as a file would write it
//	oneof     the values allowed
//	min, max  bounds of a number or duration; max of a text is its length in
//	          characters, of a list or map its own elements' length
//	is        the named check of every text in it (see checks)
//	secret    "true": never shown
type field struct {
	key      string
	index    int
	required bool
	secret   bool
	preset   string // default
	oneof    []string
	min, max string
	is       string
}

var schemas sync.Map // reflect.Type → []field

// fieldsOf returns the keys of a struct type in their order.
func fieldsOf(t reflect.Type) []field {
	if known, ok := schemas.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		key := tag.Get("key")
		if key == "" || key == "-" {
			continue
		}
		f := field{key: key, index: i, preset: tag.Get("default"), min: tag.Get("min"), max: tag.Get("max"), is: tag.Get("is")}
		f.required, f.secret = tag.Get("required") == "true", tag.Get("secret") == "true"
		f.oneof = strings.Fields(tag.Get("oneof"))
		fields = append(fields, f)
	}
	schemas.Store(t, fields)
	return fields
}

// preset gives every key of a struct its default.
func preset(v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		target := v.Field(f.index)
		if f.preset == "" {
			if target.Kind() == reflect.Struct {
				preset(target)
			}
			continue
		}
		if err := setText(target, f.preset, f); err != nil {
			panic(fmt.Sprintf("programs: default of %s: %v", f.key, err)) // a wrong tag; a test reads every type
		}
	}
}

// withDefaults returns a new T with the default of each key.
func withDefaults[T any]() *T {
	object := new(T)
	preset(reflect.ValueOf(object).Elem())
	return object
}

// keysOf lists the keys of a struct type.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range fieldsOf(t) {
		keys = append(keys, f.key)
	}
	return keys
}

// nearest returns the known word closest to a mistyped one, "" when none is
// near: two edits at most, and no more than half of the word.
func nearest(word string, known []string) string {
	best, found := min(3, len(word)/2+1), ""
	for _, k := range known {
		if d := distance(word, k); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance is the Levenshtein distance of two words in octets.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// unknown is the hint for a name that is none of the known ones.
func unknown(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean `%s`?", near)
	}
	if len(known) == 0 {
		return "there is none"
	}
	if len(known) > 12 {
		return ""
	}
	return "there is " + strings.Join(known, ", ")
}
