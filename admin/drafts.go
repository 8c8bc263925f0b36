package admin

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/dialogs"
	"repartee/programs"
)

// Draft is a flow as somebody is writing it.
type Draft struct {
	Source  string `json:"source" maxLength:"262144"`
	Program string `json:"program,omitempty" doc:"to check it against; absent: the first that uses the flow"`
}

// Checked is what a check of a draft found.
type Checked struct {
	Problems []Trouble  `json:"problems"`
	Price    *Price     `json:"segment_price,omitempty" doc:"what a segment costs; absent: nobody has said"`
	Flow     *FlowShape `json:"flow,omitempty" doc:"absent while there are errors"`
}

// Price is an amount of money.
type Price struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// FlowShape is a flow as a graph, and its texts.
type FlowShape struct {
	Name      string     `json:"name"`
	Title     string     `json:"title,omitempty"`
	Languages []string   `json:"languages"`
	Inputs    []Input    `json:"inputs"`
	Start     string     `json:"start"`
	States    []string   `json:"states" doc:"in the order of the file"`
	Ways      []Way      `json:"ways"`
	Texts     []TextSize `json:"texts"`
}

// Input is what a starter of the flow gives.
type Input struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

// Way is one way from a state to another, or to an end.
type Way struct {
	From string `json:"from"`
	By   string `json:"by" doc:"reply:0, else, timeout:1, event:0, branch:2 …"`
	To   string `json:"to,omitempty"`
	End  string `json:"end,omitempty" doc:"the outcome, where the way ends the conversation"`
}

// TextSize is what a text takes at worst, each value at its longest.
type TextSize struct {
	State      string `json:"state,omitempty" doc:"absent: anywhere"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	Language   string `json:"language"`
	Characters int    `json:"characters"`
	Segments   int    `json:"segments"`
	Coding     string `json:"coding"`
	Odd        string `json:"odd,omitempty" doc:"the character that makes the text UCS-2"`
	Without    int    `json:"without,omitempty" doc:"the segments if it were spelled otherwise"`
}

// draft reads a draft against the configuration, for a caller that may see it.
func (s *Server) draft(ctx context.Context, in *Draft) (programs.Draft, error) {
	w, err := s.workshops.get(ctx)
	if err != nil {
		return programs.Draft{}, err
	}
	if in.Program != "" && !visitOf(ctx).caller.Within(in.Program) {
		return programs.Draft{}, huma.Error403Forbidden("program " + in.Program + " is not yours")
	}
	return w.Draft(in.Source, in.Program), nil
}

func (s *Server) checkDraft(ctx context.Context, in *answer[Draft]) (*answer[Checked], error) {
	d, err := s.draft(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	out := Checked{Problems: []Trouble{}}
	for _, p := range d.Problems {
		out.Problems = append(out.Problems, trouble(p.Line, p.Column, p.Warning, p.Text, p.Hint))
	}
	if amount, currency := d.Price(); amount > 0 {
		out.Price = &Price{amount, currency}
	}
	if d.Flow != nil {
		out.Flow = shapeOf(d.Flow)
	}
	return &answer[Checked]{out}, nil
}

func shapeOf(f *dialogs.Flow) *FlowShape {
	out := &FlowShape{Name: f.Name, Title: f.Title, Languages: f.Languages, Start: f.Start(), States: f.States(), Inputs: []Input{}, Ways: []Way{}, Texts: []TextSize{}}
	for _, in := range f.InputSpecs() {
		out.Inputs = append(out.Inputs, Input(in))
	}
	for _, w := range f.Ways() {
		out.Ways = append(out.Ways, Way(w))
	}
	for _, t := range f.TextSizes() {
		size := TextSize{State: t.State, Line: t.Line, Column: t.Column, Language: t.Language, Characters: t.Characters, Segments: t.Segments, Coding: t.Coding()}
		if t.Odd != 0 {
			size.Odd, size.Without = string(t.Odd), t.WithoutOdd
		}
		out.Texts = append(out.Texts, size)
	}
	return out
}

// Rehearsal plays a draft from its beginning.
type Rehearsal struct {
	Draft
	Lines []string `json:"lines" maxItems:"500" doc:"as golden conversations have them: > text, * start {…}, @ +5m, GROUP> text, $ language fr"`
}

// Played is what each line caused.
type Played struct {
	Moments []Moment `json:"moments" doc:"one for each line"`
	Script  string   `json:"script" doc:"the rehearsal as a golden conversation"`
}

// Moment is what one line caused.
type Moment struct {
	Line     string      `json:"line"`
	Now      time.Time   `json:"now" doc:"in the program's time zone"`
	Next     *time.Time  `json:"next,omitempty" doc:"when the next timer fires; absent: none waits"`
	Said     []Said      `json:"said"`
	Standing []TalkState `json:"conversations" doc:"the newest first"`
	Language string      `json:"language,omitempty" doc:"of the phone"`
	Rule     string      `json:"rule,omitempty" doc:"what took the input"`
	Trace    []string    `json:"trace"`
	Problem  string      `json:"problem,omitempty" doc:"why the line could not be played"`
}

// Said is a message of a rehearsal.
type Said struct {
	To       string     `json:"to,omitempty" doc:"a staff group or another number; absent: the phone"`
	Text     string     `json:"text,omitempty"`
	Standard string     `json:"standard,omitempty" doc:"the program's own answer of that name"`
	Class    string     `json:"class,omitempty" enum:"reply,transactional,marketing" doc:"of a message to the phone; absent: a standard answer"`
	Held     *time.Time `json:"held,omitempty" doc:"until when it waits for hours in which it may go"`
	Segments int        `json:"segments"`
	Odd      string     `json:"odd,omitempty" doc:"the character that makes the text UCS-2"`
}

// TalkState is where a conversation of a rehearsal is.
type TalkState struct {
	Flow    string `json:"flow"`
	State   string `json:"state"`
	Outcome string `json:"outcome,omitempty" doc:"absent while it is open"`
}

func (s *Server) playDraft(ctx context.Context, in *answer[Rehearsal]) (*answer[Played], error) {
	d, err := s.draft(ctx, &in.Body.Draft)
	if err != nil {
		return nil, err
	}
	if d.Flow == nil {
		return nil, invalid("body.source", "the flow has errors: POST /api/v1/flows/check lists them")
	}
	out := Played{Moments: []Moment{}}
	r := d.Flow.Rehearse(d.Options)
	for _, line := range in.Body.Lines {
		heard := r.Play(line)
		m := moment(line, heard)
		for i := range m.Said {
			if u := &m.Said[i]; u.Standard != "" && u.To == "" {
				u.Text = d.Answer(u.Standard, heard.Language)
			}
		}
		out.Moments = append(out.Moments, m)
		if heard.Problem != "" {
			continue
		}
		out.Script += line + "\n"
		for _, u := range heard.Said {
			out.Script += u.Line() + "\n"
		}
	}
	return &answer[Played]{out}, nil
}

func moment(line string, r dialogs.Reaction) Moment {
	m := Moment{Line: line, Now: r.Now, Said: []Said{}, Standing: []TalkState{}, Language: r.Language, Rule: r.Rule, Trace: some(r.Trace), Problem: r.Problem}
	if !r.Wake.IsZero() {
		next := r.Wake.In(r.Now.Location())
		m.Next = &next
	}
	for _, u := range r.Said {
		said := Said{To: u.To, Text: u.Text, Standard: u.Standard, Segments: u.Segments}
		if u.Class != 0 {
			said.Class = u.Class.String()
		}
		if !u.Held.IsZero() {
			said.Held = &u.Held
		}
		if u.Odd != 0 {
			said.Odd = string(u.Odd)
		}
		m.Said = append(m.Said, said)
	}
	for _, st := range r.Standings {
		m.Standing = append(m.Standing, TalkState(st))
	}
	return m
}

// Tested is how a draft's golden conversations came out.
type Tested struct {
	Played   int       `json:"played"`
	Failures []Trouble `json:"failures"`
}

func (s *Server) testDraft(ctx context.Context, in *answer[Draft]) (*answer[Tested], error) {
	d, err := s.draft(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	if d.Flow == nil {
		return nil, invalid("body.source", "the flow has errors: POST /api/v1/flows/check lists them")
	}
	n, failures := d.Flow.RunTests(d.Options)
	out := Tested{Played: n, Failures: []Trouble{}}
	for _, f := range failures {
		out.Failures = append(out.Failures, trouble(f.Line, 1, false, f.Test+": "+f.Text, ""))
	}
	return &answer[Tested]{out}, nil
}
