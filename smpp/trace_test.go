package smpp

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// What is shown of a PDU has no text, no whole phone number and no password.
func TestTracedPDUsAreRedacted(t *testing.T) {
	c := NewCarrier(Config{Name: "orange", Addr: "127.0.0.1:1", SystemID: "shop", Password: "secret"}, nil, Options{})
	k := c.connectors[0]
	bind := c.cfg.bindRequest(k.role, 1)
	octets, err := pdu.AppendBind(nil, &bind)
	require.NoError(t, err)
	m := pdu.Message{Sequence: 2, Source: pdu.Address{Addr: "36111"}, Dest: pdu.Address{Addr: "33612345678"}, UserData: []byte("Your code is 4711"), DataCoding: 8}
	octets, err = pdu.AppendMessage(octets, pdu.SubmitSMID, &m)
	require.NoError(t, err)
	c.trace.noteAll(k, octets, time.Now())
	for f := range pdu.Frames(pdu.AppendResp(nil, pdu.SubmitSMRespID, pdu.StatusThrottled, 2, "A1")) {
		c.trace.note(k, false, f, time.Now())
	}

	all := c.Traced()
	require.Len(t, all, 3)
	assert.Equal(t, []string{"submit_sm_resp", "submit_sm", "bind_transceiver"}, []string{all[0].Command, all[1].Command, all[2].Command})
	assert.Equal(t, "A1", all[0].MessageID)
	assert.Contains(t, all[0].Status, "ESME_RTHROTTLED")
	assert.Equal(t, "36111", all[1].From)
	assert.Equal(t, "336…78", all[1].To)
	assert.Equal(t, 17, all[1].UserData)
	assert.True(t, all[1].Out)
	shown := fmt.Sprintf("%+v", all)
	for _, hidden := range []string{"secret", "33612345678", "4711"} {
		assert.NotContains(t, shown, hidden)
	}
	assert.Empty(t, c.trace.ring[0].body, "a bind's password is not even kept")
}

// Only the newest are kept, and a part of a frame is none.
func TestTraceKeepsTheNewest(t *testing.T) {
	c := NewCarrier(Config{Name: "orange", Addr: "127.0.0.1:1", SystemID: "shop"}, nil, Options{})
	var octets []byte
	for i := range uint32(traced + 10) {
		octets = append(octets, pdu.AppendHeader(nil, pdu.EnquireLinkID, pdu.StatusOK, i)...)
	}
	c.trace.noteAll(c.connectors[0], append(octets, 0, 0, 0), time.Now())
	all := c.Traced()
	require.Len(t, all, traced)
	assert.Equal(t, uint32(traced+9), all[0].Sequence)
	assert.Equal(t, uint32(10), all[traced-1].Sequence)
}
