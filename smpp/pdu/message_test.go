package pdu_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
)

func TestDecodeDeliverSMFromHex(t *testing.T) {
	t.Parallel()
	octets, err := hex.DecodeString("00000041000000050000000000000007" +
		"00" + "0101" + "33333630303030303030310000" + "09" + "333631313100" +
		"00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "0453544f50" + "0427000102" + "1400000178")
	require.NoError(t, err)
	octets[3] = uint8(len(octets))
	m := decode(t, octets)
	require.Equal(t, pdu.Message{
		Sequence: 7,
		Source:   pdu.Address{TON: 1, NPI: 1, Addr: "33600000001"},
		Dest:     pdu.Address{TON: 0, NPI: 9, Addr: "36111"},
		UserData: []byte("STOP"),
		TLVs:     []pdu.TLV{{Tag: pdu.TagMessageState, Value: []byte{2}}, {Tag: 0x1400, Value: []byte{'x'}}},
	}, m)
	state, ok := m.TLV(pdu.TagMessageState)
	require.True(t, ok)
	require.Equal(t, []byte{2}, state)
	_, ok = m.TLV(pdu.TagReceiptedMessageID)
	require.False(t, ok)
}

func TestDecodeOwnsItsMemory(t *testing.T) {
	t.Parallel()
	octets := encode(t, pdu.DeliverSMID, withTLVs(mo("STOP"), pdu.TLV{Tag: 0x1400, Value: []byte("x")}))
	f := frameOf(t, octets)
	m, err := pdu.DecodeMessage(f)
	require.NoError(t, err)
	clear(f.Body)
	require.Equal(t, decode(t, octets), m)
}

func TestPitfall07TypeIsMaskedFromESMClass(t *testing.T) {
	t.Parallel()
	for class, want := range map[uint8]uint8{
		0x00: 0, 0x03: 0, 0x40: 0, 0x80: 0, 0x04: 0x04, 0x44: 0x04, 0x08: 0x08, 0x48: 0x08, 0x10: 0x10, 0x20: 0x20, 0x60: 0x20, 0xE7: 0x24,
	} {
		m := pdu.Message{ESMClass: class}
		require.Equal(t, want, m.Type(), "%#x", class)
		require.Equal(t, class&0x40 != 0, m.HasUDH(), "%#x", class)
	}
}

func TestPitfall09RegisteredDeliveryOnTheWire(t *testing.T) {
	t.Parallel()
	for _, value := range []uint8{pdu.RegisteredNone, pdu.RegisteredFinal} {
		m := &pdu.Message{RegisteredDelivery: value}
		octets := encode(t, pdu.SubmitSMID, m)
		// The 12th octet of a body without texts: service_type, twice TON, NPI
		// and address, esm_class, protocol_id, priority_flag, two times.
		require.Equal(t, value, octets[pdu.HeaderLength+12])
	}
	require.Equal(t, uint8(0x01), pdu.RegisteredFinal)
}

func TestPitfall12AlphanumericAddress(t *testing.T) {
	t.Parallel()
	m := mo("id:1 stat:DELIVRD")
	m.Dest = pdu.Address{TON: 5, Addr: "ACME"}
	require.Equal(t, m.Dest, decode(t, encode(t, pdu.DeliverSMID, m)).Dest)
}

func TestPitfall27UDHInPayload(t *testing.T) {
	t.Parallel()
	m := mo("")
	m.ESMClass, m.InPayload = pdu.ESMUDHI, true
	m.UserData = []byte("\x05\x00\x03\x01\x02\x01STOP")
	got := decode(t, encode(t, pdu.DeliverSMID, m))
	require.True(t, got.HasUDH())
	require.True(t, got.InPayload)
	require.Equal(t, m.UserData, got.UserData)
}

func TestPitfall38NULInText(t *testing.T) {
	t.Parallel()
	require.Equal(t, []byte("\x00\x00STOP\x00"), decode(t, encode(t, pdu.DeliverSMID, mo("\x00\x00STOP\x00"))).UserData)
}

func TestPitfall39StrayOctetsBehindTheText(t *testing.T) {
	t.Parallel()
	for _, stray := range []string{"\x00", "\x00\x00", "\x00\x00\x00", "\x04\x24\x00"} {
		whole := encode(t, pdu.DeliverSMID, mo("STOP"))
		octets := raw(pdu.DeliverSMID, 0, 7, append(whole[pdu.HeaderLength:], stray...)...)
		got := decode(t, octets)
		require.Equal(t, "STOP", string(got.UserData))
		require.Empty(t, got.TLVs)
	}
}

func TestPitfall40EmptyText(t *testing.T) {
	t.Parallel()
	got := decode(t, encode(t, pdu.DeliverSMID, mo("")))
	require.Empty(t, got.UserData)
	require.False(t, got.InPayload)
}

func TestPitfall41TextInPayload(t *testing.T) {
	t.Parallel()
	payload := pdu.TLV{Tag: pdu.TagMessagePayload, Value: []byte("STOP")}
	other := pdu.TLV{Tag: 0x1400, Value: []byte("x")}
	for name, tlvs := range map[string][]pdu.TLV{"first": {payload, other}, "last": {other, payload}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := decode(t, encode(t, pdu.DeliverSMID, withTLVs(mo(""), tlvs...)))
			require.Equal(t, "STOP", string(got.UserData))
			require.True(t, got.InPayload)
			require.Equal(t, []pdu.TLV{other}, got.TLVs)
		})
	}
	t.Run("beside a short_message, which counts", func(t *testing.T) {
		t.Parallel()
		got := decode(t, encode(t, pdu.DeliverSMID, withTLVs(mo("START"), payload)))
		require.Equal(t, "START", string(got.UserData))
		require.Equal(t, []pdu.TLV{payload}, got.TLVs)
	})
}

func TestPitfall42UnknownTLVsSurvive(t *testing.T) {
	t.Parallel()
	tlvs := []pdu.TLV{{Tag: 0x0428, Value: []byte{}}, {Tag: 0xFFFF, Value: []byte{1, 2}}, {Tag: 0x0210, Value: []byte{0x34}}}
	for _, cmd := range []pdu.Command{pdu.SubmitSMID, pdu.DeliverSMID, pdu.DataSMID} {
		m := mo("STOP")
		require.Equal(t, tlvs, decode(t, encode(t, cmd, withTLVs(m, tlvs...))).TLVs)
	}
}

func TestPitfall43TLVLongerThanThePDU(t *testing.T) {
	t.Parallel()
	good := pdu.TLV{Tag: pdu.TagMessageState, Value: []byte{2}}
	for name, bad := range map[string]string{
		"length 0xFFFF":           "\x14\x00\xFF\xFFx",
		"header of two octets":    "\x14\x00",
		"one octet short":         "\x14\x00\x00\x02x",
		"nothing behind a header": "\x14\x00\x00\x01",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := encode(t, pdu.DeliverSMID, withTLVs(mo("STOP"), good))
			got := decode(t, raw(pdu.DeliverSMID, 0, 7, append(whole[pdu.HeaderLength:], bad...)...))
			require.Equal(t, "STOP", string(got.UserData))
			require.Equal(t, []pdu.TLV{good}, got.TLVs)
		})
	}
	t.Run("length 0 where one is needed", func(t *testing.T) {
		t.Parallel()
		got := decode(t, encode(t, pdu.DeliverSMID, withTLVs(mo(""), pdu.TLV{Tag: pdu.TagMessagePayload})))
		require.Empty(t, got.UserData)
	})
}

func TestPitfall45DataSM(t *testing.T) {
	t.Parallel()
	m := &pdu.Message{
		Sequence: 7, ServiceType: "CMT",
		Source:   pdu.Address{TON: 1, NPI: 1, Addr: "33600000001"},
		Dest:     pdu.Address{TON: 3, Addr: strings.Repeat("1", 64)},
		ESMClass: 0x04, RegisteredDelivery: 1, DataCoding: 8,
		UserData: bytes.Repeat([]byte("x"), 300),
		TLVs:     []pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: []byte("1\x00")}},
	}
	got := decode(t, encode(t, pdu.DataSMID, m))
	want := *m
	want.Data, want.InPayload = true, true
	require.Equal(t, want, got)
}

func TestPitfall53BodyThatEndsEarly(t *testing.T) {
	t.Parallel()
	for _, cmd := range []pdu.Command{pdu.SubmitSMID, pdu.DeliverSMID, pdu.DataSMID} {
		whole := encode(t, cmd, mo("STOP"))
		mandatory := len(whole)
		if cmd == pdu.DataSMID {
			mandatory -= len("\x04\x24\x00\x04STOP")
		}
		for n := pdu.HeaderLength; n < mandatory; n++ {
			_, err := pdu.DecodeMessage(frameOf(t, raw(cmd, 0, 7, whole[pdu.HeaderLength:n]...)))
			var bad *pdu.Error
			require.ErrorAs(t, err, &bad, "%s of %d octets", cmd, n)
			require.Equal(t, pdu.StatusInvCmdLen, bad.Status)
			require.False(t, bad.Fatal)
			require.Equal(t, uint32(7), bad.Sequence)
			require.Equal(t, cmd, bad.Command)
		}
	}
}

func TestDecodeRefusesEndlessTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 1000) + "\x00"
	rest := strings.Repeat("\x00", 20)
	for body, want := range map[string]pdu.Status{
		long + rest:                                                  pdu.StatusInvSerTyp,
		"\x00\x01\x01" + long + rest:                                 pdu.StatusInvSrcAdr,
		"\x00\x01\x01\x00\x01\x01" + long + rest:                     pdu.StatusInvDstAdr,
		"\x00\x01\x01\x00\x01\x01\x00\x00\x00\x00" + long + rest:     pdu.StatusInvSched,
		"\x00\x01\x01\x00\x01\x01\x00\x00\x00\x00\x00" + long + rest: pdu.StatusInvExpiry,
	} {
		_, err := pdu.DecodeMessage(frameOf(t, raw(pdu.DeliverSMID, 0, 1, []byte(body)...)))
		var bad *pdu.Error
		require.ErrorAs(t, err, &bad)
		require.Equal(t, want, bad.Status)
	}
	// Five texts of the greatest length are read.
	text := strings.Repeat("9", 64) + "\x00"
	m := decode(t, raw(pdu.DeliverSMID, 0, 1, []byte(text+"12"+text+"34"+text+"567"+text+text+"\x00\x00\x00\x00\x00")...))
	require.Len(t, m.ValidityPeriod, 64)
}

func TestPitfall54LengthsAreChecked(t *testing.T) {
	t.Parallel()
	long := func(change func(m *pdu.Message)) *pdu.Message {
		m := mo("x")
		change(m)
		return m
	}
	text := func(n int) func(*pdu.Message) {
		return func(m *pdu.Message) { m.UserData = bytes.Repeat([]byte("x"), n) }
	}
	for name, c := range map[string]struct {
		m    *pdu.Message
		cmd  pdu.Command
		want string // "" fits
	}{
		"254 octets":          {long(text(254)), pdu.SubmitSMID, ""},
		"255 octets":          {long(text(255)), pdu.SubmitSMID, "short_message has 255 octets, at most 254 fit"},
		"300 octets":          {long(text(300)), pdu.DeliverSMID, "short_message has 300 octets, at most 254 fit"},
		"300 octets, data_sm": {long(text(300)), pdu.DataSMID, ""},
		"payload":             {long(func(m *pdu.Message) { text(65535)(m); m.InPayload = true }), pdu.SubmitSMID, ""},
		"long payload": {
			long(func(m *pdu.Message) { text(65536)(m); m.InPayload = true }), pdu.SubmitSMID, "at most 65535 fit",
		},
		"20 digits":          {long(func(m *pdu.Message) { m.Dest.Addr = strings.Repeat("1", 20) }), pdu.SubmitSMID, ""},
		"21 digits":          {long(func(m *pdu.Message) { m.Dest.Addr = strings.Repeat("1", 21) }), pdu.SubmitSMID, "destination_addr has 21"},
		"21 digits, source":  {long(func(m *pdu.Message) { m.Source.Addr = strings.Repeat("1", 21) }), pdu.SubmitSMID, "source_addr has 21"},
		"65 digits, data_sm": {long(func(m *pdu.Message) { m.Dest.Addr = strings.Repeat("1", 65) }), pdu.DataSMID, "at most 64 fit"},
		"service type":       {long(func(m *pdu.Message) { m.ServiceType = "CMTCMT" }), pdu.SubmitSMID, "service_type has 6"},
		"NUL in an address":  {long(func(m *pdu.Message) { m.Dest.Addr = "1\x002" }), pdu.SubmitSMID, "holds a NUL"},
		"TLV": {
			long(func(m *pdu.Message) { m.TLVs = []pdu.TLV{{Tag: 0x1400, Value: make([]byte, 65536)}} }), pdu.SubmitSMID, "TLV 0x1400 has 65536",
		},
		"whole PDU": {
			long(func(m *pdu.Message) {
				text(60000)(m)
				m.InPayload = true
				m.TLVs = []pdu.TLV{{Value: make([]byte, 6000)}}
			}),
			pdu.SubmitSMID, "at most 66000 fit",
		},
		"another command": {mo("x"), pdu.EnquireLinkID, "enquire_link carries no message"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := []byte("before")
			octets, err := pdu.AppendMessage(before, c.cmd, c.m)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				require.Equal(t, "before", string(octets))
				return
			}
			require.NoError(t, err)
			require.Equal(t, "before", string(octets[:6]))
			require.Equal(t, c.m.UserData, decode(t, octets[6:]).UserData)
		})
	}
}

func TestPitfall55TLVsInTheOrderGiven(t *testing.T) {
	t.Parallel()
	m := withTLVs(mo("x"),
		pdu.TLV{Tag: pdu.TagSarMsgRefNum, Value: []byte{0, 1}},
		pdu.TLV{Tag: pdu.TagSarTotalSegments, Value: []byte{2}},
		pdu.TLV{Tag: pdu.TagSarSegmentSeqnum, Value: []byte{1}},
	)
	first := encode(t, pdu.SubmitSMID, m)
	require.True(t, bytes.HasSuffix(first, []byte("\x02\x0C\x00\x02\x00\x01\x02\x0E\x00\x01\x02\x02\x0F\x00\x01\x01")))
	for range 100 {
		require.Equal(t, first, encode(t, pdu.SubmitSMID, m))
	}
}

func TestPitfall56TimesHave16CharactersOrNone(t *testing.T) {
	t.Parallel()
	for value, fits := range map[string]bool{"": true, "000000001500000R": true, "2026": false, "0000000015000000R": false, "00000000150000\x00R": false} {
		m := mo("x")
		m.ValidityPeriod = value
		_, err := pdu.AppendMessage(nil, pdu.SubmitSMID, m)
		require.Equal(t, fits, err == nil, "%q: %v", value, err)
		m.ValidityPeriod, m.ScheduleTime = "", value
		_, err = pdu.AppendMessage(nil, pdu.SubmitSMID, m)
		require.Equal(t, fits, err == nil, "%q: %v", value, err)
	}
}

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cmd := rapid.SampledFrom([]pdu.Command{pdu.SubmitSMID, pdu.DeliverSMID, pdu.DataSMID}).Draw(t, "cmd")
		want := messageGen(cmd).Draw(t, "message")
		octets, err := pdu.AppendMessage(nil, cmd, &want)
		require.NoError(t, err)
		f, err := pdu.NewReader(bytes.NewReader(octets)).Read()
		require.NoError(t, err)
		got, err := pdu.DecodeMessage(f)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	})
}

func messageGen(cmd pdu.Command) *rapid.Generator[pdu.Message] {
	text := func(n int) *rapid.Generator[string] { return rapid.StringMatching(fmt.Sprintf(`[ -~]{0,%d}`, n)) }
	clock := rapid.SampledFrom([]string{"", "261122120000000+", "000000001500000R"})
	address := rapid.Custom(func(t *rapid.T) pdu.Address {
		return pdu.Address{TON: rapid.Byte().Draw(t, "ton"), NPI: rapid.Byte().Draw(t, "npi"), Addr: text(20).Draw(t, "addr")}
	})
	return rapid.Custom(func(t *rapid.T) pdu.Message {
		m := pdu.Message{
			Sequence:           rapid.Uint32().Draw(t, "sequence"),
			ServiceType:        text(5).Draw(t, "service_type"),
			Source:             address.Draw(t, "source"),
			Dest:               address.Draw(t, "dest"),
			ESMClass:           rapid.Byte().Draw(t, "esm_class"),
			RegisteredDelivery: rapid.Byte().Draw(t, "registered_delivery"),
			DataCoding:         rapid.Byte().Draw(t, "data_coding"),
			UserData:           rapid.SliceOfN(rapid.Byte(), 1, 254).Draw(t, "user data"),
			InPayload:          rapid.Bool().Draw(t, "payload"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "tlvs") {
			m.TLVs = append(m.TLVs, pdu.TLV{
				Tag:   rapid.Uint16Range(0x1400, 0x3FFF).Draw(t, "tag"),
				Value: rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "value"),
			})
		}
		if cmd == pdu.DataSMID {
			m.Data, m.InPayload = true, true
			return m
		}
		m.ProtocolID = rapid.Byte().Draw(t, "protocol_id")
		m.Priority = rapid.Byte().Draw(t, "priority")
		m.ScheduleTime, m.ValidityPeriod = clock.Draw(t, "schedule"), clock.Draw(t, "validity")
		m.ReplaceIfPresent = rapid.Byte().Draw(t, "replace")
		m.DefaultMsgID = rapid.Byte().Draw(t, "default")
		return m
	})
}
