package receipt

import (
	"fmt"
	"math/big"
	"strings"
)

// Form is how an SMSC writes message ids; it is a setting per carrier, one for
// responses and one for receipts. It is never guessed: "1234" is good in all
// three.
type Form uint8

// The forms.
const (
	Opaque  Form = iota // compared octet by octet
	Decimal             // a number; leading zeros mean nothing
	Hex                 // a number; nor does the case
)

var formNames = [...]string{"opaque", "decimal", "hex"}

// String returns the name as a configuration writes it.
func (f Form) String() string {
	if int(f) < len(formNames) {
		return formNames[f]
	}
	return fmt.Sprintf("form(%d)", uint8(f))
}

// ParseForm is the inverse of String.
func ParseForm(name string) (Form, error) {
	for f := Opaque; f <= Hex; f++ {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%q is not a form of message ids: write opaque, decimal or hex", name)
}

// MaxID is the longest message id, in octets (SMPP v3.4, 5.2.23).
const MaxID = 64

// Canonical returns the form in which ids are compared and stored: printable
// ASCII of at most [MaxID] octets. Ids of two carriers may be equal.
//
// An opaque id is itself. A decimal or hexadecimal one is the number in
// hexadecimal, so that the id of a response in one form equals that of its
// receipt in the other; what is no such number is kept as it is behind a "=",
// so that it equals no number. Empty means that the id cannot be used: it is
// empty, too long, or holds octets that are no printable ASCII.
func Canonical(id string, form Form) string {
	id = clean(id)
	if form != Opaque {
		id = number(id, form)
	}
	if len(id) > MaxID || !printable(id) {
		return ""
	}
	return id
}

func number(id string, form Form) string {
	if id == "" || len(id) > MaxID {
		return ""
	}
	base, digits := 10, id
	if form == Hex {
		base, digits = 16, hexDigits(id)
	}
	if !consistsOf(digits, base) {
		return "=" + id
	}
	if base == 16 {
		return stripped(strings.ToLower(digits))
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return "=" + id
	}
	return n.Text(16)
}

func hexDigits(id string) string {
	if len(id) > 2 && id[0] == '0' && id[1]|0x20 == 'x' {
		return id[2:]
	}
	return id
}

// stripped takes leading zeros off, but for the number zero.
func stripped(digits string) string {
	if s := strings.TrimLeft(digits, "0"); s != "" {
		return s
	}
	return "0"
}

func consistsOf(digits string, base int) bool {
	for i := range len(digits) {
		c := digits[i]
		decimal := '0' <= c && c <= '9'
		hex := 'a' <= c|0x20 && c|0x20 <= 'f'
		if !decimal && (base == 10 || !hex) {
			return false
		}
	}
	return digits != ""
}

func printable(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}
