package outbox

import (
	"testing"
	"time"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// The response to the first attempt comes while the second is outstanding:
// the SMSC has the message, whatever becomes of the second, and there is no
// third.
func TestLateResponseToAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *submit){
		"no response": func(*submit) {},
		"refused":     func(s *submit) { s.respond(pdu.StatusInvDstAdr, "") },
		"throttled":   func(s *submit) { s.respond(pdu.StatusThrottled, "") },
		"accepted":    func(s *submit) { s.respond(pdu.StatusOK, "second") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, response(200*time.Millisecond))
			m := w.answers(1, "a")[0]
			first := w.peer.next("a")
			second := w.peer.next("a")
			first.respond(pdu.StatusOK, "first")
			w.eventually("the response came", func() bool { _, ok := w.recorder.index.get(1, "first"); return ok })
			end(second)
			w.store.state(t, m.ID, sms.Sent)
			w.idle()
			w.peer.none()
		})
	}
}
