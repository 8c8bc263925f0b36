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

// TestChecks holds every problem of a flow: where it stands, what it says and
// its hint, all problems of the flow and no other.
func TestChecks(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, src, want string }{
		// the file
		{"empty", "", "1:1: the file is empty (begin it with flow: NAME)"},
		{"list", "- a\n", "1:1: a flow must be a map, not a list"},
		{"tab", "flow: f\nstates:\n\ta: b\n", "3:1: not readable as YAML: found character '\t' that cannot start any token (indent with spaces, not tabs)"},
		{"anchor", "flow: &x f\n", "1:7: \"&\" is not part of the flow language: no tags, anchors, aliases, merge keys, directives or ? keys (write the value out)"},
		{"tag", "flow: !!str f\n", "1:7: \"!!str\" is not part of the flow language: no tags, anchors, aliases, merge keys, directives or ? keys (write the value out)"},
		{"alias", "flow: *x\n", "1:7: \"*\" is not part of the flow language: no tags, anchors, aliases, merge keys, directives or ? keys (write the value out)"},
		{"two documents", "flow: f\n---\nflow: g\n", "1:1: the file holds 2 documents (one file holds one flow)"},
		{"duplicate key", "flow: f\nflow: g\n", "1:1: the flow has no `start`\n1:1: the flow has no `states`\n2:1: key `flow` stands here twice"},
		{"empty value", "flow: f\nstart:\nstates: {a: {end: x}}\n", "1:1: the flow has no `start`\n2:1: `start` has no value"},
		{"quotes", oneState("say: “Bonjour”", "end: x"), "5:10: typographic quotes are part of the text here (use straight quotes: \"…\")"},
		{"unknown key", oneState("sya: x", "end: x"), "5:5: unknown key `sya` in a state (did you mean `say`?)"},
		{"colon in a text", oneState("say: Lunch: now", "end: x"), "5:10: not readable as YAML: mapping value is not allowed in this context (put a text that holds `: ` in double quotes)"},
		{"bare braces", oneState("say: {{now}}", "end: x"), "5:11: not readable as YAML: could not find flow map content (put a text that holds {{ }} in double quotes)"},
		{"tab in a text", oneState("say: \"Lun\tch\"", "end: x"), "5:23: not readable as YAML: value is not allowed in this context. map key-value is pre-defined (use spaces, not tabs)"},
		{"missing keys", "title: x\n", "1:1: the flow has no `flow`\n1:1: the flow has no `start`\n1:1: the flow has no `states`"},
		{"flow name", "flow: My Flow\nstart: a\nstates: {a: {end: x}}\n", "1:7: `My Flow` is not a name for a flow (lower-case letters, digits and - are allowed)"},
		{"state name", "flow: f\nstart: a\nstates: {a: {end: x}, back: {end: x}}\n", "3:23: `back` is not a name for a state (lower-case letters, digits, - and _ are allowed, not `again` or `back`)"},
		{"class", "flow: f\nstart: a\nclass: promo\nstates: {a: {end: x}}\n", "3:8: `promo` is no value of `class` (one of: marketing, transactional)"},
		{"lifetime", "flow: f\nstart: a\nlifetime: 2 hours\nstates: {a: {end: x}}\n", "3:11: `2 hours` is not a duration (write 90s, 30m, 2h, 1d or 1w)"},
		{"input type", "flow: f\nstart: a\ninputs: {x: txt}\nstates: {a: {end: x}}\n", "3:13: `txt` is no type (text, number, money, flag, date, time, datetime, phone, list or map)"},
		{"input default", "flow: f\nstart: a\ninputs: {x: {type: date, default: tomorrow}}\nstates: {a: {end: x}}\n", "3:35: `tomorrow` is no date"},
		{"deep", "flow: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "1:55: nested too deeply"},
		{"large", "flow: f\n#" + strings.Repeat("x", 300<<10), "1:1: the file has 300 KB, 256 are allowed (split the flow)"},

		// states
		{"never goes on", oneState("say: x"), "4:3: state `a` never goes on (give it replies, go, branch or end)"},
		{"waits and goes on", oneState("replies: [{is: yes, end: x}]", "end: y"), "4:3: state `a` waits and goes on (a state waits (replies, else, timeout, events) or goes on (go, end, branch, split))"},
		{"two ways", oneState("end: x", "go: a"), "4:3: state `a` goes on in several ways (keep one of go, end, branch, split)\n5:10: `go` and `end` at the same place (keep one)"},
		{"never reached", oneState("end: x") + "  b: {end: y}\n", "6:3: state `b` is never reached"},
		{"not a state", oneState("go: bb") + "  b: {end: y}\n", "5:9: `bb` is not a state (did you mean `b`?)"},
		{"start", "flow: f\nstart: x\nstates: {a: {end: x}}\n", "2:8: `x` is not a state (did you mean `a`?)"},
		{"circle", oneState("go: b") + "  b: {go: c}\n  c: {go: a}\n", "4:3: states a → b → c → a go on without waiting (one of them must wait for an answer)"},
		{"own circle", oneState("go: a"), "4:3: states a → a go on without waiting (one of them must wait for an answer)"},
		{"branch without last", oneState("branch: [{if: \"1 == 1\", end: x}]"), "5:15: the last entry of `branch` has an `if`: nothing says what happens otherwise (add a last entry {go: …})"},
		{"branch without if", oneState("branch: [{end: x}, {end: y}]"), "5:15: an entry without `if` must be the last of `branch`"},
		{"split without share", oneState("split: [{end: x}]"), "5:14: the entry has no `share`"},

		// persons, other systems, other flows
		{"call without outcomes", oneState("call: g"), "5:11: nothing says where `a` goes on after `g` (name states by its outcomes, or `else`)"},
		{"call and replies", oneState("call: {flow: g, else: a}", "replies: [{is: yes, end: x}]"), "4:3: state `a` has a `call` and replies (the flow that is called has its own)"},
		{"call key", oneState("call: {flow: g, Done: a}"), "5:21: unknown key `Done` in `call` (an outcome of the flow, or flow, inputs, save, else, note)"},
		{"handoff group", oneState("handoff: g"), "5:14: no staff group `g` in this program"},
		{"handoff and replies", oneState("handoff: hosts", "replies: [{is: yes, end: x}]"), "4:3: state `a` has a `handoff` and replies (texts go to the person)"},
		{"webhook incomplete", oneState("do: [{webhook: {name: x}}]"), "5:11: `webhook` wants `ok`"},
		{"webhook and on", oneState("do: [{webhook: {name: x, ok: a, failed: a}}]", "end: x"), "4:3: state `a` waits and goes on (a state waits (replies, else, timeout, events) or goes on (go, end, branch, split))"},
		{"webhook first", oneState("do: [{webhook: {name: x, ok: a, failed: a}}, {tag: t}]"), "4:3: state `a` never goes on (give it replies, go, branch or end)\n5:11: `webhook` must be the last action (what depends on its answer belongs to the states of `ok` and `failed`)"},
		{"webhook in a reply", oneState("replies: [{is: yes, do: [{webhook: {name: x, ok: a, failed: a}}]}]"), "5:31: `webhook` belongs to the `do` of a state (go to a state of its own whose `do` ends with it)"},
		{"answers without event", oneState("do: [{notify: {staff: hosts, say: x, answers: [{is: yes}]}}]", "end: x"), "5:53: an answer of the staff wants `is` or `words`, and `event` (for example {is: yes, event: host.coming})"},
		{"start without flow", oneState("do: [{start: {to: contact.msisdn}}]", "end: x"), "5:11: `start` wants `flow`"},
		{"returns", "flow: f\nreturns: [x]\nstart: a\nstates: {a: {end: x}}\n", "2:10: `x` is returned, but never saved"},
		{"unknown action", oneState("do: [{tga: vip}]", "end: x"), "5:11: unknown action `tga` (did you mean `tag`?)"},

		// replies
		{"is", oneState("replies: [{is: numbr, end: x}]"), "5:20: `numbr` is nothing that a reply can be (did you mean `number`?)"},
		{"no matcher", oneState("replies: [{end: x}]"), "5:16: the reply says nothing about what it matches (is, words, choice, starts or pattern)"},
		{"bounds", oneState("replies: [{is: yes, min: 3, end: x}]"), "5:20: `yes` has no bounds (`min` and `max` bound number, amount, date and time)"},
		{"never match", oneState("replies:", "  - {is: yes, end: x}", "  - {is: yes, end: y}"), "7:10: reply can never match: line 6 takes it"},
		{"word twice", oneState("replies:", "  - {words: [red, blue], end: x}", "  - {words: [green, RED], end: y}"), "7:10: word `red` is in two replies of this state (line 6 takes it)"},
		{"yes word", oneState("replies:", "  - {is: yes, end: x}", "  - {words: [ok, fine], end: y}"), "7:10: word `ok` is in two replies of this state (line 6 takes it)"},
		{"any twice", oneState("replies:", "  - {is: any, end: x}", "  - {is: any, end: y}"), "7:10: reply can never match: line 6 takes it"},
		{"two choices", oneState("say: \"{{menu}}\"", "replies:", "  - {choice: [a, b], end: x}", "  - {choice: [c, d], end: y}"), "8:18: a state has one `choice`"},
		{"label twice", oneState("say: \"{{menu}}\"", "replies: [{choice: {x: Red, y: red}, end: x}]"), "6:33: word `red` is in two options of this menu"},
		{"reserved word", oneState("replies: [{words: [CANCEL], end: x}]"), "5:24: `CANCEL` is an opt-out word: a phone that sends it leaves the program (try DROP)"},
		{"reserved label", oneState("say: \"{{menu}}\"", "replies: [{choice: [stop, go on], end: x}]"), "6:25: `stop` is an opt-out word: a phone that sends it leaves the program (try DROP)"},
		{"reserved start", oneState("replies: [{starts: [help], is: any, end: x}]"), "5:25: `help` is a help word: it never reaches the flow (try INFO)"},
		{"pattern", oneState("replies: [{pattern: \"(\", end: x}]"), "5:25: `(` is no pattern (RE2 syntax, at most 500 characters, lower case without accents)"},
		{"starts alone", oneState("replies: [{starts: [sans], end: x}]"), "5:24: `starts` wants another matcher for the rest of the text (for example {starts: [sans], is: any})"},
		{"no menu", oneState("say: Which?", "replies: [{choice: [a, b], end: x}]"), "4:3: warning: state `a` has a choice, but no {{menu}} in its say (write {{menu}} where the options are to stand)"},

		// texts
		{"no fr", oneState("say: {en: Hi}", "end: x"), "5:11: text has no `fr`"},
		{"no language", oneState("say: {english: Hi}", "end: x"), "5:11: `english` is not a language (use codes such as fr or en; Norwegian is nb)\n5:11: text has no `fr`\n5:11: text has no `en`"},
		{"not closed", oneState(`say: "Hi {{contact.first_name"`, "end: x"), "5:16: `{{` is never closed (close it with }})"},
		{"budget", oneState("say: \""+strings.Repeat("0123456789", 40)+"\"", "end: x"), "5:10: text may need 3 segments, budget 2 (longest: fr, 400) (shorten it or raise `segments`)"},
		{"budget with names", oneState("say: \""+strings.Repeat("0123456789", 29)+"{{contact.first_name}}\"", "end: x"), "5:10: text may need 3 segments, budget 2 (longest: fr, 330) (shorten it or raise `segments`)"},
		{"ucs2", oneState("say: {en: Hello, fr: \"Bientôt "+strings.Repeat("0123456789", 9)+"\"}", "end: x"), "5:26: warning: `ô` makes this text UCS-2: 2 segments instead of 1"},

		// expressions
		{"unknown name", oneState(`say: "{{contct.first_name}}"`, "end: x"), "5:13: `contct` is not known here (did you mean `contact`?)"},
		{"unknown member", oneState(`say: "{{program.brnd}}"`, "end: x"), "5:13: `program.brnd` is not known (did you mean `program.brand`?)"},
		{"bare word", oneState("do: [{set: {size: large}}]", "end: x"), "5:23: `large` is not known here (for the text write \"'large'\")"},
		{"may be missing", oneState(`say: "{{upper(contact.first_name)}}"`, "end: x"), "5:13: `contact.first_name` may be missing (write `contact.first_name ?? '…'`)"},
		{"field may be missing", oneState("branch: [{if: contact.shoe_size > 40, end: x}, {end: y}]"), "5:19: `contact.shoe_size` may be missing (write `contact.shoe_size ?? '…'`)"},
		{"not here", oneState(`say: "{{answer}}"`, "end: x"), "5:13: `answer` is not known at this place"},
		{"menu without choice", oneState(`say: "{{menu}}"`, "end: x"), "5:13: `menu` is not known at this place"},
		{"no function", oneState(`say: "{{uper('x')}}"`, "end: x"), "5:13: there is no function `uper` (did you mean `upper`?)"},
		{"method", oneState(`say: "{{now.Year()}}"`, "end: x"), "5:13: methods cannot be called in `now.Year()`"},
		{"range", oneState(`say: "{{len(1..9)}}"`, "end: x"), "5:13: `..` is not part of expressions here"},
		{"let", oneState(`say: "{{let x = 1; x}}"`, "end: x"), "5:13: `let` and `;` are not part of expressions here (save the value with `set` in a state)"},
		{"nested predicate", "flow: f\nstart: a\ninputs: {xs: list}\nstates: {a: {end: x, say: \"{{len(filter(xs, any(xs, true)))}}\"}}\n", "4:30: a predicate inside a predicate in `len(filter(xs, any(xs, true)))`"},
		{"if wants a flag", oneState("branch: [{if: 1 + 1, end: x}, {end: y}]"), "5:19: `if` wants flag, but `1 + 1` is number"},
		{"types", "flow: f\nstart: a\ninputs: {n: text}\nstates: {a: {branch: [{if: n > 3, end: x}, {end: y}]}}\n", "4:28: `n > 3`: invalid operation: > (mismatched types string and int)"},
		{"label", oneState(`say: "{{label(now)}}"`, "end: x"), "5:13: `label(now)` holds no choice (label(NAME) wants a name that a `choice` was saved under)"},

		// saved names
		{"function name", oneState("replies: [{is: date, save: date, end: x}]"), "5:32: saved name `date` is a function (choose another name)"},
		{"language name", oneState("replies: [{is: date, save: today, end: x}]"), "5:32: saved name `today` is a name of the flow language (choose another name)"},
		{"an input", "flow: f\nstart: a\ninputs: {n: text}\nstates: {a: {replies: [{is: any, save: n, end: x}]}}\n", "4:40: `n` is an input (choose another name)"},
		{"two types", oneState("replies:", "  - {is: number, save: size, end: x}", "  - {is: any, save: size, end: y}"), "7:25: `size` is text here and number in line 6 (a saved name has one type in a flow)"},
		{"not saved on the way", oneState("replies: [{is: yes, save: ok, go: b}, {is: no, go: b}]") + "  b: {say: \"{{ok}}\", end: x}\n", "6:15: `ok` is not saved on the way a → b (save it there, or write `ok ?? …`)"},
		{"not saved before", oneState(`say: "{{n}}"`, "replies: [{is: number, save: n, end: x}]"), "5:13: `n` is not saved before this (save it there, or write `n ?? …`)"},
		{"contact field", oneState("do: [{set: {contact.hat: \"'x'\"}}]", "end: x"), "5:17: `hat` is no field of a contact that a flow can write (declare it under contact_fields)"},
		{"language", oneState("do: [{language: de}]", "end: x"), "5:21: `de` is not a language of this flow (one of: fr, en)"},
		{"staff", oneState("do: [{notify: {staff: host, say: x}}]", "end: x"), "5:27: no staff group `host` in this program (did you mean `hosts`?)"},

		// timers
		{"after lifetime", oneState("timeout: {after: 30h, end: x}"), "5:15: timeout after 30h never fires: lifetime is 24h (raise `lifetime`)"},
		{"after and at", oneState("timeout: {after: 1h, at: 14:00, end: x}"), "5:15: a timeout wants `after` or `at`"},
		{"at night", oneState("timeout: {after: 1h, go: b}") + "  b: {say: Well?, replies: [{is: yes, end: x}]}\n", "5:15: warning: the timer asks a marketing question, perhaps at night (`hours: open`?)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.ReplaceAll(problems(t, c.src), "f.yaml:", ""); got != c.want {
				t.Errorf("wanted:\n%s\ngot:\n%s", c.want, got)
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
