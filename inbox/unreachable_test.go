package inbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
)

// paused is what a receipt asks for at a moment.
func paused(scope string, at time.Time) ConsentData {
	return ConsentData{Event: "paused", Actor: "receipt", Scope: scope, Reason: "H07 absent", Until: at.Add(90 * 24 * time.Hour), At: at}
}

// A phone that writes is not unreachable: its next text lifts what receipts
// brought, also STOP, and nothing that the person said.
func TestNextTextLiftsAPause(t *testing.T) {
	t.Parallel()
	for scope, text := range map[string]string{optout.SuppressedUnreachable: "ECHO hello", optout.SuppressedInvalid: "STOP"} {
		w := newWorld(t, 1)
		w.start()
		now := time.Now()
		w.store.push(NewInput(key(phoneOne), "", paused(scope, now), now.Add(-time.Second)))
		w.eventually("the pause", func() bool { return w.store.thread().Unreachable == scope })
		w.say(text)
		assert.Empty(t, w.store.thread().Unreachable)
		assert.Equal(t, text == "STOP", w.store.thread().Stopped)
		assert.Equal(t, []string{"paused " + scope, "resumed " + scope}, w.store.entries()[:2])
		assert.Contains(t, w.store.suppressed(), Suppression{Phone: phoneOne, Scope: scope, Lift: true})
	}
}

// suppressed are the changes of the suppression list.
func (s *memory) suppressed() (all []Suppression) {
	for _, w := range s.writes {
		all = append(all, w.Suppress...)
	}
	return all
}

// A receipt that is handled after the phone has written says nothing any more;
// a second one does not repeat itself; a number that is gone loses what waits.
func TestPausesByReceipts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.say("ECHO hello")
	past, later := time.Now().Add(-time.Second), time.Now().Add(time.Second)
	w.store.push(NewInput(key(phoneOne), "a", paused(optout.SuppressedUnreachable, past), past))
	w.eventually("it is handled", func() bool { return len(w.store.inputs) == 0 })
	require.Empty(t, w.store.entries())
	for _, scope := range []string{optout.SuppressedInvalid, optout.SuppressedInvalid, optout.SuppressedUnreachable} {
		w.store.push(NewInput(key(phoneOne), "", paused(scope, later), past))
	}
	w.eventually("all are handled", func() bool { return len(w.store.inputs) == 0 })
	assert.Equal(t, []string{"paused invalid"}, w.store.entries())
	th := w.store.thread()
	assert.Equal(t, optout.SuppressedInvalid, th.suppressed())
	assert.False(t, th.Stopped)
	require.Len(t, w.store.stops, 1)
	assert.Equal(t, th.StopID, w.store.stops[0].ID)
}

// What was refused at the carrier is a STOP without a word, once.
func TestUnsubscribedByReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.start()
	w.say("START")
	handed := len(w.store.handed)
	for range 2 {
		w.store.push(NewInput(key(phoneOne), "", ConsentData{Event: "opt-out", Actor: "receipt", Reason: "H01 unsubscribed"}, time.Now().Add(-time.Second)))
	}
	w.eventually("it is handled", func() bool { return len(w.store.inputs) == 0 })
	assert.Equal(t, []string{"opt-in program", "opt-out code"}, w.store.entries())
	assert.True(t, w.store.thread().Stopped)
	assert.Len(t, w.store.handed, handed)
}
