package admin

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/sms"
	"repartee/views"
)

// Review is a reading of a text that a person should look at.
type Review struct {
	ID        string     `json:"id"`
	ShortCode string     `json:"short_code"`
	MSISDN    string     `json:"msisdn"`
	Kind      string     `json:"kind" enum:"opt-out,wrong-number,unclear"`
	Rule      string     `json:"rule" doc:"which step of the reading said so"`
	Text      string     `json:"text,omitempty" doc:"what the phone wrote"`
	At        time.Time  `json:"at"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	Decision  string     `json:"decision,omitempty" enum:"kept,undone"`
	ClosedBy  string     `json:"closed_by,omitempty"`
	Reason    string     `json:"reason,omitempty"`
}

type reviewsInput struct {
	All bool `query:"all" doc:"those that are closed too"`
}

func (s *Server) listReviews(ctx context.Context, in *reviewsInput) (*answer[list[Review]], error) {
	found, err := s.Reviews.Reviews(ctx, in.All)
	out := list[Review]{Items: []Review{}}
	for _, r := range found {
		if !s.reachesCode(ctx, r.Thread.Code) {
			continue
		}
		out.Items = append(out.Items, Review{
			ID: r.ID.String(), ShortCode: r.Thread.Code.String(), MSISDN: shown(ctx, r.Thread.Phone), Kind: r.Kind, Rule: r.Rule, Text: words(ctx, r.Text), At: r.OpenedAt.UTC(),
			ClosedAt: optional(r.ClosedAt), Decision: r.Decision, ClosedBy: r.ClosedBy, Reason: r.Reason,
		})
	}
	return &answer[list[Review]]{out}, err
}

// reachesCode reports whether the caller's rights reach a short code: its
// default program is among hers.
func (s *Server) reachesCode(ctx context.Context, code sms.ShortCode) bool {
	caller := visitOf(ctx).caller
	c := s.Snapshot().Codes[code]
	if c == nil || c.Program == nil {
		return caller.Within("")
	}
	return caller.Within(c.Program.Name)
}

type reviewInput struct {
	ID       string `path:"id"`
	Decision string `path:"decision" enum:"keep,undo"`
	Body     Because
}

func (s *Server) decideReview(ctx context.Context, in *reviewInput) (*nothing, error) {
	r, err := s.reviewOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Reviews.Decide(ctx, r.ID, in.Decision == "undo", visitOf(ctx).name(), in.Body.Reason, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, in.Decision, "review "+r.ID.String(), "", nil, in.Body)
}

func (s *Server) reviewOf(ctx context.Context, path string) (views.Review, error) {
	var id sms.ID
	if err := id.UnmarshalText([]byte(path)); err != nil {
		return views.Review{}, invalid("path.id", "this is no review: take it from the list")
	}
	r, err := s.Reviews.Review(ctx, id)
	if err == nil && !s.reachesCode(ctx, r.Thread.Code) {
		err = huma.Error403Forbidden("short code " + r.Thread.Code.String() + " is not yours")
	}
	return r, err
}
