package main

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"repartee/postgres/pgtest"

	"github.com/stretchr/testify/require"
)

// TestServeSaysWhatToDo starts the gateway with each mistake that an operator
// can make before it runs: it ends at once, with one message that says which
// setting to change.
func TestServeSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	database := pgtest.URL(t)
	stranger, err := url.Parse(database)
	require.NoError(t, err)
	stranger.User = url.UserPassword("nobody_here", "geheim")
	const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	for name, c := range map[string]struct {
		env  map[string]string
		code int
		want []string
	}{
		"a misspelt setting":     {map[string]string{"HTTP_ADR": ":1"}, exitUsage, []string{"did you mean REPARTEE_HTTP_ADDR?"}},
		"a bad address":          {map[string]string{"HTTP_ADDR": "8080"}, exitUsage, []string{"REPARTEE_HTTP_ADDR", "127.0.0.1:8080"}},
		"a short key":            {map[string]string{"SECRET_KEY": "geheim"}, exitUsage, []string{"REPARTEE_SECRET_KEY", "openssl rand -hex 32"}},
		"no key":                 {map[string]string{"SECRET_KEY": ""}, exitFailure, []string{"REPARTEE_SECRET_KEY", "openssl rand -hex 32"}},
		"another kind of server": {map[string]string{"DATABASE_URL": "mysql://me:geheim@db/x"}, exitUsage, []string{"REPARTEE_DATABASE_URL", "postgres://"}},
		"no database there":      {map[string]string{"DATABASE_URL": "postgres://me:geheim@127.0.0.1:1/x"}, exitFailure, []string{"check REPARTEE_DATABASE_URL", "refused"}},
		"a database unknown":     {map[string]string{"DATABASE_URL": renamed(database, "no_such_database")}, exitFailure, []string{"check REPARTEE_DATABASE_URL", "no_such_database"}},
		"a user unknown":         {map[string]string{"DATABASE_URL": stranger.String()}, exitFailure, []string{"check REPARTEE_DATABASE_URL", "nobody_here"}},
		"an older schema":        {map[string]string{"DATABASE_URL": pgtest.URL(t, pgtest.Empty)}, exitFailure, []string{"run `repartee migrate`"}},
		"the port in use":        {map[string]string{"HTTP_ADDR": taken.Addr().String()}, exitFailure, []string{"in use", "set REPARTEE_HTTP_ADDR"}},
		"the other port in use":  {map[string]string{"METRICS_ADDR": taken.Addr().String()}, exitFailure, []string{"in use", "set REPARTEE_METRICS_ADDR"}},
		"no such interface":      {map[string]string{"HTTP_ADDR": "192.0.2.1:80"}, exitFailure, []string{"REPARTEE_HTTP_ADDR"}},
		"a log level unknown":    {map[string]string{"LOG_LEVEL": "loud"}, exitUsage, []string{"REPARTEE_LOG_LEVEL", "debug, info, warn, error"}},
		"no time to shut down":   {map[string]string{"SHUTDOWN_LIMIT": "0s"}, exitUsage, []string{"REPARTEE_SHUTDOWN_LIMIT", "10s"}},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{
				"DATABASE_URL": database, "SECRET_KEY": key, "HTTP_ADDR": "127.0.0.1:0", "METRICS_ADDR": "off", "DATA_DIR": t.TempDir(),
			}
			for name, value := range c.env {
				env[name] = value
			}
			for name, value := range env {
				t.Setenv("REPARTEE_"+name, value)
			}
			code, _, stderr := execute("serve")
			require.Equal(t, c.code, code, stderr)
			require.NotContains(t, stderr, "geheim")
			for _, want := range c.want {
				require.Contains(t, stderr, want)
			}
		})
	}
}

// renamed replaces the database's name in its address.
func renamed(address, name string) string {
	before, after, _ := strings.Cut(address, "?")
	return before[:strings.LastIndex(before, "/")+1] + name + "?" + after
}
