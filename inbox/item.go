package inbox

import (
	"hash/fnv"
	"time"

	"repartee/outbox"
	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/coding"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// item is one thing that a thread has to deal with, in order: an MO or a part
// of one, a wake, or a conversation started from outside.
type item struct {
	thread sms.Thread
	readAt time.Time
	mo     *mo
	wake   *Wake
	single bool      // one input at a time: the database refused all together
	retry  time.Time // zero, or since when it waits for its thread or for a proof
}

// mo is a deliver_sm or data_sm of a person.
type mo struct {
	delivery    *smpp.Delivery
	source      *Source
	carrier     *programs.Carrier
	readAt      time.Time
	size        int
	fingerprint int64
	noPhone     bool

	decoded bool
	concat  *coding.Concat
	octets  []byte // user data without its header
	text    string
	binary  bool
}

// decode reads the text, once. The first form of it that anything sees is that
// of the whole message: parts are joined before they are decoded.
func (m *mo) decode() {
	if m.decoded {
		return
	}
	m.decoded = true
	m.concat, m.octets = coding.ConcatOf(&m.delivery.Message)
	m.text, m.binary = readOctets(m.carrier, m.delivery.Message.DataCoding, m.octets)
}

// readOctets decodes octets as the carrier means them; a carrier that is no
// longer configured meant GSM 03.38.
func readOctets(c *programs.Carrier, dataCoding uint8, octets []byte) (text string, binary bool) {
	zero := coding.GSM7
	if c != nil {
		zero = outbox.Alphabet(c)
		if c.TrimNUL && coding.AlphabetOf(dataCoding, zero) == coding.GSM7 {
			octets = coding.TrimNUL(octets)
		}
	}
	return coding.Decode(dataCoding, octets, zero)
}

// Fingerprint is 64 bits over all that makes an MO what it is (docs/
// message-path.md, "Duplicates, exactly"). When the carrier identifies its MOs
// by a TLV, that decides alone.
func Fingerprint(carrier int32, m *pdu.Message, idTag uint16) int64 {
	h := fnv.New64a()
	write := func(b ...byte) { _, _ = h.Write(b) } // a hash never fails
	field := func(s string) {
		write(byte(len(s)>>8), byte(len(s)))
		write([]byte(s)...)
	}
	write(byte(carrier), byte(carrier>>8), byte(carrier>>16), byte(carrier>>24))
	field(m.Source.Addr)
	field(m.Dest.Addr)
	if id, ok := m.TLV(idTag); ok && idTag != 0 {
		write(id...)
		return int64(h.Sum64())
	}
	write(m.ESMClass, m.DataCoding)
	write(byte(len(m.UserData)>>8), byte(len(m.UserData)))
	write(m.UserData...)
	for _, t := range m.TLVs {
		write(byte(t.Tag>>8), byte(t.Tag), byte(len(t.Value)>>8), byte(len(t.Value)))
		write(t.Value...)
	}
	return int64(h.Sum64())
}
