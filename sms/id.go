package sms

import (
	"strconv"
	"sync"
	"time"
)

// ID names a message, turn effect, bind or conversation: milliseconds since
// 2026-01-01 UTC << 22 | node slot << 12 | counter. Ids of one node grow; they
// carry the day (partitions) and are known before the row is written. In JSON
// they are strings.
type ID int64

// idEpoch is the moment from which ids count.
var idEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// MaxNodeSlot is the largest node slot that an id can carry.
const MaxNodeSlot = 1023

// String returns the id in decimal.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Time returns the moment that the id carries, to the millisecond.
func (id ID) Time() time.Time { return idEpoch.Add(time.Duration(id>>22) * time.Millisecond) }

// FirstID returns the smallest id that a message of moment t can have: the
// bound of a partition.
func FirstID(t time.Time) ID { return ID(t.Sub(idEpoch).Milliseconds()) << 22 }

// IDs makes the ids of one node. It is safe for concurrent use and never goes
// back, even when the clock does: a full millisecond borrows from the next.
type IDs struct {
	mu   sync.Mutex
	slot ID
	last ID // ms<<12 | counter, without the slot
}

// NewIDs returns a source for the node slot (0 to [MaxNodeSlot]) whose ids are
// all above the given one: the horizon of the slot's last incarnation.
func NewIDs(slot int, above ID) *IDs {
	s := &IDs{slot: ID(slot&MaxNodeSlot) << 12}
	if above > 0 {
		s.last = above>>22<<12 | 0xFFF
	}
	return s
}

// Next returns a new id for the moment now.
func (s *IDs) Next(now time.Time) ID {
	ms := ID(now.Sub(idEpoch).Milliseconds())
	s.mu.Lock()
	next := s.last + 1
	if floor := ms << 12; next < floor {
		next = floor
	}
	s.last = next
	s.mu.Unlock()
	return next>>12<<22 | s.slot | next&0xFFF
}

// Last returns the largest id given out so far, zero when there is none.
func (s *IDs) Last() ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == 0 {
		return 0
	}
	return s.last>>12<<22 | s.slot | s.last&0xFFF
}

// MarshalText writes the id in decimal, so that JSON holds a string.
func (id ID) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(id), 10), nil }

// UnmarshalText is the inverse of MarshalText.
func (id *ID) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	*id = ID(n)
	return err
}
