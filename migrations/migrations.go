// Package migrations holds the numbered SQL files of the database schema and
// applies them. They go forward only; each runs in a transaction, under a lock
// so that several nodes may start at once.
//
// It knows only SQL and goose; it must not import other packages of this
// module. It refuses a schema that is newer than its files: an old binary
// would write rows that the new schema forbids, or worse, allows.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// FS returns the numbered files.
func FS() fs.FS { return files }

// NewerError says that the database was migrated by a newer release.
type NewerError struct {
	Database, Known int64 // versions
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("the database schema is version %d, and this repartee knows only up to %d: run the newer release, or restore a backup made before it", e.Database, e.Known)
}

// Up brings the database from whatever version, none included, to the newest.
// Concurrent calls wait for each other.
func Up(ctx context.Context, url string) error { return UpFS(ctx, url, files) }

// UpFS is [Up] with other files: for tests of the order and failure of migrations.
func UpFS(ctx context.Context, url string, files fs.FS) error {
	return with(ctx, url, files, func(p *goose.Provider) error {
		database, known, err := p.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read the schema version: %w", err)
		}
		if database > known {
			return &NewerError{database, known}
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
		return nil
	})
}

// Version returns the schema's version in the database (0: empty) and the
// newest that this binary knows.
func Version(ctx context.Context, url string) (database, known int64, err error) {
	err = with(ctx, url, files, func(p *goose.Provider) error {
		database, known, err = p.GetVersions(ctx)
		return err
	})
	return database, known, err
}

// Check returns an error unless the schema is exactly what this binary knows.
func Check(ctx context.Context, url string) error {
	database, known, err := Version(ctx, url)
	switch {
	case err != nil:
		return err
	case database > known:
		return &NewerError{database, known}
	case database < known:
		return fmt.Errorf("the database schema is version %d, this repartee needs %d: run `repartee migrate`", database, known)
	}
	return nil
}

// with calls f with a provider on a connection of its own. Without any file
// there is nothing to do, which goose takes for an error.
func with(ctx context.Context, url string, files fs.FS, f func(*goose.Provider) error) (err error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("cannot connect to the database: check REPARTEE_DATABASE_URL, and that the server runs and knows this user: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // ask each second, for five minutes
	if err != nil {
		return fmt.Errorf("prepare the migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	return f(p)
}
