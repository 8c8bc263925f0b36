package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// downloads are the versions that the download offers, by major version.
var downloads = map[int]embeddedpostgres.PostgresVersion{
	14: embeddedpostgres.V14, 15: embeddedpostgres.V15, 16: embeddedpostgres.V16,
	17: embeddedpostgres.V17, 18: embeddedpostgres.V18,
}

const defaultDownload = 17

// download fetches the server's programs into the cache, once per version. It
// takes a minute or so and needs the network.
func (s search) download(ctx context.Context, dataMajor int) (binaries, error) {
	version, ok := downloads[cmp.Or(dataMajor, defaultDownload)]
	if !ok {
		return binaries{}, fmt.Errorf("there is no download of PostgreSQL %d, which wrote the data", dataMajor)
	}
	dir := filepath.Join(s.cache, "postgres-"+string(version))
	if b, err := inspect(ctx, filepath.Join(dir, "bin")); err == nil {
		return b, nil
	}
	if err := os.MkdirAll(s.cache, 0o755); err != nil {
		return binaries{}, fmt.Errorf("make the download cache: %w", err)
	}
	fetchErr := s.fetch(version, dir)
	b, err := inspect(ctx, filepath.Join(dir, "bin"))
	if err != nil {
		return b, fmt.Errorf("download of PostgreSQL %s: %w", version, cmp.Or(fetchErr, err))
	}
	return b, nil
}

// fetch lets the library download and unpack into dir. The library offers that
// only as part of a start, so a throw-away server is started and stopped; as
// root that last part fails, which does no harm: what counts is what is in dir.
func (s search) fetch(version embeddedpostgres.PostgresVersion, dir string) error {
	scratch, err := os.MkdirTemp("", "repartee-postgres-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	port, err := freePort()
	if err != nil {
		return err
	}
	config := embeddedpostgres.DefaultConfig().
		Version(version).Port(port).Logger(io.Discard).
		CachePath(filepath.Join(s.cache, "download")).BinariesPath(dir).RuntimePath(scratch)
	if s.repository != "" {
		config = config.BinaryRepositoryURL(s.repository)
	}
	db := embeddedpostgres.NewDatabase(config)
	if err := db.Start(); err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n") // the server's log may follow
		return errors.New(line)
	}
	return db.Stop()
}

// cacheDir is a folder that the server's user can read: root's own cache is not.
func cacheDir() string {
	if os.Geteuid() == 0 {
		return "/var/cache/repartee"
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir() // no home: fetched anew after the system cleans up
	}
	return filepath.Join(dir, "repartee")
}

func freePort() (uint32, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return uint32(n), err
}
