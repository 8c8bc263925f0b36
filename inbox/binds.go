package inbox

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/smpp"
)

// BindRow is a bind as it is stored: which of its acknowledgements are proven.
type BindRow struct {
	ID        int64
	Carrier   int32
	StartedAt time.Time
	EndedAt   time.Time // zero while it lives
	Proved    int64
}

// BindStore keeps binds.
type BindStore interface {
	// LoadBinds returns the binds of the last 7 days and ends those of nodes that are gone.
	LoadBinds(ctx context.Context) ([]BindRow, error)
	// SaveBinds inserts or updates binds.
	SaveBinds(ctx context.Context, rows []BindRow) error
}

const (
	// saveBinds is how often proven acknowledgements are written: the texts of
	// so long may look doubtful after a crash.
	saveBinds = 250 * time.Millisecond
	// lapse is how long after a carrier is bound again a doubt is kept.
	lapse = time.Hour
)

// bindState is what is known of a bind, of this process or an earlier one.
type bindState struct {
	row   BindRow
	bind  *smpp.Bind // nil: of an earlier process
	dirty bool
}

func (b *bindState) proved() int64 {
	if b.bind != nil {
		return max(b.bind.Proved(), b.row.Proved)
	}
	return b.row.Proved
}

func (b *bindState) live() bool { return b.bind != nil && b.row.EndedAt.IsZero() && !b.bind.Over() }

// binds knows all binds whose MOs may come again. It is safe for concurrent use.
type binds struct {
	store BindStore
	clock func() time.Time
	log   *zap.Logger

	mu    sync.RWMutex
	byID  map[int64]*bindState
	since map[int32]time.Time // carrier → since when it has been bound without a gap
	count map[int32]int
}

func newBinds(store BindStore, clock func() time.Time, log *zap.Logger) *binds {
	return &binds{store: store, clock: clock, log: log, byID: map[int64]*bindState{}, since: map[int32]time.Time{}, count: map[int32]int{}}
}

// load reads the binds of earlier processes.
func (b *binds) load(ctx context.Context) error {
	rows, err := b.store.LoadBinds(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range rows {
		if b.byID[r.ID] == nil {
			b.byID[r.ID] = &bindState{row: r}
		}
	}
	return nil
}

func (b *binds) bound(bind *smpp.Bind, carrier int32, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byID[bind.ID()] = &bindState{row: BindRow{ID: bind.ID(), Carrier: carrier, StartedAt: now}, bind: bind, dirty: true}
	if b.count[carrier]++; b.count[carrier] == 1 {
		b.since[carrier] = now
	}
}

func (b *binds) ended(bind *smpp.Bind, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.byID[bind.ID()]; s != nil && s.row.EndedAt.IsZero() {
		s.row.EndedAt, s.dirty = now, true
		b.count[s.row.Carrier]--
	}
}

// find returns the bind's state, false for one that nothing is known of.
func (b *binds) find(id int64) (bindState, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if s := b.byID[id]; s != nil {
		return *s, true
	}
	return bindState{}, false
}

// lapsed reports whether a doubt that arose at the time has lapsed: the
// carrier has been bound for long since then.
func (b *binds) lapsed(carrier int32, arose, now time.Time) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	since, ok := b.since[carrier]
	return ok && now.Sub(since) > lapse && now.Sub(arose) > lapse
}

// changed returns the rows to be written, and marks them as written.
func (b *binds) changed(now time.Time) []BindRow {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rows []BindRow
	for id, s := range b.byID {
		if s.bind == nil {
			continue
		}
		if p := s.bind.Proved(); p > s.row.Proved {
			s.row.Proved, s.dirty = p, true
		}
		if s.dirty {
			rows = append(rows, s.row)
			s.dirty = false
		}
		if !s.row.EndedAt.IsZero() && now.Sub(s.row.EndedAt) > 7*24*time.Hour {
			delete(b.byID, id)
		}
	}
	return rows
}

// save writes what has changed; a failure is tried again with the next one.
func (b *binds) save(ctx context.Context) {
	rows := b.changed(b.clock())
	if len(rows) == 0 {
		return
	}
	if err := b.store.SaveBinds(ctx, rows); err != nil {
		b.mu.Lock()
		for _, r := range rows {
			if s := b.byID[r.ID]; s != nil {
				s.dirty = true
			}
		}
		b.mu.Unlock()
		if ctx.Err() == nil {
			b.log.Warn("proven acknowledgements could not be written", zap.Error(err))
		}
	}
}

// run saves until ctx ends, and once more then.
func (b *binds) run(ctx context.Context) {
	tick := time.NewTicker(saveBinds)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.save(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			b.save(last)
			return
		}
	}
}
