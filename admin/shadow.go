package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/dialogs"
)

// shadowed is how many conversations a shadow run tells again.
const shadowed = 200

// Shadow asks what a draft would have answered to what phones said.
type Shadow struct {
	Draft
	Days int `json:"days,omitempty" minimum:"1" maximum:"30" default:"7" doc:"how far back"`
}

type shadowInput struct {
	FlowPath
	Body Shadow
}

// ShadowRun is what a draft would answer otherwise than the published version.
type ShadowRun struct {
	Since         time.Time    `json:"since" doc:"the conversations from then on were told again, the newest 200"`
	Conversations int          `json:"conversations"`
	Changed       int          `json:"changed" doc:"that would go otherwise"`
	Differences   []Difference `json:"differences" doc:"where they go apart for the first time, the most frequent first"`
}

// Difference is where conversations would go apart.
type Difference struct {
	State  string   `json:"state,omitempty" doc:"where the published version stood; absent: at the beginning"`
	Text   string   `json:"text,omitempty" doc:"what the phone said, for those who may see phones; absent: time passed"`
	Before []string `json:"before" doc:"what is answered now, as golden conversations have it; empty for those who may not see phones, since a draft may repeat what was said"`
	After  []string `json:"after" doc:"what the draft answers, likewise"`
	Count  int      `json:"count"`
}

// shadowDraft tells the draft and the published version what phones said to
// the flow in the last days.
func (s *Server) shadowDraft(ctx context.Context, in *shadowInput) (*answer[ShadowRun], error) {
	if _, err := s.flowUsers(ctx, in.Name); err != nil {
		return nil, err
	}
	published, err := s.published(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	now, err := s.draft(ctx, &Draft{Source: published, Program: in.Body.Program})
	if err != nil {
		return nil, err
	}
	then, err := s.draft(ctx, &in.Body.Draft)
	if err != nil {
		return nil, err
	}
	if now.Flow == nil || then.Flow == nil {
		return nil, invalid("body.source", "the flow has errors: POST /api/v1/flows/check lists them")
	}
	w, err := s.workshops.get(ctx)
	if err != nil {
		return nil, err
	}
	told, since, err := s.Lists.Told(ctx, in.Name, s.Clock().AddDate(0, 0, -cmp.Or(in.Body.Days, 7)), shadowed)
	if err != nil {
		return nil, err
	}
	out := ShadowRun{Since: since.UTC(), Conversations: len(told), Differences: []Difference{}}
	_, setting := w.Words(in.Name)
	same := map[string]*Difference{}
	for _, t := range told {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		d := dialogs.Shadow(now.Flow.Rehearse(now.Options), then.Flow.Rehearse(then.Options), setting, t.Texts)
		if d == nil {
			continue
		}
		out.Changed++
		x := difference(ctx, d)
		key := strings.Join([]string{x.State, strings.ToLower(strings.TrimSpace(x.Text)), strings.Join(x.Before, "\n"), strings.Join(x.After, "\n")}, "\x00")
		if same[key] == nil {
			same[key] = x
		}
		same[key].Count++
	}
	for _, d := range same {
		out.Differences = append(out.Differences, *d)
	}
	slices.SortFunc(out.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.State, b.State), cmp.Compare(a.Text, b.Text))
	})
	return &answer[ShadowRun]{out}, nil
}

// difference is a divergence as the caller may see it.
func difference(ctx context.Context, d *dialogs.Divergence) *Difference {
	if !visitOf(ctx).caller.May(accounts.SeePhones) {
		return &Difference{State: d.State, Before: []string{}, After: []string{}}
	}
	return &Difference{State: d.State, Text: d.Text, Before: some(d.Before), After: some(d.After)}
}

// published is the source of the published version.
func (s *Server) published(ctx context.Context, flow string) (string, error) {
	versions, err := s.Config.FlowVersions(ctx, flow)
	if err != nil {
		return "", configProblem(err)
	}
	for _, v := range versions {
		if v.State == "published" {
			return v.Source, nil
		}
	}
	return "", huma.Error409Conflict("flow " + flow + " is not published yet: nobody has talked with it")
}
