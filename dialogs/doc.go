// Package dialogs is the conversation engine: it reads flows (docs/flows.md),
// checks them, compiles them onto a transition table of looplab/fsm, and steps
// conversations through them.
//
// It owns what a flow means: [Load] decides what may be published and [Step]
// what a phone's text, a timer or an event does to its conversations. Step is
// pure. It takes every fact as an argument, never reads a clock, does no I/O,
// draws no random number and changes nothing that it is given, so a turn can
// be replayed from its facts and gives the same result.
//
// It must never import its sibling deciders (keywords, optout) or anything
// that does I/O; of this module it knows only sms and sms/fold.
//
// Failures: a flow that cannot be understood gives [Problems] with file, line
// and column, never a panic. A conversation that cannot go on (its flow is not
// there, a limit, an expression that fails) ends with outcome "failed" or goes
// to the flow's `failed` state; the phone's other conversations do not notice.
package dialogs
