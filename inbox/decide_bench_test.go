package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"repartee/dialogs"
	"repartee/keywords"
	"repartee/optout"
	"repartee/sms"
)

// BenchmarkDecide is what an MO costs before it meets the database: classified,
// routed among 5,000 keywords, and stepped in a flow of 40 states. Keywords
// begin conversations in one half of the texts and answers go on in the other.
func BenchmarkDecide(b *testing.B) {
	const code = sms.ShortCode(36111)
	words := make([]keywords.Keyword, 5000)
	for i := range words {
		words[i] = keywords.Keyword{Code: code, Word: fmt.Sprintf("WORD%dX", i), Program: "p", Flow: "long", Zone: time.UTC}
	}
	router, problems := keywords.Compile(words, nil)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	flow := longFlow(b)
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	var talks []dialogs.Talk
	texts := make([]string, 64)
	for i := range texts {
		texts[i] = []string{fmt.Sprintf("Word%dx please", i*70), "yes"}[i%2]
	}
	b.ReportAllocs()
	i, id := 0, sms.ID(0)
	for b.Loop() {
		text := texts[i%len(texts)]
		i++
		cls := optout.Classify(text, optout.Context{Languages: []string{"en", "fr"}, Dialog: len(talks) > 0})
		if cls.Kind != optout.Neither {
			b.Fatal(cls)
		}
		f := dialogs.Facts{
			Now: now, Talks: talks, Code: code, Program: dialogs.Program{Name: "p", Languages: []string{"en"}},
			Flow:  func(string, int) *dialogs.Flow { return flow },
			NewID: func() sms.ID { id++; return id },
		}
		if route, ok := router.Match(code, text, now); ok {
			k := route.Keyword
			f.Route = &dialogs.Route{Flow: k.Flow, Keyword: k.Word, Program: k.Program, Args: route.Args, Alone: route.Alone}
		}
		r := dialogs.Step(f, dialogs.Text(text))
		if len(r.Messages) == 0 {
			b.Fatal(r.Trace)
		}
		talks = r.Talks
		if i%2 == 0 {
			talks = nil
		}
	}
}

// longFlow asks forty questions in two languages.
func longFlow(b *testing.B) *dialogs.Flow {
	var src strings.Builder
	src.WriteString("flow: long\nstart: s0\nanywhere: {replies: [{words: [back], go: back}]}\nstates:\n")
	for i := range 40 {
		next := fmt.Sprintf("go: s%d", i+1)
		if i == 39 {
			next = "end: done"
		}
		fmt.Fprintf(&src, "  s%d:\n    say: {en: \"Question %d, {{contact.first_name ?? 'friend'}}: yes or no?\", fr: \"Question %d ?\"}\n"+
			"    replies: [{is: yes, save: a%d, say: {en: Good., fr: Bien.}, %s}, {is: no, %s}, {words: [other%d], %s}]\n    timeout: {after: 1h, end: expired}\n",
			i, i, i, i, next, next, i, next)
	}
	flow, problems := dialogs.Load("long.yaml", []byte(src.String()), dialogs.Env{Languages: []string{"en", "fr"}, Version: 1})
	if flow == nil {
		b.Fatal(problems)
	}
	return flow
}
