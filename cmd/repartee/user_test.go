package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/migrations"
	"repartee/postgres/pgtest"
)

// TestUsersAndKeys: accounts and keys from the command line.
func TestUsersAndKeys(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	t.Setenv("REPARTEE_PUBLIC_URL", "https://sms.example/")
	require.NoError(t, migrations.Up(t.Context(), url))
	code, stdout, stderr := execute("user", "add", "Ann@example.com", "--role", "owner")
	require.Equal(t, exitOK, code, stderr)
	assert.Regexp(t, `^https://sms\.example/link#rl_[a-z2-7]{32}\n$`, stdout)
	code, _, stderr = execute("user", "add", "ann@example.com")
	assert.Equal(t, exitFailure, code)
	assert.Contains(t, stderr, "has an account already")
	code, again, stderr := execute("user", "link", "ann@example.com")
	require.Equal(t, exitOK, code, stderr)
	assert.NotEqual(t, stdout, again)
	for _, wrong := range [][]string{
		{"user", "add", "ann"},
		{"user", "add", "bob@example.com", "--role", "king"},
		{"key", "add", "tills", "--role", "owner", "--program", "pizza"},
	} {
		code, _, _ = execute(wrong...)
		assert.Equal(t, exitUsage, code, "%v", wrong)
	}
	code, stdout, stderr = execute("key", "add", "tills", "--role", "agent", "--program", "pizza", "--expires", "24h")
	require.Equal(t, exitOK, code, stderr)
	assert.Regexp(t, `^rk_[a-z2-7]{32}\n$`, stdout)
	code, listed, stderr := execute("key", "list")
	require.Equal(t, exitOK, code, stderr)
	assert.Contains(t, listed, stdout[:7]+"…")
	assert.NotContains(t, listed, strings.TrimSpace(stdout))
}
