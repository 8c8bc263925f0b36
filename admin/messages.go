package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/sms"
	"repartee/views"
)

// Message is a text of a phone, or one to it.
type Message struct {
	ID        string     `json:"id"`
	Direction string     `json:"direction" enum:"in,out" doc:"in: the phone wrote it"`
	ShortCode string     `json:"short_code"`
	MSISDN    string     `json:"msisdn"`
	Carrier   string     `json:"carrier,omitempty"`
	Program   string     `json:"program,omitempty"`
	At        time.Time  `json:"at"`
	Text      string     `json:"text,omitempty" doc:"for those who may see phones"`
	Class     string     `json:"class" doc:"in: opt-out, help, opt-in, neither; out: reply, transactional, marketing, compliance"`
	Status    string     `json:"status" doc:"in: turn, ignored, failed; out: held, queued, sending, sent, delivered, undelivered, rejected, refused, cancelled, expired, unknown"`
	Route     string     `json:"route,omitempty" doc:"the flow of the keyword that matched"`
	Rule      string     `json:"rule" doc:"in: what took the text, and which ways it went; out: the rule by which the gate decided"`
	Verdict   string     `json:"verdict,omitempty" enum:"allow,hold,refuse"`
	Segments  int        `json:"segments"`
	Attempts  int        `json:"attempts,omitempty"`
	Error     *int       `json:"error,omitempty" doc:"the carrier's number for what went wrong"`
	HoldUntil *time.Time `json:"hold_until,omitempty"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
	DoneAt    *time.Time `json:"done_at,omitempty" doc:"when its receipt came, or it was given up"`
	Cause     string     `json:"cause,omitempty" doc:"the text that it answers"`
	Talk      string     `json:"conversation,omitempty"`
	Review    bool       `json:"review,omitempty" doc:"a person should look at how it was read"`
	Copies    int        `json:"copies,omitempty" doc:"how often the carrier sent it again"`
}

func (s *Server) message(ctx context.Context, m *views.Message) Message {
	snap := s.Snapshot()
	out := Message{
		ID: m.ID.String(), Direction: "out", ShortCode: m.Thread.Code.String(), MSISDN: shown(ctx, m.Thread.Phone), At: m.At.UTC(), Text: words(ctx, m.Text), Class: m.Class, Status: m.State,
		Route: m.Route, Rule: m.Rule, Verdict: m.Verdict, Segments: m.Segments, Attempts: m.Attempts, Error: m.Error, HoldUntil: m.Hold, SentAt: m.Sent, DoneAt: m.Done,
		Cause: idOf(m.Cause), Talk: idOf(m.Talk), Review: m.Review, Copies: m.Copies,
	}
	if m.Inbound {
		out.Direction = "in"
	}
	if c := snap.Carriers[m.Carrier]; c != nil {
		out.Carrier = c.Name
	}
	if p := snap.Programs[m.Program]; p != nil {
		out.Program = p.Name
	}
	return out
}

// idOf is an id as text; empty for none.
func idOf(id sms.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// reach is what a caller's rights reach of lists; nil for everything.
func (s *Server) reach(ctx context.Context) *views.Reach {
	caller := visitOf(ctx).caller
	if caller.Within("") {
		return nil
	}
	snap := s.Snapshot()
	out := &views.Reach{Codes: []sms.ShortCode{}, Programs: []int32{}}
	for code := range snap.Codes {
		if s.reachesCode(ctx, code) {
			out.Codes = append(out.Codes, code)
		}
	}
	for id, p := range snap.Programs {
		if caller.Within(p.Name) {
			out.Programs = append(out.Programs, id)
		}
	}
	return out
}

// Thread is a phone and a short code in a query.
type Thread struct {
	MSISDN    string `query:"msisdn" doc:"in international form"`
	ShortCode string `query:"short_code"`
}

// thread reads the parameters; what is absent is zero.
func (t *Thread) thread(ctx context.Context) (out sms.Thread, err error) {
	if t.MSISDN != "" {
		if err := seesPhones(ctx, "msisdn"); err != nil {
			return out, err
		}
		if out.Phone, err = sms.ParseMSISDN(t.MSISDN); err != nil {
			return out, invalid("query.msisdn", err.Error())
		}
	}
	if t.ShortCode != "" {
		if out.Code, err = sms.ParseShortCode(t.ShortCode); err != nil {
			return out, invalid("query.short_code", err.Error())
		}
	}
	return out, nil
}

// seesPhones refuses a search by what the caller may not see: the answer would
// tell it.
func seesPhones(ctx context.Context, parameter string) error {
	if !visitOf(ctx).caller.May(accounts.SeePhones) {
		return huma.Error403Forbidden("looking for phones, names and words needs the right " + string(accounts.SeePhones) + ": leave " + parameter + " out")
	}
	return nil
}

type messagesInput struct {
	Page
	Thread
	Direction string    `query:"direction" enum:"in,out"`
	Status    string    `query:"status" enum:"turn,ignored,failed,held,queued,sending,sent,delivered,undelivered,rejected,refused,cancelled,expired,unknown"`
	Class     string    `query:"class" enum:"opt-out,help,opt-in,neither,reply,transactional,marketing,compliance"`
	Program   string    `query:"program"`
	Contains  string    `query:"contains" maxLength:"100" doc:"words of the text"`
	From      time.Time `query:"from"`
	To        time.Time `query:"to" doc:"before this moment"`
}

// listMessages lists messages, the newest first.
func (s *Server) listMessages(ctx context.Context, in *messagesInput) (*answer[list[Message]], error) {
	f := views.MessageFilter{Reach: s.reach(ctx), State: in.Status, Class: in.Class, Contains: in.Contains, From: in.From, To: in.To, Limit: in.Limit}
	var err error
	if f.Thread, err = in.thread(ctx); err != nil {
		return nil, err
	}
	if in.Contains != "" {
		if err := seesPhones(ctx, "contains"); err != nil {
			return nil, err
		}
	}
	if in.Direction != "" {
		inbound := in.Direction == "in"
		f.Inbound = &inbound
	}
	if in.Program != "" {
		p, err := s.program(ctx, in.Program)
		if err != nil {
			return nil, err
		}
		f.Program = p.ID
	}
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	f.Before = sms.ID(before)
	page, err := s.Lists.Messages(ctx, f)
	if err != nil {
		return nil, err
	}
	return &answer[list[Message]]{s.messages(ctx, page)}, nil
}

func (s *Server) messages(ctx context.Context, page views.MessagePage) list[Message] {
	out := list[Message]{Items: []Message{}, Next: idOf(page.Next)}
	for i := range page.Messages {
		out.Items = append(out.Items, s.message(ctx, &page.Messages[i]))
	}
	return out
}

// Talk is an open conversation.
type Talk struct {
	ID        string    `json:"conversation"`
	Program   string    `json:"program"`
	Flow      string    `json:"flow"`
	Version   int       `json:"version"`
	State     string    `json:"state"`
	StartedAt time.Time `json:"started_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Handed    bool      `json:"handed" doc:"a person is asked for"`
	By        string    `json:"by,omitempty" doc:"who answers; absent: nobody yet"`
}

func talks(open []views.Talk) []Talk {
	out := make([]Talk, 0, len(open))
	for _, k := range open {
		out = append(out, Talk{k.ID.String(), k.Program, k.Flow, k.Version, k.State, k.Started.UTC(), k.Expires.UTC(), k.Handed, k.TakenBy})
	}
	return out
}

// ThreadItem is a phone on a short code.
type ThreadItem struct {
	MSISDN    string  `json:"msisdn"`
	Ref       string  `json:"ref" doc:"names the phone in the path of its transcript, also for those who may not see it"`
	ShortCode string  `json:"short_code"`
	Name      string  `json:"name,omitempty"`
	Last      Message `json:"last" doc:"the newest text of the phone"`
	Answer    string  `json:"answer,omitempty" doc:"the status of the newest message to it"`
	Stopped   bool    `json:"stopped" doc:"the phone has said STOP to the code"`
	Handed    bool    `json:"handed" doc:"a conversation waits for a person, or has one"`
	Talks     []Talk  `json:"conversations" doc:"that are open, the newest question first"`
}

type threadsInput struct {
	Page
	ShortCode string `query:"short_code"`
	Search    string `query:"search" maxLength:"60" doc:"first digits of a phone, or how a name begins"`
	Handed    bool   `query:"handed" doc:"only those that wait for a person, or have one"`
}

// listThreads lists phones by their newest text.
func (s *Server) listThreads(ctx context.Context, in *threadsInput) (*answer[list[ThreadItem]], error) {
	f := views.ThreadFilter{Reach: s.reach(ctx), Search: strings.TrimSpace(in.Search), Handed: in.Handed, Limit: in.Limit}
	t, err := (&Thread{ShortCode: in.ShortCode}).thread(ctx)
	if err != nil {
		return nil, err
	}
	if f.Search != "" {
		if err := seesPhones(ctx, "search"); err != nil {
			return nil, err
		}
	}
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	f.Code, f.Before = t.Code, sms.ID(before)
	page, err := s.Lists.Threads(ctx, f)
	if err != nil {
		return nil, err
	}
	out := list[ThreadItem]{Items: []ThreadItem{}, Next: idOf(page.Next)}
	for i := range page.Threads {
		x := &page.Threads[i]
		last := s.message(ctx, &x.Last)
		out.Items = append(out.Items, ThreadItem{
			MSISDN: last.MSISDN, Ref: threadRef(ctx, &x.Last), ShortCode: last.ShortCode, Name: words(ctx, x.Name), Last: last, Answer: x.Answer,
			Stopped: x.Stopped, Handed: x.Handed, Talks: talks(x.Talks),
		})
	}
	return &answer[list[ThreadItem]]{out}, nil
}

// threadRef names a thread's phone in a path: the number, or for those who may
// not see it one of its messages.
func threadRef(ctx context.Context, m *views.Message) string {
	if visitOf(ctx).caller.May(accounts.SeePhones) {
		return m.Thread.Phone.String()
	}
	return "m" + m.ID.String()
}

// ThreadDoc is a transcript.
type ThreadDoc struct {
	MSISDN    string        `json:"msisdn"`
	ShortCode string        `json:"short_code"`
	Carrier   string        `json:"carrier,omitempty" doc:"that the phone last used"`
	Language  string        `json:"language,omitempty"`
	Name      string        `json:"name,omitempty"`
	Stopped   bool          `json:"stopped"`
	Talks     []Talk        `json:"conversations"`
	Messages  list[Message] `json:"messages" doc:"the newest first"`
}

type threadInput struct {
	Page
	ShortCode string `path:"short_code"`
	Ref       string `path:"ref" doc:"the phone in international form, or the ref of the list"`
}

// showThread shows a transcript.
func (s *Server) showThread(ctx context.Context, in *threadInput) (*answer[ThreadDoc], error) {
	key, err := s.threadOf(ctx, in.ShortCode, in.Ref)
	if err != nil {
		return nil, err
	}
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	head, err := s.Lists.Thread(ctx, key)
	if err != nil {
		return nil, err
	}
	page, err := s.Lists.Messages(ctx, views.MessageFilter{Thread: key, Before: sms.ID(before), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := ThreadDoc{
		MSISDN: shown(ctx, key.Phone), ShortCode: key.Code.String(), Language: head.Language, Name: words(ctx, head.Name), Stopped: head.Stopped,
		Talks: talks(head.Talks), Messages: s.messages(ctx, page),
	}
	if c := s.Snapshot().Carriers[head.Carrier]; c != nil {
		out.Carrier = c.Name
	}
	return &answer[ThreadDoc]{out}, nil
}

// threadOf reads the path of a transcript that the caller reaches. A message
// stands for its phone.
func (s *Server) threadOf(ctx context.Context, code, ref string) (key sms.Thread, err error) {
	if key.Code, err = sms.ParseShortCode(code); err != nil {
		return key, invalid("path.short_code", err.Error())
	}
	if !s.reachesCode(ctx, key.Code) {
		return key, huma.Error403Forbidden("short code " + key.Code.String() + " is not yours")
	}
	if name, ok := strings.CutPrefix(ref, "m"); ok {
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return key, invalid("path.ref", "this names no message: take the ref of the list")
		}
		page, err := s.Lists.Messages(ctx, views.MessageFilter{Thread: sms.Thread{Code: key.Code}, Before: sms.ID(id + 1), From: sms.ID(id).Time(), Limit: 200})
		for _, m := range page.Messages {
			if m.ID == sms.ID(id) {
				return m.Thread, nil
			}
		}
		if err == nil {
			err = &views.NotFoundError{Text: "there is no message " + name + " on " + code}
		}
		return key, err
	}
	if err := seesPhones(ctx, "the number"); err != nil {
		return key, err
	}
	if key.Phone, err = sms.ParseMSISDN(ref); err != nil {
		return key, invalid("path.ref", err.Error())
	}
	return key, nil
}
