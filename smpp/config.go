package smpp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"repartee/smpp/pdu"
)

// Mode says which binds a session slot of a carrier consists of.
type Mode uint8

// The modes. Pair is one transmitter and one receiver per slot.
const (
	Transceiver Mode = iota
	Transmitter
	Receiver
	Pair
)

var modeNames = [...]string{"transceiver", "transmitter", "receiver", "pair"}

// String returns the mode as configuration files write it.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// ParseMode is the inverse of String.
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if name == s {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a bind mode: use transceiver, transmitter, receiver or pair", s)
}

func (m Mode) roles() []Role {
	switch m {
	case Transmitter:
		return []Role{TX}
	case Receiver:
		return []Role{RX}
	case Pair:
		return []Role{TX, RX}
	}
	return []Role{TRX}
}

// Role is what one bind may do.
type Role uint8

// The roles of a bind: both directions, MTs only, MOs only.
const (
	TRX Role = iota
	TX
	RX
)

var roleNames = [...]string{"trx", "tx", "rx"}

// String returns the role as the database and the metrics write it.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// Transmits reports whether a bind of the role takes submit_sm.
func (r Role) Transmits() bool { return r != RX }

// Receives reports whether the SMSC sends deliver_sm on a bind of the role.
func (r Role) Receives() bool { return r != TX }

func (r Role) command() pdu.Command {
	switch r {
	case TX:
		return pdu.BindTransmitterID
	case RX:
		return pdu.BindReceiverID
	}
	return pdu.BindTransceiverID
}

// Config describes one carrier. It holds a password and must not be printed
// or logged. Zero durations and counts mean the default beside them.
type Config struct {
	Name string // in logs
	Addr string // host:port of the SMSC

	SystemID   string // at most 15 octets
	Password   string // at most 8 octets
	SystemType string // at most 12 octets, usually empty

	// The addresses that the ESME serves, as the bind tells the SMSC. Most
	// SMSCs know them from the account and want these empty.
	AddressTON, AddressNPI uint8
	AddressRange           string

	Mode       Mode        // which binds a slot has
	Sessions   int         // slots; default 1
	Window     int         // unanswered submit_sm per bind; default 10
	Throughput float64     // segments per second of the whole carrier; 0 is unlimited, found out from 100 upwards
	TLS        *tls.Config // nil is plain TCP; an empty ServerName is taken from Addr

	BindTimeout     time.Duration // for connecting, and again for bind_resp; default 10s
	ResponseTimeout time.Duration // from the writing of a request to its response; default 10s
	WriteTimeout    time.Duration // for the socket to take what is written; default 10s
	DrainTimeout    time.Duration // how long Drain waits for responses and answers before it unbinds; default 5s

	EnquireInterval time.Duration // of silence before an enquire_link; default 30s
	EnquireTimeout  time.Duration // of silence after it before the bind is given up; default 10s
	ProofDelay      time.Duration // how long answers stay unproven before an enquire_link proves them; default 1s

	BackoffMin    time.Duration // first pause before binding again; default 1s
	BackoffMax    time.Duration // longest pause, and the pause after a permanent refusal; default 60s
	BackoffStable time.Duration // a bind that lasted this long sets the pause back to BackoffMin; default 30s

	// Statuses of submit_sm_resp for which this carrier differs from the
	// table of [Carrier.Judge].
	Temporary, Permanent []pdu.Status
}

// Validate reports everything in the configuration that cannot work. Values
// are never cut to fit: a cut password is another one.
func (c *Config) Validate() error {
	var errs []error
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		errs = append(errs, fmt.Errorf("addr %q: write the SMSC's host:port, such as smsc.example:2775", c.Addr))
	}
	if int(c.Mode) >= len(modeNames) {
		errs = append(errs, fmt.Errorf("bind %s: use transceiver, transmitter, receiver or pair", c.Mode))
	}
	if c.Sessions < 0 || c.Window < 0 || c.Throughput < 0 {
		errs = append(errs, errors.New("sessions, window and throughput cannot be negative"))
	}
	request := c.bindRequest(TRX, 1)
	if err := request.Check(); err != nil {
		errs = append(errs, fmt.Errorf("%w: ask the carrier for the right value, it cannot be shortened", err))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("carrier %s: %w", c.Name, err)
	}
	return nil
}

func (c *Config) bindRequest(role Role, sequence uint32) pdu.Bind {
	return pdu.Bind{
		Command:          role.command(),
		Sequence:         sequence,
		SystemID:         c.SystemID,
		Password:         c.Password,
		SystemType:       c.SystemType,
		InterfaceVersion: pdu.InterfaceVersion34,
		TON:              c.AddressTON,
		NPI:              c.AddressNPI,
		AddressRange:     c.AddressRange,
	}
}

func (c Config) withDefaults() Config {
	orInt := func(value *int, otherwise int) {
		if *value == 0 {
			*value = otherwise
		}
	}
	or := func(value *time.Duration, otherwise time.Duration) {
		if *value <= 0 {
			*value = otherwise
		}
	}
	orInt(&c.Sessions, 1)
	orInt(&c.Window, 10)
	or(&c.BindTimeout, 10*time.Second)
	or(&c.ResponseTimeout, 10*time.Second)
	or(&c.WriteTimeout, 10*time.Second)
	or(&c.DrainTimeout, 5*time.Second)
	or(&c.EnquireInterval, 30*time.Second)
	or(&c.EnquireTimeout, 10*time.Second)
	or(&c.ProofDelay, time.Second)
	or(&c.BackoffMin, time.Second)
	or(&c.BackoffMax, time.Minute)
	or(&c.BackoffStable, 30*time.Second)
	c.BackoffMax = max(c.BackoffMax, c.BackoffMin)
	return c
}

// tick is how often the carrier looks at its time-outs: an eighth of the
// shortest, so that none is late by more, and at most four times a second.
func (c *Config) tick() time.Duration {
	shortest := min(c.ResponseTimeout, c.EnquireInterval, c.EnquireTimeout, c.ProofDelay, c.DrainTimeout)
	return min(max(shortest/8, time.Millisecond), 250*time.Millisecond)
}
