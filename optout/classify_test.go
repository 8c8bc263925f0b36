package optout_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"repartee/optout"
)

// rows reads a table of testdata, the header left out.
func rows(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	r := csv.NewReader(f)
	r.Comment = '#'
	all, err := r.ReadAll()
	require.NoError(t, err)
	return all[1:]
}

// unescape reads \n, \r and \uXXXX.
func unescape(t testing.TB, s string) string {
	t.Helper()
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	require.NoError(t, err, "%s", s)
	return out
}

// contextOf reads "in dialog", "opt-in pending", "locale es", "FR SMS+ code".
func contextOf(s string) optout.Context {
	c := optout.Context{Dialog: strings.Contains(s, "in dialog"), OptInPending: strings.Contains(s, "pending"), SMSPlus: strings.Contains(s, "SMS+")}
	if _, lang, ok := strings.Cut(s, "locale "); ok {
		c.Languages = []string{lang}
	}
	return c
}

func TestClassifySheet(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "inbound.csv") {
		id, text, context, want, ambiguous := row[0], unescape(t, row[1]), row[2], row[3], row[4] == "yes"
		got := optout.Classify(text, contextOf(context))
		assert.Equal(t, want, got.Kind.String(), "%s %q (%s): %s", id, text, context, got.Rule)
		if want == "neither" {
			assert.Equal(t, ambiguous, got.Review, "%s %q: review", id, text)
		}
		assert.Equal(t, want == "neither" && got.MatchedBy == "", strings.HasPrefix(got.Rule, "14"), "%s: %s", id, got.Rule)
	}
}

func TestClassifyMore(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "inbound_more.csv") {
		text, context, want := unescape(t, row[0]), row[1], row[2]
		got := optout.Classify(text, contextOf(context))
		assert.Equal(t, want, got.Kind.String(), "%q (%s): %s", text, context, got.Rule)
		if row[3] != "" {
			assert.True(t, strings.HasPrefix(got.Rule, row[3]+":"), "%q: %s", text, got.Rule)
		}
		if row[4] != "" {
			assert.Equal(t, row[4] == "yes", got.Review, "%q: review", text)
		}
	}
}

func TestClassifyLanguages(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "inbound_languages.csv") {
		language, text, want := row[0], unescape(t, row[1]), row[2]
		got := optout.Classify(text, optout.Context{Languages: []string{language}})
		assert.Equal(t, want, got.Kind.String(), "%s %q: %s", language, text, got.Rule)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	c := optout.Context{Programs: map[string]string{"pizza": "pizza-roma", "news": "news", "free meal": "casino", "pizza roma": "pizza-roma"}}
	for text, want := range map[string]string{
		"STOP":                         "code",
		"STOP ALL":                     "all",
		"STOPALL":                      "all",
		"STOPP ALL":                    "all",
		"stop tout":                    "all",
		"please stop all":              "all",
		"Stop Pizza":                   "program pizza-roma",
		"STOP Pizza, please!":          "program pizza-roma",
		"stop the pizza messages":      "program pizza-roma",
		"stop all pizza":               "program pizza-roma",
		"STOP pizza roma":              "program pizza-roma",
		"STOP free meal":               "program casino",
		"STOP freemeal":                "code",
		"STOP foo":                     "code",
		"stop pizza news":              "code",
		"stop pizza or I sue":          "code",
		"STOP\npizza":                  "code",
		"cancel news":                  "code",
		"please stop texting me pizza": "code",
		"info pizza":                   "program pizza-roma",
		"start news":                   "program news",
		"subscribe news":               "program news",
		"start":                        "code",
	} {
		assert.Equal(t, want, optout.Classify(text, c).Scope.String(), "%q", text)
	}
}

func TestWrongNumber(t *testing.T) {
	t.Parallel()
	for text, kind := range map[string]string{"Wrong number": "neither", "mauvais numéro": "neither", "you have the wrong number, stop texting me": "opt-out", "vous vous êtes trompé de numéro": "neither"} {
		got := optout.Classify(text, optout.Context{})
		assert.True(t, got.WrongNumber && got.Review, "%q", text)
		assert.Equal(t, kind, got.Kind.String(), "%q", text)
	}
	assert.False(t, optout.Classify("the wrong size", optout.Context{}).WrongNumber)
}

// universal are opt-out words of every code.
var universal = []string{
	"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "UNSUB", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT", "OPT-OUT", "REMOVE", "TD",
	"ARRET", "ARRÊT", "ARRETE", "ARRETER", "ARRETT", "DESABONNER", "DÉSABONNEMENT", "DESINSCRIRE", "DÉSINSCRIPTION", "BAJA", "STOPP", "ABMELDEN", "ABMELDUNG",
	"ABBESTELLEN", "AUSTRAGEN", "DISISCRIVI", "CANCELLAMI", "AFMELDEN", "UITSCHRIJVEN", "SAIR", "PARE", "DESCADASTRAR", "REMOVER", "СТОП", "STOPPA", "AVREGISTRERA", "WYPISZ", "DEZABONARE", "退订",
}

// disguise writes a word as phones and people do.
func disguise(t *rapid.T, w string) string {
	switch rapid.SampledFrom([]string{"upper", "lower", "title", "wide", "cyrillic"}).Draw(t, "case") {
	case "cyrillic":
		w = strings.NewReplacer("A", "А", "B", "В", "E", "Е", "M", "М", "O", "О", "P", "Р", "C", "С", "T", "Т", "S", "Ѕ", "I", "І").Replace(w)
	case "lower":
		w = strings.ToLower(w)
	case "title":
		r := []rune(strings.ToLower(w))
		r[0] = unicode.ToUpper(r[0])
		w = string(r)
	case "wide":
		w = strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7F {
				return r + 0xFEE0
			}
			return r
		}, w)
	}
	if rapid.Bool().Draw(t, "decomposed") {
		w = norm.NFD.String(w)
	}
	if rapid.Bool().Draw(t, "hidden") {
		r := []rune(w)
		i := rapid.IntRange(0, len(r)).Draw(t, "at")
		w = string(r[:i]) + "\u200b" + string(r[i:])
	}
	around := rapid.SampledFrom(append(strings.Split(".,!?\"'«»()*-_ ", ""), "", "\u00a0", "…", "\r\n"))
	return around.Draw(t, "before") + w + around.Draw(t, "after")
}

func TestUniversalWordsInAnyDress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := disguise(t, rapid.SampledFrom(universal).Draw(t, "word"))
		c := optout.Context{Dialog: rapid.Bool().Draw(t, "dialog"), OptInPending: rapid.Bool().Draw(t, "pending"), SMSPlus: rapid.Bool().Draw(t, "sms+")}
		got := optout.Classify(text, c)
		assert.Equal(t, optout.OptOut, got.Kind, "%q: %s", text, got.Rule)
	})
}

// tails are what may follow a word, opt-out vocabulary included.
var tails = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"it please", "don't stop", "pizza", "ne pas", "not", "yes", "help", "“Liked”", "to", "🛑"}))

func TestStopInFrontAlwaysCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := "Stop " + tails.Draw(t, "tail")
		got := optout.Classify(text, optout.Context{Dialog: rapid.Bool().Draw(t, "dialog")})
		assert.Equal(t, optout.OptOut, got.Kind, "%q: %s", text, got.Rule)
	})
}

func TestCompositionDoesNotMatter(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.SampledFrom(append([]string{"don't", "please", "arrêtez", "vos", "sms", "help", "start", "🛑", "\n", "«", "A aimé", "numéro", "?"}, universal...)), rapid.StringN(0, 4, 8))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " ")
		c := optout.Context{Dialog: rapid.Bool().Draw(t, "dialog"), SMSPlus: rapid.Bool().Draw(t, "sms+")}
		assert.Equal(t, optout.Classify(norm.NFC.String(text), c), optout.Classify(norm.NFD.String(text), c), "%q", text)
	})
}

func TestReservedIsWhatClassifySays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.OneOf(rapid.SampledFrom(universal), rapid.SampledFrom([]string{"PIZZA", "FIN", "TSOP", "ST0P", "INFO", "START", "YES", "FREE MEAL", "AIDE MOI"}), rapid.String()).Draw(t, "word")
		free := optout.Reserved(w, []string{"fr"}) == ""
		assert.Equal(t, free, optout.Classify(w, optout.Context{Languages: []string{"fr"}}).Kind == optout.Neither, "%q", w)
	})
	assert.Equal(t, "an opt-out word", optout.Reserved("Cancel", nil))
	assert.Equal(t, "an opt-out word", optout.Reserved("FIN", []string{"fr", "es-ES"}))
	assert.Equal(t, "a help word", optout.Reserved("Info pizza", nil))
	assert.Equal(t, "", optout.ReservedAnswer("Info pizza", nil))
	assert.Equal(t, "a help word", optout.ReservedAnswer("Help", nil))
	assert.Equal(t, "an opt-in word", optout.Reserved("unstop", nil))
	assert.Equal(t, "", optout.Reserved("YES", nil))
	for _, w := range universal {
		assert.Equal(t, "an opt-out word", optout.Reserved(w, nil), w)
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"STOP", "don’t stop", "A aimé « x »", "s t 0 p", "🛑\ufe0f", "?", "stop\nhttps://x", "ne m'envoyez plus", "\xff\xfe", "wrong number", "opt me out", "👍 to “x”"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, dialog bool) {
		c := optout.Context{Languages: []string{"fr", "es"}, Programs: map[string]string{"pizza": "p"}, Dialog: dialog, OptInPending: dialog, SMSPlus: !dialog}
		got := optout.Classify(s, c)
		if got.Rule == "" || got.Kind == optout.OptOut && got.MatchedBy == "" {
			t.Errorf("%q: %+v", s, got)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for name, text := range map[string]string{
		"neither short": "2 large", "neither long": "I would like two large pizzas delivered to 12 High Street at eight this evening",
		"stop": "STOP", "intent": "Please stop texting me", "accents": "Où est la pizzéria la plus proche ?",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			c := optout.Context{Languages: []string{"fr", "en"}}
			for b.Loop() {
				_ = optout.Classify(text, c)
			}
		})
	}
}
