// Package sms holds the words that every other package shares: phone numbers,
// short codes, message classes and states, ids and times.
//
// It owns their canonical forms: whatever spelling a carrier, a file or a
// person uses, a phone is one [MSISDN] and a code one [ShortCode]. It imports
// nothing of this module and does no I/O. Its only failures are values that
// are no phone number, code or class; they come back as errors that say what
// was expected.
package sms
