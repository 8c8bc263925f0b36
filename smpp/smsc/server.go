package smsc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/sms"
)

// ErrClosed is returned by what a closed server cannot do any more.
var ErrClosed = errors.New("the SMSC is closed")

// Server is an SMSC. All its methods are safe for concurrent use.
type Server struct {
	options  Options
	log      *zap.Logger
	schedule *schedule
	accounts []*Account // in the order of the options; never changes
	captured *capture
	load     atomic.Pointer[Load]

	order atomic.Int64 // of what arrived: MTs and acknowledgements of MOs
	binds atomic.Int64 // the last number given to a connection

	mu       sync.Mutex
	listener net.Listener
	conns    map[*session]struct{}
	phones   map[sms.MSISDN]*Phone
	closed   bool
	stop     chan struct{}
	running  sync.WaitGroup
}

// New returns a server that listens nowhere yet. It must be closed.
func New(o Options) (*Server, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("SMSC: %w", err)
	}
	o = o.withDefaults()
	s := &Server{
		options:  o,
		log:      o.Log,
		schedule: newSchedule(),
		captured: newCapture(o.Keep),
		conns:    map[*session]struct{}{},
		phones:   map[sms.MSISDN]*Phone{},
		stop:     make(chan struct{}),
	}
	for i, a := range o.Accounts {
		s.accounts = append(s.accounts, newAccount(s, a, o.Seed+uint64(i)))
	}
	s.running.Go(func() { s.schedule.run(s.stop, s.settle) })
	return s, nil
}

// Start is New and Listen on a free port of the loopback: what most tests want.
func Start(o Options) (*Server, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Listen opens the address and serves it in the background until Close.
func (s *Server) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("SMSC: %w: choose another address, or port 0 for a free one", err)
	}
	if s.options.TLS != nil {
		l = tls.NewListener(l, s.options.TLS)
	}
	return s.Serve(l)
}

// Serve accepts connections on l in the background until Close, which closes
// l too. A server serves one listener.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.listener != nil {
		return errors.Join(ErrClosed, l.Close())
	}
	s.listener = l
	s.running.Go(func() { s.accept(l) })
	return nil
}

// Addr returns where the server listens, such as "127.0.0.1:40123"; empty
// before Listen.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Account returns the account with the system_id, nil when there is none.
func (s *Server) Account(systemID string) *Account {
	for _, a := range s.accounts {
		if a.options.SystemID == systemID {
			return a
		}
	}
	return nil
}

// Accounts returns all accounts in the order of the options.
func (s *Server) Accounts() []*Account { return append([]*Account(nil), s.accounts...) }

// Order returns the number of the last arrival: MTs and acknowledgements of
// MOs are numbered in one row, in the order in which they were read. Over
// several binds that is not always the order in which they were written.
func (s *Server) Order() int64 { return s.order.Load() }

// Shutdown unbinds all ESMEs, waits until their connections are gone or ctx
// ends, and closes.
func (s *Server) Shutdown(ctx context.Context) error {
	var ended []<-chan struct{}
	for _, a := range s.accounts {
		for _, session := range a.bound() {
			ended = append(ended, session.done)
		}
		a.Unbind()
	}
	for _, done := range ended {
		select {
		case <-done:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("SMSC: binds cut, not unbound: %w", ctx.Err()), s.Close())
		}
	}
	return s.Close()
}

// Close ends the listener, all connections and everything that was to happen
// later, and returns when nothing runs any more.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.stop)
	var err error
	if s.listener != nil {
		err = s.listener.Close()
	}
	for c := range s.conns {
		c.close()
	}
	s.mu.Unlock()
	s.running.Wait()
	if l := s.load.Load(); l != nil {
		l.end(ErrClosed)
	}
	return err
}

// accept takes connections until the listener is closed.
func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			s.serve(conn)
		case errors.Is(err, net.ErrClosed):
			return
		default: // out of file descriptors, say: the binds that stand go on
			s.log.Warn("cannot accept a connection", zap.Error(err))
			select {
			case <-s.stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

func (s *Server) serve(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		conn.Close() //nolint:errcheck // nothing was said on it
		return
	}
	c := newSession(s, conn, s.binds.Add(1))
	s.conns[c] = struct{}{}
	s.running.Go(c.write)
	s.running.Go(c.run)
}

func (s *Server) forget(c *session) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// settle gives what was queued to the binds. It is called at the end of every
// batch of events, so that one write carries what they caused.
func (s *Server) settle() {
	for _, a := range s.accounts {
		if a.dirty.Swap(false) {
			a.pump()
		}
	}
}
