package smsc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/coding"
	"repartee/sms"
)

// The defaults of [Options] and [AccountOptions].
const (
	DefaultKeep            = 10_000
	DefaultEnquireInterval = 30 * time.Second
	DefaultBindTimeout     = 10 * time.Second
	DefaultWindow          = 1000
	DefaultDeliverTimeout  = 10 * time.Second
	DefaultRetryAfter      = 200 * time.Millisecond
	DefaultQueue           = 1_000_000
)

// Options configure a [Server].
type Options struct {
	Accounts        []AccountOptions
	SystemID        string        // the SMSC's own, in bind_resp; "smsc" when empty
	TLS             *tls.Config   // nil: plain TCP
	Keep            int           // MTs kept with their octets (the newest); 0: DefaultKeep, negative: counters only
	EnquireInterval time.Duration // silence after which a bind is asked with enquire_link; 0: the default, negative: never
	BindTimeout     time.Duration // for a connection that does not bind; 0: the default
	Seed            uint64        // of what is drawn by chance (receipt delays and states), so that a run can be repeated
	Log             *zap.Logger   // nil: none. Never gets a number, text or password
}

// AccountOptions describe one customer of the SMSC.
type AccountOptions struct {
	SystemID string
	Password string
	Codes    []sms.ShortCode // the short codes whose MOs go to this account, and the only allowed senders of its MTs

	Alphabet coding.Alphabet // what data_coding 0 means here; GSM 03.38 by default
	MaxBinds int             // more are refused with ESME_RALYBND; 0: no limit

	Window         int           // deliver_sm without an answer, over all binds; 0: DefaultWindow
	Overlap        int           // messages of one phone without an answer; 0: one, which keeps the order of a phone through redelivery
	Queue          int           // MOs and receipts that wait at most; 0: DefaultQueue
	DeliverTimeout time.Duration // after which a deliver_sm is sent again; 0: the default
	RetryAfter     time.Duration // pause after a temporary error; 0: the default

	PhonePrefix string // how the carrier writes phone numbers in source_addr: "", "+" or "00"
	DataSM      bool   // MOs and receipts travel as data_sm
	Receipts    Receipts
}

// Receipts say how an account's delivery receipts look. They are only sent to
// a submit_sm that asks for them (registered_delivery).
type Receipts struct {
	Off          bool
	Form         ReceiptForm
	ResponseID   IDForm // the message_id in submit_sm_resp
	ReceiptID    IDForm // the same id in the receipt
	Delay        time.Duration
	Jitter       time.Duration  // up to this much is added to Delay by chance
	Intermediate bool           // an ENROUTE notification goes before the final state, if asked for with bit 0x10
	States       map[string]int // weight by final state, such as {"DELIVRD": 97, "UNDELIV": 3}; empty: always DELIVRD
}

func (o Options) withDefaults() Options {
	if o.SystemID == "" {
		o.SystemID = "smsc"
	}
	if o.Keep == 0 {
		o.Keep = DefaultKeep
	}
	setDefault(&o.EnquireInterval, DefaultEnquireInterval)
	setDefault(&o.BindTimeout, DefaultBindTimeout)
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return o
}

func (o AccountOptions) withDefaults() AccountOptions {
	setDefault(&o.Window, DefaultWindow)
	setDefault(&o.Overlap, 1)
	setDefault(&o.Queue, DefaultQueue)
	setDefault(&o.DeliverTimeout, DefaultDeliverTimeout)
	setDefault(&o.RetryAfter, DefaultRetryAfter)
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate reports what is wrong with the options, all at once.
func (o Options) Validate() error {
	var problems []error
	seen := map[string]bool{}
	for _, a := range o.Accounts {
		if seen[a.SystemID] {
			problems = append(problems, fmt.Errorf("account %q is there twice: give each its own system_id", a.SystemID))
		}
		seen[a.SystemID] = true
		problems = append(problems, a.validate())
	}
	if len(o.Accounts) == 0 {
		problems = append(problems, errors.New("no account: name at least one system_id that may bind"))
	}
	if len(o.SystemID) > maxSystemID {
		problems = append(problems, fmt.Errorf("the SMSC's own system_id %q has more than %d characters", o.SystemID, maxSystemID))
	}
	return errors.Join(problems...)
}

// The limits of SMPP v3.4, 5.2.1 and 5.2.2, without the NUL.
const (
	maxSystemID = 15
	maxPassword = 8
)

func (o AccountOptions) validate() error {
	var problems []error
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("account %q: "+format, append([]any{o.SystemID}, args...)...))
	}
	if o.SystemID == "" || len(o.SystemID) > maxSystemID {
		wrong("system_id must have 1 to %d characters", maxSystemID)
	}
	if len(o.Password) > maxPassword {
		wrong("the password has %d characters, SMPP carries at most %d", len(o.Password), maxPassword)
	}
	if o.PhonePrefix != "" && o.PhonePrefix != "+" && o.PhonePrefix != "00" {
		wrong(`phone prefix %q: use "", "+" or "00"`, o.PhonePrefix)
	}
	if o.Window < 0 || o.Overlap < 0 || o.Queue < 0 || o.MaxBinds < 0 {
		wrong("window, overlap, queue and max_binds cannot be negative")
	}
	if err := o.Receipts.validate(); err != nil {
		wrong("%w", err)
	}
	return errors.Join(problems...)
}
