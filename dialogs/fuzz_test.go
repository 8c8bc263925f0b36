package dialogs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// FuzzLoad: no file may panic or run away, and what loads must survive a
// conversation.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"free-meal", "pizza-order"} {
		src, err := os.ReadFile(filepath.Join("..", "demo", "flows", name+".yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, src := range []string{lunch, vote, comment, fortyStates()[:900], "flow: f\nstart: a\nstates: {a: {say: \"{{menu}}\", replies: [{choice: {a: {text: {fr: x}, if: true}}}]}}", "- - - -", "? a\n: b", "a: |\n  b\n c", "{{{", "\t", "flow: [a, {b: c}]"} {
		f.Add(src)
	}
	env, program := roma(f)
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 256<<10 {
			t.Skip()
		}
		began := time.Now()
		flow, problems := dialogs.Load("f.yaml", []byte(src), env)
		if took := time.Since(began); took > 20*time.Second {
			t.Fatalf("%v to load %d octets", took, len(src))
		}
		if (flow == nil) != problems.Failed() {
			t.Fatalf("flow %v, problems %v", flow, problems)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Text == "" {
				t.Fatalf("problem %+v", p)
			}
		}
		if flow != nil {
			chatWith(t, flow, program, "oui", "1", "12", "x", "suite", "retour")
		}
	})
}

// FuzzTemplate: an expression may fail, but never take long or print much.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"{{contact.first_name ?? 'x'}}", "{{1 + 1}}", "{{upper(text)}}", "{{plural(2, 'a', 'b')}}", "{{map(xs, # + #)}}", "{{join(map(map(xs, # + #), # + #), ',')}}", "{{n ** n ** n}}", "{{sort(xs)}}", "{{xs[n]}}", "{{now + hours(3)}}", "{{money(n) * 3}}", "{{today + days(n)}}", "{{text + text + text}}", "{{ {'a': 1}.a }}", "{{len(filter(xs, # matches 'a+'))}}", "{{sum(xs)}}", "{{cut(text, n)}}", "{{label(n)}}", "{{date(now, 'long')}}", "{{n / 0}}", "{{n % 0}}", "{{string(xs)}}", "{{1 in xs}}", "{{xs | first()}}", "{{not true}}", "{{-n}}", "{{'a' < 1}}"} {
		f.Add(s)
	}
	env, program := roma(f)
	xs := make([]any, 200)
	for i := range xs {
		xs[i] = "element " + strconv.Itoa(i)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Skip()
		}
		src := "flow: f\nsegments: 10\nstart: a\ninputs: {xs: list, n: {type: number, default: 7}}\nstates: {a: {say: " + string(quoted) + ", end: x}}\n"
		flow, _ := dialogs.Load("f.yaml", []byte(src), env)
		if flow == nil {
			t.Skip()
		}
		facts := factsFor(flow, program)
		began := time.Now()
		r := dialogs.Step(facts, dialogs.Start{Flow: "f", Inputs: map[string]any{"xs": xs}})
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("%v for %q", took, text)
		}
		for _, m := range r.Messages {
			if len(m.Text) > 2000 {
				t.Fatalf("a text of %d octets", len(m.Text))
			}
		}
	})
}

// FuzzStepText: no text of a phone may panic or break a conversation.
func FuzzStepText(f *testing.F) {
	for _, s := range []string{"oui", "2 reine", "12 rue de Lyon", "\xff\xfe", "n°2", "👍", "12,50 €", "19h30", "PIZZA 2 reine", "\u200b", "١٢", "12/03", "é́́́"} {
		f.Add(s, s)
	}
	flows := demoFlows(f)
	_, program := roma(f)
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, flow := range flows {
			chatWith(t, flow, program, first, second)
		}
	})
}

func factsFor(flow *dialogs.Flow, program dialogs.Program) dialogs.Facts {
	return dialogs.Facts{
		Now: time.Date(2026, 11, 20, 12, 0, 0, 0, program.Zone), Program: program, Code: 36111, Contact: dialogs.Contact{MSISDN: 33612345678},
		Flow:  func(string, int) *dialogs.Flow { return flow },
		NewID: func() sms.ID { return 7 },
	}
}

// chatWith begins a conversation, sends the texts, lets an hour pass, and
// stores the conversations after each step.
func chatWith(t *testing.T, flow *dialogs.Flow, program dialogs.Program, texts ...string) {
	t.Helper()
	facts := factsFor(flow, program)
	inputs := map[string]any{}
	types, _ := flow.Inputs()
	for name, typ := range types {
		inputs[name] = map[string]any{"text": "x", "number": 3, "flag": true, "date": "2026-11-21", "time": "14:00", "money": "3.50", "datetime": "2026-11-21T10:00", "phone": "33612345678", "list": []any{"a", 1}, "map": map[string]any{"a": 1}}[typ]
	}
	steps := []dialogs.Input{dialogs.Start{Flow: flow.Name, Inputs: inputs}}
	for _, s := range texts {
		steps = append(steps, dialogs.Text(s))
	}
	for _, in := range append(steps, dialogs.Timer{}) {
		if _, timer := in.(dialogs.Timer); timer {
			facts.Now = facts.Now.Add(time.Hour)
		}
		r := dialogs.Step(facts, in)
		b, err := json.Marshal(r.Talks)
		if err != nil {
			t.Fatal(err)
		}
		facts.Talks = nil
		if err := json.Unmarshal(b, &facts.Talks); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzValues: no stored octets may panic, and what is read is written the same.
func FuzzValues(f *testing.F) {
	for _, s := range []string{`{}`, `null`, `{"a":1,"b":"\u00e9\n","c":[1.5,true,null,{"$m":"1.00 EUR"}],"d":{"$d":"2026-01-02"},"e":{"$t":5},"f":{"$c":"01:02"}}`, `{"a":`, `{"a":1e400}`, `{"a":-}`, `[[[[`, ` { "a" : [ ] } `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v, again dialogs.Values
		if v.UnmarshalJSON(b) != nil {
			return
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(twice) != string(out) {
			t.Fatalf("%s\n%s", out, twice)
		}
	})
}
