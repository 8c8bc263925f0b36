package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/postgres"
	"repartee/sms"
	"repartee/views"
)

// shownLines is how much of a thread `handoff show` prints.
const shownLines = 30

func newHandoff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "handoff",
		Short: "Answer conversations that were handed to a person",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHandoffList(), newHandoffShow(), newHandoffSay(), newHandoffDone())
	return cmd
}

func newHandoffList() *cobra.Command {
	var group string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the conversations that wait for a person, or have one",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHandoffs(cmd, func(s *postgres.HandoffStore) error { return listHandoffs(cmd, s, group) })
		},
	}
	cmd.Flags().StringVar(&group, "group", "", "only those handed to this group")
	return cmd
}

func listHandoffs(cmd *cobra.Command, s *postgres.HandoffStore, group string) error {
	list, err := s.List(cmd.Context(), group)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CONVERSATION\tPHONE\tCODE\tPROGRAM\tGROUP\tSINCE\tTAKEN BY")
	for _, h := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", h.Talk, h.Thread.Phone.Masked(), h.Thread.Code, h.Program, h.Group, h.OpenedAt.Local().Format(time.DateTime), h.TakenBy)
	}
	return w.Flush()
}

func newHandoffShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show CONVERSATION",
		Short: "Print the newest texts of a conversation",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHandoff(cmd, args[0], func(s *postgres.HandoffStore, talk sms.ID) error {
				_, lines, err := s.Show(cmd.Context(), talk, shownLines)
				for _, l := range lines {
					mark := "<"
					if l.Phone {
						mark = ">"
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s %s %s\n", l.At.Local().Format(time.DateTime), mark, strings.ReplaceAll(l.Text, "\n", "\n\t"))
				}
				return err
			})
		},
	}
}

func newHandoffSay() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "say CONVERSATION TEXT",
		Short: "Send a text to the phone; the first one takes the conversation",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if by == "" {
				return usageError{fmt.Errorf("who are you? give your name with --by")}
			}
			return withHandoff(cmd, args[0], func(s *postgres.HandoffStore, talk sms.ID) error {
				return s.Say(cmd.Context(), talk, by, args[1], time.Now())
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", userName(), "your name, for the record")
	return cmd
}

func newHandoffDone() *cobra.Command {
	return &cobra.Command{
		Use:   "done CONVERSATION",
		Short: "Hand a conversation back to its flow",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHandoff(cmd, args[0], func(s *postgres.HandoffStore, talk sms.ID) error { return s.Done(cmd.Context(), talk, time.Now()) })
		},
	}
}

// withHandoff calls f with the conversation of the command line.
func withHandoff(cmd *cobra.Command, arg string, f func(*postgres.HandoffStore, sms.ID) error) error {
	var talk sms.ID
	if err := talk.UnmarshalText([]byte(arg)); err != nil {
		return usageError{fmt.Errorf("%q is no conversation: see `repartee handoff list`", arg)}
	}
	err := withHandoffs(cmd, func(s *postgres.HandoffStore) error { return f(s, talk) })
	if missing := (*views.NotFoundError)(nil); errors.As(err, &missing) {
		return fmt.Errorf("%w: see `repartee handoff list`", err)
	}
	return err
}

func withHandoffs(cmd *cobra.Command, f func(*postgres.HandoffStore) error) error {
	return withStore(cmd, func(ctx context.Context, url string, _ *config.Config) (*postgres.HandoffStore, error) {
		return postgres.OpenHandoffStore(ctx, url)
	}, f)
}
