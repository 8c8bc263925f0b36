package app

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/pdu"
)

// peer is an SMSC that does what a test tells it, octet by octet. It accepts
// every bind, answers enquire_link and unbind, and accepts every submit_sm
// unless its judge says otherwise; all else that comes is the test's to read.
type peer struct {
	t     *testing.T
	addr  string
	links chan *peerLink // bound, in the order of their binds

	binding sync.Mutex // held: binds wait for their answer

	proofless atomic.Bool // enquire_link is not answered: its response would prove what was written before

	mu     sync.Mutex
	judge  func(*pdu.Message) (status pdu.Status, silent bool)
	lastID int
	got    []pdu.Message
	news   chan struct{} // closed at the next submit_sm
}

// peerLink is one bind of a peer.
type peerLink struct {
	peer     *peer
	role     pdu.Command
	conn     net.Conn
	answers  chan pdu.Frame // what the gateway answered to requests of the test
	sequence uint32
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &peer{t: t, addr: ln.Addr().String(), links: make(chan *peerLink, 10_000), news: make(chan struct{})}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, ln.Close())
		serving.Wait()
	})
	return p
}

// serve answers one connection until it is closed.
func (p *peer) serve(conn net.Conn) {
	defer conn.Close()
	l := &peerLink{peer: p, conn: conn, answers: make(chan pdu.Frame, 100_000)}
	r := pdu.NewReader(conn)
	for {
		f, err := r.Read()
		if err != nil {
			return
		}
		f.Body = bytes.Clone(f.Body)
		if octets := l.answer(f); octets != nil {
			if _, err := conn.Write(octets); err != nil {
				return
			}
		}
		if f.Command == pdu.UnbindID {
			return
		}
	}
}

// answer returns what the peer says to a PDU.
func (l *peerLink) answer(f pdu.Frame) []byte {
	switch f.Command {
	case pdu.BindTransceiverID, pdu.BindTransmitterID, pdu.BindReceiverID:
		l.role = f.Command
		l.peer.binding.Lock()
		defer l.peer.binding.Unlock()
		octets, err := pdu.AppendBindResp(nil, &pdu.BindResp{Command: f.Command.Resp(), Sequence: f.Sequence, SystemID: "peer"})
		if err == nil {
			_, err = l.conn.Write(octets)
		}
		if err == nil {
			l.peer.links <- l
		}
		return nil
	case pdu.EnquireLinkID, pdu.UnbindID:
		if f.Command == pdu.EnquireLinkID && l.peer.proofless.Load() {
			return nil
		}
		return pdu.AppendHeader(nil, f.Command.Resp(), pdu.StatusOK, f.Sequence)
	case pdu.SubmitSMID:
		return l.peer.submitted(f)
	}
	l.answers <- f
	return nil
}

// submitted keeps a submit_sm and judges it.
func (p *peer) submitted(f pdu.Frame) []byte {
	m, err := pdu.DecodeMessage(f)
	if err != nil {
		return pdu.AppendResp(nil, f.Command, pdu.StatusInvCmdLen, f.Sequence, "")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	close(p.news)
	p.news = make(chan struct{})
	status, silent := pdu.StatusOK, false
	if p.judge != nil {
		status, silent = p.judge(&m)
	}
	if silent {
		return nil
	}
	p.lastID++
	return pdu.AppendResp(nil, f.Command, status, f.Sequence, strconv.Itoa(p.lastID))
}

// judged sets what becomes of submit_sm.
func (p *peer) judged(judge func(*pdu.Message) (status pdu.Status, silent bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.judge = judge
}

// submits waits for n submit_sm and returns all that came.
func (p *peer) submits(ctx context.Context, n int) []pdu.Message {
	p.t.Helper()
	for {
		p.mu.Lock()
		got, news := append([]pdu.Message(nil), p.got...), p.news
		p.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-news:
		case <-ctx.Done():
			require.FailNow(p.t, "too few submit_sm", "%d came, %d were awaited", len(got), n)
		}
	}
}

// holdBinds leaves binds unanswered until release, or the end of the test.
func (p *peer) holdBinds() (release func()) {
	p.binding.Lock()
	release = sync.OnceFunc(p.binding.Unlock)
	p.t.Cleanup(release)
	return release
}

// bound waits for the next bind.
func (p *peer) bound(ctx context.Context) *peerLink {
	p.t.Helper()
	select {
	case l := <-p.links:
		return l
	case <-ctx.Done():
		require.FailNow(p.t, "nobody bound")
		return nil
	}
}

// write sends octets as they are; the error of a closed connection is the
// caller's to judge.
func (l *peerLink) write(octets []byte) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	_, err := l.conn.Write(octets)
	return err
}

// deliver sends a deliver_sm and returns its sequence number.
func (l *peerLink) deliver(m pdu.Message) uint32 {
	l.peer.t.Helper()
	if m.Sequence == 0 {
		l.sequence++
		m.Sequence = l.sequence
	}
	require.NoError(l.peer.t, l.write(encodeMO(l.peer.t, m)))
	return m.Sequence
}

// encodeMO writes a deliver_sm to the short code of the tests.
func encodeMO(t *testing.T, m pdu.Message) []byte {
	t.Helper()
	if m.Source.Addr == "" {
		m.Source.Addr = "33600000001"
	}
	m.Source.TON, m.Source.NPI, m.Dest = 1, 1, pdu.Address{TON: 3, Addr: "36111"}
	octets, err := pdu.AppendMessage(nil, pdu.DeliverSMID, &m)
	require.NoError(t, err)
	return octets
}

// answered waits for the answer to a request.
func (l *peerLink) answered(ctx context.Context, sequence uint32) pdu.Frame {
	l.peer.t.Helper()
	for {
		select {
		case f := <-l.answers:
			if f.Sequence == sequence {
				return f
			}
		case <-ctx.Done():
			require.FailNow(l.peer.t, fmt.Sprintf("request %d was not answered", sequence))
		}
	}
}
