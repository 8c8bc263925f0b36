package firetest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
	"repartee/smpp/smsc/control"
)

// system is the carrier's simulator and the name of its account.
const system = "shop"

const simFile = `
listen: 127.0.0.1:0
control: 127.0.0.1:0
keep: -1
accounts:
  - {system_id: shop, password: secret, codes: ["36111"], window: 500, deliver_timeout: 5s, retry_after: 50ms, receipts: {delay: 20ms, jitter: 30ms}, faults: {delay: 20ms}}
`

// shopFile has a flow that echoes and a conversation of three turns, each of
// which repeats what the phone said. What stands behind its keyword answers its
// first question.
const shopFile = `
carriers:
  - {name: sim, addr: "%s", system_id: shop, password: secret, sessions: 2, window: 200, backoff: {min: 50ms, max: 500ms}}
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza}
keywords:
  - {short_code: "36111", word: ECHO, program: pizza, flow: echo}
  - {short_code: "36111", word: TALK, program: pizza, flow: talk}
flows:
  - flow: echo
    class: transactional
    start: say
    states:
      say: {say: "{{args}}", end: completed}
  - flow: talk
    class: transactional
    start: first
    states:
      first: {say: "{{text}}", replies: [{is: any, save: said, go: second}]}
      second: {say: "{{said}}", replies: [{is: any, save: said, go: third}], timeout: {after: 1h, end: abandoned}}
      third: {say: "{{said}}", replies: [{is: any, save: said, go: last}]}
      last: {say: "{{said}}", end: completed}
`

// world is all that runs: PostgreSQL, the simulator and the gateway, each as
// its own process.
type world struct {
	t       *testing.T
	ctx     context.Context
	dir     string
	binary  string
	pg      *pgtest.TestServer
	sim     *control.Client
	gateway *process
	starts  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	if deadline, ok := t.Deadline(); ok { // the processes must not outlive a test that hangs
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-15*time.Second))
		t.Cleanup(cancel)
	}
	w := &world{t: t, ctx: ctx, dir: t.TempDir()}
	w.binary = filepath.Join(w.dir, "repartee")
	build := exec.CommandContext(ctx, "go", "build", "-o", w.binary, "repartee/cmd/repartee")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	w.pg = pgtest.Server(t)
	addr := w.startSim()
	w.run("apply", "-f", w.file("shop.yaml", fmt.Sprintf(shopFile, addr)))
	w.startGateway()
	return w
}

// file writes a file for a command.
func (w *world) file(name, text string) string {
	path := filepath.Join(w.dir, name)
	require.NoError(w.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// command prepares one of the binary's commands.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(w.ctx, w.binary, args...)
	cmd.Env = append(os.Environ(), "REPARTEE_DATABASE_URL="+w.pg.URL(), "REPARTEE_SECRET_KEY="+strings.Repeat("5a", 32),
		"REPARTEE_HTTP_ADDR=127.0.0.1:0", "REPARTEE_METRICS_ADDR=off", "REPARTEE_DATA_DIR="+w.dir, "REPARTEE_LOG_FORMAT=json")
	return cmd
}

// run runs a command to its end and returns what it printed.
func (w *world) run(args ...string) string {
	w.t.Helper()
	out, err := w.command(args...).CombinedOutput()
	require.NoError(w.t, err, "repartee %s\n%s", strings.Join(args, " "), out)
	return string(out)
}

// process is a running command; its log is a file.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan error
}

func (w *world) start(name string, cmd *exec.Cmd) *process {
	w.t.Helper()
	p := &process{cmd: cmd, log: filepath.Join(w.dir, name+".log"), done: make(chan error, 1)}
	log, err := os.Create(p.log)
	require.NoError(w.t, err)
	cmd.Stderr = log
	require.NoError(w.t, cmd.Start())
	go func() {
		p.done <- cmd.Wait()
		_ = log.Close() // it was written by the process
	}()
	w.t.Cleanup(func() {
		p.kill()
		if w.t.Failed() {
			w.t.Logf("the end of the log of %s:\n%s", name, tail(p.log, 4000))
		}
	})
	return p
}

// kill ends the process with SIGKILL; it may be over already.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it fails only on one that is over
	p.done <- <-p.done
}

// end asks the process to end and returns how it did.
func (p *process) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := <-p.done
	p.done <- err
	return err
}

func tail(path string, n int) []byte {
	octets, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	return octets[max(0, len(octets)-n):]
}

// startSim starts the simulator and returns where the gateway binds.
func (w *world) startSim() (addr string) {
	w.t.Helper()
	cmd := w.command("sim", "-f", w.file("sim.yaml", simFile))
	out, err := cmd.StdoutPipe()
	require.NoError(w.t, err)
	w.start("sim", cmd)
	var port string
	for lines := bufio.NewScanner(out); port == "" && lines.Scan(); {
		if a, found := strings.CutPrefix(lines.Text(), "ESMEs bind to "); found {
			addr = a
		}
		if _, a, found := strings.Cut(lines.Text(), "http://"); found {
			port, _, _ = strings.Cut(a, " ")
		}
	}
	require.NotEmpty(w.t, port, "the simulator did not say where its control port is")
	w.sim = control.NewClient(port)
	w.t.Cleanup(w.sim.Close)
	return addr
}

func (w *world) startGateway() {
	w.t.Helper()
	w.starts++
	w.gateway = w.start(fmt.Sprintf("gateway-%d", w.starts), w.command("serve"))
}

// stopGateway drains the gateway, which must end well.
func (w *world) stopGateway() {
	w.t.Helper()
	require.NoError(w.t, w.gateway.end(), "%s", tail(w.gateway.log, 2000))
}

// logged returns the lines of all gateways' logs that have one of the words.
func (w *world) logged(words ...string) (lines []string) {
	for n := 1; n <= w.starts; n++ {
		octets, err := os.ReadFile(filepath.Join(w.dir, fmt.Sprintf("gateway-%d.log", n)))
		require.NoError(w.t, err)
		for line := range bytes.Lines(octets) {
			for _, word := range words {
				if bytes.Contains(line, []byte(word)) {
					lines = append(lines, string(bytes.TrimSpace(line)))
					break
				}
			}
		}
	}
	return lines
}

// query reads the rows of a query of one column.
func query[T any](w *world, sql string, args ...any) []T {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx, w.pg.URL())
	require.NoError(w.t, err)
	defer conn.Close(w.ctx)
	rows, err := conn.Query(w.ctx, sql, args...)
	require.NoError(w.t, err)
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	require.NoError(w.t, err)
	return values
}
