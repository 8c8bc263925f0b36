// Package receipt reads the delivery receipts of SMSCs.
//
// It owns what a receipt says about which message, in the TLVs of SMPP v3.4 or
// in the text of its appendix B as carriers really write it, and the form in
// which message ids are compared. It imports packages pdu and coding and
// nothing else of this module; it is pure and safe for concurrent use.
//
// Nothing here fails: a receipt refused comes back for ever. What cannot be
// read is left empty, and the caller counts it.
package receipt
