package smsc

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

const (
	writeTimeout  = 10 * time.Second
	unbindTimeout = 5 * time.Second
	maxOut        = 4 << 20 // octets that wait to be written before the reader pauses
)

// Role is what a bind may do.
type Role string

// The roles, named as the trade does.
const (
	Transmitter Role = "tx"
	Receiver    Role = "rx"
	Transceiver Role = "trx"
)

// session is one connection: a reader that handles what comes and a writer
// that gives away, in one go, what has gathered meanwhile.
type session struct {
	server *Server
	conn   net.Conn
	id     int64
	since  time.Time
	wake   chan struct{} // capacity 1: there is something to write
	room   chan struct{} // capacity 1: something was written
	done   chan struct{} // closed when the connection is over
	once   sync.Once
	heard  atomic.Int64 // when octets came last, Unix nanoseconds

	account *Account // set by the reader when the bind is accepted; nil before

	// Guarded by account.mu.
	role      Role
	receiving bool // takes deliveries
	pending   map[uint32]*delivery
	dirty     bool     // has octets that the writer was not told of
	held      [][]byte // responses that wait to be shuffled

	mu       sync.Mutex
	out      []byte
	finish   bool // close once out is written
	sequence uint32
	asked    uint32 // sequence number of the enquire_link without an answer, 0: none
}

func newSession(server *Server, conn net.Conn, id int64) *session {
	s := &session{
		server: server, conn: conn, id: id, since: time.Now(),
		wake: make(chan struct{}, 1), room: make(chan struct{}, 1), done: make(chan struct{}),
		pending: map[uint32]*delivery{},
	}
	s.heard.Store(s.since.UnixNano())
	return s
}

// run reads until the connection ends and leaves the account in order.
func (s *session) run() {
	err := s.read()
	if s.account != nil {
		s.account.leave(s)
		s.server.settle()
	}
	s.finishAndClose()
	s.server.forget(s)
	s.server.log.Debug("connection over", zap.Int64("bind", s.id), zap.Error(err))
}

func (s *session) read() error {
	if err := s.conn.SetReadDeadline(time.Now().Add(s.server.options.BindTimeout)); err != nil {
		return err
	}
	frames := pdu.NewReader((*pacedReader)(s))
	for {
		f, err := frames.Read()
		var bad *pdu.Error
		if errors.As(err, &bad) {
			s.send(pdu.AppendHeader(nil, pdu.GenericNackID, bad.Status, bad.Sequence))
			return err
		}
		if err != nil {
			return err
		}
		if !s.handle(f) {
			return nil
		}
	}
}

// pacedReader is the session as the source of its frames. Before it waits for
// more octets it hands over all that the last ones caused; a deaf account does
// not get that far.
type pacedReader session

// Read implements io.Reader.
func (p *pacedReader) Read(buffer []byte) (int, error) {
	s := (*session)(p)
	s.server.settle()
	s.flush()
	if err := s.attend(); err != nil {
		return 0, err
	}
	n, err := s.conn.Read(buffer)
	s.heard.Store(time.Now().UnixNano())
	return n, err
}

// attend waits while the peer has to read first, or the account is deaf.
func (s *session) attend() error {
	for s.backlog() > maxOut {
		select {
		case <-s.room:
		case <-s.done:
			return io.EOF
		}
	}
	for s.account != nil {
		deaf, changed := s.account.deaf()
		if !deaf {
			return nil
		}
		select {
		case <-changed:
		case <-s.done:
			return io.EOF
		}
	}
	return nil
}

func (s *session) backlog() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out)
}

// handle deals with one PDU; false ends the session.
func (s *session) handle(f pdu.Frame) bool {
	if s.account == nil {
		return s.handleUnbound(f)
	}
	switch f.Command {
	case pdu.SubmitSMID, pdu.DataSMID:
		s.submit(f)
	case pdu.DeliverSMRespID, pdu.DataSMRespID, pdu.GenericNackID:
		s.account.answered(s, f.Header)
	case pdu.EnquireLinkID:
		if !s.account.Faults().MuteLinks {
			s.queue(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence))
		}
	case pdu.EnquireLinkRespID:
		s.answeredLink(f.Sequence)
	case pdu.UnbindID:
		s.queue(pdu.AppendHeader(nil, pdu.UnbindRespID, pdu.StatusOK, f.Sequence))
		return false
	case pdu.UnbindRespID:
		return false
	default:
		s.refuse(f)
	}
	return true
}

// handleUnbound deals with a PDU of a connection that has no bind yet.
func (s *session) handleUnbound(f pdu.Frame) bool {
	switch f.Command {
	case pdu.BindReceiverID, pdu.BindTransmitterID, pdu.BindTransceiverID:
		return s.bind(f)
	case pdu.EnquireLinkID:
		s.queue(pdu.AppendHeader(nil, pdu.EnquireLinkRespID, pdu.StatusOK, f.Sequence))
	case pdu.UnbindID:
		s.queue(pdu.AppendHeader(nil, pdu.UnbindRespID, pdu.StatusOK, f.Sequence))
		return false
	default:
		s.refuse(f)
	}
	return true
}

// refuse answers a request that has no place here; responses are ignored.
func (s *session) refuse(f pdu.Frame) {
	switch {
	case f.Command.Response():
	case !f.Command.Known():
		s.queue(pdu.AppendHeader(nil, pdu.GenericNackID, pdu.StatusInvCmdID, f.Sequence))
	case s.account != nil && f.Command.Resp() != f.Command && !isBind(f.Command):
		s.queue(pdu.AppendHeader(nil, pdu.GenericNackID, pdu.StatusInvCmdID, f.Sequence))
	default:
		s.queue(pdu.AppendHeader(nil, f.Command.Resp(), pdu.StatusInvBndSts, f.Sequence))
	}
}

// queue leaves octets for the writer, who is told at the end of the batch.
func (s *session) queue(octets []byte) {
	s.mu.Lock()
	s.out = append(s.out, octets...)
	s.mu.Unlock()
}

// flush tells the writer that there may be something to write.
func (s *session) flush() {
	if s.backlog() > 0 {
		signal(s.wake)
	}
}

// send is queue and flush, for what happens outside of a batch.
func (s *session) send(octets []byte) {
	s.queue(octets)
	signal(s.wake)
}

// nextSequence returns a number of the SMSC's own row: 1 to 0x7FFFFFFF.
func (s *session) nextSequence() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advance()
}

// advance is nextSequence under s.mu.
func (s *session) advance() uint32 {
	if s.sequence++; s.sequence > 0x7FFFFFFF {
		s.sequence = 1
	}
	return s.sequence
}

// write gives the octets to the connection until it is over.
func (s *session) write() {
	var spare []byte
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
		s.mu.Lock()
		out, finish := s.out, s.finish
		s.out = spare[:0]
		s.mu.Unlock()
		signal(s.room)
		if len(out) > 0 && !s.writeAll(out) || finish {
			s.close()
			return
		}
		if spare = out; cap(spare) > maxOut {
			spare = nil
		}
	}
}

func (s *session) writeAll(octets []byte) bool {
	if s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) != nil {
		return false
	}
	_, err := s.conn.Write(octets)
	return err == nil
}

// finishAndClose closes the connection once all that waits is written.
func (s *session) finishAndClose() {
	s.mu.Lock()
	s.finish = true
	s.mu.Unlock()
	signal(s.wake)
}

// closeWithin closes the connection after d, if it still stands.
func (s *session) closeWithin(d time.Duration) { s.server.schedule.after(d, s.close) }

// close ends the connection now; reader and writer notice.
func (s *session) close() {
	s.once.Do(func() {
		close(s.done)
		s.conn.Close() //nolint:errcheck // either it is closed or it was
	})
}

// reset ends the connection as a broken link does: without FIN, and what was
// not read yet is lost.
func (s *session) reset() {
	conn := s.conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // only fails on a closed connection
	}
	s.close()
}

// enquire asks a silent peer whether it lives, and ends the session when it
// did not answer the last time. It is called once per EnquireInterval.
func (s *session) enquire() bool {
	select {
	case <-s.done:
		return false
	default:
	}
	if time.Since(time.Unix(0, s.heard.Load())) < s.server.options.EnquireInterval {
		return true
	}
	s.mu.Lock()
	dead := s.asked != 0
	if !dead {
		s.asked = s.advance()
		s.out = pdu.AppendHeader(s.out, pdu.EnquireLinkID, pdu.StatusOK, s.asked)
	}
	s.mu.Unlock()
	if dead {
		s.close()
		return false
	}
	signal(s.wake)
	return true
}

func (s *session) answeredLink(sequence uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == sequence {
		s.asked = 0
	}
}
