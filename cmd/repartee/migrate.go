package main

import (
	"errors"
	"fmt"

	"repartee/app/config"
	"repartee/migrations"
	"repartee/postgres/embedded"

	"github.com/spf13/cobra"
)

func newMigrate() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database schema to this release's version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return withDatabase(cmd, c, func(url string) error { return migrate(cmd, url, dryRun) })
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	return cmd
}

func migrate(cmd *cobra.Command, url string, dryRun bool) error {
	before, known, err := migrations.Version(cmd.Context(), url)
	if err != nil {
		return err
	}
	switch {
	case before == known:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The schema is up to date: version %d.\n", known)
		return err
	case dryRun && before < known:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The schema would go from version %d to %d.\n", before, known)
		return err
	}
	if err := migrations.Up(cmd.Context(), url); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "The schema went from version %d to %d.\n", before, known)
	return err
}

// withDatabase calls f with the address of the configured database, or of the
// private server, which stays up for as long.
func withDatabase(cmd *cobra.Command, c *config.Config, f func(url string) error) (err error) {
	if c.DatabaseURL != "" {
		return f(c.DatabaseURL)
	}
	server, err := embedded.Open(cmd.Context(), embedded.Options{DataDir: c.DataDir, BinDir: c.PostgresBin})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	return f(server.URL())
}
