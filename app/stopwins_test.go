package app

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// stopRuns is how many interleavings are tried: REPARTEE_STOP_RUNS makes it a
// longer run.
func stopRuns(t *testing.T) int {
	text := os.Getenv("REPARTEE_STOP_RUNS")
	if text == "" {
		return 6
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "REPARTEE_STOP_RUNS is a number of interleavings")
	return n
}

// TestStopWins is promise 3, from the SMSC's side: texts, opt-outs, opt-ins,
// campaigns, nights, timers, a carrier that is slow, full, silent or away, and
// a gateway that is killed, in any order. Once an opt-out is acknowledged,
// nothing older reaches the phone, and nothing that it does not ask for; it is
// confirmed once; and of everything it is known what became of it. A number
// gives the same interleaving each time; the machine decides the rest.
func TestStopWins(t *testing.T) {
	t.Parallel()
	interleavings := rapid.Custom(interleaving)
	for n := range stopRuns(t) {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			w := newStopWorld(t)
			for i, a := range interleavings.Example(n) {
				t.Logf("%d: %s %d", i, a.name, a.phone)
				a.do(w, w.phones[a.phone])
			}
			w.settle()
			w.check()
		})
	}
}

// action is something that happens.
type action struct {
	name  string
	phone int
	do    func(w *stopWorld, p *stopPhone)
}

// actions with how often each happens.
var actions = []struct {
	times int
	action
}{
	{6, action{name: "ECHO", do: func(w *stopWorld, p *stopPhone) { w.text(p, "ECHO") }}},
	{4, action{name: "ASK", do: func(w *stopWorld, p *stopPhone) { w.text(p, "ASK") }}},
	{6, action{name: "STOP", do: func(w *stopWorld, p *stopPhone) { w.text(p, "STOP") }}},
	{4, action{name: "START", do: func(w *stopWorld, p *stopPhone) { w.text(p, "START") }}},
	{2, action{name: "HELP", do: func(w *stopWorld, p *stopPhone) { w.text(p, "HELP") }}},
	{7, action{name: "campaign", do: func(w *stopWorld, p *stopPhone) { w.promote(p, 1) }}},
	{3, action{name: "campaign of two segments", do: func(w *stopWorld, p *stopPhone) { w.promote(p, 30) }}},
	{5, action{name: "wait for its last acknowledgement", do: (*stopWorld).acknowledged}},
	{2, action{name: "20 s pass", do: func(w *stopWorld, _ *stopPhone) { w.later(20 * time.Second) }}},
	{2, action{name: "an hour passes", do: func(w *stopWorld, _ *stopPhone) { w.later(time.Hour) }}},
	{1, action{name: "half a day passes", do: func(w *stopWorld, _ *stopPhone) { w.later(11 * time.Hour) }}},
	{3, action{name: "a good carrier", do: func(w *stopWorld, _ *stopPhone) { w.faults(smsc.Faults{}) }}},
	{2, action{name: "a slow carrier", do: func(w *stopWorld, _ *stopPhone) { w.faults(smsc.Faults{Delay: 150 * time.Millisecond}) }}},
	{1, action{name: "a silent carrier", do: func(w *stopWorld, _ *stopPhone) { w.faults(smsc.Faults{Mute: true}) }}},
	{2, action{name: "a full carrier", do: func(w *stopWorld, _ *stopPhone) { w.account().FailNext(2, pdu.StatusThrottled) }}},
	{1, action{name: "a refusal", do: func(w *stopWorld, _ *stopPhone) { w.account().FailNext(1, pdu.StatusInvDstAdr) }}},
	{2, action{name: "the link is cut", do: func(w *stopWorld, _ *stopPhone) { w.account().Drop() }}},
	{3, action{name: "the gateway is killed", do: func(w *stopWorld, _ *stopPhone) { w.crash() }}},
}

// interleaving is all actions, each as often as it does, in any order.
func interleaving(t *rapid.T) []action {
	var all []action
	for i := range actions {
		for range actions[i].times {
			all = append(all, actions[i].action)
		}
	}
	all = rapid.Permutation(all).Draw(t, "order")
	phones := rapid.SliceOfN(rapid.IntRange(0, 2), len(all), len(all)).Draw(t, "phones")
	for i := range all {
		all[i].phone = phones[i]
	}
	return all
}

// The ECHO flow answers at once, the ASK flow asks, and gives up after an hour.
const stopFlows = `
  - flow: echo
    class: transactional
    start: say
    states: {say: {say: "R{{args}}", end: completed}}
  - flow: ask
    class: transactional
    start: first
    states:
      first: {do: [{set: {n: args}}], say: "Q{{n}}", replies: [{words: [never], end: answered}], timeout: {after: 1h, go: late}}
      late: {say: "L{{n}}", end: abandoned}
`

func stopShop(addr string) string {
	return `
carriers:
  - {name: sim, addr: "` + addr + `", system_id: shop, password: secret, sessions: 2, window: 8, backoff: {min: 20ms, max: 100ms}, timeouts: {response: 400ms}}
programs:
  - {name: pizza, title: Pizza, brand: Roma, contact: "0800 111 222", country: FR, languages: [en], time_zone: Europe/Paris, frequency: {per_day: 1000}}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza}
keywords:
  - {short_code: "36111", word: ECHO, program: pizza, flow: echo}
  - {short_code: "36111", word: ASK, program: pizza, flow: ask}
flows:` + stopFlows
}

// stopWorld is a gateway on cables, and what the test did to it.
type stopWorld struct {
	*night
	phones []*stopPhone
	steps  int
	passed time.Duration
	kills  int
	cables []*cable
}

// stopPhone is a phone with what it sent and what campaigns sent to it.
type stopPhone struct {
	*phone
	sent []step
}

// step is a text of a phone, or a message of a campaign.
type step struct {
	number int    // among all steps of the test
	text   string // its first word; "" for a campaign
	order  int64  // what had arrived at the SMSC before
	mo     *smsc.MO
}

func newStopWorld(t *testing.T) *stopWorld {
	t.Helper()
	account := shopAccount()
	account.DeliverTimeout, account.RetryAfter = 2*time.Second, 20*time.Millisecond
	w := &stopWorld{night: &night{world: bareWorld(t, smsc.Options{Accounts: []smsc.AccountOptions{account}})}}
	w.testClock = clockAt(time.Date(2030, time.July, 1, 10, 0, 0, 0, time.UTC)) // Monday noon in Paris
	w.clock = w.now
	w.apply(stopShop(w.smsc.Addr()))
	w.plug()
	for i := range 3 {
		p := &stopPhone{phone: w.phone(int64(i))}
		w.phones = append(w.phones, p)
		w.text(p, "START")
	}
	return w
}

func (w *stopWorld) account() *smsc.Account { return w.smsc.Account("shop") }

// plug starts a gateway on cables of its own.
func (w *stopWorld) plug() {
	w.t.Helper()
	direct := w.url
	database, through := databaseCable(w.t, direct)
	carrier := newCable(w.t, "tcp", w.smsc.Addr())
	w.exec(`UPDATE carriers SET addr = $1`, carrier.addr())
	w.cables = []*cable{database, carrier}
	w.url = through
	w.start()
	w.url = direct
}

// crash kills the gateway, for all that anybody else can see, and starts
// another one.
func (w *stopWorld) crash() {
	w.t.Helper()
	for _, c := range w.cables {
		c.pull()
	}
	dead := w.gw
	dead.cfg.ShutdownLimit = 0
	dead.cancel()
	w.t.Cleanup(func() { <-dead.done })
	w.gw = nil
	w.kills++
	w.plug()
}

func (w *stopWorld) next(p *stopPhone, text string) *step {
	w.steps++
	p.sent = append(p.sent, step{number: w.steps, text: text, order: w.smsc.Order()})
	return &p.sent[len(p.sent)-1]
}

// text sends a text of the phone; those that begin conversations have their
// number.
func (w *stopWorld) text(p *stopPhone, word string) {
	w.t.Helper()
	s := w.next(p, word)
	if word == "ECHO" || word == "ASK" {
		word = fmt.Sprintf("%s %d", word, s.number)
	}
	s.mo = p.send(word)
}

// promote sends a message of a campaign, with its number in each segment.
func (w *stopWorld) promote(p *stopPhone, times int) {
	w.t.Helper()
	s := w.next(p, "")
	w.night.promote(p.phone, "pizza", strings.TrimSpace(strings.Repeat(fmt.Sprintf("M%d. ", s.number), times)))
}

// acknowledged waits until the last text of the phone is.
func (w *stopWorld) acknowledged(p *stopPhone) {
	w.t.Helper()
	for i := len(p.sent) - 1; i >= 0; i-- {
		if mo := p.sent[i].mo; mo != nil {
			require.NoError(w.t, mo.Wait(w.context()))
			return
		}
	}
}

// later lets time pass, within the two days that have their partitions. No
// carrier keeps a text or a response for hours: they pass when nothing is
// under way.
func (w *stopWorld) later(d time.Duration) {
	w.t.Helper()
	if w.passed+d >= 44*time.Hour {
		return
	}
	if d >= time.Hour {
		w.quiet()
	}
	w.passed += d
	w.pass(d)
}

// quiet waits until the SMSC has an acknowledgement of all texts, and the
// gateway an outcome of all submits.
func (w *stopWorld) quiet() {
	w.t.Helper()
	for _, p := range w.phones {
		w.acknowledged(p)
	}
	eventually(w.world, 0, `SELECT count(*)::int FROM outbound WHERE state = 'sending'`)
}

func (w *stopWorld) faults(f smsc.Faults) {
	w.t.Helper()
	require.NoError(w.t, w.account().SetFaults(f))
}

// settle waits until everything has come to its end, on Wednesday noon.
func (w *stopWorld) settle() {
	w.t.Helper()
	w.faults(smsc.Faults{})
	w.quiet()
	w.pass(48*time.Hour - w.passed)
	eventually(w.world, 0, `SELECT (SELECT count(*) FROM outbound WHERE state IN ('held', 'queued', 'sending'))::int + (SELECT count(*) FROM threads WHERE talks::text <> '[]')::int`)
}

// outcome is what is stored about a message.
type outcome struct {
	ID       sms.ID
	State    string
	Text     string
	Cause    sms.ID
	StopID   sms.ID
	Unknowns int
}
