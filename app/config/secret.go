package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoSecretKey says that the key is missing where it cannot be generated.
var ErrNoSecretKey = errors.New("REPARTEE_SECRET_KEY must be set together with REPARTEE_DATABASE_URL, because all nodes of a database share it: " +
	"make one with `openssl rand -hex 32` and keep it as safe as the database's backups, which are of no use without it")

// defaultDataDir is where a user's data belong (XDG), for root the system's
// place, and a folder here where there is no home.
func defaultDataDir(env map[string]string, uid int) string {
	switch {
	case filepath.IsAbs(env["XDG_DATA_HOME"]):
		return filepath.Join(env["XDG_DATA_HOME"], "repartee")
	case uid == 0:
		return "/var/lib/repartee"
	case filepath.IsAbs(env["HOME"]):
		return filepath.Join(env["HOME"], ".local", "share", "repartee")
	default:
		return "data"
	}
}

// Key returns the secret key, 32 octets. With the private server it is made at
// the first call and kept in the data folder; with another database it has to
// be given.
func (c *Config) Key() ([]byte, error) {
	if c.SecretKey != "" {
		return hex.DecodeString(c.SecretKey)
	}
	if c.DatabaseURL != "" {
		return nil, ErrNoSecretKey
	}
	file := filepath.Join(c.DataDir, "secret.key")
	key, err := readKey(file)
	if !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	if err := makeKey(file); err != nil {
		return nil, fmt.Errorf("make the secret key: %w", err)
	}
	return readKey(file)
}

func readKey(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others can read %s: run `chmod 600 %s`", file, file)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) != keyOctets {
		return nil, fmt.Errorf("%s is damaged: restore it from a backup; without it the stored carrier passwords cannot be read", file)
	}
	return key, nil
}

// makeKey writes a new key. The finished file is linked into place, so that of
// two commands that do it at once one wins and neither sees half a key.
func makeKey(file string) error {
	// Root's data folder is also entered by the private server's user.
	if err := os.MkdirAll(filepath.Dir(file), 0o711); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".secret.key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	raw := make([]byte, keyOctets)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	_, err = f.WriteString(hex.EncodeToString(raw) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
