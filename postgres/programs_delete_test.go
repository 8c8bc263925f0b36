package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/postgres"
	"repartee/programs"
	"repartee/sms"
)

// delete does what the command does.
func (s configStore) delete(t *testing.T, kind, key string) error {
	t.Helper()
	base, err := s.Version(t.Context())
	require.NoError(t, err)
	_, err = s.Delete(t.Context(), base, kind, key, false)
	return err
}

func (s configStore) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := s.pool.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

// order is one in which everything of shopText can be deleted.
var order = [][2]string{
	{"keywords", "36111 pizza"},
	{"keywords", "36111 tf1"},
	{"keywords", "47492 pizza"},
	{"short_codes", "36111"},
	{"short_codes", "47492"},
	{"flows", "hello"},
	{"games", "summer"},
	{"polls", "final"},
	{"catalogues", "pizza-roma"},
	{"offers", "spot"},
	{"offers", "receipt"},
	{"contact_fields", "card_number"},
	{"webhooks", "stock"},
	{"places", "lyon"},
	{"programs", "usa"},
	{"programs", "pizza-roma"},
	{"carriers", "orange"},
	{"carriers", "us-sim"},
}

func TestDeletedObjectsAreGoneAndCanComeBack(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	first := s.current(t)
	for _, o := range order {
		require.NoError(t, s.delete(t, o[0], o[1]), o)
		require.ErrorIs(t, s.delete(t, o[0], o[1]), programs.ErrNoObject, o)
	}
	left := s.current(t)
	require.EqualValues(t, 1+len(order), left.Version)
	for _, kind := range programs.Kinds() {
		require.Empty(t, left.Keys(kind), kind)
	}
	var sealed string
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT count(*) || '' FROM carriers WHERE retired_at IS NOT NULL`).Scan(&sealed))
	require.Equal(t, "2", sealed, "messages refer to carriers")

	plan, _ := s.apply(t, shopText)
	for _, c := range plan {
		require.Equal(t, programs.Create, c.Op, c)
	}
	again := s.current(t)
	require.Equal(t, first.Programs[0].ID, again.Programs[0].ID, "consents refer to the id")
	require.Equal(t, first.Carriers[0].ID, again.Carriers[0].ID)
	require.Equal(t, "s3cret", again.Carriers[0].Password)
	require.Equal(t, 2, again.Flows[0].Version, "versions never change")
}

func TestARetiredCarrierKeepsNoPassword(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, `carriers: [{name: a, addr: "h:1", system_id: s, password: s3cret}]`)
	var before, after int
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT length(password) FROM carriers`).Scan(&before))
	require.NoError(t, s.delete(t, "carriers", "a"))
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT length(password) FROM carriers`).Scan(&after))
	require.Equal(t, len("s3cret"), before-after)
}

func TestWhatTheConfigurationNeedsIsNotDeleted(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	for _, c := range [][3]string{
		{"carriers", "orange", "short code 36111: `orange` is not a carrier"},
		{"programs", "usa", "short code 47492: `usa` is not a program"},
		{"places", "lyon", "keyword 36111 TF1: `lyon` is not a place"},
		{"flows", "hello", "keyword 36111 PIZZA: `hello` is not a flow"},
		{"short_codes", "36111", "keyword 36111 PIZZA: `36111` is not a short code"},
	} {
		err := s.delete(t, c[0], c[1])
		var inUse *programs.InUseError
		require.ErrorAs(t, err, &inUse, c)
		require.Equal(t, c[1], inUse.Key)
		require.ErrorContains(t, err, c[2])
	}
	require.EqualValues(t, 1, s.current(t).Version, "a refusal changes nothing")
}

func TestWhatIsGoingOnIsNotDeleted(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	for _, o := range order[:5] {
		if o[0] == "keywords" {
			require.NoError(t, s.delete(t, o[0], o[1]))
		}
	}
	at := time.Now()
	id := int64(sms.FirstID(at))
	require.NoError(t, postgres.EnsurePartitions(t.Context(), s.pool.Config().ConnString(), at))
	s.exec(t, `INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at) VALUES ($1, 33600000001, 36111, 'pizza-roma', 'hello', 1, 'test', $2)`, id, at)
	s.exec(t, `INSERT INTO orders (id, program, number, msisdn, short_code, talk, place, address, note, lines, total, currency, state, placed_at, changed_at)
		SELECT 1, id, 1, 33600000001, 36111, 1, 'lyon', '', '', '[]', 0, 'EUR', 'placed', now(), now() FROM programs WHERE name = 'pizza-roma'`)
	s.exec(t, `INSERT INTO coupons (code, shown, offer, msisdn, issued_at) SELECT 'R1', 'R-1', id, 33600000001, now() FROM offers WHERE name = 'spot'`)
	s.exec(t, `INSERT INTO outbox (id, msisdn, short_code, carrier, prio, due, expires) SELECT 1, 33600000001, 36111, id, 0, now(), now() FROM carriers WHERE name = 'orange'`)
	going := [][3]string{
		{"short_codes", "36111", "1 conversations on it are open"},
		{"flows", "hello", "1 conversations of it are open"},
		{"places", "lyon", "1 orders for it are open"},
		{"catalogues", "pizza-roma", "1 orders are open"},
		{"programs", "pizza-roma", "1 orders of it are open"},
		{"offers", "spot", "1 coupons of it can still be used"},
		{"carriers", "orange", "1 messages wait for it"},
	}
	for _, c := range going {
		require.ErrorContains(t, s.delete(t, c[0], c[1]), c[2], c)
	}

	s.exec(t, `UPDATE conversations SET ended_at = now(), outcome = 'done'`)
	s.exec(t, `UPDATE orders SET state = 'done'`)
	s.exec(t, `UPDATE coupons SET used_at = now(), used_by = 'till' WHERE msisdn IS NOT NULL`)
	s.exec(t, `DELETE FROM outbox`)
	for _, o := range order[3:] {
		require.NoError(t, s.delete(t, o[0], o[1]), o)
	}
	var shown string
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT c.shown || o.name || p.name FROM coupons c JOIN offers o ON o.id = c.offer JOIN programs p ON p.id = o.program`).Scan(&shown))
	require.Equal(t, "R-1spotpizza-roma", shown, "what was stays readable; printed codes that nobody used are gone")
}

func TestDeletingNeedsTheCurrentVersionAndCanBeTried(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	_, base := s.apply(t, shopText)
	version, err := s.Delete(t.Context(), base, "keywords", "36111 pizza", true)
	require.NoError(t, err)
	require.Equal(t, base, version)
	require.Contains(t, s.current(t).Keys("keywords"), "36111 pizza", "a dry run changes nothing")
	_, err = s.Delete(t.Context(), base-1, "keywords", "36111 pizza", false)
	require.ErrorIs(t, err, programs.ErrChanged)
	require.ErrorIs(t, s.delete(t, "keywords", "36111 "+strings.Repeat("x", 9)), programs.ErrNoObject)
}
