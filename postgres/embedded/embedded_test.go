package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// useCommand makes the test binary a command that opens the server of a folder,
// prints its address and waits for the end of its input.
const useCommand = "use-postgres"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		switch os.Args[1] {
		case KeeperCommand:
			exit(Keep(os.Args[2]))
		case useCommand:
			exit(use(os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func use(dir string) error {
	s, err := Open(context.Background(), Options{DataDir: dir, Linger: linger, Volatile: true})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	_, err = bufio.NewReader(os.Stdin).ReadString('\n')
	return errors.Join(err, s.Close())
}

const (
	linger  = 200 * time.Millisecond
	patient = 30 * time.Second
)

func TestCommandsShareOneServer(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	urls := make([]string, 4)
	var wg sync.WaitGroup
	for i := range urls {
		wg.Go(func() {
			s, err := Open(t.Context(), Options{DataDir: dir, Linger: linger, Volatile: true})
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { _ = s.Close() })
			urls[i] = s.URL()
		})
	}
	wg.Wait()
	for _, url := range urls {
		require.Equal(t, urls[0], url)
		query(t, url, "SELECT 1")
	}
}

func TestServerStopsAfterItsLastUserAndKeepsTheData(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	a, b := open(t, dir), open(t, dir)
	query(t, a.URL(), "CREATE TABLE kept AS SELECT 42 AS n")
	require.NoError(t, a.Close())
	query(t, b.URL(), "SELECT 1")
	require.NoError(t, b.Close())
	stopped(t, dir)
	require.Equal(t, 42, query(t, open(t, dir).URL(), "SELECT n FROM kept"))
}

func TestKilledCommandLeavesNoOrphan(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cmd, url := startUser(t, dir)
	query(t, url, "CREATE TABLE kept AS SELECT 42 AS n")
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	stopped(t, dir)
	require.Equal(t, 42, query(t, open(t, dir).URL(), "SELECT n FROM kept"))
}

func TestKilledCommandDoesNotStopTheServerUnderOthers(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cmd, url := startUser(t, dir) // its keeper outlives it
	s := open(t, dir)
	conn := connect(t, s.URL())
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	// The keeper sees only one user less; a whole linger and more must pass.
	_, err := conn.Exec(t.Context(), "SELECT pg_sleep($1)", (3 * (linger + checkEvery)).Seconds())
	require.NoError(t, err)
	require.Equal(t, url, s.URL())
}

func TestServerThatLostItsKeeperGetsANewOne(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := open(t, dir)
	conn := connect(t, first.URL())
	require.NoError(t, syscall.Kill(keeperPID(t, dir), syscall.SIGKILL))
	eventually(t, func() bool { kept, err := first.kept(); return err == nil && !kept })
	require.NoError(t, conn.Ping(t.Context()), "the server lives on without its keeper")

	second := open(t, dir)
	require.NoError(t, conn.Ping(t.Context()), "the new keeper adopts the server, it does not restart it")
	require.NoError(t, first.Close())
	require.NoError(t, second.Close())
	stopped(t, dir)
}

func TestKeeperRestartsTheServer(t *testing.T) {
	t.Parallel()
	s := open(t, dataDir(t))
	query(t, s.URL(), "CREATE TABLE kept AS SELECT 42 AS n")
	require.NoError(t, s.Restart(t.Context()))
	require.Equal(t, 42, query(t, s.URL(), "SELECT n FROM kept"))
	require.NoError(t, s.Kill(t.Context()))
	require.Equal(t, 42, query(t, s.URL(), "SELECT n FROM kept"))
}

func TestStoppedByHand(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := open(t, dir)
	pid := serverPID(t, s)
	require.NoError(t, syscall.Kill(keeperPID(t, dir), syscall.SIGTERM))
	open(t, dir) // whether it finds the old server, or waits and starts a new one
	eventually(t, func() bool { return gone(pid) })
	query(t, open(t, dir).URL(), "SELECT 1")
}

func TestOpeningWhileTheServerStops(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	var wg sync.WaitGroup
	for worker := range 3 {
		wg.Go(func() {
			for range 4 {
				s, err := Open(t.Context(), Options{DataDir: dir, Linger: time.Millisecond, Volatile: true})
				if err != nil {
					t.Error(err)
					return
				}
				conn, err := pgx.Connect(t.Context(), s.URL())
				if err == nil {
					// Apart, so that the server goes idle between some and not others.
					_, err = conn.Exec(t.Context(), "SELECT pg_sleep($1)", 0.1*float64(worker))
					err = errors.Join(err, conn.Close(t.Context()))
				}
				if err = errors.Join(err, s.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stopped(t, dir)
}

func TestRemovedFolderStopsTheServer(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := open(t, dir)
	pid := serverPID(t, s)
	require.NoError(t, os.Remove(filepath.Join(dir, usersLock)))
	eventually(t, func() bool { return gone(pid) })
	require.NoError(t, Remove(t.Context(), dir))
	require.NoDirExists(t, dir)
}

func TestLongPathGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), strings.Repeat("long", 30))
	s := open(t, dir)
	t.Cleanup(func() { require.NoError(t, Remove(context.Background(), dir)) })
	query(t, s.URL(), "SELECT 1")
}

func TestFolderThatTheServersUserCannotEnter(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as another user")
	}
	dir := filepath.Join(dataDir(t), "private", "data")
	require.NoError(t, os.Mkdir(filepath.Dir(dir), 0o700))
	s := open(t, dir)
	t.Cleanup(func() { require.NoError(t, Remove(context.Background(), dir)) })
	query(t, s.URL(), "SELECT 1")
	home, err := s.folder.home()
	require.NoError(t, err)
	require.Equal(t, systemHome, filepath.Dir(home))
}

func TestDataOfAnotherMajorVersion(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "postgres", "data"), 0o711))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres", "data", "PG_VERSION"), []byte("9\n"), 0o644))
	_, err := Open(t.Context(), Options{DataDir: dir})
	require.ErrorContains(t, err, "written by PostgreSQL 9")
	require.ErrorContains(t, err, "apt-get install -y postgresql-9")
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := open(t, dir)
	require.NoError(t, s.Close())
	stopped(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres", "local.conf"), []byte("max_connections = many\n"), 0o644))
	_, err := Open(t.Context(), Options{DataDir: dir})
	require.ErrorContains(t, err, "max_connections")
	require.ErrorContains(t, err, "server.log")
}

func TestForeignFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(dir, "postgres")))
	_, err := Open(t.Context(), Options{DataDir: dir})
	require.ErrorContains(t, err, "belongs to somebody else")
}

func TestKeeperIsNotForPeople(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Keep("{}"), "no use in calling it")
}

func TestIdleClock(t *testing.T) {
	t.Parallel()
	c := idleClock{linger: time.Second}
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	require.False(t, c.over(at(1000), false))
	require.False(t, c.over(at(1999), false))
	require.False(t, c.over(at(2000), true), "a user begins the time anew")
	require.False(t, c.over(at(2500), false))
	require.True(t, c.over(at(3500), false))
}

// dataDir returns a folder that the server's user can enter, unlike t.TempDir.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "repartee-embedded-*")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() {
		if t.Failed() {
			for _, name := range []string{"keeper.log", "postgres/server.log"} {
				raw, err := os.ReadFile(filepath.Join(dir, name))
				t.Logf("%s: %s %v", name, raw, err)
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		require.NoError(t, Remove(ctx, dir))
	})
	return dir
}

func open(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(t.Context(), Options{DataDir: dir, Linger: linger, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() }) // most tests close it themselves
	return s
}

// startUser runs another process that uses the server.
func startUser(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], useCommand, dir)
	cmd.Stderr = os.Stderr
	_, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	url, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd, strings.TrimSpace(url)
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // its server may be gone
	return conn
}

// query runs a statement and returns its number, 0 for none.
func query(t *testing.T, url, sql string) (n int) {
	t.Helper()
	err := connect(t, url).QueryRow(t.Context(), sql).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0
	}
	require.NoError(t, err)
	return n
}

// stopped waits until the folder's keeper and server are gone.
func stopped(t *testing.T, dir string) {
	t.Helper()
	s := &Server{folder: folder(dir)}
	eventually(t, func() bool { kept, err := s.kept(); return err == nil && !kept })
	require.NoFileExists(t, filepath.Join(dir, "postgres", "data", "postmaster.pid"))
}

func keeperPID(t *testing.T, dir string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, keeperLock))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	return pid
}

func serverPID(t *testing.T, s *Server) int {
	t.Helper()
	home, err := s.folder.home()
	require.NoError(t, err)
	pid, err := (&Cluster{home: home}).postmasterPID()
	require.NoError(t, err)
	return pid
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patient, 10*time.Millisecond)
}
