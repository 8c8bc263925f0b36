package programs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Op says what an apply does to an object.
type Op byte

// The operations, as a plan prints them.
const (
	Create Op = '+'
	Update Op = '~'
	Keep   Op = '='
)

// Change is one line of a plan.
type Change struct {
	Op     Op
	Kind   string // carrier, program, place, flow, short code, keyword
	Key    string
	Fields []string // what changes, such as "window 10 → 64"
}

// String returns the change as `repartee apply` prints it.
func (c Change) String() string {
	s := fmt.Sprintf("%c %s %s", c.Op, c.Kind, c.Key)
	if len(c.Fields) > 0 {
		s += ": " + strings.Join(c.Fields, ", ")
	}
	return s
}

// Plan compares what is with what a file names: one change per object of
// wanted, in the order in which they are written. Nothing is ever deleted, but
// all entries of a keyword on a short code are one object.
func Plan(current, wanted *Shop) []Change {
	before := grouped(current)
	var plan []Change
	done := map[string]bool{}
	for _, o := range wanted.objects() {
		id := o.kind() + " " + o.key()
		if done[id] {
			continue
		}
		done[id] = true
		plan = append(plan, change(o, before[id], grouped(wanted)[id]))
	}
	return plan
}

// Changes reports whether a plan does anything.
func Changes(plan []Change) bool {
	return slices.ContainsFunc(plan, func(c Change) bool { return c.Op != Keep })
}

// grouped returns the objects of a shop by kind and key; only keywords have
// several with the same.
func grouped(s *Shop) map[string][]object {
	groups := map[string][]object{}
	for _, o := range s.objects() {
		id := o.kind() + " " + o.key()
		groups[id] = append(groups[id], o)
	}
	return groups
}

func change(o object, before, after []object) Change {
	c := Change{Op: Update, Kind: o.kind(), Key: o.key()}
	if len(before) == 0 {
		c.Op = Create
		return c
	}
	both := min(len(before), len(after))
	c.Fields = differences(flat(before[:both]), flat(after[:both]))
	for i := both; i < len(after); i++ {
		c.Fields = append(c.Fields, fmt.Sprintf("entry %d (new)", i+1))
	}
	for i := both; i < len(before); i++ {
		c.Fields = append(c.Fields, fmt.Sprintf("entry %d (gone)", i+1))
	}
	if len(c.Fields) == 0 {
		c.Op = Keep
	}
	return c
}

// pair is one key of an object as text.
type pair struct {
	key, text string
	secret    bool
}

// flat returns all keys of the objects as texts, in the order of the file
// format. Several entries of one keyword are numbered.
func flat(objects []object) []pair {
	var pairs []pair
	for i, o := range objects {
		if f, ok := o.(*Flow); ok {
			pairs = append(pairs, pair{key: "source", text: f.Source})
			continue
		}
		path := ""
		if len(objects) > 1 {
			path = strconv.Itoa(i + 1)
		}
		pairs = flatten(pairs, reflect.ValueOf(o).Elem(), path)
	}
	return pairs
}

func flatten(pairs []pair, v reflect.Value, path string) []pair {
	for _, f := range fieldsOf(v.Type()) {
		value, key := v.Field(f.index), join(path, f.key)
		_, own := value.Interface().(fmt.Stringer)
		switch {
		case value.Kind() == reflect.Struct && !own:
			pairs = flatten(pairs, value, key)
		case value.Kind() == reflect.Map:
			pairs = flattenMap(pairs, value, key)
		default:
			pairs = append(pairs, pair{key: key, text: valueText(value), secret: f.secret})
		}
	}
	return pairs
}

func flattenMap(pairs []pair, v reflect.Value, path string) []pair {
	keys := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		keys = append(keys, k.String())
	}
	slices.Sort(keys)
	for _, k := range keys {
		value := v.MapIndex(reflect.ValueOf(k))
		if value.Kind() == reflect.Map {
			pairs = flattenMap(pairs, value, join(path, k))
			continue
		}
		pairs = append(pairs, pair{key: join(path, k), text: valueText(value)})
	}
	return pairs
}

// valueText writes a value as a file would.
func valueText(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = valueText(v.Index(i))
		}
		if len(texts) == 0 {
			return ""
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	if _, own := v.Interface().(fmt.Stringer); v.Kind() == reflect.Struct && !own {
		text, err := json.Marshal(v.Interface())
		if err != nil {
			panic("programs: " + err.Error()) // elements of lists are plain data
		}
		return string(text)
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return shortDuration(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return fmt.Sprint(value)
	}
}

// shortDuration writes 1m0s as 1m.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// differences lists what is not the same, in the order of the wanted keys and
// then of those that are gone.
func differences(before, after []pair) []string {
	var list []string
	old := map[string]string{}
	for _, p := range before {
		old[p.key] = p.text
	}
	for _, p := range after {
		if text, had := old[p.key]; text != p.text || !had && p.text != "" {
			list = append(list, difference(p, text))
		}
		delete(old, p.key)
	}
	for _, p := range before {
		if text, gone := old[p.key]; gone && text != "" {
			list = append(list, difference(pair{key: p.key, secret: p.secret}, text))
		}
	}
	return list
}

func difference(p pair, before string) string {
	if p.secret || p.key == "source" {
		return p.key + " (changed)"
	}
	return fmt.Sprintf("%s %s → %s", p.key, shown(before), shown(p.text))
}

// shown shortens a text so that a plan stays readable.
func shown(text string) string {
	if text == "" {
		return "none"
	}
	if utf8.RuneCountInString(text) > 40 {
		text = string([]rune(text)[:39]) + "…"
	}
	if strings.ContainsAny(text, " \n") && text[0] != '[' {
		return strconv.Quote(text)
	}
	return text
}
