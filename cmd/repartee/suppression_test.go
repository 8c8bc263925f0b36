package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
)

func TestSuppressionsAndContacts(t *testing.T) {
	t.Setenv("REPARTEE_DATABASE_URL", pgtest.URL(t))
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	file := func(text string) string {
		name := filepath.Join(t.TempDir(), "list.csv")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	code, stdout, stderr := execute("suppression", "import", file("msisdn,reason\n33612345601,letter\nnobody,x\n"))
	require.Equal(t, exitFailure, code)
	require.Contains(t, stdout, "2 rows: 1 added, 0 on the list before, 1 bad\nline 3: ")
	require.Contains(t, stderr, "1 rows were not taken")

	code, _, stderr = execute("suppression", "add", "33612345602", "--by", "ana")
	require.Equal(t, exitUsage, code, stderr)
	code, _, stderr = execute("suppression", "add", "33612345602", "--by", "ana", "--reason", "call", "--marketing")
	require.Equal(t, exitOK, code, stderr)
	_, list, _ := execute("suppression", "export")
	require.Equal(t, 3, strings.Count(list, "\n"), list)
	require.Contains(t, list, ",marketing,0,")
	require.NotContains(t, list, "3361234560")

	code, stdout, _ = execute("contact", "import", file("msisdn,first_name\n33612345601,Ana\n33612345603,Bob\n"))
	require.Equal(t, exitFailure, code)
	require.Contains(t, stdout, "2 rows: 1 taken, 1 not\nline 2: the phone is on the suppression list")
	_, stdout, _ = execute("contact", "export", "33612345603")
	require.Contains(t, stdout, `"Bob"`)
	code, stdout, stderr = execute("contact", "erase", "33612345603", "--by", "ana", "--reason", "asked for it")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stdout, "contacts: 1 deleted")

	_, stdout, _ = execute("consent", "show", "33612345602")
	require.Contains(t, stdout, "marketing")
	code, _, stderr = execute("suppression", "lift", "33612345602", "--by", "ana", "--reason", "form 8")
	require.Equal(t, exitOK, code, stderr)
	_, _, stderr = execute("suppression", "lift", "33612345602", "--by", "ana", "--reason", "form 8")
	require.Contains(t, stderr, "is not on the list")
}
