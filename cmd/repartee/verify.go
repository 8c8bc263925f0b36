package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/migrations"
	"repartee/postgres"
)

func newVerify() *cobra.Command {
	var asJSON bool
	var list int
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check what must hold of the stored messages, conversations and consents",
		Long: "Check what must hold of the stored rows whatever happened: turns, answers, the outbox, opt-outs, the consent ledger.\n" +
			"It reads one snapshot and changes nothing; it may run beside a gateway. The exit code is 1 when anything is wrong.\n" +
			"Rows are named by their ids; phone numbers are masked.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return withDatabase(cmd, c, func(url string) error { return verify(cmd, c, url, list, asJSON) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	cmd.Flags().IntVar(&list, "list", 20, "violations to list per check")
	return cmd
}

func verify(cmd *cobra.Command, c *config.Config, url string, list int, asJSON bool) error {
	if err := migrations.Check(cmd.Context(), url); err != nil {
		return err
	}
	key, err := c.Key()
	if err != nil {
		return err
	}
	results, err := postgres.Verify(cmd.Context(), postgres.VerifyOptions{URL: url, PhoneHash: postgres.PhoneHash(key), Now: time.Now(), List: list})
	if err != nil {
		return err
	}
	print := printResults
	if asJSON {
		print = printJSON
	}
	if err := print(cmd.OutOrStdout(), results); err != nil {
		return err
	}
	return judgeResults(results)
}

// printResults writes a line per check, and one per violation that is listed.
func printResults(w io.Writer, results []postgres.CheckResult) error {
	var b strings.Builder
	for _, r := range results {
		mark := "ok  "
		if r.Violations > 0 {
			mark = "FAIL"
		}
		fmt.Fprintf(&b, "%s  %-13s %10d examined  %6d violations  %s\n", mark, r.Name, r.Examined, r.Violations, r.What)
		for _, v := range r.Listed {
			where := ""
			if v.Phone != "" {
				where = fmt.Sprintf(" (%s on %s)", v.Phone, v.ShortCode)
			}
			fmt.Fprintf(&b, "      %s%s: %s\n", v.ID, where, v.Note)
		}
		if more := r.Violations - int64(len(r.Listed)); more > 0 {
			fmt.Fprintf(&b, "      and %d more (see --list)\n", more)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printJSON(w io.Writer, results []postgres.CheckResult) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"ok": judgeResults(results) == nil, "checks": results})
}

// judgeResults is the error behind the exit code.
func judgeResults(results []postgres.CheckResult) error {
	var broken []string
	for _, r := range results {
		if r.Violations > 0 {
			broken = append(broken, r.Name)
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("the stored rows break what must hold of them: %s; keep the database as it is and report it with this output", strings.Join(broken, ", "))
	}
	return nil
}
