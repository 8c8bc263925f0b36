package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"repartee/app"
	"repartee/app/config"
	"repartee/migrations"
)

func newServe() *cobra.Command {
	var cpuProfile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway: bind to the carriers, take texts and answer",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			stop, err := profile(cpuProfile)
			if err != nil {
				return err
			}
			defer stop()
			return withDatabase(cmd, c, func(url string) error { return serve(cmd, c, url) })
		},
	}
	cmd.Flags().StringVar(&cpuProfile, "cpuprofile", "", "write a CPU profile to this file")
	if err := cmd.Flags().MarkHidden("cpuprofile"); err != nil {
		panic(err) // the flag was defined above
	}
	return cmd
}

// gcPercent lets the heap grow to three times what lives before it is collected:
// little lives in a gateway, and at full speed each collection costs turns.
// docs/bench.md has the memory that it takes. GOGC wins over it.
const gcPercent = 200

// serve runs the gateway. The private server is brought to this release's
// schema; another database is left to `repartee migrate`, since its operator may
// have other plans for this moment.
func serve(cmd *cobra.Command, c *config.Config, url string) error {
	schema := migrations.Check
	if c.DatabaseURL == "" {
		schema = migrations.Up
	}
	if err := schema(cmd.Context(), url); err != nil {
		return err
	}
	log, err := newLog(c)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return app.Run(cmd.Context(), c, app.Options{URL: url, Log: log, Version: version, Welcome: func(link string) {
		fmt.Fprintf(cmd.OutOrStdout(), "Nobody has an account yet. Become the owner within a day: %s\n", link)
	}})
}

// newLog makes the log that the configuration asks for, on standard error.
func newLog(c *config.Config) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(c.LogLevel)
	if err != nil {
		return nil, err
	}
	encoder := zap.NewProductionEncoderConfig()
	encoder.EncodeTime = zapcore.ISO8601TimeEncoder
	text := c.LogFormat == "text" || c.LogFormat == "auto" && isatty.IsTerminal(os.Stderr.Fd())
	core := zapcore.NewCore(zapcore.NewJSONEncoder(encoder), zapcore.Lock(os.Stderr), level)
	if text {
		core = zapcore.NewCore(zapcore.NewConsoleEncoder(encoder), zapcore.Lock(os.Stderr), level)
	}
	return zap.New(core), nil
}

// profile begins a CPU profile; stop ends it.
func profile(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "repartee: cpuprofile:", err)
		}
	}, nil
}
