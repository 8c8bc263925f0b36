package embedded

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL that the SQL of this module runs on:
// partitions are detached concurrently, which 14 brought.
const minMajor = 14

// binaries is one installation of the PostgreSQL server.
type binaries struct {
	dir   string // holds initdb and postgres
	major int
}

func (b binaries) initdb() string   { return filepath.Join(b.dir, "initdb") }
func (b binaries) postgres() string { return filepath.Join(b.dir, "postgres") }

// search says where to look for an installation.
type search struct {
	dir        string   // the folder to use; empty: look for one
	folders    []string // patterns of the folders where systems install it
	cache      string   // where downloads are kept
	repository string   // where they come from; empty: the library's
}

// systemFolders are where Debian, Red Hat, Alpine and Homebrew install the
// server; Debian keeps it out of PATH, in a folder per version.
var systemFolders = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
}

// newSearch looks in dir or, when that is empty, in REPARTEE_POSTGRES_BIN,
// else for what the system has, else on the network.
func newSearch(dir string) search {
	return search{dir: cmp.Or(dir, os.Getenv("REPARTEE_POSTGRES_BIN")), folders: systemFolders, cache: cacheDir()}
}

// find returns the installation to use: the given one, else the first in PATH,
// else the newest of the usual folders, else a downloaded one. With data of a
// known major version (0: none yet) only an installation of that version will do.
func (s search) find(ctx context.Context, dataMajor int) (binaries, error) {
	if s.dir != "" {
		b, err := inspect(ctx, s.dir)
		if err != nil {
			return b, fmt.Errorf("REPARTEE_POSTGRES_BIN=%s cannot be used: %w", s.dir, err)
		}
		return b, checkMajor(dataMajor, b)
	}
	if found := s.installed(ctx); len(found) > 0 {
		return choose(found, dataMajor)
	}
	b, err := s.download(ctx, dataMajor)
	if err != nil {
		return b, fmt.Errorf("no PostgreSQL server is installed, and none could be downloaded: run `apt-get install -y --no-install-recommends postgresql`, "+
			"or set REPARTEE_POSTGRES_BIN to the folder of initdb and postgres, or REPARTEE_DATABASE_URL to a server that you have: %w", err)
	}
	return b, nil
}

// choose picks from what is installed, in order of preference.
func choose(found []binaries, dataMajor int) (binaries, error) {
	if i := slices.IndexFunc(found, func(b binaries) bool { return b.major == dataMajor }); i >= 0 {
		return found[i], nil
	}
	return found[0], checkMajor(dataMajor, found[0])
}

// checkMajor explains why b cannot serve data of the major version.
func checkMajor(dataMajor int, b binaries) error {
	if dataMajor != 0 && b.major != dataMajor {
		return fmt.Errorf("the data were written by PostgreSQL %d, but %s has %d: install it with `apt-get install -y postgresql-%d`, "+
			"or move the folder away to begin with an empty database (dump and restore what you need)", dataMajor, b.dir, b.major, dataMajor)
	}
	if b.major < minMajor {
		return fmt.Errorf("PostgreSQL %d in %s is too old, at least %d is needed: install a newer one or set REPARTEE_POSTGRES_BIN", b.major, b.dir, minMajor)
	}
	return nil
}

// installed lists the installations of this machine, best first.
func (s search) installed(ctx context.Context) []binaries {
	var inFolders []binaries
	for _, pattern := range s.folders {
		match, err := filepath.Glob(pattern)
		if err != nil {
			continue // only a malformed pattern, and these are constant
		}
		for _, dir := range match {
			if b, err := inspect(ctx, dir); err == nil {
				inFolders = append(inFolders, b)
			}
		}
	}
	slices.SortStableFunc(inFolders, func(a, b binaries) int { return b.major - a.major })
	p, err := exec.LookPath("postgres")
	if err != nil {
		return inFolders
	}
	if p, err = filepath.EvalSymlinks(p); err != nil {
		return inFolders
	}
	b, err := inspect(ctx, filepath.Dir(p))
	if err != nil {
		return inFolders
	}
	return append([]binaries{b}, inFolders...)
}

var digits = regexp.MustCompile(`\d+`)

// inspect asks the server in dir for its version.
func inspect(ctx context.Context, dir string) (binaries, error) {
	b := binaries{dir: dir}
	if _, err := os.Stat(b.initdb()); err != nil {
		return b, fmt.Errorf("no initdb in %s", dir)
	}
	out, err := exec.CommandContext(ctx, b.postgres(), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("%s --version: %w", b.postgres(), err)
	}
	b.major, err = parseVersion(string(out))
	return b, err
}

// parseVersion reads "postgres (PostgreSQL) 15.18 (Debian 15.18-1)".
func parseVersion(out string) (int, error) {
	_, rest, ok := strings.Cut(out, "(PostgreSQL)")
	n, err := strconv.Atoi(digits.FindString(rest))
	if !ok || err != nil {
		return 0, fmt.Errorf("unknown version %q", strings.TrimSpace(out))
	}
	return n, nil
}
