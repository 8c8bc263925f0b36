package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/contacts"
	"repartee/inbox"
	"repartee/outbox"
	"repartee/sms"
	"repartee/views"
)

func (r *rig) consents() *ConsentStore {
	r.Helper()
	s, err := OpenConsentStore(r.T.Context(), r.url, PhoneHash([]byte("key")))
	require.NoError(r, err)
	r.T.Cleanup(s.Close)
	return s
}

// stop commits an opt-out with its ledger entry, as the inbox does.
func (r *rig) stop(phone sms.MSISDN) {
	r.Helper()
	tx, threads, err := r.Begin(r.T.Context(), []sms.Thread{thread(phone)})
	require.NoError(r, err)
	t := threads[thread(phone)]
	m := &sms.Inbound{ID: r.id(), From: phone, Code: code, Carrier: 1, ReceivedAt: r.now, Text: "STOP", Complete: true, Outcome: sms.OutcomeTurn, Turn: t.Turn + 1, Class: "opt-out", Rule: "2"}
	e := inbox.LedgerEntry{
		ID: r.id(), Thread: t.Key, Event: "opt-out", Scope: "code", PrevHash: t.Ledger,
		Entry: []byte(fmt.Sprintf(`{"words":%q}`, inbox.WordsHash("STOP", "s"))), Words: []byte(`{"text":"STOP","salt":"s"}`),
	}
	e.Hash = inbox.LedgerHash(&e, r.hash(phone))
	t.Turn, t.StopID, t.Stopped, t.Ledger = t.Turn+1, m.ID, true, e.Hash
	require.NoError(r, tx.Commit(r.T.Context(), &inbox.Writes{
		Node: r.node, Now: r.now, Inbound: []*sms.Inbound{m}, Threads: []*inbox.Thread{t}, Ledger: []inbox.LedgerEntry{e},
		Suppress: []inbox.Suppression{{Phone: phone, Scope: "code", ScopeID: int32(code), Since: r.now, Reason: "opt-out"}},
	}))
}

func (r *rig) verified() {
	r.Helper()
	results, err := Verify(r.T.Context(), VerifyOptions{URL: r.url, PhoneHash: r.hash, Now: r.now, List: 3})
	require.NoError(r, err)
	for _, x := range results {
		assert.Zero(r, x.Violations, "%s: %v", x.Name, x.Listed)
	}
}

// An erased phone leaves its refusal and a chain that still holds, also when
// it writes again.
func TestErase(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.consents()
	const phone = sms.MSISDN(33612345678)
	r.stop(phone)
	r.stop(phone + 1)
	r.exec(`INSERT INTO contacts (msisdn, first_name) VALUES ($1, 'Ana')`, int64(phone))
	all, err := s.Export(t.Context(), phone)
	require.NoError(t, err)
	assert.Contains(t, string(all["contacts"]), "Ana")
	assert.Contains(t, string(all["consent_ledger"]), "STOP")
	assert.Contains(t, all, "suppressions")

	gone, err := s.Erase(t.Context(), phone, "ana", "asked for it", r.now)
	require.NoError(t, err)
	assert.Equal(t, views.Erased{"contacts": 1, "consent_ledger": 1, "inbound": 1, "threads": 1}, gone)
	all, err = s.Export(t.Context(), phone)
	require.NoError(t, err)
	assert.Len(t, all, 1, "only the suppression is left: %v", all)
	r.verified()

	st, err := s.Show(t.Context(), phone)
	require.NoError(t, err)
	require.Len(t, st.Ledger, 1)
	assert.Empty(t, st.Ledger[0].Text)
	assert.Equal(t, "code", st.Listed[0].Scope)
	r.stop(phone)
	r.verified()
}

// The ledger refuses every change but that of an erasure.
func TestLedgerForgetsOnlyThePhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stop(33612345678)
	for _, sql := range []string{
		`UPDATE consent_ledger SET event = 'opt-in'`, `UPDATE consent_ledger SET msisdn = 1`, `DELETE FROM consent_ledger`, `TRUNCATE consent_ledger`,
		`UPDATE consent_ledger SET msisdn = NULL, words = NULL, entry = '{}'`, `UPDATE consent_ledger SET words = '{"text": "START"}'`,
	} {
		_, err := r.conn.Exec(t.Context(), sql)
		assert.ErrorContains(t, err, "append-only", sql)
	}
	r.exec(`UPDATE consent_ledger SET msisdn = NULL, words = NULL`)
}

// The gate reads the list about each message that waits: of the code, of the
// program, everywhere, and pauses.
func TestSuppressionsReachTheGate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i, l := range []string{"'everywhere', 0", "'code', 36111", "'marketing', 0", "'program', 1", "'code', 1"} {
		r.exec(`INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason) VALUES ($1, `+l+`, now(), 'x')`, r.hash(sms.MSISDN(33600000001+i)))
	}
	var ms []*sms.Outbound
	for i := range 5 {
		ms = append(ms, r.message(sms.MSISDN(33600000001+i), sms.Marketing, sms.Queued))
	}
	r.commit(ms...)
	got := map[sms.MSISDN]string{}
	for _, c := range r.claim(10, [2]outbox.Cursor{}, skip) {
		got[c.Message.To-33600000000] = c.Person.SuppressedFor(&c.Message)
	}
	assert.Equal(t, map[sms.MSISDN]string{1: "everywhere", 2: "code", 3: "marketing", 4: "program", 5: ""}, got)
}

// A large list is one statement; known phones hear of it in their thread.
func TestSuppressMany(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.consents()
	r.stop(33600000001)
	var b strings.Builder
	b.WriteString("msisdn,reason\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "%d,complaint\n", 33600000001+i)
	}
	b.WriteString("0612345678,national\n\"broken,\n")
	rows, bad, err := contacts.ReadSuppressions(strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Len(t, rows, 10_000)
	require.Len(t, bad, 2)
	assert.Equal(t, []int{10_002, 10_003}, []int{bad[0].Line, bad[1].Line})
	begun := time.Now()
	added, err := s.Suppress(t.Context(), rows, "import", "ana", r.now)
	require.NoError(t, err)
	t.Logf("10,000 rows in %s", time.Since(begun))
	assert.EqualValues(t, 10_000, added)
	assert.Equal(t, 1, one[int](r, `SELECT count(*)::int FROM inputs WHERE kind = 'consent' AND msisdn = 33600000001`))
	added, err = s.Suppress(t.Context(), rows, "import", "ana", r.now)
	require.NoError(t, err)
	assert.Zero(t, added)

	list, err := s.Suppressions(t.Context())
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, contacts.WriteSuppressions(&out, list))
	again, bad, err := contacts.ReadSuppressions(strings.NewReader(out.String()))
	require.NoError(t, err)
	assert.Empty(t, bad)
	assert.Len(t, again, len(list))
	n, err := s.Lift(t.Context(), 33600000001, "ana", "form 7", r.now)
	require.NoError(t, err)
	assert.EqualValues(t, 2, n, "the phone's own, and the imported one")
	r.verified()
}

// The list has chains of its own: each entry that comes or goes is proven, for
// phones that never had a thread and for those known by their hash only.
func TestTheListIsInTheLedger(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.consents()
	const phone, hashed = sms.MSISDN(33600000001), sms.MSISDN(33600000002)
	rows := []contacts.Suppression{
		{Phone: phone, Scope: "everywhere", Reason: "letter"},
		{Phone: phone, Scope: "marketing", Reason: "complaint"},
		{Hash: r.hash(hashed), Scope: "program", ScopeID: 4, Reason: "import"},
		{Phone: phone, Scope: "unreachable", Until: r.now.Add(time.Hour), Reason: "import"},
	}
	for range 2 {
		_, err := s.Suppress(t.Context(), rows, "import", "ana", r.now)
		require.NoError(t, err)
	}
	before, err := s.Show(t.Context(), phone)
	require.NoError(t, err)
	assert.Nil(t, before.Listed[0].Until)
	assert.True(t, r.now.Add(time.Hour).Equal(*before.Listed[2].Until), before.Listed[2].Scope)
	n, err := s.Lift(t.Context(), phone, "bob", "form 7", r.now)
	require.NoError(t, err)
	assert.EqualValues(t, 3, n)
	_, err = s.Suppress(t.Context(), rows[:1], "person", "ana", r.now)
	require.NoError(t, err)
	r.verified()

	st, err := s.Show(t.Context(), phone)
	require.NoError(t, err)
	var events []string
	for _, l := range st.Ledger {
		assert.Zero(t, l.Code)
		events = append(events, l.Event)
	}
	assert.Equal(t, []string{"opt-out", "paused", "paused", "resumed", "resumed", "resumed", "opt-out"}, events)
	assert.Equal(t, "bob form 7", fmt.Sprint(st.Ledger[3].Facts["by"], " ", st.Ledger[3].Facts["reason"]))
	st, err = s.Show(t.Context(), hashed)
	require.NoError(t, err)
	require.Len(t, st.Ledger, 1)
	assert.Equal(t, "4", st.Ledger[0].Program)
	_, err = s.Erase(t.Context(), phone, "ana", "asked for it", r.now)
	require.NoError(t, err)
	r.verified()
}

// A list brings people in row by row; who refused once, even before an
// erasure, does not come back with it.
func TestImport(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.consents()
	r.stop(33600000003)
	_, err := s.Erase(t.Context(), 33600000003, "ana", "asked for it", r.now)
	require.NoError(t, err)
	r.exec(`INSERT INTO contacts (msisdn, first_name, language) VALUES (33600000001, 'Old', 'fr')`)
	rows, bad, err := contacts.ReadContacts(strings.NewReader(`msisdn,first_name,time_zone,program,consent_text,consent_source,consent_at
33600000001,Ana,Europe/Paris,,,,
+33 6 00 00 00 02,Bob,,pizza,I agree,form 7,2026-07-14T10:00:00Z
33600000003,Cleo,,,,,
33600000004,Dan,,pizza,,form 7,2026-07-14T10:00:00Z
33600000001,Twice,,,,,
33600000005,Eve,Mars/Base,,,,
`))
	require.NoError(t, err)
	require.Len(t, rows, 3)
	var lines []int
	for _, b := range bad {
		lines = append(lines, b.Line)
	}
	assert.Equal(t, []int{5, 6, 7}, lines)
	taken, refused, err := s.Import(t.Context(), rows, "ana", r.now)
	require.NoError(t, err)
	assert.Equal(t, 1, taken, "the program is not there yet")
	require.Len(t, refused, 2)
	assert.Contains(t, refused[0].Why, "no program pizza")
	assert.Equal(t, contacts.Bad{Line: 4, Why: "the phone is on the suppression list"}, refused[1])
	assert.Equal(t, "Ana fr", one[string](r, `SELECT first_name || ' ' || language FROM contacts WHERE msisdn = 33600000001`))
	assert.Zero(t, one[int](r, `SELECT count(*)::int FROM contacts WHERE msisdn = 33600000003`))
}
