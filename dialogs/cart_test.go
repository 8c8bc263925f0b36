package dialogs_test

import (
	"fmt"
	"strings"
	"testing"

	"repartee/dialogs"
)

// pizza is an order from the first text to the cart that is confirmed.
const pizza = `
flow: pizza-order
class: transactional
start: menu
anywhere:
  replies:
    - {words: {fr: [retour], en: [back, undo]}, go: back}
  else: {say: {fr: "Pas compris : {{unknown}}.", en: "Not understood: {{unknown}}."}, tries: 9, end: lost}
states:
  menu:
    say: {fr: "{{menu}}\nEx. 2 reine, 1 coca", en: "{{menu}}\nE.g. 2 reine, 1 coke"}
    replies:
      - {is: items, do: [{cart: {add: answer}}], go: options}
      - {choice: catalogue.items, show: "{{it.name}} {{it.price}}", do: [{cart: {add: answer}}], go: options}
  options: {branch: [{if: cart.open != nil, go: option}, {if: cart.count == 0, go: menu}, {go: confirm}]}
  option:
    say: "{{cart.open.name}} : {{cart.open.option}} ?\n{{menu}}"
    replies: [{choice: cart.open.choices, show: "{{it.name}} {{it.price ?? ''}}", do: [{cart: {option: answer}}], go: options}]
  confirm:
    say: {fr: "{{cart}}\nTotal {{cart.total}}. OUI ?", en: "{{cart}}\nTotal {{cart.total}}. YES?"}
    replies:
      - {is: yes, say: "{{cart.count}}: {{cart.total}}", end: completed}
      - {starts: [sans, "no", without], is: items, do: [{cart: {remove: answer}}], go: options}
      - {is: items, do: [{cart: {add: answer}}], go: options}
tests: |
  $ keyword PIZZA
  $ catalogue [{name: Reine, price: 11.00, options: {size: {title: taille, choices: [{name: normale}, {name: grande, words: [large], price: 3.00}]}}}, {name: Coca, words: [coke], price: 3.00}, {name: {fr: 4 Fromages, en: Four Cheese}, price: 12.50}]
  == argument, option, remove, back
  $ language fr
  > PIZZA 2 reine et un coca
  < Reine : taille ?
  | 1 normale
  | 2 grande 3,00 €
  > grande
  < 2 Reine grande 28,00 €
  | 1 Coca 3,00 €
  | Total 31,00 €. OUI ?
  > sans coca
  < 2 Reine grande 28,00 €
  | Total 28,00 €. OUI ?
  > retour
  < *Total 31,00 €. OUI ?
  ! if cart.count == 3 && cart.total == 31 && cart.open == nil
  > sans 1 reine
  < 1 Reine grande 14,00 €
  | 1 Coca 3,00 €
  | Total 17,00 €. OUI ?
  > reine grande, 2 cocas
  < 2 Reine grande 28,00 €
  | 3 Coca 9,00 €
  | Total 37,00 €. OUI ?
  > 2 sushis et 1 coca
  < Pas compris : 2 sushis.
  > retour
  < *Total 17,00 €. OUI ?
  > retour
  < *Total 31,00 €. OUI ?
  > retour
  < Reine : taille ?*
  > retour
  < 1 Reine 11,00 €
  | 2 Coca 3,00 €
  | 3 4 Fromages 12,50 €
  | Ex. 2 reine, 1 coca
  ! if cart.count == 0
  > 3
  < 1 4 Fromages 12,50 €
  | Total 12,50 €. OUI ?
  > sans 4 fromages
  < 1 Reine*
  == the other language has its own names, money and words
  $ language en
  > pizza
  < 1 Reine €11.00
  | 2 Coca €3.00
  | 3 Four Cheese €12.50
  | E.g. 2 reine, 1 coke
  > one four cheese + 2x coke and a large reine
  < Not understood: large.
  > four chese, x2 coke & reine large x3
  < 1 Four Cheese €12.50
  | 2 Coca €6.00
  | 3 Reine grande €42.00
  | Total €60.50. YES?
  > NO coke
  < *Total €54.50. YES?
  > yes
  < 4: €54.50
  ! outcome completed
`

func TestOrdering(t *testing.T) {
	t.Parallel()
	golden(t, pizza, 2)
}

// golden runs the conversations of a flow in the program roma.
func golden(t *testing.T, src string, want int) {
	t.Helper()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(src), env)
	if flow == nil {
		t.Fatal(problems)
	}
	n, failures := flow.RunTests(dialogs.TestOptions{Program: program, File: "f.yaml"})
	for _, f := range failures {
		t.Error(f)
	}
	if n != want {
		t.Errorf("%d conversations ran, not %d", n, want)
	}
}

func TestCartChecks(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, src, want string }{
		{"nothing", oneState("do: [{cart: {}}]", "end: x"), "f.yaml:5:11: `cart` wants one of add, remove, option, clear"},
		{"two", oneState(`do: [{cart: {clear: true, add: "'Coca'"}}]`, "end: x"), "`cart` wants one of"},
		{"unknown key", oneState(`do: [{cart: {ad: "'Coca'"}}]`, "end: x"), "did you mean `add`?"},
		{"clear", oneState("do: [{cart: {clear: all}}]", "end: x"), "`clear` wants true"},
		{"unknown item", oneState(`do: [{cart: {add: "'Cola'"}}]`, "end: x"), "f.yaml:5:23: no item `Cola` in the catalogue (did you mean `Coca`?)"},
		{"no expression", oneState(`do: [{cart: {add: Coca}}]`, "end: x"), "`Coca` is not known here"},
		{"member", oneState(`say: "{{cart.sum}}"`, "end: x"), "`cart.sum` is not known"},
		{"open", oneState(`branch: [{if: len(cart.open.name) > 3, end: x}, {end: y}]`), "`cart.open` may be missing"},
		{"no list", oneState(`say: "{{menu}}"`, `replies: [{choice: cart.total, end: x}]`), "`choice` wants list, but `cart.total` is money"},
		{"show without a list", oneState(`say: "{{menu}}"`, `replies: [{choice: [a, b], show: "{{it}}", end: x}]`), "`show` wants a `choice` from an expression"},
		{"show without a choice", oneState(`replies: [{is: yes, show: "{{it}}", end: x}]`), "`show` wants a `choice` from an expression"},
		{"it elsewhere", oneState(`say: "{{it.name}}"`, "end: x"), "`it` is not known at this place"},
		{"saved cart", oneState(`do: [{set: {cart: 1}}]`, "end: x"), "saved name `cart` is a name of the flow language"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env, _ := roma(t)
			env.Items = []string{"Coca", "Reine"}
			if _, got := dialogs.Load("f.yaml", []byte(c.src), env); !strings.Contains(got.Error(), c.want) {
				t.Errorf("wanted %q\ngot:\n%s", c.want, got.Error())
			}
		})
	}
}

// TestListChoice: a menu of texts and of maps; the answer is the element, and
// label gives the line that was shown.
func TestListChoice(t *testing.T) {
	t.Parallel()
	golden(t, `
flow: near
start: ask
inputs: {shops: list}
states:
  ask:
    say: "Where?\n{{menu}}"
    replies: [{choice: shops, save: shop, go: done}]
  done: {say: "{{label(shop)}}, then.", end: completed}
tests: |
  $ catalogue [{name: A1, price: 1}]
  == nothing to choose from
  * start {shops: []}
  < Where?
  == by number, title, name, and with a typo
  * start {shops: [{name: n, title: Nation}, {name: bercy, title: Bercy Village}]}
  < Where?
  | 1 Nation
  | 2 Bercy Village
  > 3
  < Where?*
  > bercy
  < Bercy Village, then.
  ! if shop.title == 'Bercy Village'
  * start {shops: [Montreuil, Vincennes]}
  < Where?
  | 1 Montreuil
  | 2 Vincennes
  > vincenes please
  < Vincennes, then.
  ! if shop == 'Vincennes'
`, 2)
}

// TestShopOfAnotherLanguage: a notice to the staff has the cart in their
// language, the phone keeps its own.
func TestShopOfAnotherLanguage(t *testing.T) {
	t.Parallel()
	golden(t, `
flow: lunch
class: transactional
start: take
states:
  take:
    do: [{cart: {add: "'tea'"}}, {notify: {staff: kitchen, say: "{{cart}} ({{first(catalogue.items).name}})"}}]
    say: "{{cart}} {{place.title}}, {{place.hours}}"
    end: done
tests: |
  $ catalogue [{name: Tea, names: {fr: Thé, en: Tea}, price: 2.00}]
  $ place cafe title="Café de la Gare" hours="8h-20h" open=true
  $ keyword LUNCH place=cafe
  == both languages
  $ language en
  > lunch
  kitchen< 1 Thé 2,00 € (Thé)
  < 1 Tea €2.00 Café de la Gare, 8h-20h
`, 1)
}

// TestListPages: a long list is paged, and numbers run on over the pages.
func TestListPages(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	program.Languages, env.Languages = []string{"en"}, []string{"en"}
	for i := range 60 {
		program.Catalogue = append(program.Catalogue, dialogs.Item{Name: fmt.Sprintf("Dish %c%c", 'a'+i/26, 'a'+i%26), Price: dialogs.Money{Cents: 100}})
	}
	p := phoneIn(t, env, program, `
flow: near
start: ask
states:
  ask:
    say: "{{menu}}"
    replies: [{choice: catalogue.items, show: "{{it.name}} {{it.price}}", save: dish, go: done}]
  done: {say: "{{dish.name}}", end: completed}
`)
	p.start("near")
	for range 2 {
		if m := p.said(); !strings.Contains(m, "> MORE") {
			t.Fatalf("no word for the next page in %q", m)
		}
		p.text("more")
	}
	p.want(p.text("57"), "Dish ce")
}
