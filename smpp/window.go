package smpp

import (
	"time"

	"repartee/smpp/pdu"
)

// maxSequence is the last sequence number; the next is 1 again (SMPP v3.4,
// 3.2).
const maxSequence = 0x7FFFFFFF

// lateFor is how long a response still finds the submit_sm that was given up.
const lateFor = time.Minute

// request is one of our requests that has no response yet. Whoever takes it
// out of the window owns it and completes it; nobody else can.
type request struct {
	command   pdu.Command
	completer Completer // nil for enquire_link and unbind
	item      int       // in the writer's queue, while position is 0
	position  uint64    // among the frames given to the socket; 0 is still queued
	writtenAt time.Time
	givenUp   bool // completed with NoResponse
}

// window holds the requests of a bind by sequence number: the submit_sm up to
// its size, those given up a while longer, and our own enquire_link and
// unbind. The caller locks.
type window struct {
	requests map[uint32]request
	last     uint32 // sequence number given out last
	size     int
	used     int // slots taken: submit_sm not given up
}

func newWindow(size int, last uint32) window {
	return window{requests: make(map[uint32]request, size+1), last: last, size: size}
}

// next returns the sequence number after the last one, leaving out those of
// requests that can still be responded to.
func (w *window) next() uint32 {
	for {
		w.last++
		if w.last > maxSequence {
			w.last = 1
		}
		if _, outstanding := w.requests[w.last]; !outstanding {
			return w.last
		}
	}
}

// answerTo takes out the request that the response belongs to. Requests that
// were never written cannot have one, whatever its number says; a
// generic_nack answers any command.
func (w *window) answerTo(h pdu.Header) (request, bool) {
	r, ok := w.requests[h.Sequence]
	if !ok || r.position == 0 {
		return request{}, false
	}
	if h.Command != r.command.Resp() && h.Command != pdu.GenericNackID {
		return request{}, false
	}
	w.remove(h.Sequence, r)
	return r, true
}

// withdraw takes out a submit_sm that was not given to the socket.
func (w *window) withdraw(sequence uint32) (request, bool) {
	r, ok := w.requests[sequence]
	if !ok || r.position != 0 || r.command != pdu.SubmitSMID {
		return request{}, false
	}
	w.remove(sequence, r)
	return r, true
}

func (w *window) remove(sequence uint32, r request) {
	delete(w.requests, sequence)
	if r.command == pdu.SubmitSMID && !r.givenUp {
		w.used--
	}
}

// ended is a request with its number and what became of it.
type ended struct {
	request
	Outcome
}

// expire gives up the submit_sm written more than limit ago, which frees
// their slots, and forgets those given up long ago.
func (w *window) expire(now time.Time, limit time.Duration) []ended {
	var out []ended
	for sequence, r := range w.requests {
		if r.command != pdu.SubmitSMID || r.position == 0 {
			continue
		}
		age := now.Sub(r.writtenAt)
		switch {
		case r.givenUp && age >= limit+lateFor:
			delete(w.requests, sequence)
		case !r.givenUp && age >= limit:
			r.givenUp = true
			w.requests[sequence] = r
			w.used--
			out = append(out, ended{r, Outcome{Sequence: sequence, Kind: NoResponse, WrittenAt: r.writtenAt, At: now}})
		}
	}
	return out
}

// cut takes out everything; the submit_sm that were not given up come back.
func (w *window) cut(now time.Time) []ended {
	var out []ended
	for sequence, r := range w.requests {
		if r.command == pdu.SubmitSMID && !r.givenUp {
			out = append(out, ended{r, Outcome{Sequence: sequence, Kind: Cut, WrittenAt: r.writtenAt, At: now}})
		}
	}
	clear(w.requests)
	w.used = 0
	return out
}
