package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// An offer waits for the hours to open. Meanwhile the phone writes to its
// conversation, which goes on: the offer is not said any more.
func TestOvertakenOfferIsNotSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	opens := time.Now().In(paris).Add(12 * time.Hour)
	window := fmt.Sprintf(`%s: "%02d:00-%02d:59"`, strings.ToLower(opens.Weekday().String()[:3]), opens.Hour(), opens.Hour())
	w.apply(fmt.Sprintf(`
programs:
  - {name: pizza, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris, quiet_hours: {days: {%s}, holidays: open}}
flows:
  - flow: promo
    start: offer
    states:
      offer:
        say: {en: "Two for one today. Reply YES.", fr: "Deux pour un. Répondez OUI."}
        replies: [{is: yes, go: done}]
      done: {class: transactional, say: {en: "It is yours.", fr: "C'est à vous."}, end: completed}`, window))
	p := w.phone(1)
	p.send("START")
	p.expect("Pizza Roma: *")
	eventually(w, true, `SELECT nodes.config = config.version FROM nodes, config`)
	in, err := inbox.NewInput(sms.Thread{Phone: p.Number(), Code: 36111}, "promo", inbox.StartData{Start: dialogs.Start{Flow: "promo", By: "campaign"}, Program: "pizza", Promotes: true}, time.Now())
	require.NoError(t, err)
	require.NoError(t, w.gw.store.PushInputs(w.context(), []inbox.Input{in}))
	eventually(w, "held G09 sending hours", `SELECT coalesce(max(state::text || ' ' || rule), '') FROM outbound WHERE class = 'marketing'`)
	p.text("yes", "It is yours.")

	conn, err := pgx.Connect(w.context(), w.url)
	require.NoError(t, err)
	defer conn.Close(w.context())
	_, err = conn.Exec(w.context(), `UPDATE outbox SET due = now()`)
	require.NoError(t, err)
	eventually(w, "refused G12 overtaken", `SELECT state::text || ' ' || rule FROM outbound WHERE class = 'marketing'`)
	assert.Len(t, p.Inbox(), 2)
}
