package sms

import "fmt"

// Class says why a message is sent, which decides what the gate asks of it.
type Class uint8

// The classes, in the order of the database type message_class.
const (
	// Reply answers the phone's own message within the reply window
	// ("conversational" in the trade's rules).
	Reply Class = iota + 1
	// Transactional is what the customer asked to be told: orders, deliveries.
	Transactional
	// Marketing is everything that promotes ("promotional").
	Marketing
	// Compliance is an answer to STOP, HELP or START.
	Compliance
)

var classNames = [...]string{"", "reply", "transactional", "marketing", "compliance"}

// String returns the class as the database, the files and the API write it.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// ParseClass is the inverse of String.
func ParseClass(s string) (Class, error) {
	for i, n := range classNames {
		if i > 0 && n == s {
			return Class(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a message class: use reply, transactional, marketing or compliance", s)
}

// Answer reports whether the class is one that leaves in the order decided
// and is sent again after an outcome nobody knows: all but marketing.
func (c Class) Answer() bool { return c != Marketing }
