package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// The numbers in the names of these tests are those of docs/pitfalls.md.

// threeParts are the PDUs of a text in three parts.
func threeParts(t *testing.T, method coding.Method, ref uint16, text string) []smsc.Raw {
	t.Helper()
	s, err := coding.Split(text, coding.SplitOptions{Zero: coding.GSM7, Method: method, Ref: ref})
	require.NoError(t, err)
	require.Len(t, s.Parts, 3)
	var raws []smsc.Raw
	for i, p := range s.Parts {
		raw := smsc.Raw{DataCoding: s.DataCoding, Octets: p, TLVs: s.TLVs(i)}
		if s.UDH {
			raw.ESMClass = pdu.ESMUDHI
		}
		raws = append(raws, raw)
	}
	return raws
}

// A keyword message in three parts gets one answer, whatever the reference
// looks like, in whatever order the parts come, and however often.
func TestPitfalls18To21PartsInEveryOrder(t *testing.T) {
	t.Parallel()
	orders := [][]int{
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, // every permutation
		{0, 0, 1, 2}, {0, 1, 2, 2}, {0, 1, 2, 1}, {2, 2, 0, 0, 1, 1, 0}, // parts that come again
	}
	for name, method := range map[string]coding.Method{"8-bit": coding.UDH8, "16-bit": coding.UDH16, "SAR": coding.SAR} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			p := w.phone(1)
			for n, order := range orders {
				text := fmt.Sprintf("%d %s", n, strings.Repeat("0123456789", 39))
				mo, err := p.SendRaw(36111, smsc.MOOptions{Order: order}, threeParts(t, method, uint16(250+n), "ECHO "+text)...)
				require.NoError(t, err)
				require.NoError(t, mo.Wait(w.context()))
				p.expect(text)
			}
			assert.Equal(t, len(orders), query[int](w, `SELECT count(*)::int FROM outbound`))
			assert.Equal(t, len(orders), query[int](w, `SELECT count(*)::int FROM inbound WHERE parts = 3 AND complete`))
		})
	}
}

// After a message whose part never came, one with the same reference is a new
// message: no part of the old one gets into it, whichever of its parts comes
// first.
func TestPitfall22NewMessageUnderAnOldReference(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"first part first": {0, 1, 2}, "missing part first": {2, 1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			p := w.phone(1)
			old := "ECHO old " + strings.Repeat("o", 391)
			_, err := p.SendRaw(36111, smsc.MOOptions{Order: []int{0, 1}}, threeParts(t, coding.UDH8, 9, old)...)
			require.NoError(t, err)
			p.expect("OLD " + strings.Repeat("O", 306-9))
			text := "new " + strings.Repeat("n", 391)
			_, err = p.SendRaw(36111, smsc.MOOptions{Order: order}, threeParts(t, coding.UDH8, 9, "ECHO "+text)...)
			require.NoError(t, err)
			p.expect(strings.ToUpper(text))
			assert.Equal(t, 2, query[int](w, `SELECT count(*)::int FROM outbound`))
		})
	}
}

// The parts of two phones under one reference are never joined.
func TestPitfall23PhonesWithTheSameReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	one, other := w.phone(1), w.phone(2)
	texts := []string{"one " + strings.Repeat("1", 391), "two " + strings.Repeat("2", 391)}
	parts := [][]smsc.Raw{threeParts(t, coding.UDH8, 5, "ECHO "+texts[0]), threeParts(t, coding.UDH8, 5, "ECHO "+texts[1])}
	for i := range 3 {
		for k, p := range []*phone{one, other} {
			mo, err := p.SendRaw(36111, smsc.MOOptions{}, parts[k][i])
			require.NoError(t, err)
			require.NoError(t, mo.Wait(w.context()))
		}
	}
	one.expect(strings.ToUpper(texts[0]))
	other.expect(strings.ToUpper(texts[1]))
}

// A header whose numbers cannot be is no part of anything: what stands behind
// it is a text of its own.
func TestPitfall24NumbersThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for n, header := range []string{
		"\x05\x00\x03\x08\x02\x09", "\x05\x00\x03\x08\x02\x00", "\x05\x00\x03\x08\x00\x00", "\x06\x08\x04\x00\x08\xFF\x00", "\x00", "\x01\x00",
	} {
		p := w.phone(int64(n))
		p.raw(smsc.Raw{ESMClass: pdu.ESMUDHI, Octets: []byte(header + "ECHO alone")})
		p.expect("ALONE")
	}
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM mo_sets`))
}

// Of a long message only the refused segment goes again, with its reference
// and number.
func TestPitfall30RefusalInTheMiddle(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, "")
	refused := 0
	p.judged(func(m *pdu.Message) (pdu.Status, bool) {
		if c, _ := coding.ConcatOf(m); c.Part == 3 && refused == 0 {
			refused++
			return pdu.StatusThrottled, false
		}
		return pdu.StatusOK, false
	})
	l := p.bound(w.context())
	four := strings.Repeat("0123456789", 47)
	for _, raw := range rawParts(t, "ECHO "+four) {
		l.deliver(pdu.Message{ESMClass: raw.ESMClass, DataCoding: raw.DataCoding, UserData: raw.Octets})
	}
	var parts []string
	for _, m := range p.submits(w.context(), 5) {
		c, _ := coding.ConcatOf(&m)
		parts = append(parts, fmt.Sprintf("%d/%d of %d", c.Part, c.Total, c.Ref))
	}
	slices.Sort(parts)
	require.Equal(t, []string{"1/4 of 1", "2/4 of 1", "3/4 of 1", "3/4 of 1", "4/4 of 1"}, parts)
	eventually(w, "sent", `SELECT state::text FROM outbound`)
	assert.Equal(t, 4, query[int](w, `SELECT count(*)::int FROM submits`))
}

// A phone that gets 300 long messages never sees a reference again within
// 255 of them.
func TestPitfall31ReferencesOfOnePhone(t *testing.T) {
	t.Parallel()
	const messages = 300
	w := newWorld(t, "")
	w.apply(strings.Replace(shop(w.smsc.Addr(), ""), "{say: \"{{upper(args)}}\"", "{say: \"{{upper(args)}} "+strings.Repeat("x", 170)+"\"", 1))
	eventually(w, true, `SELECT config = (SELECT version FROM config) FROM nodes`)
	p := w.phone(1)
	for n := range messages {
		p.text(fmt.Sprint("ECHO ", n), fmt.Sprint(n)+" *")
	}
	var refs []uint16
	for _, mt := range w.smsc.MTs(0) {
		c, _ := coding.ConcatOf(&mt.Message)
		require.EqualValues(t, 2, c.Total)
		if c.Part == 1 {
			refs = append(refs, c.Ref)
		}
	}
	require.Len(t, refs, messages)
	for i, ref := range refs {
		require.NotContains(t, refs[max(0, i-255):i], ref, "message %d", i)
	}
}

// raw sends one hand-made MO, and waits for its acknowledgement.
func (p *phone) raw(raw smsc.Raw) {
	p.w.t.Helper()
	mo, err := p.SendRaw(36111, smsc.MOOptions{}, raw)
	require.NoError(p.w.t, err)
	require.NoError(p.w.t, mo.Wait(p.w.context()))
}

// Binary data is no text, even when its octets spell one: it is kept and
// answered as unknown.
func TestPitfall36Binary(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	every := make([]byte, 254)
	for i := range every {
		every[i] = byte(i)
	}
	for n, octets := range [][]byte{[]byte("ECHO hello"), []byte("STOP"), every, {0xFE, 0xFF}} {
		for k, dataCoding := range []uint8{2, 4} {
			p := w.phone(int64(10*n + k))
			p.raw(smsc.Raw{DataCoding: dataCoding, Octets: octets})
			p.expect("Pizza Roma: sorry*")
			stored := query[[]byte](w, `SELECT octets FROM inbound WHERE msisdn = $1`, p.Number())
			assert.Equal(t, octets, stored)
		}
	}
	assert.Zero(t, query[int](w, `SELECT count(*)::int FROM inbound WHERE text <> '' OR class <> 'neither'`))
}

// NULs: a character in GSM 03.38, nothing in other alphabets, and left out of
// what is stored.
func TestPitfall38NULsInATextAreKeptApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.phone(1)
	p.raw(smsc.Raw{Octets: []byte("ECHO \x00\x00here\x00!")})
	p.expect("@@HERE@!")
	p.raw(smsc.Raw{DataCoding: 8, Octets: []byte("\x00E\x00C\x00H\x00O\x00 \x00a\x00\x00\x00b")})
	p.expect("AB")
	p.raw(smsc.Raw{Octets: []byte("\x00\x00STOP\x00")})
	p.expect("Pizza Roma: you are unsubscribed*")
	assert.Equal(t, "ECHO @@here@!|ECHO ab|@@STOP@", query[string](w, `SELECT string_agg(text, '|' ORDER BY id) FROM inbound`))
}

// A NUL that a provider adds: behind short_message, or counted as part of it.
func TestPitfall39NULBehindTheText(t *testing.T) {
	t.Parallel()
	w, p := peerWorld(t, ", trim_nul: true")
	l := p.bound(w.context())
	octets := append(encodeMO(t, pdu.Message{Sequence: 77, UserData: []byte("ECHO behind")}), 0)
	octets[3]++ // command_length counts it, sm_length does not
	require.NoError(t, l.write(octets))
	require.Equal(t, pdu.StatusOK, l.answered(w.context(), 77).Status)
	l.deliver(pdu.Message{UserData: []byte("ECHO inside\x00")})
	got := p.submits(w.context(), 2)
	assert.Equal(t, "BEHIND", string(got[0].UserData))
	assert.Equal(t, "INSIDE", string(got[1].UserData))
}

// A text with nothing in it is a text: it is acknowledged and answered.
func TestPitfall40NothingInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for n, raw := range []smsc.Raw{
		{}, {Octets: []byte("  ")}, {ESMClass: pdu.ESMUDHI, Octets: []byte{2, 0x70, 0}}, {DataCoding: 8}, {Payload: true},
	} {
		p := w.phone(int64(n))
		p.raw(raw)
		p.expect("Pizza Roma: sorry*")
	}
}

// An opt-out in message_payload counts, by deliver_sm and by data_sm.
func TestPitfall41OptOutInPayload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for n, raw := range []smsc.Raw{{Payload: true}, {DataSM: true}, {Payload: true, ESMClass: pdu.ESMUDHI}} {
		raw.Octets = []byte("STOP")
		if raw.ESMClass != 0 {
			raw.Octets = []byte("\x02\x70\x00STOP") // behind a header that nobody knows
		}
		p := w.phone(int64(n))
		p.raw(raw)
		p.expect("Pizza Roma: you are unsubscribed*")
	}
	assert.Equal(t, 3, query[int](w, `SELECT count(*)::int FROM threads WHERE stopped`))
}

// A number is the same phone however the carrier writes it, above all to an
// opt-out.
func TestPitfall58OnePhoneHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ", country_code: \"33\"")
	p := w.phone(1)
	for _, from := range []string{"+33600000001", "0033600000001", "33600000001", "0600000001"} {
		_, err := p.SendWith(36111, "ECHO "+from, smsc.MOOptions{From: from})
		require.NoError(t, err)
		p.expect(from)
	}
	_, err := p.SendWith(36111, "STOP", smsc.MOOptions{From: "+33600000001"})
	require.NoError(t, err)
	p.expect("Pizza Roma: you are unsubscribed*")
	assert.Equal(t, 1, query[int](w, `SELECT count(*)::int FROM threads`))
	for _, mt := range w.smsc.MTs(0) {
		assert.Equal(t, pdu.Address{TON: 1, NPI: 1, Addr: "33600000001"}, mt.Message.Dest)
		assert.Equal(t, sms.ShortCode(36111), mt.Code)
		assert.Equal(t, pdu.Address{TON: 3, Addr: "36111"}, mt.Message.Source)
	}
}
