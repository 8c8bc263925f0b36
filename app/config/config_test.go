package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestEnvironmentOverFileOverDefault(t *testing.T) {
	t.Parallel()
	file := write(t, "http_addr: 127.0.0.1:1\nlog_level: debug # louder\nshutdown_limit: 1m30s\ndatabase_url:\n")
	c, err := Load(file, []string{"REPARTEE_HTTP_ADDR=127.0.0.1:2", "OTHER=x"})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:2", c.HTTPAddr)
	require.Equal(t, "debug", c.LogLevel)
	require.Equal(t, 90*time.Second, c.ShutdownLimit)
	require.Equal(t, "127.0.0.1:9464", c.MetricsAddr)
	sources := map[string]string{}
	for _, v := range c.Values() {
		sources[v.Name] = v.Source
	}
	require.Equal(t, "REPARTEE_HTTP_ADDR", sources["http_addr"])
	require.Equal(t, file+":2", sources["log_level"])
	require.Equal(t, "default", sources["metrics_addr"])
}

// TestOpenIDConnectIsWhole: all of it, or nothing; the issuer over HTTPS.
func TestOpenIDConnectIsWhole(t *testing.T) {
	t.Parallel()
	id, secret, public := "REPARTEE_OIDC_CLIENT_ID=gateway", "REPARTEE_OIDC_CLIENT_SECRET=hush", "REPARTEE_PUBLIC_URL=https://sms.example.com"
	c, err := Load("", []string{"REPARTEE_OIDC_ISSUER=https://login.example.com/realms/acme", id, secret, public})
	require.NoError(t, err)
	require.NotContains(t, c.String(), "hush")
	_, err = Load("", []string{"REPARTEE_OIDC_ISSUER=http://127.0.0.1:9000", id, secret, public})
	require.NoError(t, err)
	for want, environ := range map[string][]string{
		"needs oidc_client_id": {"REPARTEE_OIDC_ISSUER=https://login.example.com", id, secret},
		"need oidc_issuer":     {id},
		"expected the issuer":  {"REPARTEE_OIDC_ISSUER=http://login.example.com", id, secret, public},
	} {
		_, err := Load("", environ)
		require.ErrorContains(t, err, want)
	}
}

func TestFileFromTheEnvironment(t *testing.T) {
	t.Parallel()
	c, err := Load("", []string{"REPARTEE_CONFIG=" + write(t, "log_level: warn")})
	require.NoError(t, err)
	require.Equal(t, "warn", c.LogLevel)
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	file := write(t, "log_levle: debug\ncarriers: []\nhttp_addr: [a]\nlog_level: loud\n")
	_, err := Load(file, []string{
		"REPARTEE_METRICS_ADR=x", "REPARTEE_ORANGE_PASSWORD=fine", "REPARTEE_SHUTDOWN_LIMIT=-1s",
		"REPARTEE_DATABASE_URL=mysql://u:geheim@h/d", "REPARTEE_SECRET_KEY=geheim",
	})
	require.EqualError(t, err, strings.Join([]string{
		file + `:1: "log_levle" is unknown: did you mean "log_level"?`,
		file + ":2: \"carriers\" is unknown: `repartee config` lists what there is",
		file + `:3: "http_addr" takes one plain value`,
		`REPARTEE_METRICS_ADR is unknown: did you mean REPARTEE_METRICS_ADDR?`,
		`database_url (REPARTEE_DATABASE_URL) is no address of PostgreSQL: expected postgres://user:password@host:5432/database`,
		"secret_key (REPARTEE_SECRET_KEY) must be 64 hexadecimal digits: make one with `openssl rand -hex 32`",
		`log_level (` + file + `:4) is "loud": expected debug, info, warn, error`,
		`shutdown_limit (REPARTEE_SHUTDOWN_LIMIT) is "-1s": expected a duration above zero, such as 10s`,
	}, "\n"))
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: [":                             ":1 is not YAML",
		"log_level: info\nlog_level: warn": ":2 is not YAML",
		"- http_addr":                      "expected lines such as",
		"http_addr: 80":                    `expected host:port`,
		"data_dir: ''":                     "must not be empty",
		"log_format: 17":                   "expected auto, json, text",
	} {
		_, err := Load(write(t, text), nil)
		require.ErrorContains(t, err, want, text)
	}
	_, err := Load(write(t, "secret_key: geheim\nlog_level: 'x\n"), nil)
	require.ErrorContains(t, err, "is not YAML")
	require.NotContains(t, err.Error(), "geheim")
	_, err = Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	require.ErrorContains(t, err, "cannot be read")
	c, err := Load(write(t, "# nothing but a remark\n"), nil)
	require.NoError(t, err)
	require.Equal(t, "info", c.LogLevel)
}

func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	c, err := Load("", []string{
		"REPARTEE_DATABASE_URL=postgres://me:geheim@db/x?sslmode=disable&password=geheim&sslpassword=geheim", "REPARTEE_SECRET_KEY=" + key,
	})
	require.NoError(t, err)
	for _, text := range []string{c.String(), fmt.Sprintf("%+v", c)} {
		require.NotContains(t, text, "geheim")
		require.NotContains(t, text, key)
		require.Contains(t, text, "me:hidden@db/x?sslmode=disable")
	}
}

func TestDefaultDataDir(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		uid  int
		want string
	}{
		{map[string]string{"HOME": "/home/a"}, 1000, "/home/a/.local/share/repartee"},
		{map[string]string{"HOME": "/home/a", "XDG_DATA_HOME": "/x"}, 1000, "/x/repartee"},
		{map[string]string{"HOME": "/home/a", "XDG_DATA_HOME": "relative"}, 1000, "/home/a/.local/share/repartee"},
		{map[string]string{"HOME": "/root"}, 0, "/var/lib/repartee"},
		{nil, 1000, "data"},
	} {
		require.Equal(t, c.want, defaultDataDir(c.env, c.uid))
	}
}

func TestKeyIsMadeOnceForThePrivateServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	keys := make([]string, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			raw, err := (&Config{DataDir: dir}).Key()
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(raw)
		})
	}
	wg.Wait()
	for _, k := range keys {
		require.Len(t, k, keyOctets)
		require.Equal(t, keys[0], k)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no half-made file stays")
}

func TestKeyThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &Config{DataDir: dir}
	file := filepath.Join(dir, "secret.key")
	require.NoError(t, os.WriteFile(file, []byte("short\n"), 0o600))
	_, err := c.Key()
	require.ErrorContains(t, err, "is damaged")
	require.NoError(t, os.Chmod(file, 0o644))
	_, err = c.Key()
	require.ErrorContains(t, err, "chmod 600")
}

func TestKeyIsRequiredWithAnotherDatabase(t *testing.T) {
	t.Parallel()
	c := &Config{DatabaseURL: "postgres://db/x"}
	_, err := c.Key()
	require.ErrorIs(t, err, ErrNoSecretKey)
	c.SecretKey = key
	raw, err := c.Key()
	require.NoError(t, err)
	require.Len(t, raw, keyOctets)
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"http_addr", "data_dir"}
	for name, want := range map[string]string{
		"htp_addr": "http_addr", "http_address": "", "httpaddr": "http_addr", "datadir": "data_dir", "x": "", "": "",
	} {
		require.Equal(t, want, nearest(name, known), name)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "repartee.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}
