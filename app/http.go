package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"repartee/accounts"
	"repartee/admin"
	"repartee/admin/web"
	"repartee/app/config"
)

// listeners are the HTTP sockets, bound before anything else starts.
type listeners struct {
	public, metrics net.Listener
}

func listen(cfg *config.Config) (*listeners, error) {
	l := &listeners{}
	var err error
	if l.public, err = bind(cfg.HTTPAddr, "REPARTEE_HTTP_ADDR"); err != nil {
		return nil, err
	}
	if l.metrics, err = bind(cfg.MetricsAddr, "REPARTEE_METRICS_ADDR"); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// bind listens; at the address "off" it does not, and returns nil.
func bind(addr, name string) (net.Listener, error) {
	if addr == "off" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: stop it, or set %s to another address, such as 127.0.0.1:0 for any free port", addr, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ln, nil
}

func (l *listeners) close() {
	for _, ln := range []net.Listener{l.public, l.metrics} {
		if ln != nil {
			_ = ln.Close() // it may be closed already
		}
	}
}

// serve answers until ctx ends.
func (l *listeners) serve(ctx context.Context, g *Gateway, failed context.CancelCauseFunc) {
	public := http.NewServeMux()
	public.HandleFunc("GET /healthz", g.healthz)
	public.HandleFunc("GET /readyz", g.readyz)
	public.Handle("/api/", g.api)
	public.Handle("/", web.Handler())
	metrics := http.NewServeMux()
	metrics.Handle("GET /metrics", promhttp.HandlerFor(g.registry, promhttp.HandlerOpts{}))
	var wait sync.WaitGroup
	for _, s := range []struct {
		ln net.Listener
		h  http.Handler
	}{{l.public, public}, {l.metrics, metrics}} {
		if s.ln == nil {
			continue
		}
		server := &http.Server{Handler: s.h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
		server.RegisterOnShutdown(g.api.Drain)
		wait.Go(func() {
			if err := server.Serve(s.ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
				failed(fmt.Errorf("http: %w", err))
			}
		})
		wait.Go(func() {
			<-ctx.Done()
			limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = server.Shutdown(limited) // what is left is cut with the process
		})
	}
	wait.Wait()
}

// url is where people reach the gateway.
func (g *Gateway) url() string {
	if g.cfg.PublicURL != "" {
		return strings.TrimRight(g.cfg.PublicURL, "/")
	}
	if g.listeners.public == nil {
		return ""
	}
	return "http://" + g.listeners.public.Addr().String()
}

// oidc is the provider that people may sign in with, nil for none.
func (g *Gateway) oidc() *admin.OIDC {
	if g.cfg.OIDCIssuer == "" {
		return nil
	}
	return &admin.OIDC{Issuer: g.cfg.OIDCIssuer, ClientID: g.cfg.OIDCClientID, ClientSecret: g.cfg.OIDCClientSecret}
}

// ownerLink is how long the link for the first owner is good.
const ownerLink = 24 * time.Hour

// welcome gives the link with which the first owner is made, while there is
// none. A new one replaces that of the start before.
func (g *Gateway) welcome(ctx context.Context) error {
	if g.opts.Welcome == nil || g.listeners.public == nil {
		return nil
	}
	n, err := g.accounts.Owners(ctx)
	if err != nil || n > 0 {
		return err
	}
	token := accounts.NewToken("rl_")
	if err := g.accounts.AddLink(ctx, token, 0, g.clock().Add(ownerLink)); err != nil {
		return err
	}
	g.opts.Welcome(g.url() + "/setup#" + string(token))
	return nil
}

// healthz tells that the process works, whatever is around it.
func (g *Gateway) healthz(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz tells whether texts are taken: the database is there and a carrier is
// bound. Each part says what is missing.
func (g *Gateway) readyz(w http.ResponseWriter, _ *http.Request) {
	bound, all := g.links.up()
	parts := map[string]string{"database": "ok", "carriers": fmt.Sprintf("%d of %d bound", bound, all)}
	status := http.StatusOK
	if g.fence.Up() {
		parts["database"], status = "away: texts are left to the SMSC until it is back", http.StatusServiceUnavailable
	}
	if all == 0 {
		parts["carriers"], status = "none configured: run repartee apply", http.StatusServiceUnavailable
	} else if bound == 0 {
		status = http.StatusServiceUnavailable
	}
	reply(w, status, map[string]any{"ready": status == http.StatusOK, "parts": parts})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone if it fails
}

// gauges are read when asked for.
func (g *Gateway) gauges() []prometheus.Collector {
	gauge := func(name, help string, f func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "repartee", Name: name, Help: help}, f)
	}
	return []prometheus.Collector{
		gauge("inbox_queued", "MOs and timers that wait for a batch.", func() float64 { return float64(g.inbox.Queued()) }),
		gauge("fenced", "1 while the database is away and nothing is sent.", func() float64 {
			if g.fence.Up() {
				return 1
			}
			return 0
		}),
		gauge("config_version", "Version of the configuration in force.", func() float64 { return float64(g.version()) }),
		&linkGauges{g},
	}
}

// linkGauges describe windows and lanes as they are when asked.
type linkGauges struct{ g *Gateway }

var (
	windowDesc = prometheus.NewDesc("repartee_smpp_window_used", "Unanswered submit_sm of a session.", []string{"carrier", "role", "slot"}, nil)
	lanesDesc  = prometheus.NewDesc("repartee_outbox_lanes", "Messages in the lanes of a carrier.", []string{"carrier"}, nil)
)

// Describe implements [prometheus.Collector].
func (l *linkGauges) Describe(ch chan<- *prometheus.Desc) { ch <- windowDesc; ch <- lanesDesc }

// Collect implements [prometheus.Collector].
func (l *linkGauges) Collect(ch chan<- prometheus.Metric) {
	for _, b := range l.g.links.infos() {
		ch <- prometheus.MustNewConstMetric(windowDesc, prometheus.GaugeValue, float64(b.Used), b.Carrier, b.Role.String(), strconv.Itoa(b.Slot))
	}
	snap := l.g.snap.Load()
	for id, n := range l.g.outbox.Backlog() {
		if c := snap.Carriers[id]; c != nil {
			ch <- prometheus.MustNewConstMetric(lanesDesc, prometheus.GaugeValue, float64(n), c.Name)
		}
	}
}
