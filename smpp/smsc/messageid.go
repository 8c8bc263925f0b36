package smsc

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// IDForm is how an SMSC writes a message_id.
type IDForm uint8

// The forms that carriers use. Decimal and hexadecimal are two spellings of
// one number, which is why a response and a receipt can differ in them.
const (
	Decimal       IDForm = iota // 870928762
	Hex                         // 33e9517a
	HexPadded                   // 0000000033E9517A: other case, leading zeros
	DecimalPadded               // 00000000000870928762
	Opaque                      // m-ebj1kq-A: to be compared exactly
	UUID                        // 00000000-0000-4000-8000-000033e9517a
)

var idForms = [...]string{"decimal", "hex", "hex-padded", "decimal-padded", "opaque", "uuid"}

// String returns the form as the configuration writes it.
func (f IDForm) String() string {
	if int(f) < len(idForms) {
		return idForms[f]
	}
	return fmt.Sprintf("idform(%d)", uint8(f))
}

// ParseIDForm is the inverse of String; empty is Decimal.
func ParseIDForm(s string) (IDForm, error) {
	if s == "" {
		return Decimal, nil
	}
	for i, name := range idForms {
		if name == s {
			return IDForm(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a form of message ids: use decimal, hex, hex-padded, decimal-padded, opaque or uuid", s)
}

func (f IDForm) numeric() bool { return f < Opaque }

// firstID is where the message ids of an account begin: a number whose decimal
// and hexadecimal spellings cannot be mixed up.
const firstID = 870_928_761

// append writes the id in the form.
func (f IDForm) append(dst []byte, id uint64) []byte {
	switch f {
	case Hex:
		return strconv.AppendUint(dst, id, 16)
	case HexPadded:
		return fmt.Appendf(dst, "%016X", id)
	case DecimalPadded:
		return fmt.Appendf(dst, "%020d", id)
	case Opaque:
		return append(strconv.AppendUint(append(dst, "m-"...), id, 36), "-A"...)
	case UUID:
		var low [8]byte
		binary.BigEndian.PutUint64(low[:], id)
		return fmt.Appendf(dst, "00000000-0000-4000-80%02x-%012x", low[1], id&0xFFFF_FFFF_FFFF)
	default:
		return strconv.AppendUint(dst, id, 10)
	}
}
