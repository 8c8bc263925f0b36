package main

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repartee/accounts"
	"repartee/app/config"
	"repartee/postgres"
	"repartee/programs/secret"
)

// linkLives is how long a link is good that a command prints.
const linkLives = 24 * time.Hour

func newUser() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Look after the people who may use the admin UI",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUserAdd(), newUserLink())
	return cmd
}

func newUserAdd() *cobra.Command {
	var name, role string
	var programs []string
	cmd := &cobra.Command{
		Use:     "add EMAIL",
		Short:   "Give somebody an account, and print the link where a password is chosen",
		Example: "  repartee user add ann@example.com --name Ann --role owner",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u := &accounts.User{Email: args[0], Name: name, Role: accounts.Role(role), Programs: programs, CreatedAt: time.Now()}
			if err := checkUser(u); err != nil {
				return usageError{err}
			}
			return withAccounts(cmd, func(s *postgres.AccountStore, c *config.Config) error {
				id, err := s.AddUser(cmd.Context(), u)
				if err != nil {
					return err
				}
				if err := logCommand(cmd, s, "invited", "user "+strings.ToLower(u.Email)); err != nil {
					return err
				}
				return printLink(cmd, s, c, id)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "how the person is called; by default the address")
	cmd.Flags().StringVar(&role, "role", string(accounts.Viewer), "owner, manager, editor, agent or viewer")
	cmd.Flags().StringSliceVar(&programs, "program", nil, "narrow the rights to this program; may be repeated")
	return cmd
}

// checkUser refuses what the API would refuse.
func checkUser(u *accounts.User) error {
	if _, err := mail.ParseAddress(u.Email); err != nil || strings.ContainsAny(u.Email, "<> ") {
		return fmt.Errorf("%q is no e-mail address", u.Email)
	}
	if u.Name == "" {
		u.Name = u.Email
	}
	return checkRole(u.Role, u.Programs)
}

func checkRole(role accounts.Role, programs []string) error {
	if !role.Valid() {
		return fmt.Errorf("--role %q: there is owner, manager, editor, agent and viewer", role)
	}
	if role == accounts.Owner && len(programs) > 0 {
		return fmt.Errorf("--program: an owner has all programs; choose the role manager")
	}
	return nil
}

func newUserLink() *cobra.Command {
	return &cobra.Command{
		Use:   "link EMAIL",
		Short: "Print a link where somebody chooses a new password",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd, func(s *postgres.AccountStore, c *config.Config) error {
				u, err := s.UserByEmail(cmd.Context(), args[0])
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				if err := logCommand(cmd, s, "made a link for a new password", "user "+u.Email); err != nil {
					return err
				}
				return printLink(cmd, s, c, u.ID)
			})
		},
	}
}

// printLink prints where a person chooses a password.
func printLink(cmd *cobra.Command, s *postgres.AccountStore, c *config.Config, user int64) error {
	token := accounts.NewToken("rl_")
	if err := s.AddLink(cmd.Context(), token, user, time.Now().Add(linkLives)); err != nil {
		return err
	}
	base := strings.TrimRight(c.PublicURL, "/")
	if base == "" {
		base = "http://" + c.HTTPAddr
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s/link#%s\n", base, token)
	return err
}

// withAccounts opens the accounts of the database for f.
func withAccounts(cmd *cobra.Command, f func(*postgres.AccountStore, *config.Config) error) error {
	var settings *config.Config
	open := func(ctx context.Context, url string, c *config.Config) (*postgres.AccountStore, error) {
		settings = c
		key, err := c.Key()
		if err != nil {
			return nil, err
		}
		sealer, err := secret.New(key)
		if err != nil {
			return nil, err
		}
		return postgres.OpenAccountStore(ctx, url, sealer)
	}
	return withStore(cmd, open, func(s *postgres.AccountStore) error { return f(s, settings) })
}

// logCommand writes what a command changed into the audit log.
func logCommand(cmd *cobra.Command, s *postgres.AccountStore, action, object string) error {
	return s.Log(cmd.Context(), &accounts.Entry{At: time.Now(), Caller: "command:" + userName(), Action: action, Object: object, Request: cmd.CommandPath()})
}
