package admin

import (
	"sync"

	"repartee/accounts"
	"repartee/views"
)

// listener is one stream of events. What it cannot take in time it loses, and
// is told so.
type listener struct {
	name  string
	wants func(*accounts.Caller, *views.Event) bool
	wake  chan struct{}
	begin int64 // the place where the stream begins

	mu     sync.Mutex
	caller *accounts.Caller
	queue  []numbered
	lost   bool
	place  int64 // in the order of telling, up to which all is told, or lost
}

func newListener(caller *accounts.Caller, wants func(*accounts.Caller, *views.Event) bool) *listener {
	return &listener{name: caller.Name, caller: caller, wants: wants, wake: make(chan struct{}, 1)}
}

// is says whose stream it is from now on: rights may change while it is open.
func (l *listener) is(caller *accounts.Caller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.caller = caller
}

func (l *listener) push(e numbered) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.place = e.n
	if l.lost || !l.wants(l.caller, e.Event) {
		return
	}
	if len(l.queue) == queueLimit {
		l.queue, l.lost = nil, true
	} else {
		l.queue = append(l.queue, e)
	}
	l.rouse()
}

// lose says that events are missing up to a place.
func (l *listener) lose(place int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue, l.lost, l.place = nil, true, place
	l.rouse()
}

func (l *listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take returns what waits, and who is to be told; lost says that events before
// it are missing.
func (l *listener) take() (w waiting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w = waiting{l.queue, l.lost, l.place, l.caller}
	l.queue, l.lost = nil, false
	return w
}

// waiting is what a listener is to be told.
type waiting struct {
	queue  []numbered
	lost   bool
	place  int64
	caller *accounts.Caller
}
