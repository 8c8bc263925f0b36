package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"repartee/postgres"
	"repartee/programs"
)

func newDelete() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "delete KIND KEY",
		Short: "Delete an object of the configuration that nothing needs any more",
		Long: "Delete a carrier, program, place, webhook, contact field, offer, catalogue, poll, game, flow, short code or keyword.\n" +
			"It is refused, with the reasons, while the configuration, an open conversation, coupon or order needs the object.",
		Example: "  repartee delete keyword \"36111 pizza\"\n  repartee delete short-code 36111 --dry-run",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := programs.ParseKind(args[0])
			if err != nil {
				return usageError{err}
			}
			return withConfigStore(cmd, func(store configStore) error {
				return deleteObject(cmd, store.ConfigStore, kind, programs.ParseKey(kind, args[1]), dryRun)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say whether it may be deleted")
	return cmd
}

func deleteObject(cmd *cobra.Command, store *postgres.ConfigStore, kind, key string, dryRun bool) error {
	for attempt := 1; ; attempt++ {
		base, err := store.Version(cmd.Context())
		if err != nil {
			return err
		}
		version, err := store.Delete(cmd.Context(), base, kind, key, dryRun)
		if errors.Is(err, programs.ErrChanged) && attempt < deleteAttempts {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "- %s %s\n", programs.Singular(kind), key); err != nil || dryRun {
			return err
		}
		return awaitNodes(cmd.Context(), store, version)
	}
}

// deleteAttempts is how often a deletion is tried because somebody else changed
// the configuration meanwhile.
const deleteAttempts = 3
