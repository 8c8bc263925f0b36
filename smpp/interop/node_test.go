package interop_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	folder = "testdata/node-smpp"
	limit  = 20 * time.Second
)

// node is an SMSC of node-smpp in its own process.
type node struct {
	t      *testing.T
	port   int
	stdin  io.WriteCloser
	events chan event
	early  []event // came while another one was awaited
}

// event is what the script tells; each kind fills its own fields.
type event struct {
	Event      string `json:"event"`
	Port       int    `json:"port"`
	Bind       int    `json:"bind"`
	Mode       string `json:"mode"`
	Status     uint32 `json:"status"`
	ID         string `json:"id"`
	From       string `json:"from"`
	To         string `json:"to"`
	Text       string `json:"text"`
	Parts      int    `json:"parts"`
	DataCoding uint8  `json:"data_coding"`
	ESMClass   uint8  `json:"esm_class"`
	Registered uint8  `json:"registered"`
	Validity   string `json:"validity"`
}

// command is what the script does.
type command map[string]any

func startNode(t *testing.T) *node {
	t.Helper()
	if _, err := os.Stat(filepath.Join(folder, "node_modules/smpp/package.json")); err != nil {
		t.Fatalf("node-smpp is not installed: run `npm ci` in smpp/interop/%s (`make test` does it): %v", folder, err)
	}
	program, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("the SMSC of this test runs on Node.js: install it (Debian: apt-get install nodejs npm): %v", err)
	}
	process := exec.Command(program, "server.js")
	process.Dir = folder
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	require.NoError(t, err)
	stdout, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	n := &node{t: t, stdin: stdin, events: make(chan event, 1000)}
	go n.listen(stdout)
	t.Cleanup(func() {
		stdin.Close()
		for range n.events { // until its end
		}
		require.NoError(t, process.Wait())
	})
	n.port = n.await("listening").Port
	return n
}

// listen reads events until the process ends.
func (n *node) listen(stdout io.Reader) {
	defer close(n.events)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			e = event{Event: "unreadable", Text: err.Error()}
		}
		n.events <- e
	}
}

func (n *node) addr() string { return fmt.Sprintf("127.0.0.1:%d", n.port) }

func (n *node) do(c command) {
	n.t.Helper()
	octets, err := json.Marshal(c)
	require.NoError(n.t, err)
	_, err = n.stdin.Write(append(octets, '\n'))
	require.NoError(n.t, err)
}

// set changes how the SMSC behaves and waits until it does.
func (n *node) set(name string, value any) {
	n.t.Helper()
	n.do(command{"do": "set", "name": name, "value": value})
	n.await("set")
}

// await returns the next event of the kind; others stay for later.
func (n *node) await(kind string) event {
	n.t.Helper()
	for i, e := range n.early {
		if e.Event == kind {
			n.early = append(n.early[:i], n.early[i+1:]...)
			return e
		}
	}
	timeout := time.After(limit)
	for {
		select {
		case e, ok := <-n.events:
			require.True(n.t, ok, "the process ended while %q was awaited", kind)
			if e.Event == kind {
				return e
			}
			n.early = append(n.early, e)
		case <-timeout:
			require.Fail(n.t, "no event "+kind, "only %+v", n.early)
		}
	}
}
