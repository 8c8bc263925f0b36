package views

import (
	"context"
	"time"
)

// Reading says what a text means.
type Reading struct {
	Class      string `json:"class" enum:"opt-out,help,opt-in,neither"`
	MatchedBy  string `json:"matched_by" doc:"such as word, intent, keyword or fallback"`
	Scope      string `json:"scope" doc:"code, all or a program; empty unless it is an opt-out, help or opt-in"`
	Review     bool   `json:"review" doc:"a person should look at it"`
	Normalised string `json:"normalised" doc:"the text as it is compared with words"`
	// Route is the flow that the text would begin; empty for none, or without a
	// short code.
	Route string `json:"route" doc:"the flow that it would begin; empty: none, or no short code was named"`
	Rule  string `json:"rule" doc:"which step of the reading said so"`
}

// Judgement says what the gate makes of a message.
type Judgement struct {
	Verdict string `json:"verdict" enum:"allow,hold,refuse"`
	// Until is when a held message may go; null when no such moment is known.
	Until      *time.Time `json:"until" doc:"when it may go; null: now, or no such moment is known"`
	Reason     string     `json:"reason"`
	Rule       string     `json:"rule" doc:"of the gate"`
	LocalTimes []string   `json:"local_times" doc:"what clocks show where the phone may be"`
	Sentence   string     `json:"sentence" doc:"the same for people"`
	Source     string     `json:"source,omitempty" doc:"the law or the profile that says so"`
}

// Explanations say why something did, or would, happen. What is asked has the
// names of the flags of `repartee explain`, and "text"; an [InvalidError] names
// the one that is wrong. The methods are safe for concurrent use.
type Explanations interface {
	Inbound(ctx context.Context, question map[string]string, now time.Time) (*Reading, error)
	Outbound(ctx context.Context, question map[string]string, now time.Time) (*Judgement, error)
}
