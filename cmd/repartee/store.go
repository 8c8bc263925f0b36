package main

import (
	"context"
	"os/user"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/migrations"
)

// store is a part of the database that commands work with.
type store interface{ Close() }

// withStore opens a part of the database for f, once its schema is this
// version's.
func withStore[S store](cmd *cobra.Command, open func(ctx context.Context, url string, c *config.Config) (S, error), f func(S) error) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	return withDatabase(cmd, c, func(url string) error {
		if err := migrations.Check(cmd.Context(), url); err != nil {
			return err
		}
		s, err := open(context.WithoutCancel(cmd.Context()), url, c)
		if err != nil {
			return err
		}
		defer s.Close()
		return f(s)
	})
}

// userName is who runs the command, for the record; "" when nobody knows.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
