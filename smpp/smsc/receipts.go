package smsc

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// ReceiptForm is where a receipt carries what it says.
type ReceiptForm uint8

// The forms of receipts that carriers send.
const (
	ReceiptText ReceiptForm = iota // the text of SMPP v3.4, appendix B
	ReceiptTLV                     // receipted_message_id and message_state, no text
	ReceiptBoth
)

var receiptForms = [...]string{"text", "tlv", "both"}

// String returns the form as the configuration writes it.
func (f ReceiptForm) String() string {
	if int(f) < len(receiptForms) {
		return receiptForms[f]
	}
	return fmt.Sprintf("receiptform(%d)", uint8(f))
}

// ParseReceiptForm is the inverse of String; empty is ReceiptText.
func ParseReceiptForm(s string) (ReceiptForm, error) {
	if s == "" {
		return ReceiptText, nil
	}
	for i, name := range receiptForms {
		if name == s {
			return ReceiptForm(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a form of receipts: use text, tlv or both", s)
}

// state is a message_state (SMPP v3.4, 5.2.28) with the name that appendix B
// gives it and a network error that goes with it.
type state struct {
	name    string
	value   uint8
	err     uint16
	final   bool
	success bool
}

var states = []state{
	{name: "DELIVRD", value: 2, final: true, success: true},
	{name: "UNDELIV", value: 5, err: 27, final: true},
	{name: "EXPIRED", value: 3, err: 31, final: true},
	{name: "DELETED", value: 4, err: 1, final: true},
	{name: "REJECTD", value: 8, err: 69, final: true},
	{name: "ACCEPTD", value: 6},
	{name: "UNKNOWN", value: 7},
	{name: "ENROUTE", value: 1},
}

func stateNamed(name string) (state, bool) {
	for _, s := range states {
		if s.name == name {
			return s, true
		}
	}
	return state{}, false
}

func (r Receipts) validate() error {
	if r.ResponseID != r.ReceiptID && (!r.ResponseID.numeric() || !r.ReceiptID.numeric()) {
		return fmt.Errorf("receipts: response_id %s and receipt_id %s cannot name the same message: only decimal and hex forms can differ", r.ResponseID, r.ReceiptID)
	}
	if r.Delay < 0 || r.Jitter < 0 {
		return fmt.Errorf("receipts: delay and jitter cannot be negative")
	}
	for name, weight := range r.States {
		if _, ok := stateNamed(name); !ok || weight < 0 {
			return fmt.Errorf("receipts: state %s: %d: use DELIVRD, UNDELIV, EXPIRED, DELETED, REJECTD, ACCEPTD or UNKNOWN with a weight", name, weight)
		}
	}
	return nil
}

// fates draws the final state of each message by its weight. It is guarded by
// its account.
type fates struct {
	random *rand.Rand
	states []state
	upTo   []int // sum of the weights up to each state
}

func newFates(weights map[string]int, seed uint64) fates {
	f := fates{random: rand.New(rand.NewPCG(seed, 0))}
	names := make([]string, 0, len(weights))
	for name := range weights {
		names = append(names, name)
	}
	sort.Strings(names) // the same seed, the same fates
	sum := 0
	for _, name := range names {
		s, _ := stateNamed(name)
		sum += weights[name]
		f.states, f.upTo = append(f.states, s), append(f.upTo, sum)
	}
	return f
}

func (f *fates) draw() state {
	if len(f.upTo) == 0 || f.upTo[len(f.upTo)-1] == 0 {
		return states[0]
	}
	n := f.random.IntN(f.upTo[len(f.upTo)-1])
	return f.states[sort.SearchInts(f.upTo, n+1)]
}

func (f *fates) delay(r Receipts) time.Duration {
	if r.Jitter == 0 {
		return r.Delay
	}
	return r.Delay + time.Duration(f.random.Int64N(int64(r.Jitter)))
}

// The bits of registered_delivery (SMPP v3.4, 5.2.17).
const (
	wantOutcome      = 0x03
	onlyFailure      = 0x02
	wantIntermediate = 0x10
)

// wanted reports whether the sender of m asked for a receipt of this outcome.
func wanted(m *pdu.Message, s state) bool {
	ask := m.RegisteredDelivery & wantOutcome
	return ask == 1 || ask == onlyFailure && s.final && !s.success
}

// receipt writes the deliver_sm that reports on a message.
func (a *Account) receipt(m *pdu.Message, id uint64, s state, at time.Time) *delivery {
	form := a.options.Receipts
	r := pdu.Message{
		Source: m.Dest, Dest: m.Source, ESMClass: pdu.ESMTypeReceipt,
		InPayload: a.options.DataSM, Data: a.options.DataSM,
	}
	if !s.final && s.name == "ENROUTE" {
		r.ESMClass = pdu.ESMTypeIntermediate
	}
	written := form.ReceiptID.append(nil, id)
	if form.Form != ReceiptTLV {
		r.UserData = appendReceiptText(nil, written, s, at)
	}
	if form.Form != ReceiptText {
		r.TLVs = []pdu.TLV{
			{Tag: pdu.TagReceiptedMessageID, Value: append(written[:len(written):len(written)], 0)},
			{Tag: pdu.TagMessageState, Value: []byte{s.value}},
			{Tag: pdu.TagNetworkErrorCode, Value: []byte{3, byte(s.err >> 8), byte(s.err)}},
		}
	}
	// The addresses came in a PDU and the rest is short: it always fits.
	octets, err := pdu.AppendMessage(nil, a.deliverCommand(), &r)
	if err != nil {
		a.server.log.Error("receipt not written", zap.Error(err))
		return nil
	}
	return &delivery{pdu: octets, receipt: true}
}

// appendReceiptText writes the text of SMPP v3.4, appendix B.
func appendReceiptText(dst, id []byte, s state, at time.Time) []byte {
	dst = append(append(dst, "id:"...), id...)
	delivered := byte('0')
	if s.success {
		delivered = '1'
	}
	dst = append(append(dst, " sub:001 dlvrd:00"...), delivered)
	dst = at.UTC().AppendFormat(append(dst, " submit date:"...), "0601021504")
	dst = at.UTC().AppendFormat(append(dst, " done date:"...), "0601021504")
	dst = append(append(dst, " stat:"...), s.name...)
	dst = append(dst, " err:"...)
	dst = append(dst, '0'+byte(s.err/100%10), '0'+byte(s.err/10%10), '0'+byte(s.err%10))
	return append(dst, " text:"...)
}
