package app

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// numbered is what a segment says about its message: which kind, of which step.
var numbered = regexp.MustCompile(`([MRQL])(\d+)`)

// check holds what the SMSC saw, and what is stored, against the promise.
func (w *stopWorld) check() {
	w.t.Helper()
	for _, p := range w.phones {
		mts := w.arrived(p)
		for i := range mts {
			w.checkArrival(p, &mts[i])
		}
		outcomes := w.outcomes(p)
		w.checkConfirmations(p, mts, outcomes)
		w.checkOutcomes(p, mts, outcomes)
		w.checkTurns(p)
	}
	w.verified()
	if w.t.Failed() {
		for _, p := range w.phones {
			w.t.Logf("%s: %s", p.Number(), w.story(p))
		}
	}
}

// arrived are the segments that came for the phone, refused ones included.
func (w *stopWorld) arrived(p *stopPhone) (mts []smsc.MT) {
	for _, m := range w.smsc.MTs(0) {
		if m.Phone == p.Number() {
			mts = append(mts, m)
		}
	}
	return mts
}

// checkArrival finds no opt-out that forbids a segment: none that was
// acknowledged before it came, and is newer than what caused it.
func (w *stopWorld) checkArrival(p *stopPhone, m *smsc.MT) {
	w.t.Helper()
	kind, cause := kindOf(m)
	for _, stop := range p.sent {
		if stop.text != "STOP" || stop.mo.Order() > m.Order {
			continue
		}
		asked := func(texts ...string) bool {
			return slices.ContainsFunc(p.sent, func(s step) bool {
				return slices.Contains(texts, s.text) && s.number > stop.number && s.order < m.Order
			})
		}
		var allowed bool
		switch kind {
		case "M", "L":
			allowed = cause > stop.number && asked("START")
		case "R", "Q":
			allowed = cause > stop.number
		case "welcome":
			allowed = asked("START")
		case "help":
			allowed = asked("HELP")
		case "confirmation":
			allowed = true
		}
		assert.True(w.t, allowed, "%s: %s %d came as %d, after the STOP of step %d was acknowledged as %d", p.Number(), kind, cause, m.Order, stop.number, stop.mo.Order())
	}
}

// kindOf says what a segment belongs to, by its words.
func kindOf(m *smsc.MT) (kind string, step int) {
	text := string(m.Message.UserData)
	if found := numbered.FindStringSubmatch(text); found != nil {
		n, _ := strconv.Atoi(found[2]) // digits
		return found[1], n
	}
	switch text {
	case pizzaStopped:
		return "confirmation", 0
	case pizzaWelcome:
		return "welcome", 0
	case pizzaHelp:
		return "help", 0
	}
	return "stranger " + text, 0
}

// outcomes are the stored messages of the phone.
func (w *stopWorld) outcomes(p *stopPhone) []outcome {
	w.t.Helper()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(w.t, err)
	defer conn.Close(w.context())
	rows, err := conn.Query(w.context(), `SELECT id, state::text, text, coalesce(cause, 0) AS cause, stop_id, unknowns FROM outbound WHERE msisdn = $1 ORDER BY id`, int64(p.Number()))
	require.NoError(w.t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[outcome])
	require.NoError(w.t, err)
	return all
}

// checkConfirmations: each opt-out has one confirmation at most, which comes
// again only after an attempt of unknown outcome. A kill may lose the record of
// such an attempt.
func (w *stopWorld) checkConfirmations(p *stopPhone, mts []smsc.MT, outcomes []outcome) {
	w.t.Helper()
	came, allowed := 0, w.kills
	for i := range mts {
		if kind, _ := kindOf(&mts[i]); kind == "confirmation" && mts[i].Status == pdu.StatusOK {
			came++
		}
	}
	confirmed := map[int64]bool{}
	for _, o := range outcomes {
		if o.Text == pizzaStopped {
			assert.False(w.t, confirmed[int64(o.Cause)], "%s: two confirmations of one opt-out", p.Number())
			confirmed[int64(o.Cause)] = true
			if o.State == "sent" || o.State == "delivered" || o.State == "unknown" {
				allowed++
			}
			allowed += o.Unknowns
		}
	}
	assert.LessOrEqual(w.t, came, allowed, "%s: confirmations", p.Number())
	assert.LessOrEqual(w.t, len(confirmed), len(slices.DeleteFunc(slices.Clone(p.sent), func(s step) bool { return s.text != "STOP" })), "%s: confirmations of opt-outs", p.Number())
}

// checkOutcomes: what the SMSC took is stored as sent or, when nobody told,
// as unknown; what is stored as sent did come; marketing came once at most.
func (w *stopWorld) checkOutcomes(p *stopPhone, mts []smsc.MT, outcomes []outcome) {
	w.t.Helper()
	taken := map[string]int{} // segments by the first word of their message
	for i := range mts {
		if kind, n := kindOf(&mts[i]); mts[i].Status == pdu.StatusOK && n != 0 {
			taken[kind+strconv.Itoa(n)]++
		}
	}
	stored := map[string]bool{}
	for _, o := range outcomes {
		word := numbered.FindString(o.Text)
		if word == "" {
			continue
		}
		stored[word] = true
		came := taken[word] > 0
		switch o.State {
		case "sent", "delivered", "undelivered":
			assert.True(w.t, came, "%s: %s is %s and never came", p.Number(), word, o.State)
		case "cancelled", "refused", "expired":
			assert.False(w.t, came && word[0] != 'Q' && o.Unknowns == 0, "%s: %s is %s and came", p.Number(), word, o.State)
		}
		if word[0] == 'M' {
			segments := 1 + len(o.Text)/161
			assert.LessOrEqual(w.t, taken[word], segments, "%s: marketing comes once at most: %s", p.Number(), word)
		}
	}
	for _, s := range p.sent {
		if s.text == "" {
			assert.True(w.t, stored["M"+strconv.Itoa(s.number)], "%s: M%d is stored", p.Number(), s.number)
		}
	}
	for word := range taken {
		assert.True(w.t, stored[word], "%s: %s came and is stored", p.Number(), word)
	}
}

// checkTurns: each text that begins a conversation had one turn, which decided
// an answer; and no opt-out is without its turn.
func (w *stopWorld) checkTurns(p *stopPhone) {
	w.t.Helper()
	const turns = `SELECT count(*)::int FROM inbound i WHERE msisdn = $1 AND text = $2 AND outcome = 'turn' AND EXISTS (SELECT FROM outbound o WHERE o.msisdn = i.msisdn AND o.cause = i.id)`
	for _, s := range p.sent {
		if s.text == "ECHO" || s.text == "ASK" {
			text := s.text + " " + strconv.Itoa(s.number)
			assert.Equal(w.t, 1, query[int](w.world, turns, int64(p.Number()), text), "%s: turns of %q with an answer", p.Number(), text)
		}
	}
}

// story is what happened to a phone, in the order of the SMSC.
func (w *stopWorld) story(p *stopPhone) string {
	type line struct {
		order int64
		text  string
	}
	var lines []line
	for _, s := range p.sent {
		name := cmp.Or(s.text, "M")
		lines = append(lines, line{s.order, "sends " + name + strconv.Itoa(s.number)})
		if s.mo != nil {
			lines = append(lines, line{s.mo.Order(), "has the acknowledgement of " + name + strconv.Itoa(s.number)})
		}
	}
	for _, m := range w.arrived(p) {
		kind, n := kindOf(&m)
		lines = append(lines, line{m.Order, "gets " + kind + strconv.Itoa(n) + " (" + m.Status.String() + ")"})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.order, b.order) })
	var story strings.Builder
	for _, l := range lines {
		story.WriteString("\n  " + strconv.FormatInt(l.order, 10) + " " + l.text)
	}
	for _, o := range w.outcomes(p) {
		story.WriteString("\n  " + strconv.FormatInt(int64(o.ID), 10) + " " + o.State + " " + o.Text[:min(12, len(o.Text))] + " stop " + strconv.FormatInt(int64(o.StopID), 10) + " cause " + strconv.FormatInt(int64(o.Cause), 10))
	}
	return story.String()
}
