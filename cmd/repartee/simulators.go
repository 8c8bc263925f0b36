package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repartee/app/config"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

// simulatorsFile is where a running demo says which simulated carriers there
// are, for chat.
const simulatorsFile = "simulators.json"

// defaultPhone is who texts when nobody says otherwise.
const defaultPhone sms.MSISDN = 33612345678

// simulator is a simulated carrier that runs.
type simulator struct {
	Name    string          `json:"name"`
	SMPP    string          `json:"smpp"`
	Control string          `json:"control"`
	Phone   sms.MSISDN      `json:"phone"` // one of its country
	Codes   []sms.ShortCode `json:"codes"`
}

// demoFolder is where the demo keeps its data.
func demoFolder(c *config.Config) string { return filepath.Join(c.DataDir, "demo") }

func writeSimulators(folder string, sims []simulator) error {
	text, err := json.MarshalIndent(sims, "", "  ")
	if err != nil {
		return fmt.Errorf("write down the simulated carriers: %w", err)
	}
	file := filepath.Join(folder, simulatorsFile)
	if err := os.WriteFile(file+".new", append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write down the simulated carriers: %w", err)
	}
	return os.Rename(file+".new", file)
}

// readSimulators returns what the demo of the folder wrote; without a demo, the
// place where `repartee sim` listens if nothing else is said.
func readSimulators(folder string) ([]simulator, error) {
	text, err := os.ReadFile(filepath.Join(folder, simulatorsFile))
	if errors.Is(err, os.ErrNotExist) {
		return []simulator{{Control: control.DefaultControl, Phone: defaultPhone}}, nil
	}
	var sims []simulator
	if err == nil {
		err = json.Unmarshal(text, &sims)
	}
	if err != nil || len(sims) == 0 {
		return nil, fmt.Errorf("the demo's list of simulated carriers is not usable: start `repartee demo` again: %w", err)
	}
	return sims, nil
}

// reach asks the simulators which short codes they serve, and returns the one
// for the code; code 0 takes the first of all.
func reach(ctx context.Context, sims []simulator, code sms.ShortCode) (simulator, sms.ShortCode, error) {
	var known []string
	for _, s := range sims {
		client := control.NewClient(s.Control)
		state, err := client.SMSC(ctx)
		client.Close()
		if err != nil {
			return s, 0, fmt.Errorf("no simulated carrier answers at %s: start `repartee demo` in another terminal, or name the control port of a running simulator with --control (%w)", s.Control, err)
		}
		for _, a := range state.Accounts {
			if code == 0 && len(a.Codes) > 0 {
				code = a.Codes[0]
			}
			if slices.Contains(a.Codes, code) {
				return s, code, nil
			}
			for _, other := range a.Codes {
				known = append(known, other.String())
			}
		}
	}
	return simulator{}, 0, usageError{fmt.Errorf("no simulated carrier serves the short code %s: text one of %s", code, strings.Join(known, ", "))}
}
