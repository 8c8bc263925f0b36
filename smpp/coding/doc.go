// Package coding turns texts into the octets of short messages and back.
//
// It owns the alphabets (GSM 03.38, ASCII, ISO-8859-1, UCS-2), the meaning of
// data_coding, user data headers, and how a long text is split into segments
// and put together again. Everything is pure and safe for concurrent use; it
// imports package pdu and nothing else of this module: no session, no I/O, no
// clock.
//
// Sending fails only for a text of too many segments ([TooLongError]).
// Receiving never fails: whatever a carrier sends becomes a text that a
// database accepts, or is reported as binary. Alphabets are never guessed from
// the octets; what data_coding 0 means is the carrier's setting.
package coding
