package inbox

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"repartee/outbox"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// failed quarantines an item whose decision panicked: it is stored with its
// octets, and an opt-out in it is carried out all the same.
func (b *batch) failed(u *unit, t *Thread, p any) {
	it := u.it
	b.in.metrics.panics.Inc()
	b.in.log.Error("deciding about a message failed; it is quarantined", zap.String("panic", fmt.Sprint(p)), zap.ByteString("stack", debug.Stack()))
	if u.input != nil {
		later := *u.input
		later.At = b.now.Add(time.Hour)
		b.w.InputsLater = append(b.w.InputsLater, later)
		return
	}
	if it.wake != nil && b.taking.row == nil {
		b.w.WakesDone = append(b.w.WakesDone, *it.wake)
		again := Wake{Due: b.now.Add(time.Hour), Thread: t.Key, Kind: it.wake.Kind}
		b.w.Wakes = append(b.w.Wakes, again)
		if again.Kind == WakeTalks {
			t.WakeDue = again.Due
			b.touch(t)
		}
		return
	}
	row := b.taking.row // the whole of a long message, perhaps
	if row == nil {
		row = b.row(it.mo, it.thread)
	}
	row.Outcome, row.Turn, row.Rule, row.Review = sms.OutcomeFailed, 0, "panic", true
	if b.taking.set != nil {
		row.Octets = coding.Join(b.taking.set.Parts)
		b.storeSet(b.taking.set)
	} else if it.mo != nil {
		row.Octets = it.mo.delivery.Message.UserData
	}
	if it.wake != nil { // of parts: this was the last to come of it
		b.w.WakesDone = append(b.w.WakesDone, *it.wake)
	}
	b.w.Inbound = append(b.w.Inbound, row)
	if classifySafely(row.Text) {
		row.Class = "opt-out"
		b.stopThread(t, row.ID, record{row: row})
		b.stops[len(b.stops)-1].mo, b.stops[len(b.stops)-1].id = it.mo, row.ID
		return
	}
	b.finished(it.mo, row.ID)
}

// said is how many answers of the thread the batch has so far, unsay takes
// back those behind them.
func (b *batch) said(t *Thread) int {
	if x := b.touched[t.Key]; x != nil {
		return len(x.rows)
	}
	return 0
}

func (b *batch) unsay(t *Thread, said int) {
	if x := b.touched[t.Key]; x != nil && len(x.rows) > said {
		x.rows, x.answers = x.rows[:said], x.answers[:said]
	}
}

// mark and reset undo what a failed item wrote.
type writesMark struct{ inbound, copies, sets, contacts, consents, ledger, suppress, stops, outbound, begun, ended, wakes, wakesDone, inputs, inputsDone, handoffs, reviews, events int }

func (w *Writes) mark() writesMark {
	return writesMark{
		len(w.Inbound), len(w.Copies), len(w.Sets), len(w.Contacts), len(w.Consents), len(w.Ledger), len(w.Suppress),
		len(w.Stops), len(w.Outbound), len(w.Begun), len(w.Ended), len(w.Wakes), len(w.WakesDone), len(w.Inputs), len(w.InputsDone), len(w.Handoffs), len(w.Reviews), len(w.Events),
	}
}

func (w *Writes) reset(m writesMark) {
	w.Inbound, w.Copies, w.Sets, w.Contacts = w.Inbound[:m.inbound], w.Copies[:m.copies], w.Sets[:m.sets], w.Contacts[:m.contacts]
	w.Consents, w.Ledger, w.Suppress = w.Consents[:m.consents], w.Ledger[:m.ledger], w.Suppress[:m.suppress]
	w.Stops, w.Outbound, w.Begun, w.Ended = w.Stops[:m.stops], w.Outbound[:m.outbound], w.Begun[:m.begun], w.Ended[:m.ended]
	w.Wakes, w.WakesDone, w.Events = w.Wakes[:m.wakes], w.WakesDone[:m.wakesDone], w.Events[:m.events]
	w.Inputs, w.InputsDone, w.Handoffs = w.Inputs[:m.inputs], w.InputsDone[:m.inputsDone], w.Handoffs[:m.handoffs]
	w.Reviews = w.Reviews[:m.reviews]
}

// putOff keeps a timer that cannot be handled from coming again at once.
func (in *Inbox) putOff(w *Wake, until time.Time) {
	defer in.wakes.forget(w)
	ctx, cancel := context.WithTimeout(context.Background(), attemptLimit)
	defer cancel()
	if err := in.Store.Quarantine(ctx, &Quarantine{Wake: w, Again: until}); err != nil {
		in.log.Error("a timer that cannot be handled could not be put off", zap.Error(err))
	}
}

// putOffInput lets the other inputs of the thread pass the one that the
// database refuses; the wake comes again for them.
func (in *Inbox) putOffInput(it *item, x *Input, until time.Time) {
	defer in.wakes.forget(it.wake)
	ctx, cancel := context.WithTimeout(context.Background(), attemptLimit)
	defer cancel()
	if err := in.Store.Quarantine(ctx, &Quarantine{Input: x, Again: until}); err != nil {
		in.log.Error("an input that cannot be handled could not be put off", zap.Error(err))
	}
}

// quarantine stores an MO that the database refuses even alone.
func (in *Inbox) quarantine(b *batch, it *item, cause error) {
	in.metrics.quarantined.Inc()
	in.log.Error("the database refuses a message; it is quarantined", zap.Error(cause))
	switch {
	case it.inputs() && len(b.inputs[it.thread]) > 0:
		in.putOffInput(it, b.inputs[it.thread][0], b.now.Add(time.Hour))
		return
	case it.mo == nil:
		in.putOff(it.wake, b.now.Add(time.Hour))
		return
	}
	it.mo.decode()
	b.unit = &unit{it: it}
	row := b.row(it.mo, it.thread)
	row.Outcome, row.Rule, row.Review = sms.OutcomeFailed, "refused by the database", true
	row.Text, row.Octets = "", it.mo.delivery.Message.UserData
	q := &Quarantine{Inbound: row}
	if classifySafely(it.mo.text) {
		row.Class = "opt-out"
		q.OptOut = &outbox.Stop{ID: row.ID, Phone: it.thread.Phone, Code: it.thread.Code, At: b.now}
		q.Suppress = &Suppression{Phone: it.thread.Phone, Scope: "code", ScopeID: int32(it.thread.Code), Since: b.now, Reason: "opt-out"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), attemptLimit)
	defer cancel()
	if err := in.Store.Quarantine(ctx, q); err != nil {
		in.log.Error("a message can neither be handled nor quarantined; the SMSC is asked to send it again", zap.Error(err))
		it.mo.answer(pdu.StatusRXTAppn)
		return
	}
	if q.OptOut == nil {
		in.acknowledge(it.mo, row.ID)
		return
	}
	b.stop(&stopping{stop: *q.OptOut, mo: it.mo, id: row.ID})
}
