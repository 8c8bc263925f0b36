package sms

import "errors"

// PermanentError marks an error that the same call would meet again: a row
// that the database refuses, as opposed to a database that is away.
type PermanentError struct{ Err error }

// Error implements error.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent reports whether trying again is of no use.
func Permanent(err error) bool {
	var p *PermanentError
	return errors.As(err, &p)
}
