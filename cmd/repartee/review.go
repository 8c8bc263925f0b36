package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/postgres"
	"repartee/sms"
)

func newReview() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Look at texts that were read as opt-outs with less than certainty",
		Long: "Look at texts that a person should judge: likely opt-outs (they hold at once), wrong numbers (marketing is paused), unclear ones.\n" +
			"keep leaves things as they are; undo restores what stood before. Both are written into the ledger with name and reason.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newReviewList(), newReviewShow(), newReviewDecide("keep", "Confirm what the gateway did", false),
		newReviewDecide("undo", "Restore what stood before the text", true))
	return cmd
}

func newReviewList() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what waits for a person",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				list, err := s.Reviews(cmd.Context(), all)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "REVIEW\tPHONE\tCODE\tREAD AS\tSINCE\tDECISION\tBY")
				for _, r := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Thread.Phone.Masked(), r.Thread.Code, r.Kind, r.OpenedAt.Local().Format(time.DateTime), r.Decision, r.ClosedBy)
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "closed ones too")
	return cmd
}

func newReviewShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show REVIEW",
		Short: "Print the text, the rule that read it, and what was decided",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := reviewID(args[0])
			if err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				r, err := s.Review(cmd.Context(), id)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintf(w, "phone\t%s on %s\nread as\t%s\nrule\t%s\ntext\t%q\nsince\t%s\n", r.Thread.Phone, r.Thread.Code, r.Kind, r.Rule, r.Text, r.OpenedAt.Local().Format(time.DateTime))
				if r.Decision != "" {
					fmt.Fprintf(w, "decision\t%s by %s, %s: %s\n", r.Decision, r.ClosedBy, r.ClosedAt.Local().Format(time.DateTime), r.Reason)
				}
				return w.Flush()
			})
		},
	}
}

func newReviewDecide(use, short string, undo bool) *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use:   use + " REVIEW",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := reviewID(args[0])
			if err == nil {
				err = accountable(by, reason)
			}
			if err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				return s.Decide(cmd.Context(), id, undo, by, reason, time.Now())
			})
		},
	}
	accountFlags(cmd, &by, &reason)
	return cmd
}

func reviewID(arg string) (id sms.ID, err error) {
	if id.UnmarshalText([]byte(arg)) != nil {
		return 0, usageError{fmt.Errorf("%q is no review: see `repartee review list`", arg)}
	}
	return id, nil
}

// accountFlags are for commands that change consents: who, and why.
func accountFlags(cmd *cobra.Command, by, reason *string) {
	cmd.Flags().StringVar(by, "by", userName(), "your name, for the record")
	cmd.Flags().StringVar(reason, "reason", "", "why, for the record")
}

func accountable(by, reason string) error {
	if by == "" || reason == "" {
		return usageError{fmt.Errorf("this is written into the ledger: give --reason, and your name with --by")}
	}
	return nil
}
