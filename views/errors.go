package views

import "errors"

// ErrChanged says that somebody else was quicker.
var ErrChanged = errors.New("somebody else has changed it since: read it again")

// NotFoundError says that what was asked for is not there (any more).
type NotFoundError struct{ Text string }

// Error implements error.
func (e *NotFoundError) Error() string { return e.Text }

// RefusedError says that something is there and cannot become what was asked
// for: somebody else has it, or it is too late.
type RefusedError struct{ Text string }

// Error implements error.
func (e *RefusedError) Error() string { return e.Text }

// InvalidError says what is wrong with one part of a question.
type InvalidError struct {
	Field string
	Text  string
}

// Error implements error.
func (e *InvalidError) Error() string { return e.Text }
