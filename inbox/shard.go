package inbox

import (
	"context"
	"sync"
	"time"

	"repartee/sms"
)

// maxBatch is the most that one transaction takes.
const maxBatch = 512

// shard is the queue of a part of the phones and the one worker that empties
// it. What waits when a batch has committed makes the next one.
type shard struct {
	mu      sync.Mutex
	queue   []*item
	blocked map[sms.Thread]time.Time // threads that wait, and when to try them again
	wake    chan struct{}
}

func newShard() *shard {
	return &shard{blocked: map[sms.Thread]time.Time{}, wake: make(chan struct{}, 1)}
}

// push appends an item. It never blocks; sources bound what they push.
func (s *shard) push(it *item) {
	s.mu.Lock()
	s.queue = append(s.queue, it)
	s.mu.Unlock()
	s.poke()
}

func (s *shard) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// length returns how many items wait.
func (s *shard) length() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// putBack returns items to the front, in their order, and keeps their threads
// back until the given times.
func (s *shard) putBack(items []*item, until map[sms.Thread]time.Time) {
	if len(items) == 0 {
		return
	}
	s.mu.Lock()
	s.queue = append(append(make([]*item, 0, len(items)+len(s.queue)), items...), s.queue...)
	for _, it := range items {
		s.blocked[it.thread] = until[it.thread]
	}
	s.mu.Unlock()
}

// take returns what can be handled now, in order of arrival; when there is
// nothing, how long to wait at most.
func (s *shard) take(now time.Time) (batch []*item, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.blocked) == 0 {
		return s.takeFirst(), time.Hour
	}
	wait = time.Hour
	for t, until := range s.blocked {
		if !until.After(now) {
			delete(s.blocked, t)
		} else {
			wait = min(wait, until.Sub(now))
		}
	}
	rest := s.queue[:0:0]
	for i, it := range s.queue {
		if _, waits := s.blocked[it.thread]; waits {
			rest = append(rest, it)
			continue
		}
		if batch = append(batch, it); len(batch) == maxBatch {
			rest = append(rest, s.queue[i+1:]...)
			break
		}
	}
	s.queue = rest
	return batch, wait
}

func (s *shard) takeFirst() []*item {
	n := min(len(s.queue), maxBatch)
	batch := append([]*item(nil), s.queue[:n]...)
	if n == len(s.queue) {
		clear(s.queue)
		s.queue = s.queue[:0]
	} else {
		s.queue = s.queue[n:]
	}
	return batch
}

// run hands batches to process until ctx ends; what is queued then is still
// handled.
func (s *shard) run(ctx context.Context, clock func() time.Time, process func([]*item)) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		batch, wait := s.take(clock())
		if len(batch) > 0 {
			process(batch)
			continue
		}
		if ctx.Err() != nil && s.length() == 0 {
			return
		}
		timer.Reset(wait)
		done := ctx.Done()
		if ctx.Err() != nil {
			done = nil // drain: blocked threads are tried when their time comes
		}
		select {
		case <-s.wake:
		case <-timer.C:
		case <-done:
		}
	}
}
