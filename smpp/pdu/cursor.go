package pdu

import (
	"bytes"
	"fmt"
)

// maxText is the longest text field that is read, with its end: an address of
// data_sm, the longest of the standard (SMPP v3.4, 4.7.1).
const maxText = 65

// maxTexts bounds the octets before the text of a message: five fields of
// maxText and twelve of one octet.
const maxTexts = 5*maxText + 12

// cursor reads the mandatory fields of a body one after the other. After the
// first failure it returns zero values; the caller looks at failed at the end.
type cursor struct {
	octets []byte
	texts  string // a copy of the beginning of octets, shared by all texts: one allocation
	at     int
	failed *Error
}

func newCursor(body []byte) cursor {
	return cursor{octets: body, texts: string(body[:min(len(body), maxTexts)])}
}

func (c *cursor) rest() []byte { return c.octets[c.at:] }

func (c *cursor) fail(field, reason string, s Status) {
	if c.failed == nil {
		c.failed = &Error{Status: s, Reason: field + " " + reason}
	}
}

// octet reads an integer of one octet.
func (c *cursor) octet(field string) uint8 {
	if c.failed != nil {
		return 0
	}
	if c.at == len(c.octets) {
		c.fail(field, "is missing", StatusInvCmdLen)
		return 0
	}
	c.at++
	return c.octets[c.at-1]
}

// text reads a C-octet string; tooLong is the status for one that is longer
// than any field of the standard.
func (c *cursor) text(field string, tooLong Status) string {
	if c.failed != nil {
		return ""
	}
	rest := c.rest()
	n := bytes.IndexByte(rest[:min(len(rest), maxText)], 0)
	if n < 0 {
		if len(rest) < maxText {
			c.fail(field, "ends early", StatusInvCmdLen)
		} else {
			c.fail(field, fmt.Sprintf("is longer than %d octets", maxText-1), tooLong)
		}
		return ""
	}
	text := c.texts[c.at : c.at+n]
	c.at += n + 1
	return text
}

func (c *cursor) address(field string, tooLong Status) Address {
	return Address{
		TON:  c.octet(field + "_ton"),
		NPI:  c.octet(field + "_npi"),
		Addr: c.text(field, tooLong),
	}
}
