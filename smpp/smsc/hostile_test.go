package smsc_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

// TestAHostilePeerHurtsNobodyElse sends noise of many kinds, before and after
// a bind, while another session works.
func TestAHostilePeerHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	s := start(t)
	good := bound(t, s, pdu.BindTransmitterID)
	random := rand.New(rand.NewPCG(1, 2))
	commands := []pdu.Command{
		pdu.BindTransceiverID, pdu.SubmitSMID, pdu.DataSMID, pdu.DeliverSMRespID, pdu.SubmitSMRespID, pdu.QuerySMID,
		pdu.OutbindID, pdu.EnquireLinkRespID, pdu.GenericNackID, 0x7FFFFFFF, 0xFFFFFFFF,
	}
	for i := range 60 {
		e := connect(t, s)
		if i%2 == 0 {
			require.Equal(t, pdu.StatusOK, e.bind(pdu.BindTransceiverID, "shop", "secret"))
		}
		var octets []byte
		for range 5 {
			octets = append(octets, noise(random, commands)...)
		}
		octets = append(octets, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1) // out of step for good
		e.write(octets)
		e.closed()
		m := text("still here")
		m.RegisteredDelivery = 0
		good.submit(m)
		status, _, _ := good.response()
		require.Equal(t, pdu.StatusOK, status)
	}
	require.Len(t, s.Phone(phone).Inbox(), 60)
}

// noise is a PDU with a good length and any content.
func noise(random *rand.Rand, commands []pdu.Command) []byte {
	octets := make([]byte, pdu.HeaderLength+random.IntN(300))
	for i := range octets {
		octets[i] = byte(random.Uint32() >> random.IntN(8))
	}
	binary.BigEndian.PutUint32(octets, uint32(len(octets)))
	binary.BigEndian.PutUint32(octets[4:], uint32(commands[random.IntN(len(commands))]))
	return octets
}

func TestCountersOnly(t *testing.T) {
	t.Parallel()
	s, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{shop()}, Keep: -1})
	require.NoError(t, err)
	defer s.Close()
	e := bound(t, s, pdu.BindTransmitterID)
	s.Phone(phone + 1) // somebody asked for this one
	for range 2 {
		e.submit(text("not kept"))
		e.response()
		m := text("shown")
		m.Dest.Addr = "33612345679"
		e.submit(m)
		e.response()
	}
	_, err = s.Phone(phone + 1).Next(ctx(t))
	require.NoError(t, err)
	require.Empty(t, s.MTs(0))
	require.Len(t, s.Phones(), 1)
	require.EqualValues(t, 4, s.Account("shop").Counters().Accepted)
}
