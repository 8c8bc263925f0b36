package smpp

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// phase is where a bind is in its life.
type phase uint8

const (
	active    phase = iota
	draining        // no new submits; waits for responses and answers
	unbinding       // our unbind is queued or sent
	leaving         // the SMSC unbound: waits for responses and answers
	condemned       // out of step: our last PDU is being written
	over
)

// maxQueued bounds what waits for the writer, in octets. A peer that sends
// requests and reads no answers reaches it before the write times out.
const maxQueued = 1 << 20

// maxTimeouts in a row, of submit_sm without a response, end a bind.
const maxTimeouts = 5

// maxOddities is how many strange PDUs of one bind are logged.
const maxOddities = 10

// Bind is one life of one session with the SMSC, from its bind_resp to its
// end. Its methods are safe for concurrent use and never block.
type Bind struct {
	id      int64
	carrier *Carrier
	session *connector
	since   time.Time
	conn    net.Conn
	reader  *pdu.Reader // of the reading goroutine
	log     *zap.Logger
	odd     int // of the reading goroutine

	// For looking without the lock.
	used    atomic.Int32
	proved  atomic.Int64
	open    atomic.Bool // answers were written that are not proven
	closing atomic.Bool // takes no more submits; over is closing too
	ended   atomic.Bool
	heard   atomic.Int64 // when the last PDU came, in nanoseconds since the bind

	// completing is held while requests are completed, so that the calls of a
	// Completer come in order. It is taken before mu.
	completing sync.Mutex

	mu       sync.Mutex
	work     sync.Cond // the queue, writing or phase changed
	phase    phase
	deadline time.Time // of the phase
	cause    error     // of the end
	queue    queue
	writing  bool
	position uint64 // of the frame given to the socket last
	window   window
	proof    proof
	arrivals int64 // deliveries handed up
	answers  int64 // of them answered
	// The SMSC has fallen silent after so many submit_sm without a response,
	// all written after the last one that had one. One that got lost among
	// others that were responded to does not count.
	timeouts  int
	responded uint64 // position of that last one
	enquiry   enquiry
	written   chan struct{} // closed when the writer has stopped
}

// enquiry is our enquire_link under way.
type enquiry struct {
	sequence uint32 // 0: none
	again    bool   // another one was asked for after it had been written
}

func newBind(k *connector, conn net.Conn, reader *pdu.Reader, last uint32) *Bind {
	c := k.carrier
	b := &Bind{
		id:      c.opts.NewBindID(),
		carrier: c,
		session: k,
		since:   time.Now(),
		conn:    conn,
		reader:  reader,
		window:  newWindow(c.cfg.Window, last),
		written: make(chan struct{}),
	}
	b.work.L = &b.mu
	b.log = k.log.With(zap.Int64("bind", b.id))
	return b
}

// ID returns the bind's number, as Options.NewBindID gave it.
func (b *Bind) ID() int64 { return b.id }

// Carrier returns the carrier that the bind belongs to.
func (b *Bind) Carrier() *Carrier { return b.carrier }

// Role returns what the bind may do.
func (b *Bind) Role() Role { return b.session.role }

// Slot returns which of the carrier's sessions it is, from 0.
func (b *Bind) Slot() int { return b.session.slot }

// Since returns when it was bound.
func (b *Bind) Since() time.Time { return b.since }

// Proved returns the largest arrival such that the SMSC is known to have the
// answers to it and to all before it: it responded to a request that was
// written after them.
func (b *Bind) Proved() int64 { return b.proved.Load() }

// Unproved reports whether answers were written that are not proven yet.
func (b *Bind) Unproved() bool { return b.open.Load() }

// Over reports whether the bind has ended. Nothing leaves on it any more.
func (b *Bind) Over() bool { return b.ended.Load() }

// inUse reports whether the bind is neither over nor on its way out.
func (b *Bind) inUse() bool { return !b.closing.Load() }

// Submit takes a slot of the window, encodes m as a submit_sm under a sequence
// number of its own (m.Sequence is not looked at) and queues it for the
// writer. It keeps nothing of m. The completer is called exactly once, unless
// an error is returned or the PDU is withdrawn.
func (b *Bind) Submit(m *pdu.Message, c Completer) (sequence uint32, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.admits(); err != nil {
		return 0, err
	}
	message := *m
	message.Sequence = b.window.next()
	octets, err := pdu.AppendMessage(b.queue.octets, pdu.SubmitSMID, &message)
	if err != nil {
		return 0, fmt.Errorf("smpp: submit_sm: %w", err)
	}
	index := b.queue.push(octets, item{sequence: message.Sequence})
	b.window.requests[message.Sequence] = request{command: pdu.SubmitSMID, completer: c, item: index}
	b.window.used++
	b.used.Store(int32(b.window.used))
	b.work.Broadcast()
	b.carrier.opts.Observer.Submitted()
	return message.Sequence, nil
}

func (b *Bind) admits() error {
	switch {
	case b.phase == draining || b.phase == unbinding:
		return ErrDraining
	case b.phase != active:
		return ErrOver
	case !b.session.role.Transmits():
		return ErrReceiver
	case b.window.used >= b.window.size || len(b.queue.octets) > maxQueued:
		return ErrNoRoom
	}
	return nil
}

// Withdraw takes back a submit_sm that was not given to the socket: it
// reports true, the PDU never leaves and its completer is not called. False
// is too late; the outcome comes, or came, as usual.
func (b *Bind) Withdraw(sequence uint32) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.window.withdraw(sequence)
	if !ok {
		return false
	}
	b.queue.withdraw(r.item)
	b.used.Store(int32(b.window.used))
	return true
}

// answer queues the response to a delivery.
func (b *Bind) answer(d *Delivery, status pdu.Status) bool {
	command := pdu.DeliverSMRespID
	if d.Message.Data {
		command = pdu.DataSMRespID
	}
	b.mu.Lock()
	if b.phase == over {
		b.mu.Unlock()
		return false
	}
	octets := pdu.AppendResp(b.queue.octets, command, status, d.Message.Sequence, "")
	b.queue.push(octets, item{arrival: d.Arrival})
	b.answers++
	b.work.Broadcast()
	deaf := len(b.queue.octets) > maxQueued
	b.mu.Unlock()
	if deaf {
		b.end(ErrDeaf)
		return false
	}
	b.carrier.opts.Observer.Answered(status)
	return true
}

// Probe sends an enquire_link, whose answer will prove every answer written
// before it. While one is under way, another follows when it is answered.
func (b *Bind) Probe() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probe()
}

func (b *Bind) probe() {
	switch {
	case b.phase != active && b.phase != draining: // nothing new is sent
	case b.enquiry.sequence != 0:
		b.enquiry.again = true
	default:
		b.enquiry.sequence = b.ask(pdu.EnquireLinkID)
	}
}

// ask queues a request of the session's own.
func (b *Bind) ask(command pdu.Command) uint32 {
	sequence := b.window.next()
	index := b.queue.pushHeader(command, pdu.StatusOK, sequence, item{sequence: sequence})
	b.window.requests[sequence] = request{command: command, item: index}
	b.work.Broadcast()
	return sequence
}

// respond queues a response that is a header alone.
func (b *Bind) respond(command pdu.Command, status pdu.Status, sequence uint32) {
	b.mu.Lock()
	if b.phase != over {
		b.queue.pushHeader(command, status, sequence, item{})
		b.work.Broadcast()
	}
	deaf := len(b.queue.octets) > maxQueued
	b.mu.Unlock()
	if deaf {
		b.end(ErrDeaf)
	}
}

// end ends the bind: nothing is written any more and the reader will stop.
// Only the first cause counts.
func (b *Bind) end(cause error) {
	b.finish(cause)
	// The error of closing a connection that is given up says nothing.
	_ = b.conn.Close()
}

// finish marks the bind as ended and wakes its writer.
func (b *Bind) finish(cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.phase == over {
		return
	}
	b.phase, b.cause = over, cause
	b.closing.Store(true)
	b.ended.Store(true)
	b.work.Broadcast()
}

// live runs the bind until it is over, and then completes what it left. It is
// called on the connector's goroutine, which becomes the reader.
func (b *Bind) live() error {
	go b.write()
	b.read()
	<-b.written
	b.carrier.unregister(b)
	b.completing.Lock()
	b.mu.Lock()
	left := b.window.cut(time.Now())
	b.used.Store(0)
	cause := b.cause
	b.mu.Unlock()
	b.complete(left)
	b.completing.Unlock()
	return cause
}

// complete tells the completers. The caller holds completing, not mu.
func (b *Bind) complete(done []ended) {
	for i := range done {
		b.carrier.opts.Observer.Unanswered(done[i].Kind)
		done[i].completer.Complete(done[i].Outcome)
	}
}

// describe fills in what the bind knows of its session.
func (b *Bind) describe(info *BindInfo) {
	info.ID, info.Since = b.id, b.since
	info.Used, info.Unproved, info.Proved = int(b.used.Load()), b.Unproved(), b.Proved()
	if b.closing.Load() {
		info.State = Unbinding
	}
}
