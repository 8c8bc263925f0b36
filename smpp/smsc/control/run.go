package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/smsc"
)

// RunConfig is what [Run] needs.
type RunConfig struct {
	Config
	Log   *zap.Logger                // nil: none
	Ready func(smpp, control string) // called once with the addresses, when both listen; nil: not
}

// drainTime is how long the ESMEs have to answer an unbind at the end.
const drainTime = 5 * time.Second

// Run is the simulator as a process: it serves ESMEs and the control port
// until ctx ends, then unbinds and returns nil.
func Run(ctx context.Context, c RunConfig) error {
	server, err := newServer(&c)
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // only after an error below; Shutdown closed it otherwise
	listener, err := listenLocal(c.Control)
	if err != nil {
		return err
	}
	if err := server.Listen(c.Listen); err != nil {
		return errors.Join(err, listener.Close())
	}
	web := &http.Server{
		Handler:           Handler(server),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the waits of clients
	}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if c.Ready != nil {
		c.Ready(server.Addr(), listener.Addr().String())
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, server.Shutdown(end), web.Shutdown(end))
}

// newServer makes the SMSC with the faults that its accounts begin with.
func newServer(c *RunConfig) (*smsc.Server, error) {
	options, err := c.options()
	if err != nil {
		return nil, fmt.Errorf("SMSC simulator: %w", err)
	}
	options.Log = c.Log
	server, err := smsc.New(options)
	if err != nil {
		return nil, err
	}
	for _, a := range c.Accounts {
		if err := server.Account(a.SystemID).SetFaults(a.Faults.faults()); err != nil {
			return nil, errors.Join(fmt.Errorf("account %q: %w", a.SystemID, err), server.Close())
		}
	}
	return server, nil
}

// listenLocal opens the control port, which must be of this machine only.
func listenLocal(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("control port %q: %w: write host:port, such as %s", addr, err, DefaultControl)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("control port %q: it has no password and listens on the loopback only: use %s, or a tunnel to it", addr, DefaultControl)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("control port: %w: choose another address, or port 0 for a free one", err)
	}
	return l, nil
}
