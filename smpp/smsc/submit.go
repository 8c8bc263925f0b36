package smsc

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// verdict is what the SMSC does with one submit_sm.
type verdict struct {
	status  pdu.Status
	id      uint64 // of an accepted message
	code    sms.ShortCode
	phone   sms.MSISDN
	fate    state
	receipt time.Duration // from now to the receipt
	faults  Faults
}

// submit handles a submit_sm or a data_sm of the ESME.
func (s *session) submit(f pdu.Frame) {
	a := s.account
	m, err := pdu.DecodeMessage(f)
	now, order := time.Now(), a.server.order.Add(1)
	v := a.judge(s, &m, err, now)
	var id []byte
	if v.status == pdu.StatusOK {
		id = a.options.Receipts.ResponseID.append(nil, v.id)
	}
	a.respond(s, f, v, string(id))
	if err == nil {
		a.server.arrived(a, s, &m, v, string(id), order, now)
	}
	if v.status == pdu.StatusOK {
		a.report(s, &m, v, now)
	}
}

// judge decides on a message and, when it is accepted, gives it an id and a
// fate.
func (a *Account) judge(s *session, m *pdu.Message, broken error, now time.Time) verdict {
	v := verdict{}
	v.code, v.phone, v.status = a.check(m, broken)
	a.mu.Lock()
	defer a.mu.Unlock()
	v.faults = a.faults
	a.count.Submitted++
	if v.status = a.mood(s, v.status, now); v.status != pdu.StatusOK {
		a.count.Refused[v.status]++
		return v
	}
	a.count.Accepted++
	a.lastID++
	v.id, v.fate, v.receipt = a.lastID, a.fates.draw(), a.fates.delay(a.options.Receipts)
	return v
}

// mood adds to what is wrong with a message what is wrong with the bind or the
// account; a.mu is held.
func (a *Account) mood(s *session, status pdu.Status, now time.Time) pdu.Status {
	if s.role == Receiver {
		return pdu.StatusInvBndSts
	}
	if refusal, ok := a.nextFailure(); ok {
		return refusal
	}
	switch {
	case a.faults.QueueFull:
		return pdu.StatusMsgQFul
	case a.faults.Throttle > 0 && !a.bucket.take(now):
		return pdu.StatusThrottled
	}
	return status
}

// check judges the message itself, as strict carriers do.
func (a *Account) check(m *pdu.Message, broken error) (sms.ShortCode, sms.MSISDN, pdu.Status) {
	var bad *pdu.Error
	if errors.As(broken, &bad) {
		return 0, 0, bad.Status
	}
	if broken != nil {
		return 0, 0, pdu.StatusSysErr
	}
	code, err := strconv.ParseInt(m.Source.Addr, 10, 32)
	if err != nil || !a.serves(sms.ShortCode(code)) {
		return 0, 0, pdu.StatusInvSrcAdr
	}
	phone, err := strconv.ParseInt(m.Dest.Addr, 10, 64) // a plus is no digit: ParseInt takes it, carriers do not
	if err != nil || len(m.Dest.Addr) > 15 || m.Dest.Addr[0] < '1' || m.Dest.Addr[0] > '9' {
		return 0, 0, pdu.StatusInvDstAdr
	}
	if !fits(m) {
		return 0, 0, pdu.StatusInvMsgLen
	}
	return sms.ShortCode(code), sms.MSISDN(phone), pdu.StatusOK
}

// fits reports whether the user data fits one SMS (3GPP TS 23.040, 9.2.3.24:
// 140 octets on the air, header included). A message_payload may be longer:
// the SMSC segments it.
func fits(m *pdu.Message) bool {
	if m.InPayload {
		return true
	}
	header := 0
	if m.HasUDH() {
		if len(m.UserData) == 0 || int(m.UserData[0])+1 > len(m.UserData) {
			return false
		}
		header = int(m.UserData[0]) + 1
	}
	room := 140 - header
	if sevenBit(m.DataCoding) { // unpacked on the wire, packed on the air
		room = room * 8 / 7
	}
	return len(m.UserData)-header <= room
}

// sevenBit reports whether a data_coding means the default alphabet (3GPP TS
// 23.038, 4, for the message classes).
func sevenBit(dataCoding uint8) bool {
	return dataCoding <= 1 || dataCoding&0xFC == 0x10 || dataCoding&0xF4 == 0xF0
}

// shufflePatience is how long collected responses wait for more.
const shufflePatience = 50 * time.Millisecond

// respond answers a submit_sm, in the way the faults want it.
func (a *Account) respond(s *session, f pdu.Frame, v verdict, id string) {
	if v.faults.Mute {
		return
	}
	delay := v.faults.Delay
	if v.faults.ReceiptFirst && v.status == pdu.StatusOK {
		delay = max(delay, shufflePatience)
	}
	if delay == 0 && v.faults.Shuffle < 2 {
		s.mu.Lock()
		s.out = appendResponse(s.out, f, v.status, id)
		s.mu.Unlock()
		return
	}
	octets := appendResponse(nil, f, v.status, id)
	switch {
	case v.faults.Shuffle >= 2:
		a.hold(s, octets, v.faults.Shuffle)
	default:
		a.server.schedule.after(delay, func() { s.send(octets) })
	}
}

// appendResponse writes a submit_sm_resp; a refused one has no body (SMPP
// v3.4, 4.4.2).
func appendResponse(dst []byte, f pdu.Frame, status pdu.Status, id string) []byte {
	if status != pdu.StatusOK {
		return pdu.AppendHeader(dst, f.Command.Resp(), status, f.Sequence)
	}
	return pdu.AppendResp(dst, f.Command, status, f.Sequence, id)
}

// hold collects responses and gives them in reverse order when there are n.
func (a *Account) hold(s *session, octets []byte, n int) {
	a.mu.Lock()
	s.held = append(s.held, octets)
	first, full := len(s.held) == 1, len(s.held) >= n
	a.mu.Unlock()
	switch {
	case full:
		a.unhold(s)
	case first:
		a.server.schedule.after(shufflePatience, func() { a.unhold(s) })
	}
}

func (a *Account) unhold(s *session) {
	a.mu.Lock()
	held := s.held
	s.held = nil
	a.mu.Unlock()
	for i := len(held) - 1; i >= 0; i-- {
		s.queue(held[i])
	}
	s.flush()
}

// report queues the receipts that an accepted message asked for.
func (a *Account) report(s *session, m *pdu.Message, v verdict, now time.Time) {
	if a.options.Receipts.Off {
		return
	}
	if a.options.Receipts.Intermediate && m.RegisteredDelivery&wantIntermediate != 0 {
		enroute, _ := stateNamed("ENROUTE")
		a.send(s, a.receipt(m, v.id, enroute, now), v, 0)
	}
	if wanted(m, v.fate) {
		a.send(s, a.receipt(m, v.id, v.fate, now.Add(v.receipt)), v, v.receipt)
	}
}

// send queues a receipt now or later, for the bind that the faults want.
func (a *Account) send(s *session, d *delivery, v verdict, after time.Duration) {
	if d == nil {
		return
	}
	if d.prefer = s; v.faults.ReceiptElsewhere {
		d.prefer, d.avoid = nil, s
	}
	if after == 0 || v.faults.ReceiptFirst {
		a.offerReceipt(d)
		return
	}
	a.server.schedule.after(after, func() { a.offerReceipt(d) })
}

// sameOctets is how repeated MTs are told.
func sameOctets(a, b *pdu.Message) bool {
	return a.ESMClass == b.ESMClass && a.DataCoding == b.DataCoding && bytes.Equal(a.UserData, b.UserData)
}
