package migrations_test

import (
	"context"
	"io/fs"
	"regexp"
	"sync"
	"testing"
	"testing/fstest"

	"repartee/migrations"
	"repartee/postgres/pgtest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestFromEmpty(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, pgtest.Empty)
	before, known, err := migrations.Version(t.Context(), url)
	require.NoError(t, err)
	require.Zero(t, before)
	require.ErrorContains(t, migrations.Check(t.Context(), url), "repartee migrate")
	require.NoError(t, migrations.Up(t.Context(), url))
	after, _, err := migrations.Version(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, known, after)
	require.NoError(t, migrations.Check(t.Context(), url))
	require.NoError(t, migrations.Up(t.Context(), url), "again changes nothing")
}

func TestNodesThatStartTogether(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, pgtest.Empty)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := migrations.Up(context.WithoutCancel(t.Context()), url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, migrations.Check(t.Context(), url))
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	exec(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)")
	var newer *migrations.NewerError
	require.ErrorAs(t, migrations.Up(t.Context(), url), &newer)
	require.ErrorAs(t, migrations.Check(t.Context(), url), &newer)
	require.ErrorContains(t, newer, "run the newer release")
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, pgtest.Empty)
	good := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE one ();\n")}
	bad := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE two ();\nCREATE TABLE one ();\n")}
	require.NoError(t, migrations.UpFS(t.Context(), url, fstest.MapFS{}), "no file, nothing to do")
	require.Error(t, migrations.UpFS(t.Context(), url, fstest.MapFS{"0001_one.sql": good, "0002_two.sql": bad}))
	exec(t, url, "CREATE TABLE two ()")
}

func TestFilesAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^(\d{4})_[a-z_]+\.sql$`)
	files, err := fs.Glob(migrations.FS(), "*")
	require.NoError(t, err)
	for i, file := range files {
		require.Regexp(t, name, file)
		require.Equal(t, i+1, atoi(t, name.FindStringSubmatch(file)[1]), file)
	}
}

func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	err := migrations.Up(t.Context(), "postgres://me:geheim@127.0.0.1:1/x")
	require.ErrorContains(t, err, "check REPARTEE_DATABASE_URL")
	require.NotContains(t, err.Error(), "geheim")
}

func exec(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

func atoi(t *testing.T, digits string) (n int) {
	t.Helper()
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
