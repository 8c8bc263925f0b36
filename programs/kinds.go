package programs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"repartee/sms/fold"
)

// kindNames are the kinds in the order in which an apply writes them: as files
// name their lists, and as plans name one object.
var kindNames = [][2]string{
	{"carriers", "carrier"},
	{"programs", "program"},
	{"places", "place"},
	{"webhooks", "webhook"},
	{"contact_fields", "contact field"},
	{"offers", "offer"},
	{"catalogues", "catalogue"},
	{"polls", "poll"},
	{"games", "game"},
	{"flows", "flow"},
	{"short_codes", "short code"},
	{"keywords", "keyword"},
}

// Kinds lists the kinds of objects as files name them, those that others refer
// to first.
func Kinds() []string {
	names := make([]string, len(kindNames))
	for i, n := range kindNames {
		names[i] = n[0]
	}
	return names
}

// ParseKind reads a kind as people write it: short_codes, short-code or "short
// code" is short_codes.
func ParseKind(text string) (kind string, err error) {
	wanted := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(text)))
	for _, n := range kindNames {
		if wanted == n[0] || wanted == strings.ReplaceAll(n[1], " ", "_") {
			return n[0], nil
		}
	}
	hint := unknown(wanted, Kinds())
	if hint == "" {
		hint = "there is " + strings.Join(Kinds(), ", ")
	}
	return "", fmt.Errorf("`%s` is not a kind of object: %s", text, hint)
}

// Singular is one object of a kind as plans name it: "short code".
func Singular(kind string) string {
	for _, n := range kindNames {
		if n[0] == kind {
			return n[1]
		}
	}
	return ""
}

// ParseKey reads the key of an object of a kind as plans print it; the word of
// a keyword may be written as people text it: "36111 Pizza".
func ParseKey(kind, text string) string {
	text = strings.TrimSpace(text)
	if code, word, ok := strings.Cut(text, " "); ok && kind == "keywords" {
		return code + " " + fold.Text(word)
	}
	return text
}

// Keys lists the keys of the objects of a kind, in their order. The entries of
// one keyword have one key.
func (s *Shop) Keys(kind string) []string {
	var keys []string
	for _, o := range s.ofKind(kind) {
		if !slices.Contains(keys, o.key()) {
			keys = append(keys, o.key())
		}
	}
	return keys
}

// Has reports whether there is an object.
func (s *Shop) Has(kind, key string) bool { return len(s.find(kind, key)) > 0 }

// Without returns the shop without an object.
func (s *Shop) Without(kind, key string) *Shop {
	left := *s
	list := left.list(kind)
	kept := reflect.MakeSlice(list.Type(), 0, list.Len())
	for i := range list.Len() {
		if list.Index(i).Interface().(object).key() != key {
			kept = reflect.Append(kept, list.Index(i))
		}
	}
	list.Set(kept)
	return &left
}

// find returns the entries of an object: several only for a keyword.
func (s *Shop) find(kind, key string) []object {
	return slices.DeleteFunc(s.ofKind(kind), func(o object) bool { return o.key() != key })
}

func (s *Shop) ofKind(kind string) []object {
	list := s.list(kind)
	if !list.IsValid() {
		return nil
	}
	objects := make([]object, list.Len())
	for i := range objects {
		objects[i] = list.Index(i).Interface().(object)
	}
	return objects
}

// list is the slice of a kind; not valid for a kind that is none.
func (s *Shop) list(kind string) reflect.Value {
	shop := reflect.ValueOf(s).Elem()
	for _, f := range fieldsOf(shop.Type()) {
		if f.key == kind {
			return shop.Field(f.index)
		}
	}
	return reflect.Value{}
}
