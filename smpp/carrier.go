package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// Carrier is one account at one SMSC, with all its sessions. It does not
// change: for another configuration drain it and make a new one. Its methods
// are safe for concurrent use.
type Carrier struct {
	cfg      Config
	tls      *tls.Config
	handler  Handler
	opts     Options
	log      *zap.Logger
	verdicts verdicts
	pace     *pace
	turns    *turns
	trace    trace

	connectors []*connector
	// The binds that can be submitted on, replaced as a whole: Pick takes no
	// lock.
	transmitting atomic.Pointer[[]*Bind]
	bindIDs      atomic.Int64

	mu       sync.Mutex
	live     []*Bind
	draining bool
	stop     context.CancelFunc // ends connecting; set while running
	stopped  chan struct{}      // closed when Run returns; nil before
}

// NewCarrier makes a carrier; Run brings it to life. The configuration should
// have passed [Config.Validate]; Run refuses it otherwise.
func NewCarrier(cfg Config, h Handler, opts Options) *Carrier {
	c := &Carrier{cfg: cfg.withDefaults(), handler: h, opts: opts, turns: newTurns(), verdicts: newVerdicts(&cfg)}
	c.fillOptions()
	c.tls = serverName(cfg.TLS, cfg.Addr)
	c.log = c.opts.Log.With(zap.String("carrier", cfg.Name))
	c.pace = newPace(cfg.Throughput, c.opts.Observer.Paced)
	c.transmitting.Store(&[]*Bind{})
	for slot := range c.cfg.Sessions {
		for _, role := range c.cfg.Mode.roles() {
			c.connectors = append(c.connectors, newConnector(c, slot, role))
		}
	}
	return c
}

func (c *Carrier) fillOptions() {
	if c.opts.Log == nil {
		c.opts.Log = zap.NewNop()
	}
	if c.opts.Observer == nil {
		c.opts.Observer = Unobserved{}
	}
	if c.opts.NewBindID == nil {
		c.opts.NewBindID = func() int64 { return c.bindIDs.Add(1) }
	}
	if c.opts.Dial == nil {
		c.opts.Dial = new(net.Dialer).DialContext
	}
	if c.opts.firstSequence == 0 {
		c.opts.firstSequence = 1
	}
}

// serverName returns the TLS configuration with the name to verify.
func serverName(cfg *tls.Config, addr string) *tls.Config {
	if cfg == nil || cfg.ServerName != "" {
		return cfg
	}
	cfg = cfg.Clone()
	if host, _, err := net.SplitHostPort(addr); err == nil {
		cfg.ServerName = host
	}
	return cfg
}

// Config returns the configuration with its defaults filled in. It holds the
// password.
func (c *Carrier) Config() Config { return c.cfg }

// Run connects, binds and binds again until ctx ends, which closes all
// connections at once, or until Drain has ended all binds. It returns an error
// only when it cannot begin. It is called once.
func (c *Carrier) Run(ctx context.Context) error {
	if err := c.cfg.Validate(); err != nil {
		return err
	}
	connecting, stop := context.WithCancel(ctx)
	defer stop()
	if err := c.begin(stop); err != nil {
		return err
	}
	defer close(c.stopped)
	var sessions, house sync.WaitGroup
	for _, k := range c.connectors {
		sessions.Go(func() { k.run(ctx, connecting) })
	}
	keeping, done := context.WithCancel(context.WithoutCancel(ctx))
	house.Go(func() { c.keepHouse(keeping) })
	sessions.Wait()
	done()
	house.Wait()
	return nil
}

func (c *Carrier) begin(stop context.CancelFunc) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped != nil {
		return errors.New("smpp: a carrier runs once: make a new one")
	}
	c.stop, c.stopped = stop, make(chan struct{})
	if c.draining {
		stop()
	}
	return nil
}

// keepHouse looks at the time-outs of all binds.
func (c *Carrier) keepHouse(ctx context.Context) {
	ticker := time.NewTicker(c.cfg.tick())
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			for _, b := range c.binds() {
				b.tick(now)
			}
		}
	}
}

func (c *Carrier) binds() []*Bind {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.live)
}

// register makes a bind known, to Pick among others.
func (c *Carrier) register(b *Bind) {
	c.mu.Lock()
	c.live = append(c.live, b)
	c.publish()
	draining := c.draining
	c.mu.Unlock()
	if draining {
		b.drain(time.Now())
	}
}

func (c *Carrier) unregister(b *Bind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = slices.DeleteFunc(c.live, func(other *Bind) bool { return other == b })
	c.publish()
}

func (c *Carrier) publish() {
	transmitting := []*Bind{}
	for _, b := range c.live {
		if b.session.role.Transmits() && !c.draining {
			transmitting = append(transmitting, b)
		}
	}
	c.transmitting.Store(&transmitting)
}

// Drain ends the carrier in order: no new connections and submits
// ([ErrDraining]); MOs that still come are left for the SMSC to send again;
// what was submitted gets its response and what was delivered its answer, for
// DrainTimeout at most; then unbind, and the unbind_resp that proves all
// answers. It returns when Run is about to. When ctx ends first, connections
// are closed as they are and its error is returned.
func (c *Carrier) Drain(ctx context.Context) error {
	c.BeginDrain()
	c.mu.Lock()
	stopped := c.stopped
	c.mu.Unlock()
	if stopped == nil {
		return nil
	}
	select {
	case <-stopped:
		return nil
	case <-ctx.Done():
	}
	for _, b := range c.binds() {
		b.end(context.Cause(ctx))
	}
	<-stopped
	return context.Cause(ctx)
}

// BeginDrain begins what Drain does and does not wait. When it returns, no more
// MOs are handed up; those handed up before are still awaited.
func (c *Carrier) BeginDrain() {
	c.mu.Lock()
	c.draining = true
	c.publish()
	if c.stop != nil {
		c.stop()
	}
	c.mu.Unlock()
	for _, b := range c.binds() {
		b.drain(time.Now())
	}
}

// Pick returns the transmitting bind with the most room in its window, or nil
// when none has a free slot. reserve is the share of a window that must stay
// free, such as 0.25 for marketing, so that answers find room; 0 uses it all.
// Another caller can be quicker: [Bind.Submit] then returns [ErrNoRoom].
func (c *Carrier) Pick(reserve float64) *Bind {
	limit := float64(c.cfg.Window) * (1 - reserve)
	var best *Bind
	var least int32
	for _, b := range *c.transmitting.Load() {
		used := b.used.Load()
		if !b.inUse() || float64(used) >= limit {
			continue
		}
		if best == nil || used < least {
			best, least = b, used
		}
	}
	return best
}

// Up reports whether MTs can leave: a transmitting bind is bound.
func (c *Carrier) Up() bool {
	return slices.ContainsFunc(*c.transmitting.Load(), (*Bind).inUse)
}

// Receiving reports whether MOs and receipts can come: a receiving bind is
// bound. A pair is well only when it is Up and Receiving.
func (c *Carrier) Receiving() bool {
	return slices.ContainsFunc(c.binds(), func(b *Bind) bool { return b.session.role.Receives() && b.inUse() })
}

// Binds returns all sessions of the carrier as they stand, bound or not.
func (c *Carrier) Binds() []BindInfo {
	infos := make([]BindInfo, len(c.connectors))
	for i, k := range c.connectors {
		infos[i] = k.view()
	}
	return infos
}

// Take takes the carrier's pace for a number of segments: 0 says go; more
// says that nothing was taken and when to ask again. It includes the slow-down
// after ESME_RTHROTTLED and ESME_RMSGQFUL. Segments of one call leave
// together; a slow carrier that counts strictly wants one call per segment.
func (c *Carrier) Take(now time.Time, segments int) time.Duration {
	return c.pace.take(now, segments)
}

// Pace returns the segments per second that Take lets through at present; 0
// is unlimited.
func (c *Carrier) Pace() float64 { return c.pace.current() }

// Judge says whether a status of submit_sm_resp or generic_nack is worth
// another attempt: by the carrier's own table, else temporary for
// ESME_RTHROTTLED, ESME_RMSGQFUL, ESME_RSYSERR, ESME_RINVBNDSTS and
// ESME_RX_T_APPN, and permanent for all others.
func (c *Carrier) Judge(status pdu.Status) Verdict { return c.verdicts[status] }

// responded learns the pace from a response.
func (c *Carrier) responded(o *Outcome) {
	c.opts.Observer.Responded(o.Status, o.At.Sub(o.WrittenAt))
	switch {
	case o.Kind == Accepted:
		c.pace.accepted(o.At)
	case slowDown(o.Status):
		c.pace.refused(o.WrittenAt, o.At)
	}
}
