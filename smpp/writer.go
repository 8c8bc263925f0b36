package smpp

import (
	"fmt"
	"time"
)

// lastReads is how long a bind is still read after a write failed: responses
// that had come already say what became of their submits.
const lastReads = 200 * time.Millisecond

// write gives the socket everything that waits, again and again, until the
// bind is over. One Write carries all frames that came while the one before
// was under way: under load there is no system call per PDU.
func (b *Bind) write() {
	defer close(b.written)
	var batch queue
	for b.take(&batch) {
		if err := b.put(batch.octets); err != nil {
			b.finish(fmt.Errorf("smpp: writing: %w", err))
			// A connection that cannot set a deadline is broken, so that
			// reading ends without one.
			_ = b.conn.SetReadDeadline(time.Now().Add(lastReads))
			return
		}
		b.wrote()
		batch.reset()
	}
}

func (b *Bind) put(octets []byte) error {
	if len(octets) == 0 {
		return nil
	}
	now := time.Now()
	if err := b.conn.SetWriteDeadline(now.Add(b.carrier.cfg.WriteTimeout)); err != nil {
		return err
	}
	b.carrier.trace.noteAll(b.session, octets, now)
	_, err := b.conn.Write(octets)
	return err
}

// take waits for work and moves the whole queue into the empty batch. From
// here on nothing in it can be withdrawn. It reports false when the bind is
// over.
func (b *Bind) take(batch *queue) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.queue.empty() && b.phase != over {
		b.work.Wait()
	}
	if b.phase == over {
		return false
	}
	b.queue, *batch = *batch, b.queue
	batch.compact()
	b.writing = true
	b.stamp(batch.items, time.Now())
	return true
}

// stamp gives the frames their positions.
func (b *Bind) stamp(items []item, now time.Time) {
	for i := range items {
		b.position++
		switch it := &items[i]; {
		case it.arrival != 0:
			b.proof.answered(it.arrival, b.position, now)
		case it.sequence != 0:
			r := b.window.requests[it.sequence]
			r.position, r.writtenAt = b.position, now
			b.window.requests[it.sequence] = r
		}
	}
	b.open.Store(b.proof.open())
}

// wrote notes that the socket has taken the batch.
func (b *Bind) wrote() {
	b.mu.Lock()
	b.writing = false
	b.work.Broadcast()
	cause := b.settle(time.Now())
	b.mu.Unlock()
	if cause != nil {
		b.end(cause)
	}
}
