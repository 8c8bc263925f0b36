package pdu

import (
	"bytes"

	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
)

// layout is the order of a body's mandatory fields, written and read by
// go-smpp's field codec. That is sound for a body of C-octet strings and
// single octets, after two things that it leaves out: lengths are checked
// before (checkTexts), missing fields behind. Headers and TLVs are our own:
// its sequence counter is one for the whole process, and it keeps TLVs in a
// map.
type layout pdufield.List

var (
	bindLayout = layout{
		pdufield.SystemID, pdufield.Password, pdufield.SystemType, pdufield.InterfaceVersion,
		pdufield.AddrTON, pdufield.AddrNPI, pdufield.AddressRange,
	}
	bindRespLayout = layout{pdufield.SystemID}
	outbindLayout  = layout{pdufield.SystemID, pdufield.Password}
)

// append writes the values in the order of the layout.
func (l layout) append(dst []byte, values pdufield.Map) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	for _, name := range l {
		if err := values[name].SerializeTo(out); err != nil {
			return dst, err
		}
	}
	return out.Bytes(), nil
}

// decode reads the fields of the layout and returns the octets behind them.
// A body that ends early gives the fields that are whole, and the name of the
// first that is not.
func (l layout) decode(body []byte) (values pdufield.Map, rest []byte, missing pdufield.Name) {
	in := bytes.NewBuffer(body)
	values, err := pdufield.List(l).Decode(in)
	for _, name := range l {
		if err != nil || values[name] == nil {
			return values, nil, name
		}
	}
	return values, in.Bytes(), ""
}

func textOf(values pdufield.Map, name pdufield.Name) string {
	if v, ok := values[name]; ok {
		return v.String()
	}
	return ""
}

func octetOf(values pdufield.Map, name pdufield.Name) uint8 {
	if v, ok := values[name].(*pdufield.Fixed); ok {
		return v.Data
	}
	return 0
}

func octets(text string) *pdufield.Variable { return &pdufield.Variable{Data: []byte(text)} }

func octet(n uint8) *pdufield.Fixed { return &pdufield.Fixed{Data: n} }

// early is the error for a body that ends before the named field does.
func early(f Frame, missing pdufield.Name) *Error {
	return &Error{Header: f.Header, Status: StatusInvCmdLen, Reason: string(missing) + " is missing or ends early"}
}
