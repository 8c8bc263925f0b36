package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"repartee/app/explain"
	"repartee/migrations"
	"repartee/postgres"
	"repartee/programs"
	"repartee/programs/secret"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Why did, or would, this happen?",
		Long:  "Say what a text means (inbound) or what the gate makes of a message (outbound), by the functions that decide on the message path.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newExplainInbound(), newExplainOutbound())
	return cmd
}

// answer explains one case.
type answer func(ctx context.Context, c explain.Case, g *explain.Gateway, now time.Time) (any, error)

func newExplainInbound() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inbound [TEXT]",
		Short: "Say whether a text is an opt-out, help or opt-in, and where it goes",
		Long: "Say whether a text is an opt-out, help or opt-in, and where it goes. With a short code the database is read and the route told; " +
			"without, none is needed.\nIn TEXT \\n and \\uXXXX are understood.",
		Example: "  repartee explain inbound 'Arrêtez svp'\n  repartee explain inbound --short-code 36111 'PIZZA 2 reine'\n  repartee explain inbound --file cases.csv",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return explainAll(cmd, explain.InboundColumns, args, func(ctx context.Context, c explain.Case, g *explain.Gateway, now time.Time) (any, error) {
				return c.Inbound(ctx, g, now)
			})
		},
	}
	cmd.Flags().String("short-code", "", "the short code that was texted")
	cmd.Flags().String("from", "", "the phone, whose open conversation then counts")
	cmd.Flags().String("context", "", "none, dialog (a question waits for its answer) or opt-in-pending (default: none, or what is stored)")
	cmd.Flags().String("language", "", "languages of the program, such as fr or en,es")
	cmd.Flags().Bool("sms-plus", false, "the code is a French SMS+ one")
	cmd.Flags().String("file", "", "CSV file of cases, its header the flags' names and text; - for standard input")
	return cmd
}

func newExplainOutbound() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "outbound --to PHONE --class CLASS",
		Short: "Say whether a message may go, and when",
		Long: "Say whether a message may go, and when. With --program the database is read; without, none is needed, and the phone counts as " +
			"opted in, so that the hours can be examined alone.",
		Example: "  repartee explain outbound --to 33612345678 --class marketing --at 2026-07-14T10:00:00Z\n  repartee explain outbound --file cases.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return explainAll(cmd, explain.OutboundColumns, args, func(ctx context.Context, c explain.Case, g *explain.Gateway, now time.Time) (any, error) {
				return c.Outbound(ctx, g, now)
			})
		},
	}
	for name, usage := range map[string]string{
		"to": "the phone", "class": "marketing, transactional, reply or compliance", "at": "the moment (default: now)",
		"profile": "profile of sending hours (default: country)", "program": "the program that writes", "sent": "times of earlier marketing, TIME,TIME…",
		"consent": "none, pending, single, double or opted-out (default: opted in, or what is stored)", "expires": "when the message loses its sense",
		"suppressed": "scope of the suppression list's entry: everywhere, code, program, marketing or invalid", "paused-until": "end of a pause by receipts, RFC 3339",
		"when-quiet": "hold (default) or drop", "country": "country of the contact record", "region": "state or province of the contact record",
		"postal-code": "postal code of the contact record", "time-zone": "time zone of the contact record",
	} {
		cmd.Flags().String(name, "", usage)
	}
	cmd.Flags().String("file", "", "CSV file of cases, its header the flags' names; - for standard input")
	return cmd
}

// explainAll answers the case of the command line, or those of a file.
func explainAll(cmd *cobra.Command, columns, args []string, answer answer) error {
	file, err := cmd.Flags().GetString("file")
	if err != nil {
		return err
	}
	single := caseOf(cmd, args)
	if file == "" {
		if cmd.Name() == "inbound" && len(args) == 0 {
			return usageError{errors.New("no text: write it as the last argument, or name a file of cases with --file")}
		}
		return withGateway(cmd, explain.NeedsGateway(keys(single)), func(g *explain.Gateway) error {
			out, err := answer(cmd.Context(), single, g, time.Now())
			if err != nil {
				return usageError{err}
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(out)
		})
	}
	if len(single) > 0 {
		return usageError{errors.New("with --file all values stand in the file: leave the other flags and the text out")}
	}
	return explainFile(cmd, file, columns, answer)
}

// caseOf is what the command line says.
func caseOf(cmd *cobra.Command, args []string) explain.Case {
	c := explain.Case{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "file" && f.Name != "config" {
			c[f.Name] = f.Value.String()
		}
	})
	if len(args) > 0 {
		c["text"] = args[0]
	}
	return c
}

func keys(c explain.Case) (names []string) {
	for name := range c {
		names = append(names, name)
	}
	return names
}

// explainFile prints one line per case. A case that cannot be answered gets a
// line that says so; the others are answered all the same, and the command fails.
func explainFile(cmd *cobra.Command, file string, columns []string, answer answer) (err error) {
	in := cmd.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return usageError{err}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		in = f
	}
	rows := csv.NewReader(in)
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true // texts of strangers have quotes anywhere
	header, err := rows.Read()
	if err != nil {
		return usageError{fmt.Errorf("%s: no header: its first line names the columns: %s", file, strings.Join(columns, ", "))}
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if err := explain.Check(header, columns); err != nil {
		return usageError{fmt.Errorf("%s: %w", file, err)}
	}
	return withGateway(cmd, explain.NeedsGateway(header), func(g *explain.Gateway) error {
		return explainRows(cmd, rows, header, func(c explain.Case) (any, error) { return answer(cmd.Context(), c, g, time.Now()) })
	})
}

func explainRows(cmd *cobra.Command, rows *csv.Reader, header []string, answer func(explain.Case) (any, error)) error {
	out := json.NewEncoder(cmd.OutOrStdout())
	failed := 0
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, found := 0, any(nil)
		if err == nil {
			line, _ = rows.FieldPos(0)
			found, err = explainRow(row, header, answer)
		}
		if err != nil {
			failed++
			message := err.Error()
			if line > 0 {
				message = "line " + strconv.Itoa(line) + ": " + message
			}
			found = map[string]string{"error": message}
		}
		if err := out.Encode(found); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d cases could not be answered: see the lines with \"error\"", failed)
	}
	return nil
}

func explainRow(row, header []string, answer func(explain.Case) (any, error)) (any, error) {
	if len(row) != len(header) {
		return nil, fmt.Errorf("%d values, but the header names %d columns: put a value with a comma in quotes", len(row), len(header))
	}
	c := explain.Case{}
	for i, name := range header {
		c[name] = row[i]
	}
	return answer(c)
}

// withGateway opens the database where cases ask for it.
func withGateway(cmd *cobra.Command, needed bool, f func(g *explain.Gateway) error) error {
	if !needed {
		return f(nil)
	}
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	key, err := c.Key()
	if err != nil {
		return err
	}
	sealer, err := secret.New(key)
	if err != nil {
		return err
	}
	return withDatabase(cmd, c, func(url string) error {
		ctx := cmd.Context()
		if err := migrations.Check(ctx, url); err != nil {
			return err
		}
		shops, done, err := postgres.OpenConfigStore(ctx, url, sealer)
		if err != nil {
			return err
		}
		defer done()
		snapshot, err := shops.LoadSnapshot(ctx, &programs.Flows{})
		if err != nil {
			return err
		}
		store, err := postgres.OpenMessageStore(ctx, url, 0, 1, postgres.PhoneHash(key))
		if err != nil {
			return err
		}
		defer store.Close()
		return f(&explain.Gateway{Snapshot: func() *programs.Snapshot { return snapshot }, Store: store})
	})
}
