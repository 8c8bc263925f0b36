package coding

import "fmt"

// Alphabet is a character set of user data.
type Alphabet uint8

// The alphabets. The first four are sent and received, the others received
// only. GSM7 to Latin1 may be a carrier's meaning of data_coding 0.
const (
	GSM7        Alphabet = iota // GSM 03.38 default alphabet with its extension table, one septet per octet
	ASCII                       // IA5
	Latin1                      // ISO-8859-1
	UCS2                        // UTF-16, big-endian
	Cyrillic                    // ISO-8859-5
	Hebrew                      // ISO-8859-8
	Binary                      // no text
	Unspecified                 // an alphabet that is not read here: ASCII or no text
)

var alphabetNames = [...]string{"gsm7", "ascii", "latin1", "ucs2", "cyrillic", "hebrew", "binary", "unspecified"}

// String returns the name as a configuration writes it.
func (a Alphabet) String() string {
	if int(a) < len(alphabetNames) {
		return alphabetNames[a]
	}
	return fmt.Sprintf("alphabet(%d)", uint8(a))
}

// ParseZero reads a carrier's meaning of data_coding 0.
func ParseZero(name string) (Alphabet, error) {
	for a := GSM7; a <= Latin1; a++ {
		if a.String() == name {
			return a, nil
		}
	}
	return 0, fmt.Errorf("%q is not an alphabet for data_coding 0: write gsm7, latin1 or ascii", name)
}

// The values of data_coding that are sent (SMPP v3.4, 5.2.19).
const (
	codingDefault uint8 = 0x00 // the carrier's own
	codingLatin1  uint8 = 0x03
	codingUCS2    uint8 = 0x08
)

// AlphabetOf returns the alphabet of a data_coding; zero is what the carrier
// means by 0. Below 0x10 the table of SMPP v3.4, 5.2.19 applies, from there
// on the groups of 3GPP TS 23.038, 4.
func AlphabetOf(dataCoding uint8, zero Alphabet) Alphabet {
	if dataCoding < 0x10 {
		return plainAlphabet(dataCoding, zero)
	}
	switch group := dataCoding >> 4; group {
	case 0x2, 0x3, 0x6, 0x7: // compressed
		return Binary
	case 0x1, 0x4, 0x5: // with a class, or to be deleted automatically
		return [...]Alphabet{GSM7, Binary, UCS2, Unspecified}[dataCoding>>2&3]
	case 0xC, 0xD: // message waiting
		return GSM7
	case 0xE: // message waiting
		return UCS2
	case 0xF: // data coding and class
		if dataCoding&0x04 != 0 {
			return Binary
		}
		return GSM7
	}
	return Unspecified
}

func plainAlphabet(dataCoding uint8, zero Alphabet) Alphabet {
	switch dataCoding {
	case 0x00:
		return zero
	case 0x01:
		return ASCII
	case 0x02, 0x04:
		return Binary
	case 0x03:
		return Latin1
	case 0x06:
		return Cyrillic
	case 0x07:
		return Hebrew
	case 0x08:
		return UCS2
	}
	return Unspecified
}
