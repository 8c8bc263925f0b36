package receipt_test

import (
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
	"repartee/smpp/receipt"
)

// Whatever the order, case and spacing of the fields, id and stat are found.
func TestPitfall05AnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9A-Za-z-]{1,64}`).Draw(t, "id")
		stat := rapid.SampledFrom([]string{"DELIVRD", "UNDELIV", "ENROUTE", "FAILED"}).Draw(t, "stat")
		all := []string{"id:" + id, "stat:" + stat, "sub:001", "dlvrd:000", "submit date:2611221200", "done date:0", "err:12", "x:y"}
		text := strings.Join(rapid.Permutation(all).Draw(t, "order"), rapid.SampledFrom([]string{" ", "  ", "\n"}).Draw(t, "blank"))
		r, ok := receipt.Parse(receiptOf(text + " text:id:7 stat:EXPIRED"))
		require.True(t, ok)
		require.Equal(t, id, r.ID)
		require.Equal(t, stat, r.Raw)
		require.Equal(t, 12, r.NetworkError)
	})
}

// Two ids are equal if and only if their numbers are.
func TestPitfalls01And02CanonicalNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		decimal := strings.Repeat("0", rapid.IntRange(0, 20).Draw(t, "zeros")) + new(big.Int).SetUint64(a).String()
		hex := new(big.Int).SetUint64(b).Text(16)
		if rapid.Bool().Draw(t, "upper") {
			hex = strings.ToUpper(hex)
		}
		require.Equal(t, a == b, receipt.Canonical(decimal, receipt.Decimal) == receipt.Canonical(hex, receipt.Hex))
	})
}

func FuzzReceipt(f *testing.F) {
	f.Add(uint8(0x04), uint8(0), []byte(full), []byte("abc\x00"), []byte{2})
	f.Add(uint8(0x44), uint8(8), []byte("\x02\x70\x00\x00i\x00d\x00:\x001"), []byte{}, []byte{})
	f.Add(uint8(0x20), uint8(3), []byte("ID: stat:x err:\xFF text:id:1"), []byte("\x00"), []byte{99})
	f.Add(uint8(0x08), uint8(0), []byte("ok"), []byte{}, []byte{0})
	f.Fuzz(func(t *testing.T, class, dataCoding uint8, text, id, state []byte) {
		m := &pdu.Message{ESMClass: class, DataCoding: dataCoding, UserData: text, TLVs: []pdu.TLV{
			{Tag: pdu.TagReceiptedMessageID, Value: id}, {Tag: pdu.TagMessageState, Value: state},
		}}
		r, ok := receipt.Parse(m)
		require.Equal(t, m.Type() != 0, ok)
		require.LessOrEqual(t, r.State, receipt.Rejected)
		require.LessOrEqual(t, len(r.Raw), 3*64)
		require.True(t, utf8.ValidString(r.Raw+r.Err))
		for _, form := range []receipt.Form{receipt.Opaque, receipt.Decimal, receipt.Hex} {
			canonical(t, r.ID, form)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, id := range []string{"33e95179", "870928761", "", "0x", "000", "=1", "\xFF", "6f1c2a9e-55c0", strings.Repeat("9", 64)} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		canonical(t, id, receipt.Decimal)
		if c := canonical(t, id, receipt.Opaque); c != "" {
			require.Equal(t, c, receipt.Canonical(c, receipt.Opaque))
		}
		if c := canonical(t, id, receipt.Hex); c != "" && c[0] != '=' {
			require.Equal(t, c, receipt.Canonical(c, receipt.Hex))
		}
	})
}

func canonical(t *testing.T, id string, form receipt.Form) string {
	c := receipt.Canonical(id, form)
	require.LessOrEqual(t, len(c), receipt.MaxID)
	for _, r := range c {
		require.True(t, ' ' < r && r <= '~', "%q", c)
	}
	return c
}

// A text of names without values must not take quadratic time.
func TestHostileTextIsRead(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"id:", "id: ", ":", "text:id:", "i", " ", "done date:"} {
		m := receiptOf(strings.Repeat(word, 60_000/len(word)))
		began := time.Now()
		_, ok := receipt.Parse(m)
		require.True(t, ok)
		require.Less(t, time.Since(began), time.Second, "%q repeated", word)
	}
}

func BenchmarkParse(b *testing.B) {
	m := receiptOf(full, pdu.TLV{Tag: pdu.TagReceiptedMessageID, Value: []byte("33e95179\x00")}, pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{2}})
	b.ReportAllocs()
	for b.Loop() {
		receipt.Parse(m)
	}
}

func BenchmarkCanonical(b *testing.B) {
	for form, id := range map[receipt.Form]string{receipt.Opaque: "33e95179", receipt.Hex: "0033E95179", receipt.Decimal: "870928761"} {
		b.Run(form.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				receipt.Canonical(id, form)
			}
		})
	}
}
