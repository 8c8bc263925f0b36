package smpp

import (
	"time"

	"repartee/smpp/pdu"
)

// tick looks at everything of a bind that waits for time: responses that did
// not come, keep-alive, answers to prove, and its own end.
func (b *Bind) tick(now time.Time) {
	b.completing.Lock()
	b.mu.Lock()
	expired := b.window.expire(now, b.carrier.cfg.ResponseTimeout)
	for i := range expired {
		if expired[i].position > b.responded {
			b.timeouts++
		}
	}
	b.used.Store(int32(b.window.used))
	cause := b.settle(now)
	if cause == nil {
		cause = b.alive(now)
	}
	b.mu.Unlock()
	b.complete(expired)
	b.completing.Unlock()
	if cause != nil {
		b.end(cause)
	}
}

// alive keeps the bind alive, or says why it is dead.
func (b *Bind) alive(now time.Time) error {
	cfg := &b.carrier.cfg
	heard := b.since.Add(time.Duration(b.heard.Load()))
	if b.timeouts >= maxTimeouts {
		return ErrUnanswered
	}
	if r, ok := b.window.requests[b.enquiry.sequence]; ok {
		if r.position == 0 || now.Sub(r.writtenAt) < cfg.EnquireTimeout {
			return nil
		}
		if heard.Before(r.writtenAt) {
			return ErrSilent
		}
		// Any PDU is a sign of life. The enquire_link itself may be lost.
		b.window.remove(b.enquiry.sequence, r)
		b.enquired()
		return nil
	}
	if now.Sub(heard) >= cfg.EnquireInterval || b.proof.due(now, cfg.ProofDelay) {
		b.probe()
	}
	return nil
}

// drain begins the bind's planned end: it takes no more submits and MOs, and
// unbinds when everything under way is answered, at the latest after
// DrainTimeout.
func (b *Bind) drain(now time.Time) {
	b.mu.Lock()
	changed := b.phase == active
	if changed {
		b.close(draining, now.Add(b.carrier.cfg.DrainTimeout))
	}
	cause := b.settle(now)
	b.mu.Unlock()
	if changed {
		b.session.announce()
	}
	if cause != nil {
		b.end(cause)
	}
}

// leave answers the SMSC's unbind and begins the end that it asked for:
// nothing new is sent, what is under way may still be answered.
func (b *Bind) leave(sequence uint32, now time.Time) {
	b.mu.Lock()
	if b.phase == over {
		b.mu.Unlock()
		return
	}
	b.queue.pushHeader(pdu.UnbindRespID, pdu.StatusOK, sequence, item{})
	b.work.Broadcast()
	if b.phase == active || b.phase == draining {
		b.close(leaving, now.Add(b.carrier.cfg.ResponseTimeout))
	}
	b.mu.Unlock()
	b.session.announce()
}

// close enters a phase that takes no more submits. The caller holds mu.
func (b *Bind) close(p phase, deadline time.Time) {
	b.phase, b.deadline = p, deadline
	b.closing.Store(true)
}

// settle takes a bind on its way out one step further, if it can. It returns
// why the bind ends now, if so. The caller holds mu.
func (b *Bind) settle(now time.Time) error {
	late := !now.Before(b.deadline)
	switch {
	case b.phase == draining && (late || b.quiet()):
		b.phase, b.deadline = unbinding, now.Add(b.carrier.cfg.ResponseTimeout)
		b.ask(pdu.UnbindID)
	case b.phase == unbinding && late:
		return errNoUnbindResp
	case b.phase == leaving && (late || b.quiet()):
		return ErrUnbound
	}
	return nil
}

// quiet reports whether nothing is under way: every submit responded to,
// every delivery answered, everything written.
func (b *Bind) quiet() bool {
	return b.window.used == 0 && b.answers == b.arrivals && b.queue.empty() && !b.writing
}
