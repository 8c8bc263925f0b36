package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"repartee/contacts"
	"repartee/postgres"
)

func newSuppression() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "suppression",
		Short: "Look after the list of phones that must not be written to",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSuppressionAdd(), newSuppressionLift(), newSuppressionImport(), newSuppressionExport())
	return cmd
}

func newSuppressionAdd() *cobra.Command {
	var by, reason string
	var pause bool
	cmd := &cobra.Command{
		Use:   "add MSISDN",
		Short: "Stop a phone everywhere, for an opt-out that came by letter, call or complaint",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phone, err := phoneOf(args[0])
			if err == nil {
				err = accountable(by, reason)
			}
			if err != nil {
				return err
			}
			row := contacts.Suppression{Phone: phone, Scope: "everywhere", Reason: reason}
			if pause {
				row.Scope = "marketing"
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				_, err := s.Suppress(cmd.Context(), []contacts.Suppression{row}, "person", by, time.Now())
				return err
			})
		},
	}
	accountFlags(cmd, &by, &reason)
	cmd.Flags().BoolVar(&pause, "marketing", false, "pause marketing only")
	return cmd
}

func newSuppressionLift() *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use:   "lift MSISDN",
		Short: "Take a phone off the list; name the new consent in --reason",
		Long:  "Take a phone off the list. It gives no consent: what the phone had agreed to does not come back, marketing needs a new opt-in.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phone, err := phoneOf(args[0])
			if err == nil {
				err = accountable(by, reason)
			}
			if err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				n, err := s.Lift(cmd.Context(), phone, by, reason, time.Now())
				if err == nil && n == 0 {
					err = fmt.Errorf("%s is not on the list", phone.Masked())
				}
				return err
			})
		},
	}
	accountFlags(cmd, &by, &reason)
	return cmd
}

func newSuppressionImport() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the rows of a CSV file; - reads standard input",
		Long: "Add the rows of a CSV file with a header: msisdn or hash, and scope (everywhere, marketing, code, program; default everywhere), scope_id, since, reason.\n" +
			"Rows that cannot be read are reported with their line, and cost no other; the exit code is 1 then.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var rows []contacts.Suppression
			var bad []contacts.Bad
			if err := withFile(cmd, args[0], func(r io.Reader) (err error) {
				rows, bad, err = contacts.ReadSuppressions(r)
				return err
			}); err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				added, err := s.Suppress(cmd.Context(), rows, "import", by, time.Now())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d rows: %d added, %d on the list before, %d bad\n", len(rows)+len(bad), added, int64(len(rows))-added, len(bad))
				return reportBad(cmd, bad)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "your name, for the record")
	return cmd
}

func newSuppressionExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the list as CSV; phones are keyed hashes, as they are stored",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				rows, err := s.Suppressions(cmd.Context())
				if err != nil {
					return err
				}
				return contacts.WriteSuppressions(cmd.OutOrStdout(), rows)
			})
		},
	}
}

// withFile opens the file of the command line; - is the standard input.
func withFile(cmd *cobra.Command, name string, f func(io.Reader) error) error {
	if name == "-" {
		return f(cmd.InOrStdin())
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return f(file)
}

// reportBad lists the rows that were not taken.
func reportBad(cmd *cobra.Command, bad []contacts.Bad) error {
	for _, b := range bad {
		fmt.Fprintf(cmd.OutOrStdout(), "line %d: %s\n", b.Line, b.Why)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%d rows were not taken: correct them and import the file again, what is there stays", len(bad))
	}
	return nil
}
