package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"repartee/smpp/smsc/control"
)

func newSim() *cobra.Command {
	var file, listen, port string
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Run the SMSC simulator alone: the carrier's side, with an HTTP control port",
		Long: "Run an SMSC that ESMEs bind to, with virtual phones and misbehaviour on demand. It needs no gateway and no database.\n" +
			"docs/simulator.md describes its file and the control port. Without a file: one account `shop`, password `secret`, short code 36111.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			sim, err := simConfig(cmd.InOrStdin(), file)
			if err != nil {
				return usageError{err}
			}
			if listen != "" {
				sim.Listen = listen
			}
			if port != "" {
				sim.Control = port
			}
			log, err := newLog(c)
			if err != nil {
				return err
			}
			return control.Run(cmd.Context(), control.RunConfig{Config: sim, Log: log.Named("sim"), Ready: func(smpp, web string) {
				// With standard output closed there is nobody to tell.
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "ESMEs bind to %s\nThe control port is http://%s (docs/simulator.md)\nCtrl-C ends it.\n", smpp, web)
			}})
		},
	}
	cmd.Flags().StringVarP(&file, "filename", "f", "", "accounts, receipts and faults (YAML); - for standard input")
	cmd.Flags().StringVar(&listen, "listen", "", "where ESMEs bind (default "+control.DefaultListen+")")
	cmd.Flags().StringVar(&port, "control", "", "where the control port listens, on the loopback (default "+control.DefaultControl+")")
	return cmd
}

// simConfig reads the simulator's file.
func simConfig(stdin io.Reader, file string) (control.Config, error) {
	var text []byte
	var err error
	switch file {
	case "":
	case "-":
		text, err = io.ReadAll(stdin)
	default:
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return control.Config{}, fmt.Errorf("the simulator's file: %w", err)
	}
	c, err := control.ParseConfig(text)
	if err != nil && file != "" {
		err = errors.Join(fmt.Errorf("%s is not usable", file), err)
	}
	return c, err
}
