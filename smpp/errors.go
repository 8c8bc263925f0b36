package smpp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"syscall"

	"repartee/smpp/pdu"
)

// What [Bind.Submit] returns instead of taking a message.
var (
	// ErrNoRoom: all slots of the window are taken; try another bind or later.
	ErrNoRoom = errors.New("smpp: no free slot in the window")
	// ErrOver: the bind has ended or is about to.
	ErrOver = errors.New("smpp: the bind is over")
	// ErrDraining: the carrier takes no more submits.
	ErrDraining = errors.New("smpp: the carrier is draining")
	// ErrReceiver: the bind only receives.
	ErrReceiver = errors.New("smpp: the bind is a receiver and submits nothing")
)

// Why a bind ended, as [Handler.Ended] is told.
var (
	// ErrDrained: by [Carrier.Drain], with an unbind_resp.
	ErrDrained = errors.New("smpp: drained and unbound")
	// ErrUnbound: the SMSC sent unbind.
	ErrUnbound = errors.New("smpp: the SMSC unbound")
	// ErrSilent: nothing came within enquire_timeout after an enquire_link.
	ErrSilent = errors.New("smpp: the SMSC is silent: no answer to enquire_link")
	// ErrUnanswered: too many submit_sm in a row had no response.
	ErrUnanswered = errors.New("smpp: the SMSC does not respond to submit_sm: raise response_timeout if it is only slow")
	// ErrDeaf: the SMSC sends requests but does not read the answers.
	ErrDeaf = errors.New("smpp: the SMSC does not read what it is answered")
	// ErrOutOfStep: a length that cannot be; nobody can tell where the next
	// PDU begins.
	ErrOutOfStep = errors.New("smpp: the stream is out of step")

	errNoUnbindResp = errors.New("smpp: no unbind_resp in time")
)

// FailureKind tells apart why a session could not be bound.
type FailureKind uint8

// The kinds of [BindError].
const (
	Unreachable        FailureKind = iota + 1 // no connection: name, route, or no answer in time
	ConnectionRefused                         // nobody listens
	TLSFailed                                 // the handshake failed
	ClosedBeforeBind                          // connected, then closed before bind_resp
	NoBindResponse                            // no bind_resp within bind_timeout
	CredentialsRefused                        // wrong system_id or password
	AlreadyBound                              // the SMSC still holds the session before
	BindRefused                               // refused for good by another status
	BindDeferred                              // refused for now
	Misconfigured                             // the bind cannot even be written
)

var failureNames = [...]string{
	"", "unreachable", "connection-refused", "tls", "closed-before-bind", "no-bind-response",
	"credentials", "already-bound", "bind-refused", "bind-deferred", "misconfigured",
}

// String returns the kind's name, as logs and metrics use it.
func (k FailureKind) String() string {
	if int(k) < len(failureNames) {
		return failureNames[k]
	}
	return fmt.Sprintf("failure(%d)", uint8(k))
}

// permanent reports whether trying again soon can only do harm.
func (k FailureKind) permanent() bool {
	return k == CredentialsRefused || k == BindRefused || k == Misconfigured
}

// BindError is a session that could not be bound.
type BindError struct {
	Kind   FailureKind
	Status pdu.Status // of the bind_resp, if there was one
	Err    error      // below it, if any
}

var failureAdvice = [...]string{
	Unreachable:        "the SMSC cannot be reached: check addr, name service, route and firewall",
	ConnectionRefused:  "the SMSC refused the connection: check host and port, or wait until it is up",
	TLSFailed:          "TLS failed: check whether this port speaks TLS, ca_file, server_name and the client certificate",
	ClosedBeforeBind:   "the SMSC closed the connection before bind_resp: ask the carrier whether this IP address is allowed, whether the port wants TLS, and how many sessions the account has",
	NoBindResponse:     "no bind_resp in time: check that this is an SMPP port; raise bind_timeout if the SMSC is slow",
	CredentialsRefused: "the SMSC refused system_id or password: correct them; further attempts are made slowly, since they can lock the account",
	AlreadyBound:       "the SMSC still holds the session before: it is tried again; if it stays so, another client uses this account or it has fewer sessions than configured",
	BindRefused:        "the SMSC refused the bind: ask the carrier whether the account allows this bind mode, system_type and address range",
	BindDeferred:       "the SMSC refused the bind for now: it is tried again",
	Misconfigured:      "the bind cannot be written: correct the carrier's configuration",
}

// Error says what happened and what to do about it.
func (e *BindError) Error() string {
	text := "smpp: bind failed"
	if int(e.Kind) < len(failureAdvice) {
		text = "smpp: " + failureAdvice[e.Kind]
	}
	if e.Status != pdu.StatusOK {
		text += ": " + e.Status.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the error below it.
func (e *BindError) Unwrap() error { return e.Err }

// refusal judges the status of a bind_resp. Only what the configuration or
// the account must mend is permanent; a vendor's own number may be anything
// and is tried again.
func refusal(s pdu.Status) *BindError {
	kind := BindDeferred
	switch s {
	case pdu.StatusInvPaswd, pdu.StatusInvSysID:
		kind = CredentialsRefused
	case pdu.StatusAlyBnd:
		kind = AlreadyBound
	case pdu.StatusBindFail, pdu.StatusInvSysTyp, pdu.StatusInvSerTyp, pdu.StatusInvCmdID, pdu.StatusInvCmdLen:
		kind = BindRefused
	}
	return &BindError{Kind: kind, Status: s}
}

// dialFailure judges an error of connecting.
func dialFailure(err error) *BindError {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return &BindError{Kind: ConnectionRefused, Err: err}
	}
	return &BindError{Kind: Unreachable, Err: err}
}

// handshakeFailure judges an error of the TLS handshake; certificates that do
// not verify say so in their own error.
func handshakeFailure(err error) *BindError {
	var record tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &record):
		err = errors.New("the peer does not speak TLS")
	case errors.As(err, &authority):
		err = fmt.Errorf("%w (name the carrier's CA in ca_file)", err)
	}
	return &BindError{Kind: TLSFailed, Err: err}
}
