package smsc

import (
	"sync"
	"time"
)

// tick is the grain of a schedule: what falls due within one is done in one
// go, so that ten thousand receipts a second are not ten thousand wake-ups.
const tick = time.Millisecond

// schedule does things later, in the order of their times, on one goroutine.
// It is safe for concurrent use; what it runs must not block.
type schedule struct {
	mu     sync.Mutex
	start  time.Time
	events []event // a heap by (at, order)
	order  uint64
	wake   chan struct{}
}

type event struct {
	at    time.Duration // since start
	order uint64
	do    func()
}

func (e event) before(o event) bool { return e.at < o.at || (e.at == o.at && e.order < o.order) }

func newSchedule() *schedule {
	return &schedule{start: time.Now(), wake: make(chan struct{}, 1)}
}

// after runs do once d has passed.
func (s *schedule) after(d time.Duration, do func()) { s.at(time.Since(s.start)+d, do) }

// at runs do at a time since the start, or at the next tick behind it.
func (s *schedule) at(at time.Duration, do func()) {
	at = (at + tick - 1).Truncate(tick)
	s.mu.Lock()
	s.order++
	s.push(event{at: at, order: s.order, do: do})
	first := s.events[0].order == s.order
	s.mu.Unlock()
	if first {
		signal(s.wake)
	}
}

// every runs do again and again until it returns false. It keeps its rhythm,
// and misses beats rather than run twice at once.
func (s *schedule) every(d time.Duration, do func() bool) {
	next := time.Since(s.start) + d
	var beat func()
	beat = func() {
		if do() {
			next = max(next+d, time.Since(s.start))
			s.at(next, beat)
		}
	}
	s.at(next, beat)
}

// run does what is due until stop is closed, and calls settle after each lot.
func (s *schedule) run(stop <-chan struct{}, settle func()) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due, pause := s.due()
		for _, e := range due {
			e.do()
		}
		if len(due) > 0 {
			settle()
			continue
		}
		timer.Reset(pause)
		select {
		case <-stop:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// due takes what has fallen due, or tells how long to wait for the next.
func (s *schedule) due() (due []event, pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Since(s.start)
	for len(s.events) > 0 && s.events[0].at <= now {
		due = append(due, s.pop())
	}
	if len(s.events) == 0 {
		return due, time.Hour
	}
	return due, s.events[0].at - now
}

func (s *schedule) push(e event) {
	s.events = append(s.events, e)
	for i := len(s.events) - 1; i > 0; {
		parent := (i - 1) / 2
		if !s.events[i].before(s.events[parent]) {
			return
		}
		s.events[i], s.events[parent] = s.events[parent], s.events[i]
		i = parent
	}
}

func (s *schedule) pop() event {
	first, last := s.events[0], len(s.events)-1
	s.events[0] = s.events[last]
	s.events[last] = event{}
	s.events = s.events[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return first
		}
		if child+1 < last && s.events[child+1].before(s.events[child]) {
			child++
		}
		if !s.events[child].before(s.events[i]) {
			return first
		}
		s.events[i], s.events[child] = s.events[child], s.events[i]
		i = child
	}
}

// signal leaves a token in a channel of capacity one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
