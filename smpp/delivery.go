package smpp

import (
	"sync/atomic"
	"unsafe"

	"repartee/smpp/pdu"
)

// Delivery is one deliver_sm or data_sm from the SMSC.
type Delivery struct {
	Bind    *Bind       // the bind that read it, the only one that can answer it
	Arrival int64       // its number on the bind: 1, 2, 3 …
	Message pdu.Message // owns its memory

	answered atomic.Bool
}

// Answer queues the deliver_sm_resp (17 octets: the message_id stays empty, SMPP
// v3.4, 4.6.2) or data_sm_resp on the bind that read the message. It reports
// false when that bind is over, and then the SMSC will send the message again;
// also when it was answered before, which changes nothing. It never blocks and
// is safe for concurrent use.
func (d *Delivery) Answer(status pdu.Status) bool {
	return !d.answered.Swap(true) && d.Bind.answer(d, status)
}

// deliverySize is what a Delivery takes without what its message refers to.
const deliverySize = int(unsafe.Sizeof(Delivery{}))

// Size returns about how many octets of memory the delivery holds.
func (d *Delivery) Size() int {
	m := &d.Message
	size := deliverySize + len(m.ServiceType) + len(m.Source.Addr) + len(m.Dest.Addr) + len(m.UserData)
	for i := range m.TLVs {
		size += int(unsafe.Sizeof(pdu.TLV{})) + len(m.TLVs[i].Value)
	}
	return size
}
