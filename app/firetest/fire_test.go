// Package firetest shows the promises of the gateway under fire: the real
// binary, the simulator and a durable PostgreSQL as processes of their own, at
// full speed, while links are cut, the database is restarted and the gateway is
// killed.
package firetest

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/smsc"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

const (
	loadPhones = 5000
	firstPhone = sms.MSISDN(33700000000)
	// stoppers of each fault text three times and opt out while it strikes.
	stoppers     = 20
	firstStopper = sms.MSISDN(33600000000)
	// every so many MOs there is a fault.
	faultEvery = 1000
)

// fault is something that happens to a gateway in production.
type fault struct {
	name   string
	strike func(w *world)
}

var faults = []fault{
	{"link cut", func(w *world) {
		_, err := w.sim.Drop(w.ctx, system)
		require.NoError(w.t, err)
	}},
	{"PostgreSQL restarted", func(w *world) {
		w.pg.Stop(true)
		w.pg.Start()
	}},
	{"gateway killed", func(w *world) {
		w.gateway.kill()
		w.startGateway()
	}},
	{"PostgreSQL and gateway killed", func(w *world) {
		w.pg.Kill()
		w.gateway.kill()
		w.pg.Start()
		w.startGateway()
	}},
}

// turns is how many MOs are sent: REPARTEE_FIRE_TURNS makes it a longer fire.
func turns(t *testing.T) int64 {
	text := os.Getenv("REPARTEE_FIRE_TURNS")
	if text == "" {
		return 20_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err, "REPARTEE_FIRE_TURNS is a number of MOs")
	return n
}

func TestPromisesUnderFire(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	w := newWorld(t)
	total := turns(t)
	require.NoError(t, w.sim.StartLoad(w.ctx, smsc.LoadOptions{
		FirstPhone: firstPhone, Phones: loadPhones, Numbered: true, PerPhone: 2, Outstanding: 512, Turns: total, Timeout: time.Minute,
		Texts: []string{"TALK #{n}", "more #{n}", "enough #{n}"},
	}))
	count := &tally{by: map[string]*counts{}}
	stopped := 0
	for due := int64(faultEvery); due < total; due += faultEvery {
		w.await(due)
		f := faults[int(due/faultEvery-1)%len(faults)]
		count.begin(w, f.name)
		for range stoppers {
			w.textAndStop(firstStopper + sms.MSISDN(stopped))
			stopped++
		}
		f.strike(w)
	}
	report := w.await(0)
	w.settled()
	count.begin(w, "")
	t.Logf("%d MOs in %.1f s; %d MTs came twice%s", report.MOs, report.Seconds, report.Duplicates, count)

	w.checkLoad(report, total)
	w.checkStopped(stopped)
	t.Logf("verify beside the gateway:\n%s", w.run("verify"))
	w.stopGateway()
	w.run("verify")
	require.Empty(t, query[string](w, `SELECT state::text FROM outbound WHERE state = 'sending'`), "a stopped gateway sends nothing")
	for _, line := range w.logged(`"level":"error"`) {
		require.Contains(t, line, "the database is away", "no other error is to be expected")
	}
}

// stall is how long nothing may move: more than the time-out of a response, a
// gateway's start and the return of the database together.
const stall = 25 * time.Second

// await waits until the load has begun so many MOs, 0 for its end, and returns
// how it stands. A load that stands still ends the test with what is known.
func (w *world) await(mos int64) smsc.Report {
	w.t.Helper()
	var moved time.Time
	var before smsc.Report
	for {
		r, err := w.sim.Load(w.ctx, 20*time.Millisecond)
		require.NoError(w.t, err)
		if !r.Running || mos > 0 && r.MOs >= mos {
			require.True(w.t, mos == 0 || r.MOs >= mos, "the load ended early: %+v", r)
			return r
		}
		if r.MOs != before.MOs || r.Turns != before.Turns || r.Acknowledged != before.Acknowledged {
			moved, before = time.Now(), r
		}
		if time.Since(moved) > stall && !w.givenUp(r) {
			w.explain(r)
		}
	}
}

// givenUp reports whether the load only waits for answers that were given up
// after three attempts of unknown outcome: it ends when it has waited long enough.
func (w *world) givenUp(r smsc.Report) bool {
	return r.Open <= query[int64](w, `SELECT CASE count(*) FILTER (WHERE state IN ('queued', 'sending', 'held')) WHEN 0 THEN count(*) FILTER (WHERE state = 'unknown' AND unknowns = 3) ELSE 0 END
FROM outbound WHERE msisdn >= $1`, int64(firstPhone))[0]
}

// explain ends the test with what is known about a standstill.
func (w *world) explain(r smsc.Report) {
	w.t.Helper()
	a, err := w.sim.Account(w.ctx, system)
	require.NoError(w.t, err)
	states := query[string](w, `SELECT class || ' ' || state || coalesce(' of node ' || node, '') || ': ' || count(*) FROM outbound GROUP BY class, state, node ORDER BY 1`)
	waiting := query[string](w, `SELECT format('claimed by %s: %s, not due: %s, oldest %s', node, count(*), count(*) FILTER (WHERE due > now()), min(id)) FROM outbox GROUP BY node`)
	verified, _ := w.command("verify").CombinedOutput()
	w.t.Fatalf("nothing moves any more: %+v\nsimulator: %+v\noutbound: %v\noutbox: %v\n%s", r, a, states, waiting, verified)
}

// textAndStop queues three texts and a STOP of a phone.
func (w *world) textAndStop(phone sms.MSISDN) {
	w.t.Helper()
	for _, text := range []string{"ECHO #1", "TALK #2", "so #3", "STOP"} {
		_, err := w.sim.Send(w.ctx, phone, control.MO{To: 36111, Text: text})
		require.NoError(w.t, err)
	}
}

// settled waits until every MO of every phone is acknowledged and no MT is in motion.
func (w *world) settled() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		a, err := w.sim.Account(w.ctx, system)
		require.NoError(w.t, err)
		return a.Counters.Backlog == 0 && query[int64](w, `SELECT count(*) FROM outbound WHERE state IN ('queued', 'sending', 'held')`)[0] == 0
	}, time.Minute, 50*time.Millisecond, "not everything came to an end")
}

// tally counts, by kind of fault, the attempts of which nobody knew the
// outcome (each may be a duplicate) and the MOs that the SMSC sent again.
type tally struct {
	fault  string
	before counts
	by     map[string]*counts
}

type counts struct{ strikes, unknown, redelivered int64 }

// begin books what came since the last fault and begins another; "" ends.
func (c *tally) begin(w *world, fault string) {
	w.t.Helper()
	r, err := w.sim.Load(w.ctx, 0)
	require.NoError(w.t, err)
	now := counts{unknown: query[int64](w, `SELECT coalesce(sum(unknowns), 0)::bigint FROM outbound`)[0], redelivered: r.Redelivered}
	if c.fault != "" {
		sum := c.by[c.fault]
		if sum == nil {
			sum = &counts{}
			c.by[c.fault] = sum
		}
		sum.strikes++
		sum.unknown += now.unknown - c.before.unknown
		sum.redelivered += now.redelivered - c.before.redelivered
	}
	c.fault, c.before = fault, now
}

// String tells one kind of fault per line.
func (c *tally) String() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.by)) {
		n := c.by[name]
		fmt.Fprintf(&text, "\n  %s %d times: %d attempts of unknown outcome, %d MOs redelivered", name, n.strikes, n.unknown, n.redelivered)
	}
	return text.String()
}

// What must not be found among the load's phones, which are those from $1 on.
const (
	disordered = `SELECT count(*) FROM (SELECT n, lag(n) OVER (PARTITION BY msisdn ORDER BY turn) AS before
  FROM (SELECT msisdn, turn, substring(text FROM '#(\d+)')::bigint AS n FROM inbound WHERE msisdn >= $1) i) j WHERE n <= before`
	unanswered = `SELECT count(*) FROM (SELECT i.id FROM inbound i LEFT JOIN outbound o ON o.msisdn = i.msisdn AND o.cause = i.id
  WHERE i.msisdn >= $1 GROUP BY i.id HAVING count(o.id) <> 1) a`
	astray = `SELECT count(*) FROM threads t JOIN (SELECT msisdn, count(*) AS begun, count(*) FILTER (WHERE outcome = 'completed') AS completed
  FROM conversations GROUP BY msisdn) c USING (msisdn) WHERE msisdn >= $1 AND (begun <> (turn + 2) / 3 OR completed <> turn / 3)`
)

var number = regexp.MustCompile(`#(\d+)`)

// checkLoad holds promises 1, 2, 5 and 6 against what the simulator saw and
// what is stored.
func (w *world) checkLoad(r smsc.Report, total int64) {
	w.t.Helper()
	require.Equal(w.t, total, r.Acknowledged, "every MO is acknowledged in the end: %+v", r)
	require.Zero(w.t, r.OutOfOrder, "answers keep the order of each phone")
	require.Zero(w.t, r.Strange, "an answer to nobody's text")
	byNumber := make([]int, total)
	for _, text := range query[string](w, `SELECT text FROM inbound WHERE msisdn >= $1 AND outcome = 'turn'`, int64(firstPhone)) {
		n, err := strconv.Atoi(number.FindStringSubmatch(text)[1])
		require.NoError(w.t, err)
		byNumber[n]++
	}
	for n, turns := range byNumber {
		require.Equal(w.t, 1, turns, "turns of MO %d", n)
	}
	require.Zero(w.t, query[int64](w, disordered, int64(firstPhone))[0], "MOs are handled in the order in which their phone sent them")
	require.Zero(w.t, query[int64](w, unanswered, int64(firstPhone))[0], "every turn decided one answer")
	require.Zero(w.t, query[int64](w, astray, int64(firstPhone))[0], "every conversation took its three turns")
	given := query[int64](w, `SELECT count(*) FROM outbound WHERE msisdn >= $1 AND state = 'unknown'`, int64(firstPhone))[0]
	require.LessOrEqual(w.t, r.MissingCount, given, "every turn has its answer, unless it was given up after three attempts of unknown outcome; missing: %v", r.Missing)
	unknown := query[int64](w, `SELECT coalesce(sum(unknowns), 0)::bigint FROM outbound WHERE msisdn >= $1`, int64(firstPhone))[0]
	require.LessOrEqual(w.t, r.Duplicates, unknown, "an MT comes twice only after an attempt of unknown outcome")
}

// checkStopped holds promise 3 against the transcripts of the phones that
// opted out.
func (w *world) checkStopped(phones int) {
	w.t.Helper()
	for i := range phones {
		phone := firstStopper + sms.MSISDN(i)
		entries, err := w.sim.Messages(w.ctx, phone, 0, 0)
		require.NoError(w.t, err)
		var stop int64
		for _, e := range entries {
			if !e.Received {
				require.Equal(w.t, smsc.Acknowledged, e.State)
				stop = max(stop, e.Order)
			}
		}
		confirmed := 0
		for _, e := range entries {
			if !e.Received {
				continue
			}
			echo := number.MatchString(e.Text)
			require.False(w.t, echo && e.Order > stop, "a reply came to a stopped phone after the acknowledged STOP: %+v", entries)
			if !echo {
				confirmed++
			}
		}
		if confirmed == 0 {
			fate := query[string](w, `SELECT string_agg(concat_ws(' ', state, rule, unknowns), '; ' ORDER BY id) FROM outbound WHERE msisdn = $1 AND class = 'compliance'`, int64(phone))[0]
			require.Regexp(w.t, `^unknown .* 2$`, fate, "the confirmation is missing, and was not given up after two attempts of unknown outcome: %+v", entries)
		}
	}
	for _, n := range query[int64](w, `SELECT turn FROM threads WHERE msisdn < $1`, int64(firstPhone)) {
		require.Equal(w.t, int64(4), n, "turns of a phone that opted out")
	}
	require.Equal(w.t, int64(phones), query[int64](w, `SELECT count(*) FROM threads WHERE stopped`)[0])
}
