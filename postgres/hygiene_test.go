package postgres

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/inbox"
	"repartee/optout"
	"repartee/outbox"
	"repartee/sms"
)

const absent = sms.MSISDN(33600000001)

// failsBefore books failures of a phone, days ago.
func (r *rig) failsBefore(phone sms.MSISDN, cause optout.Delivery, days ...int) {
	r.Helper()
	for _, d := range days {
		at := r.now.AddDate(0, 0, -d)
		r.exec(`INSERT INTO failures (msisdn, id, at, cause) VALUES ($1, $2, $3, $4)`, int64(phone), int64(sms.FirstID(at))+int64(phone%1000), at, string(cause))
	}
}

// daily are the days before today, as many as that.
func daily(n int) (days []int) {
	for d := range n {
		days = append(days, d+1)
	}
	return days
}

// fail records the receipt of a message that did not reach its phone.
func (r *rig) fail(m *sms.Outbound, cause optout.Delivery) {
	r.Helper()
	_, err := r.Record(r.T.Context(), &outbox.Record{Now: r.now, Updates: []*outbox.Update{
		{To: m.To, ID: m.ID, State: sms.Undelivered, SentAt: r.now, DoneAt: r.now, Error: 5, Cause: cause, Segments: m.Segments},
	}})
	require.NoError(r, err)
}

// told are the changes of consent that wait for a phone's threads.
func (r *rig) told(phone sms.MSISDN) (all []inbox.ConsentData) {
	r.Helper()
	rows, err := r.conn.Query(r.T.Context(), `SELECT data::text FROM inputs WHERE msisdn = $1 AND kind = 'consent' ORDER BY id`, int64(phone))
	require.NoError(r, err)
	for rows.Next() {
		var doc string
		var c inbox.ConsentData
		require.NoError(r, rows.Scan(&doc))
		require.NoError(r, json.Unmarshal([]byte(doc), &c))
		all = append(all, c)
	}
	require.NoError(r, rows.Err())
	return all
}

// What the newest receipt means with those before it, as its thread will hear it.
func TestReceiptsAskForRemedies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before []int // days ago, of the same cause
		cause  optout.Delivery
		setup  string
		want   string
	}{
		"absent for a month":               {[]int{30, 20, 10, 5}, optout.Absent, "", "paused unreachable"},
		"absent each day for a month":      {daily(31), optout.Absent, "", "paused unreachable"},
		"absent each day of a month":       {daily(29), optout.Absent, "", ""},
		"absent for a week":                {[]int{7, 6, 5, 4}, optout.Absent, "", ""},
		"absent, but it has written since": {[]int{30, 20, 10, 5}, optout.Absent, `UPDATE threads SET last_mo = now() - interval '1 day'`, ""},
		"absent, but paused already": {
			[]int{30, 20, 10, 5},
			optout.Absent,
			`INSERT INTO suppressions (phone_hash, scope, since, until, reason) VALUES ($1, 'unreachable', now(), now() + interval '1 day', '')`, "",
		},
		"absent, the pause is over": {
			[]int{30, 20, 10, 5},
			optout.Absent,
			`INSERT INTO suppressions (phone_hash, scope, since, until, reason) VALUES ($1, 'unreachable', now(), now() - interval '1 day', '')`, "paused unreachable",
		},
		"unsubscribed":          {nil, optout.Unsubscribed, "", "opt-out "},
		"unknown once":          {nil, optout.UnknownSubscriber, "", ""},
		"unknown twice":         {[]int{1}, optout.UnknownSubscriber, "", "paused unreachable"},
		"unknown for a week":    {[]int{8}, optout.UnknownSubscriber, "", "paused invalid"},
		"unknown, gone already": {[]int{8}, optout.UnknownSubscriber, `INSERT INTO suppressions (phone_hash, scope, since, reason) VALUES ($1, 'invalid', now(), '')`, ""},
		"the network's trouble": {[]int{30, 20, 10, 5}, optout.Network, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			m := r.message(absent, sms.Marketing, sms.Sending)
			r.commit(m)
			r.failsBefore(absent, c.cause, c.before...)
			if c.setup != "" && c.setup[0] == 'I' {
				r.exec(c.setup, r.hash(absent))
			} else if c.setup != "" {
				r.exec(c.setup)
			}
			r.fail(m, c.cause)
			r.fail(m, c.cause) // the SMSC says it again
			got := ""
			for _, d := range r.told(absent) {
				got += d.Event + " " + d.Scope
				assert.Equal(t, "receipt", d.Actor)
				assert.Contains(t, d.Source, string(c.cause))
			}
			assert.Equal(t, c.want, got)
			kept := len(c.before)
			if c.cause.Counts() {
				kept++
			}
			assert.Equal(t, kept, one[int](r, `SELECT count(*)::int FROM failures`))
		})
	}
}

// A delivery makes the failures before it void; the parts of a long message
// are one failure; all threads of the phone hear of a pause.
func TestRemediesCountMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.message(absent, sms.Marketing, sms.Sending)
	m.Segments = 2
	delivered := r.message(absent+1, sms.Reply, sms.Sending)
	late := r.message(absent+1, sms.Marketing, sms.Sending)
	r.commit(m, delivered, late)
	r.exec(`INSERT INTO threads (msisdn, short_code) VALUES ($1, 36222)`, int64(absent))
	r.failsBefore(absent, optout.UnknownSubscriber, 1)
	r.failsBefore(absent+1, optout.UnknownSubscriber, 1)
	_, err := r.Record(t.Context(), &outbox.Record{
		Now:      r.now,
		Updates:  []*outbox.Update{{To: absent + 1, ID: delivered.ID, State: sms.Delivered, SentAt: r.now, DoneAt: r.now.Add(-time.Hour)}},
		Receipts: []outbox.ReceiptRow{{ID: r.id(), To: absent, Message: m.ID, Cause: optout.UnknownSubscriber}, {ID: r.id(), To: absent, Message: m.ID, Segment: 1, Cause: optout.UnknownSubscriber}},
	})
	require.NoError(t, err)
	r.fail(late, optout.UnknownSubscriber)
	assert.Len(t, r.told(absent), 2)
	assert.Empty(t, r.told(absent+1))
	assert.Equal(t, 2, one[int](r, `SELECT count(*)::int FROM failures WHERE msisdn = $1`, int64(absent)))
}

// The gate hears of a pause and its end when it claims.
func TestPauseReachesTheGate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	until := r.now.Add(time.Hour)
	r.exec(`INSERT INTO suppressions (phone_hash, scope, since, until, reason) VALUES ($1, 'unreachable', now(), $2, '')`, r.hash(absent), until)
	r.commit(r.message(absent, sms.Marketing, sms.Queued))
	seen := r.claim(1, [2]outbox.Cursor{}, skip)
	require.Len(t, seen, 1)
	assert.True(t, until.Equal(seen[0].Person.Paused))
	assert.Empty(t, seen[0].Person.SuppressedFor(&seen[0].Message))
}
