package smpp

import (
	"context"
	"net"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// Handler takes what the binds of a carrier bring. Its methods are called on
// the goroutine that reads the bind and must not block: while one of them
// runs, no response of that bind is read.
type Handler interface {
	// Bound is called after a good bind_resp, before anything of the bind.
	Bound(b *Bind)
	// Deliver is called for each deliver_sm and data_sm, in order of arrival
	// on the bind. Each must end in one Answer, unless its bind ends first.
	Deliver(d *Delivery)
	// Ended is called once per bind, after all its pending submits have been
	// completed. Its [Bind.Proved] is final.
	Ended(b *Bind, cause error)
}

// Options are the parts of a carrier that are not configuration.
type Options struct {
	Log       *zap.Logger  // nil logs nothing
	Observer  Observer     // nil observes nothing
	NewBindID func() int64 // the ids of binds; nil counts from 1 for each carrier

	// Dial replaces the connection's first step, for a proxy or a local
	// address; nil is a [net.Dialer]. TLS, if configured, comes on top.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	firstSequence uint32 // the bind's own sequence number; 0 is 1
}

// Observer counts what happens on a carrier's binds, for metrics. Its methods
// are called on hot paths from several goroutines: they must be quick, safe
// for concurrent use and must not call back. Embed [Unobserved] to implement
// a part of it.
type Observer interface {
	// Submitted: a submit_sm was queued for a bind.
	Submitted()
	// Responded: it was answered, late or in time, after the latency since it
	// was written.
	Responded(status pdu.Status, latency time.Duration)
	// Unanswered: it was given up, after response_timeout or at the end of
	// its bind.
	Unanswered(kind OutcomeKind)
	// Delivered: a deliver_sm or data_sm was handed up.
	Delivered()
	// Answered: its answer was queued for the bind that read it.
	Answered(status pdu.Status)
	// LateResponse: a response came after its submit_sm had been given up,
	// and still found it. Responded is called too.
	LateResponse()
	// UnknownResponse: a response matched no request of its bind.
	UnknownResponse(command pdu.Command)
	// BindState: a session changed its state.
	BindState(info BindInfo)
	// Paced: the carrier's pace is now this many segments per second; 0 is
	// unlimited.
	Paced(segments float64)
}

// Unobserved is an [Observer] that does nothing.
type Unobserved struct{}

var _ Observer = Unobserved{}

// Submitted does nothing.
func (Unobserved) Submitted() {}

// Responded does nothing.
func (Unobserved) Responded(pdu.Status, time.Duration) {}

// Unanswered does nothing.
func (Unobserved) Unanswered(OutcomeKind) {}

// Delivered does nothing.
func (Unobserved) Delivered() {}

// Answered does nothing.
func (Unobserved) Answered(pdu.Status) {}

// LateResponse does nothing.
func (Unobserved) LateResponse() {}

// UnknownResponse does nothing.
func (Unobserved) UnknownResponse(pdu.Command) {}

// BindState does nothing.
func (Unobserved) BindState(BindInfo) {}

// Paced does nothing.
func (Unobserved) Paced(float64) {}
