package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"

	"repartee/admin"
	"repartee/app/config"
	"repartee/app/explain"
	"repartee/endpoints"
	"repartee/inbox"
	"repartee/outbox"
	"repartee/postgres"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/sms"
)

const (
	configEach     = time.Second
	tellEach       = 250 * time.Millisecond
	countEach      = 10 * time.Second
	partitionsEach = time.Hour
	// messageConns is the size of the message path's pool: a connection per
	// shard, the recorder, claims and the odd question.
	messageConns = 16
)

// Options of a gateway beyond its configuration.
type Options struct {
	URL            string // of the database
	Log            *zap.Logger
	Version        string           // of the program
	Ready          func()           // called once the gateway takes texts
	Welcome        func(url string) // called with the link for the first owner, while there is none
	Clock          func() time.Time // what the deciders are told; nil: time.Now
	PartsWithin    time.Duration    // see [inbox.Options]; 0: its default
	TurnsPerMinute int              // likewise
	Simulators     admin.Simulators // of the demo; nil: real carriers
}

// Gateway is one running node.
type Gateway struct {
	cfg   *config.Config
	opts  Options
	clock func() time.Time
	log   *zap.Logger

	node      *postgres.Node
	store     *postgres.MessageStore
	shops     *postgres.ConfigStore
	closeShop func()
	flows     *programs.Flows
	snap      atomic.Pointer[programs.Snapshot]
	ids       *sms.IDs
	fence     *fence
	inbox     *inbox.Inbox
	outbox    *outbox.Outbox
	webhooks  *outbox.Webhooks
	links     *links
	registry  *prometheus.Registry
	listeners *listeners
	accounts  *postgres.AccountStore
	handoffs  *postgres.HandoffStore
	consents  *postgres.ConsentStore
	orders    *postgres.OrderStore
	endpoints *postgres.EndpointStore
	deliverer *endpoints.Deliverer
	live      *postgres.LiveStore
	lists     *postgres.ListStore
	api       *admin.Server
	waiting   *waitingGauges
}

// Run runs a gateway until ctx ends, and drains it then.
func Run(ctx context.Context, cfg *config.Config, opts Options) error {
	g, err := open(ctx, cfg, opts)
	if err != nil {
		return err
	}
	return g.run(ctx)
}

// open builds the parts. What was opened is closed again when one fails.
func open(ctx context.Context, cfg *config.Config, opts Options) (*Gateway, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	g := &Gateway{cfg: cfg, opts: opts, clock: opts.Clock, log: opts.Log, flows: &programs.Flows{}, registry: prometheus.NewRegistry()}
	if err := g.open(ctx); err != nil {
		g.close(ctx)
		return nil, err
	}
	return g, nil
}

func (g *Gateway) open(ctx context.Context) (err error) {
	if g.listeners, err = listen(g.cfg); err != nil { // first: a taken port shall fail before anything else runs
		return err
	}
	if err := g.openDatabase(ctx); err != nil {
		return err
	}
	if err := g.reload(ctx); err != nil {
		return err
	}
	g.build()
	if err := g.inbox.Load(ctx); err != nil {
		return err
	}
	return g.welcome(ctx)
}

func (g *Gateway) openDatabase(ctx context.Context) error {
	key, err := g.cfg.Key()
	if err != nil {
		return err
	}
	sealer, err := secret.New(key)
	if err != nil {
		return err
	}
	if g.shops, g.closeShop, err = postgres.OpenConfigStore(ctx, g.opts.URL, sealer); err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("the host's name: %w", err)
	}
	now := g.clock()
	if g.node, err = postgres.JoinNode(ctx, g.opts.URL, host, now); err != nil {
		return err
	}
	if err := postgres.EnsurePartitions(ctx, g.opts.URL, now); err != nil {
		return err
	}
	if g.accounts, err = postgres.OpenAccountStore(ctx, g.opts.URL, sealer); err != nil {
		return err
	}
	if err := g.openDesk(ctx, key); err != nil {
		return err
	}
	if g.endpoints, err = postgres.OpenEndpointStore(ctx, g.opts.URL, sealer); err != nil {
		return err
	}
	g.ids = sms.NewIDs(g.node.Slot, g.node.Incarnation)
	g.store, err = postgres.OpenMessageStore(ctx, g.opts.URL, g.node.Incarnation, messageConns, postgres.PhoneHash(key))
	return err
}

// openDesk connects what people work with, each part by connections of its own.
func (g *Gateway) openDesk(ctx context.Context, key []byte) (err error) {
	if g.handoffs, err = postgres.OpenHandoffStore(ctx, g.opts.URL); err != nil {
		return err
	}
	if g.consents, err = postgres.OpenConsentStore(ctx, g.opts.URL, postgres.PhoneHash(key)); err != nil {
		return err
	}
	if g.orders, err = postgres.OpenOrderStore(ctx, g.opts.URL); err != nil {
		return err
	}
	if g.lists, err = postgres.OpenListStore(ctx, g.opts.URL); err != nil {
		return err
	}
	g.live, err = postgres.OpenLiveStore(ctx, g.opts.URL)
	return err
}

// build makes the parts that work together.
func (g *Gateway) build() {
	g.fence = newFence(time.Now())
	in, out, carriers := inbox.NewMetrics(), outbox.NewMetrics(), newCarrierMetrics()
	g.outbox = outbox.New(outbox.Options{
		Store: g.store, IDs: g.ids, Node: g.node.Incarnation, Clock: g.clock, Config: g.snap.Load, Fenced: g.fence.Up,
		Log: g.log.Named("outbox"), Metrics: out,
	})
	g.webhooks = &outbox.Webhooks{Store: g.store, Caller: newWebhookClient(), Find: g.webhook, Clock: g.clock, Log: g.log.Named("webhooks")}
	g.deliverer = &endpoints.Deliverer{
		Queue: g.endpoints, Sender: newEventSender(), Clock: g.clock, Fenced: g.fence.Up, Metrics: endpoints.NewMetrics(), Log: g.log.Named("endpoints"),
	}
	key, _ := g.cfg.Key() // read before, in openDatabase
	g.inbox = inbox.New(inbox.Options{
		Store: g.store, Binds: g.store, Sender: g.outbox, IDs: g.ids, Node: g.node.Incarnation, Clock: g.clock, Config: g.snap.Load,
		LoadFlow: g.shops.LoadFlow, Fenced: g.fence.Up, PhoneHash: postgres.PhoneHash(key), Seed: string(postgres.PhoneHash(key)(0)),
		Log: g.log.Named("inbox"), Metrics: in, PartsWithin: g.opts.PartsWithin, TurnsPerMinute: g.opts.TurnsPerMinute,
	})
	g.links = &links{
		inbox: g.inbox, outbox: g.outbox, ids: g.ids, clock: g.clock, log: g.log.Named("smpp"), metrics: carriers, config: g.snap.Load,
		drain: g.cfg.ShutdownLimit / 2, byID: map[int32]*link{}, failed: map[int32]error{},
	}
	g.registry.MustRegister(in.Collectors()...)
	g.registry.MustRegister(out.Collectors()...)
	g.registry.MustRegister(carriers.collectors()...)
	g.registry.MustRegister(g.deliverer.Metrics.Collectors()...)
	g.api = admin.New(admin.Options{
		Accounts: g.accounts, Config: g.shops, Messages: g.outbox, Inputs: g.store, NewID: func() sms.ID { return g.ids.Next(g.clock()) }, Snapshot: g.snap.Load,
		Handoffs: g.handoffs, Reviews: g.consents, Orders: g.orders, Consents: g.consents, Lists: g.lists, Endpoints: g.endpoints, Links: g.links, Live: g.live,
		Explain: &explain.Gateway{Snapshot: g.snap.Load, Store: g.store}, OIDC: g.oidc(),
		Simulators: g.opts.Simulators,
		Clock:      g.clock, Log: g.log.Named("api"), Version: g.opts.Version, URL: g.url(),
	})
	g.waiting = newWaitingGauges()
	g.registry.MustRegister(g.waiting.messages, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	g.registry.MustRegister(g.gauges()...)
}

// reload reads the configuration and puts it in force.
func (g *Gateway) reload(ctx context.Context) error {
	snap, err := g.shops.LoadSnapshot(ctx, g.flows)
	if err != nil {
		return err
	}
	for _, p := range snap.Problems {
		g.log.Error("a part of the configuration is left out: correct it with repartee apply", zap.Stringer("problem", p))
	}
	if len(snap.Carriers) == 0 {
		g.log.Warn("no carrier is configured: no text can come or leave; write one into a file and run repartee apply")
	}
	for _, c := range snap.Codes {
		if !snap.Router.Has(c.Number) {
			g.log.Warn("a short code has no keywords: every text to it gets the program's unknown answer; add keywords with repartee apply", zap.Stringer("short_code", c.Number))
		}
	}
	g.snap.Store(snap)
	return nil
}

// run starts the parts, waits for the end of ctx or of one of them, and stops
// them in the order in which nothing is lost.
func (g *Gateway) run(ctx context.Context) error {
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	context.AfterFunc(ctx, func() { stop(nil) })
	var background sync.WaitGroup
	keep, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	defer stopKeeping()
	beating := make(chan struct{})
	beat, stopBeating := context.WithCancel(keep)
	defer stopBeating()
	background.Go(func() {
		defer close(beating)
		if err := g.fence.beat(beat, g.node, g.low, g.ids.Last, g.version, g.log); err != nil {
			stop(err)
		}
	})
	background.Go(func() { g.watchConfig(work) })
	background.Go(func() { g.housekeep(work) })
	background.Go(func() { g.tell(work) })
	background.Go(func() { g.callWebhooks(work) })
	background.Go(func() { g.deliverer.Run(work, tellEach) })
	background.Go(func() { g.countWaiting(work) })
	background.Go(func() { g.keepFigures(work) })
	background.Go(func() { g.listeners.serve(work, g, stop) })

	inboxCtx, stopInbox := context.WithCancel(keep)
	outboxCtx, stopOutbox := context.WithCancel(keep)
	linksCtx, stopLinks := context.WithCancel(keep)
	defer stopInbox()
	defer stopOutbox()
	defer stopLinks()
	inboxDone, outboxDone := make(chan struct{}), make(chan struct{})
	go func() { defer close(outboxDone); _ = g.outbox.Run(outboxCtx) }() // Run returns nil
	go func() { defer close(inboxDone); _ = g.inbox.Run(inboxCtx) }()
	g.links.ctx = linksCtx
	g.links.apply(work, g.snap.Load())
	g.log.Info("the gateway takes texts", zap.Int("carriers", len(g.snap.Load().Carriers)), zap.Int("short_codes", len(g.snap.Load().Codes)))
	if g.opts.Ready != nil {
		g.opts.Ready()
	}
	<-work.Done()

	cause := context.Cause(work)
	if errors.Is(cause, context.Canceled) {
		cause = nil
	}
	g.log.Info("the gateway drains")
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.cfg.ShutdownLimit)
	defer cancel()
	g.links.beginEnd()
	g.inbox.Stop()
	stopInbox()
	await(limited, inboxDone)
	g.outbox.Drain(limited)
	g.links.endAll(limited)
	stopLinks()
	g.inbox.SaveBinds(limited)
	stopOutbox()
	await(limited, outboxDone)
	stopBeating()
	<-beating // the node is used by one goroutine at a time
	if err := g.node.Leave(limited, g.ids.Last()); err != nil {
		g.log.Warn("the node's row could not be marked as stopped", zap.Error(err))
	}
	stopKeeping()
	background.Wait()
	g.close(limited)
	g.log.Info("the gateway has stopped")
	return cause
}

// await waits for done, at most until ctx ends.
func await(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// low is an id below which nothing born `sending` here is unfinished.
func (g *Gateway) low() sms.ID {
	now := sms.FirstID(g.clock())
	return min(g.inbox.Low(now), g.outbox.Low(now))
}

func (g *Gateway) version() int64 { return g.snap.Load().Version }

// watchConfig puts changes of the configuration in force.
func (g *Gateway) watchConfig(ctx context.Context) {
	every(ctx, configEach, func() {
		version, err := g.shops.Version(ctx)
		if err != nil || version == g.version() {
			return // a database that is away is the fence's business
		}
		if err := g.reload(ctx); err != nil {
			g.log.Error("a change of the configuration could not be read; the one before stays in force", zap.Error(err))
			return
		}
		g.links.apply(ctx, g.snap.Load())
		g.log.Info("a change of the configuration is in force", zap.Int64("version", version))
	})
}

// housekeep makes partitions ahead of time and forgets what has done its service.
func (g *Gateway) housekeep(ctx context.Context) {
	g.followEvents(ctx)
	every(ctx, partitionsEach, func() {
		g.followEvents(ctx)
		if err := errors.Join(postgres.EnsurePartitions(ctx, g.opts.URL, g.clock()), g.store.Tidy(ctx)); err != nil && ctx.Err() == nil {
			g.log.Error("partitions could not be made; the ones there last until the day after tomorrow", zap.Error(err))
		}
	})
}

// tell performs what turns wrote down for after their commit.
func (g *Gateway) tell(ctx context.Context) {
	every(ctx, tellEach, func() {
		if g.fence.Up() {
			return
		}
		if _, err := g.outbox.PerformTells(ctx, g.store); err != nil && ctx.Err() == nil {
			g.log.Warn("notices to staff wait", zap.Error(err))
		}
	})
}

// countWaiting keeps the gauges of what waits in the outbox.
func (g *Gateway) countWaiting(ctx context.Context) {
	every(ctx, countEach, func() {
		g.countEndpoints(ctx)
		rows, err := g.store.Waiting(ctx, g.clock())
		if err != nil {
			return // the next count will do; a database that is away is the fence's business
		}
		g.waiting.set(rows, g.snap.Load())
	})
}

// every calls f each d until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}

// close ends what open opened.
func (g *Gateway) close(ctx context.Context) {
	if g.store != nil {
		g.store.Close()
	}
	if g.node != nil {
		g.node.Close(ctx)
	}
	if g.accounts != nil {
		g.accounts.Close()
	}
	if g.handoffs != nil {
		g.handoffs.Close()
	}
	if g.consents != nil {
		g.consents.Close()
	}
	if g.orders != nil {
		g.orders.Close()
	}
	if g.endpoints != nil {
		g.endpoints.Close()
	}
	if g.live != nil {
		g.live.Close()
	}
	if g.lists != nil {
		g.lists.Close()
	}
	if g.closeShop != nil {
		g.closeShop()
	}
	if g.listeners != nil {
		g.listeners.close()
	}
}
