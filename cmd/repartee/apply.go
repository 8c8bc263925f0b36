package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/migrations"
	"repartee/postgres"
	"repartee/programs"
	"repartee/programs/secret"
)

// nodesLimit is how long apply waits for the running nodes to take a change
// over; they look every second.
const nodesLimit = 5 * time.Second

func newApply() *cobra.Command {
	var files []string
	var dryRun bool
	var open string
	cmd := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Create or update carriers, programs, short codes, keywords, flows, places and webhooks from files",
		Long: "Create what the files name and is not there yet (+), update what differs (~), leave alone what is equal (=). " +
			"Nothing is deleted, and nothing is changed when anything is wrong.\n" +
			"FILE is a file, a folder whose *.yaml and *.yml files are read, or - for standard input.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted, err := readShop(cmd, files)
			if err != nil {
				return err
			}
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			decided, err := programs.ParseOpen(open)
			if err != nil {
				return usageError{fmt.Errorf("--open: %w", err)}
			}
			return withDatabase(cmd, c, func(url string) error { return applyTo(cmd, c, url, wanted, decided, dryRun) })
		},
	}
	cmd.Flags().StringArrayVarP(&files, "filename", "f", nil, "file, folder, or - for standard input; may be repeated")
	cmd.Flags().StringVar(&open, "open", "", "what becomes of open conversations of flows that do not say it: finish, or \"end TEXT\"")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only print the plan")
	return cmd
}

// readShop reads the files of the command line; every problem of theirs is an
// error of one line.
func readShop(cmd *cobra.Command, files []string) (*programs.Shop, error) {
	if len(files) == 0 {
		return nil, usageError{errors.New("nothing to apply: name a file with -f (see `repartee apply --help`)")}
	}
	var sources []programs.Source
	for _, file := range files {
		found, err := readSources(cmd.InOrStdin(), file)
		if err != nil {
			return nil, usageError{err}
		}
		sources = append(sources, found...)
	}
	shop, problems := programs.Read(programs.Options{ReadFile: os.ReadFile, Env: os.LookupEnv}, sources...)
	return shop, refused(problems)
}

// readSources reads a file, standard input, or the YAML files of a folder.
func readSources(stdin io.Reader, file string) ([]programs.Source, error) {
	if file == "-" {
		text, err := io.ReadAll(stdin)
		return []programs.Source{{Name: "-", Text: text}}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	names := []string{file}
	if info.IsDir() {
		if names, err = yamlFiles(file); err != nil {
			return nil, err
		}
	}
	sources := make([]programs.Source, 0, len(names))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, programs.Source{Name: name, Text: text})
	}
	return sources, nil
}

func yamlFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(folder, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no *.yaml file", folder)
	}
	slices.Sort(names)
	return names, nil
}

// refused makes an error of problems that hinder an apply.
func refused(problems programs.Problems) error {
	if err := problems.Err(); err != nil {
		return &programs.RefusedError{Problems: problems}
	}
	return nil
}

func applyTo(cmd *cobra.Command, c *config.Config, url string, wanted *programs.Shop, open programs.Open, dryRun bool) error {
	ctx := cmd.Context()
	key, err := c.Key()
	if err != nil {
		return err
	}
	sealer, err := secret.New(key)
	if err != nil {
		return err
	}
	if err := prepareSchema(ctx, c, url); err != nil {
		return err
	}
	store, done, err := postgres.OpenConfigStore(ctx, url, sealer)
	if err != nil {
		return err
	}
	defer done()
	return applyShop(cmd, store, wanted, programs.Wish{By: userName(), Open: open, DryRun: dryRun})
}

// prepareSchema creates the tables of the private server; the schema of any
// other database is `repartee migrate`'s business.
func prepareSchema(ctx context.Context, c *config.Config, url string) error {
	if c.DatabaseURL == "" {
		return migrations.Up(ctx, url)
	}
	return migrations.Check(ctx, url)
}

// applyShop brings objects into the database, prints what it did, and waits
// until the running nodes work with it.
func applyShop(cmd *cobra.Command, store *postgres.ConfigStore, wanted *programs.Shop, w programs.Wish) error {
	done, err := programs.Apply(cmd.Context(), store, wanted, w)
	if err != nil {
		return err
	}
	for _, p := range done.Warnings {
		if _, err := fmt.Fprintln(cmd.ErrOrStderr(), p); err != nil {
			return err
		}
	}
	if err := printPlan(cmd, done.Plan); err != nil || w.DryRun {
		return err
	}
	return awaitNodes(cmd.Context(), store, done.Version)
}

// awaitNodes waits until the running nodes work with a change.
func awaitNodes(ctx context.Context, store *postgres.ConfigStore, version int64) error {
	behind, err := store.Await(ctx, version, nodesLimit)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		return fmt.Errorf("the change is stored as version %d, but after %s these nodes do not work with it yet: %s: look at their logs",
			version, nodesLimit, strings.Join(behind, ", "))
	}
	return nil
}

// printPlan writes a plan and its sum.
func printPlan(cmd *cobra.Command, plan []programs.Change) error {
	counts := map[programs.Op]int{}
	var b strings.Builder
	for _, c := range plan {
		counts[c.Op]++
		b.WriteString(c.String() + "\n")
	}
	if len(plan) > 0 {
		fmt.Fprintf(&b, "%d created, %d updated, %d unchanged\n", counts[programs.Create], counts[programs.Update], counts[programs.Keep])
	}
	_, err := io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}
