package programs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fullShop has every key of every kind, none with its default.
const fullShop = `
carriers:
  - name: orange
    addr: smsc.example:2775
    system_id: shop
    password: s3cret
    system_type: ESME
    address_range: "36111"
    bind: pair
    sessions: 2
    window: 64
    throughput: 12.5
    paused: true
    tls: {ca_file: ca.pem, server_name: smsc, cert_file: me.pem, key_file: me.key}
    alphabet: latin1
    transliterate: true
    trim_nul: true
    segmentation: sar
    receipts: {enabled: false, response_id: hex, receipt_id: decimal, part: last, errors: twilio, codes: {612: unsubscribed}}
    validity: false
    country_code: 33
    addresses: {short_code: 3/1, msisdn: 1/2, alphanumeric: 5/1, bind: 1/1}
    message_id_tag: 0x1401
    temporary: [ESME_RTHROTTLED, 0x410]
    permanent: 0x411
    timeouts: {bind: 1s, slot: 2s, response: 1m30s, write: 4s, enquire: 1h, deliver: 1500ms}
    backoff: {min: 2s, max: 1m1s, stable: 0s}
programs:
  - name: pizza-roma
    brand: Pizza Roma
    title: "yes"
    contact: "0800 111 222"
    country: FR
    languages: [fr, en]
    currency: USD
    segment_price: 0.045
    time_zone: Europe/Paris
    terms_url: https://r.example/terms#sms
    consent: double
    quiet_hours: {days: {mon-fri: "09:00-20:00", sat: closed}, holidays: open}
    frequency: {per_day: 2, per_week: 5, per_month: 9}
    cross_code: true
    survives_stop: "Codes: the bank's"
    staff: {kitchen: ["33600000001"]}
    answers: {help: {fr: "Aide : {contact}\nligne \"2\"", en: "Help: {contact}"}}
    canned: [{title: Late, text: "Ten minutes more.\nSorry: it's busy"}]
places:
  - {name: lyon, title: Lyon, address: "1, rue", postcode: "01000", country: FR, hours: 9h-19h, open: {mon-fri: "09:00-19:00", sun: closed}, time_zone: Europe/Paris}
webhooks:
  - {name: stock, url: "https://stock.example/ask", secret: h00k, timeout: 2s, tries: 1, private: true}
contact_fields:
  - {name: card_number, type: number}
offers:
  - {name: spot, program: pizza-roma, title: {fr: Une pizza, en: One pizza}, amount: 9.9, from: 2026-11-20T20:00, until: 2026-11-30,
     valid_days: 14, valid_until: 2026-12-31, total: 500, per_phone: 0, per_place: 20, prefix: R-, length: 6, url: "https://r.example/{code}", printed: [AB-1234, "1234"]}
catalogues:
  - program: pizza-roma
    minimum: 12
    postcodes: ["69001"]
    url: "https://r.example/{number}"
    items:
      - {name: Reine, names: {en: Queen}, words: [royale], price: 11, sold_out: true,
         options: {size: {title: taille, choices: [{name: normale, names: {en: regular}, words: [petite]}, {name: grande, price: 3.05}]}, base: {choices: [{name: tomate}]}}}
      - {name: table, hidden: true, stock: 10}
polls:
  - {name: final, program: pizza-roma, from: 2026-11-20, until: 2026-11-21, choices: {lea: Léa, duo: {fr: Les Jumeaux, en: The Twins}}}
games:
  - {name: summer, program: pizza-roma, from: 2026-11-20, until: 2026-11-21, odds: 10, per_phone: 5, per_day: 3, codes: [AB12], prizes: [{name: bike, title: {fr: Un vélo, en: A bike}, count: 3}]}
flows:
  - flow: hello
    inputs: {campaign: {type: text, default: none}}
    start: a
    states:
      a: {say: {fr: "Bonjour", en: "Hello"}, end: done}
short_codes:
  - {number: "36111", country: FR, carriers: [orange], program: pizza-roma, fallback: hello, sms_plus: true}
keywords:
  - {short_code: "36111", word: Pizza, aliases: [PIZA], program: pizza-roma, flow: hello, language: en, place: lyon, inputs: {campaign: a}, from: 2026-11-20T20:00, until: 2026-11-21T20:00, days: mon-fri, hours: "08:00-14:30", time_zone: Europe/Rome}
  - {short_code: "36111", word: PIZZA, program: pizza-roma, flow: hello, from: 2026-11-22T20:00}
`

func shopOf(t *testing.T, text string) *Shop {
	t.Helper()
	shop, problems := Read(Options{}, Source{Name: "shop.yaml", Text: []byte(text)})
	require.Empty(t, problems)
	return Merge(&Shop{}, shop)
}

func demoShop(t *testing.T) *Shop {
	t.Helper()
	file := filepath.Join("..", "demo", "shop.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	shop, problems := Read(Options{ReadFile: os.ReadFile}, Source{Name: file, Text: text})
	require.Empty(t, problems)
	return Merge(&Shop{}, shop)
}

// secrets is an environment with what the shops of the tests keep secret.
func secrets(name string) (string, bool) {
	value, ok := map[string]string{
		"ORANGE_PASSWORD": "s3cret", "STOCK_SECRET": "h00k", "ORANGE_SIM_PASSWORD": "demo", "US_SIM_PASSWORD": "demo",
	}[name]
	return value, ok
}

func requireSame(t require.TestingT, shop *Shop, file []byte, opts Options) {
	again, problems := Read(opts, Source{Name: "export.yaml", Text: file})
	require.Empty(t, problems, string(file))
	plan := Plan(shop, again)
	require.NotEmpty(t, plan)
	for _, c := range plan {
		require.Equal(t, Keep, c.Op, c.String())
	}
	for _, kind := range Kinds() {
		require.Len(t, again.ofKind(kind), len(shop.ofKind(kind)), kind)
	}
}

// TestFullShopHasEveryKey keeps the round trips honest: a new key must be in
// fullShop, with another value than its default.
func TestFullShopHasEveryKey(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	for _, kind := range Kinds() {
		if kind == "flows" {
			continue
		}
		o := shop.ofKind(kind)[0]
		d := documenter{secret: func(string) any { return "" }}.object(o)
		requireKeys(t, kind, keysOf(shop.list(kind).Type().Elem().Elem()), d)
	}
}

func requireKeys(t *testing.T, kind string, keys []string, d Document) {
	t.Helper()
	var given []string
	for _, e := range d {
		given = append(given, e.Key)
	}
	require.Equal(t, keys, given, kind)
}

func TestExportReadsBackAsTheSame(t *testing.T) {
	t.Parallel()
	for name, shop := range map[string]*Shop{"full": shopOf(t, fullShop), "demo": demoShop(t)} {
		file, variables, err := shop.Export(ExportOptions{})
		require.NoError(t, err, name)
		require.Len(t, variables, 2, name)
		require.NotContains(t, string(file), "s3cret")
		require.NotContains(t, string(file), "h00k")
		requireSame(t, shop, file, Options{Env: secrets})
	}
}

func TestExportWritesFlowsAsFiles(t *testing.T) {
	t.Parallel()
	shop, files := demoShop(t), map[string]string{}
	file, _, err := shop.Export(ExportOptions{FlowFile: func(f *Flow) (string, error) {
		files[f.Name+".yaml"] = f.Source
		return f.Name + ".yaml", nil
	}})
	require.NoError(t, err)
	require.Contains(t, string(file), "flows:\n  - {file: ask-address.yaml}\n")
	requireSame(t, shop, file, Options{Env: secrets, ReadFile: func(path string) ([]byte, error) { return []byte(files[path]), nil }})
}

// TestEveryTextComesBack: names, answers and sources that strangers wrote.
func TestEveryTextComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("\n :#-{}[]\"'\\|>&*!%@`,?~/aé€😀0.\u2028\u00a0\ufeff")), rapid.Rune())).
			Filter(func(s string) bool { return s != "" && plain(s) == nil })
		shop := &Shop{
			Webhooks: []*Webhook{withDefaults[Webhook]()},
			Places:   []*Place{withDefaults[Place]()},
			Flows:    []*Flow{{Name: "f", Source: "flow: f\n" + rapid.StringMatching(`((#| {1,3}|x: )[ab|>"#: -]{0,4}\n{0,3}){0,5}`).Draw(t, "source")}},
		}
		shop.Webhooks[0].Name, shop.Webhooks[0].URL = "w", "https://w.example"
		shop.Places[0].Name, shop.Places[0].Title, shop.Places[0].Address = "p", limited(text.Draw(t, "title"), 60), limited(text.Draw(t, "address"), 160)
		file, _, err := shop.Export(ExportOptions{})
		require.NoError(t, err)
		again, _ := Read(Options{}, Source{Name: "export.yaml", Text: file}) // a source may be no flow
		require.Len(t, again.Flows, 1, string(file))
		require.Equal(t, shop.Places[0].Title, again.Places[0].Title, string(file))
		require.Equal(t, shop.Places[0].Address, again.Places[0].Address, string(file))
		require.Equal(t, shop.Flows[0].Source, again.Flows[0].Source, string(file))
	})
}

func limited(text string, n int) string {
	runes := []rune(text)
	return string(runes[:min(n, len(runes))])
}

func TestDocumentKeepsOrderAndLeavesOutDefaultsAndSecrets(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	body, err := json.Marshal(shop.Document("webhooks", "stock"))
	require.NoError(t, err)
	require.Equal(t, `{"name":"stock","url":"https://stock.example/ask","timeout":"2s","tries":1,"private":true}`, string(body))
	require.Equal(t, "name: stock\nurl: \"https://stock.example/ask\"\ntimeout: \"2s\"\ntries: 1\nprivate: true\n", string(YAML(shop.Document("webhooks", "stock"))))
	require.Len(t, shop.Document("keywords", "36111 pizza"), 2)
	require.Nil(t, shop.Document("places", "nice"))
	require.Nil(t, shop.Document("flows", "hello"), "a flow has versions")
}

func TestEachDocumentReadsBackFromJSON(t *testing.T) {
	t.Parallel()
	for _, shop := range []*Shop{shopOf(t, fullShop), demoShop(t)} {
		for _, kind := range Kinds() {
			for _, key := range shop.Keys(kind) {
				if kind == "flows" {
					continue
				}
				body, err := json.Marshal(shop.Document(kind, key))
				require.NoError(t, err)
				edit, problems := ReadObject(shop, kind, key, body)
				require.Empty(t, problems, string(body))
				require.Equal(t, key, edit.Key)
				plan := Plan(shop, edit.Wanted)
				require.Len(t, plan, 1)
				require.Equal(t, Keep, plan[0].Op, plan[0].String())
			}
		}
	}
}

// TestEntriesOfAKeyword: one window is changed, added or taken away by writing
// the list.
func TestEntriesOfAKeyword(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	entries := shop.Document("keywords", "36111 pizza").([]any)
	other := Document{{"short_code", "36111"}, {"word", "pizza"}, {"program", "pizza-roma"}, {"flow", "hello"}, {"until", "2026-11-01"}}
	for want, list := range map[string][]any{
		"= keyword 36111 pizza":                 entries,
		"~ keyword 36111 pizza: entry 3 (new)":  append(entries[:2:2], other),
		"~ keyword 36111 pizza: entry 2 (gone)": entries[:1],
		`~ keyword 36111 pizza: 2.word PIZZA → pizza, 2.from 2026-11-22T20:00 → none, 2.until none → 2026-11-01`: {entries[0], other},
	} {
		body, err := json.Marshal(list)
		require.NoError(t, err)
		edit, problems := ReadObject(shop, "keywords", "36111 pizza", body)
		require.Empty(t, problems)
		plan := Plan(shop, edit.Wanted)
		require.Len(t, plan, 1)
		require.Equal(t, want, plan[0].String())
	}
	require.Equal(t, "36111 cafe", ParseKey("keywords", " 36111 Café"))
}

func TestSecretsStayUnlessTheyAreNamed(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	for body, want := range map[string]string{
		`{"name": "stock", "url": "https://new.example"}`:                  "h00k",
		`{"name": "stock", "url": "https://new.example", "secret": "new"}`: "new",
		`{"name": "stock", "url": "https://new.example", "secret": ""}`:    "",
	} {
		edit, problems := ReadObject(shop, "webhooks", "stock", []byte(body))
		require.Empty(t, problems)
		require.Equal(t, want, edit.Wanted.Webhooks[0].Secret, body)
	}
	for _, kind := range Kinds() {
		typ := shop.list(kind).Type().Elem().Elem()
		top := 0
		for _, f := range fieldsOf(typ) {
			if f.secret {
				top++
			}
		}
		all := 0
		eachField(typ, func(f field) {
			if f.secret {
				all++
			}
		})
		require.Equal(t, top, all, "%s: a secret deeper down would be lost by an edit", kind)
	}
}

func TestProblemsOfAnEditNameTheField(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	for _, c := range []struct{ kind, key, body, path, text string }{
		{"places", "lyon", `{"name": "lyon", "title": "Lyon", "open": {"mon": "9-5"}}`, "open.mon", "are not hours"},
		{"places", "lyon", `{"name": "lyon"}`, "title", "a place needs `title`"},
		{"places", "lyon", `{"name": "lyon", "title": "Lyon", "adress": 1}`, "adress", "did you mean `address`?"},
		{"places", "lyon", `{"name": "lyon", "title": null}`, "title", "it is empty"},
		{"places", "lyon", `{"name": "lyon", "title": "a", "title": "b"}`, "title", "given twice"},
		{"places", "lyon", `{"name": "nice", "title": "Nice"}`, "name", "this is place lyon, not nice"},
		{"places", "", `[]`, "", "must be a map"},
		{"places", "", `{"name": "x"`, "", "this is not JSON"},
		{"places", "", `{} {}`, "", "something follows"},
		{"flows", "hello", `{}`, "", "no objects that are edited as documents"},
		{"catalogues", "pizza-roma", `{"program": "pizza-roma", "items": [{"name": "a"}, {"name": "b", "price": "1,5"}]}`, "items[1].price", "is not a price"},
		{"catalogues", "pizza-roma", `{"program": "pizza-roma", "items": [{"price": 1}]}`, "items[0].name", "needs `name`"},
		{"keywords", "36111 pizza", `[{"short_code": "36111", "word": "PIZZA", "program": "a", "flow": "b"}, {"short_code": "36111", "word": "Roma", "program": "a", "flow": "b", "days": "mon"}]`, "[1].word", "this is keyword 36111 pizza, not 36111 roma"},
		{"keywords", "36111 pizza", `[]`, "", "the list is empty"},
		{"carriers", "orange", `{"name": "orange", "addr": "a:1", "system_id": "s", "password": "much too long"}`, "password", "longer than the 8 characters"},
	} {
		edit, problems := ReadObject(shop, c.kind, c.key, []byte(c.body))
		require.Len(t, problems, 1, c.body)
		require.Contains(t, problems[0].String(), c.text)
		require.Equal(t, c.path, edit.Path(problems[0]), c.body)
		require.NotContains(t, problems[0].String(), "much too long")
	}
}

func TestProblemsOfTheWholeShopNameTheFieldToo(t *testing.T) {
	t.Parallel()
	shop := shopOf(t, fullShop)
	edit, problems := ReadObject(shop, "offers", "spot", []byte(`{"name": "spot", "program": "none"}`))
	require.Empty(t, problems)
	_, problems = Compile(Merge(shop, edit.Wanted), DefaultRules(), &Flows{})
	require.Len(t, problems, 1)
	require.Equal(t, "program", edit.Path(problems[0]))
}

func FuzzReadObject(f *testing.F) {
	shop := &Shop{}
	for _, seed := range []string{`{}`, `[{"word": "a"}]`, `{"a": [{"b": {}}]}`, `{"name": "\ud83d\ude00"}`, strings.Repeat("[", 200)} {
		f.Add("places", []byte(seed))
		f.Add("keywords", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		edit, problems := ReadObject(shop, kind, "", body)
		for _, p := range problems {
			_ = edit.Path(p)
		}
		if !problems.Failed() {
			require.NotEmpty(t, edit.Key)
		}
	})
}
