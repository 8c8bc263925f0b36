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

// TestUpgradeWithData: a database of an earlier release keeps its rows, and
// gets for its old partitions what new ones are made with.
func TestUpgradeWithData(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, pgtest.Empty)
	require.NoError(t, migrations.UpFS(t.Context(), url, upTo(t, 9)))
	exec(t, url, `CREATE TABLE inbound_20261101 PARTITION OF inbound FOR VALUES FROM (1) TO (1000);
CREATE INDEX ON inbound_20261101 USING brin (id);
CREATE TABLE outbound_20261101 PARTITION OF outbound FOR VALUES FROM (1) TO (1000);
CREATE INDEX ON outbound_20261101 USING brin (id);
INSERT INTO programs (name, brand, title, contact, country, languages, currency, time_zone, terms_url, consent, quiet_profile, quiet_holidays, per_day, per_week, per_month, survives_stop, staff, answers)
VALUES ('pizza', 'Pizza', '', '0800', 'FR', '{fr}', 'EUR', 'Europe/Paris', '', 'double', 'FR', '', 1, 2, 4, '', '{}', '{}');
INSERT INTO contacts (msisdn, first_name, last_name) VALUES (33600000001, 'Zoé', 'Martin');
INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason) VALUES (decode(repeat('00', 32), 'hex'), 'everywhere', 0, now(), 'a letter');
INSERT INTO inbound (id, msisdn, short_code, carrier, bind, arrival, received_at, coding, text, outcome, turn, class, rule, config)
SELECT n, 33600000001, 36111, 1, 1, 1, now(), 0, 'PIZZA', 'turn', 1, 'neither', 'keyword', 1 FROM generate_series(1, 900) n;
INSERT INTO outbound (id, msisdn, short_code, program, class, state, stop_id, created_at, expires, verdict, rule, config, text, coding, segments)
SELECT n, 33600000001, 36111, 1, 'reply', 'queued', 0, now(), now(), 'allow', 'G01', 1, 'Which size?', 0, 1 FROM generate_series(1, 900) n`)
	require.NoError(t, migrations.Up(t.Context(), url))
	require.NoError(t, migrations.Check(t.Context(), url))
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	var rows int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM inbound) + (SELECT count(*) FROM outbound) + (SELECT count(*) FROM contacts)
  + (SELECT count(*) FROM suppressions) + (SELECT count(*) FROM programs WHERE canned = '[]')`).Scan(&rows))
	require.Equal(t, 1803, rows)
	var kinds []string
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT array_agg(a.amname::text || ' ' || i.indrelid::regclass ORDER BY 1) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam WHERE c.relname LIKE '%bound_20261101_id_idx%'`).Scan(&kinds))
	require.Equal(t, []string{"btree inbound_20261101", "btree outbound_20261101"}, kinds)
}

// upTo are the files of an earlier release.
func upTo(t *testing.T, last int) fs.FS {
	t.Helper()
	some := fstest.MapFS{}
	files, err := fs.Glob(migrations.FS(), "*.sql")
	require.NoError(t, err)
	for _, name := range files[:last] {
		doc, err := fs.ReadFile(migrations.FS(), name)
		require.NoError(t, err)
		some[name] = &fstest.MapFile{Data: doc}
	}
	return some
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
