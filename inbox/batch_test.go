package inbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/programs"
	"repartee/sms"
)

// fakeStore keeps nothing; it knows which threads somebody else holds and what
// it refuses.
type fakeStore struct {
	Store
	locked func(attempt int, t sms.Thread) bool
	refuse func(attempt int, w *Writes) error
	talks  []dialogs.Talk // of every thread

	attempts    int
	written     []*Writes
	quarantined []*Quarantine
}

func (s *fakeStore) Begin(_ context.Context, keys []sms.Thread) (Tx, map[sms.Thread]*Thread, error) {
	s.attempts++
	threads := map[sms.Thread]*Thread{}
	for _, k := range keys {
		if s.locked == nil || !s.locked(s.attempts, k) {
			threads[k] = &Thread{Key: k, Talks: s.talks}
		}
	}
	return &fakeTx{s}, threads, nil
}

func (s *fakeStore) Quarantine(_ context.Context, q *Quarantine) error {
	s.quarantined = append(s.quarantined, q)
	return nil
}

type fakeTx struct{ store *fakeStore }

func (tx *fakeTx) Sets(context.Context, []sms.Thread) ([]*PartSet, error) { return nil, nil }

func (tx *fakeTx) Rollback(context.Context) {}

func (tx *fakeTx) Commit(_ context.Context, w *Writes) error {
	if tx.store.refuse != nil {
		if err := tx.store.refuse(tx.store.attempts, w); err != nil {
			return err
		}
	}
	tx.store.written = append(tx.store.written, w)
	return nil
}

var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newTestInbox(store *fakeStore, snap *programs.Snapshot) *Inbox {
	return New(Options{
		Store: store, IDs: sms.NewIDs(0, 0), Node: 1, Clock: func() time.Time { return testNow }, Shards: 1,
		Config: func() *programs.Snapshot { return snap }, Fenced: func() bool { return false },
	})
}

// timer is an item of a phone; n tells those of one phone apart.
func timer(phone sms.MSISDN, n int) *item {
	w := &Wake{Due: testNow.Add(time.Duration(n) * time.Second), Thread: sms.Thread{Phone: phone, Code: 36111}}
	return &item{thread: w.Thread, readAt: testNow, wake: w}
}

// A batch that the database refuses is halved. What the first half puts back
// because its thread is held is not overtaken by what the second half has for
// the same thread, even if that is free by then.
func TestHalvesOfARefusedBatchKeepTheOrderOfAThread(t *testing.T) {
	t.Parallel()
	const held, poisoned, other = 33600000001, 33600000002, 33600000003
	store := &fakeStore{
		locked: func(attempt int, t sms.Thread) bool { return t.Phone == held && attempt <= 3 },
		refuse: func(_ int, w *Writes) error {
			for _, d := range w.WakesDone {
				if d.Thread.Phone == poisoned {
					return &sms.PermanentError{Err: errors.New("poison")}
				}
			}
			return nil
		},
	}
	in := newTestInbox(store, &programs.Snapshot{})
	items := []*item{timer(held, 1), timer(poisoned, 1), timer(held, 2), timer(other, 1)}
	in.process(0, items)
	require.Equal(t, []*item{items[0], items[2]}, in.shards[0].queue)
	require.Len(t, store.quarantined, 1)
	assert.Equal(t, items[1].wake, store.quarantined[0].Wake)
	done := map[sms.MSISDN]int{}
	for _, w := range store.written {
		for _, d := range w.WakesDone {
			done[d.Thread.Phone]++
		}
	}
	assert.Equal(t, map[sms.MSISDN]int{other: 1}, done)
}

// A timer whose handling fails is not lost: it comes again later, and what the
// failed attempt wanted to write is not written.
func TestFailedTimerComesAgain(t *testing.T) {
	t.Parallel()
	due := dialogs.Talk{ID: 7, Program: "p", Flow: "f", Version: 1, Expires: dialogs.At(testNow.Add(-time.Minute))}
	store := &fakeStore{talks: []dialogs.Talk{due}}
	// A code without a program: the turn panics at its first use.
	snap, problems := programs.Compile(&programs.Shop{}, programs.DefaultRules(), &programs.Flows{})
	require.Empty(t, problems)
	snap.Codes = map[sms.ShortCode]*programs.Code{36111: {}}
	in := newTestInbox(store, snap)
	in.LoadFlow = func(context.Context, *programs.Snapshot, string, int) (*dialogs.Flow, error) { return nil, nil }
	it := timer(33600000001, 0)
	in.process(0, []*item{it})
	require.Len(t, store.written, 1)
	w := store.written[0]
	assert.Empty(t, w.Events)
	assert.Equal(t, []Wake{*it.wake}, w.WakesDone)
	again := Wake{Due: testNow.Add(time.Hour), Thread: it.thread}
	assert.Equal(t, []Wake{again}, w.Wakes)
	require.Len(t, w.Threads, 1)
	assert.Equal(t, again.Due, w.Threads[0].WakeDue)
	assert.Zero(t, w.Threads[0].Turn)
}

// Turns of a commit that failed are counted when they are committed, so that
// an outage makes no thread look like two machines that answer each other.
func TestTurnsThatWereNotCommittedDoNotCount(t *testing.T) {
	t.Parallel()
	thread := sms.Thread{Phone: 33600000001, Code: 36111}
	var r rates
	for range 100 {
		require.False(t, r.over(thread, 2, testNow))
		r.uncount([]sms.Thread{thread})
	}
	assert.False(t, r.over(thread, 2, testNow))
	assert.False(t, r.over(thread, 2, testNow))
	assert.True(t, r.over(thread, 2, testNow))
	r.uncount([]sms.Thread{{Phone: 1, Code: 36111}})
}

// Whoever looks for the lowest id under way sees a batch before it takes the
// time for its ids.
func TestLowCoversABatchFromItsFirstMoment(t *testing.T) {
	t.Parallel()
	in := newTestInbox(&fakeStore{}, &programs.Snapshot{})
	clock := testNow
	in.clock = func() time.Time { clock = clock.Add(time.Second); return clock }
	b := newBatch(in, 0, nil, &held{until: map[sms.Thread]time.Time{}})
	assert.LessOrEqual(t, in.Low(sms.FirstID(clock.Add(time.Hour))), sms.FirstID(b.now))
}
