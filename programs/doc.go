// Package programs holds what an operator configures: carriers, programs,
// short codes, keywords, flows, places and webhooks.
//
// It owns the format of `repartee apply` (reading it with positions, checking
// every value and reference, planning a change) and the compiled, immutable
// [Snapshot] from which inbox and outbox work. It does no I/O of its own: files
// and the environment come in as functions, rows through package postgres,
// which imports this one. It must never import postgres, inbox, outbox, app or
// net/http.
//
// Whatever is wrong in a file comes back as [Problems]: all of them at once,
// each with file, line, column and what to do; a configuration with a problem
// is never planned, stored or compiled.
package programs
