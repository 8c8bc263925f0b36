package sms

import (
	"fmt"
	"strconv"
	"strings"
)

// MSISDN is a phone number as E.164 digits without the plus (ITU-T E.164),
// for example 33612345678. Zero is no number; a negative value is the keyed
// hash of an erased phone.
type MSISDN int64

// maxMSISDN is the largest number that E.164 allows: 15 digits.
const maxMSISDN = 999_999_999_999_999

// ParseMSISDN reads an international number written with a plus, with 00, or
// with neither; blanks, dots, dashes and brackets between digits are ignored.
// National forms are refused: see [ParseMSISDNIn].
func ParseMSISDN(s string) (MSISDN, error) { return ParseMSISDNIn(s, "") }

// ParseMSISDNIn is ParseMSISDN for places that may hold a national number:
// a single leading 0 is replaced by countryCode (digits, such as "33"; empty
// refuses national numbers).
func ParseMSISDNIn(s, countryCode string) (MSISDN, error) {
	digits := make([]byte, 0, len(s))
	plus := false
	for i, c := range []byte(strings.TrimSpace(s)) {
		switch {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == '+' && i == 0:
			plus = true
		case c == ' ' || c == '.' || c == '-' || c == '(' || c == ')':
		default:
			return 0, fmt.Errorf("%q is not a phone number: write it in international form, such as 33612345678", s)
		}
	}
	d := string(digits)
	if !plus {
		switch {
		case strings.HasPrefix(d, "00"):
			d = d[2:]
		case strings.HasPrefix(d, "0"):
			if countryCode == "" {
				return 0, fmt.Errorf("%q is a national number: write it with its country code, such as 33612345678", s)
			}
			d = countryCode + d[1:]
		}
	}
	n, err := strconv.ParseInt(d, 10, 64)
	if err != nil || n < 1000 || n > maxMSISDN || d[0] == '0' {
		return 0, fmt.Errorf("%q is not a phone number: 4 to 15 digits in international form are expected, such as 33612345678", s)
	}
	return MSISDN(n), nil
}

// String returns the digits. It is for the wire and for people who may see
// the number; logs take [MSISDN.Masked].
func (m MSISDN) String() string { return strconv.FormatInt(int64(m), 10) }

// Masked returns the number with all but its first three and last two digits
// hidden, for logs and for roles that need not see it.
func (m MSISDN) Masked() string {
	s := m.String()
	if m < 0 || len(s) < 7 {
		return "…"
	}
	return s[:3] + "…" + s[len(s)-2:]
}

// ShortCode is the number that people text to, for example 36111.
type ShortCode int32

// ParseShortCode reads a code of 3 to 9 digits that does not begin with 0.
func ParseShortCode(s string) (ShortCode, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || len(s) < 3 || len(s) > 9 || s[0] == '0' || s[0] == '-' {
		return 0, fmt.Errorf("%q is not a short code: 3 to 9 digits are expected, such as 36111", s)
	}
	return ShortCode(n), nil
}

// String returns the digits.
func (c ShortCode) String() string { return strconv.FormatInt(int64(c), 10) }
