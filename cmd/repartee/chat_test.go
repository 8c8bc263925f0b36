package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/smsc/control"
)

// carrierAlone runs a simulated carrier to which nobody binds.
func carrierAlone(t *testing.T) (addr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		c := control.Config{Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Accounts: []control.AccountConfig{{SystemID: "shop", Password: "x", Codes: []string{"36111", "36112"}}}}
		ended <- control.Run(ctx, control.RunConfig{Config: c, Ready: func(_, web string) { ready <- web }})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	select {
	case addr = <-ready:
	case err := <-ended:
		require.FailNow(t, "the simulated carrier does not run", err)
	}
	return addr
}

func TestChatSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	carrier := carrierAlone(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"chat", "--control", "127.0.0.1:1", "PIZZA"}, exitFailure, "no simulated carrier answers at 127.0.0.1:1: start `repartee demo` in another terminal"},
		{[]string{"chat", "--control", carrier, "47492", "PIZZA"}, exitUsage, "serves the short code 47492: text one of 36111, 36112"},
		{[]string{"chat", "--control", carrier, "--from", "0612345678", "PIZZA"}, exitUsage, "--from: "},
		{[]string{"chat", "--control", carrier, "--wait", "50ms", "PIZZA"}, exitFailure, "does `repartee demo` or `repartee serve` run?"},
	} {
		code, stdout, stderr := execute(c.args...)
		require.Equal(t, c.code, code, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.want)
	}
}

func TestChatFindsTheCarriersOfTheDemo(t *testing.T) {
	t.Parallel()
	carrier := carrierAlone(t)
	folder := t.TempDir()
	_, err := readSimulators(folder)
	require.NoError(t, err)
	require.NoError(t, writeSimulators(folder, []simulator{{Name: "orange-sim", Control: carrier, Phone: defaultPhone}}))
	sims, err := readSimulators(folder)
	require.NoError(t, err)
	found, code, err := reach(t.Context(), sims, 36112)
	require.NoError(t, err)
	require.Equal(t, "orange-sim", found.Name)
	require.EqualValues(t, 36112, code)
	_, code, err = reach(t.Context(), sims, 0)
	require.NoError(t, err)
	require.EqualValues(t, 36111, code)

	require.NoError(t, os.WriteFile(filepath.Join(folder, simulatorsFile), []byte("{"), 0o600))
	_, err = readSimulators(folder)
	require.ErrorContains(t, err, "start `repartee demo` again")
}

func TestAPhoneWithoutAnAnswerSaysSo(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	p := &phone{client: control.NewClient(carrierAlone(t)), number: defaultPhone, code: 36111, out: &out, errs: &errs, wait: 10 * time.Millisecond}
	t.Cleanup(p.client.Close)
	came, err := p.received(t.Context(), p.wait)
	require.NoError(t, err)
	require.Empty(t, came)
	require.NoError(t, p.submit(t.Context(), "PIZZA"), "a text that fails ends no conversation")
	require.Contains(t, errs.String(), "has not taken the text")
	require.Contains(t, out.String(), "36111> ")
}

func TestSimRefusesABadFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sim.yaml")
	require.NoError(t, os.WriteFile(file, []byte("acounts: []\n"), 0o600))
	code, _, stderr := execute("sim", "-f", file)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "sim.yaml is not usable")
	code, _, stderr = execute("sim", "--control", "0.0.0.0:0")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "loopback only")
}
