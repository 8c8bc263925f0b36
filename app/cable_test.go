package app

import (
	"io"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// cable carries connections to an address until it is pulled: then both ends
// see them cut, and nothing gets through any more.
type cable struct {
	network, target string
	listener        net.Listener
	running         sync.WaitGroup

	mu     sync.Mutex
	pulled bool
	ends   []net.Conn
}

// newCable lays a cable, which is pulled at the end of the test at the latest.
func newCable(t *testing.T, network, target string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cable{network: network, target: target, listener: l}
	c.running.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			c.connect(near)
		}
	})
	t.Cleanup(c.pull)
	return c
}

// databaseCable lays a cable to a database and returns its address through it.
func databaseCable(t *testing.T, url string) (c *cable, through string) {
	t.Helper()
	cfg, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	c = newCable(t, "unix", filepath.Join(cfg.Host, ".s.PGSQL."+strconv.Itoa(int(cfg.Port))))
	return c, "postgres://" + cfg.User + ":" + cfg.Password + "@" + c.addr() + "/" + cfg.Database + "?sslmode=disable"
}

func (c *cable) addr() string { return c.listener.Addr().String() }

func (c *cable) connect(near net.Conn) {
	far, err := net.Dial(c.network, c.target)
	if err != nil {
		_ = near.Close() // who dialled sees it refused
		return
	}
	c.mu.Lock()
	c.ends = append(c.ends, near, far)
	pulled := c.pulled
	c.mu.Unlock()
	if pulled {
		_, _ = near.Close(), far.Close() // cut, like those before
	}
	carry := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)        // until either end is closed
		_, _ = to.Close(), from.Close() // the other direction ends with it
	}
	c.running.Go(func() { carry(far, near) })
	c.running.Go(func() { carry(near, far) })
}

// pull cuts all connections; it may be called twice.
func (c *cable) pull() {
	c.mu.Lock()
	c.pulled = true
	ends := c.ends
	c.ends = nil
	c.mu.Unlock()
	_ = c.listener.Close() // it is closed only once
	for _, end := range ends {
		if tcp, ok := end.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // as the kernel does for a process that was killed with octets unread
		}
		_ = end.Close() // it may be closed already
	}
	c.running.Wait()
}
