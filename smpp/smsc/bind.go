package smsc

import (
	"crypto/subtle"
	"time"

	"go.uber.org/zap"

	"repartee/smpp/pdu"
)

// BindInfo is a bind as people look at it.
type BindInfo struct {
	ID         int64     `json:"id"`
	Role       Role      `json:"role"`
	Remote     string    `json:"remote"`
	Since      time.Time `json:"since"`
	Unanswered int       `json:"unanswered"` // deliver_sm on their way
}

func isBind(c pdu.Command) bool {
	return c == pdu.BindReceiverID || c == pdu.BindTransmitterID || c == pdu.BindTransceiverID
}

func roleOf(c pdu.Command) Role {
	switch c {
	case pdu.BindReceiverID:
		return Receiver
	case pdu.BindTransmitterID:
		return Transmitter
	default:
		return Transceiver
	}
}

// bind answers a bind request; a refused one ends the connection (SMPP v3.4,
// 4.1).
func (s *session) bind(f pdu.Frame) bool {
	request, err := pdu.DecodeBind(f)
	if err != nil {
		s.queue(pdu.AppendHeader(nil, f.Command.Resp(), pdu.StatusBindFail, f.Sequence))
		return false
	}
	account := s.server.Account(request.SystemID)
	status := pdu.StatusInvSysID
	if account != nil {
		status = account.admit(s, &request)
	}
	response, err := pdu.AppendBindResp(nil, &pdu.BindResp{
		Command: f.Command.Resp(), Status: status, Sequence: f.Sequence, SystemID: s.server.options.SystemID,
		TLVs: []pdu.TLV{{Tag: pdu.TagSCInterfaceVersion, Value: []byte{pdu.InterfaceVersion34}}},
	})
	if err != nil { // cannot be: Validate checked the system_id
		s.server.log.Error("bind_resp not written", zap.Error(err))
		return false
	}
	s.queue(response)
	if status != pdu.StatusOK {
		s.server.log.Info("bind refused", zap.Int64("bind", s.id), zap.Stringer("status", status))
		return false
	}
	s.bound(account)
	return true
}

// bound begins the life of an accepted bind. Deliveries begin after the
// response is queued, hence only here.
func (s *session) bound(account *Account) {
	s.account = account
	s.conn.SetReadDeadline(time.Time{}) //nolint:errcheck // a closed connection is noticed by the next read
	account.enter(s)
	if every := s.server.options.EnquireInterval; every > 0 {
		s.server.schedule.every(every, s.enquire)
	}
	s.server.log.Info("bound", zap.Int64("bind", s.id), zap.String("account", account.options.SystemID), zap.String("role", string(s.role)))
}

// admit judges a bind request and, when it is good, takes a place for it.
func (a *Account) admit(s *session, request *pdu.Bind) pdu.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case subtle.ConstantTimeCompare([]byte(request.Password), []byte(a.options.Password)) != 1:
		a.count.BindsRefused++
		return pdu.StatusInvPaswd
	case a.faults.RefuseBinds != pdu.StatusOK:
		a.count.BindsRefused++
		return a.faults.RefuseBinds
	case a.options.MaxBinds > 0 && len(a.sessions) >= a.options.MaxBinds:
		a.count.BindsRefused++
		return pdu.StatusAlyBnd
	}
	a.count.Binds++
	s.role = roleOf(request.Command)
	a.sessions = append(a.sessions, s)
	return pdu.StatusOK
}

// enter lets deliveries go over the bind, if its role allows.
func (a *Account) enter(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.receiving = s.role != Transmitter
	a.dirty.Store(true)
	a.bindsChanged()
}

// retire keeps new deliveries off a bind that is about to end.
func (a *Account) retire(s *session) {
	a.mu.Lock()
	s.receiving = false
	a.mu.Unlock()
}

// bindsChanged wakes WaitBound; a.mu is held.
func (a *Account) bindsChanged() {
	close(a.changed)
	a.changed = make(chan struct{})
}
