package control

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"repartee/smpp/coding"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// Config is the simulator's configuration file. Empty fields have the defaults
// of package smsc.
type Config struct {
	Listen          string          `yaml:"listen"`           // where ESMEs bind; 127.0.0.1:2775
	Control         string          `yaml:"control"`          // where the control port listens; 127.0.0.1:2780
	SystemID        string          `yaml:"system_id"`        // the SMSC's own, in bind_resp
	Keep            int             `yaml:"keep"`             // MTs kept
	EnquireInterval Duration        `yaml:"enquire_interval"` // silence before an enquire_link
	Seed            uint64          `yaml:"seed"`             // of what is drawn by chance
	TLS             TLSConfig       `yaml:"tls"`
	Accounts        []AccountConfig `yaml:"accounts"`
}

// TLSConfig names the files of the SMSC's certificate; none: plain TCP.
type TLSConfig struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

func (c TLSConfig) load() (*tls.Config, error) {
	if c == (TLSConfig{}) {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("tls: %w: give cert_file and key_file, both PEM", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// AccountConfig is one account of the file; see [smsc.AccountOptions].
type AccountConfig struct {
	SystemID       string         `yaml:"system_id"`
	Password       string         `yaml:"password"`
	Codes          []string       `yaml:"codes"`
	Alphabet       string         `yaml:"alphabet"` // what data_coding 0 means: gsm7, latin1, ascii
	MaxBinds       int            `yaml:"max_binds"`
	Window         int            `yaml:"window"`
	Overlap        int            `yaml:"overlap"`
	Queue          int            `yaml:"queue"`
	DeliverTimeout Duration       `yaml:"deliver_timeout"`
	RetryAfter     Duration       `yaml:"retry_after"`
	PhonePrefix    string         `yaml:"phone_prefix"`
	DataSM         bool           `yaml:"data_sm"`
	Receipts       ReceiptsConfig `yaml:"receipts"`
	Faults         Faults         `yaml:"faults"` // from the start
}

// ReceiptsConfig is [smsc.Receipts] in the file.
type ReceiptsConfig struct {
	Off          bool           `yaml:"off"`
	Form         string         `yaml:"form"`        // text, tlv, both
	ResponseID   string         `yaml:"response_id"` // decimal, hex, hex-padded, decimal-padded, opaque, uuid
	ReceiptID    string         `yaml:"receipt_id"`
	Delay        Duration       `yaml:"delay"`
	Jitter       Duration       `yaml:"jitter"`
	Intermediate bool           `yaml:"intermediate"`
	States       map[string]int `yaml:"states"`
}

// The addresses of a configuration that names none: the port that IANA gave to
// SMPP, and one near it.
const (
	DefaultListen  = "127.0.0.1:2775"
	DefaultControl = "127.0.0.1:2780"
)

// ParseConfig reads a configuration file; unknown keys are refused. An empty
// file is one account "shop" with the password "secret" and the code 36111.
func ParseConfig(octets []byte) (Config, error) {
	var c Config
	if err := yaml.UnmarshalWithOptions(octets, &c, yaml.Strict()); err != nil {
		return c, fmt.Errorf("SMSC simulator: %s", yaml.FormatError(err, false, true))
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Control == "" {
		c.Control = DefaultControl
	}
	if len(c.Accounts) == 0 {
		c.Accounts = []AccountConfig{{SystemID: "shop", Password: "secret", Codes: []string{"36111"}}}
	}
	return c, nil
}

// options returns what package smsc takes.
func (c *Config) options() (smsc.Options, error) {
	o := smsc.Options{SystemID: c.SystemID, Keep: c.Keep, EnquireInterval: time.Duration(c.EnquireInterval), Seed: c.Seed}
	secure, err := c.TLS.load()
	problems := []error{err}
	o.TLS = secure
	for i := range c.Accounts {
		a, err := c.Accounts[i].options()
		if err != nil {
			problems = append(problems, fmt.Errorf("account %q: %w", c.Accounts[i].SystemID, err))
		}
		o.Accounts = append(o.Accounts, a)
	}
	return o, errors.Join(problems...)
}

func (c *AccountConfig) options() (smsc.AccountOptions, error) {
	o := smsc.AccountOptions{
		SystemID: c.SystemID, Password: c.Password, MaxBinds: c.MaxBinds, Window: c.Window, Overlap: c.Overlap,
		Queue: c.Queue, DeliverTimeout: time.Duration(c.DeliverTimeout), RetryAfter: time.Duration(c.RetryAfter),
		PhonePrefix: c.PhonePrefix, DataSM: c.DataSM,
	}
	var problems []error
	for _, text := range c.Codes {
		code, err := sms.ParseShortCode(text)
		problems = append(problems, err)
		o.Codes = append(o.Codes, code)
	}
	var err error
	if c.Alphabet != "" {
		o.Alphabet, err = coding.ParseZero(c.Alphabet)
		problems = append(problems, err)
	}
	o.Receipts, err = c.Receipts.receipts()
	return o, errors.Join(append(problems, err)...)
}

func (c *ReceiptsConfig) receipts() (smsc.Receipts, error) {
	form, err1 := smsc.ParseReceiptForm(c.Form)
	response, err2 := smsc.ParseIDForm(c.ResponseID)
	receipt, err3 := smsc.ParseIDForm(c.ReceiptID)
	return smsc.Receipts{
		Off: c.Off, Form: form, ResponseID: response, ReceiptID: receipt, Delay: time.Duration(c.Delay),
		Jitter: time.Duration(c.Jitter), Intermediate: c.Intermediate, States: c.States,
	}, errors.Join(err1, err2, err3)
}
