package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
	"repartee/sms"
)

// Messages takes what shall be sent.
type Messages interface {
	// Enqueue judges messages and stores them with the verdict. It may be called
	// again with the same ids.
	Enqueue(ctx context.Context, ms []sms.Outbound) error
}

// Inputs takes what happens to threads.
type Inputs interface {
	// PushInputs stores inputs; those whose key is there already are left out.
	PushInputs(ctx context.Context, inputs []inbox.Input) error
}

// validFor is how long a message has sense when nobody says it.
const validFor = 24 * time.Hour

// NewMessage is a message to a phone.
type NewMessage struct {
	ShortCode string     `json:"short_code" example:"36111"`
	To        string     `json:"to" example:"33612345678" doc:"in international form, with or without +"`
	Text      string     `json:"text" minLength:"1" maxLength:"1600"`
	Class     string     `json:"class" enum:"transactional,marketing"`
	Program   string     `json:"program"`
	NotBefore *time.Time `json:"not_before,omitempty"`
	ValidFor  string     `json:"valid_for,omitempty" default:"24h" doc:"how long it has sense, such as 90m; afterwards it is not sent"`
	WhenQuiet string     `json:"when_quiet,omitempty" enum:"hold,drop" default:"hold" doc:"what becomes of marketing outside the hours"`
}

// Accepted is what the gate decided about a message.
type Accepted struct {
	ID        string     `json:"id"`
	Verdict   string     `json:"verdict" enum:"allow,hold,refuse"`
	Rule      string     `json:"rule" doc:"of the gate"`
	HoldUntil *time.Time `json:"hold_until,omitempty" doc:"when it is judged again"`
	Segments  int        `json:"segments"`
	Coding    string     `json:"coding"`
}

type sendInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key sends once, for a day"`
	Body NewMessage
}

// sendMessage answers 202 also for what the gate refuses: the request was
// right, and the verdict is its answer.
func (s *Server) sendMessage(ctx context.Context, in *sendInput) (*answer[Accepted], error) {
	m, err := s.outbound(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	out, err := once(ctx, s, in.Key, in.Body, func(id sms.ID) (Accepted, error) {
		ms := []sms.Outbound{*m}
		ms[0].ID = id
		if err := s.Messages.Enqueue(ctx, ms); err != nil {
			return Accepted{}, unsendable(err)
		}
		return accepted(&ms[0]), nil
	})
	return &answer[Accepted]{out}, err
}

func accepted(m *sms.Outbound) Accepted {
	out := Accepted{ID: m.ID.String(), Verdict: m.Verdict, Rule: m.Rule, Segments: int(m.Segments), Coding: "GSM 03.38"}
	if m.Coding == ucs2 {
		out.Coding = "UCS-2"
	}
	if m.State == sms.Held {
		out.HoldUntil = optional(m.HoldUntil)
	}
	return out
}

// ucs2 is the data_coding of UCS-2 (SMPP v3.4, 5.2.19).
const ucs2 = 8

// unsendable tells the reason of a message that can never be sent.
func unsendable(err error) error {
	var permanent *sms.PermanentError
	if errors.As(err, &permanent) {
		return invalid("body.text", err.Error())
	}
	return err
}

// outbound reads a message.
func (s *Server) outbound(ctx context.Context, b *NewMessage) (*sms.Outbound, error) {
	t, code, err := s.thread(b.ShortCode, b.To)
	if err != nil {
		return nil, err
	}
	p, err := s.program(ctx, b.Program)
	if err != nil {
		return nil, err
	}
	if err := writesFrom(ctx, p, code); err != nil {
		return nil, err
	}
	class, err := sms.ParseClass(b.Class)
	if err != nil {
		return nil, invalid("body.class", err.Error())
	}
	now, lives := s.Clock(), validFor
	if b.ValidFor != "" {
		if lives, err = time.ParseDuration(b.ValidFor); err != nil || lives <= 0 || lives > 30*24*time.Hour {
			return nil, invalid("body.valid_for", fmt.Sprintf("%q is no duration of up to 720h: write 90m or 24h", b.ValidFor))
		}
	}
	m := &sms.Outbound{To: t.Phone, Code: code.Number, Program: p.ID, Class: class, Text: b.Text, DropQuiet: b.WhenQuiet == "drop", Expires: now.Add(lives)}
	if b.NotBefore != nil {
		m.NotBefore, m.Expires = *b.NotBefore, m.Expires.Add(max(0, b.NotBefore.Sub(now)))
	}
	return m, nil
}

// thread reads a short code and a phone.
func (s *Server) thread(code, phone string) (sms.Thread, *programs.Code, error) {
	number, err := sms.ParseShortCode(code)
	if err != nil {
		return sms.Thread{}, nil, invalid("body.short_code", err.Error())
	}
	c := s.Snapshot().Codes[number]
	if c == nil {
		return sms.Thread{}, nil, invalid("body.short_code", "there is no short code "+code)
	}
	to, err := sms.ParseMSISDN(phone)
	if err != nil {
		return sms.Thread{}, nil, invalid("body.to", err.Error())
	}
	return sms.Thread{Phone: to, Code: number}, c, nil
}

// program finds a program that the caller reaches.
func (s *Server) program(ctx context.Context, name string) (*programs.Program, error) {
	p := s.Snapshot().Program(name)
	if p == nil {
		return nil, invalid("body.program", "there is no program "+name)
	}
	if !visitOf(ctx).caller.Within(name) {
		return nil, huma.Error403Forbidden("program " + name + " is not yours")
	}
	return p, nil
}

// writesFrom refuses callers who are narrowed to write from a short code that
// their program has no word on: it is known for what others say.
func writesFrom(ctx context.Context, p *programs.Program, code *programs.Code) error {
	if visitOf(ctx).caller.Within("") || code.Program == p || slices.Contains(slices.Collect(maps.Values(code.Programs)), p.Name) {
		return nil
	}
	return huma.Error403Forbidden("program " + p.Name + " has no keyword on short code " + code.Number.String() + ": write from one of its own")
}

// begins refuses callers who are narrowed to begin what only others use.
func (s *Server) begins(ctx context.Context, p *programs.Program, flow string) error {
	if visitOf(ctx).caller.Within("") {
		return nil
	}
	w, err := s.workshops.get(ctx)
	if err != nil {
		return err
	}
	if users := w.Programs(flow); len(users) > 0 && !slices.Contains(users, p.Name) {
		return huma.Error403Forbidden("flow " + flow + " is used by programs that are not yours: " + strings.Join(users, ", "))
	}
	return nil
}

// FlowStart begins a conversation with a phone.
type FlowStart struct {
	To        string                     `json:"to" example:"33612345678"`
	ShortCode string                     `json:"short_code,omitempty" doc:"absent: that of the program, if it has one alone"`
	Program   string                     `json:"program,omitempty" doc:"absent: the one that uses the flow, if it is one alone"`
	Inputs    map[string]json.RawMessage `json:"inputs,omitempty"`
	Place     string                     `json:"place,omitempty"`
	Language  string                     `json:"language,omitempty"`
	At        *time.Time                 `json:"at,omitempty" doc:"absent: at once"`
	WhenQuiet string                     `json:"when_quiet,omitempty" enum:"hold,drop" default:"hold"`
}

type startInput struct {
	FlowPath
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key starts once, for a day"`
	Body FlowStart
}

// Started is a start on its way.
type Started struct {
	ID string `json:"id" doc:"of the start"`
}

func (s *Server) startFlow(ctx context.Context, in *startInput) (*answer[Started], error) {
	data, t, err := s.start(ctx, in)
	if err != nil {
		return nil, err
	}
	at := s.Clock()
	if in.Body.At != nil && in.Body.At.After(at) {
		at = *in.Body.At
	}
	out, err := once(ctx, s, in.Key, obj{"flow": in.Name, "body": in.Body}, func(id sms.ID) (Started, error) {
		input, err := inbox.NewInput(t, "api:"+id.String(), data, at)
		if err != nil {
			return Started{}, err
		}
		return Started{ID: id.String()}, s.Inputs.PushInputs(ctx, []inbox.Input{input})
	})
	return &answer[Started]{out}, err
}

// start reads what a start needs, and checks the inputs as the flow wants them.
func (s *Server) start(ctx context.Context, in *startInput) (data inbox.StartData, t sms.Thread, err error) {
	snap := s.Snapshot()
	flow := snap.Flow(in.Name, 0)
	if flow == nil {
		return data, t, huma.Error404NotFound("there is no published flow " + in.Name)
	}
	name, code := in.Body.Program, in.Body.ShortCode
	if name == "" {
		if name, err = s.onlyProgram(ctx, in.Name); err != nil {
			return data, t, err
		}
	}
	p, err := s.program(ctx, name)
	if err != nil {
		return data, t, err
	}
	if code == "" {
		if code, err = onlyCode(snap, p); err != nil {
			return data, t, err
		}
	}
	t, from, err := s.thread(code, in.Body.To)
	if err != nil {
		return data, t, err
	}
	if err := writesFrom(ctx, p, from); err != nil {
		return data, t, err
	}
	if err := s.begins(ctx, p, in.Name); err != nil {
		return data, t, err
	}
	values, err := startInputs(flow, in.Body.Inputs)
	if err != nil {
		return data, t, err
	}
	if in.Body.Place != "" && snap.Places[in.Body.Place] == nil {
		return data, t, invalid("body.place", "there is no place "+in.Body.Place)
	}
	return inbox.StartData{
		Start: dialogs.Start{Flow: in.Name, By: visitOf(ctx).name()}, Inputs: values, Language: in.Body.Language, Place: in.Body.Place, Program: p.Name,
		Promotes: flow.Class == sms.Marketing, DropQuiet: in.Body.WhenQuiet == "drop",
	}, t, nil
}

func (s *Server) onlyProgram(ctx context.Context, flow string) (string, error) {
	w, err := s.workshops.get(ctx)
	if err != nil {
		return "", err
	}
	if users := w.Programs(flow); len(users) == 1 {
		return users[0], nil
	}
	return "", invalid("body.program", "name the program: flow "+flow+" is not used by one alone")
}

// onlyCode is the short code of a program that has one alone.
func onlyCode(snap *programs.Snapshot, p *programs.Program) (string, error) {
	var found []string
	for number, c := range snap.Codes {
		if c.Program == p {
			found = append(found, number.String())
		}
	}
	if len(found) != 1 {
		return "", invalid("body.short_code", "name the short code: program "+p.Name+" does not have one alone")
	}
	return found[0], nil
}

// startInputs reads the inputs of a flow.
func startInputs(flow *dialogs.Flow, given map[string]json.RawMessage) (map[string]any, error) {
	values := map[string]any{}
	for _, spec := range flow.InputSpecs() {
		raw, there := given[spec.Name]
		if !there {
			if spec.Required {
				return nil, invalid("body.inputs."+spec.Name, "flow "+flow.Name+" needs this input, a "+spec.Type)
			}
			continue
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, invalid("body.inputs."+spec.Name, err.Error())
		}
		if !flow.TakesInput(spec.Name, v) {
			return nil, invalid("body.inputs."+spec.Name, "flow "+flow.Name+" wants a "+spec.Type+" here")
		}
		values[spec.Name] = v
	}
	for name := range given {
		if _, known := values[name]; !known {
			return nil, invalid("body.inputs."+name, "flow "+flow.Name+" has no such input")
		}
	}
	return values, nil
}

// FlowEvent is something that happened, for conversations that wait for it.
type FlowEvent struct {
	Event     string         `json:"event" pattern:"^[a-z][a-z0-9.-]*$" maxLength:"60"`
	To        string         `json:"to" example:"33612345678" doc:"the phone of the conversations"`
	ShortCode string         `json:"short_code"`
	Flow      string         `json:"flow,omitempty" doc:"absent: conversations of any flow"`
	Data      map[string]any `json:"data,omitempty" doc:"what the flow reads as event"`
}

type eventInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key happens once, for a day"`
	Body FlowEvent
}

func (s *Server) raiseEvent(ctx context.Context, in *eventInput) (*answer[Started], error) {
	t, code, err := s.thread(in.Body.ShortCode, in.Body.To)
	if err != nil {
		return nil, err
	}
	if !visitOf(ctx).caller.Within(code.Program.Name) {
		return nil, huma.Error403Forbidden("short code " + in.Body.ShortCode + " is not yours")
	}
	out, err := once(ctx, s, in.Key, in.Body, func(id sms.ID) (Started, error) {
		event := dialogs.Event{Name: in.Body.Event, Data: in.Body.Data, Flow: in.Body.Flow}
		input, err := inbox.NewInput(t, "api:"+id.String(), event, s.Clock())
		if err != nil {
			return Started{}, err
		}
		return Started{ID: id.String()}, s.Inputs.PushInputs(ctx, []inbox.Input{input})
	})
	return &answer[Started]{out}, err
}
