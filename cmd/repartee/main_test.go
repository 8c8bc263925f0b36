package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"repartee/postgres/pgtest" // also the keeper of tests that open the private server

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// execute runs a command line. Tests that set variables cannot be parallel.
func execute(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
		if cmd.HasParent() {
			require.NotNil(t, cmd.Args, "%s must say which arguments it takes", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"migrat":           "migrate",
		"migrate now":      "repartee migrate --help",
		"migrate --upward": "repartee migrate --help",
		"--colour":         "repartee --help",
	} {
		code, stdout, stderr := execute(strings.Fields(line)...)
		require.Equal(t, exitUsage, code, line)
		require.Empty(t, stdout, line)
		require.True(t, strings.HasPrefix(stderr, "repartee: "), line)
		require.Contains(t, stderr, want, line)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := execute("version")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stdout, "repartee ")
}

func TestConfigShowsSourcesAndHidesSecrets(t *testing.T) {
	t.Setenv("REPARTEE_DATABASE_URL", "postgres://me:geheim@db/x")
	t.Setenv("REPARTEE_LOG_LEVEL", "loud")
	code, stdout, stderr := execute("config", "--explain")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stdout, "postgres://me:hidden@db/x")
	require.Contains(t, stdout, "# REPARTEE_HTTP_ADDR: where")
	require.NotContains(t, stdout+stderr, "geheim")
	require.Contains(t, stderr, "expected debug, info, warn, error")
}

func TestMigrate(t *testing.T) {
	t.Setenv("REPARTEE_DATABASE_URL", pgtest.URL(t, pgtest.Empty))
	code, stdout, stderr := execute("migrate", "--dry-run")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stdout, "would go from version 0")
	code, stdout, stderr = execute("migrate")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stdout, "went from version 0")
	code, stdout, stderr = execute("migrate")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stdout, "up to date")
}

func TestUnreachableDatabase(t *testing.T) {
	t.Setenv("REPARTEE_DATABASE_URL", "postgres://me:geheim@127.0.0.1:1/x")
	code, _, stderr := execute("migrate")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "check REPARTEE_DATABASE_URL")
	require.NotContains(t, stderr, "geheim")
}

func TestMissingConfigurationFile(t *testing.T) {
	t.Parallel()
	code, _, stderr := execute("migrate", "--config", filepath.Join(t.TempDir(), "none.yaml"))
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "none.yaml")
}
