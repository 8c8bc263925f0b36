// Package optout decides what the law, the carriers' rules and the person's
// own word allow.
//
// [Classify] reads an inbound text: is it a STOP, a HELP, a START, or none of
// them? [Decide] is the gate before every outbound message: send, hold or
// refuse, with the rule and its source. Only Decide makes a [Permit], and
// nothing is submitted without one.
//
// The package owns the word lists, the intent patterns, the windows of
// countries and states, the zones of phone numbers and the tables of public
// holidays (folder data, each entry with its source and date). It is pure:
// facts and the moment go in, a verdict comes out. It must never import I/O,
// postgres, keywords or dialogs. Whatever it cannot judge (a class that is none,
// a number without a known zone) it refuses or holds; it never lets it through.
package optout
