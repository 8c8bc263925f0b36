package dialogs

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
)

// shop is a conversation in a program that sells these.
func shop(items ...Item) *conv {
	return &conv{Talk: Talk{Language: "en"}, flow: &Flow{Languages: []string{"en", "fr"}}, program: &Program{Currency: "EUR", Catalogue: items}}
}

func roma() *conv {
	size := ItemOption{Name: "size", Choices: []ItemChoice{{Name: "small"}, {Name: "large", Words: []string{"grande"}, Price: Money{Cents: 300}}}}
	crust := ItemOption{Name: "crust", Choices: []ItemChoice{{Name: "thin"}, {Name: "thick crust"}}}
	return shop(
		Item{Name: "Reine", Price: Money{Cents: 1100}, Options: []ItemOption{size, crust}},
		Item{Name: "Coca", Words: []string{"coke"}, Price: Money{Cents: 300}},
		Item{Name: "Coca Zero", Price: Money{Cents: 350}},
		Item{Name: "4 Fromages", Names: map[string]string{"en": "Four Cheese"}, Price: Money{Cents: 1250}},
		Item{Name: "Martini"}, Item{Name: "Martine"},
	)
}

func order(c *conv, text string, edits bool) string {
	langs := []*lexicon{lexicons["en"], lexicons["fr"]}
	lines, rest := c.readItems(hear(text, langs), langs, edits)
	var out []string
	for _, x := range lines {
		s := fmt.Sprintf("%d %s", x.Quantity, x.Item)
		for _, option := range []string{"size", "crust"} {
			if x.Choices[option] != "" {
				s += " " + x.Choices[option]
			}
		}
		out = append(out, s)
	}
	s := strings.Join(out, ", ")
	if len(rest) > 0 {
		s += " | " + strings.Join(rest, " ")
	}
	return s
}

func TestReadItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1 coke", "1 Coca"},
		{"2 reine et un coca", "2 Reine, 1 Coca"},
		{"reine grande, 2 cocas", "1 Reine large, 2 Coca"},
		{"Hello, I'd like two Reines large thin and 3x coke please!", "2 Reine large thin, 3 Coca"},
		{"2 de la reine", "2 Reine"},
		{"reine x3", "3 Reine"},
		{"2 x coke + 1 coca zero", "2 Coca, 1 Coca Zero"},
		{"coca coca zero coca", "1 Coca, 1 Coca Zero, 1 Coca"},
		{"4 4 fromages", "4 4 Fromages"},
		{"4 fromages", "1 4 Fromages"},
		{"four cheeses", "1 4 Fromages"},
		{"reine with thick crust and large", "1 Reine large thick crust"},
		{"reine large small", "1 Reine large | small"},
		{"coke large", "1 Coca | large"},
		{"2 sushi and 1 coke", "1 Coca | 2 sushi"},
		{"0 coke", "1 Coca | 0"},
		{"100 coke", "1 Coca | 100"},
		{"1,5 coke", "5 Coca | 1"},
		{"not a coke", "1 Coca | not"},
		{"dix-sept cocas", "17 Coca"},
		{"two", " | two"},
		{"", ""},
	} {
		if got := order(roma(), c.text, false); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestReadItemsLoosely: one wrong letter in a word of five letters or more, and
// never a guess between two items.
func TestReadItemsLoosely(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1 riene lagre", "1 Reine large"},
		{"cocq", " | cocq"},
		{"martino", " | martino"},
		{"martinis", "1 Martini"},
		{"four cheesse", "1 4 Fromages"},
	} {
		if got := order(roma(), c.text, true); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestReadItemsLimits: whatever is said, an order stays within its limits and
// no word is lost.
func TestReadItemsLimits(t *testing.T) {
	t.Parallel()
	vocabulary := strings.Fields("reine reines coke coca zero 4 fromages fromage large thin thick crust et and + , 1 2 99 100 x2 3x x un two no the of sushi riene 12345678901234567890 é \xff 👍")
	check := func(seed uint64, length uint8, edits bool) bool {
		r := rand.New(rand.NewPCG(seed, 1))
		words := make([]string, int(length)%80)
		for i := range words {
			words[i] = vocabulary[r.IntN(len(vocabulary))]
		}
		return sane(strings.Join(words, " "), edits)
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// sane reports whether an order is within the limits.
func sane(text string, edits bool) bool {
	c := roma()
	langs := []*lexicon{lexicons["en"], lexicons["fr"]}
	s := hear(text, langs)
	lines, rest := c.readItems(s, langs, edits)
	if len(lines)+len(rest) > len(s.words) || len(lines) > maxItemWords {
		return false
	}
	for _, x := range lines {
		it := c.itemOf(x.Item)
		if it == nil || x.Quantity < 1 || x.Quantity > maxQuantity || x.Cents < it.Price.Cents {
			return false
		}
	}
	return true
}

func FuzzReadItems(f *testing.F) {
	for _, s := range []string{"2 reine et un coca", "4 4 fromages x2", "riene lagre + 3x coke", "\xff\u0301 1\u00a0coca"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, edits bool) {
		if !sane(s, edits) {
			t.Errorf("%q is read beyond the limits", s)
		}
	})
}

// TestCartLimits: a cart never holds more than its limits; what would exceed
// them changes nothing.
func TestCartLimits(t *testing.T) {
	t.Parallel()
	c := roma()
	if err := c.addToCart(map[string]any{"item": "Coca", "quantity": 99}); err != nil {
		t.Fatal(err)
	}
	if err := c.addToCart("coke"); err == nil || len(c.Cart) != 1 || c.Cart[0].Quantity != 99 {
		t.Errorf("a hundred of an item: %v, %v", err, c.Cart)
	}
	if err := c.addToCart("sushi"); err == nil {
		t.Error("an item that is not in the catalogue")
	}
	if err := c.chooseInCart("large"); err == nil {
		t.Error("an option where none is open")
	}
	many := make([]Line, maxLines+1)
	for i := range many {
		many[i] = Line{Item: fmt.Sprint(i), Quantity: 1}
	}
	if err := c.setCart(many); err == nil || len(c.Cart) != 1 {
		t.Errorf("%d lines: %v", len(many), err)
	}
}

func BenchmarkReadItems(b *testing.B) {
	items := make([]Item, 200)
	for i := range items {
		items[i] = Item{Name: fmt.Sprintf("Dish number %d", i), Words: []string{fmt.Sprintf("plate%d", i), fmt.Sprintf("assiette%d", i)}}
	}
	text := strings.TrimSpace(strings.Repeat("2 plate19 and ", 20))
	for b.Loop() {
		if got := order(shop(items...), text, true); got == "" {
			b.Fatal("nothing read")
		}
	}
}
