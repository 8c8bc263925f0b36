package inbox

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
)

// Sender is what the inbox asks of the outbox.
type Sender interface {
	// Reserve reports whether so many answers of the thread may be born `sending`.
	Reserve(carrier int32, t sms.Thread, messages int) bool
	// Release gives a reservation back, Hand uses it.
	Release(carrier int32, t sms.Thread, messages int)
	Hand(carrier int32, t sms.Thread, ms []outbox.Permitted)
	// Waiting tells that rows for the carrier were left in the outbox.
	Waiting(carrier int32)
	// Stop carries out a committed opt-out and calls done when it holds at the wire.
	Stop(s outbox.Stop, done func())
}

// Options are what an inbox needs. All fields are required but those with a default.
type Options struct {
	Store     Store
	Binds     BindStore
	Sender    Sender
	IDs       *sms.IDs
	Node      sms.ID
	Clock     func() time.Time
	Config    func() *programs.Snapshot
	LoadFlow  func(ctx context.Context, s *programs.Snapshot, name string, version int) (*dialogs.Flow, error) // of an older version, for conversations that run on it
	Fenced    func() bool
	PhoneHash func(sms.MSISDN) []byte // keyed hash of a phone
	Seed      string                  // secret of the installation, for sticky splits
	Log       *zap.Logger
	Metrics   *Metrics

	Shards         int           // default: the number of CPUs
	PartsWithin    time.Duration // how long parts of a long message are waited for; default 5m
	TurnsPerMinute int           // of one thread, beyond which texts are ignored (two machines talking); default 60
	WakeEach       time.Duration // how often due timers are looked for; default 200ms
}

// Inbox handles MOs. Its methods are safe for concurrent use.
type Inbox struct {
	Options
	clock    func() time.Time
	fenced   func() bool
	log      *zap.Logger
	metrics  *Metrics
	shards   []*shard
	binds    *binds
	late     lateList
	rates    []rates // by shard
	wakes    wakeSet
	warned   warnings
	stopping atomic.Bool
	working  []atomic.Int64 // by shard: id below which the batch under way gives out none, 0 for no batch
	settling sync.WaitGroup // opt-outs whose answer waits for the wire
	step     func(dialogs.Facts, dialogs.Input, ...dialogs.Answer) dialogs.Result
}

// New returns an inbox; [Inbox.Run] makes it work.
func New(o Options) *Inbox {
	if o.Shards == 0 {
		o.Shards = runtime.NumCPU()
	}
	if o.PartsWithin == 0 {
		o.PartsWithin = 5 * time.Minute
	}
	if o.TurnsPerMinute == 0 {
		o.TurnsPerMinute = 60
	}
	if o.WakeEach == 0 {
		o.WakeEach = 200 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	in := &Inbox{Options: o, clock: o.Clock, fenced: o.Fenced, log: o.Log, metrics: o.Metrics, step: dialogs.Step}
	in.binds = newBinds(o.Binds, o.Clock, o.Log)
	for range o.Shards {
		in.shards = append(in.shards, newShard())
	}
	in.rates = make([]rates, o.Shards)
	in.working = make([]atomic.Int64, o.Shards)
	return in
}

// Load reads what earlier processes left: it must be called before any bind.
func (in *Inbox) Load(ctx context.Context) error { return in.binds.load(ctx) }

// Run handles what comes until ctx ends, then what is queued, and returns when
// all of it is answered.
func (in *Inbox) Run(ctx context.Context) error {
	var tasks sync.WaitGroup
	spawn := func(f func()) {
		tasks.Add(1)
		go func() {
			defer tasks.Done()
			f()
		}()
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	for i, s := range in.shards {
		spawn(func() { s.run(ctx, in.clock, func(items []*item) { in.process(i, items) }) })
	}
	saved := make(chan struct{})
	go func() {
		defer close(saved)
		in.binds.run(background)
	}()
	spawn(func() { in.watchWakes(ctx) })
	tasks.Wait()
	in.settling.Wait()
	stop()
	<-saved
	return nil
}

// SaveBinds writes what is proven now: the last thing before a node ends.
func (in *Inbox) SaveBinds(ctx context.Context) { in.binds.save(ctx) }

// Stop makes the inbox take no more MOs; what is queued is still handled. New
// ones stay unanswered, so that the SMSC sends them again elsewhere.
func (in *Inbox) Stop() { in.stopping.Store(true) }

// Queued returns how many items wait.
func (in *Inbox) Queued() int {
	n := 0
	for _, s := range in.shards {
		n += s.length()
	}
	return n
}

// shard returns the shard of a phone: all its texts go through the same one.
func (in *Inbox) shard(phone sms.MSISDN) *shard { return in.shards[in.shardOf(phone)] }

func (in *Inbox) shardOf(phone sms.MSISDN) int {
	// Fibonacci hashing: numbers that follow each other spread over the shards.
	return int((uint64(phone) * 0x9E3779B97F4A7C15 >> 32) % uint64(len(in.shards)))
}

// Low returns an id below which no batch under way gives out any, fallback when
// none is under way.
func (in *Inbox) Low(fallback sms.ID) sms.ID {
	low := fallback
	for i := range in.working {
		if id := sms.ID(in.working[i].Load()); id != 0 {
			low = min(low, id)
		}
	}
	return low
}
