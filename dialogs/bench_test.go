package dialogs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// fortyStates is a quiz-like flow: 40 questions in a row, each with a menu of
// five and a yes/no way out.
func fortyStates() string {
	var b strings.Builder
	b.WriteString("flow: forty\nstart: s0\nclass: transactional\nanywhere:\n  replies:\n    - {words: {fr: [retour], en: [back]}, go: back}\nstates:\n")
	for i := range 40 {
		next := fmt.Sprintf("go: s%d", i+1)
		if i == 39 {
			next = "end: completed"
		}
		fmt.Fprintf(&b, "  s%d:\n    say: {fr: \"Question %d ?\", en: \"Question %d, {{contact.first_name ?? 'you'}}?\"}\n    replies:\n", i, i, i)
		fmt.Fprintf(&b, "      - {is: yes, save: a%d, %s}\n      - {is: no, %s}\n      - {words: {fr: [rouge, vert, bleu], en: [red, green, blue]}, %s}\n", i, next, next, next)
		fmt.Fprintf(&b, "    else: {say: {fr: \"Oui ou non ?\", en: \"Yes or no?\"}, tries: 3, end: lost}\n    timeout: [{after: 10m, say: {fr: \"Alors ?\", en: \"Well?\"}}, {after: 1h, end: lapsed}]\n")
	}
	return b.String()
}

func BenchmarkStep(b *testing.B) {
	env, program := roma(b)
	flow, problems := dialogs.Load("forty.yaml", []byte(fortyStates()), env)
	if flow == nil {
		b.Fatal(problems)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, program.Zone)
	facts := dialogs.Facts{
		Now: now, Program: program, Code: 36111, Contact: dialogs.Contact{MSISDN: 33612345678},
		Flow:  func(string, int) *dialogs.Flow { return flow },
		NewID: func() sms.ID { return 7 },
	}
	for _, lang := range []string{"fr", "en"} {
		facts.Contact.Language = lang
		facts.Talks = nil
		facts.Talks = dialogs.Step(facts, dialogs.Start{Flow: "forty"}).Talks
		for _, text := range []string{"oui", "Bleu !", "I don't know"} {
			b.Run(lang+"/"+text, func(b *testing.B) {
				b.ReportAllocs()
				before := cpu(b)
				for b.Loop() {
					if r := dialogs.Step(facts, dialogs.Text(text)); len(r.Messages) != 1 {
						b.Fatal(r)
					}
				}
				// On a machine that others use too, the time on the clock says little.
				b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// cpu is the processor time that the process used so far.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkLoad(b *testing.B) {
	env, _ := roma(b)
	src := []byte(fortyStates())
	for b.Loop() {
		if f, ps := dialogs.Load("forty.yaml", src, env); f == nil {
			b.Fatal(ps)
		}
	}
}

// BenchmarkTalkJSON stores and reads back a conversation in the middle of an
// order, as every turn does.
func BenchmarkTalkJSON(b *testing.B) {
	_, program := roma(b)
	flows := demoFlows(b)
	facts := factsFor(flows["pizza-order"], program)
	facts.Route = &dialogs.Route{Flow: "pizza-order", Keyword: "PIZZA", Args: "2 reine"}
	facts.Talks = dialogs.Step(facts, dialogs.Text("pizza 2 reine")).Talks
	facts.Route = nil
	for _, s := range []string{"grande", "1"} {
		facts.Talks = dialogs.Step(facts, dialogs.Text(s)).Talks
	}
	stored, err := json.Marshal(facts.Talks)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(stored)))
		for b.Loop() {
			if _, err := json.Marshal(facts.Talks); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var talks []dialogs.Talk
			if err := json.Unmarshal(stored, &talks); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Logf("%s", stored)
}
