package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"repartee/contacts"
	"repartee/postgres"
)

func newContact() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contact",
		Short: "Bring people in, give them their data, or erase it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newContactImport(), newContactExport(), newContactErase())
	return cmd
}

func newContactImport() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Add or update the people of a CSV file; - reads standard input",
		Long: "Add or update the people of a CSV file with a header: msisdn, and first_name, last_name, language, country, postcode, time_zone.\n" +
			"A consent to marketing needs program and its proof: consent_text (what the person agreed to), consent_source (where), consent_at.\n" +
			"Rows that cannot be read, and phones on the suppression list, are reported with their line and cost no other; the exit code is 1 then.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var rows []contacts.Contact
			var bad []contacts.Bad
			if err := withFile(cmd, args[0], func(r io.Reader) (err error) {
				rows, bad, err = contacts.ReadContacts(r)
				return err
			}); err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				taken, refused, err := s.Import(cmd.Context(), rows, by, time.Now())
				if err != nil {
					return err
				}
				bad = append(bad, refused...)
				fmt.Fprintf(cmd.OutOrStdout(), "%d rows: %d taken, %d not\n", taken+len(bad), taken, len(bad))
				return reportBad(cmd, bad)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "your name, for the record")
	return cmd
}

func newContactExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export MSISDN",
		Short: "Print everything that is stored about a phone, as JSON (GDPR art. 15)",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phone, err := phoneOf(args[0])
			if err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error {
				all, err := s.Export(cmd.Context(), phone)
				if err != nil {
					return err
				}
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(all)
			})
		},
	}
}

func newContactErase() *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use:   "erase MSISDN",
		Short: "Delete everything about a phone but its refusals, as keyed hashes (GDPR art. 17)",
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
				gone, err := s.Erase(cmd.Context(), phone, by, reason, time.Now())
				for _, table := range slices.Sorted(maps.Keys(gone)) {
					verb := "deleted"
					if table == "consent_ledger" {
						verb = "kept without phone and words"
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %d %s\n", table, gone[table], verb)
				}
				return err
			})
		},
	}
	accountFlags(cmd, &by, &reason)
	return cmd
}
