package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"repartee/app/config"
)

// text runs `repartee chat` with the lines as texts.
func text(t *testing.T, data string, lines string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"chat", "--wait", "30s"}, args...)...)
	cmd.Env = append(os.Environ(), "REPARTEE_DATA_DIR="+data)
	cmd.Stdin = strings.NewReader(lines)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	require.Empty(t, errs.String())
	return string(out)
}

func TestDemoFromTheFirstTextToTheRestart(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	t.Cleanup(func() { removeServer(t, filepath.Join(data, "demo")) })
	demo := launch(t, data, "demo", "--free-ports")
	screen := demo.expect("Ctrl-C stops it all.")
	require.Contains(t, screen, "export REPARTEE_DATA_DIR="+data)
	require.Contains(t, screen, " chat 36111 PIZZA")
	require.Contains(t, screen, "orange-sim  short code 36111, SMPP 127.0.0.1:")

	require.Contains(t, text(t, data, "PIZZA\n2 reine\n1\n2\n12 rue de Lyon\n", "36111"), "2 x Reine, normale. 12 rue de Lyon. Total 22,00 €.")
	require.Contains(t, text(t, data, "", "oui"), "Merci ! Commande ")
	require.Contains(t, text(t, data, "", "STOP"), "vous ne recevrez plus")
	require.Contains(t, text(t, data, "", "36111", "PIZZA"), "Votre pizza ?")
	require.Contains(t, text(t, data, "", "START"), "STOP")
	require.Contains(t, text(t, data, "", "47492", "LUNCH"), "Reply YES")
	require.Equal(t, "47492> ", conversation(t, data, "47492", "yes", "Which table"))

	second := exec.Command(program(t), "demo", "--free-ports")
	second.Env = append(os.Environ(), "REPARTEE_DATA_DIR="+data)
	out, err := second.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "a demo runs already on "+filepath.Join(data, "demo"))

	require.Contains(t, text(t, data, "", "--from", "33611111111", "PIZZA"), "Votre pizza ?")
	demo.stop(syscall.SIGINT)
	demo = launch(t, data, "demo", "--free-ports")
	demo.expect("Ctrl-C stops it all.")
	require.Contains(t, text(t, data, "", "--from", "33611111111", "2 reine"), "Reine, quelle taille ?")
	demo.stop(syscall.SIGTERM)

	code, _, stderr := execute("chat", "--control", "127.0.0.1:1", "PIZZA")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "start `repartee demo` in another terminal")
}

// conversation types a text as a person does, waits for the answer, and ends
// the input. It returns what stands on the screen after the answer.
func conversation(t *testing.T, data, code, say, answer string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := config.Load("", []string{"REPARTEE_DATA_DIR=" + data})
	require.NoError(t, err)
	p, _, err := newPhone(ctx, c, "", "", []string{code})
	require.NoError(t, err)
	defer p.client.Close()
	keys, screen := io.Pipe()
	in, typing := io.Pipe()
	p.out, p.errs, p.wait = screen, screen, patience
	over := make(chan error, 1)
	go func() {
		over <- p.converse(ctx, in)
		_ = screen.Close() // a pipe of this process
	}()
	go func() { _, _ = io.WriteString(typing, say+"\n") }() // what is lost shows in the answer
	var seen bytes.Buffer
	rest := ""
	for buffer := make([]byte, 4096); rest == ""; {
		n, err := keys.Read(buffer)
		require.NoError(t, err, seen.String())
		seen.Write(buffer[:n])
		if _, after, found := strings.Cut(seen.String(), answer); found {
			_, rest, _ = strings.Cut(after, "\n")
		}
	}
	require.NoError(t, typing.Close())
	_, err = io.Copy(io.Discard, keys)
	require.NoError(t, err)
	require.NoError(t, <-over)
	return rest
}

func TestDemoReplacesAUsualPortThatIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetOut(&out)
	d := &demoRun{cmd: cmd}

	got, err := d.usable("the gateway", taken.Addr().String(), false)
	require.NoError(t, err)
	require.NotEqual(t, taken.Addr().String(), got)
	require.Equal(t, taken.Addr().String()+" is in use by another program: the gateway takes "+got+" instead.\n", out.String())

	got, err = d.usable("the gateway", taken.Addr().String(), true)
	require.NoError(t, err)
	require.Equal(t, taken.Addr().String(), got, "an address that was asked for is not replaced: the gateway says what is wrong")

	_, err = d.usable("the gateway", "nowhere", false)
	require.ErrorContains(t, err, "the gateway: ")
}
