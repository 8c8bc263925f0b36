package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/postgres"
	"repartee/programs"
	"repartee/sms"
)

// TestPublishingTellsOpenConversations publishes a version whose `open` ends
// the conversations of the one before.
func TestPublishingTellsOpenConversations(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	at := time.Now()
	id := int64(sms.FirstID(at))
	require.NoError(t, postgres.EnsurePartitions(t.Context(), s.pool.Config().ConnString(), at))
	_, err := s.pool.Exec(t.Context(), `INSERT INTO conversations (id, msisdn, short_code, program, flow, version, begun_by, begun_at, ended_at, outcome) VALUES
		($1, 33600000001, 36111, 'usa', 'hello', 1, 'test', $2, NULL, NULL), ($1 + 1, 33600000001, 36111, 'usa', 'hello', 1, 'test', $2, NULL, NULL),
		($1 + 2, 33600000002, 36111, 'usa', 'hello', 1, 'test', $2, $2, 'completed'), ($1 + 3, 33600000003, 36111, 'usa', 'other', 1, 'test', $2, NULL, NULL)`, id, at)
	require.NoError(t, err)

	changed := strings.Replace(shopText, "Bonjour", "Salut", 1)
	s.apply(t, strings.Replace(changed, "{move: {old: a}}", "{end: Bye}", 1))
	var phone, n int64
	var kind, data string
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT msisdn, kind, data::text, (SELECT count(*) FROM inputs) FROM inputs`).Scan(&phone, &kind, &data, &n))
	require.EqualValues(t, 1, n, "one input for each thread")
	require.EqualValues(t, 33600000001, phone)
	require.Equal(t, "published", kind)
	var in dialogs.Published
	require.NoError(t, json.Unmarshal([]byte(data), &in))
	require.Equal(t, dialogs.Published{Flow: "hello", Version: 2, Policy: "end", End: "Bye"}, in)
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT count(*) FROM wakes WHERE kind = 2`).Scan(&n))
	require.EqualValues(t, 1, n)
}

// TestPinnedFlow lets new conversations begin on an older version, also after
// another one was published, until nobody wants that any more.
func TestPinnedFlow(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	_, version := s.apply(t, shopText)
	begins := func() int {
		t.Helper()
		snapshot, err := s.LoadSnapshot(t.Context(), &programs.Flows{})
		require.NoError(t, err)
		require.Empty(t, snapshot.Problems)
		return snapshot.Flow("hello", 0).Version
	}
	_, err := s.Pin(t.Context(), version, "hello", 1)
	require.NoError(t, err)
	_, version = s.apply(t, strings.Replace(shopText, "Bonjour", "Salut", 1))
	require.Equal(t, 1, begins())
	_, err = s.Pin(t.Context(), version-1, "hello", 0)
	require.ErrorIs(t, err, programs.ErrChanged)
	_, err = s.Pin(t.Context(), version, "hello", 0)
	require.NoError(t, err)
	require.Equal(t, 2, begins())
}
