package admin

import (
	"context"
	"time"

	"repartee/programs"
)

// Retention is how long messages and conversations are kept.
type Retention struct {
	KeepDays int        `json:"keep_days" minimum:"0" maximum:"3660" doc:"0: for ever; else 35 days at least"`
	Since    *time.Time `json:"since,omitempty" readOnly:"true" doc:"what is older has been deleted"`
}

func (s *Server) showRetention(ctx context.Context, _ *nothing) (*answer[Retention], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	r, err := s.Config.Retention(ctx)
	return &answer[Retention]{Retention{r.KeepDays, optional(r.Since)}}, err
}

type retentionInput struct {
	Body struct {
		KeepDays int `json:"keep_days" minimum:"0" maximum:"3660" doc:"0: for ever; else 35 days at least"`
	}
}

// setRetention changes how long messages are kept. Days that are older go
// within the hour, and nothing brings them back.
func (s *Server) setRetention(ctx context.Context, in *retentionInput) (*answer[Retention], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	if d := in.Body.KeepDays; d > 0 && d < programs.MinKeepDays {
		return nil, invalid("body.keep_days", "keep messages for 35 days at least: carriers and consumers ask about the last month")
	}
	before, err := s.Config.Retention(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Config.SetRetention(ctx, in.Body.KeepDays); err != nil {
		return nil, err
	}
	return &answer[Retention]{Retention{in.Body.KeepDays, optional(before.Since)}},
		s.record(ctx, "changed", "retention", "", obj{"keep_days": before.KeepDays}, obj{"keep_days": in.Body.KeepDays})
}
