package inbox

import (
	"crypto/sha256"
	"encoding/binary"
)

// LedgerHash chains an entry to the one before it on its thread: SHA-256 over
// the previous hash, the id, the keyed hash of the phone, the code, the
// program, event, scope and entry, each field with its length. It does not use
// the number itself, so that the chain survives the erasure of a contact.
func LedgerHash(e *LedgerEntry, phoneHash []byte) []byte {
	h := sha256.New()
	field := func(b []byte) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(b)))
		_, _ = h.Write(n[:])
		_, _ = h.Write(b)
	}
	var numbers [16]byte
	binary.BigEndian.PutUint64(numbers[:], uint64(e.ID))
	binary.BigEndian.PutUint32(numbers[8:], uint32(e.Thread.Code))
	binary.BigEndian.PutUint32(numbers[12:], uint32(e.Program))
	field(e.PrevHash)
	field(numbers[:])
	field(phoneHash)
	field([]byte(e.Event))
	field([]byte(e.Scope))
	field(e.Entry)
	return h.Sum(nil)
}
