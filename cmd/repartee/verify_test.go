package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"repartee/postgres"
	"repartee/postgres/pgtest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestVerify(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	code, stdout, stderr := execute("verify")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, strings.Count(stdout, "\n"), strings.Count(stdout, "ok  "), stdout)

	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, turn) SELECT 33612345600 + n, 36111, 3 FROM generate_series(1, 30) n`)
	require.NoError(t, err)
	code, stdout, stderr = execute("verify", "--list", "2")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "turns")
	require.Regexp(t, `FAIL  turns +0 examined +30 violations`, stdout)
	require.Contains(t, stdout, "336…01 on 36111")
	require.Contains(t, stdout, "and 28 more")
	require.NotContains(t, stdout, "33612345601")

	code, stdout, _ = execute("verify", "--json")
	require.Equal(t, exitFailure, code)
	var report struct {
		OK     bool
		Checks []postgres.CheckResult
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.False(t, report.OK)
	require.Equal(t, "turns", report.Checks[0].Name)
	require.Len(t, report.Checks[0].Listed, 20)
}

func TestVerifyNeedsTheSchema(t *testing.T) {
	t.Setenv("REPARTEE_DATABASE_URL", pgtest.URL(t, pgtest.Empty))
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	code, _, stderr := execute("verify")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "repartee migrate")
}
