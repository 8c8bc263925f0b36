package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/postgres"
)

func newOrder() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "order",
		Short: "Show the orders of phones, and say what becomes of them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newOrderList())
	for _, step := range []struct{ verb, state, short string }{
		{"accept", "accepted", "Accept an order"},
		{"refuse", "refused", "Refuse an order"},
		{"ready", "ready", "Say that an order is ready"},
		{"leaving", "leaving", "Say that an order is on its way"},
		{"done", "done", "Finish an order"},
	} {
		cmd.AddCommand(newOrderStep(step.verb, step.state, step.short))
	}
	return cmd
}

func newOrderList() *cobra.Command {
	var program string
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the orders that are not finished, oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOrders(cmd, func(s *postgres.OrderStore) error { return listOrders(cmd, s, program, all) })
		},
	}
	cmd.Flags().StringVar(&program, "program", "", "only those of this program")
	cmd.Flags().BoolVar(&all, "all", false, "the finished ones too")
	return cmd
}

func listOrders(cmd *cobra.Command, s *postgres.OrderStore, program string, all bool) error {
	list, err := s.Orders(cmd.Context(), program, all)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROGRAM\tNUMBER\tSTATE\tSINCE\tPHONE\tLINES\tTOTAL\tPLACE\tTO\tWANTED\tNOTE")
	for _, o := range list {
		wanted := ""
		if o.WantedAt != nil {
			wanted = o.WantedAt.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.Program, o.Number, o.State, o.PlacedAt.Local().Format(time.DateTime),
			o.Thread.Phone.Masked(), o.Lines, o.Total, o.Place, o.Address, wanted, o.Note)
	}
	return w.Flush()
}

func newOrderStep(verb, state, short string) *cobra.Command {
	var by, reason string
	var minutes int
	cmd := &cobra.Command{
		Use:   verb + " PROGRAM NUMBER",
		Short: short + "; its conversation is told",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.Atoi(args[1])
			if err != nil {
				return usageError{fmt.Errorf("%q is no number of an order: see `repartee order list`", args[1])}
			}
			data := map[string]any{}
			if minutes > 0 {
				data["minutes"] = minutes
			}
			if reason != "" {
				data["reason"] = reason
			}
			return withOrders(cmd, func(s *postgres.OrderStore) error {
				return s.Change(cmd.Context(), args[0], number, state, by, data, time.Now())
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", userName(), "who says so, for the record")
	switch state {
	case "accepted", "leaving":
		cmd.Flags().IntVar(&minutes, "minutes", 0, "how long it takes")
	case "refused":
		cmd.Flags().StringVar(&reason, "reason", "", "why, as the phone may read it")
	}
	return cmd
}

func newRedeem() *cobra.Command {
	var till, place string
	cmd := &cobra.Command{
		Use:   "redeem CODE",
		Short: "Use a coupon at a till, once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withOrders(cmd, func(s *postgres.OrderStore) error {
				r, err := s.Redeem(cmd.Context(), nil, args[0], till, place, time.Now())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "good: offer %s of %s\n", r.Offer, r.Program)
				for _, l := range []struct{ name, value string }{{"title", r.Title}, {"variant", r.Variant}, {"issued at", r.Place}} {
					if l.value != "" {
						fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", l.name, l.value)
					}
				}
				if r.Amount.Cents > 0 {
					fmt.Fprintf(cmd.OutOrStdout(), "worth: %s\n", r.Amount)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&till, "till", userName(), "which till, for the record")
	cmd.Flags().StringVar(&place, "place", "", "at which place")
	return cmd
}

func withOrders(cmd *cobra.Command, f func(*postgres.OrderStore) error) error {
	return withStore(cmd, func(ctx context.Context, url string, _ *config.Config) (*postgres.OrderStore, error) {
		return postgres.OpenOrderStore(ctx, url)
	}, f)
}
