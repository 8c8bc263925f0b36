package outbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/programs"
	"repartee/smpp"
	"repartee/sms"
)

// Options are what an outbox needs. All fields are required but Log and Metrics.
type Options struct {
	Store    Store
	IDs      *sms.IDs
	Node     sms.ID                    // incarnation of this node
	Clock    func() time.Time          // the one clock
	Config   func() *programs.Snapshot // the configuration in force
	Fenced   func() bool               // true while this node must not act: the database has been away too long
	Log      *zap.Logger
	Metrics  *Metrics
	PollEach time.Duration // how often a carrier's queue is looked at without being told; default 1s
}

// Outbox sends. Its methods are safe for concurrent use.
type Outbox struct {
	Options
	clock    func() time.Time
	fenced   func() bool
	log      *zap.Logger
	stops    stopList
	recorder *recorder

	mu      sync.RWMutex
	lines   map[int32]*line
	running context.Context
	tasks   sync.WaitGroup
	cancel  context.CancelFunc
	claims  map[int32]*claimer
}

// New returns an outbox; [Outbox.Run] makes it work.
func New(o Options) *Outbox {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	if o.PollEach == 0 {
		o.PollEach = time.Second
	}
	ox := &Outbox{Options: o, clock: o.Clock, fenced: o.Fenced, log: o.Log, lines: map[int32]*line{}, claims: map[int32]*claimer{}}
	ox.recorder = newRecorder(&o)
	ox.recorder.wrote = ox.followers
	return ox
}

// Run works until ctx ends; what is outstanding then is [Outbox.Drain]'s. It
// returns when all outcomes known have been written.
func (o *Outbox) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	o.mu.Lock()
	o.running, o.cancel = work, cancel
	for _, l := range o.lines {
		o.start(l)
	}
	o.mu.Unlock()
	o.spawn(func() { o.housekeeping(work) })
	recorded := make(chan struct{})
	recording, stopRecording := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(recorded)
		o.recorder.run(recording)
	}()
	<-work.Done()
	o.tasks.Wait()
	stopRecording()
	<-recorded
	return nil
}

// spawn runs f as one of the tasks that Run waits for.
func (o *Outbox) spawn(f func()) {
	o.tasks.Add(1)
	go func() {
		defer o.tasks.Done()
		f()
	}()
}

// start begins the work of a line. The caller holds the lock.
func (o *Outbox) start(l *line) {
	ctx := o.running
	c := newClaimer(o, l)
	o.claims[l.id] = c
	o.spawn(func() { l.run(ctx) })
	o.spawn(func() { c.run(ctx) })
}

// Pause halts what is submitted to a carrier, or lets it go on. Messages wait
// meanwhile; what was submitted completes.
func (o *Outbox) Pause(carrier int32, halted bool) {
	l := o.line(carrier)
	if l == nil {
		return
	}
	l.mu.Lock()
	changed := l.halted != halted
	l.halted = halted
	l.mu.Unlock()
	if changed {
		l.poke()
		o.Waiting(carrier)
	}
}

// Attach puts a carrier's link in service, or another one in its place after a
// change of configuration. What the old link has outstanding completes on it.
func (o *Outbox) Attach(conf *programs.Carrier, link *smpp.Carrier) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l := o.lines[conf.ID]; l != nil {
		l.configure(conf, link)
		l.poke()
		return
	}
	l := newLine(o, conf, link)
	o.lines[conf.ID] = l
	if o.running != nil && o.running.Err() == nil {
		o.start(l)
	}
}

// Poke tells that a carrier's bind came or went, or that its window has room.
func (o *Outbox) Poke(carrier int32) {
	if l := o.line(carrier); l != nil {
		l.poke()
	}
}

func (o *Outbox) line(carrier int32) *line {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.lines[carrier]
}

func (o *Outbox) allLines() []*line {
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := make([]*line, 0, len(o.lines))
	for _, l := range o.lines {
		all = append(all, l)
	}
	return all
}

// Reserve reports whether answers of the thread may be born `sending` on the
// carrier: it has a bind, its lanes have room, and nothing earlier of the
// thread is in another carrier's lanes or on its way back to the outbox. After
// true the caller owes one Hand or Release for the thread.
func (o *Outbox) Reserve(carrier int32, t sms.Thread, messages int) bool {
	if o.fenced() {
		return false
	}
	target := o.line(carrier)
	if target == nil {
		return false
	}
	for _, l := range o.allLines() {
		if l != target && l.busy(t) {
			return false
		}
	}
	return target.reserve(t, messages)
}

// busy reports whether the thread has anything in this line's lanes.
func (l *line) busy(t sms.Thread) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lanes[t] != nil
}

func (l *line) reserve(t sms.Thread, messages int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spilled = l.spilled || l.count+messages > l.room
	if l.closing || l.spilled || !l.sends() || l.backs.has(t, l.ox.clock()) {
		return false
	}
	ln := l.lane(t)
	if ln.returning > 0 || ln.tainted {
		return false
	}
	ln.reserved++
	l.count += messages
	return true
}

// Release gives a reservation back: the turn was not committed.
func (o *Outbox) Release(carrier int32, t sms.Thread, messages int) {
	if l := o.line(carrier); l != nil {
		l.hand(t, messages, nil)
		l.poke()
	}
}

// Hand gives the committed messages of a thread to the sender, in the order in
// which they were decided, under a reservation for as many.
func (o *Outbox) Hand(carrier int32, t sms.Thread, ms []Permitted) {
	if l := o.line(carrier); l != nil {
		l.hand(t, len(ms), ms)
		l.poke()
	}
}

func (l *line) hand(t sms.Thread, reserved int, ms []Permitted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.lane(t)
	ln.reserved--
	l.count -= reserved - len(ms)
	for i := range ms {
		m := &message{Outbound: ms[i].Outbound, permit: ms[i].Permit, closes: ms[i].Closes, lane: ln}
		if ln.tainted { // something earlier of the thread went back meanwhile
			l.goBack(ln, m, m.CreatedAt)
		} else {
			l.put(ln, m)
		}
	}
	l.ready(ln)
	l.tidy(ln)
}

// put appends a message to its lane.
func (l *line) put(ln *lane, m *message) {
	q := ln.queue(m.Class)
	*q = append(*q, m)
}

// take puts claimed messages into the lanes and gives back what they leave of
// the room that was reserved for them. more tells that the outbox has perhaps
// more.
func (l *line) take(ms []Permitted, reserved int, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spilled, l.hungry = l.spilled && more, more
	l.count -= reserved - len(ms)
	l.claiming = false
	for i := range ms {
		ln := l.lane(ms[i].Thread())
		l.put(ln, &message{Outbound: ms[i].Outbound, permit: ms[i].Permit, closes: ms[i].Closes, lane: ln, claimed: true, claimedAt: ms[i].ClaimedAt})
		l.ready(ln)
	}
}

// Enqueue stores messages that no turn made, judged by the gate: API,
// campaigns, notices. Each must have its id, thread, class, text and expiry;
// state, verdict, carrier and segments are set here, in place.
func (o *Outbox) Enqueue(ctx context.Context, ms []sms.Outbound) error {
	if err := o.judgeAll(ctx, ms); err != nil {
		return err
	}
	if err := o.Store.Enqueue(ctx, ms); err != nil {
		return err
	}
	for i := range ms {
		o.Metrics.judged.WithLabelValues(ms[i].Verdict, ms[i].Rule).Inc()
		o.waiting(ms[i].Carrier)
	}
	return nil
}

// judgeAll asks the gate about messages that no turn made.
func (o *Outbox) judgeAll(ctx context.Context, ms []sms.Outbound) error {
	threads := make([]sms.Thread, len(ms))
	for i := range ms {
		threads[i] = ms[i].Thread()
	}
	persons, err := o.Store.Persons(ctx, threads)
	if err != nil {
		return err
	}
	snap, now := o.Config(), o.clock()
	for i := range ms {
		p := persons[ms[i].Thread()]
		if p == nil {
			p = &Person{}
		}
		if err := o.admit(snap, &ms[i], p, now); err != nil {
			return err
		}
	}
	return nil
}

// waiting tells the carrier's claimer that the outbox has rows for it.
func (o *Outbox) waiting(carrier int32) {
	o.mu.RLock()
	c := o.claims[carrier]
	o.mu.RUnlock()
	if c != nil {
		c.poke()
	}
}

// followers lets the claimers look again for answers that waited for the
// outcome of the one before them.
func (o *Outbox) followers() {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for _, c := range o.claims {
		if c.passed.Swap(false) {
			c.again.Store(true)
			c.poke()
		}
	}
}

// Waiting tells that a committed turn left rows in the outbox for the carrier.
func (o *Outbox) Waiting(carrier int32) { o.waiting(carrier) }

// housekeeping tries parked receipts and sweeps what has expired.
func (o *Outbox) housekeeping(ctx context.Context) {
	tick := time.NewTicker(o.PollEach)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if o.fenced() {
			continue
		}
		if matched, waiting, err := o.Store.Unpark(ctx, o.clock(), o.whole); err == nil {
			o.Metrics.parked(matched, waiting)
		} else if ctx.Err() == nil {
			o.log.Warn("parked receipts could not be looked at", zap.Error(err))
		}
		if n%10 != 0 {
			continue
		}
		if expired, err := o.Store.Sweep(ctx, o.clock()); err == nil {
			o.Metrics.expired(expired)
		} else if ctx.Err() == nil {
			o.log.Warn("expired messages could not be swept", zap.Error(err))
		}
	}
}

// Drain ends the sending in order: nothing more is handed over, what is in the
// lanes goes back to the outbox, and what is outstanding is awaited until ctx
// ends. Run must be stopped after it.
func (o *Outbox) Drain(ctx context.Context) {
	lines := o.allLines()
	for _, l := range lines {
		l.close(o.clock())
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for slices.ContainsFunc(lines, (*line).outstanding) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (l *line) close(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing = true
	l.emptyLanes(now)
	l.poke()
}

func (l *line) outstanding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lanes) > 0 || l.claiming
}

// Backlog returns how many messages are in the lanes of each carrier.
func (o *Outbox) Backlog() map[int32]int {
	n := map[int32]int{}
	for _, l := range o.allLines() {
		l.mu.Lock()
		n[l.id] = l.count
		l.mu.Unlock()
	}
	return n
}
