// Package smpp is the session layer of an ESME: it binds to a carrier's SMSC
// over SMPP v3.4, keeps the binds alive, submits MTs inside the window and the
// pace that were agreed, hands up MOs and writes their answers when the layer
// above says so.
//
// A [Carrier] is one account at one SMSC. It holds its sessions (a
// transceiver, transmitter or receiver, or a transmitter and receiver pair,
// per slot), binds again after every loss, and shares one throughput among
// them. A [Bind] is one life of one session: its sequence numbers, its window,
// its arrivals and its answers end with it. What comes from the SMSC goes to a
// [Handler]; what became of a submit_sm goes to its [Completer], exactly once.
//
// It never waits for anything above: each bind has one goroutine that reads
// and one that writes, and a carrier has one that looks at the clock. Nothing
// here starts a goroutine per message.
//
// It imports the standard library, zap, x/time/rate and smpp/pdu, and must
// never import anything above it: it knows no SQL, text, keyword, receipt or
// HTTP. Of texts, numbers and passwords it logs nothing.
//
// The failures it handles: an SMSC that is away, silent, slow, throttling,
// refusing or out of step; responses that are late, unknown, refused or of the
// wrong type; PDUs that are cut, unknown or hostile. What it cannot know, it
// says: a submit_sm without a response ends as [NoResponse] or [Cut], which
// both mean that the SMSC may have it.
package smpp
