package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/sms"
)

// Days that are older than messages shall be kept go, the oldest first and
// whole, but none with something in motion and none after it; and the stored
// rows stay as they must be.
func TestMessagesAreForgottenByDays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	day := func(ago int) time.Time { return r.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -ago) }
	const phone = 33600000001
	turn := 0
	for _, ago := range []int{60, 50, 40, 0} {
		require.NoError(t, EnsurePartitions(t.Context(), r.url, day(ago)))
		turn++
		id := int64(sms.FirstID(day(ago).Add(time.Hour)))
		r.exec(`INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config)
VALUES ($1, $2, 36111, 1, 5, $3, now(), 0, 'PIZZA', 'turn', $3, 'neither', 'r', 1)`, id, phone, turn)
		r.exec(`INSERT INTO outbound (id, msisdn, short_code, carrier, program, class, state, turn, cause, stop_id, created_at, expires, verdict, rule, config, text, coding, segments, sent_at)
VALUES ($1, $2, 36111, 1, 1, 'reply', 'delivered', $3, $4, 0, now(), now(), 'allow', 'r', 1, 't', 0, 1, now())`, id+1, phone, turn, id)
		r.exec(`INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at, ended_at, outcome)
VALUES ($1, $2, 36111, 'pizza', 'order', 1, 'test', now(), now(), 'completed')`, id+2, phone)
		r.exec(`INSERT INTO events (id, at, kind, msisdn, short_code, data, done_at) VALUES ($1, now(), 'notify', $2, 36111, '{}', now())`, id+3, phone)
	}
	r.exec(`INSERT INTO threads (msisdn, short_code, turn) VALUES ($1, 36111, $2)`, phone, turn)
	count := func() [4]int {
		t.Helper()
		require.NoError(t, EnsurePartitions(t.Context(), r.url, r.now))
		results, err := Verify(t.Context(), VerifyOptions{URL: r.url, PhoneHash: PhoneHash([]byte("key")), Now: r.now, List: 5})
		require.NoError(t, err)
		for _, c := range results {
			assert.Zero(t, c.Violations, "%s: %v", c.Name, c.Listed)
		}
		return [4]int{one[int](r, `SELECT count(*)::int FROM inbound`), one[int](r, `SELECT count(*)::int FROM outbound`), one[int](r, `SELECT count(*)::int FROM conversations`), one[int](r, `SELECT count(*)::int FROM events`)}
	}
	assert.Equal(t, [4]int{4, 4, 4, 4}, count(), "for ever")

	r.exec(`UPDATE retention SET keep_days = 45`)
	r.exec(`UPDATE outbound SET state = 'queued', sent_at = NULL WHERE id = $1`, int64(sms.FirstID(day(50).Add(time.Hour)))+1)
	r.exec(`INSERT INTO outbox (id, msisdn, short_code, program, carrier, prio, due, expires) SELECT id, msisdn, short_code, program, 1, 0, now(), now() FROM outbound WHERE state = 'queued'`)
	assert.Equal(t, [4]int{3, 3, 3, 3}, count(), "something waits of the second day")
	r.exec(`DELETE FROM outbox`)
	r.exec(`UPDATE outbound SET state = 'expired' WHERE state = 'queued'`)
	assert.Equal(t, [4]int{2, 2, 2, 2}, count())
	assert.Equal(t, [4]int{2, 2, 2, 2}, count(), "nothing more goes")
	require.Error(t, func() error { _, err := r.conn.Exec(t.Context(), `UPDATE retention SET keep_days = 3`); return err }())
}
