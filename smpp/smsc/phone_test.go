package smsc_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
)

const (
	longGSM  = "Bonjour, votre commande n'est pas complète : écrivez le numéro de la pizza, puis la taille (S, M, L), puis l'adresse de livraison. Une boisson fait 2 € de plus {promo}, merci !"
	longUCS2 = "Спасибо за заказ 🍕🍕🍕! Ваша пицца будет готова через двадцать минут, ждите нас у входа 😀😀😀."
)

// receiveMO reads the parts of an MO, answers them and returns them joined.
func receiveMO(e *esme, parts int) (string, []pdu.Message) {
	e.t.Helper()
	var all []pdu.Message
	texts := make([][]byte, parts)
	for range parts {
		m := e.deliver()
		all = append(all, m)
		concat, octets := coding.ConcatOf(&m)
		if concat == nil {
			texts[0] = octets
		} else {
			texts[concat.Part-1] = octets
		}
		e.answer(m, pdu.StatusOK)
	}
	s, _ := coding.Decode(all[0].DataCoding, coding.Join(texts), coding.GSM7)
	return s, all
}

func TestLongMOs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text    string
		options smsc.MOOptions
		parts   int
	}{
		"GSM, UDH 8":         {longGSM, smsc.MOOptions{}, 2},
		"GSM, UDH 16":        {longGSM, smsc.MOOptions{Method: coding.UDH16}, 2},
		"GSM, SAR":           {longGSM, smsc.MOOptions{Method: coding.SAR}, 2},
		"payload":            {longGSM, smsc.MOOptions{Method: coding.Payload}, 1},
		"UCS-2":              {longUCS2, smsc.MOOptions{}, 2},
		"UCS-2, SAR":         {longUCS2, smsc.MOOptions{Method: coding.SAR}, 2},
		"out of order":       {longUCS2, smsc.MOOptions{Split: 40, Order: []int{4, 2, 0, 3, 1}}, 5},
		"short, cut":         {"PIZZA 😀", smsc.MOOptions{Split: 14, Method: coding.UDH16}, 2},
		"short, forced UCS2": {"PIZZA", smsc.MOOptions{Coding: smsc.CodingUCS2}, 1},
		"short, Latin-1":     {"à bientôt", smsc.MOOptions{Coding: smsc.CodingLatin1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			e := bound(t, s, pdu.BindTransceiverID)
			mo, err := s.Phone(phone).SendWith(code, test.text, test.options)
			require.NoError(t, err)
			n := test.parts
			if name == "out of order" {
				n = len(test.options.Order)
			}
			got, _ := receiveMO(e, n)
			require.Equal(t, test.text, got)
			require.NoError(t, mo.Wait(ctx(t)))
		})
	}
}

func TestPartsOverBinds(t *testing.T) {
	t.Parallel()
	s := start(t)
	first, second := bound(t, s, pdu.BindTransceiverID), bound(t, s, pdu.BindTransceiverID)
	require.NoError(t, s.Account("shop").WaitBound(ctx(t), 2))
	_, err := s.Phone(phone).SendWith(code, longGSM, smsc.MOOptions{Spread: true})
	require.NoError(t, err)
	first.answer(first.deliver(), pdu.StatusOK)
	second.answer(second.deliver(), pdu.StatusOK)
}

func TestMissingPartCopiesAndDataSM(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransceiverID)
	mo, err := s.Phone(phone).SendWith(code, longGSM, smsc.MOOptions{Order: []int{0}, Copies: 1})
	require.NoError(t, err)
	for range 2 {
		m := e.deliver()
		concat, _ := coding.ConcatOf(&m)
		require.EqualValues(t, 1, concat.Part)
		e.answer(m, pdu.StatusOK)
	}
	require.NoError(t, mo.Wait(ctx(t)))

	_, err = s.Phone(phone).SendWith(code, "STOP", smsc.MOOptions{DataSM: true, From: "+33612345678"})
	require.NoError(t, err)
	m := e.message(pdu.DataSMID)
	require.Equal(t, "STOP", string(m.UserData))
	require.Equal(t, "+33612345678", m.Source.Addr)
	e.answer(m, pdu.StatusOK)

	_, err = s.Phone(phone).SendWith(code, "x", smsc.MOOptions{Order: []int{1}})
	require.ErrorContains(t, err, "there are the parts 0 to 0")
	_, err = s.Phone(phone).SendWith(code, "x", smsc.MOOptions{Via: "other"})
	require.ErrorContains(t, err, `account "other" does not serve 36111`)
}

func TestRawMO(t *testing.T) {
	t.Parallel()
	o := shop()
	o.PhonePrefix = "00"
	s := start(t, o)
	e := bound(t, s, pdu.BindTransceiverID)
	_, err := s.Phone(phone).SendRaw(code, smsc.MOOptions{}, smsc.Raw{
		DataCoding: 4, ESMClass: 0x40, Octets: []byte{5, 0, 3, 8, 2, 9}, TLVs: []pdu.TLV{{Tag: 0x1400, Value: []byte{1}}},
	})
	require.NoError(t, err)
	m := e.deliver()
	require.Equal(t, "0033612345678", m.Source.Addr)
	require.EqualValues(t, 4, m.DataCoding)
	require.Equal(t, []byte{5, 0, 3, 8, 2, 9}, m.UserData)
	value, ok := m.TLV(0x1400)
	require.True(t, ok)
	require.Equal(t, []byte{1}, value)
}

func TestPhoneJoinsLongMTs(t *testing.T) {
	t.Parallel()
	for _, method := range []coding.Method{coding.UDH8, coding.UDH16, coding.SAR, coding.Payload} {
		for _, words := range []string{longGSM, longUCS2} {
			t.Run(method.String(), func(t *testing.T) {
				t.Parallel()
				s := start(t)
				e := bound(t, s, pdu.BindTransmitterID)
				segments, err := coding.Split(words, coding.SplitOptions{Method: method, Ref: 300})
				require.NoError(t, err)
				for i := len(segments.Parts) - 1; i >= 0; i-- { // the last part first, and one of them twice
					m := text("")
					m.DataCoding, m.UserData, m.TLVs = segments.DataCoding, segments.Parts[i], segments.TLVs(i)
					m.InPayload = method == coding.Payload
					if segments.UDH {
						m.ESMClass = pdu.ESMUDHI
					}
					if i == 1 {
						e.submit(m)
						e.response()
					}
					e.submit(m)
					e.response()
				}
				entry, err := s.Phone(phone).Next(ctx(t))
				require.NoError(t, err)
				require.Equal(t, words, entry.Text)
				require.Equal(t, len(segments.Parts), entry.Parts)
				require.Len(t, s.Phone(phone).Inbox(), 1)
			})
		}
	}
}

func TestExpectPassesOverAndExplains(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := bound(t, s, pdu.BindTransmitterID)
	p := s.Phone(phone)
	for _, words := range []string{"welcome", "one pizza", "thank you"} {
		e.submit(text(words))
		e.response()
	}
	entry, err := p.Expect(ctx(t), "pizza")
	require.NoError(t, err)
	require.Equal(t, "one pizza", entry.Text)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Expect(over, "welcome")
	require.ErrorContains(t, err, `only ["thank you"]`)
	require.Len(t, p.Await(ctx(t), 1), 2)
	require.Empty(t, p.Await(over, 3))
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{shop()}, Keep: 3})
	require.NoError(t, err)
	defer s.Close()
	e := bound(t, s, pdu.BindTransmitterID)
	for i := range 1200 {
		e.submit(text(strings.Repeat("x", 1+i%100)))
		e.response()
	}
	_, err = s.AwaitMT(ctx(t), 0, func(mt *smsc.MT) bool { return mt.Order >= 1200 })
	require.NoError(t, err)
	require.Len(t, s.MTs(0), 3)
	require.LessOrEqual(t, len(s.Phone(phone).Transcript(0)), 1000)
	entries := s.Phone(phone).Transcript(1195)
	require.Len(t, entries, 5)
	require.EqualValues(t, 1196, entries[0].Number)
}
