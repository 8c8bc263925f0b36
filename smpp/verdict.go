package smpp

import "repartee/smpp/pdu"

// Verdict says whether a refused submit_sm is worth another attempt.
type Verdict uint8

// The verdicts.
const (
	// Permanent: the same PDU would be refused again.
	Permanent Verdict = iota
	// Temporary: the same PDU can be accepted later.
	Temporary
)

// String returns "temporary" or "permanent".
func (v Verdict) String() string {
	if v == Temporary {
		return "temporary"
	}
	return "permanent"
}

// temporaryStatuses are the refusals that speak of the SMSC's state rather
// than of the message. Everything else is permanent, vendors' numbers too: a
// carrier that differs says so in its configuration.
var temporaryStatuses = []pdu.Status{
	pdu.StatusInvBndSts, // the session is no longer what we think: another one may do
	pdu.StatusSysErr,
	pdu.StatusMsgQFul,
	pdu.StatusThrottled,
	pdu.StatusRXTAppn,
}

type verdicts map[pdu.Status]Verdict

func newVerdicts(cfg *Config) verdicts {
	table := verdicts{}
	for _, s := range temporaryStatuses {
		table[s] = Temporary
	}
	for _, s := range cfg.Temporary {
		table[s] = Temporary
	}
	for _, s := range cfg.Permanent {
		table[s] = Permanent
	}
	return table
}

// slowDown reports whether a status says that we are too fast.
func slowDown(s pdu.Status) bool {
	return s == pdu.StatusThrottled || s == pdu.StatusMsgQFul
}
