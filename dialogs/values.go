package dialogs

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"
)

// Values are named values of a conversation: inputs and saved names. A value
// is a string, int, float64, bool, nil, [Money], [Date], [Clock], time.Time,
// []any or map[string]any; JSON keeps the kind of each.
type Values map[string]any

// Money is an exact amount in hundredths of its currency (ISO 4217).
type Money struct {
	Cents    int64
	Currency string
}

// String returns the amount in the form that JSON and logs use: "12.50 EUR".
func (m Money) String() string { return m.amount(".") + " " + m.Currency }

func (m Money) amount(point string) string {
	sign, c := "", m.Cents
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d%s%02d", sign, c/100, point, c%100)
}

// Date is a day of the calendar, without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func (d Date) at(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

func (d Date) add(days int) Date { return dateOf(d.at(time.UTC).AddDate(0, 0, days)) }

func parseDate(s string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dateOf(t), err == nil
}

// Clock is a time of day in minutes after midnight.
type Clock struct{ Minutes int }

// String returns the time of day as HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Minutes/60, c.Minutes%60) }

func parseClock(s string) (Clock, bool) {
	h, m, ok := strings.Cut(s, ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 || len(m) != 2 {
		return Clock{}, false
	}
	return Clock{hour*60 + minute}, true
}

func clockOf(t time.Time) Clock { return Clock{t.Hour()*60 + t.Minute()} }

// next returns the next occurrence of the time of day strictly after now.
func (c Clock) next(now time.Time) time.Time {
	y, m, d := now.Date()
	t := time.Date(y, m, d, c.Minutes/60, c.Minutes%60, 0, 0, now.Location())
	if !t.After(now) {
		t = time.Date(y, m, d+1, c.Minutes/60, c.Minutes%60, 0, 0, now.Location())
	}
	return t
}

// maxValueDepth is how deep lists and maps may be nested; what is deeper is
// dropped.
const maxValueDepth = 8

// parseMoney reads what Money.String writes, and "12.50" without a currency.
func parseMoney(s string) (any, bool) {
	number, currency, _ := strings.Cut(s, " ")
	sign := int64(1)
	if strings.HasPrefix(number, "-") {
		sign, number = -1, number[1:]
	}
	whole, part, _ := strings.Cut(strings.Replace(number, ",", ".", 1), ".")
	for len(part) < 2 {
		part += "0"
	}
	w, err1 := strconv.ParseUint(whole, 10, 40)
	p, err2 := strconv.ParseUint(part, 10, 8)
	if err1 != nil || err2 != nil || len(part) != 2 {
		return nil, false
	}
	return Money{sign * (int64(w)*100 + int64(p)), currency}, true
}

// normal brings a value to the form that it has after a trip through JSON, so
// that a conversation never changes by being stored.
func normal(x any) any { return normalAt(x, 0) }

func normalAt(x any, depth int) any {
	if depth > maxValueDepth {
		return nil
	}
	switch x := x.(type) {
	case string:
		return strings.ToValidUTF8(x, "\uFFFD")
	case float64:
		return normalFloat(x)
	case float32:
		return normalFloat(float64(x))
	case int64:
		return int(x)
	case int32:
		return int(x)
	case json.Number:
		f, err := x.Float64()
		if i, whole := x.Int64(); whole == nil {
			return int(i)
		}
		if err != nil {
			return nil
		}
		return normalFloat(f)
	case time.Time:
		return x.UTC().Truncate(time.Millisecond)
	case time.Duration:
		return int(x / time.Minute)
	case []string:
		out := make([]any, len(x))
		for i := range x {
			out[i] = normalAt(x[i], depth+1)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = normalAt(x[i], depth+1)
		}
		return out
	case cartValue:
		return normalAt(map[string]any(x), depth)
	case map[string]any:
		out := make(map[string]any, len(x))
		for k := range x {
			out[strings.ToValidUTF8(k, "\uFFFD")] = normalAt(x[k], depth+1)
		}
		return out
	}
	return x
}

// normalFloat makes whole numbers ints, as they are read back, and drops what
// JSON cannot write.
func normalFloat(x float64) any {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return nil
	case x == math.Trunc(x) && x >= -1<<63 && x < 1<<63:
		return int(x)
	}
	return x
}

// size is about the number of bytes that a value takes in the stored row.
func size(x any) int {
	switch x := x.(type) {
	case string:
		return len(x) + 2
	case []any:
		n := 2
		for _, e := range x {
			n += size(e) + 1
		}
		return n
	case map[string]any:
		n := 2
		for k, e := range x {
			n += len(k) + size(e) + 4
		}
		return n
	}
	return 12
}

// with returns a copy of the values with one changed.
func (v Values) with(name string, x any) Values {
	out := make(Values, len(v)+1)
	maps.Copy(out, v)
	out[name] = x
	return out
}
