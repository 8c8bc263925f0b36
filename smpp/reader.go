package smpp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// read handles what the SMSC sends until the bind is over.
func (b *Bind) read() {
	for {
		f, err := b.reader.Read()
		if err != nil {
			b.unreadable(err)
			return
		}
		now := time.Now()
		b.heard.Store(int64(now.Sub(b.since)))
		b.carrier.trace.note(b.session, false, f, now)
		if f.Command.Response() {
			b.response(f, now)
		} else {
			b.request(f, now)
		}
	}
}

// unreadable ends the bind after the stream failed.
func (b *Bind) unreadable(err error) {
	var bad *pdu.Error
	switch {
	case errors.As(err, &bad):
		b.lastWord(bad)
		err = fmt.Errorf("%w: %s", ErrOutOfStep, bad.Reason)
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("smpp: the SMSC closed the connection: %w", err)
	default:
		err = fmt.Errorf("smpp: reading: %w", err)
	}
	b.end(err)
}

// request handles a PDU that wants an answer.
func (b *Bind) request(f pdu.Frame, now time.Time) {
	switch f.Command {
	case pdu.DeliverSMID, pdu.DataSMID:
		b.deliver(f)
	case pdu.EnquireLinkID:
		b.respond(pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence)
	case pdu.UnbindID:
		b.leave(f.Sequence, now)
	case pdu.AlertNotificationID: // has no response (SMPP v3.4, 4.12.1)
		b.oddity("alert_notification", f)
	default:
		b.oddity("request refused with generic_nack", f)
		b.respond(pdu.GenericNackID, pdu.StatusInvCmdID, f.Sequence)
	}
}

// deliver hands an MO up. One that cannot be read is answered at once and has
// no arrival; one that comes when the bind is on its way out is left to be
// sent again.
func (b *Bind) deliver(f pdu.Frame) {
	m, err := pdu.DecodeMessage(f)
	if err != nil {
		status := pdu.StatusSysErr
		var bad *pdu.Error
		if errors.As(err, &bad) {
			status = bad.Status
		}
		b.oddity("message that cannot be read", f)
		b.respond(f.Command.Resp(), status, f.Sequence)
		return
	}
	b.mu.Lock()
	if b.phase != active {
		b.mu.Unlock()
		return
	}
	b.arrivals++
	arrival := b.arrivals
	b.mu.Unlock()
	b.carrier.opts.Observer.Delivered()
	b.carrier.handler.Deliver(&Delivery{Bind: b, Arrival: arrival, Message: m})
}

// response completes the request that a response belongs to.
func (b *Bind) response(f pdu.Frame, now time.Time) {
	b.completing.Lock()
	defer b.completing.Unlock()
	b.mu.Lock()
	r, ok := b.window.answerTo(f.Header)
	var cause error
	if ok {
		cause = b.matched(r, now)
	}
	b.mu.Unlock()
	switch {
	case !ok:
		b.carrier.opts.Observer.UnknownResponse(f.Command)
		b.oddity("response without a request", f)
	case r.command == pdu.SubmitSMID:
		b.submitted(r, f, now)
	}
	if cause != nil {
		b.end(cause)
	}
}

// matched notes what a response shows whatever it says: that its request and
// everything before it was read. It returns why the bind ends now, if so.
func (b *Bind) matched(r request, now time.Time) error {
	b.used.Store(int32(b.window.used))
	b.proof.respond(r.position, now)
	b.proved.Store(b.proof.proved)
	b.open.Store(b.proof.open())
	switch r.command {
	case pdu.SubmitSMID:
		b.timeouts, b.responded = 0, max(b.responded, r.position)
	case pdu.EnquireLinkID:
		b.enquired()
	case pdu.UnbindID:
		return ErrDrained
	}
	return b.settle(now)
}

// enquired notes that our enquire_link is done with, and sends the one that
// was asked for meanwhile if there is still something to prove.
func (b *Bind) enquired() {
	again := b.enquiry.again
	b.enquiry = enquiry{}
	if again && b.proof.open() {
		b.probe()
	}
}

// submitted tells what a response says about its submit_sm.
func (b *Bind) submitted(r request, f pdu.Frame, now time.Time) {
	o := Outcome{Sequence: f.Sequence, Kind: Accepted, Status: f.Status, WrittenAt: r.writtenAt, At: now}
	if f.Command == pdu.SubmitSMRespID {
		o.MessageID, _ = pdu.DecodeSubmitResp(f)
	}
	// A generic_nack is a refusal even with status 0.
	if f.Status != pdu.StatusOK || f.Command == pdu.GenericNackID {
		o.Kind = Refused
	}
	b.carrier.responded(&o)
	if r.givenUp {
		o.Kind = Late
		b.carrier.opts.Observer.LateResponse()
	}
	r.completer.Complete(o)
}

// lastWord answers a length that cannot be with generic_nack and closes our
// side in order, so that the SMSC gets to read why.
func (b *Bind) lastWord(bad *pdu.Error) {
	b.mu.Lock()
	if b.phase != over {
		b.close(condemned, time.Time{})
		b.queue.pushHeader(pdu.GenericNackID, bad.Status, bad.Sequence, item{})
		b.work.Broadcast()
	}
	for b.phase != over && (b.writing || !b.queue.empty()) {
		b.work.Wait()
	}
	b.mu.Unlock()
	if half, ok := b.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		discard(b.conn)
	}
}

// discard reads a little of what is left: closing a socket with unread data
// would take back what was written last.
func discard(conn net.Conn) {
	if conn.SetReadDeadline(time.Now().Add(lastReads)) == nil {
		// Nothing depends on how much it was or how it ended.
		_, _ = io.CopyN(io.Discard, conn, maxQueued)
	}
}

// oddity logs the first strange PDUs of a bind. Contents are not logged.
func (b *Bind) oddity(what string, f pdu.Frame) {
	if b.odd++; b.odd <= maxOddities {
		b.log.Warn(what, zap.Stringer("command", f.Command), zap.Stringer("status", f.Status), zap.Int("octets", len(f.Body)))
	}
}
