package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/postgres"
	"repartee/sms"
)

func newConsent() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "consent",
		Short: "See what a phone agreed to, and the proof",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show MSISDN",
		Short: "Print a phone's standing and its ledger",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phone, err := phoneOf(args[0])
			if err != nil {
				return err
			}
			return withConsents(cmd, func(s *postgres.ConsentStore) error { return showConsent(cmd, s, phone) })
		},
	})
	return cmd
}

func showConsent(cmd *cobra.Command, s *postgres.ConsentStore, phone sms.MSISDN) error {
	st, err := s.Show(cmd.Context(), phone)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, p := range st.Programs {
		fmt.Fprintf(w, "program %s\t%s\tsince %s\n", p.Program, p.State, p.Since.Local().Format(time.DateTime))
	}
	for _, code := range st.Stops {
		fmt.Fprintf(w, "code %s\tstopped\n", code)
	}
	for _, l := range st.Listed {
		until := ""
		if l.Until != nil {
			until = " until " + l.Until.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "suppressed\t%s\tsince %s%s (%s)\n", scopeName(l.Scope, l.ScopeID), l.Since.Local().Format(time.DateTime), until, l.Reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range st.Ledger {
		chain := l.Code.String()
		if l.Code == 0 {
			chain = "list"
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s %s %s\n", l.ID, chain, l.Event, l.Scope, l.Program)
		if l.Text != "" {
			fmt.Fprintf(cmd.OutOrStdout(), "    text: %q\n", l.Text)
		}
		for _, name := range slices.Sorted(maps.Keys(l.Facts)) {
			fmt.Fprintf(cmd.OutOrStdout(), "    %s: %v\n", name, l.Facts[name])
		}
	}
	return nil
}

func scopeName(scope string, id int32) string {
	if id == 0 {
		return scope
	}
	return fmt.Sprintf("%s %d", scope, id)
}

func phoneOf(arg string) (sms.MSISDN, error) {
	phone, err := sms.ParseMSISDN(arg)
	if err != nil {
		return 0, usageError{err}
	}
	return phone, nil
}

// withConsents calls f with the store of consents.
func withConsents(cmd *cobra.Command, f func(*postgres.ConsentStore) error) error {
	return withStore(cmd, func(ctx context.Context, url string, c *config.Config) (*postgres.ConsentStore, error) {
		key, err := c.Key()
		if err != nil {
			return nil, err
		}
		return postgres.OpenConsentStore(ctx, url, postgres.PhoneHash(key))
	}, f)
}
