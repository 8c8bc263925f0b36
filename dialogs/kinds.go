package dialogs

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"
)

// kind is the type of a value as flows name it.
type kind uint8

const (
	kindAny kind = iota
	kindText
	kindNumber
	kindMoney
	kindFlag
	kindDate
	kindClock
	kindDatetime
	kindPhone
	kindList
	kindMap
	kindFloat // a number that need not be whole: what some expressions give
)

var kindNames = [...]string{"any", "text", "number", "money", "flag", "date", "time", "datetime", "phone", "list", "map", "number"}

func (k kind) String() string { return kindNames[k] }

func kindNamed(name string) (kind, bool) {
	for i, n := range kindNames {
		if n == name && i > 0 {
			return kind(i), true
		}
	}
	return 0, false
}

var (
	moneyType = types.TypeOf(Money{})
	dateType  = types.TypeOf(Date{})
	clockType = types.TypeOf(Clock{})
	timeType  = types.TypeOf(time.Time{})
)

// typed is the kind for the expression checker.
func (k kind) typed() types.Type {
	switch k {
	case kindText, kindPhone:
		return types.String
	case kindNumber:
		return types.Int
	case kindFloat:
		return types.Float64
	case kindMoney:
		return moneyType
	case kindFlag:
		return types.Bool
	case kindDate:
		return dateType
	case kindClock:
		return clockType
	case kindDatetime:
		return timeType
	case kindList:
		return types.Array(types.Any)
	}
	return types.Any
}

// kindOf is the inverse, for what an expression gives.
func kindOf(t reflect.Type) kind {
	if t == nil {
		return kindAny
	}
	switch t {
	case reflect.TypeFor[Money]():
		return kindMoney
	case reflect.TypeFor[Date]():
		return kindDate
	case reflect.TypeFor[Clock]():
		return kindClock
	case reflect.TypeFor[time.Time]():
		return kindDatetime
	}
	switch t.Kind() {
	case reflect.String:
		return kindText
	case reflect.Int:
		return kindNumber
	case reflect.Float64:
		return kindFloat
	case reflect.Bool:
		return kindFlag
	case reflect.Slice, reflect.Array:
		return kindList
	case reflect.Map:
		return kindMap
	}
	return kindAny
}

// fits reports whether a value has the kind; numbers in texts do not.
func (k kind) fits(v any) bool {
	switch k {
	case kindAny:
		return true
	case kindNumber:
		_, ok := v.(int)
		return ok
	case kindFloat:
		_, ok := float(v)
		return ok
	case kindPhone:
		k = kindText
	}
	return v != nil && kindOf(reflect.TypeOf(v)) == k
}

// read turns a literal, or what a keyword or an API caller gives, into a value
// of the kind.
func (k kind) read(v any, currency string, zone *time.Location) (any, bool) {
	v = normal(v)
	if n, ok := v.(int); ok && (k == kindText || k == kindPhone) {
		v = strconv.Itoa(n) // a table "12" is often given as a number
	}
	s, isText := v.(string)
	if !isText || k == kindAny || k == kindText {
		return v, k.fits(v)
	}
	s = strings.TrimSpace(s)
	switch k {
	case kindPhone:
		return s, s != ""
	case kindNumber:
		n, err := strconv.Atoi(s)
		return n, err == nil
	case kindMoney:
		m, ok := parseMoney(s)
		if money, is := m.(Money); is && money.Currency == "" {
			m = Money{money.Cents, currency}
		}
		return m, ok
	case kindFlag:
		return s == "true" || s == "yes", s == "true" || s == "yes" || s == "false" || s == "no"
	case kindDate:
		d, ok := parseDate(s)
		return d, ok
	case kindClock:
		c, ok := parseClock(s)
		return c, ok
	case kindDatetime:
		t, ok := parseDatetime(s, zone)
		return normal(t), ok
	}
	return nil, false
}

func parseDatetime(s string, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// compare orders two values of one kind, or of kinds that are written alike:
// money and numbers, times and "HH:MM", dates and "YYYY-MM-DD".
func compare(a, b any) (int, bool) {
	switch x := a.(type) {
	case Money:
		y, ok := cents(b, x.Currency)
		return cmp.Compare(x.Cents, y), ok
	case Date:
		switch y := b.(type) {
		case Date:
			return cmp.Compare(x.String(), y.String()), true
		case string:
			d, ok := parseDate(y)
			return cmp.Compare(x.String(), d.String()), ok
		}
	case Clock:
		return compareClock(x, b)
	case time.Time:
		return compareTime(x, b)
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y), true
		}
		if _, known := b.(time.Time); known || isOwn(b) {
			c, ok := compare(b, a)
			return -c, ok
		}
	case int, float64:
		if y, ok := b.(Money); ok {
			c, ok := compare(y, a)
			return -c, ok
		}
		p, ok1 := float(a)
		q, ok2 := float(b)
		return cmp.Compare(p, q), ok1 && ok2
	}
	return 0, false
}

func isOwn(v any) bool {
	switch v.(type) {
	case Money, Date, Clock:
		return true
	}
	return false
}

func compareClock(x Clock, b any) (int, bool) {
	switch y := b.(type) {
	case Clock:
		return cmp.Compare(x.Minutes, y.Minutes), true
	case time.Time:
		return cmp.Compare(x.Minutes, clockOf(y).Minutes), true
	case string:
		c, ok := parseClock(y)
		return cmp.Compare(x.Minutes, c.Minutes), ok
	}
	return 0, false
}

func compareTime(x time.Time, b any) (int, bool) {
	switch y := b.(type) {
	case time.Time:
		return x.Compare(y), true
	case Clock:
		return cmp.Compare(clockOf(x).Minutes, y.Minutes), true
	case Date:
		return cmp.Compare(dateOf(x).String(), y.String()), true
	case string:
		if c, ok := parseClock(y); ok {
			return cmp.Compare(clockOf(x).Minutes, c.Minutes), true
		}
		d, ok := parseDate(y)
		return cmp.Compare(dateOf(x).String(), d.String()), ok
	}
	return 0, false
}

func float(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// cents is an amount of the currency, from money or a plain number.
func cents(v any, currency string) (int64, bool) {
	switch x := v.(type) {
	case Money:
		return x.Cents, x.Currency == currency || x.Currency == "" || currency == ""
	case int:
		return int64(x) * 100, x < 1e13 && x > -1e13
	case float64:
		return roundCents(x * 100)
	}
	return 0, false
}
