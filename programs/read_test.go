package programs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/programs"
)

// whole is a shop that uses every key.
const whole = `carriers:
  - name: orange
    addr: 127.0.0.1:2775
    system_id: shop
    password: {env: ORANGE_PASSWORD}
    system_type: SMPP
    address_range: ^36111$
    bind: pair
    sessions: 2
    window: 64
    throughput: 200
    tls: {ca_file: ca.pem, server_name: smsc.example, cert_file: me.pem, key_file: me.key}
    alphabet: latin1
    transliterate: true
    trim_nul: true
    segmentation: sar
    receipts: {enabled: true, response_id: hex, receipt_id: decimal, part: last}
    validity: false
    country_code: 33
    addresses: {short_code: 3/1, msisdn: 1/1, alphanumeric: 5/0, bind: 0/0}
    message_id_tag: 0x1401
    temporary: [ESME_RTHROTTLED, 0x410]
    permanent: [ESME_RSYSERR]
    timeouts: {bind: 5s, slot: 2s, response: 20s, write: 3s, enquire: 15s, deliver: 4s}
    backoff: {min: 2s, max: 2m, stable: 1m}
programs:
  - name: pizza-roma
    brand: Pizza Roma
    title: Offers
    contact: "0800 111 222"
    country: FR
    languages: [fr, en]
    currency: EUR
    time_zone: Europe/Paris
    terms_url: https://pizza.example/sms
    consent: double
    quiet_hours: {days: {mon-fri: "09:00-20:00", sat: "10:00-18:00", sun: closed}, holidays: open}
    frequency: {per_day: 2, per_week: 5, per_month: 10}
    survives_stop: bank cards
    staff: {kitchen: ["33600000001", "+33 6 00 00 00 02"]}
    answers: {help: {fr: "Aide: {contact}", en: "Help: {contact}"}}
    canned: [{title: Late, text: "Ten minutes more."}, {title: Closed, text: "We are closed."}]
short_codes:
  - number: 36111
    country: FR
    carriers: orange
    program: pizza-roma
    sms_plus: true
keywords:
  - {short_code: "36111", word: PIZZA, aliases: [PIZA, ROMA], program: pizza-roma, flow: pizza-order}
  - {short_code: "36111", word: TF1, program: pizza-roma, flow: coupon, language: fr, place: lyon, inputs: {campaign: tf1-prime},
     from: 2026-11-20T20:00, until: 2026-11-20T23:59, days: mon-fri, hours: "08:00-24:00", time_zone: Europe/Paris}
flows:
  - file: flows/pizza-order.yaml
    open: {move: {old: new}}
  - flow: coupon
    open: end Merci
    start: a
    states:
      a: {say: {fr: "Bonjour", en: "Hello"}, end: done}
places:
  - {name: lyon, title: Lyon Part-Dieu, address: 1 rue X, postcode: 69003, country: FR, hours: 9h-19h, time_zone: Europe/Paris}
`

// disk and env are what the readers of these tests see of the world.
func options() programs.Options {
	disk := map[string]string{
		"shops/flows/pizza-order.yaml": "flow: pizza-order\nstart: a\nstates:\n  a: {say: {fr: Oui, en: Yes}, end: done}\n",
		"shops/flows/other.yaml":       "title: no flow\n",
	}
	env := map[string]string{"ORANGE_PASSWORD": "s3cret", "EMPTY": ""}
	return programs.Options{
		ReadFile: func(path string) ([]byte, error) {
			if text, ok := disk[path]; ok {
				return []byte(text), nil
			}
			return nil, errors.New("open " + path + ": no such file")
		},
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
}

func read(t *testing.T, text string) (*programs.Shop, programs.Problems) {
	t.Helper()
	return programs.Read(options(), programs.Source{Name: "shops/shop.yaml", Text: []byte(text)})
}

func mustRead(t *testing.T, text string) *programs.Shop {
	t.Helper()
	shop, problems := read(t, text)
	require.Empty(t, problems)
	return shop
}

func TestReadWholeShop(t *testing.T) {
	t.Parallel()
	shop := mustRead(t, whole)
	c := shop.Carriers[0]
	require.Equal(t, "s3cret", c.Password)
	require.Equal(t, programs.TLS{Enabled: true, CAFile: "ca.pem", ServerName: "smsc.example", CertFile: "me.pem", KeyFile: "me.key"}, c.TLS)
	require.Equal(t, programs.TONNPI{TON: 3, NPI: 1}, c.Addresses.ShortCode)
	require.Equal(t, 0x1401, c.MessageIDTag)
	require.Equal(t, []string{"ESME_RTHROTTLED", "0x410"}, c.Temporary)
	require.Equal(t, 4*time.Second, c.Timeouts.Deliver)
	p := shop.Programs[0]
	require.Equal(t, "10:00-18:00", p.QuietHours.Days["sat"])
	require.EqualValues(t, 33600000002, p.Staff["kitchen"][1])
	require.Equal(t, []programs.Canned{{Title: "Late", Text: "Ten minutes more."}, {Title: "Closed", Text: "We are closed."}}, p.Canned)
	require.Equal(t, "Help: {contact}", p.Answers["help"]["en"])
	require.Equal(t, []string{"orange"}, shop.ShortCodes[0].Carriers)
	require.Equal(t, map[string]string{"campaign": "tf1-prime"}, shop.Keywords[1].Inputs)
	require.Equal(t, "pizza-order", shop.Flows[0].Name)
	require.Equal(t, map[string]string{"old": "new"}, shop.Flows[0].Open.Move)
	require.Equal(t, "flow: coupon\n\nstart: a\nstates:\n  a: {say: {fr: \"Bonjour\", en: \"Hello\"}, end: done}\n", shop.Flows[1].Source)
	require.Equal(t, programs.Open{Policy: "end", End: "Merci"}, shop.Flows[1].Open)
	require.Equal(t, "69003", shop.Places[0].Postcode)
}

func TestReadGivesDefaults(t *testing.T) {
	t.Parallel()
	shop := mustRead(t, `
carriers: [{name: orange, addr: "127.0.0.1:2775", system_id: shop}]
programs: [{name: roma, brand: Roma, contact: x@y.example, country: US, languages: en, time_zone: America/New_York}]
`)
	c := shop.Carriers[0]
	require.Equal(t, "transceiver", c.Bind)
	require.Equal(t, 1, c.Sessions)
	require.Equal(t, 10, c.Window)
	require.Equal(t, "gsm7", c.Alphabet)
	require.Equal(t, "udh8", c.Segmentation)
	require.True(t, c.Receipts.Enabled)
	require.Equal(t, "opaque", c.Receipts.ReceiptID)
	require.True(t, c.Validity)
	require.False(t, c.TLS.Enabled)
	require.Equal(t, "3/0", c.Addresses.ShortCode.String())
	require.Equal(t, 5*time.Second, c.Timeouts.Deliver)
	require.Equal(t, time.Minute, c.Backoff.Max)
	require.Equal(t, "USD", shop.Programs[0].Currency)
	require.Equal(t, "country", shop.Programs[0].QuietHours.Profile)
	require.Equal(t, "single", shop.Programs[0].Consent)
}

func TestReadFlowAsASourceOfItsOwn(t *testing.T) {
	t.Parallel()
	shop := mustRead(t, "# a flow\nflow: x\nstart: a\n")
	require.Equal(t, "x", shop.Flows[0].Name)
	require.Empty(t, shop.Flows[0].Open.Policy, "nobody has decided yet")
}

// TestReadProblems is the table of what a reader says to what is wrong.
func TestReadProblems(t *testing.T) {
	t.Parallel()
	carrier := "carriers:\n  - {name: a, addr: h:1, system_id: s, %s}\n"
	program := "programs:\n  - {name: a, brand: B, contact: c, country: FR, languages: [fr], time_zone: Europe/Paris, %s}\n"
	in := func(frame, keys string) string { return strings.Replace(frame, "%s", keys, 1) }
	for _, tc := range []struct{ text, want string }{
		{"", "shops/shop.yaml:1:1: the file is empty"},
		{"# nothing\n", "shops/shop.yaml:1:1: the file is empty"},
		{"- a\n", "shops/shop.yaml:1:1: the file must be a map of keys and values"},
		{"carrier: []\n", "shops/shop.yaml:1:1: `carrier` is not a kind of object: did you mean `carriers`?"},
		{"carriers: {name: a}\n", "shops/shop.yaml:1:11: `carriers` must be a list: begin each of them with a dash"},
		{"carriers: [a]\n", "shops/shop.yaml:1:12: a carrier must be a map of keys and values"},
		{"carriers: []\ncarriers: []\n", "shops/shop.yaml:2:1: `carriers` is given twice: first in line 1"},
		{in(carrier, "windw: 10"), "shops/shop.yaml:2:40: `windw` is not a key of a carrier: did you mean `window`?"},
		{in(carrier, "window: ten"), "shops/shop.yaml:2:48: `window`: \"ten\" is not a whole number"},
		{in(carrier, "window: 0"), "shops/shop.yaml:2:48: `window`: 0 is out of range: 1 to 10000 are allowed"},
		{in(carrier, "window:"), "shops/shop.yaml:2:47: `window`: it is empty: give a value or leave the key out"},
		{in(carrier, "window: [1]"), "shops/shop.yaml:2:48: `window`: one value is expected, not a list"},
		{in(carrier, "bind: tranceiver"), "shops/shop.yaml:2:46: `bind`: \"tranceiver\" is not allowed: use transceiver, transmitter, receiver or pair"},
		{in(carrier, "throughput: fast"), "shops/shop.yaml:2:52: `throughput`: \"fast\" is not a number"},
		{in(carrier, "throughput: .nan"), "shops/shop.yaml:2:52: `throughput`: \".nan\" is not a number"},
		{in(carrier, "password: ninechars"), "shops/shop.yaml:2:50: `password`: the value is longer than the 8 characters that SMPP allows"},
		{in(carrier, "password: {env: NOWHERE}"), "shops/shop.yaml:2:50: `password`: the environment variable NOWHERE is not set: set it, or write {env: NOWHERE, default: …}"},
		{in(carrier, "password: {file: x}"), "shops/shop.yaml:2:51: `password` is one value, or {env: NAME, default: VALUE}"},
		{in(carrier, "system_type: thirteen char"), "shops/shop.yaml:2:53: `system_type`: \"thirteen char\" is longer than the 12 characters that are allowed"},
		{in(carrier, "tls: maybe"), "shops/shop.yaml:2:45: `tls` is true, false or a map of ca_file, server_name, cert_file and key_file"},
		{in(carrier, "tls: {cert_file: x}"), "shops/shop.yaml:2:45: `tls`: `cert_file` and `key_file` go together"},
		{in(carrier, "receipts: {receipt_id: octal}"), "shops/shop.yaml:2:63: `receipt_id`: \"octal\" is not allowed: use opaque, decimal or hex"},
		{in(carrier, "timeouts: {response: 10}"), "shops/shop.yaml:2:61: `response`: \"10\" is not a duration: write it such as 500ms, 10s or 2m"},
		{in(carrier, "timeouts: {deliver: 10m}"), "shops/shop.yaml:2:60: `deliver`: 10m is out of range: 1s to 1m are allowed"},
		{in(carrier, "addresses: {msisdn: 1}"), "shops/shop.yaml:2:60: `msisdn`: \"1\" is not a TON and NPI: write them such as 1/1"},
		{in(carrier, "temporary: [ESME_THROTTLED]"), "shops/shop.yaml:2:52: `temporary`: \"ESME_THROTTLED\" is not a command_status: write its name, such as ESME_RTHROTTLED, or its number, such as 0x58"},
		{in(carrier, "temporary: [0]"), "shops/shop.yaml:2:52: `temporary`: ESME_ROK is success: it is neither temporary nor permanent"},
		{in(carrier, "country_code: +33"), "shops/shop.yaml:2:54: `country_code`: \"+33\" is not a country code: write its digits, such as 33"},
		{in(carrier, "transliterate: perhaps"), "shops/shop.yaml:2:55: `transliterate`: \"perhaps\" is neither true nor false"},
		{"carriers:\n  - {name: Big, addr: nowhere, system_id: \"\"}\n", `shops/shop.yaml:2:12: ` + "`name`" + `: "Big" is not a name: use small letters, digits, dot, dash and underscore, beginning with a letter, such as pizza-roma
shops/shop.yaml:2:23: ` + "`addr`" + `: "nowhere" is not an address: write host:port, such as smsc.example.net:2775
shops/shop.yaml:2:43: ` + "`system_id` is empty"},
		{"carriers:\n  - {name: a, addr: h:1, system_id: sixteen-letters-}\n", "shops/shop.yaml:2:37: `system_id`: \"sixteen-letters-\" is longer than the 15 characters that are allowed"},
		{"carriers:\n  - name: a\n", "shops/shop.yaml:2:5: a carrier needs `addr`\nshops/shop.yaml:2:5: a carrier needs `system_id`"},
		{in(carrier, "x: &y z"), "shops/shop.yaml:2:40: `x` is not a key of a carrier"},
		{in(program, "consent: &y single"), "shops/shop.yaml:2:101: `consent`: anchors, aliases and merge keys are not understood: write it out"},
		{in(program, "consent: !!str single"), "shops/shop.yaml:2:101: `consent`: tags are not understood: leave it out"},
		{in(program, "currency: EURO"), "shops/shop.yaml:2:102: `currency`: \"EURO\" is not a currency: write its three letters of ISO 4217, such as EUR"},
		{in(program, "terms_url: pizza.example"), "shops/shop.yaml:2:103: `terms_url`: \"pizza.example\" is not a web address: write it with https://"},
		{in(program, "quiet_hours: {days: {mon-fry: \"9-20\"}}"), "shops/shop.yaml:2:122: `quiet_hours`: \"mon-fry\" are not weekdays: write them such as mon-fri or mon,wed,sat"},
		{in(program, "quiet_hours: {days: {mon-fri: \"20:00-09:00\"}}"), "shops/shop.yaml:2:122: `quiet_hours`: \"20:00-09:00\" are not hours: write them such as 08:00-20:00, the first before the last"},
		{in(program, "quiet_hours: {days: {mon-fri: \"08:00-20:00\", fri: closed}}"), "shops/shop.yaml:2:112: `quiet_hours`: fri is named twice"},
		{in(program, "staff: {kitchen: [\"0600000001\"]}"), "shops/shop.yaml:2:110: `staff.kitchen`: \"0600000001\" is a national number: write it with its country code, such as 33612345678"},
		{in(program, "staff: {The Kitchen: []}"), "shops/shop.yaml:2:100: `staff`: \"The Kitchen\" is not a name: use small letters, digits, dot, dash and underscore, beginning with a letter, such as pizza-roma"},
		{"programs:\n  - {name: a, brand: B, contact: c, country: Fr, languages: [no], time_zone: Paris}\n", `shops/shop.yaml:2:46: ` + "`country`" + `: "Fr" is not a country: write its two letters of ISO 3166-1 in capitals, such as FR
shops/shop.yaml:2:62: ` + "`languages`" + `: "no" is not a language: write its two letters of ISO 639-1, such as fr; Norwegian is nb
shops/shop.yaml:2:78: ` + "`time_zone`" + `: "Paris" is not a time zone: write its IANA name, such as Europe/Paris`},
		{"short_codes:\n  - {number: 012, country: FR, carriers: [], program: p}\n", `shops/shop.yaml:2:14: ` + "`number`" + `: "012" is not a short code: 3 to 9 digits are expected, such as 36111
shops/shop.yaml:2:42: ` + "`carriers` is empty"},
		{"keywords:\n  - {short_code: 36111, word: A, program: p, flow: f, from: tomorrow, days: someday, hours: 8-9}\n", `shops/shop.yaml:2:61: ` + "`from`" + `: "tomorrow" is not a moment: write it such as 2026-11-20T20:00
shops/shop.yaml:2:77: ` + "`days`" + `: "someday" are not weekdays: write them such as mon-fri or mon,wed,sat
shops/shop.yaml:2:93: ` + "`hours`" + `: "8-9" are not hours: write them such as 08:00-20:00, the first before the last`},
		{"flows:\n  - file: flows/none.yaml\n", "shops/shop.yaml:2:11: `file`: open shops/flows/none.yaml: no such file"},
		{"flows:\n  - file: flows/other.yaml\n", "shops/flows/other.yaml:1:1: this is not a flow: its first key must be `flow` with the flow's name"},
		{"flows:\n  - open: finish\n", "shops/shop.yaml:2:5: a flow needs `file` or `source`, or to be the flow itself with `flow`"},
		{"flows:\n  - {flow: x, start: a}\n", "shops/shop.yaml:2:5: a flow inside another file must be in block form: write it in lines, without { }"},
		{"flows:\n  - flow: x\n    open: never\n", "shops/shop.yaml:3:11: `open`: \"never\" is not allowed: use finish, {move: {old: new}} or {end: TEXT}"},
		{"places:\n  - {name: a, title: \"a\\u0000b\"}\n", "shops/shop.yaml:2:22: `title`: the value has the control character U+0000: remove it"},
		{"places:\n  - {name: a, title: A}\n  - {name: a, title: B}\n", "shops/shop.yaml:3:5: place a is given twice: first at shops/shop.yaml:2:5"},
		{"places: []\n---\nplaces: []\n", "shops/shop.yaml:3:1: the file holds more than one document: write them into several files"},
		{"places:\n\t- a\n", "shops/shop.yaml:2:1: found character '\\t' that cannot start any token: indent with spaces"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			_, problems := read(t, tc.text)
			require.Equal(t, tc.want, problems.Error(), "for\n%s", tc.text)
		})
	}
}

func TestAHostileFileIsRefusedQuickly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("[", 1<<20), strings.Repeat("{a: ", 1<<18), "a: " + strings.Repeat("- ", 1<<18),
		strings.Repeat("x", 5<<20), strings.Repeat("\"", 1<<20), strings.Repeat("-\n", 1<<20), strings.Repeat("a: b\n", 1<<18), strings.Repeat("!a ", 1<<20),
		"[" + strings.Repeat(",", 1<<20), strings.Repeat(":", 1<<20), strings.Repeat("? ", 1<<18), "carriers: *x", "<<: {}", "\xff\xfe", "carriers:\n- \x00",
	} {
		began := time.Now()
		_, problems := read(t, text)
		require.True(t, problems.Failed())
		require.Less(t, time.Since(began), 5*time.Second, "%.20q", text)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add("flow: x\nstart: a\n")
	f.Add("carriers: [{name: {env: A, default: b}}]")
	f.Add("flows:\n  - flow: x\n    open: {move: {a: b}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		shop, problems := programs.Read(options(), programs.Source{Name: "shop.yaml", Text: []byte(text)})
		for _, p := range problems {
			if p.At.Line < 1 || p.At.Column < 1 || p.Text == "" {
				t.Fatalf("a problem without a place: %q", p)
			}
		}
		if problems.Failed() {
			return
		}
		for _, c := range programs.Plan(shop, shop) {
			if c.Op != programs.Keep {
				t.Fatalf("a shop differs from itself: %s", c)
			}
		}
	})
}
