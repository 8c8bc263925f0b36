// Package inbox turns MOs into turns of their threads: one transaction per
// batch, and the acknowledgement only after its commit.
//
// It owns the way of an MO from the bind that read it to its deliver_sm_resp,
// as docs/message-path.md tells it (I1 to I9): shards, duplicates, parts of
// long messages, timers, opt-outs, and the quarantine of what cannot be
// handled. What to answer is decided by the pure packages optout, keywords and
// dialogs; rows are the business of its [Store]; sending is that of outbox. It
// imports neither pgx nor net/http. It handles a database that is away or
// slow (MOs are answered ESME_RX_T_APPN, so that the SMSC sends them again), a
// commit of unknown outcome (the store asks), rows that the database refuses
// (the batch is halved, the culprit quarantined and its opt-out honoured) and
// panics of the deciders (that MO's alone).
package inbox
