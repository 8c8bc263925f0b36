package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"repartee/accounts"
	"repartee/views"
)

const (
	queueLimit = 256  // events that wait for one listener
	toldLimit  = 1024 // events that are kept for those who come back
	maxStreams = 10   // of one caller
)

// hub looks at what happens, while somebody listens, and tells the listeners.
type hub struct {
	live  views.Live
	links views.Links
	clock func() time.Time
	log   *zap.Logger

	ctx  context.Context // of the looking; ends with the hub
	end  context.CancelFunc
	name string // tells its events from those of another run
	done sync.WaitGroup

	mu        sync.Mutex
	listeners map[*listener]bool
	lookout   *lookout // nil: nobody looks
	told      []numbered
	last      int64
}

// numbered is an event with its place in the order of telling.
type numbered struct {
	n int64
	*views.Event
}

func newHub(o *Options) *hub {
	h := &hub{live: o.Live, links: o.Links, clock: o.Clock, log: o.Log, name: string(accounts.NewToken("")[:8]), listeners: map[*listener]bool{}}
	h.ctx, h.end = context.WithCancel(context.Background())
	return h
}

// close ends the looking and all listening.
func (h *hub) close() {
	h.end()
	h.done.Wait()
}

// id is how an event, or the place after it, is called outside.
func (h *hub) id(n int64) string { return h.name + "-" + strconv.FormatInt(n, 10) }

// join makes somebody a listener, from the event on that she names as the last
// one that she was told. It returns when nothing can be missed any more.
func (h *hub) join(ctx context.Context, l *listener, lastID string) error {
	look, err := h.enlist(l, lastID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	select {
	case <-look.ready:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-h.ctx.Done():
		err = errDraining
	}
	h.leave(l)
	return err
}

// readyWithin is how long a stream waits for its beginning.
const readyWithin = 5 * time.Second

var errDraining = huma.Error503ServiceUnavailable("the gateway is about to stop: try again in a moment")

func (h *hub) enlist(l *listener, lastID string) (*lookout, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return nil, errDraining
	}
	streams := 0
	for other := range h.listeners {
		if other.name == l.name {
			streams++
		}
	}
	if streams >= maxStreams {
		return nil, tooMany(time.Minute, "this caller has "+strconv.Itoa(maxStreams)+" streams open: close one, or let several views share one")
	}
	h.listeners[l] = true
	h.resume(l, lastID)
	if h.lookout == nil {
		look := newLookout(h)
		h.lookout = look
		h.done.Go(look.run)
	}
	return h.lookout, nil
}

// resume tells a listener what she has missed, or that this is not known.
func (h *hub) resume(l *listener, lastID string) {
	l.begin = h.last
	if lastID == "" {
		return
	}
	place, known := strings.CutPrefix(lastID, h.name+"-")
	n, err := strconv.ParseInt(place, 10, 64)
	if h.lookout == nil || !known || err != nil || n < h.last-int64(len(h.told)) || n > h.last {
		l.lose(h.last)
		return
	}
	l.begin = n
	for _, e := range h.told {
		if e.n > n {
			l.push(e)
		}
	}
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	if h.lookout != nil {
		h.lookout.left = time.Now()
	}
}

// tell passes events on; lost says that there were more.
func (h *hub) tell(events []views.Event, lost bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range events {
		h.last++
		e := numbered{h.last, &events[i]}
		h.told = append(h.told, e)
		for l := range h.listeners {
			l.push(e)
		}
	}
	if lost {
		h.told = nil
		for l := range h.listeners {
			l.lose(h.last)
		}
	}
	h.told = slices.Delete(h.told, 0, max(0, len(h.told)-toldLimit))
}

// idle ends the looking when nobody has listened for a while.
func (h *hub) idle(look *lookout) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.listeners) > 0 || time.Since(look.left) < lookOn {
		return false
	}
	h.lookout, h.told = nil, nil
	return true
}
