package control

import (
	"encoding/hex"
	"fmt"
	"time"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// Duration is a time span written as "250ms" or "2s".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time span: write 250ms, 2s or 1m30s", text)
	}
	*d = Duration(parsed)
	return nil
}

// Status is a command_status written by its name, "ESME_RTHROTTLED", or as a
// number, "0x58".
type Status pdu.Status

// MarshalText implements encoding.TextMarshaler.
func (s Status) MarshalText() ([]byte, error) { return []byte(smsc.StatusName(pdu.Status(s))), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Status) UnmarshalText(text []byte) error {
	status, err := pdu.ParseStatus(string(text))
	*s = Status(status)
	return err
}

// Faults are [smsc.Faults] on the wire and in the configuration file.
type Faults struct {
	Throttle         int      `json:"throttle" yaml:"throttle"`
	QueueFull        bool     `json:"queue_full" yaml:"queue_full"`
	Delay            Duration `json:"delay" yaml:"delay"`
	Shuffle          int      `json:"shuffle" yaml:"shuffle"`
	Mute             bool     `json:"mute" yaml:"mute"`
	MuteLinks        bool     `json:"mute_links" yaml:"mute_links"`
	Deaf             bool     `json:"deaf" yaml:"deaf"`
	RefuseBinds      Status   `json:"refuse_binds" yaml:"refuse_binds"`
	DuplicateMO      int      `json:"duplicate_mo" yaml:"duplicate_mo"`
	ReceiptFirst     bool     `json:"receipt_first" yaml:"receipt_first"`
	ReceiptElsewhere bool     `json:"receipt_elsewhere" yaml:"receipt_elsewhere"`
}

func faultsOf(f smsc.Faults) Faults {
	return Faults{
		Throttle: f.Throttle, QueueFull: f.QueueFull, Delay: Duration(f.Delay), Shuffle: f.Shuffle,
		Mute: f.Mute, MuteLinks: f.MuteLinks, Deaf: f.Deaf, RefuseBinds: Status(f.RefuseBinds),
		DuplicateMO: f.DuplicateMO, ReceiptFirst: f.ReceiptFirst, ReceiptElsewhere: f.ReceiptElsewhere,
	}
}

func (f Faults) faults() smsc.Faults {
	return smsc.Faults{
		Throttle: f.Throttle, QueueFull: f.QueueFull, Delay: time.Duration(f.Delay), Shuffle: f.Shuffle,
		Mute: f.Mute, MuteLinks: f.MuteLinks, Deaf: f.Deaf, RefuseBinds: pdu.Status(f.RefuseBinds),
		DuplicateMO: f.DuplicateMO, ReceiptFirst: f.ReceiptFirst, ReceiptElsewhere: f.ReceiptElsewhere,
	}
}

// Account is an account as it stands.
type Account struct {
	SystemID string          `json:"system_id"`
	Codes    []sms.ShortCode `json:"codes"`
	Binds    []smsc.BindInfo `json:"binds"`
	Faults   Faults          `json:"faults"`
	Counters smsc.Counters   `json:"counters"`
}

func accountOf(a *smsc.Account) Account {
	return Account{SystemID: a.SystemID(), Codes: a.Codes(), Binds: a.Binds(), Faults: faultsOf(a.Faults()), Counters: a.Counters()}
}

// SMSC is the whole simulator as it stands.
type SMSC struct {
	Addr     string    `json:"addr"` // where ESMEs bind
	Order    int64     `json:"order"`
	Accounts []Account `json:"accounts"`
}

// MO is a text to send from a phone. Only To and Text, or Raw, are needed.
type MO struct {
	To     sms.ShortCode `json:"to"`
	Text   string        `json:"text,omitempty"`
	Via    string        `json:"via,omitempty"`    // account
	Coding smsc.Coding   `json:"coding,omitempty"` // "" (the cheapest), latin1, ucs2
	Method string        `json:"method,omitempty"` // of splitting: udh8, udh16, sar, payload
	Split  int           `json:"split,omitempty"`  // octets per part at most
	Order  []int         `json:"order,omitempty"`  // parts in the order in which they go
	Copies int           `json:"copies,omitempty"`
	Spread bool          `json:"spread,omitempty"` // parts over different binds
	DataSM bool          `json:"data_sm,omitempty"`
	From   string        `json:"from,omitempty"` // source_addr as written on the wire
	Raw    []Raw         `json:"raw,omitempty"`  // PDUs made by hand, instead of Text
	Wait   Duration      `json:"wait,omitempty"` // for the acknowledgement, so long
}

// Raw is [smsc.Raw] on the wire.
type Raw struct {
	DataCoding uint8  `json:"data_coding"`
	ESMClass   uint8  `json:"esm_class"`
	Hex        string `json:"hex"`
	Payload    bool   `json:"payload,omitempty"`
	DataSM     bool   `json:"data_sm,omitempty"`
}

// Sent says what became of an MO until the answer to the request.
type Sent struct {
	State    smsc.MOState `json:"state"`
	Attempts int          `json:"attempts,omitempty"` // of the settled parts
	Order    int64        `json:"order,omitempty"`    // arrival of the acknowledgement
	Error    string       `json:"error,omitempty"`
}

func (m *MO) options() (smsc.MOOptions, error) {
	o := smsc.MOOptions{
		Via: m.Via, Coding: m.Coding, Split: m.Split, Order: m.Order, Copies: m.Copies,
		Spread: m.Spread, DataSM: m.DataSM, From: m.From,
	}
	if m.Split < 0 || m.Copies < 0 || m.Copies > 1000 {
		return o, fmt.Errorf("split must not be negative, copies must be 0 to 1000")
	}
	if m.Method == "" {
		return o, nil
	}
	var err error
	o.Method, err = coding.ParseMethod(m.Method)
	return o, err
}

func (m *MO) raws() ([]smsc.Raw, error) {
	raws := make([]smsc.Raw, len(m.Raw))
	for i, r := range m.Raw {
		octets, err := hex.DecodeString(r.Hex)
		if err != nil {
			return nil, fmt.Errorf("raw[%d].hex: %w", i, err)
		}
		raws[i] = smsc.Raw{DataCoding: r.DataCoding, ESMClass: r.ESMClass, Octets: octets, Payload: r.Payload, DataSM: r.DataSM}
	}
	return raws, nil
}

// MT is [smsc.MT] on the wire: one submit_sm.
type MT struct {
	Order      int64     `json:"order"`
	At         time.Time `json:"at"`
	Account    string    `json:"account"`
	Bind       int64     `json:"bind"`
	Sequence   uint32    `json:"sequence"`
	Status     Status    `json:"status"`
	MessageID  string    `json:"message_id,omitempty"`
	Source     string    `json:"source"`
	Dest       string    `json:"dest"`
	ESMClass   uint8     `json:"esm_class"`
	DataCoding uint8     `json:"data_coding"`
	Registered uint8     `json:"registered_delivery"`
	Validity   string    `json:"validity_period,omitempty"`
	Hex        string    `json:"hex"` // user data
	TLVs       []TLV     `json:"tlvs,omitempty"`
}

// TLV is an optional parameter.
type TLV struct {
	Tag uint16 `json:"tag"`
	Hex string `json:"hex"`
}

func mtOf(mt *smsc.MT) MT {
	m := &mt.Message
	out := MT{
		Order: mt.Order, At: mt.At, Account: mt.Account, Bind: mt.Bind, Sequence: m.Sequence, Status: Status(mt.Status),
		MessageID: mt.MessageID, Source: m.Source.Addr, Dest: m.Dest.Addr, ESMClass: m.ESMClass, DataCoding: m.DataCoding,
		Registered: m.RegisteredDelivery, Validity: m.ValidityPeriod, Hex: hex.EncodeToString(m.UserData),
	}
	for _, tlv := range m.TLVs {
		out.TLVs = append(out.TLVs, TLV{Tag: tlv.Tag, Hex: hex.EncodeToString(tlv.Value)})
	}
	return out
}

// Target is [smsc.Target] on the wire.
type Target struct {
	Account string        `json:"account"`
	Code    sms.ShortCode `json:"code"`
}

// Load is [smsc.LoadOptions] on the wire.
type Load struct {
	Targets     []Target   `json:"targets,omitempty"`
	FirstPhone  sms.MSISDN `json:"first_phone,omitempty"`
	Phones      int        `json:"phones,omitempty"`
	Texts       []string   `json:"texts"`
	Rate        float64    `json:"rate,omitempty"`
	Outstanding int        `json:"outstanding,omitempty"`
	PerPhone    int        `json:"per_phone,omitempty"`
	Turns       int64      `json:"turns,omitempty"`
	Duration    Duration   `json:"duration,omitempty"`
	Warmup      Duration   `json:"warmup,omitempty"`
	Timeout     Duration   `json:"timeout,omitempty"`
	Numbered    bool       `json:"numbered,omitempty"`
}

func (l *Load) options() smsc.LoadOptions {
	o := smsc.LoadOptions{
		FirstPhone: l.FirstPhone, Phones: l.Phones, Texts: l.Texts, Rate: l.Rate, Outstanding: l.Outstanding,
		PerPhone: l.PerPhone, Turns: l.Turns, Duration: time.Duration(l.Duration), Warmup: time.Duration(l.Warmup),
		Timeout: time.Duration(l.Timeout), Numbered: l.Numbered,
	}
	for _, t := range l.Targets {
		o.Targets = append(o.Targets, smsc.Target(t))
	}
	return o
}

// Failures are refusals of the next submits.
type Failures struct {
	Count  int    `json:"count"`
	Status Status `json:"status"`
}

// Garbage is octets for the account's binds.
type Garbage struct {
	Hex string `json:"hex"`
}

// Affected says how many binds an action concerned.
type Affected struct {
	Binds int `json:"binds"`
}

// Problem is the answer to a request that failed.
type Problem struct {
	Error string `json:"error"`
}

func loadOf(o smsc.LoadOptions) Load {
	l := Load{
		FirstPhone: o.FirstPhone, Phones: o.Phones, Texts: o.Texts, Rate: o.Rate, Outstanding: o.Outstanding,
		PerPhone: o.PerPhone, Turns: o.Turns, Duration: Duration(o.Duration), Warmup: Duration(o.Warmup),
		Timeout: Duration(o.Timeout), Numbered: o.Numbered,
	}
	for _, t := range o.Targets {
		l.Targets = append(l.Targets, Target(t))
	}
	return l
}
