package embedded

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	superuser  = "repartee"
	database   = "repartee" // made at the first start
	socketPort = 5432       // only part of the socket's name; nothing listens on TCP
)

// ClusterOptions says how a [Cluster] is kept.
type ClusterOptions struct {
	Home           string // the folder of data, socket, password and log
	BinDir         string // the folder of initdb and postgres; empty: REPARTEE_POSTGRES_BIN, or looked for
	Volatile       bool   // do not wait for the disk: for tests, whose data may be lost
	MaxConnections int    // 0: 60
	DieWithParent  bool   // stop when this process ends, however it does (Linux only)
}

// Cluster is one PostgreSQL data folder and the server on it, without a keeper.
// [Open] is what commands use; a Cluster is for the keeper, and for tests that
// stop and kill their server. Methods are safe for concurrent use.
type Cluster struct {
	home      string
	socketDir string
	opts      ClusterOptions
	bin       binaries
	account   account

	mu   sync.Mutex
	proc *process // nil: not running, as far as we know
}

// NewCluster finds the server's programs and prepares the folder; the server
// is not started.
func NewCluster(ctx context.Context, opts ClusterOptions) (*Cluster, error) {
	if opts.MaxConnections == 0 {
		opts.MaxConnections = 60
	}
	acc, err := serverAccount(opts.Home)
	if err != nil {
		return nil, err
	}
	c := &Cluster{home: opts.Home, opts: opts, account: acc}
	major, err := c.dataMajor()
	if err != nil {
		return nil, err
	}
	if c.bin, err = newSearch(opts.BinDir).find(ctx, major); err != nil {
		return nil, err
	}
	if !acc.reaches(c.bin.dir) {
		return nil, fmt.Errorf("user %s, who runs the server, cannot read %s: install PostgreSQL elsewhere or set REPARTEE_POSTGRES_BIN", acc.name, c.bin.dir)
	}
	c.socketDir = socketDir(opts.Home, acc)
	for _, dir := range []string{c.home, c.socketDir} {
		if err := acc.own(dir); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Cluster) dataDir() string      { return filepath.Join(c.home, "data") }
func (c *Cluster) passwordFile() string { return filepath.Join(c.home, "password") }
func (c *Cluster) logFile() string      { return filepath.Join(c.home, "server.log") }

// maxSocketPath: systems allow 104 to 108 octets, the terminating NUL included.
const maxSocketPath = 100

// socketDir is run below home or, where that makes the path too long for a
// socket, a short folder of its own.
func socketDir(home string, acc account) string {
	dir := filepath.Join(home, "run")
	if len(socketPath(dir)) <= maxSocketPath {
		return dir
	}
	sum := sha256.Sum256([]byte(home))
	return fmt.Sprintf("/tmp/repartee-%d-%s", acc.uid, hex.EncodeToString(sum[:6]))
}

func socketPath(dir string) string {
	return filepath.Join(dir, ".s.PGSQL."+strconv.Itoa(socketPort))
}

// dataMajor returns the major version that wrote the data, 0 for none.
func (c *Cluster) dataMajor() (int, error) {
	raw, err := os.ReadFile(filepath.Join(c.dataDir(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the data: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0, fmt.Errorf("%s is damaged: %q is no version", filepath.Join(c.dataDir(), "PG_VERSION"), raw)
	}
	return n, nil
}

// URL returns the address of a database on the server, password included. The
// empty name is the database made for the gateway.
func (c *Cluster) URL(name string) (string, error) {
	password, err := os.ReadFile(c.passwordFile())
	if err != nil {
		return "", fmt.Errorf("read the server's password: %w", err)
	}
	if name == "" {
		name = database
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, string(password)), Path: "/" + name}
	u.RawQuery = url.Values{
		"host": {c.socketDir}, "port": {strconv.Itoa(socketPort)}, "sslmode": {"disable"},
	}.Encode()
	return u.String(), nil
}

// initialise makes the data folder if there is none: in a folder beside it that
// is renamed at the end, so that a killed attempt leaves nothing half made.
func (c *Cluster) initialise(ctx context.Context) error {
	if major, err := c.dataMajor(); err != nil || major != 0 {
		return err
	}
	if err := c.writePassword(); err != nil {
		return err
	}
	fresh := c.dataDir() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished data folder: %w", err)
	}
	args := []string{
		"-D", fresh, "-U", superuser, "--pwfile=" + c.passwordFile(),
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
	}
	if c.opts.Volatile {
		args = append(args, "--no-sync")
	}
	cmd := c.command(ctx, c.bin.initdb(), args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb as %s failed: %w: %s", c.account.name, err, lastLines(string(out)))
	}
	if err := os.Rename(fresh, c.dataDir()); err != nil {
		return fmt.Errorf("put the new data folder in place: %w", err)
	}
	return nil
}

func (c *Cluster) writePassword() error {
	if err := os.WriteFile(c.passwordFile(), []byte(rand.Text()), 0o600); err != nil {
		return fmt.Errorf("write the server's password: %w", err)
	}
	return c.account.chown(c.passwordFile())
}

// command prepares a program of PostgreSQL: as the server's user, in a folder
// that this user can read, and without the PG* variables of ours.
func (c *Cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = c.home
	cmd.Env = []string{"PATH=" + c.bin.dir + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + c.home}
	cmd.SysProcAttr = c.account.sysProcAttr()
	return cmd
}

// Start starts the server, or finds it running, and returns when it answers.
// It makes data and database at the first start.
func (c *Cluster) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc != nil && !c.proc.ended() {
		return c.ready(ctx)
	}
	if c.adopt() {
		return c.ready(ctx)
	}
	if err := c.initialise(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.dataDir(), "postgresql.conf"), []byte(c.settings()), 0o644); err != nil {
		return fmt.Errorf("write the server's settings: %w", err)
	}
	return c.launch(ctx)
}

// launch runs the server. One that was killed may have children that have not
// noticed yet; the new one refuses to start beside them, so it is tried again.
func (c *Cluster) launch(ctx context.Context) error {
	const attempts, pause = 40, 250 * time.Millisecond
	var err error
	for range attempts {
		if c.proc, err = c.spawn(); err != nil {
			return err
		}
		if err = c.ready(ctx); err == nil || !c.proc.ended() || !c.refusedBesideOthers() {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return err
}

// refusedBesideOthers reports whether the server that just ended found processes
// of the one before. Their last lines may stand behind its own in the log.
func (c *Cluster) refusedBesideOthers() bool {
	raw, err := os.ReadFile(c.logFile())
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, fmt.Sprintf("[%d]", c.proc.pid)) && strings.Contains(line, "still in use") {
			return true
		}
	}
	return false
}

// adopt takes over a server that lost its keeper: whoever listens on our
// socket, in a folder that only we and the server's user can enter, is it.
func (c *Cluster) adopt() bool {
	pid, err := c.postmasterPID()
	if err != nil || gone(pid) || !listens(socketPath(c.socketDir)) {
		return false
	}
	c.proc = adoptProcess(pid)
	return true
}

// postmasterPID reads the server's process id from its lock file.
func (c *Cluster) postmasterPID() (int, error) {
	raw, err := os.ReadFile(filepath.Join(c.dataDir(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	return strconv.Atoi(strings.TrimSpace(line))
}

// ready waits until the server answers and the gateway's database exists.
func (c *Cluster) ready(ctx context.Context) error {
	proc := c.proc
	err := poll(ctx, 25*time.Millisecond, func() (bool, error) {
		err := c.makeDatabase(ctx)
		if err != nil && proc.ended() {
			return false, fmt.Errorf("PostgreSQL did not start: %s (log: %s)", c.tail(), c.logFile())
		}
		return err == nil, permanent(err)
	})
	if ctx.Err() != nil && err != nil {
		return fmt.Errorf("PostgreSQL did not answer in time (log: %s): %w", c.logFile(), err)
	}
	return err
}

// permanent returns the errors that waiting does not mend: the server answered
// and refused, for another reason than being busy starting (class 57).
func permanent(err error) error {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && !strings.HasPrefix(pgErr.Code, "57") && !strings.HasPrefix(pgErr.Code, "53") {
		return fmt.Errorf("PostgreSQL refused the gateway: %w", err)
	}
	return nil
}

// makeDatabase connects and creates the gateway's database unless it is there.
func (c *Cluster) makeDatabase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit) // a busy disk takes its time to copy the template
	defer cancel()
	address, err := c.URL("postgres")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && (pgErr.Code == "42P04" || pgErr.Code == "23505") {
		return nil // another process was quicker
	}
	return err
}

// Stop ends the server: in order (sessions are cut, everything is written), or
// at once, as a crash that the next start has to recover from.
func (c *Cluster) Stop(ctx context.Context, immediate bool) error {
	sig := syscall.SIGINT
	if immediate {
		sig = syscall.SIGQUIT
	}
	return c.end(ctx, sig)
}

// Kill ends the server's main process with SIGKILL.
func (c *Cluster) Kill(ctx context.Context) error { return c.end(ctx, syscall.SIGKILL) }

func (c *Cluster) end(ctx context.Context, sig syscall.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc == nil || c.proc.ended() {
		return nil
	}
	if err := c.proc.signal(sig); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-c.proc.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("PostgreSQL did not stop in time: %w", ctx.Err())
	}
}

// Done is closed when the server that the last Start gave has ended.
func (c *Cluster) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.proc.done
}

// tail returns the last lines that the server wrote.
func (c *Cluster) tail() string {
	raw, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	return lastLines(string(raw))
}

func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], "; ")
}
