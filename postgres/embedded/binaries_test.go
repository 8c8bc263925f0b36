package embedded

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for out, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1\n":                        18,
		"postgres (EnterpriseDB) 15\n":                           0,
		"":                                                       0,
	} {
		got, err := parseVersion(out)
		require.Equal(t, want, got, out)
		require.Equal(t, want == 0, err != nil, out)
	}
}

func TestChooseInstallation(t *testing.T) {
	t.Parallel()
	found := []binaries{{"/a", 17}, {"/b", 15}}
	b, err := choose(found, 0)
	require.NoError(t, err)
	require.Equal(t, "/a", b.dir, "the first without data")
	b, err = choose(found, 15)
	require.NoError(t, err)
	require.Equal(t, "/b", b.dir, "the one that wrote the data")
	_, err = choose(found, 16)
	require.ErrorContains(t, err, "apt-get install -y postgresql-16")
	_, err = choose([]binaries{{"/old", 11}}, 0)
	require.ErrorContains(t, err, "too old")
}

func TestNewestFolderFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, version := range []string{"9", "17", "15"} {
		fakeInstallation(t, filepath.Join(root, version, "bin"), version)
	}
	found := search{folders: []string{filepath.Join(root, "*", "bin")}}.installed(t.Context())
	require.GreaterOrEqual(t, len(found), 3)
	found = found[len(found)-3:] // what PATH has comes before
	require.Equal(t, []int{17, 15, 9}, []int{found[0].major, found[1].major, found[2].major})
}

func TestGivenFolderIsUsedOrRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bin")
	_, err := search{dir: dir}.find(t.Context(), 0)
	require.ErrorContains(t, err, "REPARTEE_POSTGRES_BIN="+dir+" cannot be used")
	fakeInstallation(t, dir, "16")
	b, err := search{dir: dir}.find(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, binaries{dir, 16}, b)
	_, err = search{dir: dir}.find(t.Context(), 15)
	require.ErrorContains(t, err, "written by PostgreSQL 15")
}

func TestNothingInstalledAndNoNetwork(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s := search{cache: t.TempDir(), repository: "http://127.0.0.1:1"}
	_, err := s.find(t.Context(), 0)
	require.ErrorContains(t, err, "apt-get install -y --no-install-recommends postgresql")
	require.ErrorContains(t, err, "unable to connect to http://127.0.0.1:1")
	_, err = s.find(t.Context(), 11)
	require.ErrorContains(t, err, "no download of PostgreSQL 11")
}

func TestDownloadedProgramsAreUsedAgain(t *testing.T) {
	t.Setenv("PATH", "/usr/bin:/bin") // the fake programs are shell scripts
	s := search{cache: t.TempDir(), repository: "http://127.0.0.1:1"}
	dir := filepath.Join(s.cache, "postgres-"+string(downloads[defaultDownload]), "bin")
	fakeInstallation(t, dir, "17")
	b, err := s.find(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, dir, b.dir)
}

// fakeInstallation makes programs that only tell their version.
func fakeInstallation(t *testing.T, dir, version string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + ".1'\n"
	for _, name := range []string{"postgres", "initdb"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
}
