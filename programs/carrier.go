package programs

import (
	"time"

	"repartee/optout"
)

// Carrier is one SMSC account that the gateway binds to. The default of each
// key stands in its tag, as do the limits of SMPP v3.4 (chapter 5.2).
type Carrier struct {
	ID   int32  `key:"-"`
	Name string `key:"name" required:"true" is:"name" max:"40"`

	Addr         string `key:"addr" required:"true" is:"addr"`
	SystemID     string `key:"system_id" required:"true" max:"15" is:"ascii"`
	Password     string `key:"password" max:"8" is:"ascii" secret:"true"`
	SystemType   string `key:"system_type" max:"12" is:"ascii"`
	AddressRange string `key:"address_range" max:"40" is:"ascii"`

	Bind       string  `key:"bind" default:"transceiver" oneof:"transceiver transmitter receiver pair"`
	Sessions   int     `key:"sessions" default:"1" min:"1" max:"64"`
	Window     int     `key:"window" default:"10" min:"1" max:"10000"`
	Throughput float64 `key:"throughput" default:"0" min:"0" max:"100000"` // segments a second for the whole carrier; 0: no limit
	Paused     bool    `key:"paused" default:"false"`                      // takes texts of phones, but nothing is submitted: messages wait
	TLS        TLS     `key:"tls"`

	Alphabet      string   `key:"alphabet" default:"gsm7" oneof:"gsm7 latin1 ascii"` // what data_coding 0 means
	Transliterate bool     `key:"transliterate" default:"false"`                     // typographic characters become GSM ones
	TrimNUL       bool     `key:"trim_nul" default:"false"`                          // a trailing 0x00 of an MO is no @
	Segmentation  string   `key:"segmentation" default:"udh8" oneof:"udh8 udh16 sar payload"`
	Receipts      Receipts `key:"receipts"`
	Validity      bool     `key:"validity" default:"true"` // submit_sm carries validity_period

	CountryCode  string    `key:"country_code" is:"digits" max:"3"` // for MO numbers in national form, such as 33
	Addresses    Addresses `key:"addresses"`
	MessageIDTag int       `key:"message_id_tag" default:"0" min:"0" max:"65535"` // TLV by which this SMSC identifies an MO; 0: none

	Temporary []string `key:"temporary" is:"status"` // statuses after which a submit_sm is tried again, over the built-in table
	Permanent []string `key:"permanent" is:"status"` // statuses after which it is not
	Timeouts  Timeouts `key:"timeouts"`
	Backoff   Backoff  `key:"backoff"`

	at positions
}

// TLS says how the link to the SMSC is encrypted.
type TLS struct {
	Enabled    bool   `key:"-"` // true for `tls: true` and for a map
	CAFile     string `key:"ca_file"`
	ServerName string `key:"server_name"` // default: the host of addr
	CertFile   string `key:"cert_file"`
	KeyFile    string `key:"key_file"`
}

// Receipts says how the SMSC reports delivery.
type Receipts struct {
	Enabled    bool   `key:"enabled" default:"true"`
	ResponseID string `key:"response_id" default:"opaque" oneof:"opaque decimal hex"` // how submit_sm_resp writes the id
	ReceiptID  string `key:"receipt_id" default:"opaque" oneof:"opaque decimal hex"`  // how the receipt writes it
	Part       string `key:"part" default:"all" oneof:"all first last"`               // the segments that the SMSC reports

	Errors string            `key:"errors"` // the map of optout/data/receipts.csv that says what its error codes mean
	Codes  map[string]string `key:"codes"`  // codes of its own over that map: 612: unsubscribed

	Causes optout.ErrorMap `key:"-"` // Errors and Codes, compiled
}

// Addresses are the TON and NPI of each kind of address (SMPP v3.4, 5.2.5,
// 5.2.6).
type Addresses struct {
	ShortCode    TONNPI `key:"short_code" default:"3/0"`
	MSISDN       TONNPI `key:"msisdn" default:"1/1"`
	Alphanumeric TONNPI `key:"alphanumeric" default:"5/0"`
	Bind         TONNPI `key:"bind" default:"0/0"` // of address_range
}

// TONNPI is a type of number and a numbering plan, written 1/1.
type TONNPI struct{ TON, NPI uint8 }

// Timeouts are the waits of a bind.
type Timeouts struct {
	Bind     time.Duration `key:"bind" default:"10s" min:"100ms" max:"5m"`
	Slot     time.Duration `key:"slot" default:"10s" min:"100ms" max:"5m"` // for room in the window
	Response time.Duration `key:"response" default:"10s" min:"100ms" max:"5m"`
	Write    time.Duration `key:"write" default:"10s" min:"100ms" max:"5m"`
	Enquire  time.Duration `key:"enquire" default:"30s" min:"1s" max:"1h"` // idle time after which enquire_link is sent
	Deliver  time.Duration `key:"deliver" default:"5s" min:"1s" max:"1m"`  // how long the SMSC waits for deliver_sm_resp
}

// Backoff is the pause between two attempts to bind.
type Backoff struct {
	Min    time.Duration `key:"min" default:"1s" min:"10ms" max:"1h"`
	Max    time.Duration `key:"max" default:"60s" min:"10ms" max:"1h"`
	Stable time.Duration `key:"stable" default:"30s" min:"0s" max:"1h"` // a bind that lasted this long resets the pause
}
