package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"repartee/programs"
)

func newExport() *cobra.Command {
	var output, flows string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print the configuration as a file of `repartee apply`",
		Long: "Print all objects as one file: applied to the same database it changes nothing, applied to an empty one it makes the same shop.\n" +
			"Passwords and secrets are never written: the file names an environment variable for each.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withConfigStore(cmd, func(store configStore) error {
				shop, err := store.CurrentShop(cmd.Context())
				if err != nil {
					return err
				}
				return exportShop(cmd, shop, output, flows)
			})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write this file instead of standard output")
	cmd.Flags().StringVar(&flows, "flows", "", "write each flow as a file into this folder")
	return cmd
}

func exportShop(cmd *cobra.Command, shop *programs.Shop, output, flows string) error {
	var opts programs.ExportOptions
	if flows != "" {
		if err := os.MkdirAll(flows, 0o755); err != nil {
			return err
		}
		opts.FlowFile = func(f *programs.Flow) (string, error) { return writeFlow(f, flows, filepath.Dir(output)) }
	}
	file, variables, err := shop.Export(opts)
	if err != nil {
		return err
	}
	if len(variables) > 0 {
		if _, err := fmt.Fprintf(cmd.ErrOrStderr(), "secrets are not written: set %s before you apply the file\n", strings.Join(variables, ", ")); err != nil {
			return err
		}
	}
	if output != "" {
		return os.WriteFile(output, file, 0o644)
	}
	_, err = cmd.OutOrStdout().Write(file)
	return err
}

// writeFlow writes the file of a flow and returns its path as a file in base
// names it.
func writeFlow(f *programs.Flow, folder, base string) (string, error) {
	path := filepath.Join(folder, f.Name+".yaml")
	if err := os.WriteFile(path, []byte(f.Source), 0o644); err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if base, err = filepath.Abs(base); err != nil {
		return "", err
	}
	return filepath.Rel(base, absolute)
}
