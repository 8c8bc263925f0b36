package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"repartee/app/bench"
)

func newBench() *cobra.Command {
	var asJSON bool
	o := bench.Options{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure conversation turns over real SMPP: rate, latency, CPU, memory, and the ceiling of bare SQL",
		Long: "Start a private PostgreSQL that waits for the disk, the simulator and the gateway as processes of their own, and measure:\n" +
			"latency at a rate; turns per second as fast as they go; the same rows by bare SQL. With --soak: a long run at the rate, and whether anything grew.\n" +
			"Nothing else should run meanwhile. The exit code is 1 when a figure could not be measured, or something grew. docs/bench.md explains the figures.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			if err := checkBench(o); err != nil {
				return err
			}
			if o.Exe, err = os.Executable(); err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			o.Dir, o.PostgresBin = filepath.Join(c.DataDir, "bench-"+strconv.Itoa(os.Getpid())), c.PostgresBin
			begun := time.Now()
			o.Progress = func(text string) {
				// With standard error closed there is nobody to tell.
				_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%5.0fs  %s\n", time.Since(begun).Seconds(), text)
			}
			report, err := bench.Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			return printReport(cmd, report, asJSON)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&o.Rate, "rate", 1000, "MOs per second of the first part, or of the soak; 0: no first part")
	f.DurationVar(&o.Duration, "duration", 30*time.Second, "length of the first part")
	f.IntVar(&o.Phones, "phones", 50_000, "phones of the second part: each has one conversation of six texts")
	f.IntVar(&o.Outstanding, "outstanding", 512, "turns under way in the second part")
	f.DurationVar(&o.Ceiling, "ceiling", 10*time.Second, "length of each of the two tries of the bare SQL")
	f.DurationVar(&o.Soak, "soak", 0, "only this: so long at the rate")
	f.BoolVar(&o.Lists, "lists", false, "only this: how fast lists and search answer with a million messages while turns go as fast as they can, and what that costs them")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	f.StringVar(&o.CPUProfile, "cpuprofile", "", "write a CPU profile of the gateway to this file")
	return cmd
}

func checkBench(o bench.Options) error {
	switch {
	case o.Rate < 0 || o.Duration <= 0 || o.Ceiling <= 0 || o.Soak < 0:
		return usageError{errors.New("rates and lengths of time must be above 0")}
	case o.Phones < 2 || o.Phones > 5_000_000 || o.Outstanding < 1:
		return usageError{errors.New("--phones must be 2 to 5,000,000, --outstanding at least 1")}
	case o.Soak > 0 && (o.Rate < 1 || o.Soak < time.Minute):
		// A tenth of it is one conversation: a phone that texts more often than once a second is taken for a machine.
		return usageError{errors.New("--soak must last at least 1m, at a --rate of at least 1")}
	}
	return nil
}

func printReport(cmd *cobra.Command, report *bench.Report, asJSON bool) error {
	var err error
	if asJSON {
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetIndent("", "  ")
		err = out.Encode(report)
	} else {
		err = report.Print(cmd.OutOrStdout())
	}
	if err == nil && !report.OK() {
		err = errors.New("not all was measured, or something grew: see the report")
	}
	return err
}
