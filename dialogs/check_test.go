package dialogs_test

import (
	"strings"
	"testing"

	"repartee/dialogs"
)

// problems loads a flow for a French and English program and returns what was
// found.
func problems(t *testing.T, src string) string {
	t.Helper()
	env, _ := roma(t)
	env.Staff = []string{"hosts", "kitchen"}
	env.Fields = map[string]string{"shoe_size": "number"}
	flow, found := dialogs.Load("f.yaml", []byte(src), env)
	if (flow == nil) != found.Failed() {
		t.Fatalf("flow %v, problems %v", flow, found)
	}
	return found.Error()
}

// oneState is a flow whose state a has the given lines.
func oneState(lines ...string) string {
	return "flow: f\nstart: a\nstates:\n  a:\n    " + strings.Join(lines, "\n    ") + "\n"
}

func TestChecks(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, src, want string }{
		// the file
		{"empty", "", "f.yaml:1:1: the file holds"},
		{"list", "- a\n", "a flow must be a map"},
		{"tab", "flow: f\nstates:\n\ta: b\n", "tabs"},
		{"anchor", "flow: &x f\n", "no tags, anchors"},
		{"tag", "flow: !!str f\n", "no tags, anchors"},
		{"alias", "flow: *x\n", "no tags, anchors"},
		{"two documents", "flow: f\n---\nflow: g\n", "2 documents"},
		{"duplicate key", "flow: f\nflow: g\n", "f.yaml:2:1: key `flow` stands here twice"},
		{"empty value", "flow: f\nstart:\nstates: {a: {end: x}}\n", "f.yaml:2:1: `start` has no value"},
		{"quotes", oneState("say: “Bonjour”", "end: x"), "f.yaml:5:10: typographic quotes"},
		{"unknown key", oneState("sya: x", "end: x"), "f.yaml:5:5: unknown key `sya` in a state (did you mean `say`?)"},
		{"colon in a text", oneState("say: Lunch: now", "end: x"), "f.yaml:5:10: not readable as YAML: mapping value is not allowed in this context (put a text that holds `: ` in double quotes)"},
		{"bare braces", oneState("say: {{now}}", "end: x"), "(put a text that holds {{ }} in double quotes)"},
		{"tab in a text", oneState("say: \"Lun\tch\"", "end: x"), "(use spaces, not tabs)"},
		{"missing keys", "title: x\n", "the flow has no `states`"},
		{"flow name", "flow: My Flow\nstart: a\nstates: {a: {end: x}}\n", "f.yaml:1:7: `My Flow` is not a name for a flow"},
		{"state name", "flow: f\nstart: a\nstates: {a: {end: x}, back: {end: x}}\n", "`back` is not a name for a state"},
		{"class", "flow: f\nstart: a\nclass: promo\nstates: {a: {end: x}}\n", "f.yaml:3:8: `promo` is no value of `class` (one of: marketing, transactional)"},
		{"lifetime", "flow: f\nstart: a\nlifetime: 2 hours\nstates: {a: {end: x}}\n", "f.yaml:3:11: `2 hours` is not a duration (write 90s, 30m, 2h, 1d or 1w)"},
		{"input type", "flow: f\nstart: a\ninputs: {x: txt}\nstates: {a: {end: x}}\n", "`txt` is no type"},
		{"input default", "flow: f\nstart: a\ninputs: {x: {type: date, default: tomorrow}}\nstates: {a: {end: x}}\n", "`tomorrow` is no date"},
		{"deep", "flow: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "nested too deeply"},
		{"large", "flow: f\n#" + strings.Repeat("x", 300<<10), "256 are allowed"},

		// states
		{"never goes on", oneState("say: x"), "f.yaml:4:3: state `a` never goes on (give it replies, go, branch or end)"},
		{"waits and goes on", oneState("replies: [{is: yes, end: x}]", "end: y"), "waits and goes on"},
		{"two ways", oneState("end: x", "go: a"), "f.yaml:5:10: `go` and `end` at the same place"},
		{"never reached", oneState("end: x") + "  b: {end: y}\n", "f.yaml:6:3: state `b` is never reached"},
		{"not a state", oneState("go: bb") + "  b: {end: y}\n", "f.yaml:5:9: `bb` is not a state (did you mean `b`?)"},
		{"start", "flow: f\nstart: x\nstates: {a: {end: x}}\n", "f.yaml:2:8: `x` is not a state"},
		{"circle", oneState("go: b") + "  b: {go: c}\n  c: {go: a}\n", "states a → b → c → a go on without waiting"},
		{"own circle", oneState("go: a"), "states a → a go on without waiting"},
		{"branch without last", oneState("branch: [{if: \"1 == 1\", end: x}]"), "the last entry of `branch` has an `if`"},
		{"branch without if", oneState("branch: [{end: x}, {end: y}]"), "an entry without `if` must be the last"},
		{"split without share", oneState("split: [{end: x}]"), "the entry has no `share`"},

		// persons, other systems, other flows
		{"call without outcomes", oneState("call: g"), "f.yaml:5:11: nothing says where `a` goes on after `g` (name states by its outcomes, or `else`)"},
		{"call and replies", oneState("call: {flow: g, else: a}", "replies: [{is: yes, end: x}]"), "state `a` has a `call` and replies"},
		{"call key", oneState("call: {flow: g, Done: a}"), "unknown key `Done` in `call`"},
		{"handoff group", oneState("handoff: g"), "f.yaml:5:14: no staff group `g` in this program"},
		{"handoff and replies", oneState("handoff: hosts", "replies: [{is: yes, end: x}]"), "state `a` has a `handoff` and replies (texts go to the person)"},
		{"webhook incomplete", oneState("do: [{webhook: {name: x}}]"), "f.yaml:5:11: `webhook` wants `ok`"},
		{"webhook and on", oneState("do: [{webhook: {name: x, ok: a, failed: a}}]", "end: x"), "state `a` waits and goes on"},
		{"webhook first", oneState("do: [{webhook: {name: x, ok: a, failed: a}}, {tag: t}]"), "f.yaml:5:11: `webhook` must be the last action"},
		{"webhook in a reply", oneState("replies: [{is: yes, do: [{webhook: {name: x, ok: a, failed: a}}]}]"), "`webhook` belongs to the `do` of a state"},
		{"answers without event", oneState("do: [{notify: {staff: hosts, say: x, answers: [{is: yes}]}}]", "end: x"), "an answer of the staff wants `is` or `words`, and `event`"},
		{"start without flow", oneState("do: [{start: {to: contact.msisdn}}]", "end: x"), "`start` wants `flow`"},
		{"returns", "flow: f\nreturns: [x]\nstart: a\nstates: {a: {end: x}}\n", "f.yaml:2:10: `x` is returned, but never saved"},
		{"unknown action", oneState("do: [{tga: vip}]", "end: x"), "unknown action `tga` (did you mean `tag`?)"},

		// replies
		{"is", oneState("replies: [{is: numbr, end: x}]"), "f.yaml:5:20: `numbr` is nothing that a reply can be (did you mean `number`?)"},
		{"no matcher", oneState("replies: [{end: x}]"), "the reply says nothing about what it matches"},
		{"bounds", oneState("replies: [{is: yes, min: 3, end: x}]"), "`yes` has no bounds"},
		{"never match", oneState("replies:", "  - {is: yes, end: x}", "  - {is: yes, end: y}"), "f.yaml:7:10: reply can never match: line 6 takes it"},
		{"word twice", oneState("replies:", "  - {words: [red, blue], end: x}", "  - {words: [green, RED], end: y}"), "f.yaml:7:10: word `red` is in two replies of this state (line 6 takes it)"},
		{"yes word", oneState("replies:", "  - {is: yes, end: x}", "  - {words: [ok, fine], end: y}"), "word `ok` is in two replies"},
		{"any twice", oneState("replies:", "  - {is: any, end: x}", "  - {is: any, end: y}"), "reply can never match"},
		{"two choices", oneState("say: \"{{menu}}\"", "replies:", "  - {choice: [a, b], end: x}", "  - {choice: [c, d], end: y}"), "a state has one `choice`"},
		{"label twice", oneState("say: \"{{menu}}\"", "replies: [{choice: {x: Red, y: red}, end: x}]"), "word `red` is in two options of this menu"},
		{"reserved word", oneState("replies: [{words: [CANCEL], end: x}]"), "f.yaml:5:24: `CANCEL` is an opt-out word: a phone that sends it leaves the program (try DROP)"},
		{"reserved label", oneState("say: \"{{menu}}\"", "replies: [{choice: [stop, go on], end: x}]"), "`stop` is an opt-out word"},
		{"reserved start", oneState("replies: [{starts: [help], is: any, end: x}]"), "`help` is a help word: it never reaches the flow"},
		{"pattern", oneState("replies: [{pattern: \"(\", end: x}]"), "`(` is no pattern"},
		{"starts alone", oneState("replies: [{starts: [sans], end: x}]"), "`starts` wants another matcher"},
		{"no menu", oneState("say: Which?", "replies: [{choice: [a, b], end: x}]"), "warning: state `a` has a choice, but no {{menu}} in its say"},

		// texts
		{"no fr", oneState("say: {en: Hi}", "end: x"), "f.yaml:5:11: text has no `fr`"},
		{"no language", oneState("say: {english: Hi}", "end: x"), "`english` is not a language"},
		{"not closed", oneState(`say: "Hi {{contact.first_name"`, "end: x"), "`{{` is never closed"},
		{"budget", oneState("say: \""+strings.Repeat("0123456789", 40)+"\"", "end: x"), "f.yaml:5:10: text may need 3 segments, budget 2 (longest: fr, 400)"},
		{"budget with names", oneState("say: \""+strings.Repeat("0123456789", 29)+"{{contact.first_name}}\"", "end: x"), "text may need 3 segments, budget 2 (longest: fr, 330)"},
		{"ucs2", oneState("say: {en: Hello, fr: \"Bientôt "+strings.Repeat("0123456789", 9)+"\"}", "end: x"), "warning: `ô` makes this text UCS-2: 2 segments instead of 1"},

		// expressions
		{"unknown name", oneState(`say: "{{contct.first_name}}"`, "end: x"), "`contct` is not known here (did you mean `contact`?)"},
		{"unknown member", oneState(`say: "{{program.brnd}}"`, "end: x"), "`program.brnd` is not known (did you mean `program.brand`?)"},
		{"bare word", oneState("do: [{set: {size: large}}]", "end: x"), "`large` is not known here (for the text write \"'large'\")"},
		{"may be missing", oneState(`say: "{{upper(contact.first_name)}}"`, "end: x"), "`contact.first_name` may be missing (write `contact.first_name ?? '…'`)"},
		{"field may be missing", oneState("branch: [{if: contact.shoe_size > 40, end: x}, {end: y}]"), "`contact.shoe_size` may be missing"},
		{"not here", oneState(`say: "{{answer}}"`, "end: x"), "`answer` is not known at this place"},
		{"menu without choice", oneState(`say: "{{menu}}"`, "end: x"), "`menu` is not known at this place"},
		{"no function", oneState(`say: "{{uper('x')}}"`, "end: x"), "there is no function `uper` (did you mean `upper`?)"},
		{"method", oneState(`say: "{{now.Year()}}"`, "end: x"), "methods cannot be called"},
		{"range", oneState(`say: "{{len(1..9)}}"`, "end: x"), "`..` is not part of expressions here"},
		{"let", oneState(`say: "{{let x = 1; x}}"`, "end: x"), "`let` and `;` are not part"},
		{"nested predicate", "flow: f\nstart: a\ninputs: {xs: list}\nstates: {a: {end: x, say: \"{{len(filter(xs, any(xs, true)))}}\"}}\n", "a predicate inside a predicate"},
		{"if wants a flag", oneState("branch: [{if: 1 + 1, end: x}, {end: y}]"), "`if` wants flag, but `1 + 1` is number"},
		{"types", "flow: f\nstart: a\ninputs: {n: text}\nstates: {a: {branch: [{if: n > 3, end: x}, {end: y}]}}\n", "invalid operation: > (mismatched types string and int)"},
		{"label", oneState(`say: "{{label(now)}}"`, "end: x"), "holds no choice"},

		// saved names
		{"function name", oneState("replies: [{is: date, save: date, end: x}]"), "f.yaml:5:32: saved name `date` is a function"},
		{"language name", oneState("replies: [{is: date, save: today, end: x}]"), "saved name `today` is a name of the flow language"},
		{"an input", "flow: f\nstart: a\ninputs: {n: text}\nstates: {a: {replies: [{is: any, save: n, end: x}]}}\n", "`n` is an input"},
		{"two types", oneState("replies:", "  - {is: number, save: size, end: x}", "  - {is: any, save: size, end: y}"), "f.yaml:7:25: `size` is text here and number in line 6"},
		{"not saved on the way", oneState("replies: [{is: yes, save: ok, go: b}, {is: no, go: b}]") + "  b: {say: \"{{ok}}\", end: x}\n", "f.yaml:6:12: `ok` is not saved on the way a → b"},
		{"not saved before", oneState(`say: "{{n}}"`, "replies: [{is: number, save: n, end: x}]"), "`n` is not saved before this"},
		{"contact field", oneState("do: [{set: {contact.hat: \"'x'\"}}]", "end: x"), "`hat` is no field of a contact"},
		{"language", oneState("do: [{language: de}]", "end: x"), "`de` is not a language of this flow (one of: fr, en)"},
		{"staff", oneState("do: [{notify: {staff: host, say: x}}]", "end: x"), "no staff group `host` in this program (did you mean `hosts`?)"},

		// timers
		{"after lifetime", oneState("timeout: {after: 30h, end: x}"), "f.yaml:5:15: timeout after 30h never fires: lifetime is 24h"},
		{"after and at", oneState("timeout: {after: 1h, at: 14:00, end: x}"), "a timeout wants `after` or `at`"},
		{"at night", oneState("timeout: {after: 1h, go: b}") + "  b: {say: Well?, replies: [{is: yes, end: x}]}\n", "warning: the timer asks a marketing question, perhaps at night (`hours: open`?)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := problems(t, c.src); !strings.Contains(got, c.want) {
				t.Errorf("wanted %q\ngot:\n%s", c.want, got)
			}
		})
	}
}

func TestScalarsAreAsWritten(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		oneState("replies: [{is: true, end: x}, {is: no, end: y}]"),
		oneState("say: {fr: 0600, en: on}", "end: x"),
		oneState("say: null", "end: x"),
		"\ufeff" + oneState("say: with a mark", "end: x"),
		strings.ReplaceAll(oneState("say: two", "end: x"), "\n", "\r\n"),
		oneState("timeout: {at: 14:30, end: x}"),
		oneState("replies: [{words: {fr: [oui non], en: [12, off]}, end: x}]"),
		oneState("say: \"{{menu}}\"", "replies: [{choice: {yes: A, no: B, 12: C}, end: x}]"),
		oneState("say: {fr: \"a\", en: \"b\", nb: \"c\"}", "end: x"),
		oneState("say: \"{{contact.first_name}}\"", "end: x"),
		oneState("say: \"{{contact.first_name != nil ? upper(contact.first_name) : ''}}\"", "end: x"),
		oneState("branch: [{if: contact.postcode != nil && contact.postcode startsWith '75', end: x}, {end: y}]"),
	} {
		if got := problems(t, src); got != "" {
			t.Errorf("%s\n%s", src, got)
		}
	}
}
