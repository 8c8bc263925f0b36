package programs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const usedShop = `
carriers: [{name: orange, addr: h:1, system_id: s}]
programs: [{name: roma, brand: Roma, contact: a@b.example, country: FR, languages: [fr], time_zone: Europe/Paris}]
places: [{name: lyon, title: Lyon}]
webhooks: [{name: stock, url: "https://s.example"}]
contact_fields: [{name: card_number}, {name: shoe}]
offers: [{name: spot, program: roma}]
polls: [{name: final, program: roma}]
games: [{name: summer, program: roma, prizes: [{name: bike, title: Vélo, count: 1}]}]
catalogues: [{program: roma, items: [{name: Reine}]}]
flows:
  - flow: hello
    start: a
    states:
      a: {do: [{set: {contact.card_number: "'x'"}}], call: {flow: other, done: b, else: b}}
      b: {do: [{issue: {offer: spot, save: coupon, failed: c}}], say: {fr: "Code {{coupon.code}}"}, end: done}
      c: {end: none}
  - flow: other
    start: a
    states:
      a: {say: {fr: Bonjour}, end: done}
short_codes: [{number: "36111", country: FR, carriers: [orange], program: roma}]
keywords: [{short_code: "36111", word: PIZZA, program: roma, flow: hello, place: lyon}]
`

func TestNeededBy(t *testing.T) {
	t.Parallel()
	shop, problems := Read(Options{}, Source{Name: "s", Text: []byte(usedShop)})
	require.Empty(t, problems)
	shop = Merge(&Shop{}, shop)
	for _, list := range []string{"carriers", "programs", "short_codes", "keywords", "places", "offers"} {
		for _, o := range shop.ofKind(list) {
			o.setPosition(nil) // as from the database
		}
	}
	_, problems = Compile(shop.checked(), DefaultRules(), &Flows{})
	require.Empty(t, problems)
	for _, c := range [][3]string{
		{"carriers", "orange", "short code 36111: `orange` is not a carrier"},
		{"programs", "roma", "keyword 36111 pizza: `roma` is not a program"},
		{"places", "lyon", "keyword 36111 PIZZA: `lyon` is not a place"},
		{"short_codes", "36111", "keyword 36111 PIZZA: `36111` is not a short code of the shop"},
		{"flows", "hello", "keyword 36111 PIZZA: `hello` is not a flow"},
		{"flows", "other", "`other`"},
		{"offers", "spot", "`spot`"},
		{"contact_fields", "card_number", "`card_number`"},
	} {
		needed := shop.NeededBy(DefaultRules(), c[0], c[1])
		require.NotEmpty(t, needed, c)
		if c[0] != "programs" {
			require.Contains(t, needed[0], c[2])
		}
	}
	for _, c := range [][2]string{{"keywords", "36111 pizza"}, {"webhooks", "stock"}, {"polls", "final"}, {"games", "summer"}, {"catalogues", "roma"}} {
		require.Empty(t, shop.NeededBy(DefaultRules(), c[0], c[1]), c)
	}
	require.Len(t, shop.Keywords, 1, "the shop stays as it is")
}
