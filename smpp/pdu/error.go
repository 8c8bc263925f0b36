package pdu

import "fmt"

// Error is a PDU that cannot be used. The header is what was read of it, so
// that the session can answer under its sequence number.
type Error struct {
	Header
	Status Status // what to answer; the header's own is Header.Status
	Fatal  bool   // the stream is out of step: answer, then close
	Reason string
}

// Error says what is wrong with which PDU.
func (e *Error) Error() string {
	return fmt.Sprintf("%s with sequence number %d: %s: answer %s", e.Command, e.Sequence, e.Reason, e.Status)
}

// FieldError is a value that its field cannot carry. Nothing is cut to fit:
// a cut address or password is another one.
type FieldError struct {
	Field  string // as the standard writes it
	Reason string
}

// Error names the field and the limit.
func (e *FieldError) Error() string { return e.Field + " " + e.Reason }

func tooLong(field string, have, limit int) error {
	return &FieldError{Field: field, Reason: fmt.Sprintf("has %d octets, at most %d fit", have, limit)}
}
