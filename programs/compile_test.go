package programs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"repartee/programs"
	"repartee/smpp/coding"
)

// sound is a shop without a problem; %s is for one more object or key.
const sound = `carriers:
  - {name: orange, addr: "127.0.0.1:2775", system_id: shop}
programs:
  - {name: pizza-roma, brand: Pizza Roma, title: Offers, contact: "0800 111 222", country: FR, languages: [fr, en], time_zone: Europe/Paris}
  - {name: club, brand: Casino, contact: club@casino.example, country: FR, languages: [fr], time_zone: Europe/Paris}
short_codes:
  - {number: 36111, country: FR, carriers: [orange], program: pizza-roma}
places:
  - {name: lyon, title: Lyon}
keywords:
  - {short_code: 36111, word: PIZZA, aliases: [ROMA], program: pizza-roma, flow: hello}
  - {short_code: 36111, word: TABLE, program: club, flow: hello, place: lyon, from: 2026-11-20T20:00, until: 2026-11-20T22:00}
flows:
  - flow: hello
    start: a
    states:
      a: {say: {fr: "Bonjour", en: "Hello"}, end: done}
`

func compile(t *testing.T, text string) (*programs.Snapshot, programs.Problems) {
	t.Helper()
	shop := programs.Merge(&programs.Shop{}, mustRead(t, text))
	for i, c := range shop.Carriers {
		c.ID = int32(i + 1)
	}
	for i, p := range shop.Programs {
		p.ID = int32(i + 1)
	}
	return programs.Compile(shop, programs.DefaultRules(), &programs.Flows{})
}

func TestCompileResolvesReferences(t *testing.T) {
	t.Parallel()
	s, problems := compile(t, sound)
	require.Empty(t, problems)
	code := s.Codes[36111]
	require.Same(t, s.Carrier("orange"), code.Carriers[0])
	require.Same(t, s.Program("pizza-roma"), code.Program)
	require.Same(t, s.Programs[code.Program.ID], code.Program)
	require.Equal(t, "Europe/Paris", code.Program.Zone.String())
	require.Equal(t, []string{"fr", "en"}, code.Languages)
	require.Equal(t, map[string]string{
		"pizza": "pizza-roma", "roma": "pizza-roma", "pizza roma": "pizza-roma", "offers": "pizza-roma", "table": "club", "club": "club",
	}, code.Programs)
	require.Equal(t, 1, s.Flow("hello", 0).Version)
	require.Nil(t, s.Flow("hello", 2))
	require.Nil(t, s.Flow("other", 0))
	require.Nil(t, s.Carrier("sfr"))
	require.Nil(t, s.Program("none"))
}

func TestCompiledKeywordsFollowTheirWindow(t *testing.T) {
	t.Parallel()
	s, problems := compile(t, sound)
	require.Empty(t, problems)
	paris := s.Program("club").Zone
	for at, want := range map[time.Time]bool{
		time.Date(2026, 11, 20, 19, 59, 59, 0, paris): false,
		time.Date(2026, 11, 20, 20, 0, 0, 0, paris):   true,
		time.Date(2026, 11, 20, 22, 0, 0, 0, paris):   false,
	} {
		_, found := s.Router.Match(36111, "table", at)
		require.Equal(t, want, found, at)
	}
	route, found := s.Router.Match(36111, "Roma", time.Date(2026, 1, 1, 0, 0, 0, 0, paris))
	require.True(t, found)
	require.Equal(t, "hello", route.Keyword.Flow)
}

// TestKeywordsGiveInputs: each keyword gives what its flow requires, in a form
// that the flow can read; the problem stands at the keyword's own key.
func TestKeywordsGiveInputs(t *testing.T) {
	t.Parallel()
	seated := strings.Replace(sound, "    start: a", "    inputs: {table: number, until: {type: time, default: \"14:30\"}}\n    start: a", 1)
	for _, tc := range []struct{ pizza, table, want string }{ // « marks where the problem stands
		{"flow: «hello", "inputs: {table: 4}", "keyword 36111 PIZZA does not give input `table` of flow hello: write inputs: {table: …}, or give it a default in the flow"},
		{"flow: hello, inputs: «{until: 12:30}", "inputs: {table: 4}", "keyword 36111 PIZZA does not give input `table` of flow hello: write inputs: {table: …}, or give it a default in the flow"},
		{"flow: hello, inputs: {table: 4}", "inputs: {table: «four}", "keyword 36111 TABLE: input `table` of flow hello wants number, not \"four\""},
		{"flow: hello, inputs: {table: 4}", "inputs: {table: 4, until: «late}", "keyword 36111 TABLE: input `until` of flow hello wants time, not \"late\""},
		{"flow: hello, inputs: {table: 4}", "inputs: {table: 4, till: «12:30}", "keyword 36111 TABLE: `till` is not an input of flow hello: there is table, until"},
	} {
		text := strings.Replace(seated, "flow: hello}", tc.pizza+"}", 1)
		before, after, _ := strings.Cut(strings.Replace(text, "place: lyon", tc.table, 1), "«")
		_, problems := compile(t, before+after)
		require.NotEmpty(t, problems, tc.want)
		at := fmt.Sprintf("shops/shop.yaml:%d:%d: ", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])+1)
		require.Equal(t, at+tc.want, problems[0].String())
	}
}

func TestCompileProblems(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ old, new, want string }{ // « marks where the problem stands, if that says more than the line
		{"carriers: [orange]", "carriers: [«orang]", "short code 36111: `orang` is not a carrier: did you mean `orange`?"},
		{"carriers: [orange], program: pizza-roma", "carriers: [orange], program: «pizza-rom", "short code 36111: `pizza-rom` is not a program: did you mean `pizza-roma`?"},
		{"aliases: [ROMA], program: pizza-roma", "aliases: [ROMA], program: «pizza", "keyword 36111 PIZZA: `pizza` is not a program: there is club, pizza-roma"},
		{"aliases: [ROMA], program: pizza-roma, flow: hello", "aliases: [ROMA], program: pizza-roma, flow: «helo", "keyword 36111 PIZZA: `helo` is not a flow: did you mean `hello`?"},
		{"place: lyon", "place: «paris", "keyword 36111 TABLE: `paris` is not a place: there is lyon"},
		{"place: lyon", "language: «en", "keyword 36111 TABLE: `en` is not a language of program club: there is fr"},
		{"short_code: 36111, word: TABLE", "short_code: «36112, word: TABLE", "keyword 36112 TABLE: `36112` is not a short code of the shop: did you mean `36111`?"},
		{"until: 2026-11-20T22:00", "until: «2026-11-20T20:00", "keyword 36111 TABLE: `until` must be later than `from`"},
		{"languages: [fr], time", "languages: [fr], answers: {halp: «{fr: x}}, time", "program club: `halp` is not an answer: did you mean `help`?"},
		{"languages: [fr], time", "languages: [fr], answers: {help: {en: «x}}, time", "program club: `en` is not a language of it: there is fr"},
		{"languages: [fr], time", "languages: [fr], answers: {help: {fr: «\"{brnd}\"}}, time", "program club: `{brnd}` is not a parameter of an answer: did you mean `brand`?"},
		{"languages: [fr], time", "languages: [fr], answers: {help: {fr: «" + strings.Repeat("x", 161) + "}}, time", "program club: answer `help` in `fr` needs 2 SMS, one is allowed: shorten it"},
		{"languages: [fr], time", "languages: [fr], answers: {help: {fr: «" + strings.Repeat("ê", 71) + "}}, time", "program club: answer `help` in `fr` needs 2 SMS, one is allowed: shorten it, or use letters of the GSM alphabet only"},
		{"brand: Casino, contact: club@casino.example", "brand: «" + strings.Repeat("x", 40) + ", contact: " + strings.Repeat("y", 60), "needs 2 SMS, one is allowed: shorten brand, title or contact, or write the answer yourself"},
		{"languages: [fr], time", "languages: [fr, «cs], time", "program club: there is no answer `stop` in `cs`: write answers: {stop: {cs: …}}"},
		{"languages: [fr], time", "languages: [fr], quiet_hours: «FR-nowhere, time", "program club: `quiet_hours`: "},
		{"system_id: shop", "system_id: shop, temporary: [«0x58], permanent: [0x58]", "carrier orange: 0x58 is both temporary and permanent"},
		{"system_id: shop", "system_id: shop, receipts: «{errors: nobody}", "carrier orange: `receipts`: no map of error codes is called \"nobody\": use 8x8, dlt, flowroute, infobip, map, telnyx, twilio, vonage, or none and codes of your own"},
		{"system_id: shop", "system_id: shop, receipts: «{codes: {5: gone}}", "carrier orange: `receipts`: code 5 means \"gone\", which is no class of failure: use one of [absent unknown_subscriber barred handset content_blocked unsubscribed dnd out_of_hours network rejected unknown]"},
		{"system_id: shop", "system_id: shop, backoff: {min: 10s, max: «1s}", "carrier orange: `backoff.max` is shorter than `backoff.min`"},
		{"place: lyon", "inputs: {table: «\"12\"}", "keyword 36111 TABLE: `table` is not an input of flow hello"},
		{"    start: a", "    inputs: {table: text}\n    start: a", "keyword 36111 PIZZA does not give input `table` of flow hello: write inputs: {table: …}, or give it a default in the flow"},
		{"    start: a", "    tests: |\n      == hello\n      * start {}\n      < Bonsoir\n    start: a", "golden conversation `hello`"},
		{"word: TABLE", "word: «STOP", "keyword 36111 STOP: "},
		{"word: TABLE", "word: «ARRET", "keyword 36111 ARRET: "},
		{"word: TABLE", "word: «AIDE", "keyword 36111 AIDE: "},
		{"start: a", "start: «b", "`b`"},
	} {
		t.Run(tc.want+" "+tc.new, func(t *testing.T) {
			t.Parallel()
			marked := strings.Replace(sound, tc.old, tc.new, 1)
			before, after, _ := strings.Cut(marked, "«")
			at := fmt.Sprintf("shops/shop.yaml:%d:%d: ", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])+1)
			s, problems := compile(t, before+after)
			require.True(t, problems.Failed())
			require.Equal(t, problems, s.Problems)
			if strings.Contains(tc.new, "«") {
				require.True(t, strings.HasPrefix(problems[0].String(), at), "%s, not at %s", problems[0], at)
			}
			require.Contains(t, problems[0].String(), tc.want)
		})
	}
}

// TestAProblemHasNoFollowers: what refers to an object with a problem is not
// reported as well.
func TestAProblemHasNoFollowers(t *testing.T) {
	t.Parallel()
	for old, wrong := range map[string]string{
		"carriers: [orange]":                      "carriers: [orang]",
		"carriers: [orange], program: pizza-roma": "carriers: [orange], program: pizza",
		"languages: [fr], time":                   "languages: [fr], quiet_hours: FR-nowhere, time",
	} {
		_, problems := compile(t, strings.Replace(sound, old, wrong, 1))
		require.Len(t, problems, 1, "%s", problems)
	}
}

// TestCompileLeavesOutWhatIsWrong: a keyword that an earlier release accepted
// does not take the others with it.
func TestCompileLeavesOutWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, problems := compile(t, strings.Replace(sound, "word: TABLE", "word: STOP", 1))
	require.True(t, problems.Failed())
	now := time.Date(2026, 11, 20, 21, 0, 0, 0, time.UTC)
	_, found := s.Router.Match(36111, "pizza", now)
	require.True(t, found)
	_, found = s.Router.Match(36111, "stop", now)
	require.False(t, found)
}

func TestFlowsAreCompiledOnce(t *testing.T) {
	t.Parallel()
	flows := &programs.Flows{}
	load := func(text string, version int) *programs.Snapshot {
		shop := mustRead(t, text)
		shop.Flows = []*programs.Flow{{Name: "hello", Version: version, Source: shop.Flows[0].Source}} // as the database gives it
		s, problems := programs.Compile(shop, programs.DefaultRules(), flows)
		require.Empty(t, problems)
		return s
	}
	first := load(sound, 1).Flow("hello", 0)
	require.Same(t, first, load(sound, 1).Flow("hello", 0))
	next := load(strings.Replace(sound, "Bonjour", "Salut", 1), 2)
	require.NotSame(t, first, next.Flow("hello", 0))
	require.Same(t, first, next.Flow("hello", 1), "conversations on it go on")

	require.Nil(t, next.Flow("hello", 7))
	other, err := next.CompileFlow(&programs.Flow{Name: "hello", Version: 7, Source: "flow: hello\nstart: a\nstates:\n  a: {say: {fr: A, en: B}, end: done}\n"})
	require.NoError(t, err)
	require.Same(t, other, load(sound, 1).Flow("hello", 7))
}

// TestBuiltInAnswers: every answer exists in every language, in letters of the
// GSM alphabet, in one segment, whatever the country.
func TestBuiltInAnswers(t *testing.T) {
	t.Parallel()
	for _, country := range []string{"FR", "US", "CA", "DE"} {
		for _, title := range []string{"", "Offers"} {
			p := &programs.Program{Brand: "Pizza Roma", Title: title, Contact: "0800 111 222", Country: country, Frequency: programs.Frequency{PerMonth: 4}}
			for _, name := range programs.AnswerNames() {
				for _, lang := range programs.AnswerLanguages() {
					p.Languages = []string{lang}
					text := p.Answer(36111, name, lang)
					n, alphabet := coding.Count(text, coding.GSM7)
					require.Equal(t, 1, n, "%s %s %s: %s", country, name, lang, text)
					require.Equal(t, coding.GSM7, alphabet, "%s %s %s: %s", country, name, lang, text)
					require.NotContains(t, text, "{", "%s %s %s", country, name, lang)
					require.Contains(t, text, "Pizza Roma")
					require.NotContains(t, text, "Pizza Roma Pizza Roma")
					require.True(t, name != "stop-program" || strings.Contains(text, "STOP ALL"), "%s tells how to leave all", lang)
				}
			}
		}
	}
}

func TestAnswerPrefersTheNearest(t *testing.T) {
	t.Parallel()
	p := &programs.Program{
		Brand: "Roma", Title: "Offers", Contact: "help@roma.example", Country: "US", Languages: []string{"en", "es"}, Frequency: programs.Frequency{PerMonth: 4},
		Answers: programs.Answers{"unknown": {"en": "What? {contact}"}},
	}
	for _, tc := range []struct{ name, lang, want string }{
		{"stop", "en", "Roma Offers: you are unsubscribed and will get no more messages. Help: help@roma.example. Reply START to rejoin."},
		{"help", "en", "Roma Offers: help at help@roma.example. 4 msgs/month max. Msg&data rates may apply. Reply STOP to cancel."},
		{"unknown", "en", "What? help@roma.example"},
		{"unknown", "xx", "What? help@roma.example"},
		{"nothing", "en", ""},
	} {
		require.Equal(t, tc.want, p.Answer(47492, tc.name, tc.lang))
	}
	p.Frequency, p.Title, p.Country = programs.Frequency{}, "", "FR"
	require.Equal(t, "Roma: aide au help@roma.example. STOP au 36111 pour ne plus recevoir de SMS.", p.Answer(36111, "help", "fr"))
}

// TestCodingNames: what a carrier's keys may say is what package coding reads.
func TestCodingNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gsm7", "latin1", "ascii"} {
		_, err := coding.ParseZero(name)
		require.NoError(t, err)
	}
	for _, name := range []string{"udh8", "udh16", "sar", "payload"} {
		_, err := coding.ParseMethod(name)
		require.NoError(t, err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	with := func(open string) error {
		_, problems := compile(t, strings.Replace(sound, "  - flow: hello\n", "  - flow: hello\n    open: "+open+"\n", 1))
		return problems.Err()
	}
	require.NoError(t, with("finish"))
	require.NoError(t, with("{end: Bye}"))
	require.ErrorContains(t, with("{move: {old: nowhere}}"), "`nowhere` is not a state of the new version")
}
