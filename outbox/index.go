package outbox

import (
	"sync"

	"repartee/sms"
)

// indexSize is how many SMSC ids are remembered, so that a receipt soon after
// its response needs no look-up.
const indexSize = 100_000

// ref is the segment that an SMSC id names.
type ref struct {
	to                sms.MSISDN
	id                sms.ID
	segment, segments int16
}

type submitKey struct {
	carrier int32
	smscID  string
}

// submitIndex remembers the newest ids. It is safe for concurrent use.
type submitIndex struct {
	mu    sync.Mutex
	refs  map[submitKey]ref
	ring  []submitKey
	place int
}

func newSubmitIndex(size int) *submitIndex {
	return &submitIndex{refs: make(map[submitKey]ref), ring: make([]submitKey, 0, size)}
}

func (x *submitIndex) put(carrier int32, smscID string, r ref) {
	k := submitKey{carrier, smscID}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.refs[k] = r
	if len(x.ring) < cap(x.ring) {
		x.ring = append(x.ring, k)
		return
	}
	if old := x.ring[x.place]; old != k {
		delete(x.refs, old)
	}
	x.ring[x.place] = k
	x.place = (x.place + 1) % len(x.ring)
}

func (x *submitIndex) get(carrier int32, smscID string) (ref, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, ok := x.refs[submitKey{carrier, smscID}]
	return r, ok
}
