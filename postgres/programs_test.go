package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"repartee/postgres"
	"repartee/postgres/pgtest"
	"repartee/programs"
	"repartee/programs/secret"
)

const shopText = `
carriers:
  - name: orange
    addr: 127.0.0.1:2775
    system_id: shop
    password: s3cret
    bind: pair
    sessions: 2
    window: 64
    throughput: 12.5
    tls: {ca_file: ca.pem, cert_file: me.pem, key_file: me.key}
    receipts: {response_id: hex, part: last, errors: twilio, codes: {612: unsubscribed}}
    addresses: {short_code: 3/1}
    message_id_tag: 0x1401
    temporary: [ESME_RTHROTTLED, 0x410]
    timeouts: {deliver: 1500ms}
  - {name: us-sim, addr: "127.0.0.1:2776", system_id: us}
programs:
  - name: pizza-roma
    brand: Pizza Roma
    contact: "0800 111 222"
    country: FR
    languages: [fr, en]
    time_zone: Europe/Paris
    staff: {kitchen: ["33600000001"]}
    answers: {help: {fr: "Aide: {contact}"}}
    canned: [{title: Late, text: Ten minutes more.}]
    frequency: {per_day: 2}
    cross_code: true
  - {name: usa, brand: Roma, contact: help@roma.example, country: US, languages: [en], time_zone: America/New_York}
places:
  - {name: lyon, title: Lyon, hours: 9h-19h, open: {mon-fri: "09:00-19:00", sun: closed}, time_zone: Europe/Paris}
contact_fields:
  - {name: card_number, type: text}
offers:
  - {name: spot, program: pizza-roma, title: {fr: Une pizza, en: One pizza}, amount: 9.90, from: 2026-11-20T20:00, until: 2026-11-30,
     valid_days: 14, total: 500, per_place: 20, prefix: R-, url: "https://r.example/{code}"}
  - {name: receipt, program: pizza-roma, printed: [AB-1234, CD-5678]}
catalogues:
  - program: pizza-roma
    minimum: 12
    postcodes: ["69001"]
    items:
      - {name: Reine, names: {en: Queen}, words: [royale], price: 11, options: {size: {title: {fr: taille, en: size}, choices: [{name: normale}, {name: grande, price: 3.00}]}}}
      - {name: table, hidden: true, stock: 10}
polls:
  - {name: final, program: pizza-roma, choices: {lea: Léa, duo: {fr: Les Jumeaux, en: The Twins}}}
games:
  - {name: summer, program: pizza-roma, odds: 10, per_day: 3, codes: [AB12, CD34], prizes: [{name: bike, title: {fr: Un vélo, en: A bike}, count: 1}]}
webhooks:
  - {name: stock, url: "https://stock.example/ask", secret: "h00k", timeout: 2s, private: true}
short_codes:
  - {number: 36111, country: FR, carriers: [orange], program: pizza-roma, fallback: hello}
  - {number: 47492, country: US, carriers: [us-sim, orange], program: usa}
keywords:
  - {short_code: 36111, word: PIZZA, aliases: [PIZA], program: pizza-roma, flow: hello}
  - {short_code: 36111, word: TF1, program: pizza-roma, flow: hello, place: lyon, inputs: {campaign: a}, from: 2026-11-20T20:00, until: 2026-11-20T22:00}
  - {short_code: 36111, word: TF1, program: pizza-roma, flow: hello, inputs: {campaign: b}, from: 2026-11-21T20:00, until: 2026-11-21T22:00}
  - {short_code: 47492, word: PIZZA, program: usa, flow: hello, days: mon-fri, hours: "08:00-24:00", time_zone: America/Chicago}
flows:
  - flow: hello
    inputs: {campaign: {type: text, default: none}}
    start: a
    states:
      a: {say: {fr: "Bonjour", en: "Hello"}, end: done}
    open: {move: {old: a}}
`

// configStore is a configuration and the way around it.
type configStore struct {
	*postgres.ConfigStore
	pool *pgxpool.Pool
}

func newConfigStore(t *testing.T) configStore {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return configStore{ConfigStore: postgres.NewConfigStore(pool, newConfigSealer(t, "0123456789abcdef")), pool: pool}
}

func newConfigSealer(t *testing.T, key string) *secret.Sealer {
	t.Helper()
	sealer, err := secret.New([]byte(key))
	require.NoError(t, err)
	return sealer
}

func parseShop(t *testing.T, text string) *programs.Shop {
	t.Helper()
	shop, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(text)})
	require.Empty(t, problems)
	return shop
}

func (s configStore) current(t *testing.T) *programs.Shop {
	t.Helper()
	shop, err := s.CurrentShop(t.Context())
	require.NoError(t, err)
	return shop
}

// apply does what the command does and returns the plan and the new version.
func (s configStore) apply(t *testing.T, text string) ([]programs.Change, int64) {
	t.Helper()
	current, wanted := s.current(t), parseShop(t, text)
	programs.Merge(current, wanted)
	plan := programs.Plan(current, wanted)
	version, err := s.Apply(t.Context(), current.Version, wanted, plan)
	require.NoError(t, err)
	return plan, version
}

func TestShopComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	_, version := s.apply(t, shopText)
	require.EqualValues(t, 1, version)

	want := programs.Merge(&programs.Shop{}, parseShop(t, shopText))
	got := s.current(t)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmpopts.IgnoreUnexported(programs.Carrier{}, programs.Program{}, programs.Place{}, programs.Webhook{}, programs.ShortCode{}, programs.Keyword{}, programs.Flow{},
			programs.ContactField{}, programs.Offer{}, programs.Catalogue{}, programs.Poll{}, programs.Game{}),
		cmpopts.IgnoreFields(programs.Shop{}, "Version"), cmpopts.IgnoreFields(programs.Carrier{}, "ID"), cmpopts.IgnoreFields(programs.Program{}, "ID"),
		cmpopts.IgnoreFields(programs.Place{}, "ID"), cmpopts.IgnoreFields(programs.Flow{}, "File", "Published")); diff != "" {
		t.Fatal("the shop differs (-written +read):\n" + diff)
	}
}

func TestApplyingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	first, version := s.apply(t, shopText)
	for _, c := range first {
		require.Equal(t, programs.Create, c.Op, c)
	}
	second, again := s.apply(t, shopText)
	require.Len(t, second, len(first))
	for _, c := range second {
		require.Equal(t, programs.Keep, c.Op, c)
	}
	require.Equal(t, version, again)
}

func TestApplyUpdatesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	plan, version := s.apply(t, `
carriers: [{name: us-sim, addr: "127.0.0.1:2776", system_id: us, password: new, window: 20}]
keywords: [{short_code: 36111, word: tf1, program: pizza-roma, flow: hello}]
flows:
  - flow: hello
    start: b
`)
	require.EqualValues(t, 2, version)
	require.Equal(t, []string{
		"~ carrier us-sim: password (changed), window 10 → 20",
		"~ flow hello: source (changed)",
	}, []string{plan[0].String(), plan[1].String()})
	require.Equal(t, programs.Update, plan[2].Op)

	shop := s.current(t)
	require.Len(t, shop.Carriers, 2)
	require.Equal(t, "new", shop.Carriers[1].Password)
	require.Equal(t, 2, shop.Flows[0].Version)
	require.Equal(t, "flow: hello\nstart: b\n", shop.Flows[0].Source)
	require.Len(t, shop.Keywords, 3, "both windows of TF1 became one entry")
	var states []string
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT array_agg(state ORDER BY version) FROM flow_versions`).Scan(&states))
	require.Equal(t, []string{"retired", "published"}, states)
}

func TestAPlanThatIsOutdatedIsRefused(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	current, wanted := s.current(t), parseShop(t, shopText)
	programs.Merge(current, wanted)
	plan := programs.Plan(current, wanted)
	s.apply(t, shopText)
	_, err := s.Apply(t.Context(), current.Version, wanted, plan)
	require.ErrorIs(t, err, programs.ErrChanged)
}

func TestAnApplyThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	wanted := parseShop(t, shopText)
	wanted.Flows[0].Version = 1
	wanted.Keywords[0].Flow = "missing" // which Compile would have refused
	plan := programs.Plan(&programs.Shop{}, wanted)
	_, err := s.Apply(t.Context(), 0, wanted, plan)
	require.ErrorContains(t, err, "keyword 36111 pizza")
	left := s.current(t)
	require.Zero(t, left.Version)
	require.Empty(t, left.Carriers)
	require.Empty(t, left.Flows)
}

func TestEachChangeIsNotified(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	conn, err := s.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), "LISTEN "+postgres.ConfigChannel)
	require.NoError(t, err)
	s.apply(t, shopText)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	heard, err := conn.Conn().WaitForNotification(ctx)
	require.NoError(t, err)
	require.Equal(t, "1", heard.Payload)
}

func TestPasswordsAreSealed(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	var row string
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT carriers::text || encode(password, 'escape') FROM carriers WHERE name = 'orange'`).Scan(&row))
	require.NotContains(t, row, "s3cret")
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT encode(secret, 'escape') FROM webhooks`).Scan(&row))
	require.NotContains(t, row, "h00k")

	other := postgres.NewConfigStore(s.pool, newConfigSealer(t, strings.Repeat("x", 32)))
	_, err := other.CurrentShop(t.Context())
	require.ErrorContains(t, err, "REPARTEE_SECRET_KEY")

	_, err = s.pool.Exec(t.Context(), `UPDATE carriers SET password = (SELECT password FROM carriers WHERE name = 'us-sim') WHERE name = 'orange'`)
	require.NoError(t, err)
	_, err = s.CurrentShop(t.Context())
	require.ErrorContains(t, err, "changed or moved")
}

func TestAPublishedVersionCannotBeChanged(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	for _, change := range []string{`source = 'flow: evil'`, `version = 7`, `published_at = now() + interval '1 s'`, `state = 'draft', published_at = NULL`} {
		_, err := s.pool.Exec(t.Context(), `UPDATE flow_versions SET `+change)
		require.ErrorContains(t, err, "of flow hello", change)
	}
}

func TestTheDatabaseGuardsItsValues(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	s.apply(t, shopText)
	for _, change := range []string{
		`carriers SET bind = 'both'`, `carriers SET sessions = 0`, `carriers SET window_size = 0`, `carriers SET throughput = -1`, `carriers SET name = 'Orange'`,
		`carriers SET system_id = 'sixteen-letters-'`, `carriers SET password = 'plain'`, `carriers SET backoff_max = '0s'`, `carriers SET alphabet = 'utf8'`,
		`carriers SET permanent = '{ESME_RTHROTTLED}'`, `carriers SET tls_cert_file = 'alone'`, `carriers SET receipt_part = 'none'`,
		`programs SET languages = '{}'`, `programs SET consent = 'triple'`, `programs SET quiet_profile = ''`, `programs SET per_day = -1`, `programs SET answers = '[]'`,
		`short_codes SET number = 12`, `short_codes SET program = 99`, `short_code_carriers SET carrier = 99`, `keywords SET flow = 'none'`, `keywords SET folded = ''`,
		`config SET version = -1`, `flow_versions SET open = '{}'`,
	} {
		_, err := s.pool.Exec(t.Context(), `UPDATE `+change)
		require.Error(t, err, change)
	}
	_, err := s.pool.Exec(t.Context(), `INSERT INTO config DEFAULT VALUES`)
	require.Error(t, err, "a second row of config")
}

func TestSnapshotOfTheDatabase(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	_, version := s.apply(t, shopText)
	snapshot, err := s.LoadSnapshot(t.Context(), &programs.Flows{})
	require.NoError(t, err)
	require.Equal(t, version, snapshot.Version)
	require.Empty(t, snapshot.Problems)
	code := snapshot.Codes[47492]
	require.Equal(t, "us-sim", code.Carriers[0].Name)
	require.Same(t, snapshot.Carriers[code.Carriers[0].ID], code.Carriers[0])
	require.Equal(t, "usa", code.Program.Name)
	flow := snapshot.Flow("hello", 0)
	require.NotNil(t, flow)
	require.Same(t, flow, snapshot.Flow("hello", 1))

	s.apply(t, strings.Replace(shopText, "Bonjour", "Salut", 1))
	next, err := s.LoadSnapshot(t.Context(), &programs.Flows{})
	require.NoError(t, err)
	require.Equal(t, 2, next.Flow("hello", 0).Version)
	require.Nil(t, next.Flow("hello", 1), "an older version is compiled when it is asked for")
	old, err := s.LoadFlow(t.Context(), next, "hello", 1)
	require.NoError(t, err)
	require.Equal(t, 1, old.Version)
	require.Same(t, old, next.Flow("hello", 1))
	none, err := s.LoadFlow(t.Context(), next, "hello", 9)
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestAwaitConfigNamesTheNodesBehind(t *testing.T) {
	t.Parallel()
	s := newConfigStore(t)
	_, err := s.pool.Exec(t.Context(), `INSERT INTO nodes (slot, incarnation, beat, low, horizon, seen, config, state, host, started_at) VALUES
		(1, 1, 1, 0, 0, pg_current_snapshot(), 3, 'live', 'a', now()), (2, 2, 1, 0, 0, pg_current_snapshot(), 4, 'live', 'b', now()),
		(3, 3, 1, 0, 0, pg_current_snapshot(), 1, 'dead', 'c', now())`)
	require.NoError(t, err)
	behind, err := s.Await(t.Context(), 4, time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, []string{"a (slot 1)"}, behind)
	behind, err = s.Await(t.Context(), 3, time.Minute)
	require.NoError(t, err)
	require.Empty(t, behind)
}
