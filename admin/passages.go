package admin

import (
	"context"
	"time"
)

// Passages is how people go through a flow.
type Passages struct {
	Since   time.Time `json:"since" doc:"the oldest text that was looked at; later than was asked for when there are very many"`
	Texts   int       `json:"texts" doc:"that concerned the flow"`
	Ways    []Passage `json:"ways"`
	Open    []OpenAt  `json:"open" doc:"where open conversations stand now"`
	Puzzles []Puzzle  `json:"puzzles" doc:"texts that a state did not understand, the most frequent first"`
}

// Passage counts how often texts of phones went a way of a state.
type Passage struct {
	State string `json:"state,omitempty" doc:"absent: the conversation began"`
	By    string `json:"by" doc:"as the ways of a check: reply:0, reply:1.2, else …; unknown: nothing took the text and the question stayed open; begin"`
	Count int    `json:"count"`
}

// OpenAt counts the open conversations at a state.
type OpenAt struct {
	Version int    `json:"version"`
	State   string `json:"state"`
	Count   int    `json:"count"`
}

// Puzzle is a text that a state did not understand.
type Puzzle struct {
	State string    `json:"state"`
	Text  string    `json:"text,omitempty" doc:"for those who may see phones"`
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

type passagesInput struct {
	FlowPath
	Hours int `query:"hours" default:"24" minimum:"1" maximum:"720" doc:"how far back"`
}

func (s *Server) showPassages(ctx context.Context, in *passagesInput) (*answer[Passages], error) {
	if _, err := s.flowUsers(ctx, in.Name); err != nil {
		return nil, err
	}
	p, err := s.Lists.Passages(ctx, in.Name, s.Clock().Add(-time.Duration(in.Hours)*time.Hour))
	if err != nil {
		return nil, err
	}
	open, err := s.Config.OpenTalks(ctx, []string{in.Name})
	if err != nil {
		return nil, err
	}
	out := Passages{Since: p.Since.UTC(), Texts: p.Texts, Ways: []Passage{}, Open: []OpenAt{}, Puzzles: []Puzzle{}}
	for _, w := range p.Ways {
		out.Ways = append(out.Ways, Passage(w))
	}
	if at := open[in.Name]; at != nil {
		for _, o := range at.At {
			if n := len(out.Open); n > 0 && out.Open[n-1].Version == o.Version && out.Open[n-1].State == o.State {
				out.Open[n-1].Count += o.Count // they differ in what they have saved
				continue
			}
			out.Open = append(out.Open, OpenAt{o.Version, o.State, o.Count})
		}
	}
	for _, x := range p.Puzzles {
		out.Puzzles = append(out.Puzzles, Puzzle{x.State, words(ctx, x.Text), x.Count, x.Last.UTC()})
	}
	return &answer[Passages]{out}, nil
}
