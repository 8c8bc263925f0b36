package programs

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"repartee/docs"
	"repartee/optout"
)

// Schema returns the JSON Schema (2020-12) of the documents of a kind, as the
// keys of its type describe it; nil for a kind that has none. Descriptions are
// those of the manual.
func Schema(kind string) map[string]any {
	list := new(Shop).list(kind)
	if !list.IsValid() || kind == "flows" {
		return nil
	}
	s := schemer{about: descriptions()[kind]}
	object := s.object(list.Type().Elem().Elem(), "")
	object["title"] = Singular(kind)
	if kind == "keywords" {
		return map[string]any{"type": "array", "minItems": 1, "items": object, "title": Singular(kind)}
	}
	return object
}

// schemer writes the schema of one kind.
type schemer struct {
	about map[string]string // key, such as tls.ca_file → its row of the manual
}

func (s schemer) object(t reflect.Type, path string) map[string]any {
	properties, required, order := map[string]any{}, []string{}, []string{}
	for _, f := range fieldsOf(t) {
		property := s.field(t.Field(f.index).Type, f, join(path, f.key))
		properties[f.key] = property
		order = append(order, f.key)
		if f.required {
			required = append(required, f.key)
		}
		if text := s.about[join(path, f.key)]; text != "" {
			property["description"] = text
		}
	}
	object := map[string]any{"type": "object", "properties": properties, "additionalProperties": false, "x-order": order}
	if len(required) > 0 {
		object["required"] = required
	}
	return object
}

// field writes a key: its type, its bounds, its default.
func (s schemer) field(t reflect.Type, f field, path string) map[string]any {
	made := s.typed(t, f, path)
	if f.preset != "" {
		v := reflect.New(t).Elem()
		if err := setText(v, f.preset, f); err == nil { // a test reads every tag
			made["default"] = documenter{}.value(v)
		}
	}
	if f.secret {
		made["writeOnly"] = true
	}
	return made
}

func (s schemer) typed(t reflect.Type, f field, path string) map[string]any {
	switch t {
	case durationType:
		return map[string]any{"type": "string", "format": "duration", "pattern": `^([0-9]+([.][0-9]+)?(ms|s|m|h))+$`, "x-minimum": f.min, "x-maximum": f.max}
	case shortCodeType:
		return map[string]any{"type": "string", "pattern": "^[0-9]{3,9}$"}
	case msisdnType:
		return map[string]any{"type": "string", "pattern": "^[0-9]{5,15}$"}
	}
	if form, ok := reflect.Zero(t).Interface().(schematic); ok {
		return form.schema(s, path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.object(t, path)
	case reflect.Slice:
		return listOf(f, s.typed(t.Elem(), field{is: f.is, max: f.max, required: true}, path))
	case reflect.Map:
		inner := field{is: elementsOnly(f.is), max: f.max}
		return map[string]any{"type": "object", "additionalProperties": s.typed(t.Elem(), inner, path)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return bounded("integer", f)
	case reflect.Float64:
		return bounded("number", f)
	}
	return text(f)
}

func listOf(f field, item map[string]any) map[string]any {
	list := map[string]any{"type": "array", "items": item}
	if f.required {
		list["minItems"] = 1
	}
	return list
}

func bounded(kind string, f field) map[string]any {
	made := map[string]any{"type": kind}
	for key, bound := range map[string]string{"minimum": f.min, "maximum": f.max} {
		if bound != "" {
			made[key] = json.Number(bound)
		}
	}
	return made
}

// formats are the checks that JSON Schema knows by a pattern or format; forms
// see the others by their name.
var formats = map[string][2]string{
	"name": {"pattern", nameForm.String()}, "field": {"pattern", fieldForm.String()}, "code": {"pattern", codeForm.String()},
	"country": {"pattern", "^[A-Z]{2}$"}, "language": {"pattern", "^[a-z]{2}$"}, "currency": {"pattern", "^[A-Z]{3}$"},
	"digits": {"pattern", "^[1-9][0-9]*$"}, "ascii": {"pattern", "^[ -~]*$"}, "url": {"format", "uri"},
}

func text(f field) map[string]any {
	made := map[string]any{"type": "string"}
	if f.max != "" {
		made["maxLength"] = atoi(f.max)
	}
	if f.required {
		made["minLength"] = 1
	}
	if len(f.oneof) > 0 {
		made["enum"] = f.oneof
	}
	if known, ok := formats[f.is]; ok {
		made[known[0]] = known[1]
	}
	if f.is != "" {
		made["x-check"] = f.is
	}
	return made
}

// schematic is a type with forms of its own in the file.
type schematic interface {
	schema(s schemer, path string) map[string]any
}

func either(forms ...any) map[string]any { return map[string]any{"oneOf": forms} }

func (Price) schema(schemer, string) map[string]any {
	return map[string]any{"type": "number", "minimum": 0, "multipleOf": json.Number("0.01"), "x-check": "price"}
}

func (TONNPI) schema(schemer, string) map[string]any {
	return map[string]any{"type": "string", "pattern": "^[0-9]{1,3}/[0-9]{1,3}$"}
}

func (TLS) schema(s schemer, path string) map[string]any {
	return either(map[string]any{"type": "boolean"}, s.object(reflect.TypeFor[TLS](), path))
}

func (QuietHours) schema(s schemer, path string) map[string]any {
	profiles := append([]string{"country"}, optout.HoursNames()...)
	return either(map[string]any{"type": "string", "minLength": 1, "examples": profiles}, s.object(reflect.TypeFor[QuietHours](), path))
}

func (Texts) schema(schemer, string) map[string]any {
	one := map[string]any{"type": "string", "minLength": 1}
	return either(one, map[string]any{"type": "object", "additionalProperties": one, "propertyNames": map[string]any{"pattern": "^[a-z]{2}$"}})
}

func (ItemOptions) schema(s schemer, path string) map[string]any {
	option := s.object(reflect.TypeFor[optionKeys](), path)
	return map[string]any{"type": "object", "additionalProperties": option, "propertyNames": map[string]any{"pattern": nameForm.String()}}
}

func (Answers) schema(schemer, string) map[string]any {
	properties := map[string]any{}
	for _, name := range AnswerNames() {
		properties[name] = map[string]any{
			"type": "object", "additionalProperties": map[string]any{"type": "string"}, "propertyNames": map[string]any{"pattern": "^[a-z]{2}$"},
			"x-builtin": builtinOf(name),
		}
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false, "x-order": AnswerNames()}
}

// builtinOf are the texts that stand in for an answer, by country ("" for all
// others) and language.
func builtinOf(name string) map[string]map[string]string {
	texts := map[string]map[string]string{}
	for key, byLanguage := range builtin() {
		if base, country, _ := strings.Cut(key, "."); base == name {
			texts[country] = byLanguage
		}
	}
	return texts
}

var documentedRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|[^|]*\\| *(.*?) *\\|$")

// descriptions are the rows of docs/apply.md, by kind and key.
var descriptions = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, kind := range Kinds() {
		_, section, _ := strings.Cut(docs.Apply, "\n## "+kind+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		section, _, _ = strings.Cut(section, "| Answer |")
		all[kind] = map[string]string{}
		for _, row := range documentedRow.FindAllStringSubmatch(section, -1) {
			all[kind][row[1]] = row[2]
		}
	}
	return all
})
