package outbox

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/optout"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
)

// recorder is the node's only writer of responses and receipts. What comes
// while a transaction is under way makes the next one.
type recorder struct {
	store Store
	node  sms.ID
	ids   *sms.IDs
	clock func() time.Time
	log   *zap.Logger
	met   *Metrics
	index *submitIndex
	wake  chan struct{}
	wrote func() // called after each commit

	doubtful atomic.Bool // messages may be back in the outbox without the recorder knowing

	mu      sync.Mutex
	next    *entries
	writing *entries
}

// entries is what waits for one transaction, at most one entry per message
// and kind.
type entries struct {
	updates  map[sms.ID]*Update
	order    []*Update
	submits  []Submit
	requeues map[sms.ID]*returning
	receipts []ReceiptRow
	answers  []*smpp.Delivery
	settled  []func() // of messages whose return to the outbox was overtaken by a late response
}

type returning struct {
	m    *message
	due  time.Time
	done func()
}

func newEntries() *entries {
	return &entries{updates: map[sms.ID]*Update{}, requeues: map[sms.ID]*returning{}}
}

func (e *entries) empty() bool {
	return len(e.order)+len(e.submits)+len(e.requeues)+len(e.receipts)+len(e.answers) == 0
}

// update returns the entry of a message, a new one when there is none.
func (e *entries) update(to sms.MSISDN, id sms.ID) *Update {
	u := e.updates[id]
	if u == nil {
		u = &Update{To: to, ID: id}
		e.updates[id] = u
		e.order = append(e.order, u)
	}
	return u
}

func newRecorder(o *Options) *recorder {
	return &recorder{
		store: o.Store, node: o.Node, ids: o.IDs, clock: o.Clock, log: o.Log, met: o.Metrics,
		index: newSubmitIndex(indexSize), wake: make(chan struct{}, 1), next: newEntries(),
	}
}

// add lets f write into the next transaction.
func (r *recorder) add(f func(*entries)) {
	r.mu.Lock()
	f(r.next)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// accepted books the SMSC's id of a segment.
func (r *recorder) accepted(carrier int32, m *message, s *segment) {
	r.alias(carrier, m, s.index, s.smscID)
}

// alias books a further id of a segment: it was written twice.
func (r *recorder) alias(carrier int32, m *message, index int16, smscID string) {
	if smscID == "" { // the SMSC gave none that can be compared: receipts will not find it
		return
	}
	r.index.put(carrier, smscID, ref{to: m.To, id: m.ID, segment: index, segments: m.Segments})
	r.add(func(e *entries) {
		e.submits = append(e.submits, Submit{Carrier: carrier, SMSCID: smscID, To: m.To, ID: m.ID, Segment: index})
	})
}

// finished books the end of a message's way through its lane.
func (r *recorder) finished(m *message, state sms.State, status int32, now time.Time) {
	r.met.outcome(m, state)
	if state == sms.Sent {
		r.met.firstSubmit.Observe(now.Sub(m.CreatedAt).Seconds())
	}
	r.add(func(e *entries) {
		u := e.update(m.To, m.ID)
		if !u.reported() {
			u.State = state
		}
		if status != 0 { // else a receipt that was quicker has said why
			u.Error = status
		}
		u.Attempts, u.Unknowns, u.Segments = m.Attempts, m.Unknowns, m.Segments
		u.Claimed = u.Claimed || m.claimed
		if state == sms.Sent {
			u.SentAt = now
		} else {
			u.DoneAt = now
		}
	})
}

// late books a response that came after its time-out.
func (r *recorder) late(m *message, at time.Time) {
	r.met.late()
	r.add(func(e *entries) {
		if q := e.requeues[m.ID]; q != nil {
			e.settled = append(e.settled, q.done)
		}
		u := e.update(m.To, m.ID)
		u.SentAt, u.Late = at, true
		u.Claimed = u.Claimed || m.claimed && e.requeues[m.ID] != nil // its row is this node's still
		delete(e.requeues, m.ID)
		if !u.reported() {
			u.State, u.DoneAt = sms.Sent, time.Time{}
		}
		u.Attempts, u.Unknowns, u.Segments = m.Attempts, m.Unknowns, m.Segments
	})
}

// attempted books an attempt of unknown outcome of a message that stays in its lane.
func (r *recorder) attempted(m *message) {
	r.met.unknownAttempt()
	r.add(func(e *entries) {
		u := e.update(m.To, m.ID)
		u.State, u.Attempts, u.Unknowns, u.Segments = sms.Sending, m.Attempts, m.Unknowns, m.Segments
	})
}

// requeue returns a message to the outbox; done is called when it is there.
func (r *recorder) requeue(m *message, due time.Time, done func()) {
	r.met.returned()
	r.add(func(e *entries) {
		if u := e.updates[m.ID]; u != nil && u.reported() { // an attempt given up did arrive
			u.Claimed = u.Claimed || m.claimed
			e.settled = append(e.settled, done)
			return
		} else if u != nil { // an attempt noted in the same transaction
			e.drop(u)
		}
		e.requeues[m.ID] = &returning{m: m, due: due, done: done}
	})
}

func (e *entries) drop(u *Update) {
	delete(e.updates, u.ID)
	for i, x := range e.order {
		if x == u {
			e.order = append(e.order[:i], e.order[i+1:]...)
			return
		}
	}
}

// receipt books a receipt; its delivery is answered after the commit.
func (r *recorder) receipt(row ReceiptRow, d *smpp.Delivery) {
	hit, found := r.index.get(row.Carrier, row.SMSCID)
	row.To, row.Message, row.Segment = hit.to, hit.id, hit.segment
	row.ID = r.ids.Next(row.ReceivedAt)
	r.add(func(e *entries) {
		e.answers = append(e.answers, d)
		switch {
		case row.Cause == "" && found:
			// An intermediate state changes nothing but the metrics.
		case found && hit.segments <= 1:
			e.update(hit.to, hit.id).final(row.Cause, row.Error, row.ReceivedAt)
		default:
			e.receipts = append(e.receipts, row)
		}
	})
}

// reported tells that a receipt said the last word.
func (u *Update) reported() bool { return u.State == sms.Delivered || u.State == sms.Undelivered }

// final merges the final state of the only segment; the first one stays.
func (u *Update) final(cause optout.Delivery, code int32, now time.Time) {
	if u.reported() {
		return
	}
	u.State, u.DoneAt = sms.Delivered, now
	if cause != optout.Delivered {
		u.State, u.Error, u.Cause = sms.Undelivered, code, cause
	}
}

// run writes until ctx ends and nothing is left. A database that is away is
// tried again; what waits is bounded by the windows.
func (r *recorder) run(ctx context.Context) {
	for {
		e := r.take()
		if e == nil {
			select {
			case <-r.wake:
				continue
			case <-ctx.Done():
				if e = r.take(); e == nil {
					return
				}
			}
		}
		if !r.write(ctx, e) {
			return
		}
	}
}

// take returns what waits, nil for nothing.
func (r *recorder) take() *entries {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next.empty() {
		return nil
	}
	r.writing, r.next = r.next, newEntries()
	return r.writing
}

// write commits entries, as often as it takes; it gives up only when ctx has
// ended and the database is away.
func (r *recorder) write(ctx context.Context, e *entries) bool {
	rec := e.record(r.node, r.clock())
	begun := r.clock()
	parked, err := r.commit(ctx, rec)
	if err != nil {
		r.log.Error("outcomes could not be written before the shutdown; they will be found as unknown", zap.Int("messages", len(rec.Updates)), zap.Error(err))
		return false
	}
	r.met.recorded(len(rec.Updates)+len(rec.Receipts), r.clock().Sub(begun), parked)
	r.mu.Lock()
	r.writing = nil
	r.mu.Unlock()
	for _, d := range e.answers {
		d.Answer(pdu.StatusOK)
	}
	for _, q := range e.requeues {
		q.done()
	}
	for _, done := range e.settled {
		done()
	}
	r.wrote()
	return true
}

// commit retries transient errors with a growing pause and halves a batch that
// the database refuses, so that one bad row does not hold back the others.
func (r *recorder) commit(ctx context.Context, rec *Record) (parked int, err error) {
	pause := 20 * time.Millisecond
	for {
		attempt, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		parked, err = r.store.Record(attempt, rec)
		cancel()
		r.doubtful.Store(err != nil && len(rec.Requeues) > 0)
		if err == nil {
			return parked, nil
		}
		if sms.Permanent(err) {
			return r.halve(ctx, rec, err)
		}
		r.log.Warn("outcomes wait for the database", zap.Error(err))
		select {
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		case <-ctx.Done():
			if pause > time.Second/2 {
				return 0, err
			}
			time.Sleep(pause)
			pause *= 2
		}
	}
}

func (r *recorder) halve(ctx context.Context, rec *Record, cause error) (parked int, err error) {
	parts := rec.split()
	if parts == nil {
		r.log.Error("an outcome cannot be written and is dropped", zap.Error(cause))
		r.met.recordFailed()
		return 0, nil
	}
	for _, p := range parts {
		n, err := r.commit(ctx, p)
		if err != nil {
			return parked, err
		}
		parked += n
	}
	return parked, nil
}

// record turns entries into rows.
func (e *entries) record(node sms.ID, now time.Time) *Record {
	rec := &Record{Node: node, Now: now, Updates: e.order, Submits: e.submits, Receipts: e.receipts}
	for _, q := range e.requeues {
		rec.Requeues = append(rec.Requeues, Requeue{Message: &q.m.Outbound, Due: q.due, ClaimedAt: q.m.claimedAt})
	}
	return rec
}

// split cuts a record in two, nil when it holds one row.
func (rec *Record) split() []*Record {
	rows := len(rec.Updates) + len(rec.Submits) + len(rec.Requeues) + len(rec.Receipts)
	if rows <= 1 {
		return nil
	}
	a, b := *rec, *rec
	left := rows / 2
	a.Updates, b.Updates = cut(rec.Updates, &left)
	a.Submits, b.Submits = cut(rec.Submits, &left)
	a.Requeues, b.Requeues = cut(rec.Requeues, &left)
	a.Receipts, b.Receipts = cut(rec.Receipts, &left)
	return []*Record{&a, &b}
}

// cut gives the first of the rows to a, while some are left of its share.
func cut[T any](rows []T, left *int) (a, b []T) {
	n := min(len(rows), *left)
	*left -= n
	return rows[:n], rows[n:]
}
