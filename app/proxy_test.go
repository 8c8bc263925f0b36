package app

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// proxy stands between a gateway and PostgreSQL and loses one COMMIT: that of
// the first connection on which a marker passes.
type proxy struct {
	t      *testing.T
	target string
	marker []byte
	late   bool // the COMMIT is carried out and its answer lost; else it never arrives
	lost   chan struct{}
	once   sync.Once
}

// newProxy returns a proxy for the database and the address under which a
// gateway reaches it.
func newProxy(t *testing.T, database, marker string, late bool) (p *proxy, through string) {
	t.Helper()
	cfg, err := pgx.ParseConfig(database)
	require.NoError(t, err)
	p = &proxy{t: t, marker: []byte(marker), late: late, lost: make(chan struct{})}
	p.target = filepath.Join(cfg.Host, ".s.PGSQL."+strconv.Itoa(int(cfg.Port)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close() // the test is over
		conns.Wait()
	})
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(cfg.User, cfg.Password), Host: l.Addr().String(), Path: cfg.Database, RawQuery: "sslmode=disable",
	}
	return p, address.String()
}

// serve carries one connection until either side ends it, or its COMMIT is to
// be lost.
func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("unix", p.target)
	if err != nil {
		_ = client.Close() // the client sees the database away
		return
	}
	cut := sync.OnceFunc(func() {
		_, _ = client.Close(), server.Close() // either may be closed by its peer
	})
	defer cut()
	seen := &marked{marker: p.marker}
	var up sync.WaitGroup
	up.Go(func() {
		defer cut()
		p.requests(client, server, seen)
	})
	p.answers(server, client, seen)
	cut()
	up.Wait()
}

// marked tells whether the marker has passed on a connection.
type marked struct {
	mu     sync.Mutex
	marker []byte
	tail   []byte
	found  bool
}

func (m *marked) look(octets []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tail = append(m.tail, octets...)
	m.found = m.found || bytes.Contains(m.tail, m.marker)
	m.tail = append(m.tail[:0], m.tail[max(0, len(m.tail)-len(m.marker)):]...)
	return m.found
}

// requests carries what the client asks. The inbox sends the COMMIT along with
// the statements before it: one that must not arrive takes them with it.
func (p *proxy) requests(client io.Reader, server io.Writer, seen *marked) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if seen.look(buffer[:n]) && !p.late && p.lose() {
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// answers carries what the server says, message by message (PostgreSQL,
// "Message Formats"), up to the answer that is to be lost.
func (p *proxy) answers(server io.Reader, client io.Writer, seen *marked) {
	for {
		header := make([]byte, 5)
		if _, err := io.ReadFull(server, header); err != nil {
			return
		}
		message := append(header, make([]byte, binary.BigEndian.Uint32(header[1:])-4)...)
		if _, err := io.ReadFull(server, message[5:]); err != nil {
			return
		}
		const commandComplete = 'C'
		committed := message[0] == commandComplete && bytes.HasPrefix(message[5:], []byte("COMMIT"))
		if seen.look(message) && p.late && committed && p.lose() {
			return
		}
		if _, err := client.Write(message); err != nil {
			return
		}
	}
}

// lose reports whether this is the one COMMIT to lose.
func (p *proxy) lose() (mine bool) {
	p.once.Do(func() {
		mine = true
		close(p.lost)
	})
	return mine
}

// awaitLoss waits until the COMMIT was lost.
func (p *proxy) awaitLoss(w *world) {
	p.t.Helper()
	select {
	case <-p.lost:
	case <-w.context().Done():
		require.Fail(p.t, "no COMMIT was lost")
	}
}
