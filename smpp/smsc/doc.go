// Package smsc is the carrier's side of SMPP v3.4: a scriptable SMSC with
// virtual phones for tests, the demo, the bench and carrier engineers.
//
// It owns the accounts that ESMEs bind to, the way of an MO to one of their
// binds until it is acknowledged (a real SMSC sends again what was refused for
// the moment, timed out, or was left unanswered by a bind that ended), what
// became of every MT, delivery receipts, misbehaviour on demand ([Faults]) and
// a load driver ([Load]). Its HTTP control port is package control.
//
// It uses pdu, coding and sms, and must never import the ESME (package smpp)
// or anything above it: a simulator that shares the session code of the
// gateway would share its mistakes.
//
// A peer's failures end at most its own session: a PDU that cannot be read is
// answered as the standard says, a stream out of step is closed, a peer that
// stops reading is cut after a write time-out. A full queue is an error of
// [Phone.Send].
package smsc
