package smpp

import "repartee/smpp/pdu"

// queue is what waits for a bind's writer: encoded frames one behind the
// other, and an item for each that says what it is. The caller locks.
type queue struct {
	octets    []byte
	items     []item
	withdrawn int
}

// item is one frame of a queue.
type item struct {
	start, end int    // in octets
	sequence   uint32 // of a request of ours; 0 otherwise
	arrival    int64  // of an answer to a delivery; 0 otherwise
	withdrawn  bool
}

// maxIdleBuffer is the largest buffer that is kept for reuse, in octets.
const maxIdleBuffer = 1 << 20

func (q *queue) empty() bool { return len(q.items) == 0 }

// push adds the frame that octets now has beyond what it had. It returns the
// frame's index.
func (q *queue) push(octets []byte, it item) int {
	it.start, it.end = len(q.octets), len(octets)
	q.octets = octets
	q.items = append(q.items, it)
	return len(q.items) - 1
}

func (q *queue) withdraw(index int) {
	q.items[index].withdrawn = true
	q.withdrawn++
}

// compact squeezes out what was withdrawn.
func (q *queue) compact() {
	if q.withdrawn == 0 {
		return
	}
	octets, items := q.octets[:0], q.items[:0]
	for _, it := range q.items {
		if !it.withdrawn {
			octets = append(octets, q.octets[it.start:it.end]...)
			items = append(items, it)
		}
	}
	q.octets, q.items, q.withdrawn = octets, items, 0
}

// reset empties the queue, keeping buffers of a usual size.
func (q *queue) reset() {
	if cap(q.octets) > maxIdleBuffer {
		*q = queue{}
		return
	}
	q.octets, q.items, q.withdrawn = q.octets[:0], q.items[:0], 0
}

// pushHeader adds a PDU that is a header alone.
func (q *queue) pushHeader(cmd pdu.Command, status pdu.Status, sequence uint32, it item) int {
	return q.push(pdu.AppendHeader(q.octets, cmd, status, sequence), it)
}
