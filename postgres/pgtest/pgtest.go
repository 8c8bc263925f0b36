// Package pgtest gives tests a real PostgreSQL: a private database per test on
// one server that all test processes of this user share, or a server of its
// own for a test that stops and kills it.
//
// It never touches a system's cluster. The server runs from a folder below the
// system's temporary one, starts with the first test that needs it and stops
// some seconds after the last. Only tests import this package. Its failures end
// the test with the reason; a machine without PostgreSQL gets the command that
// installs it.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"repartee/postgres/embedded"

	"github.com/jackc/pgx/v5"
)

// init makes the test binary its own keeper, see [embedded.KeeperCommand]: test
// packages need no TestMain for it.
func init() {
	if len(os.Args) == 3 && os.Args[1] == embedded.KeeperCommand {
		if err := embedded.Keep(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// Option changes what [URL] gives.
type Option int

const (
	// Durable asks for a server that waits for the disk, as in production.
	Durable Option = iota + 1
	// Empty asks for a database without our schema.
	Empty
)

// limit bounds each step of the preparation: the very first may have to wait
// for other packages that initialise the server.
const limit = 2 * time.Minute

var serial atomic.Int64

// URL returns the address of a fresh database with the newest schema, for this
// test alone; it is dropped when the test ends. Safe for parallel tests.
func URL(t testing.TB, options ...Option) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s := &volatile
	empty := false
	for _, o := range options {
		switch o {
		case Durable:
			s = &durable
		case Empty:
			empty = true
		}
	}
	name := fmt.Sprintf("%s%d_%d", testPrefix, os.Getpid(), serial.Add(1))
	url, err := s.create(ctx, name, empty)
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return url
}

// onServer runs one statement on a connection of its own.
func onServer(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// quote writes a name in SQL.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// withDatabase replaces the database's name in a server's address.
func withDatabase(url, name string) string {
	before, after, _ := strings.Cut(url, "?")
	return before[:strings.LastIndex(before, "/")+1] + name + "?" + after
}
