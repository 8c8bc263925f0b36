package dialogs_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

// TestExpressions prints expressions in both languages; an expected text that
// begins with "failed:" is a conversation that fails with that reason.
func TestExpressions(t *testing.T) {
	t.Parallel()
	inputs := map[string]any{
		"n": 3, "price": "12.50", "flag": true, "day": "2026-12-24", "hour": "19:30", "at": "2026-11-20T21:05", "xs": []any{"b", "a", 2}, "m": map[string]any{"name": "Rex", "age": 4, "list": []any{1, 2}}, "word": "Été",
	}
	cases := []struct{ src, fr, en string }{
		{"price", "12,50 €", "€12.50"},
		{"price * 2 + 1", "26,00 €", "€26.00"},
		{"1 + price", "13,50 €", "€13.50"},
		{"price - 0.5", "12,00 €", "€12.00"},
		{"price - price", "0,00 €", "€0.00"},
		{"0.1 * price", "1,25 €", "€1.25"},
		{"price - 20", "-7,50 €", "-€7.50"},
		{"money(3)", "3,00 €", "€3.00"},
		{"price > 12 and price <= 12.5 and price != 13", "oui", "yes"},
		{"price == 12.50", "oui", "yes"},
		{"20 > price", "oui", "yes"},
		{"day", "24/12", "24 Dec"},
		{"date(day, 'long')", "24/12/2026", "24 Dec 2026"},
		{"date(at)", "20/11", "20 Nov"},
		{"date('2026-12-24')", "24/12", "24 Dec"},
		{"day - days(30)", "24/11", "24 Nov"},
		{"day + days(8)", "01/01", "1 Jan"},
		{"day > today", "oui", "yes"},
		{"day > '2026-12-31'", "non", "no"},
		{"'2026-12-31' > day", "oui", "yes"},
		{"day == today", "non", "no"},
		{"weekday(day) + weekday(now)", "thufri", "thufri"},
		{"hour", "19h30", "19:30"},
		{"hour < '20:00' and '18:00' < hour and hour != '18:00'", "oui", "yes"},
		{"now < hour", "oui", "yes"},
		{"now < '12:30' and now >= '12:00'", "oui", "yes"},
		{"at", "20/11 21h05", "20 Nov 21:05"},
		{"at > now", "oui", "yes"},
		{"at == datetime('2026-11-20T21:05')", "oui", "yes"},
		{"clock(at + minutes(10))", "21h15", "21:15"},
		{"clock(now + hours(2) + minutes(1))", "14h01", "14:01"},
		{"plural(n, 'cat', 'cats')", "cats", "cats"},
		{"plural(0, 'cat', 'cats')", "cat", "cats"},
		{"plural(1, {'one': 'cat', 'other': 'cats'})", "cat", "cat"},
		{"n / 2", "1,5", "1.5"},
		{"10 / 3", "3,33", "3.33"},
		{"n + 1", "4", "4"},
		{"n % 2", "1", "1"},
		{"flag", "oui", "yes"},
		{"not flag ? 'a' : 'b'", "b", "b"},
		{"xs", "b, a, 2", "b, a, 2"},
		{"join(xs, '/')", "b/a/2", "b/a/2"},
		{"len(xs) + count(xs, # == 'a')", "4", "4"},
		{"first(filter(xs, # != 'b'))", "a", "a"},
		{"m", "Rex", "Rex"},
		{"m.name + ' ' + string(m.age)", "Rex 4", "Rex 4"},
		{"m.owner.name ?? 'nobody'", "nobody", "nobody"},
		{"contact.first_name", "", ""},
		{"contact.first_name ?? 'you'", "you", "you"},
		{"contact.first_name == nil ? 'who' : contact.first_name", "who", "who"},
		{"upper(word) + lower('ÀB') + trim(' x ')", "ÉTÉàbx", "ÉTÉàbx"},
		{"cut(word, 2)", "Ét", "Ét"},
		{"lang + short_code", "fr36111", "en36111"},
		{"program.brand", "Pizza Roma", "Pizza Roma"},
		{"inputs.n * 2", "6", "6"},
		{"'a' + n", "a3", "a3"},
		{"max(n, 10) + min(1, 2) + abs(-1) + round(1.4) + int('7')", "20", "20"},
		{"place == nil and keyword == nil", "oui", "yes"},
		{"place.name ?? 'nowhere'", "nowhere", "nowhere"},
		{"conversation.started == now", "oui", "yes"},
		{"'75011' matches '^75'", "oui", "yes"},
		{"word in ['a', 'Été']", "oui", "yes"},
		{"int(word)", "failed: int(word)", "failed: int(word)"},
		{"m.owner + 'x'", "failed: missing", "failed: missing"},
		{"money(m.name)", "failed: money wants a number", "failed: money wants a number"},
		{"datetime('soon')", "failed: datetime wants", "failed: datetime wants"},
		{"m.name < price", "failed: cannot be compared", "failed: cannot be compared"},
		{"xs + 'a'", "failed: use join", "failed: use join"},
		{"m.name + m.age * m.name", "failed:", "failed:"},
		{"days(1e9)", "failed: at most 100000", "failed: at most 100000"},
	}
	for _, c := range cases {
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			t.Run(lang+"/"+c.src, func(t *testing.T) {
				t.Parallel()
				src := fmt.Sprintf("flow: f\nclass: transactional\nsegments: 10\nstart: a\ninputs: {n: number, price: money, flag: flag, day: date, hour: time, at: datetime, xs: list, m: map, word: text}\nstates:\n  a: {say: %s, end: x}\n", strconv.Quote("["+"{{"+c.src+"}}]"))
				p := newPhone(t, src)
				p.facts.Contact.Language = lang
				p.do(dialogs.Start{Flow: "f", Inputs: inputs})
				if reason, failed := strings.CutPrefix(want, "failed:"); failed {
					p.wantEnd("failed")
					if got := p.last.Ended[0].Reason; !strings.Contains(got, strings.TrimSpace(reason)) {
						t.Errorf("failed with %q, wanted %q", got, reason)
					}
					return
				}
				p.want(p.said(), "["+want+"]")
			})
		}
	}
}

// TestHostileExpressions: what could grow without bound is refused or fails.
func TestHostileExpressions(t *testing.T) {
	t.Parallel()
	doubled := "text"
	for range 8 {
		doubled = "(" + doubled + " + " + doubled + ")"
	}
	deep := "xs"
	for range 12 {
		deep = "map(" + deep + ", # + #)"
	}
	for name, src := range map[string]string{
		"doubling":        doubled,
		"maps of maps":    deep,
		"nested lists":    "map(xs, [#, #])",
		"nested maps":     "map(xs, {'a': #})",
		"nested":          "map(xs, map(xs, #))",
		"long":            "'" + strings.Repeat("x", 5000) + "'",
		"many nodes":      strings.Repeat("1 + ", 600) + "1",
		"dynamic pattern": "text matches text",
		"the speaker":     "_speaker",
		"an operator":     "_add(1, 2)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env, program := roma(t)
			flow, problems := dialogs.Load("f.yaml", []byte("flow: f\nsegments: 10\nstart: a\ninputs: {xs: list}\nstates: {a: {say: "+strconv.Quote("{{"+src+"}}")+", end: x}}\n"), env)
			if flow == nil {
				if len(problems) == 0 {
					t.Error("refused without a problem")
				}
				return
			}
			p := phoneIn(t, env, program)
			p.facts.Flow = func(string, int) *dialogs.Flow { return flow }
			p.do(dialogs.Start{Flow: "f", Inputs: map[string]any{"xs": []any{"a"}}})
			if name != "doubling" {
				t.Errorf("accepted, said %q", p.said())
			}
		})
	}
}

// TestGoldenHeld: what the gate would hold is listed with its release, from
// which the timers of its question count.
func TestGoldenHeld(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(`
flow: night
start: ask
states:
  ask:
    say: Lunch tomorrow?
    replies: [{is: yes, end: completed}]
    timeout: [{after: 30m, say: Still hungry?}, {after: 2h, end: late}]
`), env)
	require.NotNil(t, flow, "%v", problems)
	held := func(_ dialogs.Contact, now time.Time) time.Time {
		if now.Hour() < 22 && now.Hour() >= 8 {
			return time.Time{}
		}
		return time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, now.Location())
	}
	options := dialogs.TestOptions{Program: program, File: "f.chat", HeldUntil: held}
	n, failures := dialogs.RunChat("== night\n@ 23:00\n* start\n< (held 08:00) Lunch tomorrow?\n@ 2026-11-21T08:29\n@ 2026-11-21T08:31\n< Still hungry?\n@ 2026-11-21T10:01\n! outcome late\n"+
		"== day\n* start\n< Lunch tomorrow?\n> yes", flow, options)
	assert.Equal(t, 2, n)
	assert.Empty(t, failures)
	_, failures = dialogs.RunChat("== night\n@ 23:00\n* start\n< Lunch tomorrow?", flow, options)
	require.Len(t, failures, 1)
	assert.Contains(t, failures[0].Text, `got "(held 08:00) Lunch tomorrow?"`)
}

// TestGoldenStop: what the opt-out rules take, no conversation sees.
func TestGoldenStop(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(lunch), env)
	require.NotNil(t, flow, "%v", problems)
	options := dialogs.TestOptions{Program: program, File: "f.chat", Standard: func(text string, languages []string, dialog bool) string {
		assert.Equal(t, program.Languages, languages)
		return map[string]string{"STOP": "stop", "HELP": "help"}[text]
	}}
	_, failures := dialogs.RunChat("$ keyword LUNCH\n== t\n> lunch\n< Lunch?\n> HELP\n< (help)\n! state ask\n> STOP\n< (stop)\n! outcome stopped\n> oui\n< (unknown)", flow, options)
	assert.Empty(t, failures)
}

// TestGoldenFailures: the runner finds what does not come true.
func TestGoldenFailures(t *testing.T) {
	t.Parallel()
	env, program := roma(t)
	flow, problems := dialogs.Load("f.yaml", []byte(lunch), env)
	if flow == nil {
		t.Fatal(problems)
	}
	cases := []struct{ script, want string }{
		{"> lunch\n< Dinner?", `f.chat:4: t: expected "Dinner?", got "Lunch?"`},
		{"> lunch", `f.chat:3: t: not expected: "Lunch?"`},
		{"> lunch\n< Lunch?\n< More?", `expected "More?", but nothing was said`},
		{"> hello\n< (stop)", `expected "(stop)", got "(unknown)"`},
		{"> lunch\n< Lunch?\n! outcome yes", "outcome is \"\", not \"yes\""},
		{"> lunch\n< Lunch?\n! state b", `state is "ask", not "b"`},
		{"> lunch\n< Lunch?\n! if 1 == 2", "does not hold"},
		{"> lunch\n< Lunch?\n! if nonsense", "`nonsense` is not known here"},
		{"> lunch\n< Lunch?\n! did track", "`did track` does not hold"},
		{"> lunch\n< Lunch?\nhosts< x", `hosts: expected "x", but nothing was said`},
		{"@ yesterday", `"yesterday" is no later time`},
		{"* start {", "is not a map"},
		{"33698765432> x", "answers no open notice"},
		{"> lunch\n< Lunch?\n33698765432< (start lunch)", `33698765432: expected "(start lunch)", but nothing was said`},
		{"$ weather rain", "is not understood"},
		{"$ catalogue {name: Coca}", "is not a list of items"},
		{"$ catalogue [{price: 3}]", "has no `name`"},
		{"$ catalogue [{name: Coca, price: much}]", "is no price"},
		{"$ catalogue [{name: Coca, options: {size: {}}}]", "option `size` has no `choices`"},
		{"$ place cafe colour=red", "`$ place cafe colour=red` is not understood"},
		{"what is this", "not understood"},
		{"| x", "`|` continues a `<` line"},
	}
	for _, c := range cases {
		n, failures := dialogs.RunChat("$ keyword LUNCH\n== t\n"+c.script, flow, dialogs.TestOptions{Program: program, File: "f.chat"})
		if n != 1 || len(failures) == 0 || !strings.Contains(failures[0].String(), c.want) {
			t.Errorf("%q: wanted %q, got %v", c.script, c.want, failures)
		}
	}
}
