package inbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/smpp/pdu"
	"repartee/sms"
)

const phoneOne = sms.MSISDN(33600000001)

// asking replaces Step: a text "ASK n x" asks n times, then says what it was
// answered; "GIVE n" gives back its first answer; others are Step's.
func asking(f dialogs.Facts, in dialogs.Input, answers ...dialogs.Answer) dialogs.Result {
	text, _ := in.(dialogs.Text)
	var n int
	var what string
	if _, err := fmt.Sscanf(string(text), "WANT %d %s", &n, &what); err != nil {
		return dialogs.Step(f, in)
	}
	talk := f.NewID()
	if len(answers) < n {
		return dialogs.Result{Ask: &dialogs.Ask{Action: "issue", Talk: talk, Program: "pizza", Data: map[string]any{"offer": what}}}
	}
	r := dialogs.Result{Talks: f.Talks, Rule: "front", Begun: []dialogs.Begun{{ID: talk, Program: "pizza", Flow: "want", Version: 1, By: "test"}}}
	for _, a := range answers {
		r.Messages = append(r.Messages, dialogs.Message{Text: what + a.Result, Class: sms.Reply, Program: "pizza"})
	}
	switch what {
	case "poison":
		panic("poison")
	case "back":
		r.Released = []int{0}
	}
	return r
}

func askingWorld(t *testing.T) *world {
	w := newWorld(t, 1)
	w.Inbox.step = asking
	w.store.answer = func(round int, asks []Ask) (answers []dialogs.Answer) {
		for range asks {
			answers = append(answers, dialogs.Answer{Result: fmt.Sprint(round)})
		}
		return answers
	}
	return w
}

// All asks of a round go to the transaction together; what follows in the
// thread waits, and ids are the same in each round.
func TestAskRounds(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	a, b := w.lines[0].send(one, "WANT 2 a"), w.lines[0].send(one, "WANT 1 b")
	c := w.lines[0].send(two, "WANT 1 c")
	w.queued(3)
	w.start()
	for _, x := range []chan pdu.Status{a, b, c} {
		w.answered(x, pdu.StatusOK)
	}
	var rounds [][]string
	for _, asks := range w.store.rounds {
		var names []string
		for _, x := range asks {
			names = append(names, x.Data["offer"].(string))
		}
		rounds = append(rounds, names)
	}
	assert.Equal(t, [][]string{{"a", "c"}, {"a"}, {"b"}}, rounds)
	assert.Equal(t, w.store.rounds[0][0].Talk, w.store.rounds[1][0].Talk, "a conversation that begins keeps its id")
	assert.NotEqual(t, w.store.rounds[0][0].ID, w.store.rounds[1][0].ID)
	assert.ElementsMatch(t, []string{"a1", "a2", "b3", "c1"}, w.store.handed)
	assert.EqualValues(t, 2, w.store.threads[key(phoneOne)].Turn)
	require.Len(t, w.store.writes, 1)
	assert.Len(t, w.store.writes[0].Begun, 3, "what asked was undone")
}

// What a step gives back, and all that a message which fails after its answers
// was given, goes back in the same transaction.
func TestAsksGivenBack(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	a, b := w.lines[0].send(one, "WANT 2 back"), w.lines[0].send(two, "WANT 1 poison")
	w.queued(2)
	w.start()
	w.answered(a, pdu.StatusOK)
	w.answered(b, pdu.StatusOK)
	require.Len(t, w.store.released, 2)
	assert.ElementsMatch(t, []sms.ID{w.store.rounds[0][0].ID, w.store.rounds[0][1].ID}, []sms.ID{w.store.released[0].ID, w.store.released[1].ID})
	assert.Equal(t, []string{"failed WANT 1 poison"}, w.store.texts(33600000002))
}

// A text that comes again for its answers counts as one turn.
func TestTurnLimitCountsAnAskingTextOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) { o.TurnsPerMinute = 2 })
	w.Inbox.step = asking
	w.store.answer = func(int, []Ask) []dialogs.Answer { return []dialogs.Answer{{Result: "ok"}} }
	a, b := w.lines[0].send(one, "WANT 3 a"), w.lines[0].send(one, "ECHO b")
	w.queued(2)
	w.start()
	w.answered(a, pdu.StatusOK)
	w.answered(b, pdu.StatusOK)
	assert.Equal(t, []string{"turn WANT 3 a", "turn ECHO b"}, w.store.texts(phoneOne))
}

func event(name string) dialogs.Event { return dialogs.Event{Name: name} }

// Inputs are handled in their order, once, and are gone with their effects.
func TestInputs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	start := StartData{Start: dialogs.Start{Flow: "ask", By: "api"}}
	w.store.push(NewInput(key(phoneOne), "same", start, w.now()))
	w.store.push(NewInput(key(phoneOne), "same", start, w.now()))
	w.store.push(NewInput(key(phoneOne), "", event("nobody.hears"), w.now()))
	w.store.push(NewInput(key(phoneOne), "", event("later"), w.now().Add(time.Hour)))
	w.start()
	w.eventually("handled", func() bool { return len(w.store.inputs) == 1 })
	x := w.store.threads[key(phoneOne)]
	assert.EqualValues(t, 2, x.Turn)
	require.Len(t, x.Talks, 1)
	assert.Equal(t, "ask", x.Talks[0].Flow)
	assert.Equal(t, "Size?", w.store.outbound[0].Text)
	assert.Equal(t, sms.Transactional, w.store.outbound[0].Class)
}

// The answer to a commit with an input was lost: its effects are there once.
func TestInputAfterAnUnknownCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	lost := false
	w.store.forget = func(*Writes) error {
		if lost = !lost; lost {
			return errAway
		}
		return nil
	}
	w.store.push(NewInput(key(phoneOne), "", StartData{Start: dialogs.Start{Flow: "ask", By: "api"}}, w.now()))
	w.start()
	w.eventually("tried twice", func() bool { return w.store.begins >= 2 && len(w.store.writes) >= 2 })
	assert.Len(t, w.store.outbound, 1)
	assert.EqualValues(t, 1, w.store.threads[key(phoneOne)].Turn)
}

// One input that cannot be handled is put off; the others and the texts of the
// thread pass it.
func TestPoisonedInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.Inbox.step = func(f dialogs.Facts, in dialogs.Input, _ ...dialogs.Answer) dialogs.Result {
		if in, is := in.(dialogs.Event); is && in.Name == "poison" {
			panic("poison")
		}
		return dialogs.Step(f, in)
	}
	for _, name := range []string{"a", "poison", "b"} {
		w.store.push(NewInput(key(phoneOne), name, event(name), w.now()))
	}
	w.start()
	w.answered(w.lines[0].send(one, "ECHO hi"), pdu.StatusOK)
	w.eventually("the others are handled", func() bool { return len(w.store.inputs) == 1 })
	w.eventually("put off", func() bool {
		return w.store.inputs[0].Key == "poison" && w.store.inputs[0].At.After(w.now().Add(time.Minute))
	})
}

// An input that the database refuses is found among others, and put off.
func TestInputThatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	for _, name := range []string{"a", "refused", "b"} {
		w.store.push(NewInput(key(phoneOne), name, event(name), w.now()))
	}
	refused := w.store.inputs[1].ID
	w.store.refuse = func(x *Writes) error {
		for _, id := range x.InputsDone {
			if id == refused {
				return permanent()
			}
		}
		return nil
	}
	w.start()
	w.eventually("the others are handled", func() bool { return len(w.store.inputs) == 1 && w.store.inputs[0].At.After(w.now().Add(time.Minute)) })
	assert.EqualValues(t, 2, w.store.threads[key(phoneOne)].Turn)
}

// A start that the gate refuses leaves no conversation behind, and what it
// asked for is given back, once: nobody knows of it.
func TestStartKeptBack(t *testing.T) {
	t.Parallel()
	for _, flow := range []string{"ask", "offer"} {
		w := askingWorld(t)
		w.Inbox.step = func(f dialogs.Facts, in dialogs.Input, answers ...dialogs.Answer) dialogs.Result {
			if len(answers) < 2 {
				return dialogs.Result{Ask: &dialogs.Ask{Action: "issue"}}
			}
			r := dialogs.Step(f, in)
			r.Released = []int{0}
			return r
		}
		w.store.push(NewInput(key(phoneOne), "", StartData{Start: dialogs.Start{Flow: flow, By: "conversation 1"}, Promotes: true}, w.now()))
		w.start()
		w.eventually("handled", func() bool { return len(w.store.inputs) == 0 })
		assert.Empty(t, w.store.threads[key(phoneOne)].Talks)
		require.Len(t, w.store.outbound, 1)
		assert.Equal(t, sms.Refused, w.store.outbound[0].State)
		assert.Equal(t, sms.Marketing, w.store.outbound[0].Class)
		require.Len(t, w.store.writes[0].Ended, 1)
		assert.Equal(t, "refused", w.store.writes[0].Ended[0].Outcome)
		assert.Len(t, w.store.released, 2)
	}
}

// effects replaces Step by one that has a text do what its name says.
func effects(all map[string][]dialogs.Effect) func(dialogs.Facts, dialogs.Input, ...dialogs.Answer) dialogs.Result {
	return func(f dialogs.Facts, in dialogs.Input, _ ...dialogs.Answer) dialogs.Result {
		text, _ := in.(dialogs.Text)
		return dialogs.Result{Rule: "front", Talks: f.Talks, Effects: all[string(text)], Messages: []dialogs.Message{{Text: "done", Class: sms.Reply, Program: "pizza"}}}
	}
}

// Each effect of a conversation that the transaction carries out.
func TestEffects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.Inbox.step = effects(map[string][]dialogs.Effect{
		"go": {
			{Action: "start", Talk: 5, Key: "5.1.1", Data: map[string]any{"flow": "ask", "to": two, "inputs": map[string]any{"price": dialogs.Money{Cents: 1250, Currency: "EUR"}}, "at": w.now().Add(time.Hour).Format(time.RFC3339)}},
			{Action: "tag", Data: map[string]any{"tags": []any{"vip"}}},
			{Action: "untag", Data: map[string]any{"tags": []any{"new"}}},
			{Action: "handoff", Talk: 5, Data: map[string]any{"group": "shop", "within": 900}},
			{Action: "webhook", Talk: 5, Key: "5.1.2", Data: map[string]any{"name": "stock", "send": map[string]any{"n": 1}}},
			{Action: "subscribe", Data: map[string]any{"program": "news"}},
			{Action: "review", Talk: 5},
		},
		"bye": {{Action: "unsubscribe", Data: map[string]any{"program": "news"}}},
	})
	w.start()
	w.answered(w.lines[0].send(one, "go"), pdu.StatusOK)
	x := w.store.writes[0]
	require.Len(t, x.Inputs, 1)
	assert.Equal(t, key(33600000002), x.Inputs[0].Thread)
	assert.Equal(t, "start:5.1.1", x.Inputs[0].Key)
	assert.WithinDuration(t, w.now().Add(time.Hour), x.Inputs[0].At, time.Minute)
	assert.JSONEq(t, `{"Flow":"ask","By":"conversation 5","Program":"pizza","Promotes":true,"Inputs":{"price":{"$m":"12.50 EUR"}}}`, string(x.Inputs[0].Data))
	assert.Equal(t, []string{"vip"}, x.Contacts[0].Tag)
	assert.Equal(t, []string{"new"}, x.Contacts[1].Untag)
	require.Len(t, x.Handoffs, 1)
	assert.Equal(t, "shop", x.Handoffs[0].Group)
	var told []string
	for _, e := range x.Events {
		if e.Tell {
			told = append(told, e.Kind+" "+e.Data["key"].(string))
		}
	}
	assert.Equal(t, []string{"webhook 5.1.2"}, told)
	require.Len(t, x.Reviews, 1)
	assert.Equal(t, "unclear", x.Reviews[0].Kind)
	require.Len(t, x.Consents, 1)
	assert.Equal(t, "single", x.Consents[0].State)
	require.Len(t, x.Ledger, 1)

	w.answered(w.lines[0].send(one, "bye"), pdu.StatusOK)
	y := w.store.writes[1]
	require.Len(t, y.Consents, 1)
	assert.Equal(t, "opted-out", y.Consents[0].State)
	assert.Len(t, y.Stops, 1)
	assert.Equal(t, "allow", y.Outbound[0].Verdict, "the conversation goes on")
}

// A start that promotes at night waits for the morning, or is dropped where the
// caller wants that.
func TestStartAtNight(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	for drop, want := range map[bool]sms.State{false: sms.Held, true: sms.Refused} {
		w := newWorld(t, 1)
		now := time.Now().In(paris)
		night := time.Date(now.Year(), now.Month(), now.Day()+1, 2, 0, 0, 0, paris)
		w.ahead.Store(int64(time.Until(night)))
		w.start()
		w.say("START")
		w.store.push(NewInput(key(phoneOne), "", StartData{Start: dialogs.Start{Flow: "offer", By: "campaign"}, Program: "pizza", Promotes: true, DropQuiet: drop}, w.now()))
		w.eventually("the offer is judged", func() bool { return len(w.store.outbound) == 2 })
		m := w.store.outbound[1]
		assert.Equal(t, want, m.State)
		assert.Equal(t, "G09 sending hours", m.Rule)
		assert.Equal(t, drop, m.DropQuiet)
	}
}
