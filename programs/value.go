package programs

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"repartee/sms"
)

// texter is a type with a text form of its own in the file.
type texter interface{ setText(text string) error }

var (
	durationType  = reflect.TypeFor[time.Duration]()
	shortCodeType = reflect.TypeFor[sms.ShortCode]()
	msisdnType    = reflect.TypeFor[sms.MSISDN]()
)

// setText gives a value what a scalar of the file says, checked against the
// rules of its key.
func setText(v reflect.Value, text string, f field) error {
	if t, ok := v.Addr().Interface().(texter); ok {
		return t.setText(text)
	}
	switch v.Type() {
	case durationType:
		return setDuration(v, text, f)
	case shortCodeType:
		code, err := sms.ParseShortCode(text)
		v.SetInt(int64(code))
		return err
	case msisdnType:
		phone, err := sms.ParseMSISDN(text)
		v.SetInt(int64(phone))
		return err
	}
	switch v.Kind() {
	case reflect.String:
		return setString(v, text, f)
	case reflect.Bool:
		return setBool(v, text)
	case reflect.Int:
		return setInt(v, text, f)
	case reflect.Float64:
		return setFloat(v, text, f)
	}
	return fmt.Errorf("one value cannot stand here: a list or a map is expected")
}

func setString(v reflect.Value, text string, f field) error {
	if err := plain(text); err != nil {
		return err
	}
	if f.secret && f.max != "" && utf8.RuneCountInString(text) > atoi(f.max) {
		return fmt.Errorf("the value is longer than the %s characters that SMPP allows", f.max)
	}
	if f.max != "" && utf8.RuneCountInString(text) > atoi(f.max) {
		return fmt.Errorf("%q is longer than the %s characters that are allowed", text, f.max)
	}
	if len(f.oneof) > 0 && !slices.Contains(f.oneof, text) {
		return fmt.Errorf("%q is not allowed: use %s", text, orList(f.oneof))
	}
	if check := checks[f.is]; check != nil {
		if err := check(text); err != nil {
			return hide(err, f)
		}
	}
	v.SetString(text)
	return nil
}

// hide keeps a secret out of the message about it.
func hide(err error, f field) error {
	if f.secret {
		return errors.New("the value has characters that are not printable ASCII")
	}
	return err
}

// plain refuses what no key can hold: PostgreSQL has no U+0000, and an
// invisible character in a name is a trap.
func plain(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the value is not UTF-8: save the file as UTF-8")
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' {
			return fmt.Errorf("the value has the control character U+%04X: remove it", r)
		}
	}
	return nil
}

func setBool(v reflect.Value, text string) error {
	switch text {
	case "true", "yes", "on":
		v.SetBool(true)
	case "false", "no", "off":
		v.SetBool(false)
	default:
		return fmt.Errorf("%q is neither true nor false", text)
	}
	return nil
}

func setInt(v reflect.Value, text string, f field) error {
	n, err := strconv.ParseInt(text, 0, 32)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	if f.min != "" && n < int64(atoi(f.min)) || f.max != "" && n > int64(atoi(f.max)) {
		return fmt.Errorf("%d is out of range: %s to %s are allowed", n, f.min, f.max)
	}
	v.SetInt(n)
	return nil
}

func setFloat(v reflect.Value, text string, f field) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != n {
		return fmt.Errorf("%q is not a number", text)
	}
	if n < float64(atoi(f.min)) || n > float64(atoi(f.max)) {
		return fmt.Errorf("%s is out of range: %s to %s are allowed", text, f.min, f.max)
	}
	v.SetFloat(n)
	return nil
}

func setDuration(v reflect.Value, text string, f field) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration: write it such as 500ms, 10s or 2m", text)
	}
	low, _ := time.ParseDuration(f.min)
	high, _ := time.ParseDuration(f.max)
	if d < low || d > high {
		return fmt.Errorf("%s is out of range: %s to %s are allowed", text, f.min, f.max)
	}
	v.SetInt(int64(d))
	return nil
}

// atoi reads a bound of a tag; a test reads every tag.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// addressable returns what a pointer points to, for reflection.
func addressable(pointer any) reflect.Value { return reflect.ValueOf(pointer).Elem() }

// sortedKeys returns the keys of a map in their order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
