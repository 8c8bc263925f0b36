package app

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"repartee/endpoints"
)

// guardedClients make requests to addresses that somebody has configured. They
// follow no redirects, send no cookies and ask no proxy; what stands in a
// private network is refused after the name was looked up, so that no name
// leads there either. Each opens at most so many connections to a host; 0: no
// limit.
type guardedClients struct{ public, private *http.Client }

func newGuardedClients(perHost int) guardedClients {
	return guardedClients{public: httpClient(perHost, refusePrivate), private: httpClient(perHost, nil)}
}

// of returns the client for what may stand in a private network, or may not.
func (c guardedClients) of(private bool) *http.Client {
	if private {
		return c.private
	}
	return c.public
}

func httpClient(perHost int, control func(network, address string, c syscall.RawConn) error) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: control}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxConnsPerHost: perHost, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errPrivate refuses an address that the world cannot reach.
var errPrivate = errors.New("it stands in a private network, which its webhook does not allow")

// refusePrivate is asked with each address before a connection is made to it.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !endpoints.Public(to.Addr()) {
		return errPrivate
	}
	return nil
}
