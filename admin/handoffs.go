package admin

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/sms"
	"repartee/views"
)

// transcript is how many texts a hand-off shows.
const transcript = 50

// Handoff is a conversation that waits for a person, or has one.
type Handoff struct {
	Conversation string    `json:"conversation"`
	ShortCode    string    `json:"short_code"`
	MSISDN       string    `json:"msisdn"`
	Program      string    `json:"program"`
	Group        string    `json:"group"`
	Since        time.Time `json:"since"`
	By           string    `json:"by,omitempty" doc:"who answers; absent: nobody yet"`
}

// Line is a text of a conversation.
type Line struct {
	At    time.Time `json:"at"`
	Phone bool      `json:"phone" doc:"the phone wrote it"`
	Text  string    `json:"text"`
}

// HandoffDoc is a hand-off with its texts.
type HandoffDoc struct {
	Handoff
	Lines []Line `json:"lines" doc:"oldest first"`
}

func handoff(ctx context.Context, h views.Handoff) Handoff {
	return Handoff{
		Conversation: h.Talk.String(), ShortCode: h.Thread.Code.String(), MSISDN: shown(ctx, h.Thread.Phone), Program: h.Program, Group: h.Group,
		Since: h.OpenedAt.UTC(), By: h.TakenBy,
	}
}

type handoffsInput struct {
	Group string `query:"group" doc:"only those handed to this group"`
}

func (s *Server) listHandoffs(ctx context.Context, in *handoffsInput) (*answer[list[Handoff]], error) {
	found, err := s.Handoffs.List(ctx, in.Group)
	out := list[Handoff]{Items: []Handoff{}}
	for _, h := range found {
		if visitOf(ctx).caller.Within(h.Program) {
			out.Items = append(out.Items, handoff(ctx, h))
		}
	}
	return &answer[list[Handoff]]{out}, err
}

// TalkPath is a conversation in a path.
type TalkPath struct {
	Conversation string `path:"conversation"`
}

// handoffOf finds the hand-off of a path, if the caller reaches its program.
func (s *Server) handoffOf(ctx context.Context, path string) (views.Handoff, []views.Line, error) {
	var talk sms.ID
	if err := talk.UnmarshalText([]byte(path)); err != nil {
		return views.Handoff{}, nil, invalid("path.conversation", "this is no conversation: take it from the list")
	}
	h, lines, err := s.Handoffs.Show(ctx, talk, transcript)
	if err == nil && !visitOf(ctx).caller.Within(h.Program) {
		err = huma.Error403Forbidden("program " + h.Program + " is not yours")
	}
	return h, lines, err
}

func (s *Server) showHandoff(ctx context.Context, in *TalkPath) (*answer[HandoffDoc], error) {
	h, lines, err := s.handoffOf(ctx, in.Conversation)
	if err != nil {
		return nil, err
	}
	out := HandoffDoc{Handoff: handoff(ctx, h), Lines: []Line{}}
	for _, l := range lines {
		out.Lines = append(out.Lines, Line{l.At.UTC(), l.Phone, words(ctx, l.Text)})
	}
	return &answer[HandoffDoc]{out}, nil
}

type sayInput struct {
	TalkPath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"1600"`
	}
}

// answerHandoff sends a person's text; the first one takes the conversation.
func (s *Server) answerHandoff(ctx context.Context, in *sayInput) (*nothing, error) {
	h, _, err := s.handoffOf(ctx, in.Conversation)
	if err != nil {
		return nil, err
	}
	if err := s.Handoffs.Say(ctx, h.Talk, visitOf(ctx).name(), in.Body.Text, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "answered", "conversation "+h.Talk.String(), h.Program, nil, nil)
}

func (s *Server) returnHandoff(ctx context.Context, in *TalkPath) (*nothing, error) {
	h, _, err := s.handoffOf(ctx, in.Conversation)
	if err != nil {
		return nil, err
	}
	if err := s.Handoffs.Done(ctx, h.Talk, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "handed back", "conversation "+h.Talk.String(), h.Program, nil, nil)
}
