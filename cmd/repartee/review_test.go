package main

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
)

func TestReview(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `INSERT INTO reviews (id, msisdn, short_code, kind, rule, before, opened_at) VALUES
 (101, 33612345601, 36111, 'opt-out', '9: intent', '{"Consents": {"1": "single"}}', now()), (102, 33612345602, 36111, 'unclear', '14', '{}', now())`)
	require.NoError(t, err)
	_, list, _ := execute("review", "list")
	require.Equal(t, 3, strings.Count(list, "\n"), list)
	require.NotContains(t, list, "33612345601")
	ids := strings.Fields(list)
	first, second := ids[8], ids[14]

	code, _, stderr := execute("review", "undo", first, "--by", "ana")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "--reason")
	code, _, stderr = execute("review", "undo", first, "--by", "ana", "--reason", "a song")
	require.Equal(t, exitOK, code, stderr)
	code, _, stderr = execute("review", "keep", first, "--by", "bob", "--reason", "no")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "closed by ana: undone")
	_, _, stderr = execute("review", "undo", second, "--by", "ana", "--reason", "x")
	require.Contains(t, stderr, "suppress the phone")
	_, shown, _ := execute("review", "show", first)
	require.Contains(t, shown, "undone by ana")
	var data string
	require.NoError(t, conn.QueryRow(ctx, `SELECT data::text FROM inputs WHERE msisdn = 33612345601 AND kind = 'consent'`).Scan(&data))
	require.Contains(t, data, `"undone"`)
	require.Contains(t, data, `"single"`)
}
