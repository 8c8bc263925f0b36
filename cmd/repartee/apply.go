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

// applyAttempts is how often a plan is made anew because somebody else changed
// the configuration meanwhile.
const applyAttempts = 3

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
		return fmt.Errorf("nothing was changed, because of:\n%w", err)
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
	a := &applier{cmd: cmd, store: store, open: open}
	if dryRun {
		_, plan, err := a.plan(ctx, wanted)
		return errors.Join(err, a.print(plan))
	}
	return a.apply(ctx, wanted)
}

// prepareSchema creates the tables of the private server; the schema of any
// other database is `repartee migrate`'s business.
func prepareSchema(ctx context.Context, c *config.Config, url string) error {
	if c.DatabaseURL == "" {
		return migrations.Up(ctx, url)
	}
	return migrations.Check(ctx, url)
}

// applier carries one set of objects into the database.
type applier struct {
	cmd   *cobra.Command
	store *postgres.ConfigStore
	open  programs.Open // for open conversations of flows that do not say it
}

// plan checks the objects together with those that are there and compares the
// two. Warnings are printed. A problem that is there already, after a release
// with stricter checks, hinders nobody from changing something else.
func (a *applier) plan(ctx context.Context, wanted *programs.Shop) (base int64, plan []programs.Change, err error) {
	current, err := a.store.CurrentShop(ctx)
	if err != nil {
		return 0, nil, err
	}
	rules, flows := programs.DefaultRules(), &programs.Flows{}
	_, known := programs.Compile(current, rules, flows)
	snapshot, problems := programs.Compile(programs.Merge(current, wanted), rules, flows)
	plan = programs.Plan(current, wanted)
	decisions, err := a.decisions(ctx, wanted, plan, snapshot)
	if err != nil {
		return 0, nil, err
	}
	problems = append(problems.Without(known), decisions...)
	if err := refused(problems); err != nil {
		return 0, nil, err
	}
	for _, p := range problems {
		if _, err := fmt.Fprintln(a.cmd.ErrOrStderr(), p); err != nil {
			return 0, nil, err
		}
	}
	return current.Version, plan, nil
}

// decisions looks at the open conversations of the flows that get a new
// version.
func (a *applier) decisions(ctx context.Context, wanted *programs.Shop, plan []programs.Change, snapshot *programs.Snapshot) (programs.Problems, error) {
	var names []string
	for _, c := range plan {
		if c.Kind == "flow" && c.Op == programs.Update {
			names = append(names, c.Key)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	open, err := a.store.OpenTalks(ctx, names)
	if err != nil {
		return nil, err
	}
	var problems programs.Problems
	for _, f := range wanted.Flows {
		f.By = userName()
		if f.Open.Policy == "" {
			f.Open = a.open
		}
		if talks := open[f.Name]; talks != nil {
			problems = append(problems, talks.Decide(f, snapshot.Flow(f.Name, f.Version))...)
		}
	}
	return problems, nil
}

func (a *applier) apply(ctx context.Context, wanted *programs.Shop) error {
	for attempt := 1; ; attempt++ {
		base, plan, err := a.plan(ctx, wanted)
		if err != nil {
			return err
		}
		version, err := a.store.Apply(ctx, base, wanted, plan)
		if errors.Is(err, postgres.ErrConfigChanged) && attempt < applyAttempts {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.print(plan); err != nil {
			return err
		}
		return a.await(ctx, version)
	}
}

// await waits until the running nodes work with the change.
func (a *applier) await(ctx context.Context, version int64) error {
	behind, err := a.store.Await(ctx, version, nodesLimit)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		return fmt.Errorf("the change is stored as version %d, but after %s these nodes do not work with it yet: %s: look at their logs",
			version, nodesLimit, strings.Join(behind, ", "))
	}
	return nil
}

// print writes the plan and its sum.
func (a *applier) print(plan []programs.Change) error {
	counts := map[programs.Op]int{}
	var b strings.Builder
	for _, c := range plan {
		counts[c.Op]++
		b.WriteString(c.String() + "\n")
	}
	if len(plan) > 0 {
		fmt.Fprintf(&b, "%d created, %d updated, %d unchanged\n", counts[programs.Create], counts[programs.Update], counts[programs.Keep])
	}
	_, err := io.WriteString(a.cmd.OutOrStdout(), b.String())
	return err
}
