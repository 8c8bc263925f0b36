package main

import (
	"context"
	"strings"
	"testing"

	"repartee/postgres/pgtest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestHandoff(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, turn, talks) VALUES (33612345678, 36111, 0, '[{"i":"5","n":2}]')`)
	require.NoError(t, err)
	_, err = conn.Exec(ctx, `INSERT INTO handoffs (talk, msisdn, short_code, program, staff, entry, opened_at) VALUES (5, 33612345678, 36111, 'pizza', 'shop', 2, now())`)
	require.NoError(t, err)

	code, stdout, stderr := execute("handoff", "list", "--group", "shop")
	require.Equal(t, exitOK, code, stderr)
	require.Regexp(t, `(?m)^5 +336…78 +36111 +pizza +shop `, stdout)
	require.NotContains(t, stdout, "33612345678")
	code, stdout, _ = execute("handoff", "show", "5")
	require.Equal(t, exitOK, code)
	require.Empty(t, stdout)
	code, _, stderr = execute("handoff", "say", "5", "Hi!", "--by", "lucie")
	require.Equal(t, exitOK, code, stderr)
	code, _, stderr = execute("handoff", "say", "5", "Hello!", "--by", "marc")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "lucie")
	code, _, stderr = execute("handoff", "done", "5")
	require.Equal(t, exitOK, code, stderr)
	code, _, stderr = execute("handoff", "done", "5")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "repartee handoff list")
	code, _, _ = execute("handoff", "done", "me")
	require.Equal(t, exitUsage, code)

	rows, err := conn.Query(ctx, `SELECT kind || ' ' || data FROM inputs ORDER BY id`)
	require.NoError(t, err)
	inputs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{
		`person {"By": "lucie", "Talk": "5", "Text": "Hi!"}`,
		`event {"Data": null, "Flow": "", "Name": "handoff.done", "Talk": "5"}`,
	}, inputs)
}
