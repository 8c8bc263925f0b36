package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
)

const (
	// attemptLimit bounds one transaction with all its statements.
	attemptLimit = 10 * time.Second
	// lockedRetry is when an MO whose thread somebody else holds is tried again.
	lockedRetry = 20 * time.Millisecond
	// maxPause between two attempts while the database is away.
	maxPause = 200 * time.Millisecond
)

// held collects what the parts of a batch put back: it returns to the queue
// together, so that no later part overtakes an earlier one of its thread.
type held struct {
	items []*item
	until map[sms.Thread]time.Time
}

// process brings a batch to its end: committed and answered, put back, or
// turned away.
func (in *Inbox) process(shard int, items []*item) {
	h := held{until: map[sms.Thread]time.Time{}}
	in.processPart(shard, items, &h)
	in.shards[shard].putBack(h.items, h.until)
}

// processPart is process for all of a batch, or for a part of one that the
// database refused.
func (in *Inbox) processPart(shard int, items []*item, h *held) {
	pause := 5 * time.Millisecond
	for {
		items = in.youngEnough(items)
		if len(items) == 0 {
			return
		}
		b := newBatch(in, shard, items, h)
		err := b.run()
		switch {
		case err == nil:
			b.after() // not under run's recover: what is committed is never handled again
			return
		case sms.Permanent(err) && len(items) > 1:
			in.log.Warn("the database refuses a batch: it is halved", zap.Int("messages", len(items)), zap.Error(err))
			in.processPart(shard, items[:len(items)/2], h)
			items = items[len(items)/2:]
		case sms.Permanent(err) && items[0].inputs() && !items[0].single:
			items[0].single = true // to find the one that is at fault
		case sms.Permanent(err):
			in.quarantine(b, items[0], err)
			return
		default:
			in.metrics.retries.Inc()
			in.log.Warn("a batch waits for the database", zap.Int("messages", len(items)), zap.Error(err))
			time.Sleep(pause) // the worker has nothing else to do: all of it needs the database
			pause = min(2*pause, maxPause)
		}
	}
}

// youngEnough turns away what waited too long, and everything while the node
// is fenced.
func (in *Inbox) youngEnough(items []*item) []*item {
	now, fenced := in.clock(), in.fenced()
	kept := items[:0:0]
	for _, it := range items {
		if fenced || it.isTurnedAway(now) {
			in.turnAway(it)
		} else {
			kept = append(kept, it)
		}
	}
	return kept
}

// batch is one transaction.
type batch struct {
	in      *Inbox
	shard   int
	items   []*item
	snap    *programs.Snapshot
	now     time.Time
	threads map[sms.Thread]*Thread
	sets    map[setKey]*PartSet
	inputs  map[sms.Thread][]*Input
	tasks   map[sms.Thread][]dialogs.Task
	w       Writes

	unit     *unit // under way
	asking   bool  // it asked the transaction something
	released []Ask // to be given back

	touched map[sms.Thread]*touched
	order   []*touched
	done    []handled // to be answered after the commit
	held    *held     // of all parts of the batch
	waiting []*item   // to be put back: their thread is locked or a proof is awaited
	waits   map[sms.Thread]time.Time
	counted []sms.Thread   // turns counted against the limit
	proven  []sms.ID       // messages whose late answer matters no more
	queued  map[int32]bool // carriers for which rows are left in the outbox
	stops   []stopping
	taking  taking // what the item under way is about
}

// touched is a thread that the batch changed, with the messages born in it.
type touched struct {
	thread   *Thread
	answers  []outbox.Permitted // allowed now, in order
	rows     []*sms.Outbound    // the rows of answers, same indices
	reserved int
	inWrites bool
}

// handled is an MO that the batch has dealt with.
type handled struct {
	mo *mo
	id sms.ID
}

// taking is the message that an item makes a turn of, and the parts that it was
// made of.
type taking struct {
	row *sms.Inbound
	set *PartSet
}

// stopping is an opt-out whose answer waits for the wire.
type stopping struct {
	stop outbox.Stop
	mo   *mo
	id   sms.ID
}

func newBatch(in *Inbox, shard int, items []*item, h *held) *batch {
	// Before the clock is read for the ids: whoever sees no batch under way and reads the clock has read an earlier time.
	in.working[shard].Store(int64(sms.FirstID(in.clock())))
	now := in.clock().Truncate(time.Microsecond) // as the database keeps it
	return &batch{
		in: in, shard: shard, items: items, snap: in.Config(), now: now, held: h,
		touched: map[sms.Thread]*touched{}, waits: maps.Clone(h.until), queued: map[int32]bool{},
		w: Writes{Node: in.Node, Now: now},
	}
}

// run loads, decides, writes and commits.
func (b *batch) run() (err error) {
	defer func() { // a panic outside the decision about one item, such as that of a decoder
		if p := recover(); p != nil {
			b.in.metrics.panics.Inc()
			b.in.log.Error("a batch failed", zap.String("panic", fmt.Sprint(p)), zap.ByteString("stack", debug.Stack()))
			b.release()
			err = &sms.PermanentError{Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), attemptLimit)
	defer cancel()
	defer b.in.working[b.shard].Store(0)
	begun := b.in.clock()
	tx, threads, err := b.in.Store.Begin(ctx, b.keys())
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	b.threads = threads
	if err := b.loadSets(ctx, tx); err != nil {
		return err
	}
	if err := b.loadInputs(ctx, tx); err != nil {
		return err
	}
	if err := b.loadTasks(ctx, tx); err != nil {
		return err
	}
	if err := b.loadFlows(ctx); err != nil {
		return err
	}
	if err := b.decide(ctx, tx); err != nil {
		b.release()
		return err
	}
	b.settleAnswers()
	decided := b.in.clock()
	if err := tx.Commit(ctx, &b.w); err != nil {
		b.release()
		return err
	}
	committed := b.in.clock()
	b.in.metrics.batch(len(b.items), decided.Sub(begun), committed.Sub(decided))
	return nil
}

// flowVersion names one version of a flow.
type flowVersion struct {
	name    string
	version int
}

// loadFlows compiles versions of flows that conversations of the batch run on,
// or are to move to, and that this node has not met yet.
func (b *batch) loadFlows(ctx context.Context) error {
	for _, f := range b.flowsNeeded() {
		if b.snap.Flow(f.name, f.version) != nil {
			continue
		}
		_, err := b.in.LoadFlow(ctx, b.snap, f.name, f.version)
		if sms.Permanent(err) { // that conversation's alone
			b.in.log.Error("a flow version that a conversation runs on cannot be used", zap.String("flow", f.name), zap.Int("version", f.version), zap.Error(err))
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) flowsNeeded() []flowVersion {
	var needed []flowVersion
	for key, t := range b.threads {
		for i := range t.Talks {
			c := &t.Talks[i]
			needed = append(needed, flowVersion{c.Flow, c.Version})
			for _, frame := range c.Frames {
				needed = append(needed, flowVersion{frame.Flow, frame.Version})
			}
		}
		for _, in := range b.inputs[key] {
			var p dialogs.Published
			if in.Kind == InputPublished && json.Unmarshal(in.Data, &p) == nil {
				needed = append(needed, flowVersion{p.Flow, p.Version})
			}
		}
	}
	return needed
}

// keys lists the threads of the batch, each once.
func (b *batch) keys() []sms.Thread {
	seen := make(map[sms.Thread]bool, len(b.items))
	keys := make([]sms.Thread, 0, len(b.items))
	for _, it := range b.items {
		if b.unthreaded(it) || seen[it.thread] {
			continue
		}
		seen[it.thread] = true
		keys = append(keys, it.thread)
	}
	return keys
}

// unthreaded reports whether an item concerns no thread: its sender is no
// phone, or nobody configured the short code.
func (b *batch) unthreaded(it *item) bool {
	return it.mo != nil && (it.mo.noPhone || b.snap.Codes[it.thread.Code] == nil)
}

// wait puts an item back, and with it all later ones of its thread.
func (b *batch) wait(it *item, until time.Time) {
	if n := len(b.waiting); n > 0 && b.waiting[n-1] == it { // another unit of it
		return
	}
	if it.retry.IsZero() {
		it.retry = b.now
	}
	b.waits[it.thread] = until
	b.waiting = append(b.waiting, it)
}

// touch marks a thread as changed.
func (b *batch) touch(t *Thread) *touched {
	x := b.touched[t.Key]
	if x == nil {
		x = &touched{thread: t}
		b.touched[t.Key] = x
		b.order = append(b.order, x)
	}
	if !x.inWrites {
		x.inWrites = true
		b.w.Threads = append(b.w.Threads, t)
	}
	return x
}

// finished queues the acknowledgement of an MO for after the commit.
func (b *batch) finished(m *mo, id sms.ID) {
	if m != nil {
		b.done = append(b.done, handled{m, id})
	}
}

// settleAnswers decides per thread whether its answers are born `sending`: all
// of them, when one carrier takes them now and nothing earlier waits.
func (b *batch) settleAnswers() {
	for _, x := range b.order {
		if len(x.rows) == 0 {
			continue
		}
		if b.direct(x) {
			x.reserved = len(x.rows)
			continue
		}
		for _, m := range x.rows {
			m.State, m.Node = sms.Queued, 0
			b.queued[m.Carrier] = true
		}
	}
}

func (b *batch) direct(x *touched) bool {
	if x.thread.Waiting {
		return false
	}
	for _, m := range x.rows {
		if m.Carrier != x.rows[0].Carrier {
			return false
		}
	}
	return b.in.Sender.Reserve(x.rows[0].Carrier, x.thread.Key, len(x.rows))
}

// release gives back what was taken for a commit that failed.
func (b *batch) release() {
	b.in.rates[b.shard].uncount(b.counted)
	for _, x := range b.order {
		if x.reserved > 0 {
			b.in.Sender.Release(x.rows[0].Carrier, x.thread.Key, x.reserved)
		}
	}
}

// after is what the commit allows: hand over, stop, answer (I6 to I8).
func (b *batch) after() {
	for i := range b.stops {
		b.stop(&b.stops[i])
	}
	for _, x := range b.order {
		if x.reserved > 0 {
			for i := range x.answers {
				x.answers[i].Outbound = *x.rows[i]
			}
			b.in.Sender.Hand(x.rows[0].Carrier, x.thread.Key, x.answers)
		}
	}
	for carrier := range b.queued {
		b.in.Sender.Waiting(carrier)
	}
	for _, h := range b.done {
		b.in.acknowledge(h.mo, h.id)
	}
	b.in.wakes.committed(b.w.WakesDone)
	for _, id := range b.proven {
		b.in.late.remove(id)
	}
	b.held.items, b.held.until = append(b.held.items, b.waiting...), b.waits
	b.in.metrics.outcomes(&b.w)
}

// stop lets the opt-out take hold at the wire and answers it then.
func (b *batch) stop(s *stopping) {
	in := b.in
	in.settling.Add(1)
	in.Sender.Stop(s.stop, func() {
		defer in.settling.Done()
		if s.mo != nil {
			in.acknowledge(s.mo, s.id)
		}
	})
}

// ignore stores an MO that no thread can take.
func (b *batch) ignore(it *item) {
	m := it.mo
	m.decode()
	row := b.row(m, it.thread)
	row.Outcome, row.Rule = sms.OutcomeIgnored, "unknown-code"
	if m.noPhone {
		row.From, row.Rule = 0, "no-phone"
	} else {
		b.in.warnCode(it.thread.Code)
	}
	row.Octets = m.delivery.Message.UserData
	b.w.Inbound = append(b.w.Inbound, row)
	b.finished(m, 0)
}

// row begins the stored form of an MO.
func (b *batch) row(m *mo, t sms.Thread) *sms.Inbound {
	row := &sms.Inbound{
		ID: b.id(), From: t.Phone, Code: t.Code, Carrier: m.carrier.ID,
		Bind: m.delivery.Bind.ID(), Arrival: m.delivery.Arrival, ReceivedAt: m.readAt,
		Coding: m.delivery.Message.DataCoding, Text: m.text, Parts: 1, Complete: true,
		Class: "neither", Config: b.snap.Version,
	}
	if m.binary {
		row.Text, row.Octets = "", m.octets
	}
	return row
}
