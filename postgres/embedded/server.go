package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
)

// Options says which server [Open] opens. Only the command that happens to
// start the server decides about its settings.
type Options struct {
	DataDir        string        // the folder that names the server; made if missing
	Log            *zap.Logger   `json:"-"` // nil: no log
	BinDir         string        // the folder of initdb and postgres; empty: REPARTEE_POSTGRES_BIN, or looked for
	Linger         time.Duration // how long it stays after its last user; 0: 3 s
	Volatile       bool          // do not wait for the disk: tests only
	MaxConnections int           // 0: 60
}

// Server is a command's use of the private server. It is safe for concurrent use.
type Server struct {
	folder folder
	url    string
	users  *lock
}

// readyWord is what a keeper reports when the server answers.
const readyWord = "ready"

// Open returns the server of the data folder, started if need be: the first
// start takes a second or two, and longer where PostgreSQL has to be
// downloaded. The server stays at least until [Server.Close], or the end of
// this process.
func Open(ctx context.Context, opts Options) (*Server, error) {
	if os.Getenv(keeperEnv) != "" {
		return nil, errors.New("this program does not handle " + KeeperCommand + ": call embedded.Keep first thing (tests: import repartee/postgres/pgtest)")
	}
	dir, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	opts.DataDir = dir
	if opts.Linger == 0 {
		opts.Linger = 3 * time.Second
	}
	if opts.Log == nil {
		opts.Log = zap.NewNop()
	}
	f := folder(dir)
	if err := f.make(); err != nil {
		return nil, err
	}
	users, err := openLock(f.path(usersLock))
	if err != nil {
		return nil, err
	}
	s := &Server{folder: f, users: users}
	if err := s.open(ctx, opts); err != nil {
		return nil, errors.Join(err, users.close())
	}
	return s, nil
}

// open takes the users lock, then sees under the start lock that the server
// runs. In this order a keeper that is about to stop either sees us or has
// stopped before we look.
func (s *Server) open(ctx context.Context, opts Options) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := s.users.take(ctx, syscall.LOCK_SH); err != nil {
		return fmt.Errorf("wait for the data folder %s: %w", s.folder, err)
	}
	start, err := openLock(s.folder.path(startLock))
	if err != nil {
		return err
	}
	defer start.close()
	if err := start.take(ctx, syscall.LOCK_EX); err != nil {
		return fmt.Errorf("another command is starting the server of %s and does not finish: %w", s.folder, err)
	}
	for {
		if err := s.ensureKeeper(ctx, opts); err != nil {
			return err
		}
		if s.url, err = s.findURL(); err != nil {
			return err
		}
		if err := s.wait(ctx, s.kept); !errors.Is(err, errNoKeeper) {
			return err
		}
	}
}

// ensureKeeper starts a keeper unless the server has one. The caller holds the
// start lock.
func (s *Server) ensureKeeper(ctx context.Context, opts Options) error {
	kept, err := s.kept()
	if kept || err != nil {
		return err
	}
	opts.Log.Info("starting the private PostgreSQL", zap.String("data_dir", string(s.folder)))
	return startKeeper(ctx, opts)
}

// kept tells whether the server has a keeper.
func (s *Server) kept() (bool, error) {
	l, err := openLock(s.folder.path(keeperLock))
	if err != nil {
		return false, err
	}
	free, err := l.try(syscall.LOCK_EX)
	return !free, errors.Join(err, l.close())
}

// findURL reads where the server is and its password.
func (s *Server) findURL() (string, error) {
	home, err := s.folder.home()
	if err != nil {
		return "", err
	}
	acc, err := serverAccount(home)
	if err != nil {
		return "", err
	}
	c := Cluster{home: home, socketDir: socketDir(home, acc)}
	return c.URL("")
}

// errNoKeeper says that the keeper ended while we waited: somebody stopped it.
var errNoKeeper = errors.New("its keeper is gone")

// wait returns when the server answers: the keeper may just be restarting it.
// It gives up when kept says that there is no keeper.
func (s *Server) wait(ctx context.Context, kept func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var last error
	err := poll(ctx, 25*time.Millisecond, func() (bool, error) {
		if last = s.ping(ctx); last == nil {
			return true, nil
		}
		if err := permanent(last); err != nil {
			return false, err
		}
		lives, err := kept()
		if err == nil && !lives {
			err = errNoKeeper
		}
		return false, err
	})
	if err != nil {
		return fmt.Errorf("the private PostgreSQL of %s does not answer: %w", s.folder, errors.Join(err, last))
	}
	return nil
}

func (s *Server) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return conn.Ping(ctx)
}

// startKeeper runs this binary again as the keeper and returns when the server
// answers, or with the keeper's own account of why it does not.
func startKeeper(ctx context.Context, opts Options) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	argument, err := json.Marshal(opts)
	if err != nil {
		return fmt.Errorf("write the keeper's options: %w", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start the keeper: %w", err)
	}
	defer read.Close()
	log, err := os.Create(folder(opts.DataDir).path("keeper.log"))
	if err != nil {
		return errors.Join(fmt.Errorf("start the keeper: %w", err), write.Close())
	}
	defer log.Close()
	cmd := exec.Command(exe, KeeperCommand, string(argument))
	cmd.Dir = opts.DataDir
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), keeperEnv+"=1")
	cmd.ExtraFiles = []*os.File{write}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	if closeErr := write.Close(); err != nil || closeErr != nil {
		return fmt.Errorf("start the keeper: %w", errors.Join(err, closeErr))
	}
	// The keeper outlives us; nobody waits for it.
	if err := cmd.Process.Release(); err != nil {
		return fmt.Errorf("let go of the keeper: %w", err)
	}
	return readReport(ctx, read)
}

// readReport waits for the keeper's report.
func readReport(ctx context.Context, read *os.File) error {
	stop := context.AfterFunc(ctx, func() { _ = read.SetReadDeadline(time.Now()) }) // fails only when the read is over
	defer stop()
	raw, err := io.ReadAll(read)
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("the private PostgreSQL did not start in time: %w", ctx.Err())
	case err != nil:
		return fmt.Errorf("read the keeper's report: %w", err)
	case string(raw) == readyWord:
		return nil
	case len(raw) == 0:
		return errors.New("the keeper of the private PostgreSQL ended without a word: does this program handle " + KeeperCommand + "?")
	default:
		return errors.New(string(raw))
	}
}

// URL returns the address of the gateway's database. It holds the password.
func (s *Server) URL() string { return s.url }

// Close gives up the server. It stops a while later unless others use it.
func (s *Server) Close() error { return s.users.close() }

// Restart has the server stop in order and come back: for tests of what lives
// through that.
func (s *Server) Restart(ctx context.Context) error { return s.bounce(ctx, syscall.SIGINT) }

// Kill ends the server's main process and returns when the keeper has it back.
func (s *Server) Kill(ctx context.Context) error { return s.bounce(ctx, syscall.SIGKILL) }

func (s *Server) bounce(ctx context.Context, sig syscall.Signal) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	home, err := s.folder.home()
	if err != nil {
		return err
	}
	c := Cluster{home: home}
	pid, err := c.postmasterPID()
	if err != nil {
		return fmt.Errorf("find the server: %w", err)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		return fmt.Errorf("signal the server: %w", err)
	}
	err = poll(ctx, 20*time.Millisecond, func() (bool, error) {
		now, err := c.postmasterPID()
		return err == nil && now != pid, nil
	})
	if err != nil {
		return fmt.Errorf("the server did not come back: %w", err)
	}
	return s.wait(ctx, func() (bool, error) { return true, nil }) // it came back: it has one
}
