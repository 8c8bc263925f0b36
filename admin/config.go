package admin

import (
	"context"
	"errors"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"repartee/programs"
)

// Config is where the configuration is kept. Its methods are safe for
// concurrent use.
type Config interface {
	programs.Store
	Version(ctx context.Context) (int64, error)
	FlowList(ctx context.Context) ([]programs.FlowSummary, error)
	FlowVersions(ctx context.Context, flow string) ([]programs.FlowVersion, error)
	// Draft keeps a draft over the version whose SHA-256 is given: see
	// [programs.ErrChanged].
	Draft(ctx context.Context, flow, source string, over []byte) (version int, err error)
	// Delete takes an object away, or tells whether it may be: see
	// [programs.InUseError].
	Delete(ctx context.Context, base int64, kind, key string, dryRun bool) (int64, error)
	Pin(ctx context.Context, base int64, flow string, version int) (int64, error)
	Retention(ctx context.Context) (programs.Retention, error)
	SetRetention(ctx context.Context, days int) error
}

// workshops keeps the workshop of the newest configuration, since editors ask
// for it at every key.
type workshops struct {
	config  Config
	mu      sync.Mutex
	version int64
	made    *programs.Workshop
}

// get returns the workshop of the configuration as it is now.
func (w *workshops) get(ctx context.Context) (*programs.Workshop, error) {
	version, err := w.config.Version(ctx)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.made != nil && w.version == version {
		return w.made, nil
	}
	shop, err := w.config.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	w.made, w.version = programs.NewWorkshop(shop), shop.Version
	return w.made, nil
}

// Trouble is a problem of a configuration object or flow, and where it stands.
type Trouble struct {
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty" doc:"in characters"`
	Severity string `json:"severity" enum:"error,warning"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty" doc:"what to do"`
}

func trouble(line, column int, warning bool, text, hint string) Trouble {
	t := Trouble{Line: line, Column: column, Severity: "error", Text: text, Hint: hint}
	if warning {
		t.Severity = "warning"
	}
	return t
}

func troubles(ps programs.Problems) []Trouble {
	out := make([]Trouble, 0, len(ps))
	for _, p := range ps {
		out = append(out, trouble(p.At.Line, p.At.Column, p.Warning, p.Text, p.Hint))
	}
	return out
}

// configProblem says why a configuration was not changed.
func configProblem(err error) error {
	var refused *programs.RefusedError
	var missing *programs.NotFoundError
	var inUse *programs.InUseError
	switch {
	case errors.Is(err, programs.ErrChanged):
		return huma.Error412PreconditionFailed("somebody else changed this meanwhile: load it again, and make your change there")
	case errors.As(err, &inUse):
		details := make([]error, len(inUse.By))
		for i, by := range inUse.By {
			details[i] = &huma.ErrorDetail{Message: by}
		}
		return huma.Error409Conflict(programs.Singular(inUse.Kind)+" "+inUse.Key+" is in use: see the errors", details...)
	case errors.Is(err, programs.ErrNoObject):
		return huma.Error404NotFound(err.Error())
	case errors.As(err, &missing):
		return huma.Error404NotFound(err.Error())
	case errors.As(err, &refused):
		details := make([]error, 0, len(refused.Problems))
		for _, p := range refused.Problems {
			if !p.Warning {
				details = append(details, &huma.ErrorDetail{Location: "body", Message: p.String()})
			}
		}
		return huma.Error422UnprocessableEntity("nothing was changed: see the errors", details...)
	}
	return err
}
