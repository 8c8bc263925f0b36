package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The lock files of a data folder.
const (
	usersLock  = "users"  // shared: commands that need the server
	startLock  = "start"  // exclusive: whoever starts or stops it
	keeperLock = "keeper" // exclusive: the keeper, for life
)

// folder is a DATA_DIR.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// make creates the folder. Others may pass through it, as the server's user
// has to when we are root, but not look into it.
func (f folder) make() error {
	if err := os.MkdirAll(string(f), 0o711); err != nil {
		return fmt.Errorf("make the data folder (REPARTEE_DATA_DIR): %w", err)
	}
	return nil
}

// same tells whether the folder is still the one whose lock file is open.
func (f folder) same(l *lock) bool {
	now, err := os.Stat(l.file.Name())
	if err != nil {
		return false
	}
	then, err := l.file.Stat()
	return err == nil && os.SameFile(now, then)
}

// systemHome is where root's servers live when their user cannot reach DATA_DIR.
const systemHome = "/var/lib/repartee-postgres"

// home returns where the server's files are: DATA_DIR/postgres. If root runs
// us and the server's user cannot enter that (a folder below /root), it is a
// folder of the system, named in DATA_DIR/postgres.at.
func (f folder) home() (string, error) {
	pointer := f.path("postgres.at")
	raw, err := os.ReadFile(pointer)
	if err == nil {
		return strings.TrimSpace(string(raw)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("find the server's folder: %w", err)
	}
	dir := f.path("postgres")
	acc, err := serverAccount(dir)
	if err != nil {
		return "", err
	}
	if acc.reaches(dir) {
		return dir, nil
	}
	if !acc.other {
		return "", fmt.Errorf("%s cannot be entered by this user: name another folder with REPARTEE_DATA_DIR", dir)
	}
	dir = filepath.Join(systemHome, strings.ToLower(rand.Text()[:12]))
	if !acc.reaches(dir) {
		return "", fmt.Errorf("user %s, who runs the server, can enter neither %s nor %s: name another folder with REPARTEE_DATA_DIR", acc.name, f, systemHome)
	}
	if err := os.WriteFile(pointer, []byte(dir+"\n"), 0o644); err != nil {
		return "", fmt.Errorf("note the server's folder: %w", err)
	}
	return dir, nil
}

// Remove stops the server of a data folder, whoever uses it, and deletes the
// folder and the server's files, wherever they are.
func Remove(ctx context.Context, dataDir string) error {
	f := folder(dataDir)
	if _, err := os.Stat(dataDir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	home, err := f.home()
	if err != nil {
		return err
	}
	acc, err := serverAccount(home)
	if err != nil {
		return err
	}
	c := &Cluster{home: home, socketDir: socketDir(home, acc)}
	if err := f.retireKeeper(ctx, c); err != nil {
		return fmt.Errorf("stop the server of %s: %w", dataDir, err)
	}
	return errors.Join(os.RemoveAll(c.socketDir), os.RemoveAll(home), os.RemoveAll(dataDir))
}

// retireKeeper ends the keeper, which stops when the users' lock file is gone,
// and then the server if it had none.
func (f folder) retireKeeper(ctx context.Context, c *Cluster) error {
	if err := os.Remove(f.path(usersLock)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	l, err := openLock(f.path(keeperLock))
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.take(ctx, syscall.LOCK_EX); err != nil {
		return err
	}
	if c.adopt() {
		return c.Stop(ctx, true)
	}
	return nil
}
