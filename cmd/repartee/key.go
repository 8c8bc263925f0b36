package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/accounts"
	"repartee/app/config"
	"repartee/postgres"
)

func newKey() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Look after the keys with which programs use the API",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeyAdd(), newKeyList())
	return cmd
}

func newKeyAdd() *cobra.Command {
	var role string
	var programs []string
	var expires time.Duration
	cmd := &cobra.Command{
		Use:     "add NAME",
		Short:   "Make a key and print it, once",
		Example: "  repartee key add tills --role agent --program pizza-roma --expires 8760h",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRole(accounts.Role(role), programs); err != nil {
				return usageError{err}
			}
			now, token := time.Now(), accounts.NewToken("rk_")
			k := &accounts.Key{Name: args[0], Hint: string(token[:7]), Role: accounts.Role(role), Programs: programs, CreatedBy: "command:" + userName(), CreatedAt: now}
			if expires > 0 {
				k.ExpiresAt = now.Add(expires)
			}
			return withAccounts(cmd, func(s *postgres.AccountStore, _ *config.Config) error {
				if _, err := s.AddKey(cmd.Context(), token, k); err != nil {
					return err
				}
				if err := logCommand(cmd, s, "made", "key "+k.Name); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), token)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", string(accounts.Viewer), "owner, manager, editor, agent or viewer")
	cmd.Flags().StringSliceVar(&programs, "program", nil, "narrow the rights to this program; may be repeated")
	cmd.Flags().DurationVar(&expires, "expires", 0, "how long it is good, such as 8760h; 0: until it is revoked")
	return cmd
}

func newKeyList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd, func(s *postgres.AccountStore, _ *config.Config) error {
				keys, err := s.Keys(cmd.Context())
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tKEY\tROLE\tPROGRAMS\tEXPIRES\tREVOKED")
				for _, k := range keys {
					fmt.Fprintf(w, "%s\t%s…\t%s\t%v\t%s\t%s\n", k.Name, k.Hint, k.Role, k.Programs, dateOr(k.ExpiresAt), dateOr(k.RevokedAt))
				}
				return w.Flush()
			})
		},
	}
}

func dateOr(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateOnly)
}
