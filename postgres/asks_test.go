package postgres

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/sms"
	"repartee/views"
)

const offersText = `
programs:
  - {name: roma, brand: Roma, contact: "0800 111 222", country: FR, languages: [fr, en], time_zone: Europe/Paris}
places:
  - {name: lyon, title: Lyon, postcode: "69003", time_zone: Europe/Paris, open: {mon-fri: "11:00-22:00"}}
  - {name: bron, title: Bron, postcode: "69500"}
  - {name: nice, title: Nice, postcode: "06000"}
`

// asking is a rig with a shop and a program of it.
type asking struct {
	*rig
	program int32
}

func newAsking(t *testing.T, text string) *asking {
	t.Helper()
	r := newRig(t)
	r.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) // a Friday, 13:00 in Paris
	shop, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(offersText + text)})
	require.Empty(t, problems)
	sealer, err := secret.New([]byte("0123456789abcdef"))
	require.NoError(t, err)
	store := NewConfigStore(r.pool, sealer)
	_, err = store.Apply(t.Context(), 0, shop, programs.Plan(&programs.Shop{}, shop))
	require.NoError(t, err)
	return &asking{r, one[int32](r, `SELECT id FROM programs`)}
}

// ask is what the phone's conversation asks.
func (r *asking) ask(phone sms.MSISDN, action string, data map[string]any) inbox.Ask {
	return inbox.Ask{ID: r.id(), Thread: thread(phone), Program: r.program, Ask: &dialogs.Ask{Action: action, Talk: 7, Language: "en", Place: "lyon", Data: data}}
}

// answer answers a round in a transaction of its own, and gives back what give
// names.
func (r *asking) answer(asks []inbox.Ask, give ...int) []dialogs.Answer {
	r.Helper()
	tx, _ := r.begin(asks[0].Thread)
	answers, err := tx.Answer(r.T.Context(), r.now, asks)
	require.NoError(r, err)
	var back []inbox.Ask
	for _, i := range give {
		back = append(back, asks[i])
	}
	require.NoError(r, tx.Release(r.T.Context(), r.now, back))
	require.NoError(r, tx.Commit(r.T.Context(), &inbox.Writes{Node: r.node, Now: r.now}))
	return answers
}

// alone answers one ask.
func (r *asking) alone(phone sms.MSISDN, action string, data map[string]any) dialogs.Answer {
	r.Helper()
	return r.answer([]inbox.Ask{r.ask(phone, action, data)})[0]
}

// outcomes are the results of answers, in one line.
func outcomes(answers []dialogs.Answer) string {
	var b strings.Builder
	for _, a := range answers {
		b.WriteString(a.Result + " ")
	}
	return strings.TrimSpace(b.String())
}

const phoneA, phoneB, phoneC = sms.MSISDN(33600000001), sms.MSISDN(33600000002), sms.MSISDN(33600000003)

func TestIssue(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
offers:
  - {name: spot, program: roma, title: {fr: Une pizza, en: One pizza}, from: 2026-11-20T12:59, until: 2026-11-21, valid_days: 14, total: 2, prefix: R-, url: "https://r.example/{code}"}
  - {name: later, program: roma, from: 2026-11-20T13:01}
`)
	spot := map[string]any{"offer": "spot"}
	asks := []inbox.Ask{r.ask(phoneA, "issue", spot), r.ask(phoneB, "issue", spot), r.ask(phoneC, "issue", spot), r.ask(phoneA, "issue", map[string]any{"offer": "later"})}
	answers := r.answer(asks)
	require.Equal(t, "ok ok empty closed", outcomes(answers))
	data := answers[0].Data
	assert.Regexp(t, `^R-[2-9B-DF-HJ-NP-TV-XZ]{8}$`, data["code"])
	assert.Equal(t, "https://r.example/"+data["code"].(string), data["url"])
	assert.Equal(t, dialogs.Date{Year: 2026, Month: 12, Day: 4}, data["until"])
	assert.Equal(t, "One pizza", data["title"])
	assert.Equal(t, false, data["again"])

	again := r.alone(phoneA, "issue", spot)
	assert.Equal(t, "ok", again.Result)
	assert.Equal(t, data["code"], again.Data["code"], "the same unspent code")
	assert.Equal(t, true, again.Data["again"])

	assert.Equal(t, "ok", r.alone(phoneA, "redeem", map[string]any{"code": strings.ToLower(data["code"].(string))}).Result)
	assert.Equal(t, "limit", r.alone(phoneA, "issue", spot).Result, "one each, and it is used")
	assert.Equal(t, 2, one[int](r.rig, `SELECT issued FROM offers WHERE name = 'spot'`))
}

// What a conversation gives back can be given to another phone.
func TestIssueGivenBack(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
offers: [{name: cup, program: roma, total: 1}]
`)
	cup := map[string]any{"offer": "cup"}
	assert.Equal(t, "ok", outcomes(r.answer([]inbox.Ask{r.ask(phoneA, "issue", cup)}, 0)))
	assert.Equal(t, "ok", r.alone(phoneB, "issue", cup).Result)
	assert.Equal(t, "empty", r.alone(phoneA, "issue", cup).Result)
}

// However many transactions ask at once, an offer gives no more than it has,
// and no phone more than one.
func TestIssueNeverTooMuch(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
offers: [{name: cup, program: roma, total: 25}]
polls: [{name: final, program: roma}]
`)
	const workers, rounds = 4, 6
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for round := range rounds {
				var asks []inbox.Ask
				for i := range 5 {
					// Each phone asks through two codes, which are two threads.
					phone := phoneA + sms.MSISDN((round*5+i)*2+w/2)
					a := r.ask(phone, "issue", map[string]any{"offer": "cup"})
					v := r.ask(phone, "vote", map[string]any{"poll": "final", "choice": fmt.Sprint(w)})
					a.Thread.Code, v.Thread.Code = code+sms.ShortCode(w), code+sms.ShortCode(w)
					asks = append(asks, a, v)
				}
				tx, _, err := r.Begin(t.Context(), nil)
				if !assert.NoError(t, err) {
					return
				}
				_, err = tx.Answer(t.Context(), r.now, asks)
				assert.NoError(t, err)
				assert.NoError(t, tx.Commit(t.Context(), &inbox.Writes{Node: r.node, Now: r.now}))
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 25, one[int](r.rig, `SELECT count(*)::int FROM coupons`))
	assert.Equal(t, 25, one[int](r.rig, `SELECT issued FROM offers`))
	assert.Equal(t, 1, one[int](r.rig, `SELECT max(n)::int FROM (SELECT count(*) AS n FROM coupons GROUP BY msisdn) x`))
	assert.Equal(t, 60, one[int](r.rig, `SELECT count(*)::int FROM votes`), "one vote per phone")
	assert.Equal(t, 60, one[int](r.rig, `SELECT count(DISTINCT number)::int FROM votes WHERE number BETWEEN 1 AND 60`))
}

func TestRedeem(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
offers: [{name: receipt, program: roma, title: Ticket, amount: 2.50, printed: [AB-1234, CD-5678]}]
`)
	code := func(s string) map[string]any { return map[string]any{"code": s} }
	answers := r.answer([]inbox.Ask{r.ask(phoneA, "redeem", code("ab 1234")), r.ask(phoneB, "redeem", code("AB-1234")), r.ask(phoneB, "redeem", code("XX"))})
	require.Equal(t, "ok used unknown", outcomes(answers))
	assert.Equal(t, dialogs.Money{Cents: 250, Currency: "EUR"}, answers[0].Data["amount"])
	assert.Equal(t, "ok", outcomes(r.answer([]inbox.Ask{r.ask(phoneA, "redeem", code("CD5678"))}, 0)))
	assert.Equal(t, "ok", r.alone(phoneB, "redeem", code("cd5678")).Result, "it was given back")
	used := r.alone(phoneA, "redeem", code("cd5678"))
	assert.Equal(t, "used", used.Result)
	assert.Equal(t, r.now, used.Data["at"].(time.Time).UTC())
}

func TestPoints(t *testing.T) {
	t.Parallel()
	r := newAsking(t, "")
	add := func(n any) map[string]any { return map[string]any{"add": n, "for": "receipt"} }
	take := func(n any) map[string]any { return map[string]any{"take": n} }
	assert.Equal(t, map[string]any{"balance": 0}, r.alone(phoneA, "points", nil).Data)
	answers := r.answer([]inbox.Ask{
		r.ask(phoneA, "points", add(20)), r.ask(phoneB, "points", take(1)), r.ask(phoneA, "points", take(15)), r.ask(phoneA, "points", take(6)),
		r.ask(phoneA, "points", add(-3)), r.ask(phoneA, "points", add(1.5)), r.ask(phoneA, "points", add(2_000_000_000)),
	}, 2)
	require.Equal(t, "ok short ok short failed failed failed", outcomes(answers))
	assert.Equal(t, map[string]any{"balance": 5}, answers[3].Data)
	assert.Equal(t, map[string]any{"balance": 20}, r.alone(phoneA, "points", nil).Data, "what was taken is given back")
	assert.Equal(t, int64(20), one[int64](r.rig, `SELECT sum(change)::bigint FROM point_entries`))
}

func TestVote(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
polls:
  - {name: final, program: roma, until: 2026-11-20T20:00, choices: {lea: Léa, duo: {fr: Les Jumeaux, en: The Twins}}}
  - {name: over, program: roma, until: 2026-11-20T13:00}
`)
	cast := func(poll string, choice any) map[string]any { return map[string]any{"poll": poll, "choice": choice} }
	answers := r.answer([]inbox.Ask{
		r.ask(phoneA, "vote", cast("final", "duo")), r.ask(phoneA, "vote", cast("final", "lea")), r.ask(phoneB, "vote", cast("final", "tom")), r.ask(phoneB, "vote", cast("over", "lea")),
	})
	require.Equal(t, "ok again unknown late", outcomes(answers))
	for _, a := range answers[:2] {
		assert.Equal(t, "The Twins", a.Data["title"], "the vote that counts")
		assert.Equal(t, 1, a.Data["number"])
	}
	assert.Equal(t, "ok", outcomes(r.answer([]inbox.Ask{r.ask(phoneB, "vote", cast("final", "lea"))}, 0)))
	assert.Equal(t, "ok", r.alone(phoneB, "vote", cast("final", "lea")).Result)
}

func TestDraw(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
games:
  - {name: packs, program: roma, per_day: 2, codes: [AB-12, CD-34, EF-56], prizes: [{name: bike, title: {fr: Un vélo, en: A bike}, count: 5}]}
  - {name: rare, program: roma, odds: 100000000, prizes: [{name: car, title: A car, count: 1}]}
  - {name: small, program: roma, prizes: [{name: pen, title: A pen, count: 1}]}
`)
	pack := func(code string) map[string]any { return map[string]any{"game": "packs", "code": code} }
	answers := r.answer([]inbox.Ask{
		r.ask(phoneA, "draw", pack("ab12")), r.ask(phoneB, "draw", pack("AB-12")), r.ask(phoneA, "draw", pack("zz")), r.ask(phoneA, "draw", pack("cd34")),
		r.ask(phoneA, "draw", pack("ef56")), r.ask(phoneA, "draw", map[string]any{"game": "rare"}),
		r.ask(phoneA, "draw", map[string]any{"game": "small"}), r.ask(phoneB, "draw", map[string]any{"game": "small"}),
	})
	require.Equal(t, "ok limit unknown ok limit lost ok over", outcomes(answers))
	assert.Equal(t, "A bike", answers[0].Data["prize"])
	assert.Len(t, answers[0].Data["code"], claimLength)
	assert.Len(t, answers[0].Data["proof"], 16)
	assert.Equal(t, "limit", r.alone(phoneB, "draw", pack("ab-12")).Result, "a code of a pack is good for one draw")
	r.now = r.now.Add(11*time.Hour + time.Minute) // past midnight in Paris
	assert.Equal(t, "ok", r.alone(phoneA, "draw", pack("ef56")).Result)
}

func TestRefer(t *testing.T) {
	t.Parallel()
	r := newAsking(t, "")
	code := r.alone(phoneA, "refer", nil).Data["code"].(string)
	assert.Len(t, code, referralLength)
	assert.Equal(t, code, r.alone(phoneA, "refer", nil).Data["code"])
	by := map[string]any{"by": strings.ToLower(code)}
	answers := r.answer([]inbox.Ask{r.ask(phoneA, "refer", by), r.ask(phoneB, "refer", by), r.ask(phoneB, "refer", by), r.ask(phoneC, "refer", map[string]any{"by": "nobody"})})
	require.Equal(t, "own ok again unknown", outcomes(answers))
	assert.Equal(t, phoneA.String(), answers[1].Data["msisdn"])
	assert.Equal(t, "again", r.alone(phoneB, "refer", by).Result)
}

const menuText = `
catalogues:
  - program: roma
    minimum: 10
    postcodes: ["69003"]
    url: "https://roma.example/o/{number}"
    items:
      - {name: Reine, names: {en: Queen}, price: 11}
      - {name: Coca, words: [coke], price: 3, sold_out: true}
      - {name: table, hidden: true, stock: 1}
`

// line is one line of a cart.
func line(item string, quantity int, cents int64) map[string]any {
	return map[string]any{
		"item": item, "name": item, "quantity": quantity, "counted": true, "chosen": map[string]any{}, "choices": []any{},
		"price": dialogs.Money{Cents: cents, Currency: "EUR"}, "total": dialogs.Money{Cents: cents * int64(quantity), Currency: "EUR"},
	}
}

func cartOf(total int64, lines ...any) map[string]any {
	return map[string]any{"lines": lines, "total": dialogs.Money{Cents: total, Currency: "EUR"}}
}

func with(m map[string]any, key string, v any) map[string]any { m[key] = v; return m }

func TestOrder(t *testing.T) {
	t.Parallel()
	r := newAsking(t, menuText)
	reine := func() map[string]any { return cartOf(1100, line("Reine", 1, 1100)) }
	asks := []inbox.Ask{
		r.ask(phoneA, "order", cartOf(0)),
		r.ask(phoneA, "order", with(reine(), "when", r.now.Add(12*time.Hour))),
		r.ask(phoneA, "order", cartOf(1400, line("Reine", 1, 1100), line("Coca", 1, 300))),
		r.ask(phoneA, "order", cartOf(900, line("Reine", 1, 900))),
		r.ask(phoneA, "order", with(reine(), "to", "1 rue X, 75001 Paris")),
		r.ask(phoneA, "order", with(reine(), "to", "1 rue X, 69003 Lyon")),
		r.ask(phoneB, "order", reine()),
	}
	answers := r.answer(asks)
	var reasons []any
	for _, a := range answers {
		reasons = append(reasons, a.Data["reason"])
	}
	assert.Equal(t, []any{"empty", "closed", "sold_out", "minimum", "area", nil, nil}, reasons)
	assert.Equal(t, 1, answers[5].Data["number"])
	assert.Equal(t, 2, answers[6].Data["number"])
	assert.Equal(t, "https://roma.example/o/2", answers[6].Data["url"])

	assert.Equal(t, "none", r.alone(phoneC, "load", map[string]any{"which": "last"}).Result)
	loaded := r.alone(phoneA, "load", map[string]any{"which": "usual"})
	assert.Equal(t, []any{line("Reine", 1, 1100)}, loaded.Data["lines"], "as it was ordered, money and all")

	found := r.alone(phoneA, "lookup", map[string]any{"in": "orders", "for": "last"})
	require.Equal(t, "ok", found.Result)
	assert.Equal(t, "1 Reine", found.Data["list"].([]any)[0].(map[string]any)["title"])
	assert.Equal(t, "none", r.alone(phoneB, "lookup", map[string]any{"in": "orders", "for": "1"}).Result, "it is another phone's")
}

func TestUsualAndLast(t *testing.T) {
	t.Parallel()
	r := newAsking(t, menuText)
	for _, n := range []int{2, 2, 1} {
		r.now = r.now.Add(time.Minute)
		require.Equal(t, "ok", r.alone(phoneA, "order", cartOf(int64(n)*1100, line("Reine", n, 1100))).Result)
	}
	for which, n := range map[string]int{"usual": 2, "last": 1} {
		assert.Equal(t, []any{line("Reine", n, 1100)}, r.alone(phoneA, "load", map[string]any{"which": which}).Data["lines"], which)
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	r := newAsking(t, menuText)
	table := map[string]any{"item": "table"}
	asks := []inbox.Ask{
		r.ask(phoneA, "reserve", table), r.ask(phoneB, "reserve", table), r.ask(phoneB, "reserve", map[string]any{"item": "table", "at": "bron"}), r.ask(phoneC, "reserve", map[string]any{"item": "boat"}),
	}
	answers := r.answer(asks)
	assert.Equal(t, "ok refused ok refused", outcomes(answers))
	assert.Equal(t, 2, answers[2].Data["number"])
	assert.Equal(t, "sold_out", answers[1].Data["reason"])
	r.now = r.now.Add(25 * time.Hour)
	assert.Equal(t, "ok", r.alone(phoneB, "reserve", table).Result, "a day later it is free")
}

// Places come by what their postcodes share, then by the nearest number.
func TestLookup(t *testing.T) {
	t.Parallel()
	r := newAsking(t, menuText)
	in := func(where, what string, limit int) map[string]any {
		return map[string]any{"in": where, "for": what, "limit": limit}
	}
	names := func(a dialogs.Answer) (l []string) {
		list, _ := a.Data["list"].([]any)
		for _, x := range list {
			l = append(l, fmt.Sprint(x.(map[string]any)["name"]))
		}
		return l
	}
	answers := r.answer([]inbox.Ask{
		r.ask(phoneA, "lookup", in("places", "69 002", 5)), r.ask(phoneA, "lookup", in("places", "69499", 1)), r.ask(phoneA, "lookup", in("places", "20000", 5)),
		r.ask(phoneA, "lookup", in("items", "queen", 5)), r.ask(phoneA, "lookup", in("items", "coke", 5)),
	})
	assert.Equal(t, "ok ok none ok none", outcomes(answers))
	assert.Equal(t, []string{"lyon", "bron"}, names(answers[0]))
	assert.Equal(t, []string{"bron"}, names(answers[1]))
	assert.Equal(t, []string{"Queen"}, names(answers[3]))
	assert.Equal(t, true, answers[0].Data["list"].([]any)[0].(map[string]any)["open"])
}

// An order goes its way, and its conversation hears of each step.
func TestOrderChanges(t *testing.T) {
	t.Parallel()
	r := newAsking(t, menuText)
	require.Equal(t, "ok", r.alone(phoneA, "order", cartOf(1100, line("Reine", 1, 1100))).Result)
	s := &OrderStore{r.pool}
	change := func(number int, state string, data map[string]any) error {
		return s.Change(t.Context(), "roma", number, state, "lucie", data, r.now)
	}
	require.ErrorContains(t, change(2, "accepted", nil), "has no order 2")
	require.ErrorContains(t, change(1, "ready", nil), "order 1 is placed: only one that is accepted can become ready")
	require.NoError(t, change(1, "accepted", map[string]any{"minutes": 20}))
	require.NoError(t, change(1, "ready", nil))
	open, err := s.Orders(t.Context(), "roma", false)
	require.NoError(t, err)
	require.Len(t, open, 1)
	assert.Equal(t, "1 Reine", open[0].Lines)
	assert.Equal(t, "ready", open[0].State)
	require.NoError(t, change(1, "done", nil))
	open, err = s.Orders(t.Context(), "", false)
	require.NoError(t, err)
	assert.Empty(t, open)
	assert.Equal(t, []string{"order.accepted 20", "order.ready ", "order.done "},
		column(r.rig, `SELECT (data ->> 'Name') || ' ' || coalesce(data -> 'Data' ->> 'minutes', '') FROM inputs ORDER BY id`))
	_, th := r.begin(thread(phoneA))
	assert.Equal(t, 1, th.Contact.Orders)
}

// A till takes a coupon once, and the conversation that gave it away hears it.
func TestTill(t *testing.T) {
	t.Parallel()
	r := newAsking(t, `
offers: [{name: cup, program: roma, title: {fr: Un café, en: A coffee}, amount: 1.20, valid_days: 1}]
`)
	code := r.alone(phoneA, "issue", map[string]any{"offer": "cup"}).Data["code"].(string)
	s := &OrderStore{r.pool}
	_, err := s.Redeem(t.Context(), nil, "XYZ", "till 1", "lyon", r.now)
	require.ErrorContains(t, err, "there is no coupon XYZ")
	_, err = s.Redeem(t.Context(), nil, code, "till 1", "lyon", r.now.Add(72*time.Hour))
	require.ErrorContains(t, err, "was good until")
	_, err = s.Redeem(t.Context(), []string{"other"}, code, "till 1", "lyon", r.now)
	require.ErrorContains(t, err, "there is no coupon", "the tills of another program do not take it")
	got, err := s.Redeem(t.Context(), []string{"other", "roma"}, code, "till 1", "lyon", r.now)
	require.NoError(t, err)
	assert.Equal(t, views.Redeemed{Offer: "cup", Program: "roma", Title: "Un café", Amount: dialogs.Money{Cents: 120, Currency: "EUR"}, Place: "lyon"}, got)
	_, err = s.Redeem(t.Context(), nil, code, "till 2", "lyon", r.now)
	require.ErrorContains(t, err, "by till 1")
	assert.Equal(t, []string{"coupon.redeemed 7 lyon"}, column(r.rig, `SELECT (data ->> 'Name') || ' ' || (data ->> 'Talk') || ' ' || (data -> 'Data' ->> 'place') FROM inputs`))
}
