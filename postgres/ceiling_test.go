package postgres_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres"
	"repartee/postgres/pgtest"
)

func TestTheCeilingWritesTheRowsOfATurn(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_, err := postgres.SampleTurn(t.Context(), url)
	require.ErrorContains(t, err, "no conversation is open")
	turn := postgres.CeilingTurn{
		Talks: `[{"i":1}]`, Language: "fr", Recent: make([]byte, 32), MOText: "2", Route: "flow", MORule: "reply", Class: "transactional",
		Rule: "answer", Text: "Combien ?", Segments: 1,
	}
	begun := false
	turns, elapsed, err := postgres.RunCeiling(t.Context(), url, postgres.CeilingOptions{
		Turn: turn, Phones: 40, Batch: 8, Conns: 2, Duration: 100 * time.Millisecond, Begun: func() error { begun = true; return nil },
	})
	require.NoError(t, err)
	require.True(t, begun)
	require.Positive(t, turns)
	require.GreaterOrEqual(t, elapsed, 100*time.Millisecond)

	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context()) //nolint:errcheck // the database is dropped
	var inbound, outbound, submits, sent, delivered int64
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM inbound), (SELECT count(*) FROM outbound), (SELECT count(*) FROM submits),
  (SELECT count(*) FROM outbound WHERE state = 'sent'), (SELECT count(*) FROM outbound WHERE state = 'delivered')`).Scan(&inbound, &outbound, &submits, &sent, &delivered))
	require.Equal(t, []int64{turns, turns, turns, 16, turns - 16}, []int64{inbound, outbound, submits, sent, delivered}, "the last batch of each connection has no receipt yet")

	got, err := postgres.SampleTurn(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, turn.Text, got.Text)
}

func TestAServerThatDoesNotWaitForTheDiskIsNoMeasure(t *testing.T) {
	t.Parallel()
	_, err := postgres.ReadServerStats(t.Context(), pgtest.URL(t))
	require.ErrorContains(t, err, "does not wait for the disk")
	s, err := postgres.ReadServerStats(t.Context(), pgtest.URL(t, pgtest.Durable))
	require.NoError(t, err)
	require.Positive(t, s.PID)
	require.Positive(t, s.WALBytes)
}
