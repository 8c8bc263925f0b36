package receipt_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/receipt"
)

const full = "id:33e95179 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:Enjoy!"

func receiptOf(text string, tlvs ...pdu.TLV) *pdu.Message {
	return &pdu.Message{ESMClass: pdu.ESMTypeReceipt, UserData: []byte(text), TLVs: tlvs}
}

func parse(t testing.TB, m *pdu.Message) receipt.Receipt {
	t.Helper()
	r, ok := receipt.Parse(m)
	require.True(t, ok)
	return r
}

func TestPitfall05TextsAsCarriersWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       receipt.Receipt
	}{
		{"appendix B", full, receipt.Receipt{ID: "33e95179", State: receipt.Delivered, Raw: "DELIVRD", Err: "000"}},
		{"no sub, no dlvrd", "id:1 submit date:2611221200 done date:2611221201 stat:UNDELIV err:27 text:x", receipt.Receipt{ID: "1", State: receipt.Undeliverable, Raw: "UNDELIV", Err: "27", NetworkError: 27}},
		{"no text", "id:1 sub:001 dlvrd:000 stat:EXPIRED err:001", receipt.Receipt{ID: "1", State: receipt.Expired, Raw: "EXPIRED", Err: "001", NetworkError: 1}},
		{"id and stat alone", "id:1 stat:REJECTD", receipt.Receipt{ID: "1", State: receipt.Rejected, Raw: "REJECTD"}},
		{"stat first", "stat:DELETED err:0005 id:1", receipt.Receipt{ID: "1", State: receipt.Deleted, Raw: "DELETED", Err: "0005", NetworkError: 5}},
		{"behind the text", "text:Enjoy! id:1 stat:DELIVRD", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"wrong dates", "id:1 submit date:0000000000 done date:0000000000 stat:DELIVRD", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"12-digit dates", "id:1 submit date:261122120000 done date:261122120001 stat:DELIVRD", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"lower case", "id:aB stat:delivrd err:1", receipt.Receipt{ID: "aB", State: receipt.Delivered, Raw: "delivrd", Err: "1", NetworkError: 1}},
		{"upper case", "ID:aB STAT:DELIVRD ERR:1 TEXT:", receipt.Receipt{ID: "aB", State: receipt.Delivered, Raw: "DELIVRD", Err: "1", NetworkError: 1}},
		{"spelled out", "id:1 stat:Delivered Text:x", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "Delivered"}},
		{"extra fields", "id:1 imsi:20801 net:1 stat:DELIVRD vmsc:x", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"unknown stat", "id:1 stat:FAILED err:0ab", receipt.Receipt{ID: "1", State: receipt.Unknown, Raw: "FAILED", Err: "0ab"}},
		{"blanks behind the colon", "id: 1  stat:\tACCEPTD", receipt.Receipt{ID: "1", State: receipt.Accepted, Raw: "ACCEPTD"}},
		{"line by line", "id:1\r\nstat:ENROUTE\r\n", receipt.Receipt{ID: "1", State: receipt.Enroute, Raw: "ENROUTE"}},
		{"a NUL behind", "id:1 stat:DELIVRD\x00", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"empty fields", "id: sub:001 stat: err: done date:1", receipt.Receipt{}},
		{"names inside of words", "msgid:7 message_id:8 substat:9 id:1 stat:DELIVRD", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"}},
		{"the message quotes a receipt", "id:1 stat:DELIVRD err:000 text:id:2 stat:UNDELIV err:9", receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD", Err: "000"}},
		{"nothing readable", "\xFF\xFE::: :", receipt.Receipt{}},
		{"octets that are no text", "id:1 stat:\xFF err:\xFE", receipt.Receipt{ID: "1", State: receipt.Unknown, Raw: "\uFFFD", Err: "\uFFFD"}},
		{"empty", "", receipt.Receipt{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.want.Kind = receipt.Final
			require.Equal(t, c.want, parse(t, receiptOf(c.text)))
		})
	}
}

func TestPitfall06TLVs(t *testing.T) {
	t.Parallel()
	id := pdu.TLV{Tag: pdu.TagReceiptedMessageID, Value: []byte("abc\x00")}
	state := pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{5}}
	network := pdu.TLV{Tag: pdu.TagNetworkErrorCode, Value: []byte{3, 0x01, 0x02}}
	vendor := pdu.TLV{Tag: 0x1400, Value: []byte("x")}
	for _, c := range []struct {
		name string
		m    *pdu.Message
		want receipt.Receipt
	}{
		{"TLVs only", receiptOf("", vendor, id, state, network), receipt.Receipt{ID: "abc", State: receipt.Undeliverable, NetworkType: 3, NetworkError: 0x102}},
		{"text only", receiptOf(full), receipt.Receipt{ID: "33e95179", State: receipt.Delivered, Raw: "DELIVRD", Err: "000"}},
		{"both, contradicting: TLVs count", receiptOf(full, id, state, network), receipt.Receipt{ID: "abc", State: receipt.Undeliverable, Raw: "DELIVRD", Err: "000", NetworkType: 3, NetworkError: 0x102}},
		{"id without its NUL", receiptOf("", pdu.TLV{Tag: pdu.TagReceiptedMessageID, Value: []byte("abc")}), receipt.Receipt{ID: "abc"}},
		{
			"TLVs that say nothing", receiptOf("id:1 stat:DELIVRD err:7",
				pdu.TLV{Tag: pdu.TagReceiptedMessageID, Value: []byte("\x00")}, pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{0}},
				pdu.TLV{Tag: pdu.TagNetworkErrorCode, Value: []byte{1}}),
			receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD", Err: "7", NetworkError: 7},
		},
		{
			"TLVs out of range", receiptOf("id:1 stat:DELIVRD", pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{99}}, pdu.TLV{Tag: pdu.TagMessageState}),
			receipt.Receipt{ID: "1", State: receipt.Delivered, Raw: "DELIVRD"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.want.Kind = receipt.Final
			require.Equal(t, c.want, parse(t, c.m))
		})
	}
}

func TestPitfall07KindsByESMClassAlone(t *testing.T) {
	t.Parallel()
	for class, want := range map[uint8]receipt.Kind{
		0x04: receipt.Final, 0x84: receipt.Final, 0x07: receipt.Final,
		0x20: receipt.Intermediate, 0x23: receipt.Intermediate,
		0x08: receipt.Acknowledgement, 0x10: receipt.Acknowledgement, 0x18: receipt.Acknowledgement, 0x24: receipt.Acknowledgement,
	} {
		m := receiptOf(full)
		m.ESMClass = class
		require.Equal(t, want, parse(t, m).Kind, "%#x", class)
	}
	for _, class := range []uint8{0x00, 0x03, 0x40, 0x80, 0xC3} {
		m := receiptOf(full)
		m.ESMClass = class
		_, ok := receipt.Parse(m)
		require.False(t, ok, "a subscriber may write this: %#x", class)
	}
}

func TestPitfalls07And26ReceiptWithUDH(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"\x05\x00\x03\x01\x02\x01", "\x02\x70\x00", "\x00"} {
		m := receiptOf(header + full)
		m.ESMClass |= pdu.ESMUDHI
		require.Equal(t, "33e95179", parse(t, m).ID)
	}
}

func TestReceiptUnderUCS2(t *testing.T) {
	t.Parallel()
	// data_coding copied from the message, the text still ASCII.
	m := receiptOf(full)
	m.DataCoding = 8
	require.Equal(t, "33e95179", parse(t, m).ID)
	// In earnest.
	for _, mark := range []string{"", "\uFEFF"} {
		m.UserData = nil
		for _, u := range utf16.Encode([]rune(mark + full)) {
			m.UserData = append(m.UserData, uint8(u>>8), uint8(u))
		}
		r := parse(t, m)
		require.Equal(t, "33e95179", r.ID)
		require.Equal(t, receipt.Delivered, r.State)
	}
}

func TestPitfall08FinalStates(t *testing.T) {
	t.Parallel()
	final := map[string]bool{
		"DELIVRD": true, "EXPIRED": true, "DELETED": true, "UNDELIV": true, "REJECTD": true,
		"ENROUTE": false, "ACCEPTD": false, "UNKNOWN": false, "FAILED": false, "": false,
	}
	for stat, want := range final {
		require.Equal(t, want, parse(t, receiptOf("id:1 stat:"+stat)).State.Final(), stat)
	}
	for state := range receipt.State(12) {
		r := parse(t, receiptOf("", pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{byte(state)}}))
		want := state == 2 || state == 3 || state == 4 || state == 5 || state == 8
		require.Equal(t, want, r.State.Final(), state.String())
	}
	require.Equal(t, "undeliverable", receipt.Undeliverable.String())
	require.Equal(t, "state(99)", receipt.State(99).String())
}

func TestPitfall45ReceiptByDataSM(t *testing.T) {
	t.Parallel()
	octets, err := pdu.AppendMessage(nil, pdu.DataSMID, receiptOf(full))
	require.NoError(t, err)
	m, err := pdu.DecodeMessage(pdu.Frame{Header: pdu.Header{Command: pdu.DataSMID}, Body: octets[pdu.HeaderLength:]})
	require.NoError(t, err)
	require.Equal(t, "33e95179", parse(t, &m).ID)
}

func TestPitfall01HexAndDecimal(t *testing.T) {
	t.Parallel()
	require.Equal(t, receipt.Canonical("33e95179", receipt.Hex), receipt.Canonical("870928761", receipt.Decimal))
	require.Equal(t, receipt.Canonical("870928761", receipt.Decimal), receipt.Canonical("33E95179", receipt.Hex))
	require.Equal(t, receipt.Canonical("1234", receipt.Opaque), receipt.Canonical("1234", receipt.Opaque))
	require.NotEqual(t, receipt.Canonical("1234", receipt.Hex), receipt.Canonical("1234", receipt.Decimal))
	// Above 64 bits.
	require.Equal(t, receipt.Canonical("dc37d8d8e3e7e30c1d5", receipt.Hex), receipt.Canonical("64996926415304263778773", receipt.Decimal))
}

func TestPitfall02CaseAndPadding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		form receipt.Form
		same bool
	}{
		{"abcdef01", "ABCDEF01", receipt.Hex, true},
		{"00000000ABCDEF01", "abcdef01", receipt.Hex, true},
		{"0xABCDEF01", "abcdef01", receipt.Hex, true},
		{"04062581461644996000141", "4062581461644996000141", receipt.Decimal, true},
		{"0", "000", receipt.Decimal, true},
		{" 12\x00", "12", receipt.Decimal, true},
		{"abcdef01", "ABCDEF01", receipt.Opaque, false},
		{"012", "12", receipt.Opaque, false},
		{"12\x00", "12", receipt.Opaque, true},
		{"abc", "ABC", receipt.Decimal, false}, // no numbers: as they are
		{"12", "13", receipt.Hex, false},
	} {
		same := receipt.Canonical(c.a, c.form) == receipt.Canonical(c.b, c.form)
		require.Equal(t, c.same, same, "%q and %q, %s", c.a, c.b, c.form)
	}
}

func TestPitfall03OpaqueIDs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Zz", 32)
	require.Equal(t, long, receipt.Canonical(long, receipt.Opaque))
	uuid := "6f1c2a9e-55c0-4a5d-9d2e-0f8f6f6f3c11"
	require.Equal(t, uuid, receipt.Canonical(uuid, receipt.Opaque))
	require.Equal(t, uuid, parse(t, receiptOf("id:"+uuid+" stat:DELIVRD")).ID)
}

func TestCanonicalOfWhatIsNoID(t *testing.T) {
	t.Parallel()
	for _, form := range []receipt.Form{receipt.Opaque, receipt.Decimal, receipt.Hex} {
		for _, id := range []string{"", " \x00", strings.Repeat("1", 65), "a b", "\xFF", "é", "a\x00b"} {
			require.Empty(t, receipt.Canonical(id, form), "%q, %s", id, form)
		}
		got, err := receipt.ParseForm(form.String())
		require.NoError(t, err)
		require.Equal(t, form, got)
	}
	// What is no number equals no number: 0xabc is 2748.
	require.Equal(t, "abc", receipt.Canonical("2748", receipt.Decimal))
	require.Equal(t, "=abc", receipt.Canonical("abc", receipt.Decimal))
	_, err := receipt.ParseForm("octal")
	require.ErrorContains(t, err, "write opaque, decimal or hex")
}

func ExampleCanonical() {
	fmt.Println(receipt.Canonical("33E95179", receipt.Hex), receipt.Canonical("870928761", receipt.Decimal))
	// Output: 33e95179 33e95179
}
