package dialogs_test

import (
	"fmt"
	"testing"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// phone is a phone under test: its facts, and what the last step decided.
type phone struct {
	t     *testing.T
	facts dialogs.Facts
	ids   sms.ID
	last  dialogs.Result
}

// newPhone is a phone of the French program; flows are YAML sources.
func newPhone(t *testing.T, flows ...string) *phone {
	t.Helper()
	env, program := roma(t)
	return phoneIn(t, env, program, flows...)
}

func phoneIn(t *testing.T, env dialogs.Env, program dialogs.Program, flows ...string) *phone {
	t.Helper()
	byName := map[string]*dialogs.Flow{}
	for _, src := range flows {
		flow, ps := dialogs.Load("f.yaml", []byte(src), env)
		if flow == nil {
			t.Fatalf("%v\n%s", ps, src)
		}
		byName[flow.Name] = flow
	}
	p := &phone{t: t}
	p.facts = dialogs.Facts{
		Now: time.Date(2026, 11, 20, 12, 0, 0, 0, program.Zone), Program: program, Code: 36111, Seed: "s",
		Contact: dialogs.Contact{MSISDN: 33612345678, Country: program.Country, Fields: map[string]any{}},
		Flow:    func(name string, _ int) *dialogs.Flow { return byName[name] },
	}
	return p
}

// do steps once and keeps the conversations.
func (p *phone) do(in dialogs.Input, answers ...dialogs.Answer) dialogs.Result {
	p.t.Helper()
	f := p.facts
	f.NewID = func() sms.ID { p.ids++; return p.ids }
	p.last = dialogs.Step(f, in, answers...)
	p.facts.Talks, p.facts.Language = p.last.Talks, p.last.Language
	return p.last
}

// said is what the last step sent, one text per line, "(unknown)" for the
// program's own answers.
func (p *phone) said() string {
	var s string
	for i, m := range p.last.Messages {
		if i > 0 {
			s += " | "
		}
		if m.Standard != "" {
			s += "(" + m.Standard + ")"
		}
		s += m.Text
	}
	return s
}

func (p *phone) start(flow string) string {
	p.t.Helper()
	p.do(dialogs.Start{Flow: flow, By: "test"})
	return p.said()
}

func (p *phone) text(s string) string {
	p.t.Helper()
	p.facts.Route = nil
	p.do(dialogs.Text(s))
	return p.said()
}

func (p *phone) keyword(flow, word, args string) string {
	p.t.Helper()
	p.facts.Route = &dialogs.Route{Flow: flow, Keyword: word, Args: args, Alone: args == "", Program: p.facts.Program.Name}
	p.do(dialogs.Text(word + " " + args))
	p.facts.Route = nil
	return p.said()
}

func (p *phone) want(got, want string) {
	p.t.Helper()
	if got != want {
		p.t.Fatalf("said %q, wanted %q (rule %s, trace %v)", got, want, p.last.Rule, p.last.Trace)
	}
}

func (p *phone) wantEnd(outcome string) {
	p.t.Helper()
	if len(p.last.Ended) == 0 || p.last.Ended[len(p.last.Ended)-1].Outcome != outcome {
		p.t.Fatalf("ended %v, wanted %s", p.last.Ended, outcome)
	}
}

// TestMatchers asks a question with one matcher and looks at `answer`; "-"
// says that the text does not match.
func TestMatchers(t *testing.T) {
	t.Parallel()
	yesNo := "{is: yes, say: \"{{answer}}\"}, {is: no, say: \"{{answer}}\"}"
	cases := []struct {
		reply string
		texts map[string]string
	}{
		{yesNo, map[string]string{
			"oui": "oui", "OUI !!": "oui", "o": "oui", "Yes": "oui", "yep": "oui", "Ok merci": "oui", "d'accord": "oui", "bonjour, oui svp": "oui", "👍": "oui", "✅": "oui", "why not": "oui", "Pourquoi pas ?": "oui",
			"pas de problème": "oui", "oui oui oui": "oui", "volontiers": "oui", "ouais ok": "oui",
			"non": "non", "No": "non", "nope": "non", "non merci": "non", "👎": "non", "n": "non", "nan": "non", "pas maintenant": "non",
			"oui mais plus tard": "-", "n°2": "-", "o merci": "oui", "oui et non": "-", "peut-être": "-", "👍👎": "-", "": "-", "bof": "-", "yes but later": "-", "I am not sure": "-",
			"oh oui je serai là avec mes amis": "oui", "volontierss": "oui",
		}},
		{"{is: number, say: \"{{answer}}\"}", map[string]string{
			"2": "2", "2 pizzas": "2", "x2": "2", "2x": "2", "deux": "2", "two": "2", "je voudrais 3 places": "3", "0": "0", "twenty": "20", "-4": "-4",
			"2 ou 3": "-", "12,5": "-", "deux pizzas": "-", "1234567890123": "-", "abc": "-", "a1b2": "-",
		}},
		{"{is: number, min: 1, max: 9, say: \"{{answer}}\"}", map[string]string{"1": "1", "9": "9", "0": "-", "10": "-"}},
		{"{is: amount, say: \"{{answer}}\"}", map[string]string{
			"12": "12,00 €", "12,50 €": "12,50 €", "€12.50": "12,50 €", "12€50": "12,50 €", "12 euros 50": "12,50 €", "12.5": "12,50 €", "je prends 20 euros": "20,00 €",
			"$12": "-", "12 dollars": "-", "beaucoup": "-", "12 50 30": "-",
		}},
		{"{is: email, say: \"{{answer}}\"}", map[string]string{"Mon mail : Lea.D@Example.FR": "lea.d@example.fr", "a@b": "-", "a@b.fr c@d.fr": "-", "rien": "-"}},
		{"{is: phone, say: \"{{answer}}\"}", map[string]string{"06 12 34 56 78": "33612345678", "+33 6 12 34 56 78": "33612345678", "mon numéro: 0612345678 merci": "33612345678", "12": "-", "0612345678 0698765432": "33612345678-"}},
		{"{is: postcode, say: \"{{answer}}\"}", map[string]string{"75011": "75011", "75 011 Paris": "75011", "je suis à 69001": "69001", "7501": "-", "75011 69001": "-"}},
		{"{is: date, say: \"{{date(answer, 'long')}}\"}", map[string]string{
			"12/03": "12/03/2027", "12/12": "12/12/2026", "12/03/26": "12/03/2026", "2026-12-24": "24/12/2026", "12 mars": "12/03/2027", "March 12th": "12/03/2027", "le 1er décembre": "01/12/2026",
			"aujourd'hui": "20/11/2026", "demain": "21/11/2026", "tomorrow": "21/11/2026", "samedi": "21/11/2026", "vendredi": "20/11/2026", "vendredi prochain": "27/11/2026", "next monday": "23/11/2026",
			"31/02": "-", "99/99": "-", "hier": "-", "12 mars 2027": "12/03/2027", "29 février": "29/02/2028",
		}},
		{"{is: date, min: today, max: today + days(60), say: \"{{date(answer, 'long')}}\"}", map[string]string{"03/01": "03/01/2027", "12/03": "-", "demain": "21/11/2026"}},
		{"{is: time, say: \"{{answer}}\"}", map[string]string{
			"19h30": "19h30", "19:30": "19h30", "7.30 pm": "19h30", "7pm": "19h00", "midi": "12h00", "noon": "12h00", "minuit": "0h00", "19h": "19h00", "à 20h": "20h00", "12am": "0h00",
			"25h": "-", "19:75": "-", "tard": "-", "7": "-",
		}},
		{"{is: time, min: \"'18:00'\", max: \"'23:00'\", say: \"{{answer}}\"}", map[string]string{"7h30": "19h30", "7": "19h00", "19:30": "19h30", "12:00": "-"}},
		{"{is: any, max: 10, say: \"{{answer}}\"}", map[string]string{"bonjour": "bonjour", "0123456789": "0123456789", "01234567890": "-"}},
		{"{words: {fr: [bleu clair, Vert], en: [light blue]}, say: \"{{answer}}\"}", map[string]string{
			"bleu clair": "bleu clair", "le bleu clair svp": "bleu clair", "VERT!": "Vert", "light blue": "light blue", "plutôt le bleu clair je pense": "bleu clair", "bleu clar": "bleu clair",
			"pas le vert": "-", "bleu": "-", "verts": "-",
		}},
		{"{choice: {a: Reine, b: {text: {fr: Les Jumeaux, en: The Twins}, words: [twins]}, c: 4 fromages}, say: \"{{answer}}\"}", map[string]string{
			"1": "a", "2.": "b", "n°2": "b", "deux": "b", "two": "b", "reine": "a", "twins": "b", "les jumeaux": "b", "The Twins": "b", "4 fromages": "c", "reinne": "a",
			"4": "-", "7": "-", "0": "-", "reine ou twins": "-", "pas la reine": "-",
		}},
		{"{starts: [sans, \"no\"], is: any, say: \"{{answer}}\"}", map[string]string{"SANS coca": "coca", "no ice please": "ice please", "coca": "-", "sans": "-"}},
		{"{pattern: \"^r-([a-z0-9]{4})$\", say: \"{{answer}}\"}", map[string]string{"R-7K2M": "7k2m", " r-7k2m ": "7k2m", "R-7K2": "-"}},
	}
	for _, c := range cases {
		for text, want := range c.texts {
			t.Run(c.reply+"/"+text, func(t *testing.T) {
				t.Parallel()
				src := fmt.Sprintf("flow: f\nclass: transactional\nstart: a\nstates:\n  a:\n    say: \"?\\n{{menu}}\"\n    replies: [%s]\n    else: {say: \"-\"}\n", c.reply)
				if c.reply[1:7] != "choice" {
					src = fmt.Sprintf("flow: f\nclass: transactional\nstart: a\nstates:\n  a:\n    say: \"?\"\n    replies: [%s]\n    else: {say: \"-\"}\n", c.reply)
				}
				p := newPhone(t, src)
				p.start("f")
				got := p.text(text)
				if want == "33612345678-" {
					want = "-"
				}
				p.want(got, want)
			})
		}
	}
}

func TestMatchersOfOtherCountries(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	env.Country, program.Country = "US", "US"
	env.Currency, program.Currency = "USD", "USD"
	env.Languages, program.Languages = []string{"en"}, []string{"en"}
	cases := []struct{ reply, text, want string }{
		{"{is: date, say: \"{{answer}}\"}", "12/03", "Dec 3"},
		{"{is: time, say: \"{{answer}}\"}", "7.30 pm", "7:30 pm"},
		{"{is: amount, say: \"{{answer * 2}}\"}", "$12.50", "$25.00"},
		{"{is: amount, say: \"{{answer}}\"}", "12 €", "-"},
		{"{is: postcode, say: \"{{answer}}\"}", "90210", "90210"},
		{"{is: phone, say: \"{{answer}}\"}", "(415) 555-2671", "14155552671"},
	}
	for _, c := range cases {
		p := phoneIn(t, env, program, "flow: f\nclass: transactional\nstart: a\nstates:\n  a:\n    say: \"?\"\n    replies: ["+c.reply+"]\n    else: {say: \"-\"}\n")
		p.start("f")
		p.want(p.text(c.text), c.want)
	}
}
