package pdu_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

var binds = []pdu.Command{pdu.BindTransceiverID, pdu.BindTransmitterID, pdu.BindReceiverID}

func bind(cmd pdu.Command) *pdu.Bind {
	return &pdu.Bind{
		Command: cmd, Sequence: 0xFFFFFFFF, SystemID: "shop", Password: "secret12", SystemType: "VMA",
		InterfaceVersion: pdu.InterfaceVersion34, TON: 1, NPI: 9, AddressRange: "^36",
	}
}

func TestBindOnTheWire(t *testing.T) {
	t.Parallel()
	for _, cmd := range binds {
		want := bind(cmd)
		octets, err := pdu.AppendBind(nil, want)
		require.NoError(t, err)
		require.Equal(t, raw(cmd, 0, 0xFFFFFFFF, []byte("shop\x00secret12\x00VMA\x00\x34\x01\x09^36\x00")...), octets)
		got, err := pdu.DecodeBind(frameOf(t, octets))
		require.NoError(t, err)
		require.Equal(t, *want, got)
	}
}

func TestBindPitfall53EndsEarly(t *testing.T) {
	t.Parallel()
	whole, err := pdu.AppendBind(nil, bind(pdu.BindTransceiverID))
	require.NoError(t, err)
	for n := pdu.HeaderLength; n < len(whole); n++ {
		_, err := pdu.DecodeBind(frameOf(t, raw(pdu.BindTransceiverID, 0, 5, whole[pdu.HeaderLength:n]...)))
		var bad *pdu.Error
		require.ErrorAs(t, err, &bad, "%d octets", n)
		require.Equal(t, pdu.StatusInvCmdLen, bad.Status)
		require.Equal(t, uint32(5), bad.Sequence)
		require.False(t, bad.Fatal)
	}
}

func TestPitfall55TooLongANameOrPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(b *pdu.Bind){
		"system_id has 16 octets, at most 15 fit":     func(b *pdu.Bind) { b.SystemID = strings.Repeat("s", 16) },
		"password has 9 octets, at most 8 fit":        func(b *pdu.Bind) { b.Password = "secret123" },
		"system_type has 13 octets, at most 12 fit":   func(b *pdu.Bind) { b.SystemType = strings.Repeat("s", 13) },
		"address_range has 41 octets, at most 40 fit": func(b *pdu.Bind) { b.AddressRange = strings.Repeat("1", 41) },
		"password holds a NUL, which would end it":    func(b *pdu.Bind) { b.Password = "a\x00b" },
	} {
		b := bind(pdu.BindTransceiverID)
		change(b)
		require.EqualError(t, b.Check(), want)
		octets, err := pdu.AppendBind([]byte("x"), b)
		require.EqualError(t, err, want)
		require.Equal(t, "x", string(octets))
	}
	_, err := pdu.AppendBind(nil, bind(pdu.EnquireLinkID))
	require.EqualError(t, err, "enquire_link is no bind")
}

func TestPitfalls47And49MinimalBindResp(t *testing.T) {
	t.Parallel()
	version := pdu.TLV{Tag: pdu.TagSCInterfaceVersion, Value: []byte{0x34}}
	for _, cmd := range binds {
		for _, status := range []pdu.Status{pdu.StatusOK, pdu.StatusInvPaswd} {
			for body, want := range map[string]pdu.BindResp{
				"":                             {},
				"\x00":                         {},
				"smsc":                         {}, // its end is missing
				"smsc\x00":                     {SystemID: "smsc"},
				"smsc\x00\x02\x10\x00\x01\x34": {SystemID: "smsc", TLVs: []pdu.TLV{version}},
				"\x00\x14\x00\x00\x01x\x02\x10\x00\x01\x34": { // pitfall 42
					TLVs: []pdu.TLV{{Tag: 0x1400, Value: []byte("x")}, version},
				},
			} {
				t.Run(fmt.Sprintf("%s %s %q", cmd, status, body), func(t *testing.T) {
					t.Parallel()
					want.Command, want.Status, want.Sequence = cmd.Resp(), status, 1
					got := pdu.DecodeBindResp(frameOf(t, raw(cmd.Resp(), status, 1, []byte(body)...)))
					require.Equal(t, want, got)
				})
			}
		}
	}
}

func TestBindRespRoundTrip(t *testing.T) {
	t.Parallel()
	want := pdu.BindResp{
		Command: pdu.BindReceiverRespID, Status: pdu.StatusAlyBnd, Sequence: 3, SystemID: "smsc",
		TLVs: []pdu.TLV{{Tag: pdu.TagSCInterfaceVersion, Value: []byte{0x34}}},
	}
	octets, err := pdu.AppendBindResp(nil, &want)
	require.NoError(t, err)
	got := pdu.DecodeBindResp(frameOf(t, octets))
	require.Equal(t, want, got)
	v, ok := got.TLV(pdu.TagSCInterfaceVersion)
	require.True(t, ok)
	require.Equal(t, []byte{0x34}, v)

	_, err = pdu.AppendBindResp(nil, &pdu.BindResp{SystemID: strings.Repeat("s", 16)})
	require.ErrorContains(t, err, "system_id")
	_, err = pdu.AppendBindResp(nil, &pdu.BindResp{TLVs: []pdu.TLV{{Value: make([]byte, 65536)}}})
	require.ErrorContains(t, err, "TLV")
}

func TestPitfall46OutbindAndAlert(t *testing.T) {
	t.Parallel()
	o := pdu.Outbind{Sequence: 4, SystemID: "smsc", Password: "pw"}
	octets, err := pdu.AppendOutbind(nil, &o)
	require.NoError(t, err)
	gotOutbind, err := pdu.DecodeOutbind(frameOf(t, octets))
	require.NoError(t, err)
	require.Equal(t, o, gotOutbind)
	_, err = pdu.DecodeOutbind(frameOf(t, raw(pdu.OutbindID, 0, 4, 's')))
	require.ErrorContains(t, err, "system_id is missing or ends early")
	_, err = pdu.AppendOutbind(nil, &pdu.Outbind{Password: "too long a word"})
	require.ErrorContains(t, err, "password")

	a := pdu.Alert{
		Sequence: 5,
		Source:   pdu.Address{TON: 1, NPI: 1, Addr: "33600000001"},
		ESME:     pdu.Address{TON: 3, Addr: "36111"},
		TLVs:     []pdu.TLV{{Tag: pdu.TagMSAvailabilityState, Value: []byte{0}}},
	}
	octets, err = pdu.AppendAlert(nil, &a)
	require.NoError(t, err)
	gotAlert, err := pdu.DecodeAlert(frameOf(t, octets))
	require.NoError(t, err)
	require.Equal(t, a, gotAlert)
	_, err = pdu.DecodeAlert(frameOf(t, raw(pdu.AlertNotificationID, 0, 5, 1)))
	require.ErrorContains(t, err, "source_addr_npi is missing")
	_, err = pdu.AppendAlert(nil, &pdu.Alert{ESME: pdu.Address{Addr: strings.Repeat("1", 65)}})
	require.ErrorContains(t, err, "esme_addr")
}
