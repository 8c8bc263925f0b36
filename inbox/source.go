package inbox

import (
	"sync/atomic"

	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// Limits of what one bind may have queued: beyond them an MO is answered
// ESME_RX_T_APPN at once, and the SMSC's own queue takes over.
const (
	maxQueued      = 2000
	maxQueuedBytes = 4 << 20
)

// Source is one bind as the inbox sees it.
type Source struct {
	inbox   *Inbox
	carrier *programs.Carrier
	bind    *smpp.Bind
	queued  atomic.Int64
	octets  atomic.Int64
}

// Open begins a bind. Its MOs are decoded as the carrier's configuration of
// this moment says.
func (in *Inbox) Open(bind *smpp.Bind, carrier *programs.Carrier) *Source {
	in.binds.bound(bind, carrier.ID, in.clock())
	return &Source{inbox: in, carrier: carrier, bind: bind}
}

// Close ends it.
func (s *Source) Close() { s.inbox.binds.ended(s.bind, s.inbox.clock()) }

// Deliver takes an MO. It never blocks.
func (s *Source) Deliver(d *smpp.Delivery) {
	in := s.inbox
	size := d.Size()
	if in.fenced() || in.stopping.Load() || s.queued.Load() >= maxQueued || s.octets.Load()+int64(size) > maxQueuedBytes {
		if !in.stopping.Load() { // a stopping node leaves it unanswered: the unbind says why
			in.metrics.turnedAway.Inc()
			d.Answer(pdu.StatusRXTAppn)
		}
		return
	}
	s.queued.Add(1)
	s.octets.Add(int64(size))
	phone, err := sms.ParseMSISDNIn(d.Message.Source.Addr, s.carrier.CountryCode)
	code, _ := sms.ParseShortCode(d.Message.Dest.Addr)
	m := &mo{delivery: d, source: s, carrier: s.carrier, readAt: in.clock(), size: size, noPhone: err != nil}
	m.fingerprint = Fingerprint(s.carrier.ID, &d.Message, uint16(s.carrier.MessageIDTag))
	in.metrics.received.Inc()
	in.shard(phone).push(&item{thread: sms.Thread{Phone: phone, Code: code}, readAt: m.readAt, mo: m})
}

// answer acknowledges an MO, or asks for it again.
func (m *mo) answer(status pdu.Status) {
	m.source.queued.Add(-1)
	m.source.octets.Add(-int64(m.size))
	m.delivery.Answer(status)
}
