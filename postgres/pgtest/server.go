package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"repartee/migrations"
	"repartee/postgres/embedded"
)

// TestServer is a server of a test's own, which it may stop and kill. It waits
// for the disk, as in production. Its methods end the test when they fail, so
// they are for the test's own goroutine.
type TestServer struct {
	t       testing.TB
	cluster *embedded.Cluster
	url     string
}

// Server starts a server for this test alone, with the newest schema. It is
// stopped and removed when the test ends, also when the test process is killed
// (on Linux; elsewhere it has to be stopped by hand then).
func Server(t testing.TB) *TestServer {
	t.Helper()
	// t.TempDir may not be entered by the server's user; this one can.
	dir, err := os.MkdirTemp("", "repartee-pg-*")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatalf("a folder for the test's server: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the test's server: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c, err := embedded.NewCluster(ctx, embedded.ClusterOptions{
		Home: filepath.Join(dir, "pg"), MaxConnections: 100, DieWithParent: true,
	})
	if err != nil {
		t.Fatalf("the test's server: %v", err)
	}
	s := &TestServer{t: t, cluster: c}
	s.Start()
	t.Cleanup(func() { s.Stop(true) })
	if s.url, err = c.URL(""); err == nil {
		err = migrations.Up(ctx, s.url)
	}
	if err != nil {
		t.Fatalf("the test's server: %v", err)
	}
	return s
}

// URL returns the address of the server's database. It stays the same.
func (s *TestServer) URL() string { return s.url }

// Start starts the server and returns when it answers.
func (s *TestServer) Start() {
	s.t.Helper()
	s.do("start", s.cluster.Start)
}

// Stop stops the server: in order, or at once so that it has to recover.
func (s *TestServer) Stop(immediate bool) {
	s.t.Helper()
	s.do("stop", func(ctx context.Context) error { return s.cluster.Stop(ctx, immediate) })
}

// Kill ends the server's main process with SIGKILL.
func (s *TestServer) Kill() {
	s.t.Helper()
	s.do("kill", s.cluster.Kill)
}

func (s *TestServer) do(what string, f func(context.Context) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := f(ctx); err != nil {
		s.t.Fatal(fmt.Errorf("%s the test's server: %w", what, err))
	}
}
