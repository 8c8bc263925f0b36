package contacts

import (
	"errors"
	"fmt"
	"io"
	"time"

	"repartee/sms"
)

// Contact is a person of a file, with the proof of a consent or without one.
type Contact struct {
	Line     int
	Phone    sms.MSISDN
	First    string
	Last     string
	Language string
	Country  string
	Postcode string
	Zone     string

	Program string // consented to; empty for none
	Shown   string // what the person agreed to
	Source  string // where
	At      time.Time
}

var contactColumns = []string{
	"msisdn", "first_name", "last_name", "language", "country", "postcode", "time_zone", "program", "consent_text", "consent_source", "consent_at",
}

// ReadContacts reads a CSV file with a header. A phone that stands in it twice
// is taken the first time.
func ReadContacts(r io.Reader) (rows []Contact, bad []Bad, err error) {
	lines := map[sms.MSISDN]int{}
	bad, err = read(r, contactColumns, func(line int, f fields) error {
		c, err := contact(f)
		if err != nil {
			return err
		}
		if lines[c.Phone] != 0 {
			return fmt.Errorf("the phone of line %d once more", lines[c.Phone])
		}
		c.Line, lines[c.Phone] = line, line
		rows = append(rows, c)
		return nil
	})
	return rows, bad, err
}

func contact(f fields) (c Contact, err error) {
	c = Contact{
		First: f["first_name"], Last: f["last_name"], Language: f["language"], Country: f["country"], Postcode: f["postcode"], Zone: f["time_zone"],
		Program: f["program"], Shown: f["consent_text"], Source: f["consent_source"],
	}
	if c.Phone, err = sms.ParseMSISDN(f["msisdn"]); err != nil {
		return c, err
	}
	if _, err = time.LoadLocation(c.Zone); err != nil {
		return c, fmt.Errorf("time_zone %q is not known", c.Zone)
	}
	if c.Program == "" {
		return c, nil
	}
	if c.At, err = time.Parse(time.RFC3339, f["consent_at"]); err != nil || c.Shown == "" || c.Source == "" {
		return c, errors.New("a consent needs its proof: consent_text, consent_source, and consent_at such as 2026-07-14T10:00:00Z")
	}
	return c, nil
}
