package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/outbox"
	"repartee/sms"
)

// What was held is looked at again when it is released: did the phone write to
// its conversation meanwhile, or has that come to no good end?
func TestHeldMessagesAreOvertaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state sms.State
		setup string // $1: the conversation, $2: a later id
		want  bool
	}{
		"nothing happened":               {sms.Held, "", false},
		"it ended with it":               {sms.Held, `UPDATE conversations SET ended_at = begun_at, outcome = 'expired' WHERE id = $1 AND $2::bigint > 0`, false},
		"it was completed since":         {sms.Held, `UPDATE conversations SET ended_at = now() + interval '1 hour', outcome = 'completed' WHERE id = $1 AND $2::bigint > 0`, false},
		"it expired since":               {sms.Held, `UPDATE conversations SET ended_at = now() + interval '1 hour', outcome = 'expired' WHERE id = $1 AND $2::bigint > 0`, true},
		"the phone answered":             {sms.Held, answered, true},
		"the phone wrote somewhere else": {sms.Held, `WITH x AS (SELECT $1::bigint) ` + answeredElsewhere, false},
		"it was only waiting its turn":   {sms.Queued, answered, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			m := r.message(absent, sms.Marketing, c.state)
			m.Talk = r.id()
			if c.state == sms.Held {
				m.HoldUntil, m.Verdict = r.now, "hold"
			}
			r.commit(m)
			r.exec(`INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at) VALUES ($1, $2, 36111, 'pizza', 'offer', 1, 'api', $3)`,
				int64(m.Talk), int64(absent), m.CreatedAt)
			if c.setup != "" {
				r.exec(c.setup, int64(m.Talk), int64(r.id()))
			}
			seen := r.claim(1, [2]outbox.Cursor{}, skip)
			require.Len(t, seen, 1)
			assert.Equal(t, c.want, seen[0].Message.Overtaken)
		})
	}
}

const (
	answered = `INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, outcome, turn, class, rule, config, talk)
VALUES ($2, 33600000001, 36111, 1, 1, 1, now(), 0, 'turn', 1, 'neither', '14', 1, $1)`
	answeredElsewhere = `INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, outcome, turn, class, rule, config)
VALUES ($2, 33600000001, 36111, 1, 1, 1, now(), 0, 'turn', 1, 'neither', '14', 1)`
)

// The choice to drop rather than to hold is kept with the message.
func TestDropQuietIsStored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ms []*sms.Outbound
	for i := range 4 {
		m := r.message(absent+sms.MSISDN(i), sms.Marketing, sms.Queued)
		m.DropQuiet = i%2 == 1
		m.CreatedAt = r.now.Add(-time.Second)
		ms = append(ms, m)
	}
	r.commit(ms...)
	got := map[sms.MSISDN]bool{}
	for _, c := range r.claim(10, [2]outbox.Cursor{}, skip) {
		got[c.Message.To-absent] = c.Message.DropQuiet
	}
	assert.Equal(t, map[sms.MSISDN]bool{0: false, 1: true, 2: false, 3: true}, got)
}
