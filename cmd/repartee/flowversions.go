package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/dialogs"
	"repartee/postgres"
	"repartee/programs"
	"repartee/programs/secret"
)

// configStore is the configuration in the database, for [withStore].
type configStore struct {
	*postgres.ConfigStore
	done func()
}

// Close ends the connections.
func (s configStore) Close() { s.done() }

func withConfigStore(cmd *cobra.Command, f func(configStore) error) error {
	return withStore(cmd, func(ctx context.Context, url string, c *config.Config) (configStore, error) {
		key, err := c.Key()
		if err != nil {
			return configStore{}, err
		}
		sealer, err := secret.New(key)
		if err != nil {
			return configStore{}, err
		}
		s, done, err := postgres.OpenConfigStore(ctx, url, sealer)
		return configStore{s, done}, err
	}, f)
}

func newFlowDraft() *cobra.Command {
	return &cobra.Command{
		Use:   "draft FILE",
		Short: "Keep a file as the draft of its flow, to publish later",
		Long:  "Keep a file as the draft of its flow, in place of the draft before. Nothing changes for conversations; `repartee flow publish` checks it and makes it a version.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return usageError{err}
			}
			name := dialogs.NameOf(text)
			if name == "" {
				return usageError{fmt.Errorf("%s is not a flow: its first key must be `flow` with the flow's name", args[0])}
			}
			return withConfigStore(cmd, func(s configStore) error {
				version, err := s.Draft(cmd.Context(), name, string(text), nil)
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "flow %s: the draft of version %d is kept; `repartee flow publish %s` publishes it\n", name, version, name)
				}
				return err
			})
		},
	}
}

func newFlowVersions() *cobra.Command {
	return &cobra.Command{
		Use:   "versions NAME",
		Short: "List the versions of a flow, and how many conversations run on each",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withConfigStore(cmd, func(s configStore) error {
				list, err := s.FlowVersions(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "VERSION\tSTATE\tPUBLISHED\tBY\tOPEN")
				for _, v := range list {
					state, at := v.State, ""
					if v.Pinned {
						state += ", pinned"
					}
					if v.PublishedAt != nil {
						at = v.PublishedAt.Local().Format(time.DateTime)
					}
					fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\n", v.Version, state, at, v.PublishedBy, v.Open)
				}
				return w.Flush()
			})
		},
	}
}

// decision is what the flags of a publication say about open conversations.
type decision struct {
	open  string
	moves map[string]string
}

func (d *decision) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.open, "open", "", "what becomes of open conversations: finish, or \"end TEXT\"")
	cmd.Flags().StringToStringVar(&d.moves, "move", nil, "move open conversations to the new version, from these states to others: old=new,…; states that are not named keep their name")
}

func (d *decision) read(cmd *cobra.Command) (programs.Open, error) {
	if cmd.Flags().Changed("move") {
		if d.open != "" {
			return programs.Open{}, usageError{errors.New("--open and --move exclude each other")}
		}
		return programs.Open{Policy: "move", Move: d.moves}, nil
	}
	open, err := programs.ParseOpen(d.open)
	if err != nil {
		err = usageError{fmt.Errorf("--open: %w", err)}
	}
	return open, err
}

func newFlowPublish() *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use:   "publish NAME",
		Short: "Make the draft of a flow its next version",
		Long: "Make the draft of a flow its next version. It is checked first against every program that uses it, and its golden conversations are played. " +
			"Open conversations at states that it changes or lacks need a decision: --open or --move.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return publish(cmd, args[0], &d, func(list []programs.FlowVersion) (programs.FlowVersion, error) {
				if last := list[len(list)-1]; last.State == "draft" {
					return last, nil
				}
				return programs.FlowVersion{}, fmt.Errorf("flow %s has no draft: `repartee flow draft FILE` keeps one", args[0])
			})
		},
	}
	d.flags(cmd)
	return cmd
}

func newFlowRollback() *cobra.Command {
	var d decision
	var to int
	cmd := &cobra.Command{
		Use:   "rollback NAME",
		Short: "Publish an earlier version of a flow again, as its next version",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return publish(cmd, args[0], &d, func(list []programs.FlowVersion) (programs.FlowVersion, error) {
				var before programs.FlowVersion
				for _, v := range list {
					if v.State == "retired" && (to == 0 || v.Version == to) {
						before = v
					}
				}
				if before.Version == 0 {
					return before, fmt.Errorf("flow %s has no such version to go back to: see `repartee flow versions %s`", args[0], args[0])
				}
				return before, nil
			})
		},
	}
	cmd.Flags().IntVar(&to, "to", 0, "the version (default: the one before)")
	d.flags(cmd)
	return cmd
}

// publish makes the source of one of a flow's versions the next one.
func publish(cmd *cobra.Command, flow string, d *decision, choose func([]programs.FlowVersion) (programs.FlowVersion, error)) error {
	open, err := d.read(cmd)
	if err != nil {
		return err
	}
	return withConfigStore(cmd, func(s configStore) error {
		list, err := s.FlowVersions(cmd.Context(), flow)
		if err != nil {
			return err
		}
		v, err := choose(list)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("flow %s version %d", flow, v.Version)
		wanted, problems := programs.Read(programs.Options{}, programs.Source{Name: name, Text: []byte(v.Source)})
		if err := refused(problems); err != nil {
			return err
		}
		return applyShop(cmd, s.ConfigStore, wanted, programs.Wish{By: userName(), Open: open})
	})
}

func newFlowPin() *cobra.Command {
	return &cobra.Command{
		Use:   "pin NAME VERSION",
		Short: "Let new conversations begin on a version, whatever is published",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := strconv.Atoi(args[1])
			if err != nil || version < 1 {
				return usageError{fmt.Errorf("%q is no version: see `repartee flow versions %s`", args[1], args[0])}
			}
			return pin(cmd, args[0], version)
		},
	}
}

func newFlowUnpin() *cobra.Command {
	return &cobra.Command{
		Use:   "unpin NAME",
		Short: "Let new conversations begin on the newest version again",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return pin(cmd, args[0], 0) },
	}
}

func pin(cmd *cobra.Command, flow string, version int) error {
	return withConfigStore(cmd, func(s configStore) error {
		base, err := s.Version(cmd.Context())
		if err != nil {
			return err
		}
		raised, err := s.Pin(cmd.Context(), base, flow, version)
		if err != nil {
			return err
		}
		return awaitNodes(cmd.Context(), s.ConfigStore, raised)
	})
}

func newFlowDiff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff NAME [OLD [NEW]]",
		Short: "Compare two versions of a flow (default: the two newest, drafts included)",
		Args:  cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withConfigStore(cmd, func(s configStore) error {
				list, err := s.FlowVersions(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				before, after := list[max(0, len(list)-2)], list[len(list)-1]
				if len(args) > 1 {
					if before, err = versionOf(list, args[0], args[1]); err != nil {
						return err
					}
				}
				if len(args) > 2 {
					if after, err = versionOf(list, args[0], args[2]); err != nil {
						return err
					}
				}
				return difflib.WriteUnifiedDiff(cmd.OutOrStdout(), difflib.UnifiedDiff{
					A: difflib.SplitLines(before.Source), B: difflib.SplitLines(after.Source), Context: 3,
					FromFile: fmt.Sprintf("%s@%d", args[0], before.Version), ToFile: fmt.Sprintf("%s@%d", args[0], after.Version),
				})
			})
		},
	}
}

func versionOf(list []programs.FlowVersion, flow, arg string) (programs.FlowVersion, error) {
	for _, v := range list {
		if strconv.Itoa(v.Version) == arg {
			return v, nil
		}
	}
	return programs.FlowVersion{}, fmt.Errorf("flow %s has no version %s: see `repartee flow versions %s`", flow, arg, flow)
}

// storedSource finds the source of NAME, the version that conversations begin
// on, or of NAME@VERSION.
func storedSource(cmd *cobra.Command, arg string) (source string, err error) {
	name, number, _ := strings.Cut(arg, "@")
	err = withConfigStore(cmd, func(s configStore) error {
		list, err := s.FlowVersions(cmd.Context(), name)
		if err != nil {
			return err
		}
		v := list[len(list)-1]
		for _, other := range list {
			if other.State == "published" && !v.Pinned || other.Pinned {
				v = other
			}
		}
		if number != "" {
			v, err = versionOf(list, name, number)
		}
		source = v.Source
		return err
	})
	return source, err
}
