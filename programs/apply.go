package programs

import (
	"context"
	"errors"
	"fmt"
)

// ErrChanged says that somebody else changed the configuration between a plan
// and its execution.
var ErrChanged = errors.New("the configuration was changed meanwhile: plan again")

// Store keeps a configuration. Its methods are safe for concurrent use.
type Store interface {
	// CurrentShop returns all objects, as one moment saw them.
	CurrentShop(ctx context.Context) (*Shop, error)
	// OpenTalks reads where the open conversations of flows stand.
	OpenTalks(ctx context.Context, flows []string) (map[string]*OpenTalks, error)
	// Apply executes a plan made at version base, whole or not at all, and
	// returns the new version; [ErrChanged] when base is outdated.
	Apply(ctx context.Context, base int64, wanted *Shop, plan []Change) (int64, error)
}

// Wish is what an apply shall do beside writing the objects.
type Wish struct {
	By     string // who publishes flows
	Open   Open   // for open conversations of flows that do not say it
	DryRun bool   // only plan
}

// Applied is what an apply did, or with a dry run would do.
type Applied struct {
	Version  int64 // of the configuration
	Plan     []Change
	Warnings Problems
}

// RefusedError says why nothing was changed.
type RefusedError struct{ Problems Problems }

// Error lists the problems, a line each.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("nothing was changed, because of:\n%v", e.Problems.Err())
}

// attempts is how often a plan is made anew because somebody else changed the
// configuration meanwhile.
const attempts = 3

// Apply checks objects together with those that are there, compares the two and
// writes what differs: all of it or, with a [RefusedError], nothing. A problem
// that is there already, after a release with stricter checks, hinders nobody
// from changing something else.
func Apply(ctx context.Context, store Store, wanted *Shop, w Wish) (Applied, error) {
	for attempt := 1; ; attempt++ {
		done, err := planned(ctx, store, wanted, w)
		if err != nil || w.DryRun {
			return done, err
		}
		done.Version, err = store.Apply(ctx, done.Version, wanted, done.Plan)
		if !errors.Is(err, ErrChanged) || attempt == attempts {
			return done, err
		}
	}
}

// planned makes the plan at the version that is current.
func planned(ctx context.Context, store Store, wanted *Shop, w Wish) (Applied, error) {
	current, err := store.CurrentShop(ctx)
	if err != nil {
		return Applied{}, err
	}
	rules, flows := DefaultRules(), &Flows{}
	_, known := Compile(current, rules, flows)
	snapshot, problems := Compile(Merge(current, wanted), rules, flows)
	done := Applied{Version: current.Version, Plan: Plan(current, wanted)}
	decisions, err := decide(ctx, store, wanted, done.Plan, snapshot, w)
	if err != nil {
		return Applied{}, err
	}
	done.Warnings = append(problems.Without(known), decisions...)
	if done.Warnings.Err() != nil {
		return Applied{}, &RefusedError{done.Warnings}
	}
	return done, nil
}

// decide looks at the open conversations of the flows that get a new version.
func decide(ctx context.Context, store Store, wanted *Shop, plan []Change, snapshot *Snapshot, w Wish) (Problems, error) {
	var names []string
	for _, c := range plan {
		if c.Kind == "flow" && c.Op == Update {
			names = append(names, c.Key)
		}
	}
	for _, f := range wanted.Flows {
		f.By = w.By
		if f.Open.Policy == "" {
			f.Open = w.Open
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	open, err := store.OpenTalks(ctx, names)
	if err != nil {
		return nil, err
	}
	var problems Problems
	for _, f := range wanted.Flows {
		if talks := open[f.Name]; talks != nil {
			problems = append(problems, talks.Decide(f, snapshot.Flow(f.Name, f.Version))...)
		}
	}
	return problems, nil
}
