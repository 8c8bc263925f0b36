package fold_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"repartee/sms/fold"
)

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                               "",
		"  STOP \r\n":                    "stop",
		"Arrêt !":                        "arret",
		"arre\u0302t":                    "arret",
		"ＳＴＯＰ":                           "stop",
		"\u00a0stop\u00a0":               "stop",
		"ST\u200bOP":                     "stop",
		"\ufeffSTOP":                     "stop",
		"ST\u00adOP":                     "stop",
		"don't":                          "dont",
		"don’t":                          "dont",
		"don‘t":                          "dont",
		"don`t":                          "dont",
		"don´t":                          "dont",
		"m´envoyez":                      "menvoyez",
		"Straße GROẞ":                    "strasse gross",
		"œuf Æther":                      "oeuf aether",
		"İstanbul ırk":                   "istanbul irk",
		"ΣΤΟΠ στος":                      "στοπ στοσ",
		"СТОП й":                         "стоп и",
		"ﬁn":                             "fin",
		"pizza🍕2":                        "pizza 2",
		"👍🏽":                             "",
		"🅂🆃🅾\ufe0f🅟":                     "stop",
		"1\ufe0f\u20e3":                  "1",
		"½ l":                            "1 2 l",
		"한국":                             norm.NFD.String("한국"),
		"a\xffb":                         "a b",
		"हिन्दी":                         strings.ReplaceAll(strings.ReplaceAll("हिन्दी", "\u094d", ""), "", ""),
		"S.T-O_P":                        "s t o p",
		"Pizza\u2028lyon":                "pizza lyon",
		"\u3164STOP\u115f":               "stop",
		"e\u0301\u0302\u0303lite\u0327s": "elites",
	} {
		assert.Equal(t, want, fold.Text(in), "%q", in)
	}
}

func TestLettersKeepsPunctuation(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a aime « stop »\n🛑", fold.Letters("A aimé «\u00a0STOP\u00a0»\n🛑\ufe0f"))
	assert.Equal(t, "nothing to do", fold.Letters("nothing to do"))
}

func TestRest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"Pizza: 2 Large", 1, ": 2 Large"},
		{"Pizza", 1, ""},
		{"  PIZZA  Lyon ", 1, "  Lyon "},
		{"arre\u0302t Été", 1, " Été"},
		{"free meal now", 2, " now"},
		{"free", 2, ""},
		{"PIZZA🍕 large", 1, "🍕 large"},
		{"d'accord oui", 1, " oui"},
		{"one two", 0, "one two"},
	} {
		assert.Equal(t, c.want, fold.Rest(c.in, c.n), "%q %d", c.in, c.n)
	}
}

// texts makes strings of the characters that people and phones really send.
func texts() *rapid.Generator[string] {
	return rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("stopSTOP éÉêß'’´`\u200b\ufe0f\u0301\n🛑ＳｔÅﬁ한가각"))))
}

func TestFoldingIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkFold(t, texts().Draw(t, "text")) })
}

// checkFold holds for every text: folding is idempotent, blind to composition
// and case, and all functions agree.
func checkFold(t assert.TestingT, s string) {
	text := fold.Text(s)
	assert.Equal(t, text, fold.Text(text), "%q: idempotent", s)
	assert.Equal(t, text, strings.Join(fold.Words(s), " "), "%q: words", s)
	assert.Equal(t, text, strings.Join(fold.Fields(fold.Letters(s)), " "), "%q: letters", s)
	assert.True(t, utf8.ValidString(text))
	if utf8.ValidString(s) {
		assert.Equal(t, text, fold.Text(norm.NFC.String(s)), "%q: NFC", s)
		assert.Equal(t, text, fold.Text(norm.NFD.String(s)), "%q: NFD", s)
	}
	for n := range min(4, len(fold.Words(s))) {
		assert.True(t, slices.Equal(fold.Words(s)[n:], fold.Words(fold.Rest(s, n))) || strings.ContainsFunc(s, multi), "%q: rest %d", s, n)
	}
}

// TestEveryCharacterFoldsAsItsPartsDo takes each character between two letters.
func TestEveryCharacterFoldsAsItsPartsDo(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= unicode.MaxRune; r++ {
		s := "a" + string(r) + "b"
		want := fold.Text(s)
		if fold.Text(norm.NFD.String(s)) != want || fold.Text(norm.NFC.String(s)) != want || fold.Text(want) != want {
			t.Errorf("%U: %q", r, want)
		}
	}
}

// multi reports characters that are several words by themselves ("½").
func multi(r rune) bool { return len(fold.Words(string(r))) > 1 }

func FuzzFold(f *testing.F) {
	for _, s := range []string{"STOP", "arrêt", "don´t", "ＳＴＯＰ", "½ l\u0301", "한국", "\xff\xfe", "ﷺ", "🆂🆃🅾🅿", "\u1e9e\u0345", "a\u1fdfb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFold(t, s) })
}

func BenchmarkText(b *testing.B) {
	for name, s := range map[string]string{"ascii": "Hello, I would like 2 large pizzas please", "latin": "Bonjour, où est la pizzéria à côté ?", "cyrillic": "Здравствуйте, где ближайший магазин?"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = fold.Text(s)
			}
		})
	}
}
