package smsc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"repartee/smpp/pdu"
	"repartee/sms"
)

// ErrLoadRunning is returned when a load is started while another one runs.
var ErrLoadRunning = errors.New("a load is running: wait for it or stop it first")

// Load is a running or finished load. Its methods are safe for concurrent use.
type Load struct {
	server  *Server
	options LoadOptions
	targets []target
	done    chan struct{}

	mu        sync.Mutex
	phones    []loadPhone
	free      queue[int32]    // phones that may text
	turns     queue[loadTurn] // the youngest; number of the first is settledTo
	settledTo int64
	numbers   []loadNumber // Numbered only
	start     time.Time
	stopped   time.Time // when the last MO was begun; zero while MOs are begun
	err       error
	result    Report
	latency   histogram
	acks      histogram
	measured  int64
}

type target struct {
	account   *Account
	code      sms.ShortCode
	templates []template
}

type loadPhone struct {
	turns    int32 // begun so far
	open     int32 // begun, without an answer
	turn     int64 // number of the last one begun
	answered int64 // Numbered: the largest number answered, plus 1
}

// loadTurn is one MO and its answer.
type loadTurn struct {
	phone    int32
	settled  bool // its deliver_sm was answered for good
	answered bool // its MT came
	expired  bool // no MT is awaited any more
	at       time.Time
}

// loadNumber is what remains of a turn for the checks of Numbered.
type loadNumber struct {
	phone           int32
	acked, answered bool
}

// StartLoad begins a load. The MTs for its phones are counted by it and not
// kept; a server runs one load at a time.
func (s *Server) StartLoad(o LoadOptions) (*Load, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	l := &Load{server: s, options: o, done: make(chan struct{}), phones: make([]loadPhone, o.Phones)}
	if err := l.aim(); err != nil {
		return nil, err
	}
	for round := 0; round < o.PerPhone; round++ {
		for i := range o.Phones {
			l.free.push(int32(i))
		}
	}
	if err := s.take(l); err != nil {
		return nil, err
	}
	l.run()
	return l, nil
}

// take makes l the server's load, unless one is running.
func (s *Server) take(l *Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if before := s.load.Load(); before != nil && !before.over() {
		return ErrLoadRunning
	}
	l.start = time.Now()
	s.load.Store(l)
	return nil
}

// CurrentLoad returns the load that runs or ran last, nil when there was none.
func (s *Server) CurrentLoad() *Load { return s.load.Load() }

// aim finds the accounts and writes the texts as each of them codes them.
func (l *Load) aim() error {
	targets := l.options.Targets
	if len(targets) == 0 {
		a := l.server.accounts[0]
		if len(a.options.Codes) == 0 {
			return fmt.Errorf("load: account %q serves no code: name a target", a.options.SystemID)
		}
		targets = []Target{{Account: a.options.SystemID, Code: a.options.Codes[0]}}
	}
	for _, t := range targets {
		a, err := l.server.route(t.Code, t.Account)
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		compiled := target{account: a, code: t.Code}
		for _, text := range l.options.Texts {
			tmpl, err := newTemplate(text, a.options.Alphabet)
			if err != nil {
				return fmt.Errorf("load: %w", err)
			}
			compiled.templates = append(compiled.templates, tmpl)
		}
		l.targets = append(l.targets, compiled)
	}
	return nil
}

// beat is how often a load with a rate begins the MOs that have fallen due.
const beat = 2 * time.Millisecond

// loadSweep is how often a load looks for what timed out, and for its end.
const loadSweep = 20 * time.Millisecond

func (l *Load) run() {
	l.server.schedule.every(loadSweep, l.sweep)
	if l.options.Rate > 0 {
		l.server.schedule.every(beat, l.pace)
		return
	}
	l.mu.Lock()
	l.fill(time.Now())
	l.mu.Unlock()
	l.server.settle()
}

// pace begins the MOs that are due at the given rate.
func (l *Load) pace() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for l.result.MOs < l.owed(now) && l.begin(l.dueAt(l.result.MOs, now), now) {
	}
	return l.stopped.IsZero() && !l.over()
}

// owed is how many MOs should have been begun by now.
func (l *Load) owed(now time.Time) int64 {
	until := now
	if d := l.options.Duration; d > 0 && now.Sub(l.start) > d {
		until = l.start.Add(d)
	}
	n := int64(until.Sub(l.start).Seconds() * l.options.Rate)
	if l.options.Turns > 0 {
		n = min(n, l.options.Turns)
	}
	return n
}

// dueAt returns when MO n should have been begun. What a beat and a late timer
// cost is not counted: it is the load's own grain and not the gateway's doing.
func (l *Load) dueAt(n int64, now time.Time) time.Time {
	due := l.start.Add(time.Duration(float64(n) / l.options.Rate * float64(time.Second)))
	if now.Sub(due) <= 2*beat {
		return now
	}
	return due
}

// fill begins turns until as many are under way as may be; l.mu is held.
func (l *Load) fill(now time.Time) {
	if l.options.Rate > 0 {
		return
	}
	for l.result.Open < int64(l.options.Outstanding) && l.begin(now, now) {
	}
}

// begin sends the next MO of a free phone. It reports false when none can be
// begun now; l.mu is held.
func (l *Load) begin(at, now time.Time) bool {
	if l.exhausted(now) || l.free.len() == 0 {
		return false
	}
	i := l.free.peek()
	p, n := &l.phones[i], l.result.MOs
	if err := l.text(i, p.turns, n); err != nil {
		if !errors.Is(err, ErrQueueFull) {
			l.fail(err)
		}
		return false
	}
	l.free.pop()
	p.turns++
	p.open++
	p.turn = n
	l.result.MOs++
	l.result.Open++
	l.turns.push(loadTurn{phone: i, at: at})
	if l.options.Numbered {
		l.numbers = append(l.numbers, loadNumber{phone: i})
	}
	return true
}

// text gives one MO to its account.
func (l *Load) text(phone, turn int32, n int64) error {
	t := &l.targets[int(phone)%len(l.targets)]
	number := l.options.FirstPhone + sms.MSISDN(phone)
	m := t.templates[int(turn)%len(t.templates)].message(n)
	octets, err := t.account.encodeMO(&m, t.account.options.PhonePrefix+number.String(), t.code)
	if err != nil {
		return err
	}
	return t.account.offer(number, &delivery{pdu: octets, owner: l, ref: n})
}

// exhausted reports whether no MO is to be begun any more, and notes since
// when; l.mu is held.
func (l *Load) exhausted(now time.Time) bool {
	if !l.stopped.IsZero() {
		return true
	}
	o := l.options
	over := o.Turns > 0 && l.result.MOs >= o.Turns
	if !over && o.Duration > 0 && now.Sub(l.start) >= o.Duration {
		over = o.Rate == 0 || l.result.MOs >= l.owed(now) || l.free.len() == 0
	}
	if over {
		l.stopped = now
	}
	return over
}

func (l *Load) owns(phone sms.MSISDN) bool {
	return phone >= l.options.FirstPhone && phone < l.options.FirstPhone+sms.MSISDN(l.options.Phones)
}

// settled implements owner: an MO was acknowledged or refused for good.
func (l *Load) settled(d *delivery, status pdu.Status, _ int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Redelivered += int64(d.attempts - 1)
	t := l.turn(d.ref)
	if t != nil {
		t.settled = true
	}
	if status != pdu.StatusOK {
		l.result.Rejected++
		l.close(t)
		return
	}
	l.result.Acknowledged++
	if l.options.Numbered {
		l.numbers[d.ref].acked = true
	}
	if t != nil {
		l.acks.add(time.Since(t.at))
	}
}

// turn returns the turn with the number, nil when it is settled.
func (l *Load) turn(n int64) *loadTurn {
	if i := int(n - l.settledTo); i >= 0 && i < l.turns.len() {
		return l.turns.ref(i)
	}
	return nil
}

// close ends a turn that gets no answer any more; l.mu is held.
func (l *Load) close(t *loadTurn) {
	if t == nil || t.answered || t.expired {
		return
	}
	t.expired = true
	l.release(t)
}

// release lets the phone of a turn text again.
func (l *Load) release(t *loadTurn) {
	l.phones[t.phone].open--
	l.result.Open--
	l.free.push(t.phone)
}

// sweep gives up what took too long and ends the load when nothing is left.
func (l *Load) sweep() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over() {
		return false
	}
	now := time.Now()
	for l.turns.len() > 0 {
		t := l.turns.ref(0)
		expired := now.Sub(t.at) > l.options.Timeout
		if !expired && !(t.settled && (t.answered || t.expired)) {
			break
		}
		l.book(t)
		l.turns.pop()
		l.settledTo++
	}
	l.fill(now)
	if l.exhausted(now) && l.turns.len() == 0 {
		close(l.done)
		return false
	}
	return true
}

// book counts how a turn ended that leaves the list.
func (l *Load) book(t *loadTurn) {
	switch {
	case !t.settled:
		l.result.Unacknowledged++
	case !t.answered && !t.expired:
		l.result.Lost++
	}
	l.close(t)
}

// Stop begins no more MOs; what is under way is still awaited.
func (l *Load) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.IsZero() {
		l.stopped = time.Now()
	}
}

// Wait waits for the end of the load, which comes when every MO begun is
// acknowledged and answered, or timed out.
func (l *Load) Wait(ctx context.Context) (Report, error) {
	select {
	case <-l.done:
	case <-ctx.Done():
		return l.Report(), fmt.Errorf("the load still runs: %w", ctx.Err())
	}
	l.mu.Lock()
	err := l.err
	l.mu.Unlock()
	return l.Report(), err
}

func (l *Load) over() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// end ends the load at once, with the reason.
func (l *Load) end(reason error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail(reason)
}

// fail is end under l.mu.
func (l *Load) fail(reason error) {
	if l.over() {
		return
	}
	l.err = reason
	if l.stopped.IsZero() {
		l.stopped = time.Now()
	}
	close(l.done)
}
