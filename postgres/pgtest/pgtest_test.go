package pgtest_test

import (
	"context"
	"testing"
	"time"

	"repartee/postgres/pgtest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a := connect(t, pgtest.URL(t, pgtest.Empty))
	b := connect(t, pgtest.URL(t, pgtest.Empty))
	_, err := a.Exec(t.Context(), "CREATE TABLE only_here ()")
	require.NoError(t, err)
	var found bool
	require.NoError(t, b.QueryRow(t.Context(), "SELECT to_regclass('only_here') IS NOT NULL").Scan(&found))
	require.False(t, found)
}

func TestDurabilityIsAsAsked(t *testing.T) {
	t.Parallel()
	require.Equal(t, "off", setting(t, connect(t, pgtest.URL(t, pgtest.Empty)), "fsync"))
	require.Equal(t, "on", setting(t, connect(t, pgtest.URL(t, pgtest.Empty, pgtest.Durable)), "fsync"))
}

func TestDatabaseIsDroppedAfterTheTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("user", func(t *testing.T) { url = pgtest.URL(t, pgtest.Empty) })
	_, err := pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "3D000")
}

func TestServerKeepsCommittedRowsThroughCrashes(t *testing.T) {
	t.Parallel()
	s := pgtest.Server(t)
	conn := connect(t, s.URL())
	_, err := conn.Exec(t.Context(), "CREATE TABLE kept (n int)")
	require.NoError(t, err)
	for n, end := range []func(){func() { s.Stop(false) }, func() { s.Stop(true) }, s.Kill} {
		conn := connect(t, s.URL())
		_, err := conn.Exec(t.Context(), "INSERT INTO kept VALUES ($1)", n)
		require.NoError(t, err)
		end()
		// After SIGKILL a session may answer once more before it notices.
		require.Eventually(t, func() bool { return conn.Ping(t.Context()) != nil }, 10*time.Second, 10*time.Millisecond)
		s.Start()
	}
	var n int
	require.NoError(t, connect(t, s.URL()).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n))
	require.Equal(t, 3, n)
	require.Equal(t, "on", setting(t, connect(t, s.URL()), "fsync"))
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		pgtest.URL(b)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(ctx) // its server may be gone on purpose
	})
	return conn
}

func setting(t *testing.T, conn *pgx.Conn, name string) (value string) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&value))
	return value
}
