package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"repartee/app/config"
	"repartee/postgres"
	"repartee/postgres/pgtest"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/smpp/smsc"
	"repartee/sms"
)

const testKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// testFlows are short conversations for the tests of the gateway.
const testFlows = `
  - flow: echo
    class: transactional
    start: say
    states:
      say: {say: "{{upper(args)}}", end: completed}
  - flow: order
    class: transactional
    start: size
    states:
      size:
        say: {en: "Size? 1 small 2 large", fr: "Taille ? 1 petite 2 grande"}
        replies:
          - {words: ["1", small, petite], go: sure}
          - {words: ["2", large, grande], go: sure}
        timeout: {after: 1h, end: abandoned}
      sure:
        say: {en: "Sure?", fr: "Sûr ?"}
        replies: [{is: yes, go: done}, {is: no, end: declined}]
      done: {say: {en: "Ordered.", fr: "Commandé."}, end: completed}
`

// shop is the configuration of the tests: one carrier, one code, two programs.
func shop(addr, carrier string) string {
	return fmt.Sprintf(`
carriers:
  - {name: sim, addr: "%s", system_id: shop, password: secret%s}
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris}
  - {name: news, brand: Pizza News, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris, consent: double}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza}
keywords:
  - {short_code: "36111", word: ECHO, program: pizza, flow: echo}
  - {short_code: "36111", word: PIZZA, program: pizza, flow: order}
flows:%s`, addr, carrier, testFlows)
}

// world is a gateway, its SMSC and its database.
type world struct {
	t    *testing.T
	url  string
	smsc *smsc.Server
	log  *zap.Logger
	gw   *running

	clock       func() time.Time
	partsWithin time.Duration
}

// partsWithin is how long the tests' gateway waits for parts.
const partsWithin = 500 * time.Millisecond

// running is one gateway process, in this one.
type running struct {
	cancel context.CancelFunc
	done   chan error
	*Gateway
}

// newWorld starts an SMSC and a gateway; carrier is added to the carrier's
// configuration, options change the SMSC's account.
func newWorld(t *testing.T, carrier string, options ...func(*smsc.AccountOptions)) *world {
	t.Helper()
	w := &world{t: t, url: pgtest.URL(t), log: zap.NewNop(), clock: time.Now, partsWithin: partsWithin}
	if os.Getenv("REPARTEE_TEST_LOG") != "" {
		w.log = zaptest.NewLogger(t)
	}
	account := smsc.AccountOptions{SystemID: "shop", Password: "secret", Codes: []sms.ShortCode{36111}}
	for _, o := range options {
		o(&account)
	}
	server, err := smsc.Start(smsc.Options{Accounts: []smsc.AccountOptions{account}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	w.smsc = server
	w.apply(shop(server.Addr(), carrier))
	w.start()
	return w
}

func (w *world) config() *config.Config {
	return &config.Config{
		HTTPAddr: "127.0.0.1:0", MetricsAddr: "127.0.0.1:0", DatabaseURL: w.url, SecretKey: testKey, DataDir: w.t.TempDir(), ShutdownLimit: 10 * time.Second,
	}
}

// apply brings the database to a shop file.
func (w *world) apply(text string) {
	w.t.Helper()
	ctx := w.context()
	key, err := w.config().Key()
	require.NoError(w.t, err)
	sealer, err := secret.New(key)
	require.NoError(w.t, err)
	store, done, err := postgres.OpenConfigStore(ctx, w.url, sealer)
	require.NoError(w.t, err)
	defer done()
	wanted, problems := programs.Read(programs.Options{ReadFile: os.ReadFile, Env: os.LookupEnv}, programs.Source{Name: filepath.Join(w.t.Name(), "shop.yaml"), Text: []byte(text)})
	require.NoError(w.t, problems.Err())
	current, err := store.CurrentShop(ctx)
	require.NoError(w.t, err)
	programs.Merge(current, wanted)
	_, err = store.Apply(ctx, current.Version, wanted, programs.Plan(current, wanted))
	require.NoError(w.t, err)
}

// start runs a gateway until stop, or the end of the test, and waits until it
// is bound to the SMSC.
func (w *world) start() {
	w.t.Helper()
	w.run()
	require.NoError(w.t, w.smsc.Account("shop").WaitBound(w.context(), 1))
}

// run is start for a gateway that has no bind to wait for.
func (w *world) run() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan struct{})
	g, err := open(ctx, w.config(), Options{
		URL: w.url, Log: w.log, Ready: func() { close(ready) }, TurnsPerMinute: 1_000_000, Clock: w.clock, PartsWithin: w.partsWithin,
	})
	if err != nil {
		cancel()
		require.NoError(w.t, err)
	}
	r := &running{cancel: cancel, done: make(chan error, 1), Gateway: g}
	go func() { r.done <- g.run(ctx) }()
	<-ready
	w.gw = r
	w.t.Cleanup(func() { w.stop() })
}

// stop drains the gateway; it may be called twice.
func (w *world) stop() {
	if w.gw == nil {
		return
	}
	w.gw.cancel()
	require.NoError(w.t, <-w.gw.done)
	w.gw = nil
}

func (w *world) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	w.t.Cleanup(cancel)
	return ctx
}

// phone returns a virtual phone.
func (w *world) phone(n int64) *phone {
	return &phone{w: w, Phone: w.smsc.Phone(sms.MSISDN(33600000000 + n))}
}

type phone struct {
	w *world
	*smsc.Phone
}

// text sends a text and waits for the answer.
func (p *phone) text(text, want string) {
	p.w.t.Helper()
	p.send(text)
	p.expect(want)
}

func (p *phone) send(text string) *smsc.MO {
	p.w.t.Helper()
	mo, err := p.Send(36111, text)
	require.NoError(p.w.t, err)
	return mo
}

// expect waits for the next text to the phone; want may end with *.
func (p *phone) expect(want string) {
	p.w.t.Helper()
	e, err := p.Next(p.w.context())
	require.NoError(p.w.t, err, "waiting for %q", want)
	if head, ok := strings.CutSuffix(want, "*"); ok {
		require.True(p.w.t, strings.HasPrefix(e.Text, head), "got %q, want %q", e.Text, want)
		return
	}
	require.Equal(p.w.t, want, e.Text)
}

// query runs a query that gives one value.
func query[T any](w *world, sql string, args ...any) T {
	w.t.Helper()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(w.t, err)
	defer conn.Close(context.Background())
	var v T
	require.NoError(w.t, conn.QueryRow(w.context(), sql, args...).Scan(&v))
	return v
}

// eventually waits until a query gives a value.
func eventually[T comparable](w *world, want T, sql string, args ...any) {
	w.t.Helper()
	require.EventuallyWithT(w.t, func(c *assertCollect) { requireEqual(c, want, query[T](w, sql, args...)) }, 20*time.Second, 20*time.Millisecond)
}
