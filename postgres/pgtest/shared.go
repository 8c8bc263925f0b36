package pgtest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"repartee/migrations"
	"repartee/postgres/embedded"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	testPrefix     = "test_"     // test_<process id>_<number>
	templatePrefix = "template_" // template_<hash of the migrations>_v
	keptTemplates  = 8           // of other migrations: other branches, earlier edits
)

var (
	volatile = shared{kind: "volatile"}
	durable  = shared{kind: "durable"}
)

// shared is the server that all tests of this user share; one per kind.
type shared struct {
	kind string

	mu       sync.Mutex
	url      string           // of the database postgres; empty before the first use
	template string           // "" before the first use
	server   *embedded.Server // kept: its lock would go with the garbage
}

// create makes a database for a test.
func (s *shared) create(ctx context.Context, name string, empty bool) (string, error) {
	const attempts = 3 // another process may drop our template as too old
	for attempt := 1; ; attempt++ {
		url, template, err := s.prepare(ctx)
		if err != nil {
			return "", err
		}
		if empty {
			template = "template0"
		}
		err = onServer(ctx, url, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", quote(name), quote(template)))
		if err == nil {
			return withDatabase(url, name), nil
		}
		var pgErr *pgconn.PgError
		if attempt == attempts || !errors.As(err, &pgErr) || pgErr.Code != "3D000" {
			return "", err
		}
		s.forget()
	}
}

func (s *shared) drop(ctx context.Context, name string) error {
	return onServer(ctx, s.url, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", quote(name)))
}

func (s *shared) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.template = ""
}

// prepare starts the server and makes the template, once per process.
func (s *shared) prepare(ctx context.Context) (url, template string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url == "" {
		if s.url, err = s.open(ctx); err != nil {
			return "", "", err
		}
	}
	if s.template == "" {
		if s.template, err = makeTemplate(ctx, s.url); err != nil {
			return "", "", err
		}
	}
	return s.url, s.template, nil
}

// open starts or finds the server. It is never closed: the lock goes with the
// process. Data written without fsync may not survive the machine's crash; if
// the server does not start on them, they are worth nothing and are removed.
func (s *shared) open(ctx context.Context) (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("repartee-pgtest-%d-%s", os.Geteuid(), s.kind))
	opts := embedded.Options{
		DataDir: dir, Linger: 10 * time.Second, Volatile: s.kind == volatile.kind, MaxConnections: 300,
	}
	server, err := embedded.Open(ctx, opts)
	if err != nil && ctx.Err() == nil {
		if rmErr := embedded.Remove(ctx, dir); rmErr != nil {
			return "", errors.Join(err, rmErr)
		}
		server, err = embedded.Open(ctx, opts)
	}
	if err != nil {
		return "", err
	}
	s.server = server
	return withDatabase(server.URL(), "postgres"), nil
}

// makeTemplate migrates a database that the tests' databases are copied from,
// and removes what killed test processes left. One process at a time.
func makeTemplate(ctx context.Context, url string) (string, error) {
	name, err := templateName()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7283)"); err != nil {
		return "", fmt.Errorf("wait for other test processes: %w", err)
	}
	names, err := databases(ctx, conn)
	if err != nil {
		return "", err
	}
	if err := removeLeftovers(ctx, conn, names, name); err != nil {
		return "", err
	}
	for _, n := range names {
		if n == name {
			return name, nil
		}
	}
	return name, migrateTemplate(ctx, conn, url, name)
}

// migrateTemplate works under another name, so that a killed attempt is not
// taken for a finished template.
func migrateTemplate(ctx context.Context, conn *pgx.Conn, url, name string) error {
	fresh := testPrefix + strconv.Itoa(os.Getpid()) + "_template"
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+quote(fresh)+" TEMPLATE template0"); err != nil {
		return err
	}
	if err := migrations.Up(ctx, withDatabase(url, fresh)); err != nil {
		_, dropErr := conn.Exec(ctx, "DROP DATABASE "+quote(fresh)+" WITH (FORCE)")
		return errors.Join(err, dropErr)
	}
	_, err := conn.Exec(ctx, "ALTER DATABASE "+quote(fresh)+" RENAME TO "+quote(name))
	return err
}

// databases lists the names of all databases, oldest first.
func databases(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, "SELECT datname::text FROM pg_database ORDER BY oid")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// removeLeftovers drops databases of processes that are no more, and the
// oldest templates of other migrations.
func removeLeftovers(ctx context.Context, conn *pgx.Conn, names []string, current string) error {
	var drop, templates []string
	for _, n := range names {
		switch {
		case strings.HasPrefix(n, testPrefix) && !running(n):
			drop = append(drop, n)
		case strings.HasPrefix(n, templatePrefix) && n != current:
			templates = append(templates, n)
		}
	}
	drop = append(drop, templates[:max(0, len(templates)-keptTemplates)]...)
	for _, n := range drop {
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(n)+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("remove the left database %s: %w", n, err)
		}
	}
	return nil
}

// running tells whether the process that made a test's database lives.
func running(name string) bool {
	pid, _, _ := strings.Cut(strings.TrimPrefix(name, testPrefix), "_")
	n, err := strconv.Atoi(pid)
	return err == nil && !errors.Is(syscall.Kill(n, 0), syscall.ESRCH)
}

// templateName names the template after the content of the migrations. It ends
// in a letter so that it can never be PostgreSQL's own template0 or template1.
func templateName() (string, error) {
	sum := fnv.New64a()
	err := fs.WalkDir(migrations.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(migrations.FS(), path)
		fmt.Fprintf(sum, "%s\x00%s\x00", path, raw)
		return err
	})
	return fmt.Sprintf("%s%016x_v", templatePrefix, sum.Sum64()), err
}
