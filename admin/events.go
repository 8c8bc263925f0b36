package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"repartee/accounts"
	"repartee/sms"
	"repartee/views"
)

// LiveEvent is something that has just happened. The name of the event says
// which of these it has.
type LiveEvent struct {
	ID           string    `json:"id,omitempty" doc:"of the message, the conversation handed over, the review, the order"`
	At           time.Time `json:"at"`
	ShortCode    string    `json:"short_code,omitempty"`
	MSISDN       string    `json:"msisdn,omitempty"`
	Program      string    `json:"program,omitempty"`
	State        string    `json:"state" doc:"of a message to a phone; turn, ignored or failed of a text; open, taken or closed of a hand-off; open, kept or undone of a review; of an order; bound, partly, down or paused of a carrier"`
	Text         string    `json:"text,omitempty" doc:"what was written, for those who may read it"`
	Class        string    `json:"class,omitempty" doc:"of a message"`
	Conversation string    `json:"conversation,omitempty"`
	Group        string    `json:"group,omitempty" doc:"that a conversation was handed to"`
	By           string    `json:"by,omitempty" doc:"who took it, decided or changed it"`
	Number       int       `json:"number,omitempty" doc:"of an order"`
	Carrier      string    `json:"carrier,omitempty"`
	Bound        *int      `json:"bound,omitempty" doc:"sessions of the carrier that are bound"`
	Sessions     *int      `json:"sessions,omitempty" doc:"sessions that it is configured for"`
}

// kindRights are what it takes to be told of a kind: the right of its list.
var kindRights = map[views.Kind]accounts.Right{
	views.MessageIn: accounts.Read, views.MessageOut: accounts.Read, views.Status: accounts.Read, views.CarrierOf: accounts.Read,
	views.HandoffOf: accounts.Answer, views.OrderOf: accounts.Answer, views.ReviewOf: accounts.ChangePeople,
}

type eventsInput struct {
	ShortCode string `query:"short_code" doc:"only what happens on this short code"`
	MSISDN    string `query:"msisdn" doc:"only what happens to this phone; needs see-phones"`
	LastID    string `header:"Last-Event-ID" maxLength:"100" doc:"where the last stream ended"`
}

// thread reads the filter; what is zero is any.
func (in *eventsInput) thread(ctx context.Context) (t sms.Thread, err error) {
	if in.ShortCode != "" {
		if t.Code, err = sms.ParseShortCode(in.ShortCode); err != nil {
			return t, invalid("query.short_code", err.Error())
		}
	}
	if in.MSISDN == "" {
		return t, nil
	}
	if t.Phone, err = sms.ParseMSISDN(in.MSISDN); err != nil {
		return t, invalid("query.msisdn", err.Error())
	}
	if !visitOf(ctx).caller.May(accounts.SeePhones) {
		err = huma.Error403Forbidden("what happens to one phone needs the right " + string(accounts.SeePhones) + ": leave msisdn out")
	}
	return t, err
}

func (s *Server) listenToEvents(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	only, err := in.thread(ctx)
	if err != nil {
		return nil, err
	}
	l := newListener(visitOf(ctx).caller, func(c *accounts.Caller, e *views.Event) bool {
		return (only.Code == 0 || e.Thread.Code == only.Code) && (only.Phone == 0 || e.Thread.Phone == only.Phone) &&
			c.May(kindRights[e.Kind]) && c.Within(s.programOf(e))
	})
	if err := s.hub.join(ctx, l, in.LastID); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer s.hub.leave(l)
		_, w := humachi.Unwrap(c)
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("X-Accel-Buffering", "no")       // of a proxy
		_ = s.tellEvents(ctx, l, newStream(w)) // the listener is gone, or was sent away
	}}, nil
}

// programOf is whose event it is: that of the short code, if nothing says more.
func (s *Server) programOf(e *views.Event) string {
	if e.Program != "" {
		return e.Program
	}
	if code := s.Snapshot().Codes[e.Thread.Code]; code != nil && code.Program != nil {
		return code.Program.Name
	}
	return ""
}

// tellEvents writes events until the listener goes, may listen no more, or the
// gateway stops.
func (s *Server) tellEvents(ctx context.Context, l *listener, out *stream) error {
	beat := time.NewTicker(s.heartbeat())
	defer beat.Stop()
	if err := out.write("retry: 2000\nid: " + s.hub.id(l.begin) + "\n\n"); err != nil {
		return err
	}
	for {
		if err := s.tellWaiting(l, out); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.hub.ctx.Done():
			return errDraining
		case <-l.wake:
		case <-beat.C:
			if err := s.beat(ctx, l, out); err != nil {
				return err
			}
		}
	}
}

// heartbeat is how often a quiet stream shows that it stands, and its listener
// that she may listen.
func (s *Server) heartbeat() time.Duration {
	if s.Heartbeat > 0 {
		return s.Heartbeat
	}
	return 15 * time.Second
}

func (s *Server) beat(ctx context.Context, l *listener, out *stream) error {
	caller, err := s.stillMay(ctx, visitOf(ctx))
	if err != nil {
		return err
	}
	if caller != nil {
		l.is(caller)
	}
	return out.write(": \n\n")
}

// stillMay returns the caller of a visit as she is now, nil when the database
// is away. To listen does not count as being seen: a session that nobody works
// with ends.
func (s *Server) stillMay(ctx context.Context, v *visit) (*accounts.Caller, error) {
	caller, err := s.callerNow(ctx, v)
	if errors.Is(err, accounts.ErrNotFound) || err == nil && !caller.May(accounts.Read) {
		return nil, accounts.ErrNotFound
	}
	return caller, nil
}

func (s *Server) callerNow(ctx context.Context, v *visit) (*accounts.Caller, error) {
	now := s.Clock()
	if v.session == nil {
		k, err := s.Accounts.KeyOf(ctx, v.key, now)
		if err != nil {
			return nil, err
		}
		return k.Caller(), nil
	}
	open, err := s.Accounts.Sessions(ctx, v.user.ID, now)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(open, func(n accounts.Session) bool { return n.ID == v.session.ID && now.Sub(n.SeenAt) <= idleSession }) {
		return nil, accounts.ErrNotFound
	}
	u, err := s.Accounts.User(ctx, v.user.ID)
	if err == nil && !u.DisabledAt.IsZero() {
		err = accounts.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return u.Caller(), nil
}

func (s *Server) tellWaiting(l *listener, out *stream) error {
	w := l.take()
	if w.lost {
		if err := out.event(s.hub.id(w.place), "reset", struct{}{}); err != nil {
			return err
		}
	}
	for _, e := range w.queue {
		if err := out.event(s.hub.id(e.n), string(e.Kind), s.liveEvent(w.caller, e.Event)); err != nil {
			return err
		}
	}
	return nil
}

// liveEvent is an event as the caller may see it.
func (s *Server) liveEvent(c *accounts.Caller, e *views.Event) LiveEvent {
	out := LiveEvent{
		At: e.At.UTC(), Program: s.programOf(e), State: e.State, Class: e.Class, Group: e.Group, By: e.By, Number: e.Number,
	}
	if e.Kind == views.CarrierOf {
		out.Carrier, out.Bound, out.Sessions = e.Carrier, &e.Bound, &e.All
		return out
	}
	out.ID, out.ShortCode, out.MSISDN = e.ID.String(), e.Thread.Code.String(), e.Thread.Phone.Masked()
	if c.May(accounts.SeePhones) {
		out.MSISDN, out.Text = e.Thread.Phone.String(), e.Text
	}
	if e.Talk != 0 {
		out.Conversation = e.Talk.String()
	}
	return out
}

// stream writes server-sent events.
type stream struct {
	w  http.ResponseWriter
	to *http.ResponseController
}

// writeWithin is how long a write may take until the listener counts as gone.
const writeWithin = 10 * time.Second

func newStream(w http.ResponseWriter) *stream {
	s := &stream{w: w, to: http.NewResponseController(w)}
	_ = s.to.SetReadDeadline(time.Time{}) // of the server: it would end the stream
	return s
}

func (s *stream) write(text string) error {
	if err := s.to.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	if err := s.to.Flush(); err != nil {
		return err
	}
	return s.to.SetWriteDeadline(time.Time{})
}

func (s *stream) event(id, name string, data any) error {
	doc, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", id, name, doc))
}

// streaming describes the answer of an operation that streams events.
func streaming(add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {
			Description: "Server-sent events: `message.in`, `message.out`, `status` (of a message to a phone), `handoff`, `review`, `order`, `carrier`, and `reset` when some were lost: load anew",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[LiveEvent](), true, "LiveEvent")}},
		}}
		add(api, op)
	}
}
