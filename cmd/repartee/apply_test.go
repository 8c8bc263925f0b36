package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repartee/postgres/pgtest"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

const testKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// apply runs `repartee apply` on a database of the test's own.
func apply(t *testing.T, stdin string, args ...string) (stdout string, err error) {
	t.Helper()
	root := &cobra.Command{Use: "repartee", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().String("config", "", "")
	root.AddCommand(newApply())
	var out bytes.Buffer
	root.SetArgs(append([]string{"apply"}, args...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&out)
	err = root.ExecuteContext(t.Context())
	return out.String(), err
}

func applyDatabase(t *testing.T) {
	t.Helper()
	t.Setenv("REPARTEE_DATABASE_URL", pgtest.URL(t))
	t.Setenv("REPARTEE_SECRET_KEY", testKey)
}

func TestApplyTheDemoShopTwice(t *testing.T) {
	applyDatabase(t)
	shop := filepath.Join("..", "..", "demo", "shop.yaml")
	out, err := apply(t, "", "-f", shop, "--dry-run")
	require.NoError(t, err, out)
	require.Contains(t, out, "+ carrier orange-sim\n")

	created, err := apply(t, "", "-f", shop)
	require.NoError(t, err)
	require.Equal(t, out, created, "a dry run changes nothing and says the same")
	require.NotContains(t, created, "warning")

	again, err := apply(t, "", "-f", filepath.Join("..", "..", "demo"))
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(strings.TrimSpace(created[:strings.LastIndex(strings.TrimSpace(created), "\n")]), "+ ", "= "),
		again[:strings.LastIndex(strings.TrimSpace(again), "\n")])
	require.Contains(t, again, "0 created, 0 updated, ")
}

func TestApplyFromStandardInput(t *testing.T) {
	applyDatabase(t)
	t.Setenv("SIM_PASSWORD", "s3cret")
	text := `carriers: [{name: sim, addr: "127.0.0.1:2775", system_id: me, password: {env: SIM_PASSWORD}, window: 5}]`
	out, err := apply(t, text, "-f", "-")
	require.NoError(t, err)
	require.Equal(t, "+ carrier sim\n1 created, 0 updated, 0 unchanged\n", out)

	t.Setenv("SIM_PASSWORD", "0ther")
	out, err = apply(t, strings.Replace(text, "window: 5", "window: 6", 1), "-f", "-")
	require.NoError(t, err)
	require.Equal(t, "~ carrier sim: password (changed), window 5 → 6\n0 created, 1 updated, 0 unchanged\n", out)
}

func TestApplyChangesNothingOnAnyError(t *testing.T) {
	applyDatabase(t)
	text := "places: [{name: lyon, title: Lyon}]\nshort_codes: [{number: 36111, country: FR, carriers: [none], program: none}]\n"
	out, err := apply(t, text, "-f", "-")
	require.ErrorContains(t, err, "nothing was changed, because of:\n-:2:")
	require.ErrorContains(t, err, "`none` is not a carrier: there is none\n")
	require.Empty(t, out)
	out, err = apply(t, "places: [{name: lyon, title: Lyon}]", "-f", "-", "--dry-run")
	require.NoError(t, err)
	require.Contains(t, out, "+ place lyon")
}

func TestApplySaysWhatIsMissing(t *testing.T) {
	applyDatabase(t)
	_, err := apply(t, "")
	require.ErrorContains(t, err, "name a file with -f")
	_, err = apply(t, "", "-f", filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	empty := t.TempDir()
	_, err = apply(t, "", "-f", empty)
	require.ErrorContains(t, err, empty+" has no *.yaml file")
	_, err = apply(t, "carriers: [{name: a, addr: h:1, system_id: s, password: {env: NOT_SET_ANYWHERE}}]", "-f", "-")
	require.ErrorContains(t, err, "-:1:57: `password`: the environment variable NOT_SET_ANYWHERE is not set")

	t.Setenv("REPARTEE_SECRET_KEY", "")
	_, err = apply(t, "places: [{name: a, title: A}]", "-f", "-")
	require.ErrorContains(t, err, "REPARTEE_SECRET_KEY")
	t.Setenv("REPARTEE_SECRET_KEY", testKey)
	t.Setenv("REPARTEE_DATABASE_URL", pgtest.URL(t, pgtest.Empty))
	_, err = apply(t, "places: [{name: a, title: A}]", "-f", "-")
	require.ErrorContains(t, err, "run `repartee migrate`")
}
