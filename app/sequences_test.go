package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/contacts"
	"repartee/postgres"
	"repartee/programs"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// What the programs of [sequences] say.
const (
	pizzaWelcome = "Roma Pizza: you're in! Reply HELP for help, STOP to unsubscribe."
	newsWelcome  = "Roma News: you're in! Reply HELP for help, STOP to unsubscribe."
	pizzaStopped = "Roma Pizza: you are unsubscribed and will get no more messages. Help: 0800 111 222."
	onlyPizza    = "Roma: you will get no more messages of Pizza. Reply STOP ALL to end all our programs."
	pizzaArret   = "Roma Pizza: votre demande est prise en compte, vous ne recevrez plus de SMS."
	pizzaWhat    = "Roma: sorry, we did not understand that. Reply HELP for help, STOP to unsubscribe."
	pizzaSize    = "Size? 1 small 2 large"
	pizzaHelp    = "Roma Pizza: help at 0800 111 222. Reply STOP to unsubscribe."
	mapleHelp    = "Maple Deals: help at 1-800-555-0100. 4 msgs/month max. Std msg&data rates may apply. Reply STOP to cancel."
	mapleAide    = "Maple Deals: aide au 1-800-555-0100. 4 msg/mois max. Des frais de msg et de données peuvent s'appliquer. ARRET pour annuler."
)

// sequencesShop has two programs on a French code and one on a Canadian.
func sequencesShop(addr string) string {
	return `
carriers:
  - {name: sim, addr: "` + addr + `", system_id: shop, password: secret, receipts: {codes: {612: unsubscribed}}}
programs:
  - {name: pizza, title: Pizza, brand: Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris, frequency: {per_day: 9}}
  - {name: news, title: News, brand: Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris, frequency: {per_day: 9}}
  - {name: maple, title: Deals, brand: Maple, contact: "1-800-555-0100", country: CA, languages: [en, fr], time_zone: America/Montreal, frequency: {per_month: 4}}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza}
  - {number: "55555", country: CA, carriers: [sim], program: maple}
keywords:
  - {short_code: "36111", word: ECHO, program: pizza, flow: echo}
  - {short_code: "36111", word: PIZZA, program: pizza, flow: order}
  - {short_code: "36111", word: NEWS, program: news, flow: echo}
flows:` + testFlows
}

// sequence is a row of the sheet of compliance: what happens on a Sunday
// night, and what the phone gets, exactly, then and on Monday morning.
type sequence struct {
	id, steps string
	happens   func(w *night, p *phone)
	sunday    []string
	monday    []string
}

var sequences = []sequence{
	{
		id: "nobody stops", steps: "what was held on Sunday night comes on Monday",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			w.promote(p, "pizza", "A", "B", "C")
		},
		sunday: []string{pizzaWelcome}, monday: []string{"A", "B", "C"},
	},
	{
		id: "S01", steps: "3 promotional MT queued, MO STOP",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			w.promote(p, "pizza", "A", "B", "C")
			w.states(p, "held held held")
			release := w.writing("suppressions")
			stop := p.send("STOP")
			w.awaitLocked("suppressions")
			assert.Len(w.t, p.Inbox(), 1, "the confirmation does not leave before the suppression is written")
			assert.Zero(w.t, stop.Order(), "nor the acknowledgement")
			release()
			p.expect(pizzaStopped)
			w.states(p, "cancelled cancelled cancelled")
			w.suppressed(p, "code")
		},
		sunday: []string{pizzaWelcome, pizzaStopped},
	},
	{
		id: "S02", steps: "MO STOP, 10 s later MO STOP; a minute later it is confirmed again",
		happens: func(w *night, p *phone) {
			p.text("STOP", pizzaStopped)
			before := w.suppressed(p, "code")
			w.proven(p)
			w.pass(10 * time.Second)
			require.NoError(w.t, p.send("STOP").Wait(w.context()))
			assert.Equal(w.t, "refused G06 one confirmation", query[string](w.world, `SELECT state || ' ' || rule FROM outbound WHERE msisdn = $1 ORDER BY id DESC LIMIT 1`, int64(p.Number())))
			assert.Equal(w.t, before, w.suppressed(p, "code"))
			w.proven(p)
			w.pass(time.Minute)
			p.text("STOP", pizzaStopped)
		},
		sunday: []string{pizzaStopped, pizzaStopped},
	},
	{
		id: "S03", steps: "MO STOP from a number never seen",
		happens: func(w *night, p *phone) {
			p.text("STOP", pizzaStopped)
			w.suppressed(p, "code")
		},
		sunday: []string{pizzaStopped},
	},
	{
		id: "S05", steps: "MO STOP PIZZA, user also in NEWS on the same code",
		happens: func(w *night, p *phone) {
			p.text("START PIZZA", pizzaWelcome)
			p.text("START NEWS", newsWelcome)
			w.promote(p, "pizza", "P1")
			w.promote(p, "news", "N1")
			p.text("STOP PIZZA", onlyPizza)
			w.promote(p, "pizza", "P2")
			w.promote(p, "news", "N2")
			w.states(p, "cancelled held refused held")
			w.suppressed(p, "program")
		},
		sunday: []string{pizzaWelcome, newsWelcome, onlyPizza}, monday: []string{"N1", "N2"},
	},
	{
		id: "S06", steps: "MO STOP FOO, FOO unknown",
		happens: func(w *night, p *phone) {
			p.text("START PIZZA", pizzaWelcome)
			p.text("START NEWS", newsWelcome)
			w.promote(p, "pizza", "P1")
			w.promote(p, "news", "N1")
			p.text("STOP FOO", pizzaStopped)
			w.promote(p, "news", "N2")
			w.states(p, "cancelled cancelled refused")
			w.suppressed(p, "code")
		},
		sunday: []string{pizzaWelcome, newsWelcome, pizzaStopped},
	},
	{
		id: "S07", steps: "MO STOP, then MO HELP",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			p.text("STOP", pizzaStopped)
			p.text("HELP", pizzaHelp)
			w.promote(p, "pizza", "A")
			w.states(p, "refused")
			w.suppressed(p, "code")
		},
		sunday: []string{pizzaWelcome, pizzaStopped, pizzaHelp},
	},
	{
		id: "S09", steps: "MO STOP, then MO START",
		happens: func(w *night, p *phone) {
			p.text("STOP", pizzaStopped)
			p.text("START", pizzaWelcome)
			w.suppressed(p, "")
			w.ledger(p, "opt-out code", "opt-in program")
			w.promote(p, "pizza", "A")
		},
		sunday: []string{pizzaStopped, pizzaWelcome}, monday: []string{"A"},
	},
	{
		id: "S10", steps: `open dialog "reply CANCEL or OK" in configuration`,
		happens: func(w *night, _ *phone) {
			err := w.problems(strings.Replace(sequencesShop(w.smsc.Addr()), "{is: no, end: declined}", "{words: [CANCEL], end: declined}, {words: [OK], go: done}", 1))
			require.ErrorContains(w.t, err, "`CANCEL` is an opt-out word: a phone that sends it leaves the program")
		},
	},
	{
		id: "S11", steps: "MO AIDE / HELP on a Canadian code",
		happens: func(w *night, _ *phone) {
			p := &phone{w: w.world, Phone: w.smsc.Phone(15145550100)}
			for _, text := range []string{"AIDE", "HELP"} {
				_, err := p.Send(55555, text)
				require.NoError(w.t, err)
			}
			p.expect(mapleAide)
			p.expect(mapleHelp)
			assert.Len(w.t, p.Inbox(), 2)
		},
	},
	{
		id: "S13", steps: "STOP at 23:00 Sunday in France",
		happens: func(w *night, p *phone) {
			p.text("STOP", pizzaStopped)
			assert.Equal(w.t, "Sun 23", query[string](w.world, `SELECT to_char(created_at AT TIME ZONE 'Europe/Paris', 'Dy HH24') FROM outbound WHERE msisdn = $1 AND hold_until IS NULL`, int64(p.Number())))
		},
		sunday: []string{pizzaStopped},
	},
	{
		id: "S14", steps: "DLR mapped to unsubscribed",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			w.promote(p, "pizza", "A")
			w.reported(p, "UNDELIV", "612")
			eventually(w.world, "cancelled", `SELECT state::text FROM outbound WHERE msisdn = $1 AND class = 'marketing'`, int64(p.Number()))
			w.suppressed(p, "code")
			w.ledger(p, "opt-in program", "opt-out code")
		},
		sunday: []string{pizzaWelcome},
	},
	{
		id: "S15", steps: "erasure request for a suppressed number, then import of a list containing it",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			p.text("STOP", pizzaStopped)
			_, err := w.consents.Erase(w.context(), p.Number(), "dpo", "GDPR art. 17", w.clock())
			require.NoError(w.t, err)
			stranger := w.phone(4711)
			taken, refused, err := w.consents.Import(w.context(), []contacts.Contact{w.agreed(2, stranger), w.agreed(3, p)}, "ann", w.clock())
			require.NoError(w.t, err)
			assert.Equal(w.t, 1, taken)
			assert.Equal(w.t, []contacts.Bad{{Line: 3, Why: "the phone is on the suppression list"}}, refused)
			assert.Zero(w.t, query[int](w.world, `SELECT count(*)::int FROM contacts WHERE msisdn = $1`, int64(p.Number())))
			w.promote(p, "pizza", "A")
			w.states(p, "refused")
		},
		sunday: []string{pizzaWelcome, pizzaStopped},
	},
	{
		id: "in a conversation", steps: "a question is open, MO ARRET: it is over, and 2 answers nothing",
		happens: func(w *night, p *phone) {
			p.text("PIZZA", pizzaSize)
			p.text("Arrêt", pizzaArret)
			p.text("2", pizzaWhat)
			assert.Equal(w.t, "stopped", query[string](w.world, `SELECT outcome FROM conversations WHERE msisdn = $1`, int64(p.Number())))
		},
		sunday: []string{pizzaSize, pizzaArret, pizzaWhat},
	},
	{
		id: "a keyword after STOP", steps: "MO STOP, then MO PIZZA: this is answered, and the stop stays",
		happens: func(w *night, p *phone) {
			p.text("START", pizzaWelcome)
			p.text("STOP", pizzaStopped)
			p.text("PIZZA", pizzaSize)
			w.promote(p, "pizza", "A")
			w.states(p, "refused")
			w.suppressed(p, "code")
		},
		sunday: []string{pizzaWelcome, pizzaStopped, pizzaSize},
	},
	{
		id: "YES after STOP", steps: "MO STOP, then MO YES without a question: no consent",
		happens: func(w *night, p *phone) {
			p.text("STOP", pizzaStopped)
			p.text("YES", pizzaWhat)
			w.suppressed(p, "code")
			w.ledger(p, "opt-out code")
		},
		sunday: []string{pizzaStopped, pizzaWhat},
	},
}

// The sequences of the sheet of compliance, seen from the SMSC: each phone
// gets what it should, and nothing else, also when what was held is released.
func TestSequencesOfTheSheet(t *testing.T) {
	t.Parallel()
	w := sundayNight(t)
	phoneOf := func(w *world, i int) *phone { return w.phone(int64(100 + i)) }
	t.Run("Sunday", func(t *testing.T) {
		for i, s := range sequences {
			t.Run(s.id, func(t *testing.T) {
				t.Parallel()
				row := w.in(t)
				s.happens(row, phoneOf(row.world, i))
			})
		}
	})
	w.pass(10 * time.Hour)
	eventually(w.world, 0, `SELECT count(*)::int FROM outbound WHERE state IN ('held', 'queued', 'sending')`)
	for i, s := range sequences {
		var got []string
		for _, e := range phoneOf(w.world, i).Inbox() {
			got = append(got, e.Text)
		}
		assert.Equal(t, append(s.sunday, s.monday...), got, "%s: %s", s.id, s.steps)
	}
	w.verified()
}

// A confirmation that the carrier did not take within five minutes is dropped
// (47 CFR 64.1200(a)(12)); the stop holds all the same.
func TestLateConfirmationIsDropped(t *testing.T) {
	t.Parallel()
	w := sundayNight(t)
	p := w.phone(1)
	account := w.smsc.Account("shop")
	require.NoError(t, account.SetFaults(smsc.Faults{QueueFull: true}))
	require.NoError(t, p.send("STOP").Wait(w.context()))
	_, err := w.smsc.AwaitMT(w.context(), 0, func(m *smsc.MT) bool { return m.Phone == p.Number() })
	require.NoError(t, err)
	w.pass(5 * time.Minute)
	eventually(w.world, "expired", `SELECT state::text FROM outbound`)
	require.NoError(t, account.SetFaults(smsc.Faults{}))
	p.text("HELP", pizzaHelp)
	assert.Len(t, p.Inbox(), 1)
	w.suppressed(p, "code")
}

// night is a gateway on a Sunday night in France.
type night struct {
	*world
	*testClock
	consents *postgres.ConsentStore
}

func sundayNight(t *testing.T) *night {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	account := shopAccount()
	account.Codes = append(account.Codes, 55555)
	account.Receipts.Off = true
	w := bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{account}})
	c := clockAt(time.Date(2030, time.June, 30, 23, 0, 0, 0, paris))
	w.clock = c.now
	w.apply(sequencesShop(w.smsc.Addr()))
	w.start()
	key, err := w.config().Key()
	require.NoError(t, err)
	consents, err := postgres.OpenConsentStore(w.context(), w.url, postgres.PhoneHash(key))
	require.NoError(t, err)
	t.Cleanup(consents.Close)
	return &night{world: w, testClock: c, consents: consents}
}

// in is the same night in a subtest.
func (w *night) in(t *testing.T) *night {
	row := *w.world
	row.t = t
	return &night{world: &row, testClock: w.testClock, consents: w.consents}
}

// promote queues marketing, as a campaign does.
func (w *night) promote(to *phone, program string, texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		now := w.clock()
		require.NoError(w.t, w.gw.outbox.Enqueue(w.context(), []sms.Outbound{{
			ID: w.gw.ids.Next(now), To: to.Number(), Code: 36111, Program: w.gw.snap.Load().Program(program).ID, Class: sms.Marketing, Expires: now.Add(48 * time.Hour), Text: text,
		}}))
	}
}

// states checks what became of the phone's marketing, in the order of its birth.
func (w *night) states(p *phone, want string) {
	w.t.Helper()
	assert.Equal(w.t, want, query[string](w.world, `SELECT string_agg(state::text, ' ' ORDER BY id) FROM outbound WHERE msisdn = $1 AND class = 'marketing'`, int64(p.Number())))
}

// suppressed checks the scopes of the phone's entries on the suppression list,
// and returns since when they stand there.
func (w *night) suppressed(p *phone, scopes string) (since string) {
	w.t.Helper()
	key, err := w.config().Key()
	require.NoError(w.t, err)
	hash := postgres.PhoneHash(key)(p.Number())
	assert.Equal(w.t, scopes, query[string](w.world, `SELECT coalesce(string_agg(scope, ' ' ORDER BY scope), '') FROM suppressions WHERE phone_hash = $1`, hash))
	return query[string](w.world, `SELECT coalesce(string_agg(since::text, ' ' ORDER BY scope), '') FROM suppressions WHERE phone_hash = $1`, hash)
}

// ledger checks the phone's entries, each as event and scope.
func (w *night) ledger(p *phone, want ...string) {
	w.t.Helper()
	assert.Equal(w.t, want, query[[]string](w.world, `SELECT array_agg(event || ' ' || scope ORDER BY id) FROM consent_ledger WHERE msisdn = $1`, int64(p.Number())))
}

// proven waits until the gateway knows that the SMSC has the acknowledgements of
// the phone's texts: then nothing that comes later is a duplicate.
func (w *night) proven(p *phone) {
	w.t.Helper()
	eventually(w.world, true, `SELECT bool_and(i.arrival <= b.proved) FROM inbound i JOIN binds b ON b.id = i.bind WHERE i.msisdn = $1`, int64(p.Number()))
}

// agreed is a line of a list of people who agreed to marketing.
func (w *night) agreed(line int, p *phone) contacts.Contact {
	return contacts.Contact{Line: line, Phone: p.Number(), Program: "pizza", Shown: "Offers by SMS", Source: "web form", At: w.clock()}
}

// problems are what `repartee apply` says about a configuration.
func (w *world) problems(text string) error {
	wanted, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(text)})
	_, more := programs.Compile(programs.Merge(&programs.Shop{}, wanted), programs.DefaultRules(), &programs.Flows{})
	return errors.Join(problems.Err(), more.Err())
}

// writing keeps everybody from writing to a table, not from reading it.
func (w *world) writing(table string) (release func()) {
	w.t.Helper()
	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.context(), `BEGIN; LOCK TABLE `+table+` IN SHARE MODE`)
	require.NoError(w.t, err)
	return func() { require.NoError(w.t, conn.Close(w.context())) }
}

// awaitLocked waits until somebody waits for a table.
func (w *world) awaitLocked(table string) {
	w.t.Helper()
	eventually(w, true, `SELECT EXISTS (SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted)`, table)
}
