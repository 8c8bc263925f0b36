package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
)

const helloFlow = `flow: hello
class: transactional
start: ask
states:
  ask: {say: "Name?", replies: [{is: any, save: who, go: sure}]}
  sure: {say: "{{who}}?", replies: [{is: yes, end: done}]}
tests: |
  == one
  * start
  < Name?
`

// TestFlowVersions drafts, publishes, pins and rolls back a flow on which
// conversations run.
func TestFlowVersions(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", testKey)
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "hello.yaml")
	must := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := execute(args...)
		require.Equal(t, exitOK, code, stderr)
		return stdout + stderr
	}
	fails := func(want string, args ...string) {
		t.Helper()
		code, _, stderr := execute(args...)
		require.NotEqual(t, exitOK, code)
		require.Contains(t, stderr, want)
	}
	draft := func(source string) {
		t.Helper()
		require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
		must("flow", "draft", file)
	}
	shop := filepath.Join(t.TempDir(), "shop.yaml")
	require.NoError(t, os.WriteFile(shop, []byte("programs:\n  - {name: p, brand: P, contact: c, country: US, languages: [en], time_zone: America/New_York}\n"), 0o600))
	must("apply", "-f", shop)

	fails("there is no flow hello", "flow", "versions", "hello")
	draft(helloFlow)
	require.Contains(t, must("flow", "publish", "hello"), "+ flow hello")
	fails("has no draft", "flow", "publish", "hello")

	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, turn, talks) VALUES (33600000001, 36111, 0, '[{"i":"5","f":"hello","v":1,"s":"sure","sv":{"who":"Ann"}}]'),
		(33600000002, 36111, 0, '[{"i":"6","f":"hello","v":1,"s":"ask"}]')`)
	require.NoError(t, err)

	second := strings.Replace(helloFlow, `"{{who}}?"`, `"{{who}}, right?"`, 1)
	draft(strings.Replace(second, "< Name?", "< Nom?", 1))
	fails(`golden conversation`, "flow", "publish", "hello")
	draft(second)
	fails("1 open conversation stands at states that version 2 changes or lacks (sure 1) and nothing says what becomes of them", "flow", "publish", "hello")
	fails("exclude each other", "flow", "publish", "hello", "--open", "finish", "--move", "a=b")
	fails("--open", "flow", "publish", "hello", "--open", "later")
	require.Contains(t, must("flow", "publish", "hello", "--open", "finish"), "they finish on their version")
	require.Regexp(t, `(?m)^1 +retired .* 2$\n^2 +published .* 0$`, must("flow", "versions", "hello"))
	require.Contains(t, must("flow", "diff", "hello"), `-  sure: {say: "{{who}}?"`)

	must("flow", "pin", "hello", "1")
	require.Regexp(t, `(?m)^1 +retired, pinned`, must("flow", "versions", "hello"))
	require.Contains(t, must("flow", "show", "hello"), "stateDiagram-v2")
	fails("has no version 9", "flow", "pin", "hello", "9")
	must("flow", "unpin", "hello")

	require.Contains(t, must("flow", "rollback", "hello", "--move", "ask=sure"), "cannot move: `sure` may read `who`")
	var source string
	var by int
	require.NoError(t, conn.QueryRow(ctx, `SELECT source, count(*) OVER () FROM flow_versions WHERE state = 'published' AND published_by <> ''`).Scan(&source, &by))
	require.Equal(t, helloFlow, source)
	require.Empty(t, must("flow", "diff", "hello", "1", "3"), "what was rolled back to is the same")
	fails("no such version", "flow", "rollback", "hello", "--to", "3")
}
