package main

import (
	"repartee/postgres/embedded"

	"github.com/spf13/cobra"
)

// newKeepPostgres is the keeper of the private PostgreSQL: commands start it
// when they need the server, people never do.
func newKeepPostgres() *cobra.Command {
	return &cobra.Command{
		Use:    embedded.KeeperCommand + " OPTIONS",
		Short:  "Keep the private PostgreSQL running",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(_ *cobra.Command, args []string) error { return embedded.Keep(args[0]) },
	}
}
