package keywords_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/keywords"
	"repartee/sms"
	"repartee/sms/fold"
)

const code sms.ShortCode = 36111

var paris = func() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return l
}()

func moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", s, paris)
	if err != nil {
		panic(err)
	}
	return t
}

// sound compiles keywords that must have no errors.
func sound(t testing.TB, ks ...keywords.Keyword) *keywords.Router {
	t.Helper()
	for i := range ks {
		if ks[i].Code == 0 {
			ks[i].Code = code
		}
	}
	r, problems := keywords.Compile(ks, nil)
	for _, p := range problems {
		require.True(t, p.Warning, p.Text)
	}
	return r
}

// show writes a route for comparison.
func show(r keywords.Route, ok bool) string {
	if !ok {
		return "none"
	}
	s := r.Keyword.Flow + " [" + r.Args + "]"
	if r.Alone {
		s += " alone"
	}
	if r.Typo {
		s += " typo"
	}
	return s
}

func TestMatch(t *testing.T) {
	t.Parallel()
	r := sound(t,
		keywords.Keyword{Word: "PIZZA", Aliases: []string{"PIZA", "Roma"}, Flow: "pizza"},
		keywords.Keyword{Word: "Vote", Flow: "vote"},
		keywords.Keyword{Word: "free meal", Flow: "meal"},
		keywords.Keyword{Word: "FREE", Flow: "free"},
		keywords.Keyword{Word: "Été", Flow: "summer"},
		keywords.Keyword{Word: "VOTE3", Flow: "vote3"},
		keywords.Keyword{Word: "бонус", Flow: "bonus"},
		keywords.Keyword{Word: "COUPON", Flow: "coupon"},
		keywords.Keyword{Word: "COUPONS", Flow: "coupons"},
		keywords.Keyword{Code: 99, Word: "OTHER", Flow: "other"},
	)
	for text, want := range map[string]string{
		"PIZZA":                  "pizza [] alone",
		"  pizza!! ":             "pizza [] alone",
		"Ｐｉｚｚａ":                  "pizza [] alone",
		"piz\u200bza":            "pizza [] alone",
		"PIZZA 🍕":                "pizza [🍕] alone",
		"PIZZA 2 Large":          "pizza [2 Large]",
		"Pizza: 2 Large, thanks": "pizza [2 Large, thanks]",
		"Pizza - 2 large":        "pizza [2 large]",
		"pizza-2":                "pizza [2]",
		"PIZZA -5":               "pizza [-5]",
		"PIZZA\nLyon\n":          "pizza [Lyon]",
		`"PIZZA" Été à Lyon`:     "pizza [Été à Lyon]",
		`PIZZA "a b"`:            `pizza ["a b"]`,
		"roma 3":                 "pizza [3]",
		"piza":                   "pizza [] alone",
		"VOTE 3":                 "vote [3]",
		"vote3":                  "vote3 [] alone",
		"vote4":                  "none",
		"VOTES":                  "none",
		"free meal for two":      "meal [for two]",
		"FREE-MEAL":              "meal [] alone",
		"free pizza":             "free [pizza]",
		"ete":                    "summer [] alone",
		"E\u0301te\u0301 2026":   "summer [2026]",
		"БОНУС":                  "bonus [] alone",
		"бонусс 1":               "bonus [1] typo",
		"pizzza 2":               "pizza [2] typo",
		"pizzq 2":                "pizza [2] typo",
		"pzizar":                 "none",
		"pziza":                  "pizza [] alone typo",
		"freemeal":               "meal [] alone typo",
		"free maal now":          "free [maal now]",
		"coupno":                 "coupon [] alone typo",
		"coupo":                  "coupon [] alone typo",
		"couponx":                "none",
		"I want PIZZA":           "none",
		"other":                  "none",
		"":                       "none",
		"!?":                     "none",
		"🍕":                      "none",
	} {
		got, ok := r.Match(code, text, time.Now())
		assert.Equal(t, want, show(got, ok), "%q", text)
	}
	got, ok := r.Match(99, "other", time.Now())
	assert.Equal(t, "other [] alone", show(got, ok))
	_, ok = r.Match(98, "other", time.Now())
	assert.False(t, ok, "an unknown code")
	got, _ = r.Match(code, "PIZA x", time.Now())
	assert.Equal(t, "keyword PIZZA, alias PIZA", got.Rule)
	got, _ = r.Match(code, "pizzza", time.Now())
	assert.Equal(t, "keyword PIZZA, one letter off", got.Rule)
}

func TestWindows(t *testing.T) {
	t.Parallel()
	r := sound(t,
		keywords.Keyword{Word: "TF1", Flow: "always"},
		keywords.Keyword{Word: "TF1", Flow: "november", From: moment("2026-11-01T00:00"), Until: moment("2026-12-01T00:00"), Zone: paris},
		// The wall clock counts, whatever zone the value carries.
		keywords.Keyword{Word: "TF1", Flow: "prime", From: time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC), Until: moment("2026-11-20T23:59"), Zone: paris},
		keywords.Keyword{Word: "NIGHT", Flow: "night", Days: "fri,sat", Hours: "22:00-24:00", Zone: paris},
		keywords.Keyword{Word: "LUNCH", Flow: "lunch", Days: "mon-fri", Hours: "11:30-14:00", Zone: paris},
		keywords.Keyword{Word: "LATE", Flow: "late", From: moment("2026-11-20T20:00"), Zone: paris},
		keywords.Keyword{Word: "NIGHTS", Flow: "open"},
	)
	for in, want := range map[string]string{
		"TF1 2026-10-31T23:59":   "always",
		"TF1 2026-11-01T00:00":   "november",
		"TF1 2026-11-20T19:59":   "november",
		"TF1 2026-11-20T20:00":   "prime",
		"TF1 2026-11-20T23:58":   "prime",
		"TF1 2026-11-20T23:59":   "november",
		"TF1 2026-12-01T00:00":   "always",
		"NIGHT 2026-11-20T22:00": "night",
		"NIGHT 2026-11-20T21:59": "", // closed, and never taken for NIGHTS
		"NIGHT 2026-11-21T23:59": "night",
		"NIGHT 2026-11-22T22:00": "",
		"LUNCH 2026-11-20T12:00": "lunch",
		"LUNCH 2026-11-20T14:00": "",
		"LUNCH 2026-11-22T12:00": "",
		"LATE 2026-11-20T19:59":  "",
		"LATE 2030-01-01T00:00":  "late",
		// The last Sunday of March: 11:30 is 09:30Z, a day before 10:30Z.
		"LUNCH 2026-03-30T11:30": "lunch",
	} {
		word, when, _ := strings.Cut(in, " ")
		got, ok := r.Match(code, word, moment(when))
		if want == "" {
			assert.False(t, ok, in)
			continue
		}
		require.True(t, ok, in)
		assert.Equal(t, want, got.Keyword.Flow, in)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	r := sound(t,
		keywords.Keyword{Word: "PIZZA", Flow: "any"},
		keywords.Keyword{Word: "PIZZA", Flow: "lyon", Place: "lyon"},
		keywords.Keyword{Word: "PIZZA", Flow: "part-dieu", Place: "lyon-part-dieu"},
		keywords.Keyword{Word: "MENU", Flow: "menu-nice", Place: "nice"},
		keywords.Keyword{Word: "MENU", Flow: "menu-lille", Place: "lille"},
		keywords.Keyword{Word: "POSTER", Flow: "poster", Place: "gare"},
	)
	for text, want := range map[string]string{
		"PIZZA":                  "any [] alone",
		"PIZZA 2":                "any [2]",
		"pizza Lyon 2 large":     "lyon [2 large]",
		"PIZZA LYON":             "lyon [] alone",
		"pizza lyon part dieu !": "part-dieu [] alone",
		"pizza lyonnaise":        "any [lyonnaise]",
		"menu":                   "menu-nice [] alone",
		"menu lille 3":           "menu-lille [3]",
		"poster":                 "poster [] alone",
		"piza lyon x":            "lyon [x] typo",
	} {
		got, ok := r.Match(code, text, time.Now())
		assert.Equal(t, want, show(got, ok), "%q", text)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	reserved := func(w string) string {
		if fold.Text(w) == "stop" {
			return "an opt-out word"
		}
		return ""
	}
	k := func(word string) keywords.Keyword { return keywords.Keyword{Code: code, Word: word} }
	window := func(word, from, until string) keywords.Keyword {
		w := k(word)
		w.From, w.Until, w.Zone = moment(from), moment(until), paris
		return w
	}
	with := func(base keywords.Keyword, change func(*keywords.Keyword)) keywords.Keyword {
		change(&base)
		return base
	}
	for name, c := range map[string]struct {
		ks   []keywords.Keyword
		want []string
	}{
		"fine":                 {[]keywords.Keyword{k("A"), k("B")}, nil},
		"same word":            {[]keywords.Keyword{k("Pizza"), k("PIZZÂ!")}, []string{"1: PIZZÂ! is also a word of the keyword Pizza at the same time"}},
		"other code":           {[]keywords.Keyword{k("Pizza"), {Code: 99, Word: "Pizza"}}, nil},
		"alias taken":          {[]keywords.Keyword{k("Roma"), with(k("Pizza"), func(k *keywords.Keyword) { k.Aliases = []string{"ROMA"} })}, []string{"1: ROMA is also a word of the keyword Roma at the same time"}},
		"alias twice":          {[]keywords.Keyword{with(k("Pizza"), func(k *keywords.Keyword) { k.Aliases = []string{"pizza."} })}, []string{"0 w: the alias pizza. is the same word again: case, accents and punctuation do not count"}},
		"reserved":             {[]keywords.Keyword{k("Stop")}, []string{"0: Stop is an opt-out word: a phone that sends it means that, whatever the keyword says"}},
		"empty":                {[]keywords.Keyword{k("🍕")}, []string{`0: "🍕" has no letter and no digit`}},
		"window and default":   {[]keywords.Keyword{k("A"), window("A", "2026-11-20T20:00", "2026-11-20T21:00")}, nil},
		"windows apart":        {[]keywords.Keyword{window("A", "2026-11-20T20:00", "2026-11-20T21:00"), window("A", "2026-11-20T21:00", "2026-11-20T22:00")}, nil},
		"windows overlap":      {[]keywords.Keyword{window("A", "2026-11-20T20:00", "2026-11-20T21:00"), window("A", "2026-11-20T20:30", "2026-11-20T21:30")}, []string{"1: A is also a word of the keyword A at the same time"}},
		"window in window":     {[]keywords.Keyword{window("A", "2026-11-20T20:00", "2026-11-20T21:00"), window("A", "2026-11-01T00:00", "2026-12-01T00:00")}, []string{"1 w: A is answered by the keyword A while its narrower window is open"}},
		"days apart":           {[]keywords.Keyword{with(k("A"), func(k *keywords.Keyword) { k.Days, k.Zone = "mon-fri", paris }), with(k("A"), func(k *keywords.Keyword) { k.Days, k.Zone = "sat,sun", paris })}, nil},
		"never":                {[]keywords.Keyword{window("A", "2026-11-20T20:00", "2026-11-20T20:00")}, []string{"0: it never answers: until must be later than from"}},
		"no zone":              {[]keywords.Keyword{with(k("A"), func(k *keywords.Keyword) { k.Days = "mon" })}, []string{"0: a window needs a time zone"}},
		"bad days":             {[]keywords.Keyword{with(k("A"), func(k *keywords.Keyword) { k.Days, k.Zone = "monday", paris })}, []string{`0: "monday" are no days: write them such as mon-fri or sat,sun`}},
		"bad hours":            {[]keywords.Keyword{with(k("A"), func(k *keywords.Keyword) { k.Hours, k.Zone = "20-22", paris })}, []string{`0: "20-22" are no hours: write them such as 18:00-23:30, the first before the last`}},
		"places, none plain":   {[]keywords.Keyword{with(k("A"), func(k *keywords.Keyword) { k.Place = "lyon" }), with(k("A"), func(k *keywords.Keyword) { k.Place = "nice" })}, []string{"1 w: A without a place in the text is answered for lyon"}},
		"near":                 {[]keywords.Keyword{k("PIZZA"), k("PIZZE")}, []string{"0 w: PIZZA and PIZZE of the keyword PIZZE are one letter apart: a typo that could mean either gets no answer"}},
		"near, short":          {[]keywords.Keyword{k("SHOP"), k("SHOW")}, nil},
		"near alias of itself": {[]keywords.Keyword{with(k("PIZZA"), func(k *keywords.Keyword) { k.Aliases = []string{"PIZZE"} })}, nil},
	} {
		_, problems := keywords.Compile(c.ks, reserved)
		var got []string
		for _, p := range problems {
			s := fmt.Sprint(p.Index)
			if p.Warning {
				s += " w"
			}
			got = append(got, s+": "+p.Text)
		}
		assert.Equal(t, c.want, got, name)
	}
}

func TestAKeywordWithAProblemIsLeftOut(t *testing.T) {
	t.Parallel()
	r, problems := keywords.Compile([]keywords.Keyword{{Code: code, Word: "PIZZA", Flow: "first"}, {Code: code, Word: "pizza", Aliases: []string{"ROMA"}, Flow: "second"}, {Code: code, Word: "SUSHI", Days: "x", Zone: paris}}, nil)
	assert.Len(t, problems, 2)
	got, _ := r.Match(code, "pizza", time.Now())
	assert.Equal(t, "first", got.Keyword.Flow)
	got, _ = r.Match(code, "roma", time.Now())
	assert.Equal(t, "second", got.Keyword.Flow)
	_, ok := r.Match(code, "sushi", time.Now())
	assert.False(t, ok)
}

func TestRouterDoesNotChangeWithItsSource(t *testing.T) {
	t.Parallel()
	ks := []keywords.Keyword{{Code: code, Word: "PIZZA", Flow: "pizza"}}
	r, _ := keywords.Compile(ks, nil)
	ks[0].Flow = "changed"
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, ok := r.Match(code, "pizza 2", time.Now())
			assert.Equal(t, "pizza [2]", show(got, ok))
		})
	}
	wg.Wait()
}

// TestTyposNeverChooseBetweenTwo: whatever is forgiven could have meant only one
// keyword, and the order of the keywords does not matter.
func TestTyposNeverChooseBetweenTwo(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abc]{4,7}[1ab]?`)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(word, 1, 8, rapid.ID).Draw(t, "words")
		ks, backwards := make([]keywords.Keyword, len(words)), make([]keywords.Keyword, len(words))
		for i, w := range words {
			k := keywords.Keyword{Code: code, Word: w, Flow: w}
			ks[i], backwards[len(words)-1-i] = k, k
		}
		r, _ := keywords.Compile(ks, nil)
		r2, _ := keywords.Compile(backwards, nil)
		text := word.Draw(t, "text")
		got, ok := r.Match(code, text, time.Now())
		got2, ok2 := r2.Match(code, text, time.Now())
		assert.Equal(t, show(got, ok), show(got2, ok2))
		want := reference(words, text)
		if want == "" {
			assert.False(t, ok, "%s in %v: %s", text, words, show(got, ok))
			return
		}
		require.True(t, ok, "%s in %v", text, words)
		assert.Equal(t, want, got.Keyword.Flow)
		assert.Equal(t, want != text, got.Typo)
	})
}

// reference finds the word by trying every edit.
func reference(words []string, text string) string {
	var near []string
	for _, w := range words {
		if w == text {
			return w
		}
		if len(w) >= 5 && edits(text)[w] {
			near = append(near, w)
		}
	}
	if len(near) != 1 {
		return ""
	}
	return near[0]
}

// edits gives all that one edit of letters makes of s.
func edits(s string) map[string]bool {
	all := make(map[string]bool)
	letters := "abc"
	digit := func(i int) bool { return unicode.IsDigit(rune(s[i])) }
	for i := range len(s) + 1 {
		for _, l := range letters {
			all[s[:i]+string(l)+s[i:]] = true
			if i < len(s) && !digit(i) {
				all[s[:i]+string(l)+s[i+1:]] = true
			}
		}
		if i < len(s) && !digit(i) {
			all[s[:i]+s[i+1:]] = true
		}
		if i+1 < len(s) && !digit(i) && !digit(i+1) {
			all[s[:i]+string(s[i+1])+string(s[i])+s[i+2:]] = true
		}
	}
	return all
}

func FuzzMatch(f *testing.F) {
	r := sound(f, keywords.Keyword{Word: "PIZZA", Flow: "p"}, keywords.Keyword{Word: "free meal", Flow: "m"}, keywords.Keyword{Word: "PIZZA", Place: "lyon", Flow: "l"}, keywords.Keyword{Word: "한국", Flow: "k"})
	for _, s := range []string{"PIZZA 2", "pizza lyon", "free  meal!", "freemeal", "pizz\u0301a ½", "한국 1", "\xffpizza", "PIZZA: \"x\"", "⑿ pizza"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := r.Match(code, s, time.Time{})
		if !ok {
			return
		}
		if !strings.HasSuffix(strings.TrimSpace(s), got.Args) {
			t.Errorf("%q: args %q are not as written", s, got.Args)
		}
		if got.Alone != (fold.Text(got.Args) == "") && !strings.ContainsFunc(s, func(r rune) bool { return len(fold.Words(string(r))) > 1 }) {
			t.Errorf("%q: alone %v, args %q", s, got.Alone, got.Args)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	ks := make([]keywords.Keyword, 5000)
	for i := range ks {
		ks[i] = keywords.Keyword{Code: code, Word: fmt.Sprintf("word%cx%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676), Flow: "f"}
	}
	ks[17].Word = "free meal now"
	r, _ := keywords.Compile(ks, nil)
	for name, text := range map[string]string{"exact": "wordaxaa", "arguments": "Wordbxaa: 2 large with extra cheese", "none": "hello there how are you", "typo": "wordaxaaa"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			now := time.Now()
			for b.Loop() {
				r.Match(code, text, now)
			}
		})
	}
}

func BenchmarkCompile5000(b *testing.B) {
	ks := make([]keywords.Keyword, 5000)
	for i := range ks {
		ks[i] = keywords.Keyword{Code: code, Word: fmt.Sprintf("word%cx%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676), Flow: "f"}
	}
	for b.Loop() {
		keywords.Compile(ks, nil)
	}
}
