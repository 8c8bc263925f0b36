package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"repartee/admin"
)

// newOpenAPI makes the command from which the UI's types are generated.
func newOpenAPI() *cobra.Command {
	return &cobra.Command{
		Use:    "openapi",
		Short:  "Print the OpenAPI document of the HTTP API",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetIndent("", "  ")
			return out.Encode(admin.New(admin.Options{}).OpenAPI())
		},
	}
}
