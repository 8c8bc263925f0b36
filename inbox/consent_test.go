package inbox

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// say sends a text and waits for its answer.
func (w *world) say(text string) {
	w.Helper()
	w.answered(w.lines[0].send(one, text), pdu.StatusOK)
}

// program is the one of the tests' short code.
func (w *world) program() int32 { return w.Config().Program("pizza").ID }

// entries are the ledger's events of all batches, with their scope.
func (s *memory) entries() (all []string) {
	for _, w := range s.writes {
		for _, e := range w.Ledger {
			all = append(all, e.Event+" "+e.Scope)
		}
	}
	return all
}

func (s *memory) reviews() (all []Review) {
	for _, w := range s.writes {
		all = append(all, w.Reviews...)
	}
	return all
}

func (s *memory) thread() Thread {
	return s.threads[key(phoneOne)]
}

// What was read as an opt-out holds at once; a person can undo it, but not a
// later one.
func TestReviewUndone(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		w := newWorld(t, 1)
		w.start()
		w.say("START")
		w.say("please leave me alone")
		require.True(t, w.store.thread().Stopped)
		rs := w.store.reviews()
		require.Len(t, rs, 1)
		require.Equal(t, "opt-out", rs[0].Kind)
		want := []string{"opt-in program", "opt-out code", "undone code"}
		if again {
			w.say("STOP")
			want = []string{"opt-in program", "opt-out code", "opt-out code", "undone code"}
		}
		data := ConsentData{Event: "undone", Actor: "person", By: "ana", Reason: "a song", Review: rs[0].Message.ID, Before: rs[0].Before}
		w.store.push(NewInput(key(phoneOne), "", data, time.Now().Add(-time.Second)))
		w.eventually("the review is undone", func() bool { return len(w.store.entries()) == len(want) })
		assert.Equal(t, want, w.store.entries())
		th := w.store.thread()
		assert.Equal(t, again, th.Stopped)
		assert.Equal(t, map[bool]string{false: "single", true: "opted-out"}[again], th.Consents[w.program()].State)
	}
}

// A wrong number pauses marketing and says so in the ledger.
func TestWrongNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.say("Wrong number")
	require.Equal(t, []string{"paused marketing"}, w.store.entries())
	require.Equal(t, "wrong-number", w.store.reviews()[0].Kind)
	var scopes []string
	for _, s := range w.store.writes[0].Suppress {
		scopes = append(scopes, s.Scope)
	}
	assert.Equal(t, []string{"marketing"}, scopes)
	assert.False(t, w.store.thread().Stopped)
}

// STOP ALL is one confirmation, and a stop of every other code.
func TestStopAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.say("STOP ALL")
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	var scopes []string
	var inputs []sms.ShortCode
	for _, x := range w.store.writes {
		for _, s := range x.Suppress {
			scopes = append(scopes, s.Scope)
		}
		for _, in := range x.Inputs {
			inputs = append(inputs, in.Thread.Code)
		}
	}
	assert.Subset(t, scopes, []string{"code", "everywhere"})
	assert.Len(t, inputs, len(snapshot(t).Codes)-1)
	assert.Len(t, w.store.handed, 1)
}

// An opt-out that came another way stops without a word; a consent that came
// another way lifts no stop.
func TestConsentFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	past := time.Now().Add(-time.Second)
	w.store.push(NewInput(key(phoneOne), "a", ConsentData{Event: "opt-in", Program: "pizza", Actor: "import", Source: "form 7", Shown: "I agree"}, past))
	w.eventually("the consent is there", func() bool { return w.store.thread().Consents[w.program()].State == "single" })
	w.store.push(NewInput(key(phoneOne), "b", ConsentData{Event: "opt-out", Actor: "person", Reason: "letter"}, past))
	w.eventually("the phone is stopped", func() bool { return w.store.thread().Stopped })
	w.store.push(NewInput(key(phoneOne), "c", ConsentData{Event: "opt-in", Program: "pizza", Actor: "import"}, past))
	w.eventually("the last is handled", func() bool { return len(w.store.inputs) == 0 })
	assert.Equal(t, []string{"opt-in program", "opt-out code"}, w.store.entries())
	assert.Empty(t, w.store.handed)
}

// The chain does not hold the words: they may be taken away.
func TestWordsStandApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.say("STOP it, says Ana")
	e := w.store.writes[0].Ledger[0]
	assert.NotContains(t, string(e.Entry), "Ana")
	var apart words
	var facts map[string]any
	require.NoError(t, json.Unmarshal(e.Words, &apart))
	require.NoError(t, json.Unmarshal(e.Entry, &facts))
	assert.Equal(t, "STOP it, says Ana", apart.Text)
	assert.Equal(t, WordsHash(apart.Text, apart.Salt), facts["words"])
	assert.Contains(t, facts["shown"], "unsubscribed")
}
