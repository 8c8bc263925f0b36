package smsc

import (
	"time"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// received takes an accepted MT for one of the load's phones.
func (l *Load) received(m *pdu.Message, phone sms.MSISDN, now time.Time) {
	i := int32(phone - l.options.FirstPhone)
	if l.options.Numbered {
		l.receivedNumber(i, m, now)
		return
	}
	if !lastSegment(m) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.phones[i]
	if p.open == 0 {
		l.unexpected(p.turns > 0)
		return
	}
	l.answer(p.turn, now)
	l.fill(now)
}

// receivedNumber matches an answer by the number in it.
func (l *Load) receivedNumber(phone int32, m *pdu.Message, now time.Time) {
	n, ok := echoed(m.UserData)
	if !ok {
		if lastSegment(m) {
			l.mu.Lock()
			l.result.Strange++
			l.mu.Unlock()
		}
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= int64(len(l.numbers)) || l.numbers[n].phone != phone {
		l.result.Strange++
		return
	}
	if l.numbers[n].answered {
		l.result.Duplicates++
		return
	}
	l.numbers[n].answered = true
	p := &l.phones[phone]
	if n+1 < p.answered {
		l.result.OutOfOrder++
	}
	p.answered = max(p.answered, n+1)
	if t := l.turn(n); t == nil || t.expired {
		l.result.Late++
		return
	}
	l.answer(n, now)
	l.fill(now)
}

// unexpected counts an MT that no open turn of its phone explains.
func (l *Load) unexpected(texted bool) {
	if texted {
		l.result.Duplicates++
		return
	}
	l.result.Strange++
}

// answer books the answer to a turn; l.mu is held.
func (l *Load) answer(n int64, now time.Time) {
	t := l.turn(n)
	if t == nil || t.answered || t.expired {
		return
	}
	t.answered = true
	l.result.Turns++
	if from := l.start.Add(l.options.Warmup); !now.Before(from) {
		if l.stopped.IsZero() {
			l.measured++
		}
		if !t.at.Before(from) {
			l.latency.add(now.Sub(t.at))
		}
	}
	l.release(t)
}

// lastSegment reports whether m is a whole message or the last part of one.
func lastSegment(m *pdu.Message) bool {
	if !m.HasUDH() && len(m.TLVs) == 0 {
		return true
	}
	concat, _ := coding.ConcatOf(m)
	return concat == nil || concat.Part == concat.Total
}

// echoed finds the number behind the first # that has one. It reads octets,
// not characters: # and digits are the same octets in every alphabet that is
// used, but for the zero octets of UCS-2.
func echoed(octets []byte) (n int64, found bool) {
	inside := false
	for _, c := range octets {
		switch {
		case c == 0:
		case c == '#' && !found:
			inside = true
		case inside && c >= '0' && c <= '9' && n < 1<<56:
			n, found = n*10+int64(c-'0'), true
		case found:
			return n, true
		default:
			inside = false
		}
	}
	return n, found
}

// Report says how a load went, or goes.
type Report struct {
	Running bool    `json:"running"`
	Seconds float64 `json:"seconds"` // measured, that is without the warm-up and the end

	MOs            int64 `json:"mos"`            // begun
	Acknowledged   int64 `json:"acknowledged"`   // answered with deliver_sm_resp 0
	Rejected       int64 `json:"rejected"`       // refused for good
	Redelivered    int64 `json:"redelivered"`    // deliver_sm sent once more
	Unacknowledged int64 `json:"unacknowledged"` // not acknowledged within the time limit
	Turns          int64 `json:"turns"`          // MOs with their answer
	Lost           int64 `json:"lost"`           // acknowledged, without an answer within the time limit
	Late           int64 `json:"late"`           // Numbered: answered after it
	Duplicates     int64 `json:"duplicates"`     // MTs to a phone that was owed none; Numbered: answers to a number that had one
	OutOfOrder     int64 `json:"out_of_order"`   // Numbered: first answers behind that of a later number of the same phone
	Strange        int64 `json:"strange"`        // MTs to a phone that never texted; Numbered: without a number of this phone
	Open           int64 `json:"open"`           // gauge: turns under way
	Behind         int64 `json:"behind"`         // gauge: MOs that the rate owes, for want of a free phone or room

	TurnsPerSecond  float64   `json:"turns_per_second"`
	Latency         Quantiles `json:"latency"`         // from when the MO was due (or begun, without a rate) to its MT
	Acknowledgement Quantiles `json:"acknowledgement"` // the same to its deliver_sm_resp

	// Numbered: acknowledged and never answered, how many and the first hundred.
	MissingCount int64   `json:"missing_count"`
	Missing      []int64 `json:"missing,omitempty"`
}

// Report returns how the load goes, or went.
func (l *Load) Report() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	r := l.result
	r.Running = !l.over()
	end := now
	if !l.stopped.IsZero() {
		end = l.stopped
	}
	if measured := end.Sub(l.start) - l.options.Warmup; measured > 0 {
		r.Seconds = measured.Seconds()
		r.TurnsPerSecond = float64(l.measured) / r.Seconds
	}
	if l.options.Rate > 0 && l.stopped.IsZero() {
		r.Behind = max(0, l.owed(now)-r.MOs)
	}
	r.Latency, r.Acknowledgement = l.latency.quantiles(), l.acks.quantiles()
	for n := range l.numbers {
		if l.numbers[n].acked && !l.numbers[n].answered {
			if r.MissingCount++; len(r.Missing) < 100 {
				r.Missing = append(r.Missing, int64(n))
			}
		}
	}
	return r
}
