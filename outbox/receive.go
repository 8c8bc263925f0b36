package outbox

import (
	"go.uber.org/zap"

	"repartee/optout"
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
	conf := l.conf.Receipts
	l.mu.Unlock()
	r, ok := receipt.Parse(&d.Message)
	id := receipt.Canonical(r.ID, forms[conf.ReceiptID])
	if !ok || r.Kind == receipt.Acknowledgement || id == "" {
		o.Metrics.unreadable()
		if ok && r.Kind != receipt.Acknowledgement {
			o.log.Warn("a receipt without a usable id was dropped", zap.Int32("carrier", carrier), zap.Int64("arrival", d.Arrival))
		}
		d.Answer(pdu.StatusOK)
		return true
	}
	row := ReceiptRow{
		Carrier: carrier, SMSCID: id, State: uint8(r.State), Error: int32(r.NetworkError), ReceivedAt: o.clock(), Whole: conf.Part != "all",
	}
	if r.Kind == receipt.Final {
		row.Cause = conf.Causes.Read(optout.Receipt{State: r.State.String(), Stat: r.Raw, Error: r.Err, Code: r.NetworkError})
	}
	o.Metrics.receipt(r.State, row.Cause)
	o.recorder.receipt(row, d)
	return true
}

// whole reports whether a carrier sends one receipt for all segments of a message.
func (o *Outbox) whole(carrier int32) bool {
	l := o.line(carrier)
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conf.Receipts.Part != "all"
}
