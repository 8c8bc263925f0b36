package pdu_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

func TestPitfall57DeliverSMRespHas17Octets(t *testing.T) {
	t.Parallel()
	for _, status := range []pdu.Status{pdu.StatusOK, pdu.StatusRXTAppn} {
		got := pdu.AppendResp([]byte("x"), pdu.DeliverSMID, status, 7, "")[1:]
		require.Equal(t, raw(pdu.DeliverSMRespID, status, 7, 0), got)
		require.Len(t, got, 17)
	}
}

func TestAppendHeaderAndResp(t *testing.T) {
	t.Parallel()
	require.Equal(t, []byte("\x00\x00\x00\x10\x80\x00\x00\x15\x00\x00\x00\x00\x16\x25\xd2\x69"),
		pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, 0x1625d269))
	f := frameOf(t, pdu.AppendResp(nil, pdu.SubmitSMRespID, pdu.StatusOK, 1, "abc"))
	require.Equal(t, "abc\x00", string(f.Body))
}

func TestPitfalls47And48SubmitRespWithAndWithoutBody(t *testing.T) {
	t.Parallel()
	vendor := []pdu.TLV{{Tag: 0x1400, Value: []byte("x")}} // pitfall 42
	for _, status := range []pdu.Status{pdu.StatusOK, pdu.StatusInvDstAdr, pdu.StatusThrottled, 0x400} {
		for body, want := range map[string]struct {
			id   string
			tlvs []pdu.TLV
		}{
			"":                              {},
			"\x00":                          {},
			"33e95179\x00":                  {id: "33e95179"},
			"33e95179":                      {id: "33e95179"}, // its end is missing
			"33e95179\x00\x14\x00\x00\x01x": {"33e95179", vendor},
			"\x00\x14\x00\x00\x01x":         {"", vendor},
			"33e95179\x00\x14\x00\xFF\xFFx": {id: "33e95179"},
		} {
			for _, cmd := range []pdu.Command{pdu.SubmitSMRespID, pdu.DataSMRespID} {
				t.Run(fmt.Sprintf("%s %s %q", cmd, status, body), func(t *testing.T) {
					t.Parallel()
					id, tlvs := pdu.DecodeSubmitResp(frameOf(t, raw(cmd, status, 1, []byte(body)...)))
					require.Equal(t, want.id, id)
					require.Equal(t, want.tlvs, tlvs)
				})
			}
		}
	}
}

func TestPitfall03LongMessageID(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("f", 64)
	id, _ := pdu.DecodeSubmitResp(frameOf(t, pdu.AppendResp(nil, pdu.SubmitSMID, pdu.StatusOK, 1, long)))
	require.Equal(t, long, id)
}
