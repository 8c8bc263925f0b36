package dialogs_test

import (
	"reflect"
	"strings"
	"testing"

	"repartee/dialogs"
)

const tvCoupon = `
flow: tv-coupon
inputs: {campaign: {type: text, default: web}}
start: claim
states:
  claim:
    do: [{track: {event: spot.asked, campaign: campaign}}, {issue: {offer: spot, save: coupon, limit: had, closed: late, empty: second}}]
    say: {fr: "-20% : {{coupon.code}}, jusqu'au {{coupon.until}}. {{coupon.url}}", en: "20% off: {{coupon.code}}, until {{coupon.until}}. {{coupon.url}}"}
    end: completed
  second:
    do: [{issue: {offer: spot-second, save: coupon, limit: had, failed: gone}}]
    say: {fr: "Voici -10% : {{coupon.code}}.", en: "Here is 10%: {{coupon.code}}."}
    end: fallback
  gone: {say: {fr: "Tout est parti !", en: "All gone ({{coupon.result}})!"}, end: empty}
  late: {say: {fr: "Terminé.", en: "Over."}, end: late}
  had: {say: {fr: "Un bon par personne.", en: "One each."}, end: used}
tests: |
  $ keyword TF1 {campaign: tf1}
  == a coupon
  $ result issue:spot ok {code: R-7K2M, until: 2026-12-01, url: "https://r.example/7K"}
  $ language fr
  > tf1 !
  < -20% : R-7K2M, jusqu'au 01/12. https://r.example/7K
  ! did issue spot
  == empty: the fallback; both empty: told, and still counted
  $ language en
  $ result issue:spot empty
  $ result issue:spot-second ok {code: X}
  > TF1
  < Here is 10%: X.
  ! not issue spot
  $ result issue:spot-second empty
  > TF1
  < All gone (empty)!
  ! did track spot.asked
`

func TestAsks(t *testing.T) {
	t.Parallel()
	golden(t, tvCoupon, 2)
}

// counter takes points for a coupon.
const counter = `
flow: counter
class: transactional
languages: [en]
start: swap
failed: sorry
states:
  swap:
    do:
      - tag: swapper
      - points: {take: "100", for: card, save: card, short: poor}
      - issue: {offer: cup, save: cup, empty: out}
    say: "{{cup.code}}, {{card.balance}} left."
    end: done
  poor: {say: "{{card.balance}} points only.", end: poor}
  out: {say: "No cups.", end: out}
  sorry: {say: "Sorry.", end: refused}
`

// steps answers the asks of one start in turn, and returns them.
func steps(t *testing.T, src string, in dialogs.Input, answers ...dialogs.Answer) ([]*dialogs.Ask, dialogs.Result) {
	t.Helper()
	p := newPhone(t, src)
	var asks []*dialogs.Ask
	for i := 0; ; i++ {
		p.facts.Talks, p.ids = nil, 0
		r := p.do(in, answers[:i]...)
		if r.Ask == nil {
			return asks, r
		}
		if len(r.Messages)+len(r.Effects)+len(r.Talks)+len(r.Begun) > 0 {
			t.Fatalf("a result beside the ask: %+v", r)
		}
		asks = append(asks, r.Ask)
		if i == len(answers) {
			t.Fatalf("asked %s, %v without an answer", r.Ask.Action, r.Ask.Data)
		}
	}
}

// TestGiveBack: what a list took is given back when a later ask of it fails.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	ok := func(data map[string]any) dialogs.Answer { return dialogs.Answer{Result: "ok", Data: data} }
	failing := func(result string) dialogs.Answer { return dialogs.Answer{Result: result} }
	cases := []struct {
		name     string
		answers  []dialogs.Answer
		say      string
		outcome  string
		released []int
		effects  int
	}{
		{"both", []dialogs.Answer{ok(map[string]any{"balance": 20}), ok(map[string]any{"code": "C1"})}, "C1, 20 left.", "done", nil, 1},
		{"too few", []dialogs.Answer{{Result: "short", Data: map[string]any{"balance": 7}}}, "7 points only.", "poor", nil, 1},
		{"out of cups", []dialogs.Answer{ok(nil), failing("empty")}, "No cups.", "out", []int{0}, 1},
		{"nobody handles it", []dialogs.Answer{ok(nil), failing("closed")}, "Sorry.", "refused", []int{0}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			asks, r := steps(t, counter, dialogs.Start{Flow: "counter"}, c.answers...)
			if want := map[string]any{"take": 100, "for": "card"}; asks[0].Action != "points" || !reflect.DeepEqual(asks[0].Data, want) {
				t.Errorf("asked %s %v", asks[0].Action, asks[0].Data)
			}
			if len(r.Messages) != 1 || r.Messages[0].Text != c.say || len(r.Effects) != c.effects || r.Ended[0].Outcome != c.outcome {
				t.Errorf("%+v", r)
			}
			if !reflect.DeepEqual(r.Released, c.released) {
				t.Errorf("released %v, want %v", r.Released, c.released)
			}
		})
	}
}

// TestOrderAsk: an order sends the lines of the cart and leaves them there.
func TestOrderAsk(t *testing.T) {
	t.Parallel()
	golden(t, `
flow: again
class: transactional
languages: [en]
start: usual
states:
  usual:
    do: [{cart: {load: usual, none: nothing}}, {order: {to: "'4 rue X'", save: order, refused: no}}]
    say: "{{order.number}}: {{cart}}, {{cart.total}}"
    end: done
  nothing:
    do: [{lookup: {in: places, for: "'75001'", save: shops, none: no}}]
    say: "Where?\n{{menu}}"
    replies: [{choice: shops, show: "{{it.title}}, {{it.distance}} km", save: shop, do: [{reserve: {item: "'Tea'", at: shop.name, save: kept, refused: no}}], say: "{{shop.title}} keeps it.", end: kept}]
  no: {say: "No.", end: refused}
tests: |
  $ keyword AGAIN
  $ catalogue [{name: Tea, price: 2.00}]
  $ result order ok {number: 41}
  $ result load ok {lines: [{item: Tea, quantity: 2}, {item: Gone, quantity: 1}]}
  == the usual
  > again
  < 41: 2 Tea €4.00, €4.00
  ! did order
  == refused
  $ result order refused {reason: closed}
  > again
  < No.
  == nothing usual: a shop from a list
  $ result load none
  $ result lookup:places ok {list: [{name: a, title: Nation, distance: 2}, {name: b, title: Bastille, distance: 3}]}
  > again
  < Where?
  | 1 Nation, 2 km
  | 2 Bastille, 3 km
  > bastille
  < Bastille keeps it.
  ! if shop.name == 'b'
  ! did lookup places
  ! did reserve
`, 3)
}

func TestAskChecks(t *testing.T) {
	t.Parallel()
	end := "end: x"
	cases := []struct{ name, src, want string }{
		{"no offer", oneState("do: [{issue: {save: c}}]", end), "f.yaml:5:11: `issue` wants `offer`"},
		{"unknown offer", oneState("do: [{issue: {offer: lunhc}}]", end), "no offer `lunhc` in this program (did you mean `lunch`?)"},
		{"unknown poll", oneState(`do: [{vote: {poll: finale, choice: "'a'"}}]`, end), "no poll `finale` in this program (did you mean `final`?)"},
		{"a result that is none", oneState("do: [{issue: {offer: lunch, emty: a}}]", end), "did you mean `empty`?"},
		{"no state", oneState("do: [{issue: {offer: lunch, empty: b}}]", end), "`b` is not a state"},
		{"lookup", oneState("do: [{lookup: {in: shops, for: text}}]", end), "`lookup` does not look in `shops` (places, items or orders)"},
		{"load", oneState("do: [{cart: {load: best}}]", end), "`best` is no value of `load`"},
		{"both", oneState(`do: [{points: {add: "1", take: "1"}}]`, end), "`points` adds or takes"},
		{"nothing says what then", oneState("do: [{issue: {offer: lunch, limit: b, closed: b}}]", end) + "  b: {end: y}\n", "warning: `issue` may come back empty and nothing says what then"},
		{"not saved where it failed before", oneState("do: [{issue: {offer: lunch, failed: b}}, {issue: {offer: lunch, save: c, failed: b}}]", end) + "  b: {say: \"{{c.code}}\", end: y}\n", "`c` is not saved on the way a → b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env, _ := roma(t)
			env.Offers, env.Polls = map[string]dialogs.OfferSize{"lunch": {}}, []string{"final"}
			if _, got := dialogs.Load("f.yaml", []byte(c.src), env); !strings.Contains(got.Error(), c.want) {
				t.Errorf("wanted %q\ngot:\n%s", c.want, got.Error())
			}
		})
	}
}
