package inbox

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"repartee/programs"
	"repartee/sms"
)

// brandsText is a shop in which one brand has three codes and shares a fourth.
var brandsText = strings.NewReplacer(
	"time_zone: Europe/Paris}\n  - {name: news", `time_zone: Europe/Paris, cross_code: true}
  - {name: club, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris}
  - {name: news`,
	"\nkeywords:", `
  - {number: 36222, country: FR, carriers: [peer], program: club}
  - {number: 36333, country: FR, carriers: [peer], program: news}
  - {number: 36444, country: FR, carriers: [peer], program: news}
keywords:
  - {short_code: 36333, word: CLUB, program: club, flow: echo}`,
).Replace(strings.Replace(shopText, "  - {short_code: 36111, word: NEWS, program: news, flow: echo}\n", "", 1))

// An opt-out reaches the other codes of a brand that wants it, there the whole
// code or the brand's programs alone, and goes no further.
func TestCrossCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) {
		snap := compiled(t, brandsText)
		o.Config = func() *programs.Snapshot { return snap }
	})
	w.start()
	w.say("STOP")
	club := w.Config().Program("club").ID
	stoppedOn := func(code sms.ShortCode) bool { return w.store.threads[sms.Thread{Phone: phoneOne, Code: code}].Stopped }
	w.eventually("the other codes are stopped", func() bool {
		shared := w.store.threads[sms.Thread{Phone: phoneOne, Code: 36333}]
		return stoppedOn(36222) && shared.Consents[club].State == "opted-out"
	})
	w.eventually("all is handled", func() bool { return len(w.store.inputs) == 0 })
	assert.True(t, stoppedOn(36111))
	assert.False(t, stoppedOn(36333), "another brand writes there too")
	_, there := w.store.threads[sms.Thread{Phone: phoneOne, Code: 36444}]
	assert.False(t, there)
	assert.Len(t, w.store.handed, 1, "one confirmation")
	first := w.store.writes[0].Suppress
	assert.Contains(t, first, Suppression{Phone: phoneOne, Scope: "code", ScopeID: 36222, Since: first[0].Since, Reason: "opt-out"}, "the list holds at once")
}

// An opt-out by a receipt or a person spreads like one by text.
func TestCrossCodeFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(o *Options) {
		snap := compiled(t, brandsText)
		o.Config = func() *programs.Snapshot { return snap }
	})
	w.start()
	w.store.push(NewInput(key(phoneOne), "", ConsentData{Event: "opt-out", Actor: "receipt", Reason: "H01 unsubscribed"}, time.Now().Add(-time.Second)))
	w.eventually("the other code is stopped", func() bool { return w.store.threads[sms.Thread{Phone: phoneOne, Code: 36222}].Stopped })
	assert.Empty(t, w.store.handed)
}
