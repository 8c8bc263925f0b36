package dialogs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"repartee/dialogs"
	"repartee/sms"

	"pgregory.net/rapid"
)

// demoFlows loads the demo's flows and some that use what those do not.
func demoFlows(t testing.TB) map[string]*dialogs.Flow {
	t.Helper()
	env, _ := roma(t)
	sources := []string{lunch, vote, comment, "flow: kitchen\nclass: transactional\nstart: a\nstates:\n  a: {say: \"Order?\", replies: [{is: any, save: x, go: b}], timeout: {at: 14:00, end: late}}\n  b: {say: \"Cooking.\", events: [{event: ready, go: c}]}\n  c: {say: \"Good?\", replies: [{is: yes, end: x}]}\n"}
	for _, name := range []string{"free-meal", "pizza-order"} {
		src, err := os.ReadFile(filepath.Join("..", "demo", "flows", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(src))
	}
	out := map[string]*dialogs.Flow{}
	for _, src := range sources {
		f, ps := dialogs.Load("f.yaml", []byte(src), env)
		if f == nil {
			t.Fatal(ps)
		}
		out[f.Name] = f
	}
	return out
}

// TestAnyTalk drives random inputs through several conversations side by side
// and checks after each what must always hold.
func TestAnyTalk(t *testing.T) {
	t.Parallel()
	flows := demoFlows(t)
	names := []string{"lunch", "vote", "comment", "free-meal", "pizza-order", "kitchen"}
	_, program := roma(t)
	words := rapid.SampledFrom([]string{"oui", "non", "yes", "no", "1", "2", "3", "2 reine", "grande", "retour", "back", "suite", "drop", "12 rue de Lyon", "peut-être", "👍", "", "livraison", "deux", "quoi ?"})
	rapid.Check(t, func(r *rapid.T) {
		var ids sms.ID
		f := dialogs.Facts{Now: time.Date(2026, 11, 20, 12, 0, 0, 0, program.Zone), Program: program, Code: 36111, Contact: dialogs.Contact{MSISDN: 33612345678, Language: rapid.SampledFrom([]string{"", "fr", "en"}).Draw(r, "language")}}
		f.Flow = func(name string, _ int) *dialogs.Flow { return flows[name] }
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			f.Now = f.Now.Add(time.Duration(rapid.IntRange(0, 2400).Draw(r, "seconds")) * time.Second)
			f.Route = nil
			var in dialogs.Input = dialogs.Text(rapid.OneOf(words, rapid.String()).Draw(r, "text"))
			switch rapid.IntRange(0, 7).Draw(r, "kind") {
			case 0:
				in = dialogs.Timer{}
			case 1:
				in = dialogs.Start{Flow: rapid.SampledFrom(names).Draw(r, "flow")}
			case 3:
				in = dialogs.Event{Name: "ready", Data: map[string]any{"n": rapid.Float64().Draw(r, "n")}}
			case 2:
				f.Route = &dialogs.Route{Flow: rapid.SampledFrom(names).Draw(r, "keyword"), Keyword: "K", Args: words.Draw(r, "args"), Typo: rapid.Bool().Draw(r, "typo")}
			}
			step := func() (dialogs.Result, sms.ID) {
				g, next := f, ids
				g.NewID = func() sms.ID { next++; return next }
				return dialogs.Step(g, in), next
			}
			before, err := json.Marshal(f.Talks)
			if err != nil {
				r.Fatal(err)
			}
			a, next := step()
			b, _ := step()
			if !reflect.DeepEqual(a, b) {
				r.Fatalf("two results of one step:\n%+v\n%+v", a, b)
			}
			if after, _ := json.Marshal(f.Talks); string(after) != string(before) {
				r.Fatal("the step changed its facts")
			}
			ids = next
			checkResult(r, f, a)
			stored, err := json.Marshal(a.Talks)
			if err != nil {
				r.Fatal(err)
			}
			f.Talks = nil
			if err := json.Unmarshal(stored, &f.Talks); err != nil {
				r.Fatal(err)
			}
			if !reflect.DeepEqual(f.Talks, a.Talks) && len(a.Talks) > 0 {
				r.Fatalf("a trip through JSON changed the conversations:\n%+v\n%+v", a.Talks, f.Talks)
			}
			f.Language = a.Language
		}
	})
}

func checkResult(r *rapid.T, f dialogs.Facts, a dialogs.Result) {
	listening := true
	for i, k := range a.Talks {
		if k.Listening() && !listening {
			r.Fatalf("conversation %d listens behind one that does not", i)
		}
		if k.Listening() && i > 0 && k.Asked > a.Talks[i-1].Asked {
			r.Fatalf("conversation %d asked later than the one before it", i)
		}
		listening = k.Listening()
		if d := k.Deadline(); d.Before(a.Wake) {
			r.Fatalf("wake %v is after the deadline %v", a.Wake, d)
		}
	}
	if len(a.Talks) == 0 && !a.Wake.IsZero() {
		r.Fatal("a wake without conversations")
	}
	if a.Rule == "timer" && !a.Wake.IsZero() && !a.Wake.After(f.Now) {
		r.Fatalf("what was due at %v is still due", a.Wake)
	}
	for _, m := range a.Messages {
		if (m.Text == "") == (m.Standard == "") || m.Class == 0 {
			r.Fatalf("message %+v", m)
		}
	}
	if a.Rule == "" {
		r.Fatal("no rule")
	}
}

// TestValuesThroughJSON: what a conversation saves is the same after storing.
func TestValuesThroughJSON(t *testing.T) {
	t.Parallel()
	v := dialogs.Values{
		"text": "Léa", "int": 12, "float": 1.5, "flag": true, "none": nil,
		"money": dialogs.Money{Cents: -1250, Currency: "EUR"}, "date": dialogs.Date{Year: 2026, Month: 2, Day: 28}, "clock": dialogs.Clock{Minutes: 59},
		"moment": time.UnixMilli(1795000000123).UTC(), "list": []any{1, "a", dialogs.Clock{Minutes: 1}}, "map": map[string]any{"$m": "no money", "x": map[string]any{"y": 2.25}},
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back dialogs.Values
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(v, back) {
		t.Errorf("%#v\n%#v\n%s", v, back, b)
	}
}

// TestConcurrentSteps: one flow serves many turns at once (run with -race).
func TestConcurrentSteps(t *testing.T) {
	t.Parallel()
	flows := demoFlows(t)
	_, program := roma(t)
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p := &phone{t: t, facts: dialogs.Facts{Now: time.Date(2026, 11, 20, 12, 0, 0, 0, program.Zone), Program: program, Contact: dialogs.Contact{MSISDN: 33612345678}, Flow: func(n string, _ int) *dialogs.Flow { return flows[n] }}}
			for range 50 {
				p.keyword("pizza-order", "PIZZA", "2 reine")
				p.text("grande")
				p.text("1")
				p.text("Lea")
				p.text("oui")
				p.wantEnd("completed")
			}
		})
	}
}
