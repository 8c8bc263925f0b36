package dialogs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/sms"
)

const (
	lunch = `
flow: lunch
class: transactional
start: ask
states:
  ask:
    say: "Lunch?"
    replies:
      - {is: yes, say: "Good.", end: yes}
      - {is: no, end: no}
    else: {say: "YES or NO?", tries: 2, end: lost}
`
	vote = `
flow: vote
start: ask
states:
  ask:
    say: "Vote:\n{{menu}}"
    replies: [{choice: [Lea, Tom, The Twins], save: pick, go: done}]
  done: {say: "Thanks for {{pick}}.", end: completed}
`
	comment = `
flow: comment
class: transactional
start: ask
states:
  ask:
    say: "Tell us."
    replies: [{is: any, save: words, say: "Noted: {{words}}", end: completed}]
`
)

func TestOneConversation(t *testing.T) {
	t.Parallel()
	p := newPhone(t, lunch)
	p.want(p.start("lunch"), "Lunch?")
	if b := p.last.Begun; len(b) != 1 || b[0].Flow != "lunch" || b[0].By != "test" || b[0].Version != 1 || b[0].Program != "pizza-roma" {
		t.Errorf("begun %+v", b)
	}
	if m := p.last.Messages[0]; m.Class != sms.Transactional || m.Language != "fr" {
		t.Errorf("message %+v", m)
	}
	p.want(p.text("what?"), "YES or NO?")
	if m := p.last.Messages[0]; m.Class != sms.Reply {
		t.Errorf("an answer is of class %s", m.Class)
	}
	p.want(p.text("yes"), "Good.")
	p.wantEnd("yes")
	if len(p.last.Talks) != 0 || !p.last.Wake.IsZero() || p.last.Rule != "front" {
		t.Errorf("result %+v", p.last)
	}
	p.want(p.text("yes"), "(unknown)")
}

func TestElse(t *testing.T) {
	t.Parallel()
	t.Run("tries", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, lunch)
		p.start("lunch")
		p.want(p.text("x"), "YES or NO?")
		p.want(p.text("x"), "")
		p.wantEnd("lost")
	})
	t.Run("none: the question, three times, then silence and a review", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, vote)
		p.start("vote")
		for range 3 {
			p.want(p.text("x"), "Vote:\n1 Lea\n2 Tom\n3 The Twins")
		}
		p.want(p.text("x"), "")
		if len(p.last.Effects) != 1 || p.last.Effects[0].Action != "review" {
			t.Errorf("effects %+v", p.last.Effects)
		}
		p.want(p.text("x"), "")
		if len(p.last.Effects) != 0 {
			t.Errorf("a second review")
		}
		p.want(p.text("2"), "Thanks for Tom.")
	})
	t.Run("a state without say leaves it to the code", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, oneState("replies: [{is: yes, end: x}]"))
		p.start("f")
		p.want(p.text("hello"), "(unknown)")
	})
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	both := func(t *testing.T, flows ...string) *phone {
		p := newPhone(t, flows...)
		p.keyword("lunch", "LUNCH", "")
		return p
	}
	t.Run("front before older", func(t *testing.T) {
		t.Parallel()
		p := both(t, lunch, vote)
		p.want(p.keyword("vote", "VOTE", ""), "Vote:\n1 Lea\n2 Tom\n3 The Twins")
		p.want(p.text("tom"), "Thanks for Tom. | Lunch?") // the suspended question comes again
		p.want(p.text("oui"), "Good.")
	})
	t.Run("older, exactly", func(t *testing.T) {
		t.Parallel()
		p := both(t, lunch, vote)
		p.keyword("vote", "VOTE", "")
		p.want(p.text("yes"), "Good. | Vote:\n1 Lea\n2 Tom\n3 The Twins")
		if p.last.Rule != "older" {
			t.Error(p.last.Rule)
		}
	})
	t.Run("older, never by number or loosely", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, lunch, vote)
		p.keyword("vote", "VOTE", "")
		p.keyword("lunch", "LUNCH", "")
		p.want(p.text("2"), "YES or NO?")
		p.want(p.text("the twinss"), "Vote:\n1 Lea\n2 Tom\n3 The Twins") // lunch gave up: the vote is the front again
		p.wantEnd("lost")
	})
	t.Run("keyword before loose", func(t *testing.T) {
		t.Parallel()
		p := both(t, lunch, vote)
		p.facts.Route = &dialogs.Route{Flow: "vote", Keyword: "VOTE", Args: "yes of course I will come by later on"}
		p.do(dialogs.Text("vote yes of course I will come by later on"))
		p.want(p.said(), "Vote:\n1 Lea\n2 Tom\n3 The Twins")
	})
	t.Run("loose before a keyword with a typo", func(t *testing.T) {
		t.Parallel()
		p := both(t, lunch, vote)
		p.facts.Route = &dialogs.Route{Flow: "vote", Keyword: "VOTE", Typo: true}
		p.do(dialogs.Text("well yes I think that I will come"))
		p.want(p.said(), "Good.")
		p.do(dialogs.Text("vot"))
		p.want(p.said(), "Vote:\n1 Lea\n2 Tom\n3 The Twins")
		if p.last.Rule != "keyword-typo" {
			t.Error(p.last.Rule)
		}
	})
	t.Run("any takes all but the keyword alone", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, comment, vote)
		p.keyword("comment", "AVIS", "")
		p.facts.Route = &dialogs.Route{Flow: "vote", Keyword: "VOTE", Args: "was too long"}
		p.do(dialogs.Text("vote was too long"))
		p.want(p.said(), "Noted: vote was too long")
		p.keyword("comment", "AVIS", "")
		p.want(p.keyword("vote", "VOTE", ""), "Vote:\n1 Lea\n2 Tom\n3 The Twins")
	})
	t.Run("on_keyword ignore", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, strings.Replace(lunch, "start:", "on_keyword: ignore\nstart:", 1), vote)
		p.keyword("lunch", "LUNCH", "")
		p.want(p.keyword("vote", "VOTE", ""), "YES or NO?")
	})
	t.Run("on_keyword end", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, strings.Replace(lunch, "start:", "on_keyword: end\nstart:", 1), vote)
		p.keyword("lunch", "LUNCH", "")
		p.keyword("vote", "VOTE", "")
		p.wantEnd("interrupted")
		p.want(p.text("1"), "Thanks for Lea.")
	})
	t.Run("a question older than an hour is not repeated", func(t *testing.T) {
		t.Parallel()
		p := both(t, lunch, vote)
		p.facts.Now = p.facts.Now.Add(time.Hour)
		p.keyword("vote", "VOTE", "")
		p.want(p.text("1"), "Thanks for Lea.")
		p.want(p.text("oui"), "Good.")
	})
}

func TestKeywordOfAnOpenFlow(t *testing.T) {
	t.Parallel()
	withTable := "flow: t\nclass: transactional\ninputs: {table: {type: text, default: \"1\"}}\nstart: a\nstates: {a: {say: \"Table {{table}}?\", replies: [{is: yes, say: \"Yes {{table}}\", end: x}]}}\n"
	p := newPhone(t, withTable, vote)
	p.want(p.keyword("t", "T", ""), "Table 1?")
	p.keyword("vote", "VOTE", "")
	p.want(p.keyword("t", "T", ""), "Table 1?") // repeated, and the front again
	if len(p.last.Talks) != 2 || len(p.last.Begun) != 0 {
		t.Errorf("%+v", p.last)
	}
	p.facts.Route = &dialogs.Route{Flow: "t", Keyword: "T", Inputs: map[string]string{"table": "2"}}
	p.do(dialogs.Text("T"))
	p.want(p.said(), "Table 2?")
	p.wantEnd("replaced")
	p.want(p.keyword("vote", "VOTE", "2"), "Thanks for Tom. | Table 2?") // arguments are matched there
}

func TestKeywordArguments(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"3": "Thanks for The Twins.", "tom !": "Thanks for Tom.", "the twinss": "Thanks for The Twins.", "": "Vote:\n1 Lea\n2 Tom\n3 The Twins", "7": "Vote:\n1 Lea\n2 Tom\n3 The Twins"} {
		p := newPhone(t, vote)
		p.want(p.keyword("vote", "VOTE", args), want)
	}
	p := newPhone(t, comment)
	p.want(p.keyword("comment", "AVIS", "très bon service"), "Noted: très bon service")
}

func TestUnknownFlows(t *testing.T) {
	t.Parallel()
	p := newPhone(t, lunch, "flow: n\ninputs: {table: text}\nstart: a\nstates: {a: {say: \"{{table}}\", end: x}}\n")
	p.want(p.keyword("nowhere", "X", ""), "(sorry)")
	p.want(p.keyword("n", "N", ""), "(sorry)") // an input is missing
	p.start("nowhere")
	p.want(p.said(), "")
	p.start("lunch")
	p.facts.Flow = func(string, int) *dialogs.Flow { return nil }
	p.want(p.text("yes"), "(sorry)")
	p.wantEnd("failed")
}

func TestAgainBackAndStay(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
start: one
anywhere: {replies: [{words: [back], go: back}, {words: [repeat], say: Again., go: again}, {words: [hours], say: "9 to 5"}]}
states:
  one: {say: "One {{n ?? '-'}}?", replies: [{is: number, save: n, go: two}]}
  two: {say: "Two {{n}}?", replies: [{is: number, do: [{set: {n: n + answer}}], go: three}]}
  three: {say: "Three {{n}}?", replies: [{is: yes, end: x}]}
`)
	p.start("f")
	p.want(p.text("1"), "Two 1?")
	p.want(p.text("5"), "Three 6?")
	p.want(p.text("repeat"), "Again. | Three 6?")
	p.want(p.text("hours"), "9 to 5")
	p.want(p.text("back"), "Two 1?") // with the values of that moment
	p.want(p.text("7"), "Three 8?")
	p.want(p.text("back"), "Two 1?")
	p.want(p.text("back"), "One -?")
	p.want(p.text("back"), "One -?") // there is nothing before
	p.want(p.text("2"), "Two 2?")
}

func TestTimers(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
lifetime: 3h
start: a
states:
  a:
    say: "A?"
    replies: [{is: yes, go: b}]
    timeout: [{after: 10m, say: "Still there?"}, {after: 20m, if: "lang == 'de'", say: Never}, {after: 1h, go: b}]
  b: {say: "B?", replies: [{is: yes, end: x}], timeout: {at: 14:00, say: "It is two.", go: c}}
  c: {say: "C?", replies: [{is: yes, end: x}]}
`)
	at := func(d time.Duration) string {
		p.facts.Now = time.Date(2026, 11, 20, 12, 0, 0, 0, p.facts.Now.Location()).Add(d)
		p.do(dialogs.Timer{})
		return p.said()
	}
	p.start("f")
	if want := p.facts.Now.Add(10 * time.Minute); !p.last.Wake.Equal(want) {
		t.Errorf("wake %v", p.last.Wake)
	}
	p.want(at(9*time.Minute), "")
	p.want(at(10*time.Minute), "Still there?")
	if p.last.Rule != "timer" || p.last.Messages[0].Class != sms.Transactional {
		t.Errorf("%+v", p.last)
	}
	p.want(at(10*time.Minute), "")
	p.want(at(20*time.Minute), "")
	p.want(at(61*time.Minute), "B?")
	p.want(at(2*time.Hour), "It is two. | C?")
	p.want(at(3*time.Hour), "")
	p.wantEnd("expired")
}

func TestTimersOfSeveralConversations(t *testing.T) {
	t.Parallel()
	flow := func(name, after string) string {
		return "flow: " + name + "\nclass: transactional\nstart: a\nstates: {a: {say: \"" + name + "?\", replies: [{is: yes, end: x}], timeout: {after: " + after + ", say: \"" + name + " ends\", end: late}}}\n"
	}
	p := newPhone(t, flow("slow", "20m"), flow("quick", "10m"))
	p.start("slow")
	p.start("quick")
	p.facts.Now = p.facts.Now.Add(time.Hour)
	p.do(dialogs.Timer{})
	p.want(p.said(), "quick ends | slow ends") // in the order of their deadlines
}

func TestMarketingWaitsWhileAnotherTalkMoves(t *testing.T) {
	t.Parallel()
	promo := "flow: promo\nstart: a\nstates: {a: {say: \"Promo?\", replies: [{is: yes, end: x}], timeout: {after: 10m, say: \"Still?\"}}}\n"
	p := newPhone(t, promo, lunch)
	p.start("lunch")
	p.want(p.start("promo"), "")
	if want := p.facts.Now.Add(15 * time.Minute); !p.last.Wake.Equal(want) || len(p.last.Begun) != 1 {
		t.Fatalf("wake %v begun %v", p.last.Wake, p.last.Begun)
	}
	p.facts.Now = p.facts.Now.Add(15 * time.Minute)
	p.do(dialogs.Timer{})
	p.want(p.said(), "Promo?")
	p.facts.Now = p.facts.Now.Add(5 * time.Minute)
	p.want(p.text("non"), "Promo?") // lunch takes it, and the front asks again
	p.facts.Now = p.facts.Now.Add(5 * time.Minute)
	p.do(dialogs.Timer{})
	p.want(p.said(), "Still?") // lunch is over, nothing else moves
}

func TestReminderWaitsForOpenHours(t *testing.T) {
	t.Parallel()
	p := newPhone(t, "flow: promo\nstart: a\nstates: {a: {say: \"Promo?\", replies: [{is: yes, end: x}], timeout: {after: 10m, say: \"Still?\"}}}\n")
	p.start("promo")
	open := p.facts.Now.Add(time.Hour)
	p.facts.Open = func(class sms.Class, at time.Time) time.Time {
		if class != sms.Marketing || at.After(open) {
			return at
		}
		return open
	}
	p.facts.Now = p.facts.Now.Add(10 * time.Minute)
	p.do(dialogs.Timer{})
	p.want(p.said(), "")
	if !p.last.Wake.Equal(open) {
		t.Errorf("wake %v", p.last.Wake)
	}
	p.facts.Now = open
	p.do(dialogs.Timer{})
	p.want(p.said(), "Still?")
}

func TestBranchSetSplit(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
start: a
states:
  a: {say: "N?", replies: [{is: number, save: n, go: b}]}
  b: {do: [{set: {twice: n * 2, word: "n > 5 ? 'big' : 'small'"}}], branch: [{if: n > 5, go: c}, {if: n < 0, end: negative}, {go: d}]}
  c: {say: "{{word}} {{twice}}", end: big}
  d: {split: [{share: 1, go: e}, {share: 3, end: other}]}
  e: {say: "arm", end: arm}
`)
	p.start("f")
	p.want(p.text("7"), "big 14")
	counts := map[string]int{}
	for i := range 400 {
		p.facts.Contact.MSISDN = sms.MSISDN(33600000000 + i)
		p.facts.Talks = nil
		p.start("f")
		p.text("1")
		outcome := p.last.Ended[0].Outcome
		counts[outcome]++
		p.facts.Talks = nil
		p.start("f")
		p.text("1")
		if p.last.Ended[0].Outcome != outcome {
			t.Fatal("the split is not sticky")
		}
	}
	if counts["arm"] < 70 || counts["arm"] > 130 {
		t.Errorf("arms %v, expected about 100 of 400", counts)
	}
}

func TestLanguageTagTrackNotify(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
start: a
states:
  a:
    say: {fr: "Langue ?", en: "Language?"}
    replies:
      - {words: [english], do: [{language: en}, {tag: [vip, english]}, {untag: new}, {track: {event: chosen, what: lang}}, {notify: {staff: hosts, say: {fr: "Parle {{lang}}", en: "Speaks {{lang}}"}}}, {set: {contact.first_name: "'Lea'"}}], go: b}
  b: {say: {fr: "Bonjour", en: "Hello {{contact.first_name}}"}, end: x}
`)
	p.want(p.start("f"), "Langue ?")
	p.want(p.text("English"), "Hello Lea")
	if p.last.Language != "en" || p.last.Contact["language"] != "en" || p.last.Contact["first_name"] != "Lea" {
		t.Errorf("%+v", p.last)
	}
	var got []string
	keys := map[string]bool{}
	for _, e := range p.last.Effects {
		got = append(got, e.Action)
		keys[e.Key] = true
	}
	if strings.Join(got, " ") != "tag untag track notify" || len(keys) != 4 {
		t.Errorf("effects %v keys %v", got, keys)
	}
	if n := p.last.Effects[3]; n.Data["text"] != "Parle fr" || n.Data["staff"] != "hosts" {
		t.Errorf("notice %+v", n)
	}
	p.facts.Contact.Language = "en"
	p.want(p.start("f"), "Language?")
}

func TestEvents(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
start: a
anywhere: {events: [{event: closed, say: "Closed.", end: closed}]}
states:
  a: {say: "Sure?", replies: [{is: yes, go: b}]}
  b: {say: "Wait.", events: [{event: ready, if: event.number > 3, save: order, say: "Ready {{event.number}}!", go: c}]}
  c: {say: "Thanks {{order.name ?? 'you'}}", replies: [{is: yes, end: x}]}
`)
	p.start("f")
	p.do(dialogs.Event{Name: "nobody.hears.it"})
	p.want(p.said(), "")
	p.do(dialogs.Event{Name: "ready", Data: map[string]any{"number": 4}}) // too early: kept
	p.want(p.said(), "")
	p.want(p.text("yes"), "Wait. | Ready 4! | Thanks you")
	p.do(dialogs.Event{Name: "closed", Flow: "other"})
	p.want(p.said(), "")
	p.do(dialogs.Event{Name: "closed", Flow: "f"})
	p.want(p.said(), "Closed.")
	p.wantEnd("closed")
}

func TestFailures(t *testing.T) {
	t.Parallel()
	src := `
flow: f
class: transactional
start: a
FAILED
states:
  a: {say: "A?", replies: [{is: yes, say: "dropped", do: [{track: gone}, {set: {n: int(text)}}], go: b}, {is: no, go: b}]}
  b: {say: "B {{n ?? 0}}", end: x}
  oops: {say: "Oops.", end: broken}
`
	p := newPhone(t, strings.Replace(src, "FAILED", "failed: oops", 1))
	p.start("f")
	p.want(p.text("yes"), "Oops.")
	if len(p.last.Effects) != 0 {
		t.Errorf("effects %v", p.last.Effects)
	}
	p.wantEnd("broken")
	p = newPhone(t, strings.Replace(strings.Replace(src, "FAILED\n", "", 1), "  oops: {say: \"Oops.\", end: broken}\n", "", 1))
	p.start("f")
	p.want(p.text("yes"), "(sorry)")
	p.wantEnd("failed")
	if !strings.Contains(p.last.Ended[0].Reason, "int(text)") {
		t.Errorf("reason %q", p.last.Ended[0].Reason)
	}
}

func TestErrorsWhileMatching(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{"{is: number, min: int(text), end: x}", "{choice: {a: {text: Ay, if: int(text) > 3}, b: Bee}, end: x}", "{is: number, if: int(args) > 2, end: x}"} {
		p := newPhone(t, oneState("say: \"?{{visits}}\"", "replies: ["+reply+"]"))
		p.facts.Talks = nil
		p.start("f")
		if strings.HasPrefix(reply, "{choice") {
			p.want(p.said(), "?1")
		}
		p.want(p.text("3 x"), "(sorry)")
		p.wantEnd("failed")
	}
}

func TestNoConversationListensBeforeOneThatDoes(t *testing.T) {
	t.Parallel()
	kitchen := "flow: kitchen\nclass: transactional\nstart: a\nstates:\n  a: {say: \"Order?\", replies: [{words: [pizza], go: b}]}\n  b: {say: \"Cooking.\", events: [{event: ready, end: x}]}\n"
	p := newPhone(t, kitchen, lunch)
	p.keyword("lunch", "LUNCH", "")
	p.keyword("kitchen", "EAT", "")
	p.want(p.text("pizza"), "Cooking. | Lunch?")
	if k := p.last.Talks; len(k) != 2 || k[0].Flow != "lunch" || k[1].Listening() {
		t.Errorf("%+v", k)
	}
	p.want(p.keyword("kitchen", "EAT", ""), "Order?") // beside the one that listens no more
	if len(p.last.Talks) != 3 {
		t.Errorf("%+v", p.last.Talks)
	}
}

func TestProgramsOfOneCode(t *testing.T) {
	t.Parallel()
	p := newPhone(t, "flow: f\nclass: transactional\nstart: a\nstates: {a: {say: {fr: \"Ici {{program.brand}}\", en: \"This is {{program.brand}}\"}, end: x}}\n")
	other := dialogs.Program{Name: "casino", Brand: "Casino", Languages: []string{"en"}}
	p.facts.ProgramOf = func(name string) *dialogs.Program {
		if name == "casino" {
			return &other
		}
		return nil
	}
	p.facts.Route = &dialogs.Route{Flow: "f", Keyword: "CASINO", Program: "casino"}
	p.do(dialogs.Text("casino"))
	p.want(p.said(), "This is Casino")
	p.facts.Language = ""
	p.want(p.keyword("f", "ROMA", ""), "Ici Pizza Roma")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	t.Run("turns", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, oneState("say: A?", "replies: [{words: [more], say: More}, {is: yes, end: x}]"))
		p.start("f")
		for range 199 {
			p.want(p.text("more"), "More")
		}
		p.want(p.text("more"), "(sorry)")
		p.wantEnd("failed")
	})
	t.Run("saved text", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, strings.Replace(comment, "is: any,", "is: any, max: 1000,", 1)+"segments: 10\n")
		p.start("comment")
		p.want(p.text(strings.Repeat("é", 600)), "Noted: "+strings.Repeat("é", 480))
	})
	t.Run("messages", func(t *testing.T) {
		t.Parallel()
		src := "flow: f\nstart: s0\nstates:\n"
		for i := range 8 {
			src += "  s" + string(rune('0'+i)) + ": {say: X, go: s" + string(rune('1'+i)) + "}\n"
		}
		p := newPhone(t, src+"  s8: {end: x}\n")
		p.want(p.start("f"), "(sorry)")
	})
	t.Run("moves", func(t *testing.T) {
		t.Parallel()
		src := "flow: f\nstart: s0\nstates:\n"
		for i := range 40 {
			src += fmt.Sprintf("  s%d: {go: s%d}\n", i, i+1)
		}
		p := newPhone(t, src+"  s40: {say: There., end: x}\n")
		p.want(p.start("f"), "(sorry)")
		p.wantEnd("failed")
	})
	t.Run("asks", func(t *testing.T) {
		t.Parallel()
		src := "flow: f\nstart: s0\nfailed: sorry\nstates:\n  sorry: {say: Sorry., end: refused}\n"
		for i := range 9 {
			src += fmt.Sprintf("  s%d: {do: [{points: {for: card}}], go: s%d}\n", i, i+1)
		}
		p := newPhone(t, src+"  s9: {say: There., end: x}\n")
		var answers []dialogs.Answer
		for p.do(dialogs.Start{Flow: "f"}, answers...); p.last.Ask != nil; p.do(dialogs.Start{Flow: "f"}, answers...) {
			answers = append(answers, dialogs.Answer{Result: "ok"})
		}
		assert.Len(t, answers, 8)
		p.want(p.said(), "Sorry.")
		p.wantEnd("refused")
		assert.Len(t, p.last.Released, 8, "what a turn asked for that fails is given back")
	})
	t.Run("kept events", func(t *testing.T) {
		t.Parallel()
		p := newPhone(t, `
flow: f
start: a
states:
  a: {say: "A?", replies: [{is: yes, go: b}]}
  b: {say: "B?", events: [{event: ping, say: "{{event.n}}", go: b}, {event: last, end: x}]}
`)
		p.start("f")
		for i := range 20 {
			p.do(dialogs.Event{Name: "ping", Data: map[string]any{"n": i}})
		}
		assert.Len(t, p.facts.Talks[0].Kept, 16)
		assert.EqualValues(t, 0, p.facts.Talks[0].Kept[0].Data["n"], "the oldest stay")
	})
}

// TestStaffBeforeConversations: an answer to an open task is taken before the
// conversation of the same phone that would take it too, even one with a person.
func TestStaffBeforeConversations(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: seat
class: transactional
start: wait
states:
  wait: {do: [{notify: {staff: hosts, say: "Seat?", answers: [{is: yes, event: host.yes}]}}], events: [{event: host.yes, end: completed}]}
`, lunch, `
flow: desk
class: transactional
start: person
states:
  person: {handoff: {group: hosts, away: away}}
  away: {end: unanswered}
`)
	p.want(p.start("lunch"), "Lunch?")
	p.facts.Tasks = []dialogs.Task{{ID: 7, Number: 40, Flow: "seat", Version: 1, Notice: "wait/enter.do0", Language: "en"}}
	r := p.do(dialogs.Text("oui"))
	require.NotNil(t, r.Ask)
	assert.Equal(t, "task", r.Ask.Action)
	p.facts.Talks = nil
	p.start("desk")
	assert.Equal(t, "person", p.do(dialogs.Text("and my pizza?")).Rule)
	r = p.do(dialogs.Text("oui"))
	require.NotNil(t, r.Ask)
	assert.Equal(t, "task", r.Ask.Action)
}

func TestEndAll(t *testing.T) {
	t.Parallel()
	p := newPhone(t, lunch, vote)
	p.start("lunch")
	p.keyword("vote", "VOTE", "")
	rest, ended := dialogs.EndAll(p.facts.Talks, func(k dialogs.Talk) bool { return k.Flow == "vote" }, "stopped")
	if len(rest) != 1 || rest[0].Flow != "vote" || len(ended) != 1 || ended[0].Outcome != "stopped" {
		t.Errorf("rest %v ended %v", rest, ended)
	}
	if rest, ended := dialogs.EndAll(p.facts.Talks, nil, "stopped"); len(rest) != 0 || len(ended) != 2 {
		t.Errorf("rest %v ended %v", rest, ended)
	}
}

func TestPagedMenu(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
segments: 1
start: a
states:
  a:
    say: {fr: "Votre ville ?\n{{menu}}", en: "Your town?\n{{menu}}"}
    replies: [{choice: [Aix-en-Provence, Bordeaux-Lac, Clermont-Ferrand, Dijon-Toison, Epinal-Centre, Fontenay-sous-Bois, Grenoble-Alpes, Hyeres-les-Palmiers, Issy-les-Moulineaux, Jouy-en-Josas, Kerlouan-Plage, Lille-Flandres, Montpellier-Sud], save: town, say: "{{town}}", end: x}]
`)
	first := p.start("f")
	if !strings.HasSuffix(first, "\n> SUITE") || !strings.Contains(first, "1 Aix") || len(first) > 160 {
		t.Fatalf("%d %q", len(first), first)
	}
	second := p.text("suite")
	if strings.Contains(second, "1 Aix") || !strings.HasSuffix(second, "13 Montpellier-Sud") || len(second) > 160 {
		t.Fatalf("%q", second)
	}
	p.want(p.text("encore"), first)
	p.want(p.text("More please"), second)
	p.want(p.text("13"), "Montpellier-Sud")
}

func TestStateClass(t *testing.T) {
	t.Parallel()
	p := newPhone(t, `
flow: f
class: transactional
start: a
states:
  a: {say: "A?", replies: [{is: yes, go: b}]}
  b: {class: marketing, say: "Club?", replies: [{is: yes, end: x}]}
`)
	p.start("f")
	p.text("yes")
	if c := p.last.Messages[0].Class; c != sms.Marketing {
		t.Errorf("a question that promotes is of class %s even as an answer", c)
	}
}

func TestMermaid(t *testing.T) {
	t.Parallel()
	env, _ := roma(t)
	f, _ := dialogs.Load("f.yaml", []byte(vote), env)
	got := f.Mermaid()
	for _, want := range []string{"stateDiagram-v2", `state "ask" as`, `state "end:completed" as`, ": reply 0", "--> [*]"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
