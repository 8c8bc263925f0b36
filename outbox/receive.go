package outbox

import (
	"go.uber.org/zap"

	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/smpp/receipt"
)

// Receive takes a delivery whose esm_class says that no person wrote it, and
// reports whether it was one: a receipt or notification of the SMSC, or an
// acknowledgement of the handset. It is answered once it is recorded; a receipt
// that cannot be read is answered, counted and dropped, since the SMSC would
// only send it again.
func (o *Outbox) Receive(d *smpp.Delivery, carrier int32) bool {
	if d.Message.Type() == 0 {
		return false
	}
	l := o.line(carrier)
	if o.fenced() || l == nil {
		d.Answer(pdu.StatusRXTAppn)
		return true
	}
	l.mu.Lock()
	form := forms[l.conf.Receipts.ReceiptID]
	l.mu.Unlock()
	r, ok := receipt.Parse(&d.Message)
	id := receipt.Canonical(r.ID, form)
	if !ok || r.Kind == receipt.Acknowledgement || id == "" {
		o.Metrics.unreadable()
		if ok && r.Kind != receipt.Acknowledgement {
			o.log.Warn("a receipt without a usable id was dropped", zap.Int32("carrier", carrier), zap.Int64("arrival", d.Arrival))
		}
		d.Answer(pdu.StatusOK)
		return true
	}
	o.Metrics.receipt(r.State)
	now := o.clock()
	row := ReceiptRow{
		Carrier: carrier, SMSCID: id, State: uint8(r.State), Error: int32(r.NetworkError), ReceivedAt: now,
	}
	o.read(&row)
	row.Final = row.Final && r.Kind == receipt.Final
	o.recorder.receipt(row, d)
	return true
}

// read tells what a receipt says of its message: whether it is the last word,
// whether the phone has it, and whether it speaks for all segments.
func (o *Outbox) read(r *ReceiptRow) {
	s := receipt.State(r.State)
	r.Final, r.Delivered = s.Final(), s == receipt.Delivered
	if l := o.line(r.Carrier); l != nil {
		l.mu.Lock()
		r.Whole = l.conf.Receipts.Part != "all"
		l.mu.Unlock()
	}
}
