package programs

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"repartee/smpp/pdu"
)

// checks are the rules that a key names by `is`.
var checks = map[string]func(text string) error{
	"name":     checkName,
	"group":    checkName,
	"field":    checkField,
	"code":     checkCode,
	"addr":     checkAddr,
	"ascii":    checkASCII,
	"digits":   checkDigits,
	"status":   func(s string) error { _, err := ParseStatus(s); return err },
	"country":  checkCountry,
	"language": checkLanguage,
	"currency": checkCurrency,
	"zone":     checkZone,
	"url":      checkURL,
	"moment":   func(s string) error { _, err := ParseMoment(s, time.UTC); return err },
	"days":     func(s string) error { _, err := ParseDays(s); return err },
	"opening":  checkOpening,
	"hours":    func(s string) error { _, _, err := ParseHours(s); return err },
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

func checkName(s string) error {
	if !nameForm.MatchString(s) {
		return fmt.Errorf("%q is not a name: use small letters, digits, dot, dash and underscore, beginning with a letter, such as pizza-roma", s)
	}
	return nil
}

func checkOpening(s string) error {
	if s == "closed" {
		return nil
	}
	_, _, err := ParseHours(s)
	return err
}

var fieldForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func checkField(s string) error {
	if !fieldForm.MatchString(s) {
		return fmt.Errorf("%q is not the name of a field: use small letters, digits and underscore, beginning with a letter, such as card_number", s)
	}
	return nil
}

var codeForm = regexp.MustCompile(`^[A-Z0-9-]+$`)

func checkCode(s string) error {
	if !codeForm.MatchString(s) {
		return fmt.Errorf("%q is not a code: use capitals, digits and dashes", s)
	}
	return nil
}

func checkAddr(s string) error {
	host, port, err := net.SplitHostPort(s)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || host == "" || bad != nil || n == 0 {
		return fmt.Errorf("%q is not an address: write host:port, such as smsc.example.net:2775", s)
	}
	return nil
}

func checkASCII(s string) error {
	for _, c := range []byte(s) {
		if c < 0x20 || c > 0x7E {
			return fmt.Errorf("%q has a character that SMPP does not allow here: use printable ASCII", s)
		}
	}
	return nil
}

func checkDigits(s string) error {
	if _, err := strconv.ParseUint(s, 10, 32); err != nil || s[0] == '0' {
		return fmt.Errorf("%q is not a country code: write its digits, such as 33", s)
	}
	return nil
}

func checkCountry(s string) error {
	region, err := language.ParseRegion(s)
	if err != nil || !region.IsCountry() || region.String() != s {
		return fmt.Errorf("%q is not a country: write its two letters of ISO 3166-1 in capitals, such as FR", s)
	}
	return nil
}

func checkLanguage(s string) error {
	base, err := language.ParseBase(s)
	if err != nil || base.String() != s || len(s) != 2 || s == "no" {
		return fmt.Errorf("%q is not a language: write its two letters of ISO 639-1, such as fr%s", s, norwegian(s))
	}
	return nil
}

// norwegian helps those who write the language as the country.
func norwegian(s string) string {
	if s == "no" {
		return "; Norwegian is nb"
	}
	return ""
}

func checkCurrency(s string) error {
	unit, err := currency.ParseISO(s)
	if err != nil || unit.String() != s {
		return fmt.Errorf("%q is not a currency: write its three letters of ISO 4217, such as EUR", s)
	}
	return nil
}

// currencyOf returns the currency of a country, "" when it has none.
func currencyOf(country string) string {
	region, err := language.ParseRegion(country)
	if err != nil {
		return ""
	}
	unit, ok := currency.FromRegion(region)
	if !ok {
		return ""
	}
	return unit.String()
}

func checkZone(s string) error {
	if s == "" || s == "Local" {
		return fmt.Errorf("%q is not a time zone: write its IANA name, such as Europe/Paris", s)
	}
	if _, err := time.LoadLocation(s); err != nil {
		return fmt.Errorf("%q is not a time zone: write its IANA name, such as Europe/Paris", s)
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%q is not a web address: write it with https://", s)
	}
	return nil
}

// statusNames has every command_status that has a name, by that name.
var statusNames = sync.OnceValue(func() map[string]pdu.Status {
	names := map[string]pdu.Status{}
	for s := range pdu.Status(0x500) {
		if name, _, _ := strings.Cut(s.String(), " "); strings.HasPrefix(name, "ESME_") {
			names[name] = s
		}
	}
	return names
})

// ParseStatus reads a command_status as a file writes it: by its name in SMPP
// v3.4, 5.1.3 (ESME_RTHROTTLED), or as a number (0x58, 88).
func ParseStatus(s string) (pdu.Status, error) {
	status, ok := statusNames()[s]
	if !ok {
		n, err := strconv.ParseUint(s, 0, 32)
		if err != nil {
			return 0, fmt.Errorf("%q is not a command_status: write its name, such as ESME_RTHROTTLED, or its number, such as 0x58", s)
		}
		status = pdu.Status(n)
	}
	if status == pdu.StatusOK {
		return 0, errors.New("ESME_ROK is success: it is neither temporary nor permanent")
	}
	return status, nil
}
