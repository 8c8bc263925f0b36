package optout

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Delivery is what a receipt means for the phone, whatever the words of the
// carrier: the names of the sheet of causes. Empty: nothing final.
type Delivery string

// The deliveries. All but [Delivered] are failures.
const (
	Delivered         Delivery = "delivered"
	Absent            Delivery = "absent"             // off, out of reach, full: not now
	UnknownSubscriber Delivery = "unknown_subscriber" // no such number
	Barred            Delivery = "barred"             // the operator lets nothing through
	Handset           Delivery = "handset"            // cannot receive texts: a landline, no service
	ContentBlocked    Delivery = "content_blocked"    // by a filter
	Unsubscribed      Delivery = "unsubscribed"       // the person blocked the sender at the carrier
	DoNotDisturb      Delivery = "dnd"                // the number is in a public register
	OutOfHours        Delivery = "out_of_hours"
	Network           Delivery = "network" // the carriers' own trouble
	Rejected          Delivery = "rejected"
	UnknownCause      Delivery = "unknown"
)

// failures are the classes that an error code can have.
var failures = []Delivery{
	Absent, UnknownSubscriber, Barred, Handset, ContentBlocked, Unsubscribed, DoNotDisturb, OutOfHours, Network, Rejected, UnknownCause,
}

// byState is what a final state means when no code says more.
var byState = map[string]Delivery{
	"expired": Absent, "undeliverable": UnknownCause, "deleted": UnknownCause, "rejected": Rejected,
}

// Receipt is what an SMSC says became of a message.
type Receipt struct {
	State string // message_state in lower case; one that is not final says nothing
	Stat  string // the word that stood for the state
	Error string // err as written
	Code  int    // the same as a number, or network_error_code; 0 is none
}

// ErrorMap says what the error codes of one carrier mean. The zero map knows
// the words that mean the same everywhere.
type ErrorMap map[string]Delivery

// errorMaps are those of receipts.csv by name.
var errorMaps = loadErrorMaps()

// everyMap is the name of the map that counts for all carriers.
const everyMap = "any"

func loadErrorMaps() map[string]ErrorMap {
	all := make(map[string]ErrorMap)
	for _, row := range table("receipts.csv", "map", "code", "class", "meaning", "tag", "source", "as_of") {
		class := Delivery(row["class"])
		if !slices.Contains(failures, class) {
			panic(fmt.Sprintf("optout/data/receipts.csv: class %q", class))
		}
		if all[row["map"]] == nil {
			all[row["map"]] = make(ErrorMap)
		}
		all[row["map"]][errorCode(row["code"])] = class
	}
	return all
}

// ParseErrorMap returns the map of that name, empty for none, with codes of the
// carrier's own over it.
func ParseErrorMap(name string, own map[string]string) (ErrorMap, error) {
	m := maps.Clone(errorMaps[name])
	if name != "" && (m == nil || name == everyMap) {
		known := slices.DeleteFunc(sorted(errorMaps), func(s string) bool { return s == everyMap })
		return m, fmt.Errorf("no map of error codes is called %q: use %s, or none and codes of your own", name, strings.Join(known, ", "))
	}
	for code, class := range own {
		if !slices.Contains(failures, Delivery(class)) {
			return m, fmt.Errorf("code %s means %q, which is no class of failure: use one of %v", code, class, failures)
		}
		if m == nil {
			m = make(ErrorMap, len(own))
		}
		m[errorCode(code)] = Delivery(class)
	}
	return m, nil
}

// Read classifies a receipt. The state decides whether it says anything final,
// unless the word in its place is itself a cause; a code decides what.
func (m ErrorMap) Read(r Receipt) Delivery {
	if r.State == string(Delivered) {
		return Delivered
	}
	if class := m.lookUp(r.Stat); class != "" {
		return class
	}
	otherwise := byState[r.State]
	if otherwise == "" {
		return ""
	}
	if r.Code != 0 {
		if class := m.lookUp(strconv.Itoa(r.Code)); class != "" {
			return class
		}
	}
	if class := m.lookUp(r.Error); class != "" {
		return class
	}
	return otherwise
}

func (m ErrorMap) lookUp(code string) Delivery {
	if code = errorCode(code); code == "" {
		return ""
	}
	if class := m[code]; class != "" {
		return class
	}
	return errorMaps[everyMap][code]
}

// errorCode is a code as maps hold it: 001 is 1, and case does not matter.
func errorCode(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return s
}
