package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"repartee/app/config"

	"github.com/spf13/cobra"
)

func newConfig() *cobra.Command {
	var explain bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the effective configuration, secrets hidden",
		Long: "Print each setting, its value and where that comes from: the default, a variable of the environment, or a line of the file.\n" +
			"The environment wins over the file, the file over the defaults.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := cmd.Flags().GetString("config")
			if err != nil {
				return err
			}
			c, loadErr := config.Load(file, os.Environ())
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, v := range c.Values() {
				if explain {
					fmt.Fprintf(w, "# %s: %s\n", v.Env, v.Help)
				}
				fmt.Fprintf(w, "%s:\t%s\t# %s\n", v.Name, v.Text, v.Source)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			if loadErr != nil {
				return usageError{loadErr}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&explain, "explain", false, "say what each setting does")
	return cmd
}
