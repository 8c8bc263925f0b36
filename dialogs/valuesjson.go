package dialogs

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Every turn of every phone reads and writes its conversations, which takes
// longer than the step itself when it goes by reflection: values have a codec
// of their own.

// MarshalJSON writes plain kinds as JSON's own and the others as an object of
// one key: {"$m":"12.50 EUR"}, {"$d":"2026-03-12"}, {"$c":"19:30"}, {"$t":ms}.
func (v Values) MarshalJSON() ([]byte, error) {
	return appendMap(make([]byte, 0, 32*len(v)+2), v, 0), nil
}

func appendMap(b []byte, m map[string]any, depth int) []byte {
	b = append(b, '{')
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, k), ':')
		b = appendValue(b, m[k], depth+1)
	}
	return append(b, '}')
}

func appendValue(b []byte, x any, depth int) []byte {
	if depth > maxValueDepth+1 {
		return append(b, "null"...)
	}
	switch x := x.(type) {
	case string:
		return appendText(b, x)
	case bool:
		return strconv.AppendBool(b, x)
	case int:
		return strconv.AppendInt(b, int64(x), 10)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			break
		}
		return strconv.AppendFloat(b, x, 'g', -1, 64)
	case Money:
		return appendKind(b, "$m", x.String())
	case Date:
		return appendKind(b, "$d", x.String())
	case Clock:
		return appendKind(b, "$c", x.String())
	case time.Time:
		b = strconv.AppendInt(append(b, `{"$t":`...), x.UnixMilli(), 10)
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, x[i], depth+1)
		}
		return append(b, ']')
	case map[string]any:
		return appendMap(b, x, depth)
	}
	return append(b, "null"...)
}

func appendKind(b []byte, kind, s string) []byte {
	b = append(append(append(b, `{"`...), kind...), `":`...)
	return append(appendText(b, s), '}')
}

// appendText writes a JSON string; what needs an escape goes the long way.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7F {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(b, `""`...) // a string always has a JSON form
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

var errJSON = errors.New("the saved values are not JSON that this version wrote")

// UnmarshalJSON is the inverse of MarshalJSON.
func (v *Values) UnmarshalJSON(b []byte) error {
	r := valueReader{b: b}
	if r.peek() == 'n' {
		return nil // null, by the convention of encoding/json
	}
	m, err := r.dict(0)
	if err != nil {
		return err
	}
	if r.peek() != 0 {
		return errJSON
	}
	*v = m
	return nil
}

// valueReader reads JSON into the values of conversations.
type valueReader struct {
	b []byte
	i int
}

// peek skips blanks and returns the next octet, 0 at the end.
func (r *valueReader) peek() byte {
	for r.i < len(r.b) {
		switch c := r.b[r.i]; c {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return c
		}
	}
	return 0
}

func (r *valueReader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.i++
	return true
}

func (r *valueReader) value(depth int) (any, error) {
	if depth > 4*maxValueDepth {
		return nil, errJSON
	}
	switch c := r.peek(); {
	case c == '"':
		return r.text()
	case c == '{':
		m, err := r.dict(depth + 1)
		if err != nil {
			return nil, err
		}
		return kindIn(m), nil
	case c == '[':
		return r.list(depth + 1)
	case c == 't' && r.word("true"):
		return true, nil
	case c == 'f' && r.word("false"):
		return false, nil
	case c == 'n' && r.word("null"):
		return nil, nil
	}
	return r.number()
}

func (r *valueReader) word(w string) bool {
	if len(r.b)-r.i < len(w) || string(r.b[r.i:r.i+len(w)]) != w {
		return false
	}
	r.i += len(w)
	return true
}

func (r *valueReader) dict(depth int) (map[string]any, error) {
	if !r.take('{') {
		return nil, errJSON
	}
	m := map[string]any{}
	for first := true; !r.take('}'); first = false {
		if !first && !r.take(',') {
			return nil, errJSON
		}
		if r.peek() != '"' {
			return nil, errJSON
		}
		k, err := r.text()
		if err != nil || !r.take(':') {
			return nil, errJSON
		}
		if m[k], err = r.value(depth); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (r *valueReader) list(depth int) ([]any, error) {
	r.i++
	out := []any{}
	for first := true; !r.take(']'); first = false {
		if !first && !r.take(',') {
			return nil, errJSON
		}
		x, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (r *valueReader) text() (string, error) {
	start, escaped := r.i, false
	for r.i++; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '\\':
			escaped = true
			r.i++
		case c == '"':
			r.i++
			if plain := r.b[start+1 : r.i-1]; !escaped && utf8.Valid(plain) {
				return string(plain), nil
			}
			var s string
			err := json.Unmarshal(r.b[start:r.i], &s)
			return s, err
		case c < 0x20:
			return "", errJSON
		}
	}
	return "", errJSON
}

func (r *valueReader) number() (any, error) {
	start := r.i
	for r.i < len(r.b) && (r.b[r.i] >= '0' && r.b[r.i] <= '9' || r.b[r.i] == '-' || r.b[r.i] == '+' || r.b[r.i] == '.' || r.b[r.i] == 'e' || r.b[r.i] == 'E') {
		r.i++
	}
	s := string(r.b[start:r.i])
	if i, err := strconv.Atoi(s); err == nil {
		return i, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, errJSON
	}
	return normalFloat(f), nil
}

// kindIn turns an object of one key that stands for a kind into its value.
func kindIn(m map[string]any) any {
	if len(m) != 1 {
		return m
	}
	for kind, x := range m {
		if v, ok := kindRead(kind, x); ok {
			return v
		}
	}
	return m
}

func kindRead(kind string, x any) (any, bool) {
	switch x := x.(type) {
	case int:
		return time.UnixMilli(int64(x)).UTC(), kind == "$t"
	case string:
		switch kind {
		case "$m":
			return parseMoney(x)
		case "$d":
			d, ok := parseDate(x)
			return d, ok
		case "$c":
			c, ok := parseClock(x)
			return c, ok
		}
	}
	return nil, false
}
