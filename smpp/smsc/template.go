package smsc

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

// placeholder stands for the number of the MO in a load's texts.
const placeholder = "{n}"

// template is an encoded text with a gap for a number.
type template struct {
	dataCoding    uint8
	before, after []byte
	numbered      bool
	wide          bool // two octets per digit
}

func newTemplate(text string, zero coding.Alphabet) (template, error) {
	before, after, numbered := strings.Cut(text, placeholder)
	dataCoding, alphabet, octets := coding.Encode(strings.Replace(text, placeholder, strings.Repeat("0", 10), 1), zero)
	t := template{dataCoding: dataCoding, numbered: numbered, wide: alphabet == coding.UCS2}
	whole := pdu.Message{DataCoding: dataCoding, UserData: octets}
	if !fits(&whole) {
		return t, fmt.Errorf("a text is too long for one SMS: the phones of a load send short ones")
	}
	c := CodingAuto
	switch alphabet {
	case coding.UCS2:
		c = CodingUCS2
	case coding.Latin1:
		c = CodingLatin1
	}
	var err error
	if _, t.before, err = encode(before, zero, c); err != nil {
		return t, err
	}
	_, t.after, err = encode(after, zero, c)
	return t, err
}

// message returns the text with the number n in its gap.
func (t *template) message(n int64) pdu.Message {
	m := pdu.Message{DataCoding: t.dataCoding, UserData: t.before}
	if !t.numbered {
		return m
	}
	octets := make([]byte, 0, len(t.before)+len(t.after)+20)
	octets = append(octets, t.before...)
	digits := strconv.AppendInt(make([]byte, 0, 20), n, 10)
	for _, digit := range digits {
		if t.wide {
			octets = binary.BigEndian.AppendUint16(octets, uint16(digit))
			continue
		}
		octets = append(octets, digit)
	}
	m.UserData = append(octets, t.after...)
	return m
}
