package inbox

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"repartee/smpp/coding"
	"repartee/sms"
)

// setLapse is how long after its completion a set still recognises its parts.
const setLapse = time.Hour

// maxSets is how many long MOs of a thread may wait for parts: beyond it the
// oldest is handed on as it is, so that no sender makes a thread grow without end.
const maxSets = 16

// setKey names a long MO: nothing of another phone, code, carrier, method or
// length can ever be joined to it.
type setKey struct {
	carrier int32
	thread  sms.Thread
	kind    int16
	ref     int32
	total   int16
}

func (s *PartSet) key() setKey { return setKey{s.Carrier, s.Thread, s.Kind, s.Ref, s.Total} }

// loadSets reads the parts stored for the threads of the batch, when it has any part.
func (b *batch) loadSets(ctx context.Context, tx Tx) error {
	var threads []sms.Thread
	for _, it := range b.items {
		if it.mo != nil {
			if !it.mo.noPhone {
				it.mo.decode()
			}
			if it.mo.concat == nil {
				continue
			}
		} else if it.wake.Kind != WakeParts {
			continue
		}
		if b.threads[it.thread] != nil {
			threads = append(threads, it.thread)
		}
	}
	b.sets = map[setKey]*PartSet{}
	if len(threads) == 0 {
		return nil
	}
	sets, err := tx.Sets(ctx, threads)
	for _, s := range sets {
		b.sets[s.key()] = s
	}
	return err
}

// part stores a part of a long MO under the thread's lock; the last missing one
// makes it the next turn.
func (b *batch) part(it *item, t *Thread) {
	m, c := it.mo, it.mo.concat
	k := setKey{m.carrier.ID, t.Key, int16(c.Method), int32(c.Ref), int16(c.Total)}
	i := int(c.Part) - 1
	s := b.sets[k]
	switch {
	case s == nil || b.over(s, i, m.octets):
		if s != nil && s.DoneAt.IsZero() {
			b.handOn(s, t)
		}
		b.makeRoom(t)
		s = b.newSet(k, m)
	case s.Parts[i] != nil: // the same part again, of a set complete or not
		b.in.metrics.duplicates.Inc()
		b.finished(m, s.Inbound)
		return
	}
	s.Parts[i] = append([]byte{}, m.octets...) // an empty part is there too
	b.storeSet(s)
	b.touch(t)
	if !s.complete() {
		b.finished(m, 0)
		return
	}
	row := b.row(m, t.Key)
	b.join(s, row)
	b.taking.set = s
	b.take(t, row, m)
}

// over reports whether a part begins another message than the one stored under
// its reference: other octets under the same number, a part that was missing
// when the message was handed on, or any part long after it was done.
func (b *batch) over(s *PartSet, i int, octets []byte) bool {
	if !s.DoneAt.IsZero() && (s.Parts[i] == nil || b.now.Sub(s.DoneAt) > setLapse) {
		return true
	}
	return s.Parts[i] != nil && !bytes.Equal(s.Parts[i], octets)
}

func (b *batch) newSet(k setKey, m *mo) *PartSet {
	s := &PartSet{
		Carrier: k.carrier, Thread: k.thread, Kind: k.kind, Ref: k.ref, Total: k.total,
		Parts: make([][]byte, k.total), Coding: m.delivery.Message.DataCoding, FirstAt: b.now,
	}
	b.sets[k] = s
	b.w.Wakes = append(b.w.Wakes, Wake{Due: b.now.Add(b.in.PartsWithin), Thread: k.thread, Kind: WakeParts})
	return s
}

// makeRoom hands on the oldest long MO of a thread that has too many open.
func (b *batch) makeRoom(t *Thread) {
	open := 0
	var oldest *PartSet
	for _, s := range b.sets {
		if s.Thread != t.Key || !s.DoneAt.IsZero() {
			continue
		}
		if open++; oldest == nil || s.FirstAt.Before(oldest.FirstAt) {
			oldest = s
		}
	}
	if open >= maxSets {
		b.handOn(oldest, t)
		b.storeSet(oldest)
	}
}

// storeSet books a set to be written, once per batch and key.
func (b *batch) storeSet(s *PartSet) {
	for i, x := range b.w.Sets {
		if x.key() == s.key() {
			b.w.Sets[i] = s
			return
		}
	}
	b.w.Sets = append(b.w.Sets, s)
}

func (s *PartSet) complete() bool {
	for _, p := range s.Parts {
		if p == nil {
			return false
		}
	}
	return true
}

// join completes the row of a long MO with the text of its parts: octets are
// joined before they are decoded, since carriers cut characters in two.
func (b *batch) join(s *PartSet, row *sms.Inbound) {
	octets := coding.Join(s.Parts)
	row.Coding, row.Parts, row.Complete = s.Coding, s.Total, s.complete()
	row.Text, row.Octets = "", nil
	text, binary := readOctets(b.snap.Carriers[s.Carrier], s.Coding, octets)
	if binary {
		row.Octets = octets
	} else {
		row.Text = text
	}
	s.DoneAt, s.Inbound = b.now, row.ID
}

// handOn makes a turn of what is there of a long MO whose other parts did not
// come in time, marked incomplete: an opt-out in its first part still counts.
func (b *batch) handOn(s *PartSet, t *Thread) {
	row := &sms.Inbound{
		ID: b.id(), From: t.Key.Phone, Code: t.Key.Code, Carrier: s.Carrier, ReceivedAt: s.FirstAt,
		Class: "neither", Config: b.snap.Version,
	}
	b.join(s, row)
	b.taking.set = s
	b.in.metrics.incomplete.Inc()
	b.take(t, row, nil)
}

// partsDue hands on the sets of a thread whose time is over.
func (b *batch) partsDue(t *Thread) {
	var due []*PartSet
	for _, s := range b.sets {
		if s.Thread == t.Key && s.DoneAt.IsZero() && !b.now.Before(s.FirstAt.Add(b.in.PartsWithin)) {
			due = append(due, s)
		}
	}
	slices.SortFunc(due, func(a, b *PartSet) int { return cmp.Or(a.FirstAt.Compare(b.FirstAt), cmp.Compare(a.Ref, b.Ref)) })
	for _, s := range due {
		b.handOn(s, t)
		b.storeSet(s)
	}
}
