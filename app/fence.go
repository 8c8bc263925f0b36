package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"repartee/postgres"
	"repartee/sms"
)

const (
	beatEach  = time.Second
	probeEach = 200 * time.Millisecond // while the database is away
	// fenceAfter is how old the last successful beat may be. Beyond it another
	// node could be about to take this one's place: nothing more is submitted,
	// claimed or accepted (docs/message-path.md, "Several nodes").
	fenceAfter = 2 * time.Second
)

// fence knows whether this node may act.
type fence struct {
	epoch time.Time
	last  atomic.Int64 // start of the last successful beat, since epoch
}

func newFence(now time.Time) *fence { return &fence{epoch: now} }

// Up reports whether the node is fenced off.
func (f *fence) Up() bool { return time.Since(f.epoch)-time.Duration(f.last.Load()) > fenceAfter }

func (f *fence) passed(begun time.Time) { f.last.Store(int64(begun.Sub(f.epoch))) }

// beat tells the database that the node lives until ctx ends. It returns an
// error when somebody else has the node's place.
func (f *fence) beat(ctx context.Context, node *postgres.Node, low, horizon func() sms.ID, version func() int64, log *zap.Logger) error {
	fenced := false
	for {
		begun := time.Now()
		limited, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
		err := node.Beat(limited, low(), horizon(), version())
		cancel()
		switch {
		case err == nil:
			f.passed(begun)
			if fenced {
				log.Info("the database is back")
			}
		case errors.Is(err, postgres.ErrReplaced):
			return err
		}
		pause := beatEach
		if err != nil && ctx.Err() == nil {
			pause = probeEach
			if !fenced && f.Up() {
				log.Error("the database is away: texts are left to the SMSC, nothing is sent until it is back", zap.Error(err))
			}
		}
		fenced = f.Up()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}
