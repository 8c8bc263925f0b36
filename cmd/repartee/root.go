package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"repartee/app/config"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2 // the command line or the configuration is wrong
)

// usageError is an error that the caller of the command made.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// newRoot lists the subcommands; each is made in the file of its name.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "repartee",
		Short:         "SMS short code gateway and conversational engine",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().String("config", "", "configuration file (YAML), also "+config.FileVariable)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see `%s --help`)", err, cmd.CommandPath())}
	})
	root.AddCommand(
		newApply(),
		newBench(),
		newChat(),
		newConfig(),
		newConsent(),
		newContact(),
		newDelete(),
		newDemo(),
		newExplain(),
		newExport(),
		newFlow(),
		newHandoff(),
		newKey(),
		newKeepPostgres(),
		newMigrate(),
		newOpenAPI(),
		newOrder(),
		newRedeem(),
		newReview(),
		newServe(),
		newSim(),
		newSuppression(),
		newUser(),
		newVerify(),
		newVersion(),
	)
	return root
}

// run executes the command line and returns the exit code. The first interrupt
// asks the command to finish, the second ends the process at once.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	wrapArgs(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	// The failure is all there is to say; standard error may be closed.
	_, _ = fmt.Fprintln(stderr, "repartee:", strings.ReplaceAll(err.Error(), "\n\t", " "))
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitFailure
}

// wrapArgs marks wrong arguments as usage errors, for all commands.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%w (see `%s --help`)", err, cmd.CommandPath())}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgs(sub)
	}
}

// loadConfig reads the configuration that cmd runs with.
func loadConfig(cmd *cobra.Command) (*config.Config, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	c, err := config.Load(file, os.Environ())
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}
