package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"repartee/postgres"
)

func newContact() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contact",
		Short: "Give a person their data, or erase it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newContactExport(), newContactErase())
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
