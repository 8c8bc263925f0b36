// Package outbox brings messages to the phones: lanes, the pace and window of
// each carrier, outcomes, receipts, and the claim of what waits.
//
// It owns the way of an MT from the commit that made it to its last receipt,
// as docs/message-path.md tells it (O1 to O8). A message enters only with an
// [optout.Permit], which is checked again, under the lock of its carrier's
// line, at the moment when the PDU is given to the bind. It imports the
// deciders, smpp and the configuration, never pgx or net/http: rows are the
// business of its [Store]. It handles slow, silent and absent carriers (each
// has a line of its own, so none delays another), outcomes that nobody knows,
// and a database that is away (results are kept in memory, bounded by the
// windows, and written when it is back).
package outbox
