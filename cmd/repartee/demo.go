package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"repartee/app"
	"repartee/app/config"
	"repartee/demo"
	"repartee/migrations"
	"repartee/postgres"
	"repartee/postgres/embedded"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

// bindWithin is how long the first screen waits for the binds: they take
// milliseconds.
const bindWithin = 30 * time.Second

func newDemo() *cobra.Command {
	var free bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run everything on this machine: PostgreSQL, two simulated carriers, the demo shop, the gateway",
		Long: "Start a private PostgreSQL, two simulated carriers over real SMPP, the demo shop and the gateway, and say how to text it.\n" +
			"The data are in the folder demo below REPARTEE_DATA_DIR and survive a restart; REPARTEE_DATABASE_URL is not used.\n" +
			"A port that another program uses is replaced by a free one.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return runDemo(cmd, c, free)
		},
	}
	cmd.Flags().BoolVar(&free, "free-ports", false, "take free ports instead of the usual ones")
	return cmd
}

// demoCarrier is a simulated carrier as the demo shop expects it.
type demoCarrier struct {
	simulator
	variable string // of the shop's file that holds the address
	account  control.AccountConfig
	others   []sms.MSISDN // phones beside the first one: of staff
}

// demoCarriers are the SMSCs of demo/shop.yaml. They differ as carriers do.
func demoCarriers() []demoCarrier {
	account := control.AccountConfig{SystemID: "repartee", Password: "demo", Codes: []string{"36111"}}
	account.Receipts.Delay, account.Receipts.Jitter = control.Duration(300*time.Millisecond), control.Duration(time.Second)
	american := account
	american.Codes, american.Alphabet = []string{"47492"}, "latin1"
	american.Receipts.ResponseID, american.Receipts.ReceiptID = "hex", "decimal"
	return []demoCarrier{
		{
			simulator{Name: "orange-sim", SMPP: "127.0.0.1:2775", Control: control.DefaultControl, Phone: defaultPhone, Codes: []sms.ShortCode{36111}},
			"ORANGE_SIM_ADDR", account,
			[]sms.MSISDN{33600000001},
		},
		{
			simulator{Name: "us-sim", SMPP: "127.0.0.1:2776", Control: "127.0.0.1:2781", Phone: 12125550123, Codes: []sms.ShortCode{47492}},
			"US_SIM_ADDR", american, nil,
		},
	}
}

// demoRun is a demo under way.
type demoRun struct {
	cmd      *cobra.Command
	cfg      config.Config
	folder   string
	named    bool // the folder is not the default: chat has to be told
	free     bool
	carriers []demoCarrier
	owner    string // the link for the first owner, empty: there is one
}

// runDemo starts the parts from the bottom to the top and stops them the other
// way round, so that the gateway drains into carriers and a database that are
// still there.
func runDemo(cmd *cobra.Command, c *config.Config, free bool) (err error) {
	d := &demoRun{cmd: cmd, cfg: *c, folder: demoFolder(c), free: free, carriers: demoCarriers()}
	d.named = source(c, "data_dir") != "default"
	d.cfg.DataDir, d.cfg.DatabaseURL, d.cfg.SecretKey = d.folder, "", ""
	unlock, err := lockDemo(d.folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := d.choosePorts(c); err != nil {
		return err
	}
	d.say("Starting PostgreSQL in %s …\n", d.folder)
	server, err := embedded.Open(cmd.Context(), embedded.Options{DataDir: d.folder, BinDir: d.cfg.PostgresBin})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()

	log, closeLog, err := d.openLog()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	ctx, fail := context.WithCancelCause(cmd.Context())
	defer fail(nil)
	stopSims, err := d.startSimulators(ctx, fail, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopSims()) }()
	if err := d.apply(ctx, server.URL()); err != nil {
		return err
	}
	phones := newVirtualPhones(d.carriers)
	defer phones.close()
	err = app.Run(ctx, &d.cfg, app.Options{
		URL: server.URL(), Log: log, Version: version, Simulators: phones,
		Welcome: func(link string) { d.owner = link }, Ready: func() { go d.welcome(ctx, fail) },
	})
	if cause := context.Cause(ctx); err == nil && cmd.Context().Err() == nil {
		err = cause
	}
	return err
}

// source tells where a setting comes from.
func source(c *config.Config, name string) string {
	for _, v := range c.Values() {
		if v.Name == name {
			return v.Source
		}
	}
	return ""
}

// lockDemo refuses a second demo on the same folder: it would lead the first
// one's gateway to its own carriers.
func lockDemo(folder string) (unlock func() error, err error) {
	if err := os.MkdirAll(folder, 0o711); err != nil {
		return nil, fmt.Errorf("the demo's folder (REPARTEE_DATA_DIR): %w", err)
	}
	f, err := os.OpenFile(filepath.Join(folder, "demo.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the demo's folder (REPARTEE_DATA_DIR): %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("a demo runs already on %s: text it with `%s chat`, stop it there with Ctrl-C, or name another folder with REPARTEE_DATA_DIR", folder, os.Args[0]), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the demo's folder: %w", err), f.Close())
	}
	return f.Close, nil
}

// choosePorts replaces the usual ports that are taken. One that was asked for
// is not replaced: the gateway says what is wrong with it.
func (d *demoRun) choosePorts(c *config.Config) error {
	var problems []error
	pick := func(what, addr string, chosen bool) string {
		got, err := d.usable(what, addr, chosen)
		problems = append(problems, err)
		return got
	}
	d.cfg.HTTPAddr = pick("the gateway", c.HTTPAddr, source(c, "http_addr") != "default")
	if c.MetricsAddr != "off" {
		d.cfg.MetricsAddr = pick("the metrics", c.MetricsAddr, source(c, "metrics_addr") != "default")
	}
	for i := range d.carriers {
		s := &d.carriers[i]
		s.SMPP = pick(s.Name, s.SMPP, false)
		s.Control = pick("the control port of "+s.Name, s.Control, false)
	}
	return errors.Join(problems...)
}

// usable returns addr, with a port that is free at this moment when its own is
// 0, taken, or not wanted.
func (d *demoRun) usable(what, addr string, chosen bool) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	if chosen && port != "0" {
		return addr, nil
	}
	if d.free {
		addr = net.JoinHostPort(host, "0")
	}
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err == nil {
			d.say("%s is in use by another program: %s takes %s instead.\n", addr, what, l.Addr())
		}
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return l.Addr().String(), l.Close()
}

// openLog writes all to a file and what needs attention to the terminal.
func (d *demoRun) openLog() (*zap.Logger, func() error, error) {
	file, err := os.OpenFile(d.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("the demo's log: %w", err)
	}
	encoder := zap.NewProductionEncoderConfig()
	encoder.EncodeTime = zapcore.ISO8601TimeEncoder
	return zap.New(zapcore.NewTee(
		zapcore.NewCore(zapcore.NewJSONEncoder(encoder), zapcore.Lock(file), zapcore.InfoLevel),
		zapcore.NewCore(zapcore.NewConsoleEncoder(encoder), zapcore.Lock(os.Stderr), zapcore.WarnLevel),
	)), file.Close, nil
}

func (d *demoRun) logFile() string { return filepath.Join(d.folder, "gateway.log") }

// startSimulators runs the carriers until stop is called; one that fails ends
// the demo.
func (d *demoRun) startSimulators(whole context.Context, fail context.CancelCauseFunc, log *zap.Logger) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(whole))
	var running sync.WaitGroup
	stop = func() error {
		cancel()
		running.Wait()
		return d.forget()
	}
	ready := make(chan struct{}, len(d.carriers))
	for i := range d.carriers {
		c := control.Config{Listen: d.carriers[i].SMPP, Control: d.carriers[i].Control, SystemID: d.carriers[i].Name, Accounts: []control.AccountConfig{d.carriers[i].account}}
		running.Go(func() {
			err := control.Run(ctx, control.RunConfig{Config: c, Log: log.Named(c.SystemID), Ready: func(string, string) { ready <- struct{}{} }})
			if err != nil {
				fail(fmt.Errorf("%s: %w", c.SystemID, err))
			}
		})
	}
	for range d.carriers {
		select {
		case <-ready:
		case <-whole.Done():
			return nil, errors.Join(stop(), context.Cause(whole))
		}
	}
	return stop, writeSimulators(d.folder, d.simulators())
}

func (d *demoRun) simulators() []simulator {
	sims := make([]simulator, len(d.carriers))
	for i, c := range d.carriers {
		sims[i] = c.simulator
	}
	return sims
}

// forget takes back what told chat where the carriers are.
func (d *demoRun) forget() error {
	err := os.Remove(filepath.Join(d.folder, simulatorsFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// apply brings the schema and the demo shop into the database.
func (d *demoRun) apply(ctx context.Context, url string) error {
	if err := migrations.Up(ctx, url); err != nil {
		return err
	}
	shop, err := d.readDemo()
	if err != nil {
		return err
	}
	key, err := d.cfg.Key()
	if err != nil {
		return err
	}
	sealer, err := secret.New(key)
	if err != nil {
		return err
	}
	store, done, err := postgres.OpenConfigStore(ctx, url, sealer)
	if err != nil {
		return err
	}
	defer done()
	_, err = programs.Apply(ctx, store, shop, programs.Wish{Open: programs.Open{Policy: "finish"}})
	return err
}

// readDemo reads the shop inside the binary with the addresses of the carriers
// that run.
func (d *demoRun) readDemo() (*programs.Shop, error) {
	const file = "shop.yaml"
	text, err := demo.Files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	env := func(name string) (string, bool) {
		for _, c := range d.carriers {
			if c.variable == name {
				return c.SMPP, true
			}
		}
		return "", false
	}
	shop, problems := programs.Read(programs.Options{ReadFile: demo.Files.ReadFile, Env: env}, programs.Source{Name: file, Text: text})
	return shop, refused(problems)
}

// welcome prints the first screen when the carriers are bound.
func (d *demoRun) welcome(ctx context.Context, fail context.CancelCauseFunc) {
	limited, cancel := context.WithTimeout(ctx, bindWithin)
	defer cancel()
	for _, c := range d.carriers {
		if err := awaitBind(limited, c); err != nil {
			if ctx.Err() == nil {
				fail(err)
			}
			return
		}
	}
	d.say("%s", d.screen())
}

// awaitBind waits until the gateway is bound to a carrier.
func awaitBind(ctx context.Context, c demoCarrier) error {
	client := control.NewClient(c.Control)
	defer client.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		a, err := client.Account(ctx, c.account.SystemID)
		if err == nil && len(a.Binds) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the gateway does not bind to %s at %s: look at the log in the demo's folder", c.Name, c.SMPP)
		case <-tick.C:
		}
	}
}

// screen is what a newcomer reads first.
func (d *demoRun) screen() string {
	var b strings.Builder
	french, american := d.carriers[0], d.carriers[1]
	chat := os.Args[0] + " chat"
	if d.owner != "" {
		fmt.Fprintf(&b, "\nBecome the owner of this installation, in a browser, within a day:\n\n  %s\n", d.owner)
	}
	b.WriteString("\nRepartee is up. Be a phone, in another terminal:\n\n")
	if d.named {
		fmt.Fprintf(&b, "  export REPARTEE_DATA_DIR=%s\n", filepath.Dir(d.folder))
	}
	for _, l := range [][2]string{
		{"", "a French phone, texting 36111: say PIZZA, order, say STOP, text again, say START"},
		{" 36111 PIZZA", "one text and its answer"},
		{fmt.Sprintf(" %s LUNCH", american.Codes[0]), "an American phone and short code"},
		{" --from 33600000001", "the kitchen's phone: the orders come in here"},
	} {
		fmt.Fprintf(&b, "  %s%-22s # %s\n", chat, l[0], l[1])
	}
	fmt.Fprintf(&b, "\nBe the shop:\n\n  REPARTEE_DATA_DIR=%s %s order list    # also handoff, redeem, consent, explain\n", d.folder, os.Args[0])
	b.WriteString("\nBe a phone without the program:\n\n")
	phone := fmt.Sprintf("http://%s/v1/phones/%s/messages", french.Control, french.Phone)
	fmt.Fprintf(&b, "  curl -s %s -d '{\"to\": 36111, \"text\": \"PIZZA\", \"wait\": \"5s\"}'\n  curl -s '%s?wait=5s'\n", phone, phone)
	b.WriteString("\nWhat runs where:\n\n")
	fmt.Fprintf(&b, "  gateway     http://%s/readyz\n", d.cfg.HTTPAddr)
	if d.cfg.MetricsAddr != "off" {
		fmt.Fprintf(&b, "  metrics     http://%s/metrics\n", d.cfg.MetricsAddr)
	}
	for _, c := range d.carriers {
		fmt.Fprintf(&b, "  %-10s  short code %s, SMPP %s, control port http://%s (docs/simulator.md)\n", c.Name, c.Codes[0], c.SMPP, c.Control)
	}
	fmt.Fprintf(&b, "  PostgreSQL  in %s; the data survive a restart\n  log         %s\n\nCtrl-C stops it all.\n", d.folder, d.logFile())
	return b.String()
}

// say prints for people. With standard output closed there is nobody to tell.
func (d *demoRun) say(format string, args ...any) {
	_, _ = io.WriteString(d.cmd.OutOrStdout(), fmt.Sprintf(format, args...))
}
