package programs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"repartee/sms"
)

// Document is an object as a file has it: its keys in the order of the
// reference, without those that have their default and without secrets. Values
// are text, bool, [json.Number], lists ([]any) and documents.
type Document []Entry

// Entry is one key of a document.
type Entry struct {
	Key   string
	Value any
}

// MarshalJSON writes the document as an object with its keys in order.
func (d Document) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(e.Value)
		if err != nil {
			return nil, err
		}
		b.WriteString(quoted(e.Key) + ":")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Document returns an object of the shop as a [Document]; a keyword is the list
// of its entries. It is nil when there is no such object. A flow is no
// document: it has versions.
func (s *Shop) Document(kind, key string) any {
	found := s.find(kind, key)
	if len(found) == 0 || kind == "flows" {
		return nil
	}
	w := documenter{}
	if kind != "keywords" {
		return w.object(found[0])
	}
	entries := make([]any, len(found))
	for i, o := range found {
		entries[i] = w.object(o)
	}
	return entries
}

// Secrets lists the secret keys of an object that are set: its document does
// not show them.
func (s *Shop) Secrets(kind, key string) []string {
	set := []string{}
	w := documenter{secret: func(key string) any {
		set = append(set, key)
		return nil
	}}
	for _, o := range s.find(kind, key) {
		w.object(o)
	}
	return set
}

// documented is a type with forms of its own in the file, as its noder or
// texter reads them: its value, nil when it says nothing.
type documented interface{ document(w documenter) any }

// documenter makes documents of objects. What it writes for a secret is up to
// secret; without one, secrets are left out.
type documenter struct {
	secret func(key string) any
}

func (w documenter) object(o object) Document {
	v := reflect.ValueOf(o).Elem()
	d := w.fields(v)
	if p, ok := o.(*Program); ok && p.Currency == currencyOf(p.Country) {
		d = d.without("currency")
	}
	return d
}

func (d Document) without(key string) Document {
	kept := make(Document, 0, len(d))
	for _, e := range d {
		if e.Key != key {
			kept = append(kept, e)
		}
	}
	return kept
}

// fields writes the keys of a struct that differ from their default.
func (w documenter) fields(v reflect.Value) Document {
	d := Document{}
	plain := reflect.New(v.Type()).Elem()
	preset(plain)
	for _, f := range fieldsOf(v.Type()) {
		field := v.Field(f.index)
		if !f.required && same(field, plain.Field(f.index)) {
			continue
		}
		value := w.value(field)
		if f.secret {
			if value = nil; w.secret != nil {
				value = w.secret(f.key)
			}
		}
		if inner, isMap := value.(Document); value == nil || isMap && len(inner) == 0 && !f.required {
			continue
		}
		d = append(d, Entry{Key: f.key, Value: value})
	}
	return d
}

// same compares with a default; what is empty is like what was never made.
func same(v, preset reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0 && preset.Len() == 0
	}
	return reflect.DeepEqual(v.Interface(), preset.Interface())
}

func (w documenter) value(v reflect.Value) any {
	switch value := v.Interface().(type) {
	case documented:
		return value.document(w)
	case time.Duration:
		return shortDuration(value)
	case sms.ShortCode:
		return value.String()
	case sms.MSISDN:
		return value.String()
	}
	switch v.Kind() {
	case reflect.Struct:
		return w.fields(v)
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = w.value(v.Index(i))
		}
		return list
	case reflect.Map:
		return w.sorted(v)
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		return json.Number(strconv.FormatFloat(v.Float(), 'f', -1, 64))
	case reflect.String:
		return v.String()
	default:
		panic(fmt.Sprintf("programs: %s has no form in a document", v.Type())) // a new type of key; a test reads every type
	}
}

// sorted writes a map in the order of its keys.
func (w documenter) sorted(v reflect.Value) Document {
	keys := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		keys[k.String()] = v.MapIndex(k)
	}
	d := make(Document, 0, len(keys))
	for _, k := range sortedKeys(keys) {
		d = append(d, Entry{Key: k, Value: w.value(keys[k])})
	}
	return d
}

func (t TONNPI) document(documenter) any { return t.String() }

func (p Price) document(documenter) any { return json.Number(p.String()) }

func (t TLS) document(w documenter) any {
	type plainTLS TLS // without document
	keys := w.fields(reflect.ValueOf(plainTLS(t)))
	if len(keys) > 0 {
		return keys
	}
	return t.Enabled
}

func (q QuietHours) document(w documenter) any {
	if len(q.Days) == 0 {
		return q.Profile
	}
	type plainHours QuietHours
	return w.fields(reflect.ValueOf(plainHours(q)))
}

func (t Texts) document(w documenter) any {
	if text, all := t[""]; all {
		return text
	}
	return w.sorted(reflect.ValueOf(map[string]string(t)))
}

func (o ItemOptions) document(w documenter) any {
	d := make(Document, 0, len(o))
	for _, option := range o {
		keys := w.fields(reflect.ValueOf(optionKeys{Title: option.Title, Choices: option.Choices}))
		d = append(d, Entry{Key: option.Name, Value: keys})
	}
	return d
}
