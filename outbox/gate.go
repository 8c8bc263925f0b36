package outbox

import (
	"time"

	"repartee/optout"
	"repartee/programs"
	"repartee/sms"
)

// quietGuard is how long before the close of a window sending ends.
const quietGuard = 2 * time.Minute

// Judge asks the gate about a message with the facts at hand.
func Judge(snap *programs.Snapshot, m *sms.Outbound, p *Person, now time.Time) optout.Decision {
	return optout.Decide(FactsOf(snap, m, p), now)
}

// FactsOf is the one place where rows become the gate's facts.
func FactsOf(snap *programs.Snapshot, m *sms.Outbound, p *Person) optout.Facts {
	f := optout.Facts{
		ID: m.ID, To: m.To, Code: m.Code, Class: m.Class,
		Answers: m.Cause != 0 && m.Class.Answer(),
		LastMO:  p.LastMO, Stopped: p.Stopped, StopID: p.StopID, BornStopID: m.StopID,
		Suppressed: p.SuppressedFor(m), PausedUntil: p.Paused, Expires: m.Expires, Guard: quietGuard,
		Country: p.Country, Region: p.Region, PostalCode: p.PostalCode, Zone: p.TimeZone,
	}
	if m.DropQuiet {
		f.WhenQuiet = optout.WhenQuietDrop
	}
	f.Overtaken = overtaken(snap, m)
	if m.Cause != 0 && m.Cause == m.StopID { // the confirmation of an opt-out; its own time does not count against it
		for _, at := range p.Confirmed {
			if at.Before(m.CreatedAt) {
				f.ConfirmedAt = append(f.ConfirmedAt, at)
			}
		}
	}
	if c, ok := p.Consents[m.Program]; ok {
		f.Consent, f.Sent = c.State, c.Sent
		f.StopID = max(f.StopID, c.StopID)
	}
	if prog := snap.Programs[m.Program]; prog != nil {
		f.Needs, f.Hours, f.SurvivesStop = prog.Consent, snap.Hours(m.Program), prog.SurvivesStop != ""
		f.Frequency = optout.Frequency{PerDay: prog.Frequency.PerDay, PerWeek: prog.Frequency.PerWeek, PerMonth: prog.Frequency.PerMonth}
	}
	return f
}

// overtaken says why a message has lost its sense since it was held.
func overtaken(snap *programs.Snapshot, m *sms.Outbound) string {
	switch {
	case m.Overtaken:
		return optout.OvertakenConversation
	case m.Program != 0 && snap.Programs[m.Program] == nil:
		return optout.OvertakenProgram
	}
	return ""
}
