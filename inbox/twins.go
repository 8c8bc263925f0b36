package inbox

import (
	"time"

	"repartee/optout"
	"repartee/smpp/pdu"
	"repartee/sms"
)

const (
	// maxRecent is how many MOs a thread remembers.
	maxRecent = 8
	// proofPatience is how long an MO waits for the proof of its twin's
	// acknowledgement on another bind.
	proofPatience = 3 * time.Second
	// proofPoll is how often it looks.
	proofPoll = 10 * time.Millisecond
)

// twinVerdict says what an MO is whose fingerprint the thread has seen before.
type twinVerdict uint8

const (
	fresh     twinVerdict = iota // a person who texts the same again
	duplicate                    // the SMSC sent it again
	doubtful                     // probably that: nobody knows whether it has the acknowledgement
	undecided                    // not known yet: wait
)

// twin judges an MO by the thread's last ones (docs/message-path.md,
// "Duplicates, exactly"); at is the entry of its twin when it is a duplicate.
func (in *Inbox) twin(t *Thread, it *item, now time.Time) (v twinVerdict, at int) {
	m := it.mo
	for i := len(t.Recent) - 1; i >= 0; i-- {
		if t.Recent[i].Fingerprint != m.fingerprint {
			continue
		}
		if v := in.judgeTwin(&t.Recent[i], it, now); v != fresh {
			return v, i
		}
	}
	return fresh, -1
}

func (in *Inbox) judgeTwin(r *Recent, it *item, now time.Time) twinVerdict {
	m := it.mo
	if r.Bind == m.delivery.Bind.ID() && r.Arrival == m.delivery.Arrival {
		return duplicate // handled before, in a commit whose outcome was not known
	}
	if m.carrier.MessageIDTag != 0 {
		if _, ok := m.delivery.Message.TLV(uint16(m.carrier.MessageIDTag)); ok {
			return duplicate // the carrier itself says that it is the same message
		}
	}
	state, known := in.binds.find(r.Bind)
	since, late := in.late.since(r.ID)
	if r.Arrival < 0 {
		since, late = r.ID.Time(), true
	}
	switch {
	case late || !known:
	case r.Arrival <= state.proved():
		return fresh
	case state.live() && r.Bind == m.delivery.Bind.ID():
		if m.readAt.Sub(r.ID.Time()) < m.carrier.Timeouts.Deliver {
			return fresh
		}
		return doubtful
	case state.live() && (it.retry.IsZero() || now.Sub(it.retry) < proofPatience):
		state.bind.Probe()
		return undecided
	case state.live():
		since = now
	default:
		since = state.row.EndedAt
	}
	if in.binds.lapsed(m.carrier.ID, since, now) {
		return fresh
	}
	return doubtful
}

// insists reports whether an MO that is probably a duplicate is to be taken as
// a new one, since it refuses: that is safe, and to overlook a refusal is not.
// Only an opt-out that still holds, and after which the phone said nothing else,
// changes nothing when it comes once more.
func (b *batch) insists(it *item, t *Thread, at int) bool {
	holds := t.Stopped && t.StopID == t.Recent[at].ID
	for _, c := range t.Consents {
		holds = holds || c.State == optout.ConsentOptedOut && c.StopID == t.Recent[at].ID
	}
	if holds && at == len(t.Recent)-1 {
		return false
	}
	tu := &turn{batch: b, t: t, code: b.snap.Codes[t.Key.Code]}
	return optout.Classify(it.mo.text, tu.context()).Kind == optout.OptOut
}

// remember puts an MO among the thread's last ones; proven ones go first.
func (in *Inbox) remember(t *Thread, r Recent) {
	recent := append([]Recent(nil), t.Recent...)
	if len(recent) >= maxRecent {
		out := 0
		for i := range recent {
			if s, known := in.binds.find(recent[i].Bind); known && recent[i].Arrival > 0 && recent[i].Arrival <= s.proved() {
				out = i
				break
			}
		}
		recent = append(recent[:out], recent[out+1:]...)
	}
	t.Recent = append(recent, r)
}

// isTurnedAway reports whether an MO is too old to begin a transaction: the
// SMSC's patience is not to be used up.
func (it *item) isTurnedAway(now time.Time) bool {
	return it.mo != nil && now.Sub(it.readAt) > it.mo.carrier.Timeouts.Deliver/2
}

// turnAway asks the SMSC to send the MO again. It has no row, so there is no
// doubt about it.
func (in *Inbox) turnAway(it *item) {
	if it.mo != nil {
		in.metrics.turnedAway.Inc()
		it.mo.answer(pdu.StatusRXTAppn)
		return
	}
	in.wakes.forget(it.wake)
}

// acknowledge answers a committed MO.
func (in *Inbox) acknowledge(m *mo, id sms.ID) {
	m.answer(pdu.StatusOK)
	now := in.clock()
	took := now.Sub(m.readAt)
	in.metrics.answered.Observe(took.Seconds())
	if took > m.carrier.Timeouts.Deliver && id != 0 {
		in.late.add(id, now)
	}
}
