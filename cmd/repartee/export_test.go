package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// command runs one subcommand on the database of the environment.
func command(t *testing.T, made *cobra.Command, args ...string) (stdout string, err error) {
	t.Helper()
	root := &cobra.Command{Use: "repartee", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().String("config", "", "")
	root.AddCommand(made)
	var out, rest bytes.Buffer
	root.SetArgs(append([]string{made.Name()}, args...))
	root.SetOut(&out)
	root.SetErr(&rest)
	err = root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestAnExportPlansNoChange(t *testing.T) {
	applyDatabase(t)
	_, err := apply(t, "", "-f", filepath.Join("..", "..", "demo", "shop.yaml"))
	require.NoError(t, err)
	t.Setenv("ORANGE_SIM_PASSWORD", "demo")
	t.Setenv("US_SIM_PASSWORD", "demo")

	out, err := command(t, newExport())
	require.NoError(t, err)
	require.Contains(t, out, "password: {env: ORANGE_SIM_PASSWORD}")
	plan, err := apply(t, out, "-f", "-", "--dry-run")
	require.NoError(t, err)
	require.Contains(t, plan, "0 created, 0 updated, ")

	folder := t.TempDir()
	out, err = command(t, newExport(), "-o", filepath.Join(folder, "shop.yaml"), "--flows", filepath.Join(folder, "flows"))
	require.NoError(t, err)
	require.Empty(t, out)
	plan, err = apply(t, "", "-f", filepath.Join(folder, "shop.yaml"), "--dry-run")
	require.NoError(t, err)
	require.Contains(t, plan, "0 created, 0 updated, ")
	source, err := os.ReadFile(filepath.Join(folder, "flows", "vote.yaml"))
	require.NoError(t, err)
	original, err := os.ReadFile(filepath.Join("..", "..", "demo", "flows", "vote.yaml"))
	require.NoError(t, err)
	require.Equal(t, string(original), string(source))
}

func TestDeleteSaysWhatNeedsTheObject(t *testing.T) {
	applyDatabase(t)
	_, err := apply(t, "", "-f", filepath.Join("..", "..", "demo", "shop.yaml"))
	require.NoError(t, err)
	_, err = command(t, newDelete(), "place", "bellevue")
	require.ErrorContains(t, err, "place bellevue is in use and was not deleted:\nkeyword 36111 LUNCH: `bellevue` is not a place\n")
	_, err = command(t, newDelete(), "webhook", "flights")
	require.ErrorContains(t, err, "flow rebooking")
	_, err = command(t, newDelete(), "plaice", "bellevue")
	require.ErrorContains(t, err, "did you mean `places`?")
	_, err = command(t, newDelete(), "place", "nowhere")
	require.ErrorContains(t, err, "there is no such object: place nowhere")

	for _, args := range [][]string{{"keyword", "36111 Quiz", "--dry-run"}, {"keywords", "36111 quiz"}, {"flow", "quiz"}} {
		out, err := command(t, newDelete(), args...)
		require.NoError(t, err, args)
		require.Regexp(t, `^- (keyword 36111 quiz|flow quiz)\n$`, out)
	}
	out, err := command(t, newExport())
	require.NoError(t, err)
	require.NotContains(t, out, "QUIZ")
}
