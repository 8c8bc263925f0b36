package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"repartee/inbox"
	"repartee/outbox"
	"repartee/programs"
	"repartee/smpp"
	"repartee/smpp/pdu"
	"repartee/sms"
	"repartee/views"
)

// links holds the binds of all carriers, and changes those whose configuration
// changes.
type links struct {
	inbox   *inbox.Inbox
	outbox  *outbox.Outbox
	ids     *sms.IDs
	clock   func() time.Time
	log     *zap.Logger
	metrics *carrierMetrics
	drain   time.Duration
	config  func() *programs.Snapshot

	changes sync.Mutex // one change at a time; it lasts as long as carriers drain
	mu      sync.Mutex
	ctx     context.Context // of running links
	byID    map[int32]*link
	failed  map[int32]error // carriers that cannot be bound as they are configured
}

// link is one carrier in one configuration. It hands what its binds bring to
// inbox and outbox.
type link struct {
	all     *links
	conf    *programs.Carrier
	carrier *smpp.Carrier
	ended   chan struct{}

	mu      sync.RWMutex
	sources map[*smpp.Bind]*inbox.Source
}

// Bound implements [smpp.Handler].
func (l *link) Bound(b *smpp.Bind) {
	src := l.all.inbox.Open(b, l.conf)
	l.mu.Lock()
	l.sources[b] = src
	l.mu.Unlock()
	l.all.outbox.Poke(l.conf.ID)
	l.all.outbox.Waiting(l.conf.ID)
}

// Deliver implements [smpp.Handler].
func (l *link) Deliver(d *smpp.Delivery) {
	if l.all.outbox.Receive(d, l.conf.ID) {
		return
	}
	l.mu.RLock()
	src := l.sources[d.Bind]
	l.mu.RUnlock()
	src.Deliver(d)
}

// Ended implements [smpp.Handler].
func (l *link) Ended(b *smpp.Bind, _ error) {
	l.mu.Lock()
	src := l.sources[b]
	delete(l.sources, b)
	l.mu.Unlock()
	if src != nil {
		src.Close()
	}
	l.all.outbox.Poke(l.conf.ID)
}

// apply brings the links to a configuration: carriers that are new are bound,
// those that changed are drained and bound anew, those that are gone are
// drained. Others are not touched.
func (ls *links) apply(ctx context.Context, snap *programs.Snapshot) {
	ls.changes.Lock()
	defer ls.changes.Unlock()
	ls.endThose(ctx, func(l *link) bool {
		next := snap.Carriers[l.conf.ID]
		return next == nil || !sameCarrier(l.conf, next)
	})
	ls.startMissing(snap)
	for id, conf := range snap.Carriers {
		ls.outbox.Pause(id, conf.Paused)
	}
}

// endThose drains the links that are chosen, side by side. Others go on, and
// can be looked at meanwhile.
func (ls *links) endThose(ctx context.Context, chosen func(*link) bool) (ended int) {
	ls.mu.Lock()
	var wait sync.WaitGroup
	for id, l := range ls.byID {
		if !chosen(l) {
			continue
		}
		delete(ls.byID, id)
		ended++
		wait.Go(func() { ls.end(ctx, l) })
	}
	ls.mu.Unlock()
	wait.Wait()
	return ended
}

// startMissing binds the carriers that have no link.
func (ls *links) startMissing(snap *programs.Snapshot) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for id, conf := range snap.Carriers {
		if ls.byID[id] != nil {
			continue
		}
		err := ls.start(conf)
		if delete(ls.failed, id); err != nil {
			ls.failed[id] = err
			ls.log.Error("a carrier cannot be bound: correct its configuration with repartee apply", zap.String("carrier", conf.Name), zap.Error(err))
		}
	}
}

// Rebind implements [views.Links].
func (ls *links) Rebind(ctx context.Context, name string) error {
	ls.changes.Lock()
	defer ls.changes.Unlock()
	ctx = context.WithoutCancel(ctx) // a request that is given up leaves no carrier without binds
	if ls.endThose(ctx, func(l *link) bool { return l.conf.Name == name }) == 0 {
		return &views.NotFoundError{Text: "there is no carrier " + name}
	}
	ls.startMissing(ls.config())
	return nil
}

// Traffic implements [views.Links].
func (ls *links) Traffic(name string) ([]views.PDU, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, l := range ls.byID {
		if l.conf.Name != name {
			continue
		}
		var all []views.PDU
		for _, p := range l.carrier.Traced() {
			all = append(all, views.PDU{
				At: p.At, Out: p.Out, Role: p.Role.String(), Slot: p.Slot, Command: p.Command, Status: p.Status, Sequence: p.Sequence, Length: p.Length,
				From: p.From, To: p.To, MessageID: p.MessageID, ESMClass: p.ESMClass, Coding: p.Coding, UserData: p.UserData,
			})
		}
		return all, nil
	}
	return nil, &views.NotFoundError{Text: "there is no carrier " + name}
}

// Carriers implements [views.Links].
func (ls *links) Carriers() []views.Carrier {
	lanes, snap := ls.outbox.Backlog(), ls.config()
	ls.mu.Lock()
	defer ls.mu.Unlock()
	all := make([]views.Carrier, 0, len(snap.Carriers))
	for id, conf := range snap.Carriers {
		if ls.byID[id] != nil {
			continue
		}
		c := views.Carrier{Name: conf.Name, Addr: conf.Addr, SystemID: conf.SystemID, Throughput: conf.Throughput, Paused: conf.Paused}
		if err := ls.failed[id]; err != nil { // else it is drained, to be bound anew
			c.Problem = err.Error()
		}
		all = append(all, c)
	}
	for id, l := range ls.byID {
		c := views.Carrier{
			Name: l.conf.Name, Addr: l.conf.Addr, SystemID: l.conf.SystemID, Throughput: l.conf.Throughput, Pace: l.carrier.Pace(), Paused: paused(snap, id), Bound: l.whole(), Lanes: lanes[id],
		}
		ls.metrics.of(c.Name).count(&c)
		for _, b := range l.carrier.Binds() {
			c.Binds = append(c.Binds, views.Bind{
				Role: b.Role.String(), Slot: b.Slot, State: b.State.String(), Since: b.Since, Window: b.Window, Used: b.Used, LastError: b.LastError, Next: b.NextAttempt,
			})
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b views.Carrier) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// sameCarrier compares all that matters to a link; a pause is the outbox's.
func sameCarrier(a, b *programs.Carrier) bool {
	was, is := *a, *b
	was.Paused, is.Paused = false, false
	return reflect.DeepEqual(&was, &is)
}

// start binds a carrier.
func (ls *links) start(conf *programs.Carrier) error {
	cfg, err := smppConfig(conf)
	if err != nil {
		return err
	}
	l := &link{all: ls, conf: conf, sources: map[*smpp.Bind]*inbox.Source{}, ended: make(chan struct{})}
	l.carrier = smpp.NewCarrier(cfg, l, smpp.Options{
		Log: ls.log, Observer: ls.metrics.of(conf.Name), NewBindID: func() int64 { return int64(ls.ids.Next(ls.clock())) },
	})
	ls.byID[conf.ID] = l
	ls.outbox.Attach(conf, l.carrier)
	ctx := ls.ctx
	go func() {
		defer close(l.ended)
		if err := l.carrier.Run(ctx); err != nil {
			ls.log.Error("a carrier cannot be bound: correct its configuration with repartee apply", zap.String("carrier", conf.Name), zap.Error(err))
		}
	}()
	return nil
}

// end drains a link and waits until its binds are over.
func (ls *links) end(ctx context.Context, l *link) {
	limited, cancel := context.WithTimeout(ctx, ls.drain)
	defer cancel()
	if err := l.carrier.Drain(limited); err != nil {
		ls.log.Warn("a carrier was not drained in time", zap.String("carrier", l.conf.Name), zap.Error(err))
	}
	select {
	case <-l.ended:
	case <-limited.Done():
	}
	ls.metrics.forget(l.conf.Name)
}

// beginEnd makes all links hand up no more texts.
func (ls *links) beginEnd() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, l := range ls.byID {
		l.carrier.BeginDrain()
	}
}

func paused(snap *programs.Snapshot, carrier int32) bool {
	c := snap.Carriers[carrier]
	return c != nil && c.Paused
}

// endAll drains all links.
func (ls *links) endAll(ctx context.Context) {
	ls.changes.Lock()
	defer ls.changes.Unlock()
	ls.endThose(ctx, func(*link) bool { return true })
}

// up returns how many carriers are bound, and how many are configured.
func (ls *links) up() (bound, all int) {
	all = len(ls.config().Carriers)
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, l := range ls.byID {
		if l.whole() {
			bound++
		}
	}
	return bound, all
}

// whole reports whether every kind of bind that the carrier is configured for
// stands: a pair without its receiver takes no texts, however well it sends.
func (l *link) whole() bool {
	stands := map[smpp.Role]bool{}
	for _, b := range l.carrier.Binds() {
		stands[b.Role] = stands[b.Role] || b.State == smpp.Bound
	}
	for _, up := range stands {
		if !up {
			return false
		}
	}
	return true
}

// infos describes all binds.
func (ls *links) infos() (infos []smpp.BindInfo) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, l := range ls.byID {
		infos = append(infos, l.carrier.Binds()...)
	}
	return infos
}

// smppConfig turns a carrier's configuration into that of its sessions.
func smppConfig(c *programs.Carrier) (smpp.Config, error) {
	mode, err := smpp.ParseMode(c.Bind)
	if err != nil {
		return smpp.Config{}, err
	}
	temporary, err1 := statuses(c.Temporary)
	permanent, err2 := statuses(c.Permanent)
	secured, err3 := tlsConfig(c.TLS)
	cfg := smpp.Config{
		Name: c.Name, Addr: c.Addr, SystemID: c.SystemID, Password: c.Password, SystemType: c.SystemType,
		AddressTON: c.Addresses.Bind.TON, AddressNPI: c.Addresses.Bind.NPI, AddressRange: c.AddressRange,
		Mode: mode, Sessions: c.Sessions, Window: c.Window, Throughput: c.Throughput, TLS: secured,
		BindTimeout: c.Timeouts.Bind, ResponseTimeout: c.Timeouts.Response, WriteTimeout: c.Timeouts.Write,
		EnquireInterval: c.Timeouts.Enquire,
		BackoffMin:      c.Backoff.Min, BackoffMax: c.Backoff.Max, BackoffStable: c.Backoff.Stable,
		Temporary: temporary, Permanent: permanent,
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return cfg, err
	}
	return cfg, cfg.Validate()
}

func statuses(names []string) ([]pdu.Status, error) {
	var all []pdu.Status
	for _, n := range names {
		s, err := pdu.ParseStatus(n)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// tlsConfig reads the files of a carrier's TLS settings; nil without TLS.
func tlsConfig(t programs.TLS) (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	cfg := &tls.Config{ServerName: t.ServerName, MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("tls.ca_file: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls.ca_file %s holds no certificate in PEM form", t.CAFile)
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("tls.cert_file and key_file: %w", err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}
